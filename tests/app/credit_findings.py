"""What the answers of the sixty days held, read from what went over the wire: whom, how to reach them, and what was new of it.

Nothing here is asked of the connector or its marts: records stand where each provider's answers have them, and who they are
about stands in the sandbox's truth.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote

import phonenumbers
import pycountry

from sandbox.books import rounded
from tests.app.credit_expectations import Booked, Expected
from tests.app.credit_story import Story

NORTH_AMERICA = ("United States", "US", "Canada", "CA")
FREE_MAIL = ("example.com", "example.net", "example.org")
"""Where people have their own addresses here."""
RESOURCES: Mapping[tuple[str, str], str] = {
    ("contactout", "company_search"): "company_search_all",
    ("contactout", "linkedin_enrich"): "lookup_people",
    ("contactout", "people_enrich"): "lookup_people",
    ("contactout", "people_linkedin"): "lookup_people",
    ("leadiq", "flatAdvancedSearch"): "search_leaders",
    ("leadiq", "groupedAdvancedSearch"): "search_accounts",
    ("leadiq", "searchPeople"): "lookup_people",
    ("leadiq", "trackedContacts"): "tracked_contacts",
    ("letrics", "companies"): "companies",
    ("letrics", "contacts"): "contacts",
}
"""What asked, of the operations that cost something or tell of people, where it is one saved search, lookup or table alone."""

FOUND = {"contact": "contacts", "person": "people", "contact_point": "contact_points", "job_change": "job_changes"}
"""What can be found: one of it, and all of it."""

Place = tuple[str, str, str]
"""Provider, operation, and the saved search, lookup or table that asked."""
Line = tuple[date, str, str, str, str]
"""The day, a place, and a credit type."""
Point = tuple[str, str]
"""A kind of contact point, and its address in lower case or its number with its country's code."""
Job = tuple[tuple[str | None, str], ...]
"""The titles and companies that somebody has now; nothing for whoever has no job."""
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Held:
    """One record of an answer.

    Attributes:
        id: whose record it is, for this provider.
        text: the record as it came, in one spelling of JSON.
        person: whom it is about; None if it is no person's.
        points: how it says they can be reached.
        job: what it says of their present job; nothing where they have none, None where it says nothing of it.
        began: the days on which their jobs began.
    """

    entity: str
    id: str
    text: str
    person: str | None = None
    points: frozenset[Point] = frozenset()
    job: Job | None = None
    began: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer that came.

    Attributes:
        place: who asked what.
        kinds: the kinds of contact points that were asked for, or come with every record.
        asked: how many people those were asked of.
        named: people whom it knows, without a record of their own.
        changes: the job changes that it announced.
    """

    booked: Booked
    place: Place
    held: tuple[Held, ...]
    kinds: tuple[str, ...] = ()
    asked: int = 0
    named: frozenset[str] = frozenset()
    changes: frozenset[str] = frozenset()

    @property
    def when(self) -> tuple[Any, ...]:
        """What came first: of one moment, by provider, operation and what asked, as the marts have it."""
        assert self.booked.at is not None
        return (self.booked.at, *self.place, self.booked.n)


@dataclass(frozen=True, slots=True)
class Brought:
    """What one answer brought, by the marts' names."""

    contacts: int
    people: int
    contact_points: int
    job_changes: int


