"""A process that has imported everything, and forks a `leadhouse` process for each order: `import dbt` takes seconds.

Orders come as lines of JSON on standard input ({arguments, folder, environment, out, err, plan}), answers go to standard
output ({code}; negative: the signal). One at a time; a child is an ordinary `leadhouse` process from its first line of
`main` to its exit.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from typing import Any

PATIENCE = 180.0
"""Seconds a run may take."""


def serve() -> int | None:
    """The exit code of a child; None in the server itself, when its input ends."""
    from leadhouse.__main__ import DLT

    os.environ.update(DLT)
    import dbt.adapters.duckdb  # noqa: F401
    import dbt.cli.main  # noqa: F401
    import duckdb

    import leadhouse.build
    import leadhouse.cli
    import leadhouse.sync  # noqa: F401

    # A fork takes no threads along: those of DuckDB's connection of its own are ended.
    duckdb.close()
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            return be_leadhouse(order)
        sys.stdout.write(json.dumps({"code": _wait_for(child)}) + "\n")
        sys.stdout.flush()
    return None


def be_leadhouse(order: dict[str, Any]) -> int:
    """This process is `leadhouse` now."""
    for number, name, flags in ((0, os.devnull, os.O_RDONLY), (1, order["out"], CREATE), (2, order["err"], CREATE)):
        opened = os.open(name, flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    sys.argv = ["leadhouse", *order["arguments"]]
    if order["plan"] is not None:
        from tests.crash.defects import switch_off
        from tests.crash.instrument import Plan, install

        plan = Plan.from_json(order["plan"])
        install(plan)
        for protection in plan.without:
            switch_off(protection)
    from leadhouse.__main__ import main

    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


CREATE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


def _wait_for(child: int) -> int:
    """Its exit code, or the signal that ended it as a negative number."""
    deadline = time.monotonic() + PATIENCE
    while True:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGABRT)
            deadline = float("inf")
        time.sleep(0.005)


if __name__ == "__main__":
    sys.exit(serve())
