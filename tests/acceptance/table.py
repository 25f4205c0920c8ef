"""`docs/acceptance.md`: what each resource keeps, and what it cannot do and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest

from leadhouse.catalogue import SOURCES
from sources.paging import Ability
from tests.desk import Resource, settings
from tests.house import PROJECT

FILE = PROJECT / "docs" / "acceptance.md"
PROPERTY = "acceptance"
PROMISES: dict[str, str] = {
    "configuration": "every key is documented, keys are secret, an unknown key is refused by name",
    "check": "`leadhouse check` works, and says what is wrong with a wrong key and without a network",
    "schema": "every record has a key, every declared field comes, staging describes all of them",
    "full read": "two readings hold the same records",
    "incremental": "only what is new is asked for, and all of it",
    "changes": "what is inserted, updated or removed while it is read costs no other record",
    "empty day": "a day on which nothing happened costs no more than the first page",
    "states": "from wherever a sync stopped the next one goes on; a state from the future asks for nothing and says so",
    "backfill": "a period read on request equals the same period read as new",
    "pages": "any page size holds the same records, in exactly the requests that it takes",
    "money": "charged = price = ledger; nothing is bought twice while it is fresh",
    "faults": "every line of the error table ends as it says, and the next sync completes it",
    "drift": "unknown fields and values, wrong types and missing fields stay in raw, and are counted",
    "lossless": "every answer is put together again from raw",
    "volume": "20,000 records are read in flat memory",
}
NEEDS: dict[str, Ability] = {
    "schema": "filled",
    "incremental": "incremental",
    "empty day": "incremental",
    "changes": "changes",
    "states": "freshness",
    "backfill": "backfill",
    "pages": "page_size",
    "money": "freshness",
    "drift": "missing",
    "volume": "volume",
}
"""The ability without which a promise holds in part only."""


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Notes what a test marked with a promise is about: its `resource`, or all resources of its `source`."""
    mark = item.get_closest_marker("promise")
    callspec = getattr(item, "callspec", None)
    if mark is None or callspec is None:
        return
    about = callspec.params.get("resource") or callspec.params.get("source")
    sources = [f"{about.source}.{about.name}"] if isinstance(about, Resource) else resources_of(str(about))
    item.user_properties.append((PROPERTY, [[one, mark.args[0]] for one in sources]))


def resources_of(source: str) -> list[str]:
    return [f"{source}.{walk.resource}" for walk in SOURCES[source].walks(settings("free"))]


def as_markdown(found: Iterable[tuple[bool, Sequence[str]]]) -> str:
    """The table of what was found.

    Args:
        found: (whether it was kept, (resource, promise)) of every check that ran.
    """
    outcomes: dict[tuple[str, str], bool] = {}
    for kept, (resource, promise) in found:
        outcomes[resource, promise] = outcomes.get((resource, promise), True) and kept
    notes: list[str] = []
    rows = []
    for source in SOURCES:
        for walk in SOURCES[source].walks(settings("free")):
            name = f"{source}.{walk.resource}"
            cells = []
            for promise in PROMISES:
                state = outcomes.get((name, promise))
                mark = "not tried" if state is None else "kept" if state else "BROKEN"
                reason = walk.cannot.get(NEEDS[promise]) if promise in NEEDS else None
                if reason:
                    if reason not in notes:
                        notes.append(reason)
                    mark = f"{'in part' if mark == 'kept' else mark} ({notes.index(reason) + 1})"
                cells.append(mark)
            rows.append((name, cells))
    lines = [
        "# What every resource keeps",
        "",
        "Written by `make acceptance-table`, which puts every resource of every source to the same checks against the",
        "sandbox (`tests/acceptance`, `tests/faults`); `make acceptance` checks that it still says what was found.",
        "",
        "| promise | " + " | ".join(f"`{name}`" for name, _ in rows) + " |",
        "|---|" + "---|" * len(rows),
    ]
    for number, (promise, meaning) in enumerate(PROMISES.items()):
        lines.append(f"| **{promise}**: {meaning} | " + " | ".join(cells[number] for _, cells in rows) + " |")
    if notes:
        lines += ["", "What is kept in part, and why:", ""]
        lines += [f"{number}. {reason[0].upper()}{reason[1:]}." for number, reason in enumerate(notes, 1)]
    return "\n".join(lines) + "\n"
