"""Invents whoever plays a part in a trap: nobody shares a slug, an address or a number unless the trap says so."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import quote

from sandbox import vocabulary as words
from sandbox.dice import Dice
from sandbox.population import PROVIDERS, Company, JobChange, Person, Population, Position, fold, free_address
from sandbox.views import CompanyView, Trap, View

# A search for leaders finds these: a trap nobody sees catches nobody.
LEVELS = tuple(level for level in words.LEVELS if level.rank not in (0, 2))
FEWEST_EMPLOYERS = 8
SETTLED = 60
"""Days for which a company has been there when people come to it."""


class Name(NamedTuple):
    """A name as a record has it; without ``full``, that is first and last name."""

    first: str
    last: str
    full: str | None = None

    @property
    def whole(self) -> str:
        """The name in one text."""
        return self.full or f"{self.first} {self.last}"


class Cast:
    """Everybody and every company that the traps add to a population."""

    def __init__(self, population: Population) -> None:
        self.rng = random.Random(f"traps/{population.seed}")
        self.dice: Dice = population.dice
        self.start = population.start
        self.people: list[Person] = []
        self.companies: list[Company] = []
        self.changes: list[JobChange] = []
        self._trap: Trap | None = None
        self._before = population
        self._slugs = {person.slug for person in population.people}
        self._addresses = {address for person in population.people for address in _addresses_of(person)}
        self._hosts = {company.domain for company in population.companies}
        self._pages = {company.slug for company in population.companies}
        self._lines = self._free_lines()
        self._company_names = self._free_names()
        settled = self.start - dt.timedelta(days=SETTLED)
        self._employers = [
            company
            for company in population.companies
            if company.in_letrics and company.link == "both" and company.created_at.date() <= settled
        ]
        while len(self._employers) < FEWEST_EMPLOYERS:
            self._employers.append(self.company())

    def begin(self, trap: Trap) -> None:
        """Label whoever comes from here on."""
        self._trap = trap

    def day(self, offset: int) -> dt.date:
        """A day before or after the population's first."""
        return self.start + dt.timedelta(days=offset)

    def name(self) -> Name:
        """Any name."""
        return Name(self.rng.choice(words.FIRST_NAMES), self.rng.choice(words.LAST_NAMES))

    def employers(self, count: int) -> list[Company]:
        """Companies that are no trap, each another."""
        return self.rng.sample(self._employers, count)

    def someone(
        self,
        name: Name,
        *jobs: Company,
        days: Sequence[int] = (),
        providers: Sequence[str] = PROVIDERS,
        personal_email: str | None = None,
        phone: str | None = None,
        work_emails: Sequence[str | None] = (),
        slug: str | None = None,
    ) -> Person:
        """Somebody with these jobs in a row (any two without), who came to the later ones on ``days`` from the start.

        The days are those on which LeadIQ tells of it; whom LeadIQ does not know has only what lay behind. The same
        company again is a promotion. A work address is made up where ``work_emails`` has none for a job.
        """
        rng = self.rng
        companies = list(jobs) or self.employers(2)
        number = len(self._before.people) + len(self.people) + 1
        truth_id = f"p{number:05d}"
        local = f"{_ascii(name.first)}.{_ascii(name.last)}"
        department, rung = rng.choice(words.DEPARTMENTS), rng.randrange(len(LEVELS) - 1)
        days = list(days) or [-rng.randint(3, 40)]
        # A change is noticed within weeks of the day on which it happened, and after the one before it.
        told = [self.day(offset) for offset in days]
        began = [
            day - dt.timedelta(days=min(rng.randint(5, 20), (day - earlier).days - 1))
            for earlier, day in zip([dt.date.min, *told], told, strict=False)
        ]
        starts = [self.start - dt.timedelta(days=rng.randint(400, 1500)), *began]
        mailboxes = {company.truth_id: given for company, given in zip(companies, work_emails, strict=False) if given}
        positions: list[Position] = []
        for company, start in zip(companies, starts, strict=False):
            # Who is promoted, or comes back, has the mailbox that was there.
            if company.truth_id not in mailboxes:
                mailboxes[company.truth_id] = self.address(local, company.domain)
            promoted = bool(positions) and positions[-1].company is company
            level = LEVELS[rung + promoted]
            positions.append(Position(company, department, level, start, mailboxes[company.truth_id]))
        tracked = "leadiq" in providers
        person = Person(
            truth_id=truth_id,
            first_name=name.first,
            last_name=name.last,
            slug=slug or self.slug(name),
            personal_email=personal_email or self.address(local, rng.choice(words.PERSONAL_MAIL_HOSTS)),
            phone=phone or self.phone(),
            country_code=companies[-1].seat.country_code,
            career=tuple(positions[:1] if tracked else positions),
            seen_since=dict.fromkeys(providers, self.day(-400)),
            link="slug",
            letrics_id=self.dice.hexadecimal(20, "letrics contact", number),
            import_id="crm-2025-10",
            trap=self._trap,
        )
        if tracked:
            for before, after, day in zip(positions, positions[1:], told, strict=False):
                self._move(person, before, after, day)
        self.people.append(person)
        return person

    def company(
        self,
        name: str | None = None,
        *,
        seat: words.City | None = None,
        domain: str | None = None,
        created: int | None = None,
    ) -> Company:
        """A company with a name, a domain and a page of its own unless said otherwise.

        ``created`` is the day, from the start, on which Letrics came to know it; what it knows since the day before
        yesterday it is asked for again every day.
        """
        rng = self.rng
        number = len(self._before.companies) + len(self.companies) + 1
        name = name or next(self._company_names)
        seat = seat or rng.choice(words.CITIES)
        day = self.day(-rng.randint(SETTLED, 500) if created is None else created)
        employees = rng.randint(20, 900)
        made = Company(
            truth_id=f"c{number:05d}",
            name=name,
            domain=domain or self.host(name),
            slug=self._page(name, seat),
            seat=seat,
            industry=rng.choice(words.INDUSTRIES),
            employees=employees,
            revenue=employees * rng.randint(40, 300) * 1000,
            founded_year=rng.randint(1955, self.start.year - 3),
            technologies=tuple(sorted(rng.sample(words.TECHNOLOGIES, rng.randint(0, 4)))),
            functions=tuple(sorted(rng.sample(words.FUNCTIONS, rng.randint(1, 3)))),
            created_at=dt.datetime.combine(day, dt.time(0, 30), dt.UTC) + dt.timedelta(seconds=rng.randrange(18_000)),
            in_letrics=True,
            tracked_from=self.start - dt.timedelta(days=400),
            tracked_until=None,
            link="both",
            leadiq_id=self.dice.hexadecimal(24, "tracked company", number - 1),
            letrics_id=self.dice.hexadecimal(20, "letrics company", number - 1),
            trap=self._trap,
        )
        self.companies.append(made)
        return made

    def seen(self, company: Company, **views: CompanyView | tuple[CompanyView, ...]) -> Company:
        """The company with the view that each provider has of it; it replaces the one without."""
        told = {name: view if isinstance(view, tuple) else (view,) for name, view in views.items()}
        viewed = replace(company, views=told)
        self.companies[self.companies.index(company)] = viewed
        return viewed

    def company_name(self) -> str:
        """A name that no company has; those of the population are one word, or none of a trade."""
        return next(self._company_names)

    def host(self, name: str) -> str:
        """A domain that no company has."""
        stem = _ascii(name.replace(" ", "-"), kept="-")
        host, number = f"{stem}.example", 1
        while host in self._hosts:
            number += 1
            host = f"{stem}-{number}.example"
        self._hosts.add(host)
        return host

    def slug(self, name: Name) -> str:
        """A slug that nobody has, ending with six hexadecimal digits."""
        stem = f"{fold(name.first)}-{fold(name.last)}".replace(" ", "-").replace(".", "")
        number = 0
        while True:
            slug = f"{stem}-{self.dice.hexadecimal(6, 'trap slug', len(self._slugs), number)}"
            if slug not in self._slugs:
                self._slugs.add(slug)
                return slug
            number += 1

    def address(self, local: str, host: str) -> str:
        """An address that nobody has."""
        return free_address(local, host, self._addresses)

    def phone(self) -> str:
        """A number that nobody has."""
        return next(self._lines)

    def _move(self, person: Person, before: Position, after: Position, day: dt.date) -> None:
        change = JobChange(
            event_id=self.dice.hexadecimal(24, "event", person.truth_id, len(person.changes)),
            person=person,
            kind="Promotion" if after.company is before.company else "JobChange",
            before=before,
            after=after,
            effective_on=after.started_on,
            reported_on=day,
            visible_on=day,
            start_known=True,
            follow_on={"contactout": day, "letrics": day},
        )
        person.changes.append(change)
        self.changes.append(change)

    def _page(self, name: str, seat: words.City) -> str:
        stem = _ascii(name.replace(" ", "-"), kept="-")
        page, number = stem, 1
        while page in self._pages:
            page = f"{stem}-{seat.country_code}" if number == 1 else f"{stem}-{number}"
            number += 1
        self._pages.add(page)
        return page

    def _free_lines(self) -> Iterator[str]:
        american = [f"+1{area}55501{line:02d}" for area in words.MORE_AREA_CODES for line in range(100)]
        british = [f"+447700900{line:03d}" for line in range(1000)]
        lines = american + british
        self.rng.shuffle(lines)
        return iter(lines)

    def _free_names(self) -> Iterator[str]:
        names = [f"{head} {tail}" for head in words.TRADE_HEADS for tail in words.TRADE_TAILS]
        self.rng.shuffle(names)
        for form in ("{}", "New {}", "Royal {}"):
            yield from (form.format(name) for name in names)


