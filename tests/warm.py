"""A process that has imported everything, and forks a `leadhouse` process for each order: the imports take seconds.

Orders come as lines of JSON on standard input, and each is answered by a line on standard output:
`{start: {arguments, folder, environment, out, err, plan}}` by `{pid}`, and `{poll: pid}` by `{code}` (null while it runs;
negative: the signal). A child is an ordinary `leadhouse` process from its first line of `main` to its exit.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import sys
from pathlib import Path
from typing import Any

CREATE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
DBT_PROJECT = "TESTS_DBT_PROJECT"
"""A variable of the environment: where the dbt project is that a test has edited."""
PACKAGES = ("leadhouse", "sources", "transforms")


def serve() -> int | None:
    """The exit code of a child; None in the server itself, when its input ends."""
    from leadhouse.__main__ import DLT

    os.environ.update(DLT)
    import dbt.adapters.duckdb  # noqa: F401
    import dbt.cli.main  # noqa: F401
    import duckdb

    for package in PACKAGES:
        for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)

    # A fork takes no threads along: those of DuckDB's connection of its own are ended.
    duckdb.close()
    # What the children leave alone they share.
    gc.freeze()
    codes: dict[int, int] = {}
    for line in sys.stdin:
        order = json.loads(line)
        if "start" in order:
            child = os.fork()
            if child == 0:
                return be_leadhouse(order["start"])
            found: dict[str, int | None] = {"pid": child}
        else:
            found = {"code": _code(order["poll"], codes)}
        sys.stdout.write(json.dumps(found) + "\n")
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
    _read_configuration_here()
    if order["plan"] is not None:
        from tests.crash.defects import switch_off
        from tests.crash.instrument import Plan, install

        plan = Plan.from_json(order["plan"])
        install(plan)
        for protection in plan.without:
            switch_off(protection)
    if DBT_PROJECT in os.environ:
        import leadhouse.build

        leadhouse.build.PROJECT = Path(os.environ[DBT_PROJECT])
    from leadhouse.__main__ import main

    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _read_configuration_here() -> None:
    """dlt has read that of the folder that the server was started in; it reads anew when it first needs to."""
    from dlt.common.configuration.container import Container
    from dlt.common.configuration.specs.pluggable_run_context import PluggableRunContext

    if PluggableRunContext in Container():
        del Container()[PluggableRunContext]


def _code(child: int, codes: dict[int, int]) -> int | None:
    """Its exit code, or the signal that ended it as a negative number; None while it runs."""
    if child not in codes:
        pid, status = os.waitpid(child, os.WNOHANG)
        if not pid:
            return None
        codes[child] = os.waitstatus_to_exitcode(status)
    return codes[child]


if __name__ == "__main__":
    sys.exit(serve())
