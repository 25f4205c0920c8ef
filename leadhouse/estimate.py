"""What windows will ask and cost, page by page, against budgets and balances; asks nobody."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sources.metered import Budget, Credits, Limit, PriceList, Provider, Question, add, price
from sources.paging import Walk, Window


@dataclass(frozen=True, slots=True)
class Amount:
    """A number, as far as it is known.

    Attributes:
        expected: the best guess; None when there is none.
        at_most: an upper bound; None when there is none.
    """

    expected: float | None = None
    at_most: float | None = None

    @classmethod
    def exactly(cls, number: float) -> Amount:
        return cls(number, number)

    @property
    def bound(self) -> str:
        """`exact`, `about`, `at_most` or `unknown`."""
        if self.expected is None:
            return "unknown" if self.at_most is None else "at_most"
        return "exact" if self.expected == self.at_most else "about"

    def __add__(self, other: Amount) -> Amount:
        def plus(one: float | None, two: float | None) -> float | None:
            return None if one is None or two is None else round(one + two, 6)

        return Amount(plus(self.expected, other.expected), plus(self.at_most, other.at_most))

    def times(self, factor: float) -> Amount:
        return Amount(*(None if one is None else round(one * factor, 6) for one in (self.expected, self.at_most)))

    def as_json(self) -> dict[str, Any]:
        return {"expected": self.expected, "at_most": self.at_most, "bound": self.bound}


NOTHING = Amount.exactly(0)


@dataclass(frozen=True, slots=True)
class Page:
    """One request to come.

    Attributes:
        most: what is reserved for it.
        likely, upper: what it will cost as far as is known; `likely` lacks the types nobody can tell.
        smaller: the same asked for fewer and fewer records, where the page size can be chosen.
    """

    records: int
    most: Credits
    likely: Credits
    upper: Credits
    smaller: Iterable[Page] = ()


@dataclass(frozen=True, slots=True)
class Stretch:
    """A window, or the rest of one, that a sync will read.

    Attributes:
        records: still to be read.
        seen: records that were read before.
        size: records a page holds.
        size_is_known: whether the provider will keep to it.
        shares: credits per record, by type, in what was read of this window, or in the last one like it.
    """

    walk: Walk
    window: Window
    records: Amount
    seen: int
    size: int
    size_is_known: bool
    shares: Mapping[str, float]

    def pages(self, prices: PriceList, number: float | None) -> list[Page] | None:
        """The requests it takes when so many records are left; None when nobody can tell."""
        coming = self.walk.forecast.coming
        if coming is not None:
            return [_page_of(prices, question) for question in coming(self.window)]
        fixed = self.walk.forecast.requests
        if fixed is not None:
            return [self._page(prices, self.window, 1) for _ in range(self.window["step"], fixed)]
        if number is None:
            return None
        left = round(number)
        return [
            self._page(prices, self._window_at(index, left), max(min(self.size, left - index * self.size), 0))
            for index in range(max(1, math.ceil(left / self.size)))
        ]

    def exact_types(self, prices: PriceList) -> frozenset[str]:
        """The credit types whose cost follows from the number of records and requests alone."""
        question = self.walk.question(self.window)
        return frozenset(
            credit_type
            for credit_type, units in prices.get(question.operation, {}).items()
            if all(unit in ("record", "request") or not question.at_most.get(unit) for unit in units)
        )

    def _window_at(self, index: int, left: int) -> Window:
        forecast = self.walk.forecast
        if index == 0 or forecast.position is None:
            return self.window
        first = (self.window["position"] or {}).get("page", 1)
        before = self.seen + index * self.size
        position = forecast.position(first + index, before, self.seen + left, self.size)
        return {**self.window, "position": position, "step": self.window["step"] + index}

    def _page(self, prices: PriceList, window: Window, records: int, size: int | None = None) -> Page:
        question = self.walk.question(window)
        if size is not None and question.smaller is not None:
            question = replace(question, at_most={unit: min(n, size) for unit, n in question.at_most.items()})
        upper = price(prices, question.operation, {unit: min(n, records) for unit, n in question.at_most.items()})
        exact = self.exact_types(prices)
        likely = {
            credit_type: most if credit_type in exact else min(most, round(self.shares[credit_type] * records, 6))
            for credit_type, most in upper.items()
            if credit_type in exact or credit_type in self.shares
        }
        most = price(prices, question.operation, question.at_most)
        sizes = range((question.page_size or 1) - 1, 0, -1) if question.smaller is not None and size is None else ()
        smaller = (self._page(prices, window, min(records, less), less) for less in sizes)
        return Page(records, most, likely, upper, smaller)


def _page_of(prices: PriceList, question: Question) -> Page:
    """A request of which all is known."""
    most = price(prices, question.operation, question.at_most)
    return Page(question.at_most.get("record", 0) if question.writes else 0, most, most, most)


@dataclass
class Line:
    """What one resource will ask and cost.

    Attributes:
        stretches: what is due, in order.
        requests, records, credits: what the sync will come to, within budgets and balances.
        requests_due, credits_due: the same, had nothing a limit.
        waiting: answers in the journal, paid for, that only have to land.
        fresh_until: when something is due again, where nothing is now.
        stopped: why the sync will not come to the end of it.
        notes: how what is said was found out, where that is not plain.
    """

    resource: str
    rate_class: str
    stretches: list[Stretch] = field(default_factory=list)
    requests: Amount = NOTHING
    records: Amount = NOTHING
    credits: dict[str, Amount] = field(default_factory=dict)
    requests_due: Amount = NOTHING
    credits_due: dict[str, Amount] = field(default_factory=dict)
    waiting: int = 0
    fresh_until: Any = None
    stopped: str | None = None
    notes: list[str] = field(default_factory=list)


@dataclass
class Purse:
    """What may be spent at one provider: the sync's own budget, and what the account has left."""

    provider: Provider
    budget: Budget
    left: Budget

    @classmethod
    def of(cls, provider: Provider, budget: Budget, left: Mapping[str, float]) -> Purse:
        limits = tuple(Limit(provider.name, credit_type, "sync", credits) for credit_type, credits in left.items())
        return cls(provider, budget, Budget(limits))

    def spend(self, page: Page) -> str | None:
        """Books a page; the reason when it cannot be had."""
        name = self.provider.name
        refusal = self.budget.reserve(name, [page.most]) if page.most else 0
        if isinstance(refusal, str):
            return refusal
        actual = page.upper | page.likely
        if isinstance(self.left.reserve(name, [page.likely]), str):
            self.budget.settle(name, page.most, {})
            short = next(
                kind for kind, credits in page.likely.items() if credits > (self.headroom(kind, self.left) or 0)
            )
            return (
                f"the account has {self.headroom(short, self.left):,.10g} {name}.{short} left, and the next page takes "
                f"{page.likely[short]:,.10g}"
            )
        self.left.settle(name, page.likely, page.likely)
        if page.most:
            self.budget.settle(name, page.most, actual)
        return None

    def headroom(self, credit_type: str, *budgets: Budget) -> float | None:
        """The credits that can be spent at most; None when nothing limits them."""
        rests = [
            limit.credits - budget.spent.get((self.provider.name, limit.period), {}).get(credit_type, 0)
            for budget in budgets or (self.budget, self.left)
            for limit in budget.limits
            if limit.provider == self.provider.name and limit.credit_type == credit_type
        ]
        return max(min(rests), 0) if rests else None


