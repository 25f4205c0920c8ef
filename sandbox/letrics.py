"""Letrics' JSON API: contacts and companies."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import Any, TypeVar

from sandbox import vocabulary as words
from sandbox import wording
from sandbox.changes import Change, another_version, changed
from sandbox.dice import Dice
from sandbox.exchange import Answer, Asked, Operation
from sandbox.population import Company, Person, Population, Position
from sandbox.settings import LETRICS_KEY, LetricsShape
from sandbox.views import CompanyView, View
from sandbox.world import World

PER_MINUTE = 60
DEFAULT_PAGE, LARGEST_PAGE = 25, 100

LISTS = "list"
MOMENT = "moment"
NUMBER = "number"
FLAG = "flag"
COMPANY_FILTERS: Mapping[str, str] = {
    "added_after": MOMENT,
    "added_before": MOMENT,
    "locations": LISTS,
    "functions": LISTS,
    "industries": LISTS,
    "tlds": LISTS,
    "technologies": LISTS,
    "page": NUMBER,
    "per_page": NUMBER,
}
CONTACT_FILTERS: Mapping[str, str] = {
    **COMPANY_FILTERS,
    "job_titles": LISTS,
    "departments": LISTS,
    "seniorities": LISTS,
    "has_personal_emails": FLAG,
    "has_linkedin_profile": FLAG,
    "is_decision_maker": FLAG,
}
ERROR_IDS = {400: "invalid_input", 401: "unauthorized", 404: "not_found", 429: "rate_limited"}
# The text in which a changed record differs: nothing is joined or filtered by it.
CHANGEABLE = {"contacts": "city", "companies": "description"}
WORDS = {402: "The credits of this account are used up."}

Found = TypeVar("Found")


class InvalidInput(Exception):
    """A request that Letrics answers with 400."""


@dataclass(frozen=True, slots=True)
class LetricsContact:
    """A contact's record together with the company its filters look at."""

    person: Person
    company: Company
    record: dict[str, Any]


class Letrics:
    """The ``/letrics`` endpoints over one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._window = world.rates.window("letrics", "default", PER_MINUTE)
        self.directory = Directory(world.population)
        self._asked: Counter[str] = Counter()

    def operations(self) -> list[Operation]:
        """This provider's table of routes."""
        table = (("contacts", self._contacts), ("companies", self._companies))
        return [
            Operation("letrics", name, method, f"/letrics/{name}", self._guarded(answer), worded_refusal)
            for name, answer in table
            for method in ("GET", "POST")
        ]

    def _guarded(self, answer: Callable[[Asked], Answer]) -> Callable[[Asked], Answer]:
        """Check the key and the rate before ``answer``, and word what it refuses."""

        def guarded(asked: Asked) -> Answer:
            if not is_authorised(asked):
                return refusal(401, "The API key is missing or not valid.")
            wait = self._window.refused_for()
            if wait:
                late = refusal(429, f"Come back in {wait} seconds.")
                return Answer(429, late.body, headers={"Retry-After": str(wait)}, violation=True)
            try:
                return answer(asked)
            except InvalidInput as problem:
                return refusal(400, str(problem))

        return guarded

    def _contacts(self, asked: Asked) -> Answer:
        wanted = read_filters(asked, CONTACT_FILTERS)
        fits_company = company_filter(wanted)
        titles = [value.lower() for value in wanted.get("job_titles", ())]
        exact = [
            (name, set(wanted[f]))
            for name, f in (("department", "departments"), ("seniority", "seniorities"))
            if f in wanted
        ]
        found = [
            contact
            for contact in self.directory.contacts_on(self._world.calendar.today)
            if fits_company(contact.company)
            and (not titles or any(title in contact.record["job_title"].lower() for title in titles))
            and all(contact.record[name] in values for name, values in exact)
            and (not wanted.get("has_personal_emails") or contact.record["personal_emails"])
            and (not wanted.get("has_linkedin_profile") or contact.record["linkedin_url"])
            and (not wanted.get("is_decision_maker") or contact.record["is_decision_maker"])
        ]
        records = [contact.record for contact in self._sorted(found, lambda contact: contact.company.created_at)]
        return self._page("contacts", records, wanted, asked.changes("contacts"))

    def _companies(self, asked: Asked) -> Answer:
        wanted = read_filters(asked, COMPANY_FILTERS)
        fits = company_filter(wanted)
        today = self._world.calendar.today
        known = self.directory.companies_on(today)
        found = self._sorted([company for company in known if fits(company)], lambda company: company.created_at)
        records = [self.directory.company_record(company, today) for company in found]
        return self._page("companies", records, wanted, asked.changes("companies"))

    def _sorted(self, found: list[Found], created_at: Callable[[Found], dt.datetime]) -> list[Found]:
        if self._world.settings.letrics_order != "newest":
            return found
        return sorted(found, key=created_at, reverse=True)

    def _page(
        self, name: str, found: list[dict[str, Any]], wanted: Mapping[str, Any], changes: Sequence[Change]
    ) -> Answer:
        text = CHANGEABLE[name]
        found = changed(found, changes, _newcomer, lambda record: {**record, text: another_version(record[text])})
        self._asked[name] += 1
        if self._world.settings.letrics_order == "shuffled":
            number = self._asked[name]
            found = random.Random(f"{self._world.settings.seed}/{name}/{number}").sample(found, len(found))
        page, per_page = wanted.get("page", 1), wanted.get("per_page", DEFAULT_PAGE)
        shown = found[(page - 1) * per_page : page * per_page]
        shape = self._world.settings.letrics_shape
        meta = {"page": page, "per_page": per_page}
        if shape != "bare":
            meta["total"] = len(found)
        body = {"data": [shaped(record, shape) for record in shown], "meta": meta, "errors": []}
        return Answer(200, body, records=len(shown), first_record=("data", 0) if shown else None)


