"""The invented world: its companies, its people, and what happens to them day by day."""

from __future__ import annotations

import datetime as dt
import random
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from sandbox import vocabulary as words
from sandbox.dice import Dice
from sandbox.views import CompanyView, Trap, View, view_on

ChangeType = Literal["JobChange", "Promotion", "Departure"]
# Which fields of a person's records carry the identifier that connects them.
Link = Literal["slug", "leadiq_by_email", "letrics_by_email"]
# Which identifiers a company's records carry.
CompanyLink = Literal["both", "domain_only", "contactout_by_slug"]

PROVIDERS = ("leadiq", "contactout", "letrics")
CHANGES_BEFORE_START = 45
DAYS_AFTER_START = 200
# The first days are the ones a demo walks through, so each of them brings at least three job changes.
BUSY_DAYS = 10
REST_BETWEEN_CHANGES = 20


@dataclass(frozen=True, slots=True, eq=False)
class Company:
    """A company; ``created_at`` is when Letrics came to know it."""

    truth_id: str
    name: str
    domain: str
    slug: str
    seat: words.City
    industry: words.Industry
    employees: int
    revenue: int
    founded_year: int
    technologies: tuple[str, ...]
    functions: tuple[str, ...]
    created_at: dt.datetime
    in_letrics: bool
    tracked_from: dt.date | None
    tracked_until: dt.date | None
    link: CompanyLink
    leadiq_id: str
    letrics_id: str
    trap: Trap | None = None
    views: Mapping[str, tuple[CompanyView, ...]] = field(default_factory=dict)

    def as_seen_by(self, provider: str, day: dt.date) -> CompanyView | None:
        """What ``provider`` states of a trap in place of the truth."""
        return view_on(self.views.get(provider, ()), day)

    def tracked_on(self, day: dt.date) -> bool:
        """Whether the company is on LeadIQ's list of tracked companies on ``day``."""
        return (
            self.tracked_from is not None
            and self.tracked_from <= day
            and (self.tracked_until is None or day < self.tracked_until)
        )


@dataclass(frozen=True, slots=True, eq=False)
class Position:
    """A job at a company, with the work e-mail that comes with it."""

    company: Company
    department: words.Department
    level: words.Level
    started_on: dt.date
    email: str


@dataclass(frozen=True, slots=True, eq=False)
class JobChange:
    """One step of a career as LeadIQ's tracking reports it.

    ``effective_on`` is when it happened, ``reported_on`` the day LeadIQ says it noticed, ``visible_on`` the day
    on which it first appears (later than ``reported_on`` when the detection is back-dated).
    """

    event_id: str
    person: Person
    kind: ChangeType
    before: Position
    after: Position | None
    effective_on: dt.date
    reported_on: dt.date
    visible_on: dt.date
    start_known: bool
    follow_on: dict[str, dt.date]


@dataclass(slots=True, eq=False)
class Person:
    """Someone invented; ``career`` is what lay behind them before the calendar began, its last job the current one."""

    truth_id: str
    first_name: str
    last_name: str
    slug: str
    personal_email: str
    phone: str | None
    country_code: str
    career: tuple[Position, ...]
    seen_since: dict[str, dt.date]
    link: Link
    letrics_id: str
    import_id: str
    changes: list[JobChange] = field(default_factory=list)
    role_mailbox: str | None = None
    trap: Trap | None = None
    views: dict[str, tuple[View, ...]] = field(default_factory=dict)

    def as_seen_by(self, provider: str, day: dt.date) -> View | None:
        """What ``provider`` states of a trap in place of the truth."""
        return view_on(self.views.get(provider, ()), day)

    @property
    def full_name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"

    def changes_known(self, provider: str, day: dt.date) -> int:
        """How many of the changes ``provider`` has taken in by ``day``."""
        known = 0
        for number, change in enumerate(self.changes, start=1):
            if change.follow_on[provider] <= day:
                known = number
        return known

    def history(self, changes: int) -> list[tuple[Position, dt.date | None]]:
        """Every job with the day it ended (``None``: it lasts), after the first ``changes`` changes."""
        jobs: list[tuple[Position, dt.date | None]] = [
            (position, following.started_on) for position, following in zip(self.career, self.career[1:], strict=False)
        ]
        jobs.append((self.career[-1], None))
        for change in self.changes[:changes]:
            last, ended = jobs[-1]
            if ended is None:
                jobs[-1] = (last, change.effective_on)
            if change.after is not None:
                jobs.append((change.after, None))
        return jobs