def estimate(lines: list[Line], purse: Purse) -> None:
    """Fills in what each resource will ask and cost, taking turns page by page, as the sync's threads do."""
    prices = purse.provider.prices
    caps = {kind: purse.headroom(kind) for kind in _types(lines, prices)}
    for line in lines:
        _sum_up(line, prices, caps)
    # Where a limit strikes is certain only when one resource alone pays, and what it pays is certain.
    paying = [line for line in lines if any(amount.at_most != 0 for amount in line.credits.values())]
    running = [(line, _pages(line, prices), list[Page]()) for line in lines]
    while running:
        for one in list(running):
            line, pages, done = one
            page = next(pages, None)
            line.stopped = purse.spend(page) if page is not None else None
            if page is not None and line.stopped is None:
                done.append(page)
                continue
            less = _smaller(page, purse) if page is not None else None
            if page is not None and less is not None and less.records == page.records:
                line.stopped = None
                done.append(less)
                continue
            running.remove(one)
            if line.stopped is not None:
                done.extend([less] if less is not None else [])
                _cut_short(line, done, caps, is_certain=len(paying) == 1 and less is None)


def _smaller(page: Page, purse: Purse) -> Page | None:
    """What is asked in place of a page that a limit does not allow, where the page size can be chosen."""
    return next((less for less in page.smaller if purse.spend(less) is None), None)