def told(person: Person, says: str, name: Name | None = None, **more: object) -> View:
    """A view that states what ``says`` lists, of ``slug``, ``work``, ``personal`` and ``phone``, and nothing else."""
    parts = says.split()
    name = name or Name(person.first_name, person.last_name)
    view = View(first_name=name.first, last_name=name.last, full_name=name.whole, slug=person.slug)
    if "slug" in parts:
        view = replace(view, url=page(person.slug))
    if "work" in parts:
        view = replace(view, work_emails=(work_email(person),))
    if "personal" in parts:
        view = replace(view, personal_emails=(person.personal_email,))
    if "phone" in parts:
        view = replace(view, phone=person.phone)
    return replace(view, **more)  # type: ignore[arg-type]


def as_told(person: Person, **views: View | tuple[View, ...]) -> Person:
    """The person with each provider's view."""
    person.views = {name: view if isinstance(view, tuple) else (view,) for name, view in views.items()}
    return person


def page(slug: str) -> str:
    """A profile's page in its plain spelling."""
    return f"https://www.linkedin.com/in/{quote(slug)}"


def work_email(person: Person) -> str:
    """The address of the last job."""
    return person.history(len(person.changes))[-1][0].email


def stated(
    company: Company,
    name: str | None = None,
    *,
    domain: str | None = None,
    url: str | None = None,
    website: str | None = None,
    since: dt.date = dt.date.min,
) -> CompanyView:
    """A view of a company that states its name and what is given."""
    return CompanyView(name=name or company.name, domain=domain, url=url, website=website, since=since)


def company_page(company: Company) -> str:
    """A company's page in its plain spelling."""
    return f"https://www.linkedin.com/company/{company.slug}"


def _addresses_of(person: Person) -> Iterable[str]:
    yield person.personal_email
    for job, _ in person.history(len(person.changes)):
        yield job.email


def _ascii(text: str, kept: str = "") -> str:
    """Letters and digits as they stand in an address."""
    return re.sub(rf"[^a-z0-9{kept}]", "", fold(text))