@dataclass(frozen=True, slots=True)
class Population:
    """Everyone and everything there is; the calendar decides what of it can be seen."""

    seed: int
    dice: Dice
    start: dt.date
    companies: tuple[Company, ...]
    people: tuple[Person, ...]
    changes: tuple[JobChange, ...]
    role_mailboxes: dict[str, str]
    """Role mailboxes LeadIQ gives as the e-mail of an event, by event id."""


def invent(seed: int, people: int, companies: int, start: dt.date) -> Population:
    """Invent a population: ``people`` and ``companies`` on ``start``, some more on each of the days after it."""
    rng = random.Random(seed)
    dice = Dice(seed)
    founded = _companies(rng, dice, companies, start)
    register = _Register(rng, dice, start)
    crowd: list[Person] = []
    for number in range(people):
        # A few pairs of colleagues have the same name: equal names alone prove nothing.
        namesake = crowd[-1] if number % 60 == 40 else None
        crowd.append(register.person(founded[:companies], namesake))
    for company in founded[companies:]:
        crowd.extend(register.newcomers(company))
    _share_role_mailboxes(crowd)
    changes = _job_changes(rng, dice, register, crowd[:people], founded, start)
    return Population(
        seed=seed,
        dice=dice,
        start=start,
        companies=tuple(founded),
        people=tuple(crowd),
        changes=tuple(changes),
        role_mailboxes=_shared_sales_mailboxes(changes),
    )


def fold(text: str) -> str:
    """Lower case without accents: what a mail system makes of a name."""
    plain = text.lower().replace("ø", "o").replace("ł", "l").replace("ı", "i")
    return "".join(mark for mark in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(mark))


def free_address(local: str, host: str, taken: set[str]) -> str:
    """An address that is not taken, with a number where it has to be; from then on it is."""
    address, number = f"{local}@{host}", 1
    while address in taken:
        number += 1
        address = f"{local}{number}@{host}"
    taken.add(address)
    return address


