"""The suite can fail: each deliberately broken copy of a source fails it in the line that names its defect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.acceptance import promises
from tests.acceptance.broken import COPIES
from tests.acceptance.promises import Bench, Broken
from tests.desk import Resource, sandbox_options
from tests.house import Sandbox, running_sandbox
from tests.towns import NewDesk

CHECKS: dict[str, Callable[[Bench], None]] = {
    "schema": promises.check_schema,
    "full read": promises.check_full_read,
    "incremental": promises.check_incremental,
    "changes": promises.check_changes,
    "empty day": promises.check_empty_day,
    "states": promises.check_states,
    "backfill": promises.check_backfill,
    "pages": promises.check_pages,
    "money": promises.check_money,
    "lossless": promises.check_lossless,
}


@pytest.fixture(scope="module")
def rich() -> Iterator[Callable[[str, tuple[str, ...]], Sandbox]]:
    """A sandbox with something of everything, by account and options."""
    with ExitStack() as stack:
        started: dict[tuple[str, tuple[str, ...]], Sandbox] = {}

        def town(account: str, options: tuple[str, ...]) -> Sandbox:
            if (account, options) not in started:
                people = ("--people", "300", "--companies", "120")
                context = running_sandbox(*sandbox_options(account), *people, *options)
                started[account, options] = stack.enter_context(context)
            return started[account, options]

        yield town


def failing(bench: Bench) -> dict[str, str]:
    """The promises that a bench breaks, and what was found."""
    found: dict[str, str] = {}
    for check in CHECKS.values():
        try:
            check(bench)
        except Broken as broken:
            found[str(broken).split(":")[0]] = str(broken)
    return found


@pytest.mark.parametrize("name", COPIES)
def test_a_broken_copy_fails_in_the_line_that_names_its_defect(
    name: str, desks: NewDesk, rich: Callable[[str, tuple[str, ...]], Sandbox]
) -> None:
    copy = COPIES[name]
    town = rich(copy.account, copy.options)
    resource = Resource("letrics", "contacts", copy.account)
    found = failing(Bench(resource, desks, copy.source, {"town": town, **copy.more}))
    print(f"{name}: {found}")
    assert copy.breaks in found, f"{name} was to break {copy.breaks!r}; it broke {found}"


@pytest.mark.parametrize("account", ["free", "paid"])
def test_the_same_checks_find_nothing_in_the_source_as_it_is(
    account: str, desks: NewDesk, rich: Callable[[str, tuple[str, ...]], Sandbox]
) -> None:
    bench = Bench(Resource("letrics", "contacts", account), desks, None, {"town": rich(account, ())})
    assert failing(bench) == {}
