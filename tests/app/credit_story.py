"""Sixty days of three accounts in one process, over two month ends: what was ordered, and when everything happened.

Budgets strike, a plan is used up and renewed, answers are lost before and after they were charged, a price changes without a
word, and somebody else uses the same accounts. What was really charged stands in the sandbox's own books.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from leadhouse.lookup import run_lookup
from leadhouse.report import Outcome, Quiet, Tally
from leadhouse.rows import Rows
from leadhouse.sync import run_sync
from leadhouse.wish import Wish
from tests.house import House, Sandbox

START = date(2026, 3, 12)
DAYS = 60
LAST = START + timedelta(days=DAYS - 1)
BUILT = (date(2026, 4, 10),)
"""Days whose sync builds; the last lookup builds again."""
MONDAY, TUESDAY, THURSDAY, FRIDAY = 0, 1, 3, 4
BESIDE = (START, date(2026, 4, 1), LAST)
"""Other days with a sync."""

OPTIONS = (
    "--keep-exchanges", "--people", "80", "--companies", "20", "--rate-scale", "1000",
    "--date", START.isoformat(),
    "--charge", "letrics.contacts.record=0.5",
    "--charge", "letrics.companies.record=0.25",
    "--contactout-search-quota", "700",
    "--contactout-email-quota", "500",
    "--contactout-phone-quota", "400",
)  # fmt: skip

CONFIGURATION = """
[sources.leadiq.searches.leaders]
data = ["profile", "emails"]
refresh_days = 8
contact = { seniorities = ["VP", "Director", "Executive", "Manager"] }

[sources.leadiq.searches.accounts]
grouped = true
data = ["company"]
refresh_days = 15
limit_per_company = 1
page_size = 10
company = { sizes = [{ min = 1 }] }

[sources.leadiq.lookups]
fresh_days = 20

[sources.contactout.lookups]
fresh_days = 30

[sources.contactout.company_searches.all]
refresh_days = 10
size = ["1_10", "11_50", "51_200", "201_500", "501_1000", "1001_5000", "5001_10000", "10001"]

[sources.contactout.searches.engineers]
job_function = ["Engineering", "Sales", "Marketing"]
refresh_days = 4

[budget.contactout]
search = { per_day = 40 }

[budget.letrics]
record = { per_month = 90 }

[prices.letrics]
contacts = { record = { record = 0.5 } }
companies = { record = { record = 0.25 } }

[prices.usd]
leadiq = { uc = 0.08 }
contactout = { search = 0.01, email = 0.2 }
"""
"""`leaders` of ContactOut stands in the house's own configuration and is bought anew after thirty days."""

USD = {("leadiq", "uc"): 0.08, ("contactout", "search"): 0.01, ("contactout", "email"): 0.2}
PER_DAY = {("contactout", "search"): 40.0}
PER_MONTH = {("letrics", "record"): 90.0}

NEW_PRICE_ON = date(2026, 4, 16)
NEW_PRICE = {"contactout.company_search.search": 2.0}
OLD_PRICE = {"contactout.company_search.search": 1.0}
REFILLED_ON = date(2026, 5, 1)
PLANS = {START: 360.0, date(2026, 4, 1): 250.0, date(2026, 5, 5): 600.0}
"""LeadIQ's universal credits a month, from each day on: enough in March, not enough in April."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A lookup: who was asked for, and for which data points.

    Attributes:
        people: the first of the provider's people, and the one behind the last.
        lost: how many of them were asked for before and the answer was lost; they are not asked for again.
        breaks_off: whether the terminal is gone with the last answer, before any of them is landed.
    """

    on: date
    hour: int
    lookup: str
    points: tuple[str, ...]
    people: tuple[int, int]
    lost: int = 0
    breaks_off: bool = False

    @property
    def rows(self) -> range:
        return range(*self.people)


@dataclass(frozen=True, slots=True)
class Use:
    """Credits that somebody else took of an account; before that day's sync, or after it."""

    on: date
    hour: int
    operation: str
    credits: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Loss:
    """Answers that are lost: from that day on, the next ones of an operation."""

    on: date
    operation: str
    charge: bool
    times: int = 1


MORNING, AFTERNOON, EVENING = 6, 17, 20
"""Before the sync, the sync, after the sync."""
EMAILS = ("emails", "profile")