class Findings:
    """Everything that follows from the answers."""

    def __init__(self, story: Story, expected: Expected) -> None:
        self._truth = story.truth
        self._exchanges = {one["n"]: one for one in story.exchanges}
        answers = (self._answer(one) for one in expected.ours if one.is_answered or one.is_not_found)
        self.answers = sorted(answers, key=lambda answer: answer.when)
        self._ours = expected.ours

    # -- what it brought --------------------------------------------------------------------------------------------

    @cached_property
    def brought(self) -> list[tuple[Answer, Brought]]:
        """Every answer with records, and what of it nobody here knew before."""
        people: set[str] = set()
        points: set[tuple[str, str]] = set()
        changes: set[str] = set()
        seen: dict[str, date] = {}
        jobs: dict[tuple[str, str, str], Job] = {}
        found: list[tuple[Answer, Brought]] = []
        for answer in self.answers:
            if not answer.held:
                continue
            new_people = ({one.person for one in answer.held if one.person} | answer.named) - people
            reached = {(one.person, value) for one in answer.held if one.person for _, value in one.points}
            new_points = reached - points
            told = answer.changes.union(*(self._told_of(one, answer, seen, jobs) for one in answer.held if one.person))
            new_changes = told - changes
            contacts = sum(bool(one.points) for one in answer.held)
            found.append((answer, Brought(contacts, len(new_people), len(new_points), len(new_changes))))
            people |= new_people
            points |= new_points
            changes |= new_changes
        return found

    def _told_of(
        self, held: Held, answer: Answer, seen: dict[str, date], jobs: dict[tuple[str, str, str], Job]
    ) -> set[str]:
        """The changes that a record tells of without announcing them: jobs that began since, and another job than before."""
        assert held.person is not None
        first = seen.setdefault(held.person, answer.booked.on)
        # What began before somebody was known is how they were found, and no change since.
        recent = {day for day in held.began if day >= (first - timedelta(days=1)).isoformat()}
        told = {self._events[held.person, day] for day in recent if (held.person, day) in self._events}
        if held.job is not None:
            record = answer.place[0], held.entity, held.id
            before = jobs.get(record, held.job)
            jobs[record] = held.job
            if before != held.job:
                told |= self._revealed(held.person, before, held.job, answer.booked.on)
        return told

    @cached_property
    def spent(self) -> dict[Line, float]:
        """Credits by the configured prices."""
        return self._summed(self._ours)

    @cached_property
    def wasted(self) -> dict[Line, float]:
        """The part of them for answers that were lost, empty, or known word for word."""
        known: set[tuple[str, str, str, str]] = set()
        in_vain = [one for one in self._ours if one.is_lost]
        for answer in self.answers:
            held = {(answer.place[0], one.entity, one.id, one.text) for one in answer.held}
            if held <= known:
                in_vain.append(answer.booked)
            known |= held
        return self._summed(in_vain)

    def _summed(self, entries: Iterable[Booked]) -> dict[Line, float]:
        found: dict[Line, float] = defaultdict(float)
        for one in entries:
            for kind, credits in one.listed.items():
                found[(one.on, *self._place(one), kind)] += credits
        return {line: rounded(credits) for line, credits in found.items() if credits}

    @cached_property
    def hits(self) -> dict[tuple[str, str, str], tuple[int, int]]:
        """By provider, operation and kind of contact point: of how many people it was asked, and of how many it came."""
        found: dict[tuple[str, str, str], tuple[int, int]] = {}
        for answer in self.answers:
            for kind in answer.kinds:
                key = (*answer.place[:2], kind)
                had = sum(any(of == kind for of, _ in one.points) for one in answer.held)
                asked, before = found.get(key, (0, 0))
                found[key] = asked + answer.asked, before + had
        return {key: counts for key, counts in found.items() if counts[0]}

    # -- reading an answer ------------------------------------------------------------------------------------------

    def _answer(self, booked: Booked) -> Answer:
        exchange = self._exchanges[booked.n]
        body = json.loads(exchange["answered"])
        told = body["data"][booked.operation] if booked.provider == "leadiq" else body
        held = () if booked.is_not_found else tuple(self._held(booked.operation, told))
        place = self._place(booked)
        # A lookup asks of one person, who may be nobody; whatever reads a list asks of everybody in it.
        asked = 1 if place[2] == "lookup_people" else len(held)
        return Answer(
            booked,
            place,
            held,
            tuple(_kinds(booked, exchange)),
            asked,
            *self._beside(booked.operation, told),
        )

    def _held(self, operation: str, told: Json) -> Iterator[Held]:
        """The records of an answer; readings of meters and checks of what is there have none."""
        readers = {
            "companies": self._companies,
            "company_search": self._company_search,
            "contacts": self._contacts,
            "flatAdvancedSearch": self._flat_advanced_search,
            "groupedAdvancedSearch": self._grouped_advanced_search,
            "linkedin_enrich": self._people_enrich,
            "people_enrich": self._people_enrich,
            "people_linkedin": self._people_linkedin,
            "people_search": self._people_search,
            "searchPeople": self._search_people,
            "trackedCompanies": self._tracked_companies,
            "trackedContacts": self._tracked_contacts,
        }
        return readers[operation](told) if operation in readers else iter(())

    def _place(self, booked: Booked) -> Place:
        name = booked.provider, booked.operation
        if booked.operation == "people_search":
            is_leaders = "seniority" in json.loads(self._exchanges[booked.n]["asked"])
            return (*name, f"people_search_{'leaders' if is_leaders else 'engineers'}")
        return (*name, RESOURCES.get(name, ""))

    def _beside(self, operation: str, told: Json) -> tuple[frozenset[str], frozenset[str]]:
        """Whom an answer names without a record of their own, and the job changes that it announces."""
        if operation == "trackedContacts":
            return frozenset(), frozenset(edge["node"]["id"] for edge in told["edges"])
        if operation == "flatAdvancedSearch":
            return frozenset(), frozenset(self._changed(one) for one in told["people"] if one["personJobChange"])
        if operation == "groupedAdvancedSearch":
            people = (one for group in told["companies"] for one in group["people"])
            return frozenset(self._who["leadiq", one["id"]] for one in people), frozenset()
        return frozenset(), frozenset()

    def _changed(self, record: Json) -> str:
        """The change that somebody's record announces: it has no id there, but a day."""
        return self._events[self._who["leadiq", record["id"]], _day(record["personJobChange"]["startedAt"])]

    def _revealed(self, person: str, before: Job, now: Job, on: date) -> set[str]:
        """The last change by which somebody came to another job, of those that can be known by a day; none where there is none.

        Another company says a move there, another title at the same company a change within it, and no job a departure.
        """
        left, held = {company for _, company in before}, {company for _, company in now}
        kinds = [
            (one["visible_on"], str(one["event_id"]))
            for one in self._truth["job_changes"]
            if one["person_truth_id"] == person
            and one["visible_on"] <= on.isoformat()
            and (
                self._names[one["to_company_truth_id"]] in held
                and (one["from_company_truth_id"] == one["to_company_truth_id"]) is (left == held)
                if now
                else one["to_company_truth_id"] is None
            )
        ]
        return {max(kinds)[1]} if kinds else set()

    @cached_property
    def _names(self) -> dict[str | None, str]:
        """What each company is called by everybody: its name without its legal form."""
        return {one["truth_id"]: _first_word(one["name"]) for one in self._truth["companies"]} | {None: ""}

    def _at(self, title: str | None, company: str | None) -> Job:
        return ((title, _first_word(company)),) if company else ()

    @cached_property
    def _events(self) -> dict[tuple[str, str], str]:
        """Every change that there was, by whose it is and the day."""
        found = {(one["person_truth_id"], one["effective_on"]): one["event_id"] for one in self._truth["job_changes"]}
        assert len(found) == len(self._truth["job_changes"]), "nobody changes twice on one day"
        return found

    @cached_property
    def _who(self) -> dict[tuple[str, str], str]:
        """Whom a provider's id is about."""
        return {
            **{("leadiq", one["id"]): one["truth_id"] for one in self._truth["leadiq"]["people"]},
            **{("leadiq", one["event_id"]): one["person_truth_id"] for one in self._truth["job_changes"]},
            **{("contactout", one["id"]): one["truth_id"] for one in self._truth["contactout"]["people"]},
            **{
                (one["provider"], one["provider_record_id"]): one["truth_id"]
                for one in self._truth["records"]
                if (one["provider"], one["entity"]) == ("letrics", "person")
            },
        }

    def _person(
        self,
        provider: str,
        entity: str,
        id: str,
        record: Json,
        points: Iterable[Point | None],
        job: Job | None = None,
        began: Iterable[str] = (),
    ) -> Held:
        reached = frozenset(point for point in points if point is not None)
        return Held(entity, id, _text(record), self._who[provider, id], reached, job, frozenset(began))

    def _tracked_contacts(self, told: Json) -> Iterator[Held]:
        for edge in told["edges"]:
            record, home = edge["node"], edge["node"]["contactCountry"]
            points = (
                _address(record["email"], "work_email"),
                *(_number(one, "personal_phone", home) for one in record["phones"] or []),
                *(_number(one, "work_phone", home) for one in record["workPhones"] or []),
            )
            yield self._person("leadiq", "event", record["id"], record, points)

    def _tracked_companies(self, told: Json) -> Iterator[Held]:
        return (Held("tracked company", edge["node"]["id"], _text(edge["node"])) for edge in told["edges"])

    def _flat_advanced_search(self, told: Json) -> Iterator[Held]:
        for record in told["people"]:
            of_work = ("workEmails", "verifiedWorkEmails", "verifiedLikelyWorkEmails")
            points = (
                *(_address(one, "work_email") for name in of_work for one in record[name] or []),
                *(_address(one, "personal_email") for one in record["personalEmails"] or []),
            )
            job = self._at(record["title"], (record["company"] or {}).get("name"))
            yield self._person("leadiq", "found", record["id"], record, points, job)

    def _grouped_advanced_search(self, told: Json) -> Iterator[Held]:
        for group in told["companies"]:
            yield Held("group", group["company"]["id"], _text(group))

    def _search_people(self, told: Json) -> Iterator[Held]:
        for record in told["results"]:
            home = (record.get("location") or {}).get("country")
            # What somebody could be reached by at a former employer reaches them no more.
            emails = [one for job in record["currentPositions"] for one in job.get("emails") or []]
            emails += record.get("personalEmails") or []
            phones = [one for job in record["currentPositions"] for one in job.get("phones") or []]
            phones += record.get("personalPhones") or []
            points = (
                *(_address(one["value"], _kind(one, "email")) for one in emails),
                *(_number(one["value"], _kind(one, "phone"), home) for one in phones if one["type"] != "Fax"),
            )
            now, past = record["currentPositions"], record["pastPositions"]
            # A lookup of numbers alone tells where somebody works, and not as what; that they work nowhere it tells as well.
            is_told = all("title" in one for one in now)
            job = tuple((one["title"], _first_word(one["companyInfo"]["name"])) for one in now) if is_told else None
            ranges = [one["dateRange"] for one in now + past if one.get("dateRange")]
            began = [_day(one["start"]) for one in ranges if one["start"]]
            yield self._person("leadiq", "person", record["id"], record, points, job, began)

    def _people_search(self, told: Json) -> Iterator[Held]:
        for url, record in (told["profiles"] or {}).items():
            shown = record.get("contact_info") or {}
            yield self._profile(url, record, shown, "work_emails", "personal_emails", "phones")

    def _people_linkedin(self, told: Json) -> Iterator[Held]:
        record = told["profile"]
        yield self._profile(record["url"], record, record, "work_email", "personal_email", "phone")

    def _people_enrich(self, told: Json) -> Iterator[Held]:
        record = told["profile"]
        # Either style of names; where there is room for one value, nothing is an empty text.
        is_camel = "linkedinUrl" in record
        url = record["linkedinUrl" if is_camel else "url"]
        work, personal = ("workEmail", "email") if is_camel else ("work_email", "personal_email")
        yield self._profile(url, record, record, work, personal, "phone")

    def _profile(self, url: str, record: Json, shown: Json, work: str, personal: str, phones: str) -> Held:
        home = record.get("country")
        points = (
            *(_address(one, "work_email") for one in _listed(shown.get(work))),
            *(_address(one, "personal_email") for one in _listed(shown.get(personal))),
            *(_number(one, "personal_phone", home) for one in _listed(shown.get(phones))),
        )
        # One profile that is looked up states no title of its own.
        job = self._at(record["title"], (record["company"] or {}).get("name")) if "title" in record else None
        return self._person("contactout", "profile", _page(url), record, points, job)

    def _company_search(self, told: Json) -> Iterator[Held]:
        return (Held("company", one["url"] or one["name"], _text(one)) for one in told["companies"])

    def _contacts(self, told: Json) -> Iterator[Held]:
        for record in told["data"]:
            home = record["country"]
            personal = [one.lower() for one in record["personal_emails"]]
            points = (
                *(_address(one, "work_email") for one in record["emails"] if one.lower() not in personal),
                *(_address(one, "personal_email") for one in personal),
                _number(record["phone"], "work_phone", home) if record["phone"] else None,
            )
            job = self._at(record["job_title"], (record["company"] or {}).get("name"))
            yield self._person("letrics", "contact", record["id"], record, points, job)

    def _companies(self, told: Json) -> Iterator[Held]:
        return (Held("company", one["id"], _text(one)) for one in told["data"])


