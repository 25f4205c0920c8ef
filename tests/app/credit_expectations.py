"""What the marts and the dashboard must say of the sixty days, from the sandbox's own books and what was ordered alone."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from sandbox.books import rounded
from tests.app.credit_story import LOOKUPS, NEW_PRICE, OLD_PRICE, USD, Asked, Story

Key = tuple[str, str]
"""Provider and credit type."""
READINGS = {"leadiq": {"account", "usage", "contactTrackingBalance"}, "contactout": {"stats"}}
METERS: tuple[Key, ...] = (
    ("leadiq", "uc"),
    ("leadiq", "data_hub"),
    ("leadiq", "page"),
    ("leadiq", "exact_match"),
    ("leadiq", "premium_mobile"),
    ("leadiq", "tracking"),
    ("contactout", "search"),
    ("contactout", "email"),
    ("contactout", "phone"),
)
NEVER_RESTARTS = {("leadiq", "tracking")}
BEFORE = {("leadiq", "exact_match"): 50.0}
"""The units of a trial that was over before the plan began."""
WITHOUT_PERIOD = {("leadiq", "page"), ("leadiq", "exact_match"), ("leadiq", "premium_mobile")}
"""LeadIQ's usage does not say when its period ends: when such a meter falls, nobody knows what it had shown last."""
TOLD_OF_LAST_MONTH = {"contactout"}
"""Its statistics are read of the month before, too; what LeadIQ's month ended with can no longer be read."""
MOST: Mapping[tuple[str, str], Mapping[str, float]] = {
    ("contactout", "people_search"): {"search": 25},
    ("leadiq", "searchPeople"): {"uc": 1.1},
    ("leadiq", "flatAdvancedSearch"): {"uc": 27.5},
}
"""What each answer that was lost can have cost at most, by the price list: a page of profiles, one person with e-mail
addresses, a page of such people."""
REVEALED = {"email": 25, "phone": 25}
"""What is added where the profiles reveal how to reach them."""

AT_MOST: Mapping[tuple[str, str], tuple[str, float]] = {
    ("leadiq.people", "profile"): ("uc", 0.1),
    ("leadiq.people", "emails"): ("uc", 1),
    ("leadiq.people", "phones"): ("uc", 10),
    ("contactout.people", "profile"): ("search", 1),
    ("contactout.people", "work_email"): ("email", 1),
    ("contactout.people", "phone"): ("phone", 1),
}
"""What a data point of somebody who can be found costs at most, by the price list."""


@dataclass(frozen=True, slots=True)
class Booked:
    """One request in the sandbox's books.

    Attributes:
        at: the clock of the command that sent it; of another user, None.
        on: the day.
        question: the same for whatever asks the same.
        charged: what the provider charged.
        listed: what it costs by the configured prices; of a lost answer, the most it can have cost.
    """

    n: int
    at: datetime | None
    on: date
    provider: str
    operation: str
    question: str
    records: int
    charged: Mapping[str, float]
    listed: Mapping[str, float]
    is_lost: bool
    is_answered: bool
    is_not_found: bool

    @property
    def is_ours(self) -> bool:
        return self.at is not None


@dataclass(frozen=True, slots=True)
class Interval:
    """The time between two readings of a meter: what must be said of it.

    Attributes:
        metered: by how much the meter moved; None where there is none.
        reasons: every reason for which ledger and meter may differ here; empty where they agree.
    """

    provider: str
    credit_type: str
    start: datetime | None
    end: datetime | None
    ledger: float
    unknown: float
    metered: float | None
    reasons: frozenset[str]


