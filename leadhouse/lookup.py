"""`leadhouse lookup`: which rows are asked, and which need not or cannot be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sources.metered import Clock
from sources.paging import Lookup

from .books import DATASET
from .failures import CannotDo
from .instance import open_instance
from .orders import Order, find_lookup
from .report import Outcome, Watcher
from .rows import Rows, Sorted, Words, sort_rows
from .settings import Settings, load_settings, read_as_of
from .sync import run_sync
from .warehouse import Warehouse
from .wish import Wish

WORDS = Words(
    done="fresh",
    to_do="ask",
    verb="asked",
    was_done="are answered already and still fresh; they are not bought again",
    was_lost="were asked before and their answer was lost; it may have been charged.",
)


def run_lookup(
    name: str,
    source: Rows,
    points: tuple[str, ...],
    wish: Wish,
    watcher: Watcher,
    repeat_unknown: bool = False,
    only_plan: bool = False,
) -> tuple[Sorted, list[Outcome]]:
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
    result = Sorted(WORDS)

    def order(warehouse: Warehouse) -> Order | None:
        nonlocal result
        result, order = to_look_up(
            provider, lookup, chosen, source(warehouse), warehouse, settings, clock.now(), repeat_unknown
        )
        return order

    if only_plan:
        with open_instance(settings) as instance:
            warehouse = Warehouse(settings, instance)
            warehouse.check()
            order(warehouse)
        return result, []
    # The same rows again would be the same sync again, and are not: what was answered is fresh.
    outcomes = run_sync(
        Wish((provider,), (), wish.max_credits, wish.build, wish.take_over), watcher, settings, clock, order
    )
    return result, outcomes


def _points(name: str, lookup: Lookup, points: tuple[str, ...]) -> tuple[str, ...]:
    wrong = sorted(set(points) - set(lookup.points))
    if wrong:
        choice = f"choose from {', '.join(lookup.points)}" if lookup.points else "there is nothing to choose"
        raise CannotDo(f"{name} has no data point {wrong[0]!r}: {choice}. Nothing was asked.")
    return tuple(sorted(set(points or lookup.points[:1])))


def to_look_up(
    provider: str,
    lookup: Lookup,
    points: tuple[str, ...],
    rows: Iterable[Mapping[str, Any]],
    warehouse: Warehouse,
    settings: Settings,
    now: datetime,
    repeat_unknown: bool = False,
) -> tuple[Sorted, Order | None]:
    """What becomes of the rows of an input, and what is asked; None when nothing is left."""
    known = _Known.read(provider, lookup, warehouse)
    since = now - timedelta(days=getattr(settings.sources, provider).lookups.fresh_days)

    def verdict(key: str) -> str:
        if known.is_fresh(key, points, since):
            return "done"
        return "unknown" if known.is_unknown(key, points) and not repeat_unknown else ""

    result = sort_rows(rows, lookup.row, verdict, WORDS)
    if not result.asked:
        return result, None
    order = Order("lookup", provider, lookup.name, points, result.asked)
    result.at_most = order.at_most(settings)
    return result, order


@dataclass
class _Known:
    """What the warehouse knows of earlier lookups: by key, (points, outcome, asked at), the latest last."""

    of: dict[str, list[tuple[frozenset[str], str, datetime]]]

    @classmethod
    def read(cls, provider: str, lookup: Lookup, warehouse: Warehouse) -> _Known:
        rows = warehouse.query(
            f"select distinct key_hash, points, outcome, asked_at from {DATASET}.lookups "
            f"where provider = '{provider}' and lookup = '{lookup.name}' order by asked_at"
        )
        found: dict[str, list[tuple[frozenset[str], str, datetime]]] = {}
        for key, points, outcome, asked_at in rows:
            found.setdefault(str(key), []).append((_as_points(points), str(outcome), asked_at))
        return cls(found)

    def is_fresh(self, key: str, points: tuple[str, ...], since: datetime) -> bool:
        """Whether an answer that is new enough holds these data points, or says that there is nobody."""
        return any(
            at >= since and set(points) <= had and outcome in ("found", "not_found")
            for had, outcome, at in self.of.get(key, ())
        )

    def is_unknown(self, key: str, points: tuple[str, ...]) -> bool:
        """Whether the last time this was asked, the answer was lost."""
        same = [outcome for had, outcome, _ in self.of.get(key, ()) if set(points) <= had]
        return bool(same) and same[-1] == "unknown"


def _as_points(text: str | None) -> frozenset[str]:
    return frozenset(point for point in (text or "").split(",") if point)