def _kinds(booked: Booked, exchange: Mapping[str, Any]) -> Iterator[str]:
    """The kinds of contact points that a request asked for."""
    if booked.operation == "people_search":
        if json.loads(exchange["asked"])["reveal_info"]:
            yield from ("work_email", "personal_email", "personal_phone")
    elif booked.operation == "linkedin_enrich":
        yield from ("work_email", "personal_email", "personal_phone")
    elif booked.operation == "people_enrich":
        yield from (
            {"phone": "personal_phone"}.get(name, name) for name in json.loads(exchange["asked"]).get("include", [])
        )
    elif booked.operation == "people_linkedin":
        wanted = dict(parse_qsl(exchange["query"]))
        yield from (f"{kind}_email" for kind in wanted["email_type"].split(",") if kind != "none")
        if wanted.get("include_phone") == "true":
            yield "personal_phone"
    elif booked.operation in ("searchPeople", "flatAdvancedSearch"):
        query = json.loads(exchange["asked"])["query"]
        for word, kind in (("mails", "email"), ("hones", "phone")):
            if re.search(rf"\b\w+{word}\b", query):
                yield from (f"work_{kind}", f"personal_{kind}")
    elif booked.operation == "trackedContacts":
        yield from ("work_email", "personal_email", "work_phone", "personal_phone")
    elif booked.operation == "contacts":
        yield from ("work_email", "personal_email", "work_phone")