LOOKUPS = (
    Asked(date(2026, 3, 14), MORNING, "leadiq.people", EMAILS, (0, 6)),
    Asked(date(2026, 3, 20), MORNING, "leadiq.people", EMAILS, (0, 9)),
    Asked(date(2026, 3, 22), MORNING, "contactout.people", ("profile", "work_email"), (0, 6)),
    Asked(date(2026, 3, 24), MORNING, "contactout.people", ("profile", "work_email"), (0, 10)),
    Asked(date(2026, 3, 26), MORNING, "leadiq.people", EMAILS, (9, 12)),
    Asked(date(2026, 3, 31), EVENING, "leadiq.people", EMAILS, (12, 15)),
    Asked(date(2026, 3, 31), EVENING, "contactout.people", ("work_email",), (10, 13)),
    Asked(date(2026, 4, 8), MORNING, "leadiq.people", EMAILS, (15, 18), breaks_off=True),
    Asked(date(2026, 4, 9), MORNING, "leadiq.people", EMAILS, (15, 18)),
    Asked(date(2026, 4, 15), MORNING, "leadiq.people", EMAILS, (0, 12), lost=1),
    Asked(date(2026, 4, 18), MORNING, "contactout.people", ("phone",), (13, 17)),
    Asked(date(2026, 4, 22), MORNING, "contactout.people", ("phone", "profile", "work_email"), (38, 46)),
    Asked(date(2026, 5, 5), MORNING, "leadiq.people", ("phones",), (0, 4)),
    Asked(LAST, EVENING, "leadiq.people", ("emails",), (20, 24)),
)
USES = (
    Use(START, MORNING, "contactout.email_enrich", {"email": 3}),
    Use(date(2026, 3, 17), MORNING, "leadiq.searchPeople", {"uc": 12.5, "page": 2}),
    Use(date(2026, 3, 23), EVENING, "contactout.people_enrich", {"phone": 4, "search": 7}),
    Use(date(2026, 4, 2), MORNING, "leadiq.searchPeople", {"uc": 3}),
    Use(date(2026, 4, 3), MORNING, "leadiq.trackContacts", {"tracking": 10}),
    Use(date(2026, 4, 21), MORNING, "contactout.people_linkedin", {"email": 5}),
    Use(date(2026, 4, 29), MORNING, "leadiq.searchPeople", {"exact_match": 6}),
    Use(date(2026, 4, 30), EVENING, "contactout.people_linkedin", {"email": 2}),
    Use(date(2026, 5, 7), MORNING, "leadiq.flatAdvancedSearch", {"uc": 8}),
)
LOSSES = (
    Loss(date(2026, 3, 18), "contactout.people_search", charge=True),
    Loss(date(2026, 3, 26), "leadiq.searchPeople", charge=True, times=2),
    Loss(date(2026, 4, 4), "contactout.people_search", charge=False),
    Loss(date(2026, 5, 4), "leadiq.flatAdvancedSearch", charge=False),
)


class TerminalIsGone(Exception):
    """Whatever is shown can no longer be shown."""


class GoneAfter(Quiet):
    """Watches so many answers, and is gone with the last of them."""

    def __init__(self, answers: int) -> None:
        self._left = answers

    def answer(self, provider: str, resource: str, tally: Tally) -> None:
        self._left -= 1
        if not self._left:
            raise TerminalIsGone


@dataclass
class Story:
    """What became of it: every command's end, the sandbox's books and truth, and what went over the wire."""

    house: House
    sandbox: Sandbox
    ends: list[tuple[datetime, str, list[Outcome]]] = field(default_factory=list)
    clocks: list[tuple[int, datetime]] = field(default_factory=list)
    """Before each command, how many entries the books had, and the moment that the command was told it is."""
    books: dict[str, Any] = field(default_factory=dict)
    exchanges: list[dict[str, Any]] = field(default_factory=list)
    truth: dict[str, Any] = field(default_factory=dict)
    tracked: float = 0
    """Contacts that LeadIQ tracked for the account before anything was ordered."""

    def stops(self, words: str) -> dict[date, set[str]]:
        """The days on which a resource was not read to its end for a reason with these words, and the resources."""
        found: dict[date, set[str]] = {}
        for at, _, outcomes in self.ends:
            for outcome in outcomes:
                for (provider, resource), tally in outcome.resources.items():
                    if tally.stopped and words in tally.stopped:
                        found.setdefault(at.date(), set()).add(f"{provider}.{resource}")
        return found


