"""The rig, the seed, and what was killed where."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest

from tests.crash.scenes import Rig


def pytest_configure(config: pytest.Config) -> None:
    # Test processes inherit it, so that all draw from the same seed.
    os.environ.setdefault("CRASH_SEED", str(int(time.time())))


def pytest_report_header() -> str:
    drawn = f"CRASH_POINTS={os.environ.get('CRASH_POINTS', '8')} CRASH_DEFECTS={os.environ.get('CRASH_DEFECTS', 'all')}"
    return f"crash: CRASH_SEED={os.environ['CRASH_SEED']} {drawn}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With CRASH_DEFECTS so many of the paired defects, by lot; without it all of them."""
    number = os.environ.get("CRASH_DEFECTS")
    defects = [
        item for item in items if item.path.name == "test_paired_defects.py" and item.path.parent.name == "crash"
    ]
    if number is None or len(defects) <= int(number):
        return
    kept = random.Random(f"{os.environ['CRASH_SEED']} defects").sample(defects, int(number))
    left_out = [item for item in defects if item not in kept]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Rig:
    own = tmp_path_factory.mktemp("rig")
    is_one_of_many = "PYTEST_XDIST_WORKER" in os.environ
    everybodys = (own.parent.parent if is_one_of_many else own.parent) / "undisturbed"
    everybodys.mkdir(exist_ok=True)
    return Rig(Path(own), everybodys)


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
