"""`leadhouse sandbox`: what it prints is all that another terminal needs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.house import House


def test_what_the_sandbox_prints_connects_every_source_on_its_own_day(tmp_path: Path) -> None:
    house = House(tmp_path)
    command = [sys.executable, "-m", "leadhouse", "sandbox", "--port", "0", "--date", "2026-05-04"]
    serving = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=tmp_path, env=house.environment_on("2026-05-04")
    )
    try:
        assert serving.stdout is not None
        printed = ""
        while not printed.endswith("Ctrl-C stops it.\n"):
            line = serving.stdout.readline()
            assert line, f"the sandbox ended after: {printed}"
            printed += line
        exports = re.findall(r"^  export (\w+)=(\S+)$", printed, re.MULTILINE)
        assert [moment for name, moment in exports if name == "LEADHOUSE_AS_OF"] == [
            "2026-05-04T06:00:00",
            "2026-05-05T06:00:00",
        ]
        assert printed.index("2026-05-04T06:00:00") < printed.index("To move on a day") < printed.index("curl")
        # The first one is for now, the second for the day after.
        house.environment.update(dict(reversed(exports)))
        assert house.environment["LEADHOUSE_AS_OF"] == "2026-05-04T06:00:00"
        house.run("check").ok()
        house.run("sync", "contactout", "--no-build", "--only", "stats").ok()
        days = house.query("select distinct cast(_fetched_at as date) from raw_contactout.stats", house.warehouse)
        assert [str(day) for (day,) in days] == ["2026-05-04"]
    finally:
        serving.terminate()
        serving.wait(timeout=10)