class Expected:
    """Everything that follows from the books."""

    def __init__(self, story: Story) -> None:
        self._story = story
        asked = {one["n"]: one["asked"] for one in story.exchanges}
        self.entries = [_booked(one, story.clocks, asked.get(one["n"], "")) for one in story.books["requests"]]

    @cached_property
    def ours(self) -> list[Booked]:
        return [one for one in self.entries if one.is_ours]

    @cached_property
    def spent(self) -> dict[tuple[date, str, str, str], float]:
        """Credits by the configured prices, by day, provider, operation and credit type."""
        return self._summed(self.ours)

    @cached_property
    def unknown(self) -> dict[tuple[date, str, str, str], float]:
        """The part of it that was for answers that were lost."""
        return self._summed([one for one in self.ours if one.is_lost])

    @staticmethod
    def _summed(entries: list[Booked]) -> dict[tuple[date, str, str, str], float]:
        spent: dict[tuple[date, str, str, str], float] = defaultdict(float)
        for one in entries:
            for kind, credits in one.listed.items():
                spent[one.on, one.provider, one.operation, kind] += credits
        return {key: rounded(credits) for key, credits in spent.items()}

    @cached_property
    def usd(self) -> dict[tuple[date, str, str, str], float]:
        """The same in dollars, where a price in dollars is configured."""
        return {
            key: rounded(credits * USD[key[1], key[3]])
            for key, credits in self.spent.items()
            if (key[1], key[3]) in USD
        }

    def known(self, asked: Asked) -> int:
        """How many rows of a lookup need not be asked for, since nobody asked for them."""
        at = datetime.combine(asked.on, time(asked.hour))
        provider = asked.lookup.partition(".")[0]
        sent = {one.question for one in self.ours if (one.at, one.provider) == (at, provider) and _buys(one)}
        return len(asked.rows) - len(sent) - asked.lost

    @cached_property
    def spared(self) -> dict[Key, tuple[int, float]]:
        """How many rows of lookups were known, and what asking them again would have cost at most."""
        found: dict[Key, tuple[int, float]] = {}
        for asked in LOOKUPS:
            known = self.known(asked)
            if not known:
                continue
            most: dict[str, float] = defaultdict(float)
            for point in asked.points:
                kind, credits = AT_MOST[asked.lookup, point]
                most[kind] += credits
            for kind, credits in most.items():
                key = asked.lookup.partition(".")[0], kind
                rows, before = found.get(key, (0, 0.0))
                found[key] = rows + known, rounded(before + known * credits)
        return found

    def without_profile(self, asked: Asked) -> int:
        """How many profiles came for no search credit: `linkedin_enrich` takes none where it finds how to reach somebody."""
        return sum(
            one.is_answered and (one.on, one.operation) == (asked.on, "linkedin_enrich") and "search" not in one.charged
            for one in self.ours
        )

    # -- meters -------------------------------------------------------------------------------------------------------

    @cached_property
    def readings(self) -> dict[str, list[tuple[int, datetime]]]:
        """Of each provider with meters: the last entry of each reading, and its moment."""
        found: dict[str, dict[datetime, int]] = {name: {} for name in READINGS}
        for one in self.ours:
            if one.operation in READINGS.get(one.provider, ()):
                assert one.at is not None
                found[one.provider][one.at] = one.n
        return {name: [(n, at) for at, n in moments.items()] for name, moments in found.items()}

    def used(self, key: Key, n: int, on: date) -> float:
        """What a meter shows after the `n`-th entry, on a day: of its month, or of all time."""
        begin = self._story.tracked if key in NEVER_RESTARTS else 0
        return rounded(begin + sum(credits for one, credits in self._charges(key, 0, n) if self._counts(key, one, on)))

    def moved(self, key: Key, after: int, until: int, on: date) -> float:
        """By how much a meter is seen to move between two readings."""
        return rounded(
            sum(
                credits
                for one, credits in self._charges(key, after, until)
                if self._counts(key, one, on) or key[0] in TOLD_OF_LAST_MONTH
            )
        )

    def _charges(self, key: Key, after: int, until: float) -> Iterator[tuple[Booked, float]]:
        for one in self.entries[after:]:
            if one.n <= until and one.provider == key[0] and one.charged.get(key[1]):
                yield one, one.charged[key[1]]

    @staticmethod
    def _counts(key: Key, one: Booked, on: date) -> bool:
        return key in NEVER_RESTARTS or (one.on.year, one.on.month) == (on.year, on.month)

    @cached_property
    def intervals(self) -> list[Interval]:
        """Every interval in which the ledger or the meter moved, and the one since the last reading."""
        found: list[Interval] = []
        for key in METERS:
            readings = self.readings[key[0]]
            edges = [(0, None), *readings]
            for (after, start), (until, end) in zip(edges, readings, strict=False):
                found.append(self._interval(key, (after, start), (until, end)))
            found.append(self._since(key, *readings[-1]))
        return found

    def _interval(self, key: Key, start: tuple[int, datetime | None], end: tuple[int, datetime]) -> Interval:
        (after, began), (until, ended) = start, end
        within = self._within(key, after, until)
        reasons = frozenset(self._reasons(key, within, began, ended))
        metered: float | None = self.moved(key, after, until, ended.date())
        if began is None:
            metered = self.used(key, until, ended.date()) + BEFORE.get(key, 0)
        elif key in WITHOUT_PERIOD and self.used(key, until, ended.date()) < self.used(key, after, began.date()):
            metered, reasons = None, frozenset({"meter_restarted"})
        return Interval(*key, began, ended, *self._listed(key, within), metered, reasons)

    def _since(self, key: Key, after: int, start: datetime) -> Interval:
        within = self._within(key, after, len(self.entries))
        return Interval(*key, start, None, *self._listed(key, within), None, frozenset({"not_read_since"}))

    def _within(self, key: Key, after: int, until: int) -> list[Booked]:
        return [
            one
            for one in self.entries[after:until]
            if one.provider == key[0] and (key[1] in one.charged or key[1] in one.listed)
        ]

    @staticmethod
    def _listed(key: Key, within: list[Booked]) -> tuple[float, float]:
        ours = [one for one in within if one.is_ours]
        unknown = sum(one.listed.get(key[1], 0) for one in ours if one.is_lost)
        return rounded(sum(one.listed.get(key[1], 0) for one in ours)), rounded(unknown)

    def _reasons(self, key: Key, within: list[Booked], start: datetime | None, end: datetime) -> Iterator[str]:
        kind = key[1]
        if start is None and (key in NEVER_RESTARTS or key in BEFORE or any(not one.is_ours for one in within)):
            yield "used_before"
        for one in within:
            charged, listed = one.charged.get(kind, 0), one.listed.get(kind, 0)
            is_unseen = not self._counts(key, one, end.date()) and key[0] not in TOLD_OF_LAST_MONTH
            if is_unseen and one.is_ours and listed:
                yield "meter_restarted"
            elif not one.is_ours and not is_unseen and start is not None:
                yield "other_use"
            elif one.is_lost and charged != listed:
                yield "unknown_requests"
            elif one.is_ours and charged != listed:
                yield "price"

    # -- what is left -------------------------------------------------------------------------------------------------

    def pace(self, key: Key) -> tuple[float, float]:
        """Credits a day over the last thirty days of readings, and the days between the first and the last of them."""
        readings = self.readings[key[0]]
        last = readings[-1][1]
        recent = [(n, at) for n, at in readings if at >= last - timedelta(days=30)]
        moved = sum(
            self.moved(key, after, until, at.date())
            for (after, _), (until, at) in zip(recent, recent[1:], strict=False)
        )
        days = (last - recent[0][1]) / timedelta(days=1)
        return moved / days, days


