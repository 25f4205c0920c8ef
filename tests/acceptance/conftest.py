"""Benches for every resource, and the table of what each of them keeps."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.acceptance import table
from tests.acceptance.promises import Bench
from tests.desk import Resource, resources, sandbox_options
from tests.house import Sandbox, running_sandbox
from tests.towns import NewDesk, desks, pauses, prepared, room, towns

__all__ = ["desks", "pauses", "prepared", "room", "towns"]

RICH = ("--people", "300", "--companies", "130")
"""A population in which everything occurs that a record can hold."""


@pytest.fixture
def benches(desks: NewDesk) -> Callable[..., Bench]:
    """The bench of a resource; another source in place of the catalogue's may be put to the test."""
    return lambda resource, **more: Bench(resource, desks, **more)


@pytest.fixture
def bench(resource: Resource, benches: Callable[..., Bench], _wholes: dict[Resource, Any]) -> Bench:
    """The resource's bench; what it holds is read once for all checks."""
    one = benches(resource)
    if resource in _wholes:
        one.__dict__["whole"] = _wholes[resource]
    else:
        _wholes[resource] = one.whole
    return one


@pytest.fixture(scope="module")
def _wholes() -> dict[Resource, Any]:
    return {}


@pytest.fixture(scope="module")
def _rich_towns() -> Iterator[dict[str, Sandbox]]:
    started: dict[str, Any] = {}
    yield started
    for context in started.values():
        context[0].__exit__(None, None, None)


@pytest.fixture
def rich_bench(resource: Resource, benches: Callable[..., Bench], _rich_towns: dict[str, Any]) -> Bench:
    """A bench over a richer population."""
    account = resource.account
    if account not in _rich_towns:
        context = running_sandbox(*sandbox_options(account), *RICH)
        _rich_towns[account] = (context, context.__enter__())
    return benches(resource, more={"town": _rich_towns[account][1]})


# -- the table --------------------------------------------------------------------------------------------------------


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "resource" not in metafunc.fixturenames:
        return
    promise = metafunc.definition.get_closest_marker("promise")
    if promise is not None and promise.kwargs.get("once"):
        # What is free or paid for by the account is read in the same way: the free account reads it.
        once = [one for one in resources() if one.account == "free" or replace(one, account="free") not in resources()]
        metafunc.parametrize("resource", once, ids=str)
    else:
        metafunc.parametrize("resource", resources(), ids=str)


pytest_runtest_setup = table.pytest_runtest_setup


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Writes the table, or says that the written one is no longer true; see `make acceptance`."""
    wanted = os.environ.get("ACCEPTANCE")
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if wanted not in ("check", "write") or reporter is None or os.environ.get("PYTEST_XDIST_WORKER"):
        return
    found = [
        (report.outcome == "passed", place)
        for outcome in ("passed", "failed", "error")
        for report in reporter.stats.get(outcome, [])
        for name, places in getattr(report, "user_properties", [])
        if name == table.PROPERTY and (report.when == "call" or report.outcome == "failed")
        for place in places
    ]
    text = table.as_markdown(found)
    if wanted == "write":
        table.FILE.write_text(text)
    elif not table.FILE.exists() or table.FILE.read_text() != text:
        reporter.write_line(
            f"\n{table.FILE.name} does not say what was found: make acceptance-table writes it anew", red=True
        )
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