def asked_on(day: date) -> tuple[str, ...]:
    """The sources that a day's sync asks: those with meters on four days of the week, Letrics on two of them."""
    if day not in BESIDE and day.weekday() not in (MONDAY, TUESDAY, THURSDAY, FRIDAY):
        return ()
    more = ("letrics",) if day in BESIDE or day.weekday() in (MONDAY, THURSDAY) else ()
    return ("leadiq", "contactout", *more)


def live(story: Story, patch: pytest.MonkeyPatch, told: Callable[[str], None] = lambda _: None) -> Story:
    """Lives the sixty days, in the house's folder."""
    leadiq = [{"id": one["id"]} for one in story.sandbox.truth()["leadiq"]["people"]]
    contactout = [{"linkedin_url": one["id"]} for one in story.sandbox.truth()["contactout"]["people"]]
    people: dict[str, Sequence[Mapping[str, Any]]] = {"leadiq.people": leadiq, "contactout.people": contactout}
    for n in range(DAYS):
        today = START + timedelta(days=n)
        story.sandbox.move_to(today.isoformat())
        if today == NEW_PRICE_ON:
            story.sandbox.charge(NEW_PRICE)
        if today in PLANS:
            story.sandbox.limit({"leadiq.uc": PLANS[today]})
        for loss in LOSSES:
            if loss.on == today:
                provider, _, operation = loss.operation.partition(".")
                story.sandbox.fault(
                    provider=provider, operation=operation, kind="reset", charge=loss.charge, times=loss.times
                )
        for hour in (MORNING, AFTERNOON, EVENING):
            _use(story, today, hour)
            now = datetime(today.year, today.month, today.day, hour)
            patch.setenv("LEADHOUSE_AS_OF", now.isoformat())
            for asked in LOOKUPS:
                if (asked.on, asked.hour) == (today, hour):
                    rows = [{**people[asked.lookup][row], "reference": f"row-{row}"} for row in asked.rows]
                    _begin(story, now)
                    wish = Wish(build=(today, hour) == (LAST, EVENING))
                    watcher = GoneAfter(len(rows)) if asked.breaks_off else Quiet()
                    try:
                        _, outcomes = run_lookup(asked.lookup, _these(rows), asked.points, wish, watcher)
                    except TerminalIsGone:
                        outcomes = []
                    assert bool(outcomes) is not asked.breaks_off
                    story.ends.append((now, asked.lookup, outcomes))
                    told(f"{now} {asked.lookup} {[one.exit_code.name for one in outcomes]}")
            sources = asked_on(today)
            if hour == AFTERNOON and sources:
                _begin(story, now)
                outcomes = run_sync(Wish(sources, build=today in BUILT), Quiet())
                story.ends.append((now, "sync", outcomes))
                told(f"{now} sync {[one.exit_code.name for one in outcomes]}")
    story.books, story.exchanges = story.sandbox.books(), story.sandbox.exchanges()
    story.truth = story.sandbox.truth()
    story.tracked = _balance(story.sandbox) - story.books["credits"]["leadiq"]["tracking"]
    return story


def _these(rows: Sequence[Mapping[str, Any]]) -> Rows:
    return lambda _: rows


def _balance(sandbox: Sandbox) -> int:
    """How many contacts LeadIQ says that it tracks."""
    query = {"query": "{ contactTrackingBalance { maxCredits remaining } }"}
    key = base64.b64encode(b"sandbox-leadiq-key:").decode()
    answer = sandbox.http.post("/leadiq/graphql", json=query, headers={"Authorization": f"Basic {key}"})
    balance = answer.raise_for_status().json()["data"]["contactTrackingBalance"]
    return int(balance["maxCredits"] - balance["remaining"])


def _begin(story: Story, now: datetime) -> None:
    story.clocks.append((len(story.sandbox.books()["requests"]), now))


def _use(story: Story, today: date, hour: int) -> None:
    for use in USES:
        if (use.on, use.hour) == (today, hour):
            story.sandbox.use(use.operation, **use.credits)