def _companies(rng: random.Random, dice: Dice, count: int, start: dt.date) -> list[Company]:
    """``count`` companies created in the 18 months up to ``start``, then one or two on each of the following days."""
    days = [start - dt.timedelta(days=rng.randint(0, 540)) for _ in range(count)]
    at_once = max(1, count // 120)
    for after in range(1, DAYS_AFTER_START + 1):
        days += [start + dt.timedelta(days=after)] * rng.choice((at_once, at_once, at_once * 2))
    names = _company_names(rng)
    leavers = set(rng.sample(range(count), max(2, count // 6)))
    founded = []
    for number, day in enumerate(days):
        company = _company(rng, dice, number, next(names), day, start, number in leavers)
        founded.append(company)
    return founded


def _company_names(rng: random.Random) -> Iterator[str]:
    """Names without end, none twice."""
    plain = [head + tail for head in words.COMPANY_HEADS for tail in words.COMPANY_TAILS]
    rng.shuffle(plain)
    yield from plain
    for extra in words.COMPANY_EXTRAS:
        yield from (f"{name} {extra}" for name in plain)
    number = 2
    while True:
        yield from (f"{name} {number}" for name in plain)
        number += 1


def _company(
    rng: random.Random, dice: Dice, number: int, name: str, day: dt.date, start: dt.date, leaves: bool
) -> Company:
    seat = rng.choice(words.CITIES)
    domain = fold(name).replace(" ", "-") + ".example"
    created_at = dt.datetime.combine(day, dt.time(), dt.UTC) + dt.timedelta(seconds=rng.randrange(86_400))
    in_letrics = rng.random() < 0.85
    # A leaver must be on the list to begin with; a company only LeadIQ knows must be on it at all.
    tracked = leaves or not in_letrics or rng.random() < 0.45
    tracked_from: dt.date | None = None
    tracked_until: dt.date | None = None
    if tracked:
        # Newcomers join the list within days, so that each of the first days brings one.
        tracked_from = day + dt.timedelta(days=rng.randint(0, 2)) if day > start else start - dt.timedelta(days=400)
        if leaves:
            tracked_until = start + dt.timedelta(days=rng.randint(1, 60))
    link: CompanyLink = rng.choices(("both", "domain_only", "contactout_by_slug"), (70, 15, 15))[0]
    # Only a company long known to Letrics, where both identifiers stand, may be known to ContactOut by slug alone.
    if link == "contactout_by_slug" and (not in_letrics or day > start - dt.timedelta(days=120)):
        link = "both"
    band = rng.choices(words.SIZE_BANDS, (5, 20, 30, 20, 12, 10, 3))[0]
    employees = rng.randint(*band)
    return Company(
        truth_id=f"c{number + 1:05d}",
        name=name,
        domain=domain,
        slug=domain.removesuffix(".example") + rng.choice(("", "", "-hq", "-group")),
        seat=seat,
        industry=rng.choice(words.INDUSTRIES),
        employees=employees,
        revenue=employees * rng.randint(40, 300) * 1000,
        founded_year=rng.randint(1955, created_at.year - 1),
        technologies=tuple(sorted(rng.sample(words.TECHNOLOGIES, rng.randint(0, 6)))),
        functions=tuple(sorted(rng.sample(words.FUNCTIONS, rng.randint(1, 3)))),
        created_at=created_at,
        in_letrics=in_letrics,
        tracked_from=tracked_from,
        tracked_until=tracked_until,
        link=link,
        leadiq_id=dice.hexadecimal(24, "tracked company", number),
        letrics_id=dice.hexadecimal(20, "letrics company", number),
    )


class _Register:
    """Hands out what may belong to one person only: slugs, e-mail addresses, telephone numbers."""

    def __init__(self, rng: random.Random, dice: Dice, start: dt.date) -> None:
        self._rng = rng
        self._dice = dice
        self._start = start
        self._count = 0
        self._addresses: set[str] = set()
        self._slugs: set[str] = set()
        american = [f"+1{area}55501{line:02d}" for area in words.AREA_CODES for line in range(100)]
        british = [f"+44207946{line:04d}" for line in range(1000)]
        rng.shuffle(american)
        rng.shuffle(british)
        self._phones = {"us": american, "uk": british}

    def person(self, employers: list[Company], namesake: Person | None = None) -> Person:
        """Someone with a career of one to four jobs, the current one at one of ``employers`` or at the namesake's."""
        rng = self._rng
        current = namesake.career[-1].company if namesake else rng.choice(employers)
        providers = _providers(rng, current.in_letrics)
        long_ago = self._start - dt.timedelta(days=400)
        seen_since = dict.fromkeys(providers, long_ago)
        if "letrics" in seen_since:
            added = current.created_at.date()
            # New contacts at old companies are what an incremental read by company creation cannot see.
            if rng.random() < 0.1:
                added = max(added, self._start + dt.timedelta(days=rng.randint(1, 60)))
            seen_since["letrics"] = added
        return self._someone(current, employers, seen_since, namesake)

    def newcomers(self, company: Company) -> list[Person]:
        """The people who come into view together with a company that is new to Letrics."""
        if not company.in_letrics:
            return []
        rng = self._rng
        born = company.created_at.date()
        newcomers = []
        for _ in range(rng.choice((0, 1, 1, 2))):
            seen_since = {"letrics": born + dt.timedelta(days=rng.choice((0, 0, 0, 3)))}
            if rng.random() < 0.4:
                seen_since["contactout"] = born + dt.timedelta(days=rng.randint(2, 20))
            newcomers.append(self._someone(company, [company], seen_since))
        return newcomers

    def position(
        self,
        person: Person | _Name,
        company: Company,
        department: words.Department,
        level: words.Level,
        started_on: dt.date,
    ) -> Position:
        """A job with a work e-mail address of its own."""
        local = f"{fold(person.first_name)}.{fold(person.last_name)}"
        return Position(company, department, level, started_on, self._address(local, company.domain))

    def _someone(
        self,
        current: Company,
        employers: list[Company],
        seen_since: dict[str, dt.date],
        namesake: Person | None = None,
    ) -> Person:
        rng = self._rng
        number = self._count = self._count + 1
        name = _Name(rng.choice(words.FIRST_NAMES), rng.choice(words.LAST_NAMES))
        if namesake is not None:
            name = _Name(namesake.first_name, namesake.last_name)
        department = rng.choice(words.DEPARTMENTS)
        rank = rng.choices(range(6), (22, 26, 16, 18, 11, 7))[0]
        # The last old job began well before the calendar's first change.
        began = self._start - dt.timedelta(days=rng.randint(150, 1800))
        jobs = [self.position(name, current, department, words.LEVELS[rank], began)]
        for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
            began -= dt.timedelta(days=rng.randint(300, 1500))
            rank = max(0, rank - rng.choice((0, 1, 1)))
            jobs.insert(0, self.position(name, rng.choice(employers), department, words.LEVELS[rank], began))
        local = f"{fold(name.first_name)}.{fold(name.last_name)}"
        return Person(
            truth_id=f"p{number:05d}",
            first_name=name.first_name,
            last_name=name.last_name,
            slug=self._slug(name, number),
            personal_email=self._address(local, rng.choice(words.PERSONAL_MAIL_HOSTS)),
            phone=self._phone(current.seat.country_code) if rng.random() < 0.7 else None,
            country_code=current.seat.country_code,
            career=tuple(jobs),
            seen_since=seen_since,
            link=_link(rng, seen_since, self._start),
            letrics_id=self._dice.hexadecimal(20, "letrics contact", number),
            import_id=rng.choice(("crm-2025-10", "crm-2025-10", "crm-2026-01")),
        )

    def _slug(self, name: _Name, number: int) -> str:
        accented = self._dice.chance(0.5, "accents", number)
        text = f"{name.first_name}-{name.last_name}".lower()
        stem = text if accented else fold(text)
        slug = stem if self._dice.chance(0.2, "bare slug", number) else f"{stem}-{self._dice.hexadecimal(6, number)}"
        if slug in self._slugs:
            slug = f"{stem}-{number}"
        self._slugs.add(slug)
        return slug

    def _address(self, local: str, host: str) -> str:
        return free_address(local, host, self._addresses)

    def _phone(self, country_code: str) -> str | None:
        free = self._phones["uk" if country_code in {"uk", "de", "se", "fr"} else "us"]
        return free.pop() if free else None


@dataclass(frozen=True, slots=True)
class _Name:
    first_name: str
    last_name: str


def _providers(rng: random.Random, employer_in_letrics: bool) -> tuple[str, ...]:
    """Which providers know a person; Letrics knows people only through companies it knows."""
    sets = (
        ("leadiq", "contactout", "letrics"),
        ("leadiq", "contactout"),
        ("leadiq", "letrics"),
        ("contactout", "letrics"),
        ("leadiq",),
        ("contactout",),
        ("letrics",),
    )
    known = rng.choices(sets, (35, 12, 14, 12, 6, 11, 10))[0]
    if employer_in_letrics:
        return known
    return tuple(provider for provider in known if provider != "letrics") or ("contactout",)


def _link(rng: random.Random, seen_since: dict[str, dt.date], start: dt.date) -> Link:
    """ContactOut is reached by slug alone while addresses are unpaid, so only others may be linked by e-mail."""
    providers = set(seen_since)
    if providers == {"leadiq", "letrics"}:
        return rng.choice(("slug", "leadiq_by_email", "letrics_by_email"))
    if providers == {"letrics"} and rng.random() < 0.3:
        return "letrics_by_email"
    if providers == set(PROVIDERS) and rng.random() < 0.2:
        # Letrics is the bridge between the two others, so it must stand before any of their records is looked at.
        bridged = seen_since["letrics"] <= start - dt.timedelta(days=2 * CHANGES_BEFORE_START)
        return "leadiq_by_email" if bridged else "slug"
    return "slug"


def _share_role_mailboxes(crowd: list[Person]) -> None:
    """Let Letrics give ``info@`` as the address of two colleagues at a few companies."""
    by_company: dict[str, list[Person]] = {}
    for person in crowd:
        if "letrics" in person.seen_since and person.link == "slug":
            by_company.setdefault(person.career[-1].company.domain, []).append(person)
    shared = [(domain, people) for domain, people in by_company.items() if len(people) > 1]
    for domain, people in shared[: max(1, len(crowd) // 80)]:
        for person in people[:2]:
            person.role_mailbox = f"info@{domain}"


def _shared_sales_mailboxes(changes: list[JobChange]) -> dict[str, str]:
    """Let LeadIQ give ``sales@`` as the e-mail of two newcomers at a few companies."""
    arrivals: dict[str, dict[str, JobChange]] = {}
    for change in changes:
        if change.after is not None and change.person.link == "slug":
            arrivals.setdefault(change.after.company.domain, {}).setdefault(change.person.truth_id, change)
    shared = [(domain, list(found.values())) for domain, found in arrivals.items() if len(found) > 1]
    return {
        change.event_id: f"sales@{domain}"
        for domain, found in shared[: max(1, len(changes) // 80)]
        for change in found[:2]
    }


def _job_changes(
    rng: random.Random,
    dice: Dice,
    register: _Register,
    crowd: list[Person],
    companies: list[Company],
    start: dt.date,
) -> list[JobChange]:
    """Schedule the job changes of tracked people, in the order of the days on which they become visible."""
    tracked = [person for person in crowd if "leadiq" in person.seen_since]
    scale = max(1, round(len(tracked) / 160))
    changes: list[JobChange] = []
    for offset in range(-CHANGES_BEFORE_START, DAYS_AFTER_START + 1):
        day = start + dt.timedelta(days=offset)
        on_list = [company for company in companies if company.created_at.date() <= day]
        busy = 0 <= offset <= BUSY_DAYS
        for turn in range((rng.randint(3, 4) if busy else rng.randint(0, 2)) * scale):
            person = _next_to_change(rng, tracked, day)
            if person is None:
                break
            late = rng.randint(1, 3) if turn % 3 == 1 else 0
            change = _job_change(
                rng, dice, register, person, on_list, day, day - dt.timedelta(days=late), start_known=turn % 3 != 2
            )
            if change is not None:
                person.changes.append(change)
                changes.append(change)
    return changes


def _next_to_change(rng: random.Random, tracked: list[Person], day: dt.date) -> Person | None:
    """Someone whose last change is long enough ago; in a very small world, whoever rested longest."""
    if not tracked:
        return None
    for _ in range(40):
        person = rng.choice(tracked)
        if not person.changes or (day - person.changes[-1].visible_on).days >= REST_BETWEEN_CHANGES:
            return person
    return min(tracked, key=lambda one: one.changes[-1].visible_on if one.changes else dt.date.min)


def _job_change(
    rng: random.Random,
    dice: Dice,
    register: _Register,
    person: Person,
    companies: list[Company],
    visible_on: dt.date,
    reported_on: dt.date,
    *,
    start_known: bool,
) -> JobChange | None:
    """The next step in ``person``'s career, or nothing when the last one is too fresh."""
    previous = person.changes[-1] if person.changes else None
    effective_on = reported_on - dt.timedelta(days=rng.randint(5, 40))
    if previous is not None:
        effective_on = max(effective_on, previous.effective_on + dt.timedelta(days=7))
        if effective_on > reported_on:
            return None
    # Whoever left without a new job is still known by the last one.
    jobs = person.history(len(person.changes))
    before, out_of_work = jobs[-1][0], jobs[-1][1] is not None
    kind: ChangeType = rng.choices(("JobChange", "Promotion", "Departure"), (60, 25, 15))[0]
    if out_of_work or (kind == "Promotion" and before.level.rank == len(words.LEVELS) - 1):
        kind = "JobChange"
    elsewhere = [company for company in companies if company is not before.company]
    if kind == "JobChange" and not elsewhere:
        kind = "Departure"
        if out_of_work:
            return None
    after: Position | None = None
    if kind == "JobChange":
        rank = min(len(words.LEVELS) - 1, before.level.rank + rng.choice((0, 0, 1)))
        after = register.position(person, rng.choice(elsewhere), before.department, words.LEVELS[rank], effective_on)
    elif kind == "Promotion":
        following = words.LEVELS[before.level.rank + 1]
        # A promotion keeps its mailbox: nothing about the address changes with the title.
        after = Position(before.company, before.department, following, effective_on, before.email)
    number = len(person.changes)
    follow_on = {
        "contactout": visible_on + dt.timedelta(days=rng.randint(2, 30)),
        "letrics": visible_on + dt.timedelta(days=rng.randint(5, 60)),
    }
    if previous is not None:
        follow_on = {name: max(day, previous.follow_on[name]) for name, day in follow_on.items()}
    return JobChange(
        event_id=dice.hexadecimal(24, "event", person.truth_id, number),
        person=person,
        kind=kind,
        before=before,
        after=after,
        effective_on=effective_on,
        reported_on=reported_on,
        visible_on=visible_on,
        start_known=start_known,
        follow_on=follow_on,
    )