def _day(value: str | int) -> str:
    """The day of a moment, as text or in milliseconds."""
    return value[:10] if isinstance(value, str) else datetime.fromtimestamp(value / 1000, UTC).date().isoformat()


def _kind(value: Json, what: str) -> str:
    """LeadIQ's types begin with whose it is: `WorkHQ`, `PersonalMobile`."""
    return f"{'work' if value['type'].startswith('Work') else 'personal'}_{what}"


def _address(value: str | None, kind: str) -> Point | None:
    if not value or "@" not in value:
        return None
    address = value.strip().lower()
    return ("personal_email" if address.partition("@")[2] in FREE_MAIL else kind), address


def _number(value: str, kind: str, home: str | None) -> Point | None:
    """A number that exists: with its country's code, or where its owner lives now, as libphonenumber has it.

    One that is written as North Americans do tells nothing of anybody elsewhere, who may have taken it along.
    """
    if re.fullmatch(r"\(?\d{3}\)?[ .]\d{3}[-.]\d{4}", value) and home not in (*NORTH_AMERICA, None):
        return None
    region = pycountry.countries.lookup(home).alpha_2 if home else None
    try:
        number = phonenumbers.parse(value.replace(".", " "), region)
    except phonenumbers.NumberParseException:
        return None
    if not value.strip().startswith("+") and not phonenumbers.is_valid_number(number):
        return None
    return kind, str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _page(url: str) -> str:
    """The plainest form of somebody's profile URL."""
    return f"https://www.linkedin.com/in/{unquote(url).rstrip('/').rpartition('/')[2].lower()}"


def _first_word(name: str) -> str:
    return re.split(r"\W+", name.casefold())[0]


def _listed(value: Any) -> list[str]:
    return [one for one in ([value] if isinstance(value, str) else value or []) if one]


def _text(record: Any) -> str:
    return json.dumps(record, sort_keys=True)