class Directory:
    """Letrics' view of the population on any day, the newest companies last."""

    def __init__(self, population: Population) -> None:
        self._population = population
        self._people = [person for person in population.people if "letrics" in person.seen_since]
        self._companies = sorted(
            (company for company in population.companies if company.in_letrics),
            key=lambda company: (company.created_at, company.truth_id),
        )
        self._company_records: dict[tuple[str, CompanyView | None], dict[str, Any]] = {}
        self._contacts: dict[tuple[str, int, View | None, CompanyView | None], LetricsContact] = {}
        self.contacts_on = lru_cache(maxsize=8)(self._contacts_on)
        self.companies_on = lru_cache(maxsize=8)(self._companies_on)

    def _contacts_on(self, day: dt.date) -> list[LetricsContact]:
        return [
            self._contact(person, person.changes_known("letrics", day), day)
            for person in self._people
            if person.seen_since["letrics"] <= day
        ]

    def _companies_on(self, day: dt.date) -> list[Company]:
        return [company for company in self._companies if company.created_at.date() <= day]

    def company_record(self, company: Company, day: dt.date) -> dict[str, Any]:
        """A company as ``/companies`` gives it on ``day``, and as it stands inside a contact."""
        key = (company.truth_id, company.as_seen_by("letrics", day))
        if key not in self._company_records:
            self._company_records[key] = self._write_company(company, key[1])
        return self._company_records[key]

    def _contact(self, person: Person, changes: int, day: dt.date) -> LetricsContact:
        view = person.as_seen_by("letrics", day)
        job, changed = _known_job(person, changes)
        if view is not None and view.position is not None:
            job, changed = view.position, True
        key = (person.truth_id, changes, view, job.company.as_seen_by("letrics", day))
        if key not in self._contacts:
            contact = self._write_contact(person, changes, job, changed, day)
            if view is not None:
                contact.record.update(_as_viewed(self._population.dice, person, view))
            self._contacts[key] = contact
        return self._contacts[key]

    def _write_contact(
        self, person: Person, changes: int, job: Position, changed: bool, day: dt.date
    ) -> LetricsContact:
        dice, key = self._population.dice, ("letrics", person.truth_id)
        level, department = job.level, job.department

        def sometimes(value: Any, share: float, what: str) -> Any:
            return value if dice.chance(share, what, *key) else None

        by_email = person.link != "slug"
        # Whoever is linked by e-mail always has the address that links them.
        personal = by_email or dice.chance(0.5, "personal email", *key)
        emails = [wording.email(dice, job.email, *key)] if dice.chance(0.85, "work email", *key, changes) else []
        if person.role_mailbox is not None and not changed:
            emails = [person.role_mailbox]
        has_url = person.link != "letrics_by_email"
        seat = job.company.seat
        created = self._created(person)
        updated = created
        if changes:
            followed = person.changes[changes - 1].follow_on["letrics"]
            updated = max(created, dt.datetime.combine(followed, dt.time(4), dt.UTC))
        record = {
            "id": person.letrics_id,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "full_name": person.full_name,
            "job_title": wording.title(department, level, dice.below(3, "letrics title", *key)),
            "department": department.name,
            "seniority": level.letrics,
            "is_decision_maker": level.decides,
            "emails": emails,
            "personal_emails": [wording.email(dice, person.personal_email, *key)] if personal else [],
            "phone": wording.phone(dice, person.phone, *key)
            if person.phone is not None and dice.chance(0.5, "phone", *key)
            else None,
            "linkedin_url": wording.person_url(dice, person.slug, person.country_code, *key) if has_url else None,
            "city": sometimes(seat.city, 0.9, "city"),
            "state": sometimes(seat.state or None, 0.85, "state"),
            "country": sometimes(seat.country, 0.95, "country"),
            "created_at": _iso(created),
            "updated_at": _iso(updated),
            "company": self.company_record(job.company, day),
        }
        return LetricsContact(person, job.company, record)

    def _created(self, person: Person) -> dt.datetime:
        noon = dt.datetime.combine(person.seen_since["letrics"], dt.time(12), dt.UTC)
        return max(noon, person.career[-1].company.created_at)

    def _write_company(self, company: Company, view: CompanyView | None) -> dict[str, Any]:
        dice, key = self._population.dice, ("letrics company", company.truth_id)

        def sometimes(value: Any, share: float, what: str) -> Any:
            return value if dice.chance(share, what, *key) else None

        has_url = company.link != "domain_only"
        kinds = (company.industry.letrics, dice.pick(words.INDUSTRIES, "second industry", *key).letrics)
        # Known by the day alone, a company is written once: its last change comes on the day of its creation.
        midnight = dt.datetime.combine(company.created_at.date(), dt.time(23, 59, 59), dt.UTC)
        changed_after = dice.below(1 + (midnight - company.created_at).seconds, "company changed", *key)
        record = {
            "id": company.letrics_id,
            "name": wording.company_name(dice, company.name, company.seat.legal_form, *key),
            "domain": wording.domain(dice, company.domain, *key),
            "linkedin_url": wording.company_url(dice, company.slug, *key) if has_url else None,
            "industry": company.industry.letrics,
            "employee_count": sometimes(company.employees, 0.9, "employees"),
            "founded_year": sometimes(company.founded_year, 0.8, "founded"),
            "revenue": sometimes(company.revenue, 0.6, "revenue"),
            "technologies": list(company.technologies),
            "functions": list(company.functions),
            "city": company.seat.city,
            "state": company.seat.state or None,
            "country": company.seat.country,
            "created_at": _iso(company.created_at),
            "description": sometimes(
                f"{company.name}: {company.industry.letrics.lower()} from {company.seat.city}.", 0.8, "text"
            ),
            "website": sometimes(f"https://www.{company.domain}", 0.8, "website"),
            "industries": list(dict.fromkeys(kinds)) if dice.chance(0.6, "industries", *key) else [],
            "employee_range": sometimes(wording.size_band(company.employees, "-"), 0.8, "range"),
            "phone": sometimes(wording.head_office(dice, company.truth_id), 0.5, "switchboard"),
            "email": sometimes(f"hello@{company.domain}", 0.5, "mailbox"),
            "updated_at": sometimes(_iso(company.created_at + dt.timedelta(seconds=changed_after)), 0.7, "updated"),
        }
        if view is None:
            return record
        stated = {"name": view.name, "domain": view.domain, "website": view.website, "linkedin_url": view.url}
        # Whatever else would name the company's own host is left out.
        record |= stated | {"email": None}
        if view.since > dt.date.min:
            record["updated_at"] = _iso(dt.datetime.combine(view.since, dt.time(5), dt.UTC))
        return record