def _types(lines: list[Line], prices: PriceList) -> set[str]:
    stretches = [stretch for line in lines for stretch in line.stretches]
    operations = {stretch.walk.question(stretch.window).operation for stretch in stretches}
    for stretch in stretches:
        coming = stretch.walk.forecast.coming
        operations |= {question.operation for question in coming(stretch.window)} if coming is not None else set()
    return {credit_type for operation in operations for credit_type in prices.get(operation, {})}


def _pages(line: Line, prices: PriceList) -> Iterator[Page]:
    for stretch in line.stretches:
        amount = stretch.records
        yield from stretch.pages(prices, amount.at_most if amount.expected is None else amount.expected) or ()


def _sum_up(line: Line, prices: PriceList, caps: Mapping[str, float | None]) -> None:
    """What the resource comes to when nothing limits it."""
    for stretch in line.stretches:
        expected = stretch.pages(prices, stretch.records.expected)
        at_most = stretch.pages(prices, stretch.records.at_most)
        forecast = stretch.walk.forecast
        is_fixed = forecast.requests is not None or forecast.coming is not None
        bounded = at_most is not None and (stretch.size_is_known or is_fixed)
        line.requests_due += Amount(
            None if expected is None else len(expected), len(at_most) if at_most is not None and bounded else None
        )
        if forecast.coming is not None:
            line.records += Amount.exactly(sum(page.records for page in expected or ()))
        else:
            line.records += Amount.exactly(len(expected or ())) if forecast.requests else stretch.records
        first = stretch.walk.question(stretch.window)
        of_pages = [kind for page in expected or () for kind in page.most]
        for credit_type in dict.fromkeys([*prices.get(first.operation, {}), *of_pages]):
            if expected is None and at_most is None:
                costs = credit_type in price(prices, first.operation, first.at_most)
                amount = Amount(None, caps.get(credit_type)) if costs else NOTHING
            else:
                amount = Amount(_total(expected, credit_type), _total(at_most, credit_type, upper=True))
            if amount != NOTHING:
                line.credits_due[credit_type] = line.credits_due.get(credit_type, NOTHING) + amount
    line.requests = line.requests_due
    line.credits = dict(line.credits_due)


def _total(pages: list[Page] | None, credit_type: str, upper: bool = False) -> float | None:
    """Credits of one type over pages; None where one of them cannot be told."""
    if pages is None:
        return None
    if upper:
        return round(sum(page.upper.get(credit_type, 0) for page in pages), 6)
    if any(credit_type in page.upper and credit_type not in page.likely for page in pages):
        return None
    return round(sum(page.likely.get(credit_type, 0) for page in pages), 6)


def _cut_short(line: Line, done: list[Page], caps: Mapping[str, float | None], is_certain: bool) -> None:
    """What the resource comes to when it stops after the pages that were done."""
    binding = [
        kind
        for kind, amount in line.credits_due.items()
        if caps.get(kind) is not None and (amount.at_most is None or amount.at_most > (caps[kind] or 0))
    ]
    certain = is_certain and all(page.likely.get(kind) == page.upper.get(kind) for kind in binding for page in done)
    line.requests = Amount(len(done), len(done) if certain else line.requests_due.at_most)
    records = sum(page.records for page in done)
    line.records = Amount(records, records if certain and line.records.bound == "exact" else line.records.at_most)
    line.credits = {}
    for kind, amount in line.credits_due.items():
        upper = _total(done, kind, upper=True)
        if not certain:
            bounds = [bound for bound in (amount.at_most, caps.get(kind)) if bound is not None]
            upper = min(bounds) if bounds else None
        found = Amount(_total(done, kind), upper)
        if found != NOTHING:
            line.credits[kind] = found


def spent_by(lines: list[Line]) -> Credits:
    """What resources will probably have spent, unknown amounts at their bound."""
    total: Credits = {}
    for line in lines:
        for kind, amount in line.credits.items():
            add(total, {kind: amount.expected if amount.expected is not None else amount.at_most or 0})
    return total
