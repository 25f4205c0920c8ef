"""Which rows of a lookup are asked, for which data points, and how: what is known is not bought again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from sources.metered import Credits, add, price
from sources.paging import Checks, Evidence, Lookup, Points, Route, Sent, key_of

from .books import DATASET
from .catalogue import SOURCES
from .orders import Asked, Order, find_lookup
from .rows import Sorted, Words, in_words, read_rows, sort_rows
from .settings import Settings
from .warehouse import Warehouse

WORDS = Words(
    done="fresh",
    to_do="ask",
    verb="asked",
    was_done="are answered already and still fresh; they are not bought again",
    was_lost="were asked before and their answer was lost; it may have been charged.",
)
ANSWERS = ("found", "not_found")
JOB_DAYS = 14
"""A job that was not done after so many days is given up; its rows are then unknown."""
KEYS_AT_ONCE = 1_000
"""Keys that one query names."""
RECORDS_AT_ONCE = 20_000
"""Records that are held in memory at once, about."""


@dataclass
class Looking(Sorted):
    """The rows of a lookup, sorted; and how those that are left are asked.

    Attributes:
        order: what is asked; None when nothing is left.
        first: free checks that should be asked before, since they can save credits; None when there are none.
        ways: rows by way.
        requests: that it takes, by way.
        likely: what it will most probably cost; None where nothing tells it of some row.
        saved: what free checks showed need not be paid.
        checked: the rows of which they showed it.
        fresh_saves: what the rows that are fresh and were found would cost at most if they were asked again.
        check_minutes: how long `first` takes at the allowed rate.
    """

    order: Order | None = None
    first: Order | None = None
    ways: dict[str, int] = field(default_factory=dict)
    requests: dict[str, int] = field(default_factory=dict)
    likely: Credits | None = None
    saved: Credits = field(default_factory=dict)
    checked: int = 0
    fresh_saves: Credits = field(default_factory=dict)
    check_minutes: float = 0

    @property
    def checks(self) -> int:
        """How many free checks come first."""
        return len(self.first.asked) if self.first is not None else 0

    def as_json(self) -> dict[str, Any]:
        return super().as_json() | {
            "ways": self.ways,
            "requests": self.requests,
            "likely": self.likely,
            "saved": self.saved,
            "checks": self.checks,
        }

    def lines(self) -> Iterator[str]:
        yield from super().lines()
        if self.asked and self.likely is not None and self.likely != self.at_most:
            yield f"Probably {in_words(self.likely)}, as free checks tell."
        for way, rows in self.ways.items():
            requests = self.requests[way]
            yield f"{rows:,} by {way}: {requests:,} {'request' if requests == 1 else 'requests'}."
        if self.saved:
            yield f"Free checks save {in_words(self.saved)}."
        if self.checks:
            yield (
                f"{self.checks:,} free {'check comes' if self.checks == 1 else 'checks come'} first "
                f"(about {max(self.check_minutes, 1):,.0f} min) and may save credits."
            )


def to_look_up(
    provider: str,
    lookup: Lookup,
    points: tuple[str, ...],
    rows: Iterable[Mapping[str, Any]],
    warehouse: Warehouse,
    settings: Settings,
    now: datetime,
    repeat_unknown: bool = False,
) -> Looking:
    """What becomes of the rows of an input, and what is asked.

    Args:
        points: the data points that are wanted of each row.
    """
    known = _Answered.read(provider, lookup, warehouse, now)
    read = read_rows(rows, lookup.row)
    if lookup.evidence is not None:
        known.add_evidence(provider, lookup.evidence, [sent for _, sent, _ in read.sent], warehouse)
    wanted = frozenset(points)

    def verdict(key: str) -> str:
        if known.covers(key, wanted):
            return "done"
        if known.last(key, wanted) == "pending":
            return "pending"
        return "unknown" if known.last(key, wanted) == "unknown" and not repeat_unknown else ""

    result = Looking(**vars(sort_rows(read, verdict, WORDS)))
    lines = set(result.done)
    fresh = {key_of(sent): sent for line, sent, _ in read.sent if line in lines}
    found = [sent for key, sent in fresh.items() if known.last(key, wanted) == "found"]
    if found:
        result.fresh_saves = _order(provider, lookup, found, wanted).at_most(settings)
    if not result.asked:
        return result
    if lookup.by_point:
        result.asked = tuple(
            replace(one, points=(point,)) for one in result.asked for point in sorted(known.missing(one.key, wanted))
        )
    missing = [(one.sent, frozenset(one.points) or known.missing(one.key, wanted)) for one in result.asked]
    checks = _Checked.read(provider, lookup, settings, warehouse, now) if lookup.checks is not None else None
    routes = lookup.routes(lookup, missing, checks.known if checks is not None else lambda *_: None)
    # Jobs first: they are worked on while the rest is asked. What shares a request stands together.
    places = sorted(range(len(routes)), key=lambda at: _place(lookup, routes[at]))
    result.asked = tuple(
        replace(result.asked[at], way=routes[at].way, points=tuple(sorted(routes[at].points))) for at in places
    )
    result.order = Order("lookup", provider, lookup.name, result.asked)
    _count(result, result.order, lookup, routes, settings)
    if checks is not None:
        result.first = checks.order(missing)
    if result.first is not None:
        rates = SOURCES[provider].provider(settings).rates
        result.check_minutes = sum(1 / rates[question.rate_class] for question in result.first.coming(settings))
    return result


@dataclass(frozen=True, slots=True)
class _Checked:
    """The free checks that can save credits of a lookup, and what they have found."""

    provider: str
    checks: Checks
    lookup: Lookup
    answered: _Answered

    @classmethod
    def read(cls, provider: str, lookup: Lookup, settings: Settings, warehouse: Warehouse, now: datetime) -> _Checked:
        """Those of a lookup that has some."""
        assert lookup.checks is not None
        checks = find_lookup(f"{provider}.{lookup.checks.lookup}", settings)[1]
        return cls(provider, lookup.checks, checks, _Answered.read(provider, checks, warehouse, now))

    def known(self, sent: Sent, point: str) -> bool | None:
        """See `sources.paging.Known`."""
        return self.answered.said(key_of(sent), point)

    def order(self, rows: Sequence[tuple[Sent, Points]]) -> Order | None:
        """Those that can save credits of these rows and were not asked yet; None when there are none."""
        left = {
            (key_of(check), point): (check, frozenset({point}))
            for sent, points in rows
            for check, point in self.checks.wanted(sent, points)
            if not self.answered.covers(key_of(check), frozenset({point}))
        }
        routes = self.lookup.routes(self.lookup, [*left.values()], lambda *_: None)
        asked = tuple(
            Asked(sent, (0,), (None,), route.way, tuple(points))
            for (sent, points), route in zip(left.values(), routes, strict=True)
        )
        return Order("lookup", self.provider, self.lookup.name, asked) if asked else None


def _order(provider: str, lookup: Lookup, rows: Sequence[Sent], points: Points) -> Order:
    """All of the rows as they would be asked if nothing were known."""
    asked = [(sent, frozenset({point})) for sent in rows for point in points] if lookup.by_point else [
        (sent, points) for sent in rows
    ]  # fmt: skip
    routes = lookup.routes(lookup, asked, lambda *_: None)
    return Order(
        "lookup",
        provider,
        lookup.name,
        tuple(
            Asked(sent, (0,), (None,), route.way, tuple(sorted(route.points)))
            for (sent, _), route in sorted(zip(asked, routes, strict=True), key=lambda one: _place(lookup, one[1]))
        ),
    )


def _place(lookup: Lookup, route: Route) -> tuple[bool, str, list[str]]:
    return lookup.way(route.way).job is None, route.way, sorted(route.points)


def _count(result: Looking, order: Order, lookup: Lookup, routes: Sequence[Route], settings: Settings) -> None:
    """Fills in what the requests are and cost."""
    prices = SOURCES[order.source].provider(settings).prices
    result.at_most = order.at_most(settings)
    result.ways = dict(Counter(route.way for route in routes))
    by_way: Counter[str] = Counter()
    row = 0
    for question in order.coming(settings):
        if row < len(order.asked):
            by_way[order.asked[row].way] += 1
            row += question.page_size or 1
    result.requests = dict(by_way)
    likely: Credits = {}
    for route in routes:
        if route.likely is not None:
            add(likely, price(prices, lookup.way(route.way).operation, route.likely))
        if route.saved is not None:
            result.checked += 1
            operation, units = route.saved
            add(result.saved, price(prices, operation, units))
    if result.at_most and all(route.likely is not None for route in routes):
        result.likely = {kind: round(amount, 6) for kind, amount in likely.items()}


def _digits(records: int) -> int:
    """How many hex digits divide so many records into small parts."""
    digits = 0
    while records > RECORDS_AT_ONCE * 16**digits:
        digits += 1
    return digits


@dataclass
class _Answered:
    """What the warehouse knows of rows, by key: (data points, outcome, whether it is still fresh), the latest last."""

    of: dict[str, list[tuple[Points, str, bool]]]
    since: datetime

    @classmethod
    def read(cls, provider: str, lookup: Lookup, warehouse: Warehouse, now: datetime) -> _Answered:
        rows = warehouse.query(
            f"select distinct key_hash, points, outcome, asked_at from {DATASET}.lookups "
            f"where provider = '{provider}' and lookup = '{lookup.name}' order by asked_at"
        )
        since = now - timedelta(days=lookup.fresh_days)
        of: dict[str, list[tuple[Points, str, bool]]] = {}
        for key, points, outcome, asked_at in rows:
            had = frozenset(point for point in (points or "").split(",") if point)
            is_given_up = outcome == "pending" and asked_at < now - timedelta(days=JOB_DAYS)
            said = "unknown" if is_given_up else str(outcome)
            of.setdefault(str(key), []).append((had, said, asked_at >= since))
        return cls(of, since)

    def add_evidence(self, provider: str, evidence: Evidence, rows: Sequence[Sent], warehouse: Warehouse) -> None:
        """What answers to other questions tell of these rows."""
        keys = {key_of(sent) for sent in rows}
        for record_key, selection, record in self._records(provider, evidence, rows, warehouse):
            points = evidence.covers(str(selection))
            if not points:
                continue
            for sent in evidence.answers(str(record_key), json.loads(record)):
                if (key := key_of(sent)) in keys:
                    self.of.setdefault(key, []).insert(0, (points, "found", True))

    def _records(
        self, provider: str, evidence: Evidence, rows: Sequence[Sent], warehouse: Warehouse
    ) -> Iterator[Sequence[Any]]:
        source = (
            f"from {SOURCES[provider].dataset}.{evidence.entity} "
            f"where record is not null and _fetched_at >= timestamp '{self.since.isoformat(sep=' ')}'"
        )
        select = f"select distinct record_key, _selection, record {source}"
        keys = [evidence.key(sent) for sent in rows]
        if None in keys:
            # By the first digits of a hash, so that however many there are, few are held at once.
            counted = warehouse.query(f"select count(*) {source}")
            # Nothing comes back where the table is not there yet.
            number = int(counted[0][0]) if counted else 0
            parts = ("".join(digits) for digits in product("0123456789abcdef", repeat=_digits(number)))
            for begins in parts:
                yield from warehouse.query(f"{select} and left(_row_id, {len(begins)}) = '{begins}'")
            return
        named = sorted({str(key) for key in keys})
        for at in range(0, len(named), KEYS_AT_ONCE):
            listed = ", ".join("'" + key.replace("'", "''") + "'" for key in named[at : at + KEYS_AT_ONCE])
            yield from warehouse.query(f"{select} and record_key in ({listed})")

    def covers(self, key: str, points: Points) -> bool:
        """Whether answers that are new enough hold all these data points, or say that there are none."""
        return bool(self._fresh(key)) and not self.missing(key, points)

    def missing(self, key: str, points: Points) -> Points:
        """The data points that nobody has answered."""
        return points.difference(*(had for had, _ in self._fresh(key)))

    def last(self, key: str, points: Points) -> str:
        """The latest outcome of a question that held one of these data points; empty when there was none."""
        same = [outcome for had, outcome, _ in self.of.get(key, ()) if not points or points & had]
        return same[-1] if same else ""

    def said(self, key: str, point: str) -> bool | None:
        """Whether the latest answer that is new enough found a data point."""
        said = [outcome == "found" for had, outcome in self._fresh(key) if point in had]
        return said[-1] if said else None

    def _fresh(self, key: str) -> list[tuple[Points, str]]:
        """The answers that are new enough."""
        return [(had, outcome) for had, outcome, is_fresh in self.of.get(key, ()) if is_fresh and outcome in ANSWERS]
