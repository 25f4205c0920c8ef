"""`leadhouse lookup`: free checks first where they can save credits, then what is not known yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sources.metered import Clock, digest
from sources.paging import Lookup

from .books import saving_rows
from .failures import CannotDo, Exit
from .load import keep_books
from .orders import Order, find_lookup
from .report import Outcome, Watcher
from .routing import WORDS, Looking, to_look_up
from .rows import Rows
from .settings import Settings, load_settings, read_as_of
from .sync import run_sync
from .warehouse import Warehouse, open_warehouse
from .wish import Wish


def run_lookup(
    name: str,
    source: Rows,
    points: tuple[str, ...],
    wish: Wish,
    watcher: Watcher,
    repeat_unknown: bool = False,
    only_plan: bool = False,
) -> tuple[Looking, list[Outcome]]:
    """Looks up what is not known yet.

    Args:
        name: e.g. `leadiq.people`.
        source: the rows, by column.
        points: the data points to buy; empty for the first that can be chosen.
        wish: budgets, and whether to build.
        only_plan: sort the rows, and ask nobody.

    Returns:
        what became of the rows, and how the syncs ended.

    Raises:
        CannotDo: nothing was sent; the sentence says what is wrong.
    """
    settings = load_settings()
    provider, lookup = find_lookup(name, settings)
    chosen = _points(name, lookup, points)
    clock = Clock(read_as_of())
    result = Looking(WORDS)

    def look(warehouse: Warehouse) -> Order | None:
        nonlocal result
        result = to_look_up(
            provider, lookup, chosen, source(warehouse), warehouse, settings, clock.now(), repeat_unknown
        )
        return result.order

    def look_and_note(warehouse: Warehouse) -> Order | None:
        look(warehouse)
        _note_savings(provider, lookup, result, warehouse, settings, clock.now())
        return result.order

    def look_at_checks(warehouse: Warehouse) -> Order | None:
        look(warehouse)
        return result.first

    if only_plan:
        with open_warehouse(settings) as warehouse:
            look(warehouse)
        return result, []
    outcomes: list[Outcome] = []
    only = Wish((provider,), (), wish.max_credits, wish.build, wish.take_over)
    if lookup.checks is not None:
        outcomes = run_sync(replace(only, build=False, follows_up=False), watcher, settings, clock, look_at_checks)
        if any(outcome.interrupted or outcome.exit_code in (Exit.BUG, Exit.STOPPED) for outcome in outcomes):
            return result, outcomes
        if result.checks and outcomes[-1].exit_code is Exit.PROVIDER_FAILED:
            # What could have been saved is not; what was asked for can be had all the same.
            outcomes[-1].exit_code = Exit.COMPLETE
            outcomes[-1].notes.append("Free checks failed: the lookups go on without what they would have saved.")
    # The same rows again would be the same sync again, and are not: what was answered is fresh.
    outcomes.extend(run_sync(only, watcher, settings, clock, look_and_note))
    result.first = None
    return result, outcomes


def _note_savings(
    provider: str, lookup: Lookup, found: Looking, warehouse: Warehouse, settings: Settings, now: datetime
) -> None:
    """Puts on record what need not be bought: it is never asked, so nothing else tells of it."""
    saved = [("fresh", len(found.done), found.fresh_saves), ("free_check", found.checked, found.saved)]
    if not any(credits for _, _, credits in saved):
        return
    # The same lookup of the same rows in the same moment saves once, however often it was begun.
    saving_id = digest(provider, lookup.name, now.isoformat(), repr(saved), *map(str, found.done))[:32]
    usd: Mapping[str, float] = settings.prices.usd.get(provider, {})  # type: ignore[call-overload]
    rows = saving_rows(saving_id, now, provider, lookup.name, saved, usd)
    keep_books(warehouse, {"savings": rows})


def _points(name: str, lookup: Lookup, points: tuple[str, ...]) -> tuple[str, ...]:
    wrong = sorted(set(points) - set(lookup.points))
    if wrong:
        choice = f"choose from {', '.join(lookup.points)}" if lookup.points else "there is nothing to choose"
        raise CannotDo(f"{name} has no data point {wrong[0]!r}: {choice}. Nothing was asked.")
    return tuple(sorted(set(points or lookup.points[:1])))