def _buys(one: Booked) -> bool:
    """Whether a request of a lookup is about a person, and not a free check before it."""
    return not one.operation.endswith("_status")


def _booked(entry: Mapping[str, Any], clocks: list[tuple[int, datetime]], asked: str) -> Booked:
    at = clocks[bisect_left([n for n, _ in clocks], entry["n"]) - 1][1] if entry["user"] is None else None
    is_lost = entry["status"] == 0
    return Booked(
        n=entry["n"],
        at=at,
        on=date.fromisoformat(entry["simulated_date"]),
        provider=entry["provider"],
        operation=entry["operation"],
        question=entry["fingerprint"],
        records=entry["records"],
        charged=entry["credits"],
        listed=_most(entry, asked) if is_lost else _as_configured(entry),
        is_lost=is_lost,
        is_answered=entry["status"] == 200,
        is_not_found=entry["status"] == 404,
    )


def _most(entry: Mapping[str, Any], asked: str) -> Mapping[str, float]:
    most = MOST[entry["provider"], entry["operation"]]
    return {**most, **REVEALED} if json.loads(asked).get("reveal_info") else most


def _as_configured(entry: Mapping[str, Any]) -> dict[str, float]:
    """An answer's credits by the prices that are configured, which never change: per record where the price is new."""
    listed = dict(entry["credits"])
    for name, price in OLD_PRICE.items():
        provider, operation, kind = name.split(".")
        assert name in NEW_PRICE
        if (provider, operation) == (entry["provider"], entry["operation"]) and listed.get(kind):
            listed[kind] = rounded(price * entry["records"])
    return listed