def _as_viewed(dice: Dice, person: Person, view: View) -> dict[str, Any]:
    """The fields in which a trap's record is what the view says and not what is true."""
    key = ("letrics", person.truth_id)
    stated: dict[str, Any] = {
        "first_name": view.first_name,
        "last_name": view.last_name,
        "full_name": view.full_name,
        "emails": [wording.email(dice, one, *key) for one in view.work_emails],
        "personal_emails": [wording.email(dice, one, *key) for one in view.personal_emails],
        "phone": None if view.phone is None else wording.phone(dice, view.phone, *key),
        "linkedin_url": view.url,
    }
    if view.title is not None:
        stated["job_title"] = view.title
    updated_on = view.updated_on or (view.since if view.since > dt.date.min else None)
    if updated_on is not None:
        stated["updated_at"] = _iso(dt.datetime.combine(updated_on, dt.time(5), dt.UTC))
    return stated


def _known_job(person: Person, changes: int) -> tuple[Position, bool]:
    """The latest job at a company Letrics knows, and whether it came by a change; departures pass unnoticed."""
    for change in reversed(person.changes[:changes]):
        if change.after is not None and change.after.company.in_letrics:
            return change.after, True
    return person.career[-1], False


def _iso(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def is_authorised(asked: Asked) -> bool:
    """Whether the request carries the sandbox's key."""
    return asked.headers.get("authorization") == f"Bearer {LETRICS_KEY}"


def refusal(status: int, details: str) -> Answer:
    """An error in Letrics' shape."""
    identifier = ERROR_IDS.get(status) or HTTPStatus(status).name.lower()
    return Answer(status, {"errors": [{"id": identifier, "code": status, "details": details}]})


def worded_refusal(status: int, message: str | None) -> Answer | None:
    """The refusal with this message or one of our own: Letrics documents one form for all failures, and no words."""
    if status < 400 or status not in set(HTTPStatus):
        return None
    known = HTTPStatus(status)
    return refusal(status, message or WORDS.get(status) or f"{known.description or known.phrase}.")


def _newcomer(record: dict[str, Any], n: int, _in_front: bool) -> dict[str, Any]:
    """A record like this one which nobody knows yet."""
    return {**record, "id": f"{record['id']}-newcomer-{n}"}


def shaped(record: dict[str, Any], shape: LetricsShape) -> dict[str, Any]:
    """The record with its company nested, or flattened into ``company_*`` where the setting says so."""
    if shape != "flat" or "company" not in record:
        return record
    flat = {name: value for name, value in record.items() if name != "company"}
    return {**flat, **{f"company_{name}": value for name, value in record["company"].items()}}


def read_filters(asked: Asked, known: Mapping[str, str]) -> dict[str, Any]:
    """The filters of a GET's query or a POST's JSON; raises :class:`InvalidInput`."""
    if asked.method == "POST":
        try:
            given = json.loads(asked.body or b"{}")
        except ValueError as error:
            raise InvalidInput("The body is not JSON.") from error
        if not isinstance(given, dict):
            raise InvalidInput("The body must be an object.")
        return {name: _read_json(name, value, known) for name, value in given.items()}
    gathered: dict[str, list[str]] = {}
    for key, value in asked.params:
        gathered.setdefault(key.removesuffix("[]"), []).append(value)
    return {name: _read_query(name, values, known) for name, values in gathered.items()}


def _kind(name: str, known: Mapping[str, str]) -> str:
    if name not in known:
        raise InvalidInput(f"{name} is not a parameter of this collection.")
    return known[name]


def _read_query(name: str, values: list[str], known: Mapping[str, str]) -> Any:
    kind = _kind(name, known)
    if kind == LISTS:
        return values
    if len(values) != 1:
        raise InvalidInput(f"{name} takes one value.")
    if kind == NUMBER:
        if not values[0].isdigit():
            raise InvalidInput(f"{name} must be a whole number.")
        return _read_json(name, int(values[0]), known)
    if kind == FLAG:
        if values[0] not in {"true", "false"}:
            raise InvalidInput(f"{name} must be true or false.")
        return values[0] == "true"
    return _read_json(name, values[0], known)


def _read_json(name: str, value: Any, known: Mapping[str, str]) -> Any:
    kind = _kind(name, known)
    if kind == LISTS:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise InvalidInput(f"{name} must be a list of text.")
    elif kind == FLAG:
        if not isinstance(value, bool):
            raise InvalidInput(f"{name} must be true or false.")
    elif kind == NUMBER:
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise InvalidInput(f"{name} must be a whole number from 1.")
        if name == "per_page" and value > LARGEST_PAGE:
            raise InvalidInput(f"per_page is at most {LARGEST_PAGE}.")
    else:
        return _moment(name, value)
    return value


def _moment(name: str, value: Any) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"{name} must be an ISO 8601 time in UTC.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def company_filter(wanted: Mapping[str, Any]) -> Callable[[Company], bool]:
    """The test a company must pass; within one filter the values are alternatives."""
    after, before = wanted.get("added_after"), wanted.get("added_before")
    places = [_place(text) for text in wanted.get("locations", ())]
    domains = [text.lower().lstrip(".") for text in wanted.get("tlds", ())]
    industries = {text.lower() for text in wanted.get("industries", ())}
    functions = {text.lower() for text in wanted.get("functions", ())}
    technologies = {text.lower() for text in wanted.get("technologies", ())}

    def fits(company: Company) -> bool:
        return (
            (after is None or company.created_at >= after)
            and (before is None or company.created_at <= before)
            and (not places or any(place(company.seat) for place in places))
            and (not domains or any(f".{company.domain}".endswith(f".{domain}") for domain in domains))
            and (not industries or company.industry.letrics.lower() in industries)
            and (not functions or _overlaps(company.functions, functions))
            and (not technologies or _overlaps(company.technologies, technologies))
        )

    return fits


def _overlaps(values: Iterable[str], wanted: set[str]) -> bool:
    return any(value.lower() in wanted for value in values)


def _place(text: str) -> Callable[[words.City], bool]:
    """Read ``city:London||||United Kingdom``: a part left empty stands for any."""
    scope, colon, rest = text.partition(":")
    names = {"city": ("city", "state", "country"), "state": ("state", "country"), "country": ("country",)}.get(scope)
    parts = rest.split("||")
    if not colon or names is None or len(parts) != len(names) or not parts[0]:
        raise InvalidInput(f"The location {text!r} cannot be read.")
    wanted = {name: part.lower() for name, part in zip(names, parts, strict=True) if part}
    return lambda seat: all(getattr(seat, name).lower() == part for name, part in wanted.items())
