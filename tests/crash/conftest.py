"""The rig, the seed, and what was killed where."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.scenes import Rig


def pytest_configure(config: pytest.Config) -> None:
    # Test processes inherit it, so that all draw from the same seed.
    os.environ.setdefault("CRASH_SEED", str(int(time.time())))


def pytest_report_header() -> str:
    return f"crash: CRASH_SEED={os.environ['CRASH_SEED']} CRASH_POINTS={os.environ.get('CRASH_POINTS', '8')}"


@pytest.fixture(scope="session")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    own = tmp_path_factory.mktemp("rig")
    is_one_of_many = "PYTEST_XDIST_WORKER" in os.environ
    everybodys = (own.parent.parent if is_one_of_many else own.parent) / "undisturbed"
    everybodys.mkdir(exist_ok=True)
    one = Rig(Path(own), everybodys)
    yield one
    one.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    said = [
        value
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, value in report.user_properties
        if name == "killed"
    ]
    if said:
        terminalreporter.section(f"killed at (CRASH_SEED={os.environ['CRASH_SEED']})")
        for line in sorted(said):
            terminalreporter.write_line(line)
