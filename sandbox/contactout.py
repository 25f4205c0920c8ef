"""ContactOut's REST API: people search, its count, and the month's statistics."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from sandbox import vocabulary as words
from sandbox import wording
from sandbox.books import rounded
from sandbox.changes import another_version, changed
from sandbox.exchange import Answer, Asked, Operation
from sandbox.population import Company, Person, Population, Position
from sandbox.settings import CONTACTOUT_TOKEN
from sandbox.world import World

PAGE_SIZE = 25
RATES = {"people_search": 60, "contact_checker": 150, "other": 1000}
CREDITS = ("email", "phone", "search")
NO_ACCESS = "No access to endpoint"
# Reference, Errors; of the two meanings of 403, the one that needs no setting. 404 stands with single endpoints.
DOCUMENTED = {
    400: "Bad credentials or invalid headers",
    401: "Bad request or invalid input",
    403: "You're out of credits, please email your sales manager",
    404: "Not Found",
    429: "Rate limit reached. Check header retry-after: <time_in_seconds> for when rate limit will reset",
}

LIST_OF_TEXT = "a list of text"
PARAMETERS: Mapping[str, str] = {
    "name": "text",
    "job_title": LIST_OF_TEXT,
    "job_function": LIST_OF_TEXT,
    "seniority": LIST_OF_TEXT,
    "current_titles_only": "a boolean",
    "include_related_job_titles": "a boolean",
    "match_experience": "text",
    "skills": LIST_OF_TEXT,
    "education": LIST_OF_TEXT,
    "location": LIST_OF_TEXT,
    "company": LIST_OF_TEXT,
    "company_filter": "text",
    "current_company_only": "a boolean",
    "domain": LIST_OF_TEXT,
    "industry": LIST_OF_TEXT,
    "keyword": "text",
    "company_size": LIST_OF_TEXT,
    "years_of_experience": LIST_OF_TEXT,
    "years_in_current_role": LIST_OF_TEXT,
    "page": "a whole number",
    "data_types": LIST_OF_TEXT,
    "reveal_info": "a boolean",
    "detailed_experience": "a boolean",
    "detailed_education": "a boolean",
    "output_fields": LIST_OF_TEXT,
    "exclude_companies": LIST_OF_TEXT,
    "exclude_job_titles": LIST_OF_TEXT,
}
# What shapes an answer without choosing whom it is about.
PRESENTATION = frozenset({"page", "reveal_info", "detailed_experience", "detailed_education", "output_fields"})
# Parameters of a search that a count does not take (reference, People Count API).
NOT_COUNTED = frozenset({"page", "data_types", "reveal_info"})
DATA_TYPES = ("personal_email", "work_email", "phone")
LONGEST_LIST = 50


class BadInput(Exception):
    """A request that ContactOut answers with 401."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A person as ContactOut knows them; contact values stay apart until they are paid for."""

    person: Person
    url: str
    fields: dict[str, Any]
    detailed_experience: list[dict[str, Any]]
    detailed_education: list[dict[str, Any]]
    personal_emails: list[str]
    work_emails: list[str]
    work_email_status: dict[str, str]
    phones: list[str]
    companies: tuple[Company, ...]
    """Every employer, the current one first."""
    employed: bool
    career_start: dt.date
    role_start: dt.date
    text: str
    """All words of the profile in lower case: what a keyword is looked up in."""

    @property
    def availability(self) -> dict[str, bool]:
        """Which kinds of contact information exist."""
        return {
            "personal_email": bool(self.personal_emails),
            "work_email": bool(self.work_emails),
            "phone": bool(self.phones),
        }


class ContactOut:
    """The ``/contactout`` endpoints over one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._windows = {name: world.rates.window("contactout", name, rate) for name, rate in RATES.items()}
        self.profiles = Profiles(world.population)
        # The pages of one search ask the same question again and again.
        self._found = lru_cache(maxsize=16)(self._find)

    def operations(self) -> list[Operation]:
        """This provider's table of routes."""
        return [
            Operation(
                "contactout",
                name,
                method,
                f"/contactout/v1/{path}",
                self._guarded(rate_class, answer),
                worded_refusal,
            )
            for name, method, path, rate_class, answer in (
                ("stats", "GET", "stats", "other", self._stats),
                ("people_search", "POST", "people/search", "people_search", self._people_search),
                ("people_count", "POST", "people/count", "other", self._people_count),
            )
        ]

    def _guarded(self, rate_class: str, answer: Callable[[Asked], Answer]) -> Callable[[Asked], Answer]:
        """Check the token and the rate before ``answer``, and word what it refuses."""

        def guarded(asked: Asked) -> Answer:
            if not is_authorised(asked):
                return refusal(400, "Bad credentials")
            wait = self._windows[rate_class].refused_for()
            if wait:
                late = refusal(429, "Too many requests; retry-after says when to come back.")
                return Answer(429, late.body, headers={"retry-after": str(wait)}, violation=True)
            try:
                return answer(asked)
            except BadInput as problem:
                return refusal(401, str(problem))

        return guarded

    def _stats(self, asked: Asked) -> Answer:
        period = dict(asked.params).get("period") or self._world.calendar.month
        if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", period):
            raise BadInput("The period must be YYYY-MM.")
        books, quota = self._world.books, self._world.settings.contactout_quota
        usage: dict[str, float] = {}
        for credit, prefix in (("email", ""), ("phone", "phone_"), ("search", "search_")):
            count = books.charged("contactout", credit, period)
            usage[f"{prefix}count"] = count
            if self._world.settings.contactout_plan == "prepaid":
                usage[f"{prefix}quota"] = rounded(quota[credit] - books.charged("contactout", credit))
            else:
                usage[f"{prefix}quota"] = quota[credit]
                usage[f"{prefix}remaining"] = rounded(quota[credit] - count)
                usage[f"{prefix}over_quota"] = max(0, rounded(count - quota[credit]))
        # Every month ends on a 31st here, as in the reference's example for April.
        body = {"status_code": 200, "period": {"start": f"{period}-01", "end": f"{period}-31"}, "usage": usage}
        return Answer(200, body, records=1, first_record=())

    def _people_search(self, asked: Asked) -> Answer:
        wanted = read_search(asked)
        found = changed(self._matching(wanted), asked.changes("people_search"), _newcomer, _updated)
        page = wanted.get("page", 1)
        shown = found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
        reveal = wanted.get("reveal_info", False)
        credits = {
            "search": len(shown),
            "email": sum(bool(profile.personal_emails or profile.work_emails) for profile in shown) if reveal else 0,
            "phone": sum(bool(profile.phones) for profile in shown) if reveal else 0,
        }
        body = {
            "status_code": 200,
            "metadata": {"page": page, "page_size": PAGE_SIZE, "total_results": len(found)},
            # An empty map is written as an empty list, as in the reference.
            "profiles": {profile.url: _shape(profile, wanted) for profile in shown} or [],
        }
        first = ("profiles", shown[0].url) if shown else None
        return Answer(200, body, records=len(shown), credits=credits, first_record=first)

    def _people_count(self, asked: Asked) -> Answer:
        if not self._world.settings.contactout_count:
            return refusal(403, NO_ACCESS)
        wanted = read_search(asked)
        refused = sorted(NOT_COUNTED & set(wanted))
        if refused:
            raise BadInput(f"A count does not take {', '.join(refused)}.")
        body = {"status_code": 200, "total_results": len(self._matching(wanted))}
        return Answer(200, body, records=1, first_record=())

    def _matching(self, wanted: Mapping[str, Any]) -> list[Profile]:
        """Every profile that satisfies the filters today, in the order of a search."""
        filters = {name: value for name, value in wanted.items() if name not in PRESENTATION}
        return self._found(self._world.calendar.today, json.dumps(filters, sort_keys=True))

    def _find(self, day: dt.date, filters: str) -> list[Profile]:
        wanted = json.loads(filters)
        return [profile for profile in self.profiles.on(day) if _matches(profile, wanted, day)]


class Profiles:
    """ContactOut's view of the population on any day, in the order of a search."""

    def __init__(self, population: Population) -> None:
        self._population = population
        self._people = [person for person in population.people if "contactout" in person.seen_since]
        self._known: dict[tuple[str, int], Profile] = {}
        self.on = lru_cache(maxsize=8)(self._on)

    def _on(self, day: dt.date) -> list[Profile]:
        return [
            self._profile(person, person.changes_known("contactout", day))
            for person in self._people
            if person.seen_since["contactout"] <= day
        ]

    def _profile(self, person: Person, changes: int) -> Profile:
        """A profile depends on the changes ContactOut has noticed and on nothing else, so it is written once."""
        key = (person.truth_id, changes)
        if key not in self._known:
            self._known[key] = self._write(person, changes)
        return self._known[key]

    def _write(self, person: Person, changes: int) -> Profile:
        dice = self._population.dice
        key = ("contactout", person.truth_id)
        version = (*key, changes)

        def sometimes(value: Any, share: float, what: str) -> Any:
            return value if dice.chance(share, what, *key) else None

        jobs = person.history(changes)
        last, ended = jobs[-1]
        current = last if ended is None else None
        title = self._title(current, person) if current else None
        employer = wording_of_company(self._population, current.company) if current else None
        experience = [self._job(job, until, person) for job, until in reversed(jobs)]
        education = self._education(person, jobs[0][0].started_on.year)
        skills = list(dict.fromkeys(skill for job, _ in reversed(jobs) for skill in job.department.skills))
        skills = [skill for skill in skills if dice.chance(0.7, "skill", skill, *key)]
        has_personal = dice.chance(0.6, "personal email", *key)
        has_work = current is not None and dice.chance(0.8, "work email", *version)
        personal = [wording.email(dice, person.personal_email, *key)] if has_personal else []
        work = [wording.email(dice, current.email, *version)] if current and has_work else []
        seat = last.company.seat
        name = self._written_name(person)
        headline = f"{title} at {employer}" if title else "Open to what comes next"
        fields: dict[str, Any] = {
            "li_vanity": person.slug.replace("-", "") if dice.chance(0.15, "vanity", *key) else person.slug,
            "full_name": name,
            "title": title,
            "headline": sometimes(headline, 0.95, "headline"),
            "company": self._company(current.company) if current else None,
            "location": ", ".join(part for part in (seat.city, seat.state, seat.country) if part),
            "country": sometimes(seat.country, 0.95, "country"),
            "industry": sometimes(last.company.industry.contactout, 0.9, "industry"),
            "experience": [_sentence(job) for job in experience],
            "education": [
                f"{study['degree']} at {study['school_name']} in {study['start_date_year']} - {study['end_date_year']}"
                for study in education
            ],
            "skills": skills,
            "summary": sometimes(f"{headline}; cares about {' and '.join(skills[:2]) or 'people'}.", 0.6, "summary"),
            "languages": [
                {
                    "name": words.LANGUAGES[person.country_code],
                    "proficiency": dice.pick(
                        ("Native or bilingual proficiency", "Full professional proficiency", None), "language", *key
                    ),
                }
            ],
            "certifications": self._certifications(person),
            "publications": self._publications(person, skills),
            "projects": self._projects(person),
            "followers": dice.below(5000, "followers", *key),
            "updated_at": f"{self._updated(person, changes)} 00:00:00",
            "profile_picture_url": sometimes(
                f"https://images.example.com/profiles/{dice.hexadecimal(32, *key)}", 0.7, "picture"
            ),
            "job_function": last.department.contactout_function if current else None,
            "seniority": last.level.contactout if current else None,
            "work_status": sometimes("open_to_work", 0.9 if current is None else 0.1, f"status {changes}"),
        }
        return Profile(
            person=person,
            url=self._url(person),
            fields=fields,
            detailed_experience=experience,
            detailed_education=education,
            personal_emails=personal,
            work_emails=work,
            work_email_status={address: dice.pick(("Verified", "Unverified"), "status", *version) for address in work},
            phones=[wording.phone(dice, person.phone, *key)]
            if person.phone is not None and dice.chance(0.8, "phone", *key)
            else [],
            companies=tuple(job.company for job, _ in reversed(jobs)),
            employed=current is not None,
            career_start=jobs[0][0].started_on,
            role_start=last.started_on,
            text=json.dumps([fields, experience], ensure_ascii=False).lower(),
        )

    def _url(self, person: Person) -> str:
        """The key of the profiles map: with or without ``www.``, which says nothing about the person."""
        host = self._population.dice.pick(("www.linkedin.com", "linkedin.com"), "map key", person.truth_id)
        return f"https://{host}/in/{quote(person.slug)}"

    def _written_name(self, person: Person) -> str:
        forms = (person.full_name, person.full_name, person.full_name, person.full_name.upper())
        return self._population.dice.pick(forms, "contactout name", person.truth_id)

    def _title(self, position: Position, person: Person) -> str:
        form = self._population.dice.below(3, "contactout title", person.truth_id)
        return wording.title(position.department, position.level, form)

    def _updated(self, person: Person, changes: int) -> dt.date:
        if changes:
            return person.changes[changes - 1].follow_on["contactout"]
        first = max(person.seen_since["contactout"], self._population.start - dt.timedelta(days=400))
        return first + dt.timedelta(days=self._population.dice.below(200, "updated", person.truth_id) % 90)

    def _job(self, job: Position, until: dt.date | None, person: Person) -> dict[str, Any]:
        dice, company = self._population.dice, job.company
        key = ("contactout job", person.truth_id, job.started_on)
        dated = dice.chance(0.3, "dated", *key)
        written = f"{job.department.name} at {company.name}: {', '.join(job.department.skills[:3])}."
        logo = f"https://images.example.com/companies/{company.slug}"
        record = {
            "title": self._title(job, person),
            "summary": written if dice.chance(0.5, "summary", *key) else None,
            "locality": ", ".join(part for part in (company.seat.city, company.seat.country) if part),
            "company_name": wording_of_company(self._population, company),
            "start_date_year": job.started_on.year,
            "start_date_month": job.started_on.month,
            "end_date_year": until.year if until else None,
            "end_date_month": until.month if until else None,
            "is_current": until is None,
            "linkedin_url": None if company.link == "domain_only" else self._company_url(company),
            "logo_url": logo if dice.chance(0.6, "logo", *key) else None,
        }
        if dated:
            # The month is not padded, as in the reference: 20204 is April 2020.
            record["start_date"] = f"{job.started_on.year}{job.started_on.month}"
            record["end_date"] = f"{until.year}{until.month}" if until else None
        return record

    def _education(self, person: Person, working_since: int) -> list[dict[str, Any]]:
        dice, key = self._population.dice, ("contactout", person.truth_id)
        if dice.chance(0.15, "no education", *key):
            return []
        school = dice.pick(words.SCHOOLS, "school", *key)
        ended = working_since - dice.below(2, "graduated", *key)
        subject = dice.pick(words.FIELDS_OF_STUDY, "field", *key)
        return [
            {
                "field_of_study": subject,
                "description": f"Thesis in {subject}" if dice.chance(0.4, "thesis", *key) else None,
                # Years of study are text in the reference, unlike those of jobs.
                "start_date_year": str(ended - 3 - dice.below(2, "studied", *key)),
                "end_date_year": str(ended),
                "degree": dice.pick(words.DEGREES, "degree", *key),
                "school_name": school,
                "url": f"https://www.linkedin.com/school/{school.lower().replace(' ', '-')}/",
            }
        ]

    def _certifications(self, person: Person) -> list[dict[str, Any]]:
        dice, key = self._population.dice, ("contactout", person.truth_id)
        if not dice.chance(0.2, "certified", *key):
            return []
        year = 2015 + dice.below(9, "certificate year", *key)
        # The reference says `name`; profiles elsewhere say `title`.
        label = dice.pick(("name", "name", "title"), "certificate label", *key)
        ends, month = dice.chance(0.5, "certificate ends", *key), 1 + dice.below(12, "certificate month", *key)
        # Company and date are in the reference's words, not in its example.
        told = {"company": "Project Management Institute", "date": f"{year}-{month:02d}"}
        return [
            {
                label: "Project Management Professional (PMP)",
                "authority": "Project Management Institute",
                "license": str(10_000_000 + dice.below(90_000_000, "license", *key)),
                "start_date_year": year,
                "start_date_month": month,
                "end_date_year": year + 3 if ends else None,
                "end_date_month": month if ends else None,
                **(told if dice.chance(0.4, "certificate told", *key) else {}),
            }
        ]

    def _publications(self, person: Person, skills: list[str]) -> list[dict[str, Any]]:
        dice, key = self._population.dice, ("contactout", person.truth_id)
        if not dice.chance(0.15, "published", *key):
            return []
        topic = skills[0] if skills else "Work"
        return [
            {
                "url": f"https://journal.example.com/{dice.hexadecimal(8, 'publication', *key)}",
                "title": f"The Future of {topic}",
                "description": f"What changes for those who live by {topic}.",
                "publisher": "Example Monthly",
                "authors": [person.full_name],
                "published_on_year": 2016 + dice.below(9, "publication year", *key),
                "published_on_month": 1 + dice.below(12, "publication month", *key),
                "published_on_day": 1 + dice.below(28, "publication day", *key),
            }
        ]

    def _projects(self, person: Person) -> list[dict[str, Any]]:
        dice, key = self._population.dice, ("contactout", person.truth_id)
        if not dice.chance(0.15, "project", *key):
            return []
        year, lasts = 2014 + dice.below(9, "project year", *key), dice.chance(0.3, "project lasts", *key)
        return [
            {
                "title": "Website redesign",
                "description": "Led those who drew it and those who built it.",
                "start_date_year": year,
                "start_date_month": 1 + dice.below(12, "project month", *key),
                "end_date_year": None if lasts else year + 1,
                "end_date_month": None if lasts else 1 + dice.below(12, "project end", *key),
            }
        ]

    def _company_url(self, company: Company) -> str:
        return wording.company_url(self._population.dice, company.slug, "contactout company", company.truth_id)

    def _company(self, company: Company) -> dict[str, Any]:
        dice, key = self._population.dice, ("contactout company", company.truth_id)
        by_slug, by_domain = company.link == "contactout_by_slug", company.link == "domain_only"

        def sometimes(value: Any, share: float, what: str) -> Any:
            return value if dice.chance(share, what, *key) else None

        seat = company.seat
        return {
            "name": wording_of_company(self._population, company),
            "url": None if by_domain else self._company_url(company),
            "linkedin_company_id": sometimes(1_000_000 + dice.below(90_000_000, "number", *key), 0.7, "numbered"),
            "domain": None if by_slug else wording.domain(dice, company.domain, *key),
            "email_domain": None if by_slug else company.domain,
            "overview": sometimes(f"{company.name} works in {company.industry.letrics.lower()}.", 0.7, "overview"),
            "type": dice.pick(("Privately Held", "Public Company", "Partnership", None), "type", *key),
            "size": sometimes(company.employees, 0.9, "size"),
            "country": seat.country,
            "revenue": sometimes(company.revenue, 0.7, "revenue"),
            "founded_at": sometimes(company.founded_year, 0.8, "founded"),
            "industry": company.industry.contactout,
            "headquarter": f"{1 + dice.below(200, 'street', *key)} Harbour Road, {seat.city}",
            "website": None if by_slug else f"http://www.{company.domain}",
            "logo_url": f"https://images.example.com/companies/{company.slug}",
            "specialties": list(company.functions),
            "locations": [self._location(company)],
        }

    def _location(self, company: Company) -> str | dict[str, Any]:
        """One line mostly; some companies' locations are objects, as where the reference enriches an e-mail."""
        dice, key, seat = self._population.dice, ("contactout company", company.truth_id), company.seat
        if not dice.chance(0.25, "location object", *key):
            return ", ".join(part for part in (seat.city, seat.state, seat.country) if part)
        return {
            "city": seat.city,
            "line1": f"{1 + dice.below(200, 'street', *key)} Harbour Road",
            "line2": f"Suite {100 + dice.below(800, 'suite', *key)}",
            "state": seat.state,
            "country": seat.country,
            "postalCode": f"{10_000 + dice.below(89_999, 'postal code', *key)}",
            "description": "Headquarters",
            "isPrimary": True,
        }


def wording_of_company(population: Population, company: Company) -> str:
    """The name ContactOut uses for a company, the same wherever it stands."""
    key = ("contactout company", company.truth_id)
    return wording.company_name(population.dice, company.name, company.seat.legal_form, *key)


def is_authorised(asked: Asked) -> bool:
    """Whether the request carries the sandbox's token."""
    return asked.headers.get("token") == CONTACTOUT_TOKEN


def refusal(status: int, message: str) -> Answer:
    """An error in ContactOut's shape."""
    return Answer(status, {"status_code": status, "message": message})


def worded_refusal(status: int, message: str | None) -> Answer | None:
    """The refusal with this message, or the one that ContactOut documents for the status."""
    message = message or DOCUMENTED.get(status)
    return None if message is None else refusal(status, message)


def read_search(asked: Asked) -> dict[str, Any]:
    """The search parameters of a request; raises :class:`BadInput` for what ContactOut would not take."""
    try:
        wanted = json.loads(asked.body or b"{}")
    except ValueError as error:
        raise BadInput("The body is not JSON.") from error
    if not isinstance(wanted, dict):
        raise BadInput("The body must be an object.")
    for name, value in wanted.items():
        if name not in PARAMETERS:
            raise BadInput(f"The parameter {name} is unknown.")
        if not _is_of_type(value, PARAMETERS[name]):
            raise BadInput(f"The parameter {name} must be {PARAMETERS[name]}.")
        if isinstance(value, list) and len(value) > LONGEST_LIST:
            raise BadInput(f"The parameter {name} takes at most {LONGEST_LIST} values.")
    if wanted.get("page", 1) < 1:
        raise BadInput("The parameter page starts at 1.")
    if not set(wanted.get("data_types", ())) <= set(DATA_TYPES):
        raise BadInput(f"The parameter data_types takes {', '.join(DATA_TYPES)}.")
    return wanted


def _newcomer(profile: Profile, n: int, _in_front: bool) -> Profile:
    """Somebody like ``profile`` whom nobody knows yet."""
    return replace(profile, url=f"{profile.url}-newcomer-{n}")


def _updated(profile: Profile) -> Profile:
    """The profile with another headline."""
    return replace(profile, fields={**profile.fields, "headline": another_version(profile.fields["headline"])})


def _is_of_type(value: Any, wanted: str) -> bool:
    if wanted == "text":
        return isinstance(value, str)
    if wanted == "a boolean":
        return isinstance(value, bool)
    if wanted == "a whole number":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _matches(profile: Profile, wanted: Mapping[str, Any], today: dt.date) -> bool:
    """Whether a profile satisfies every filter; the values within one filter are alternatives."""
    fields = profile.fields
    titles = _considered(
        [job["title"] for job in profile.detailed_experience],
        profile.employed,
        wanted.get("match_experience", "current"),
    )
    employers = _considered(list(profile.companies), profile.employed, wanted.get("company_filter", "current"))
    employer_names = [f"{company.name} {company.slug}" for company in employers]
    current_names = [f"{company.name} {company.slug}" for company in profile.companies[:1] if profile.employed]
    domains = {company.domain for company in employers}
    seat = profile.companies[0]
    tests: list[tuple[str, Callable[[str], bool]]] = [
        ("job_title", lambda value: _any_contains(titles, value)),
        ("job_function", lambda value: _equal(fields["job_function"], value)),
        ("seniority", lambda value: _equal(fields["seniority"], value)),
        ("skills", lambda value: _any_contains(fields["skills"], value)),
        ("education", lambda value: _any_contains(fields["education"], value)),
        ("location", lambda value: _any_contains([fields["location"]], value)),
        ("company", lambda value: _any_contains(employer_names, value)),
        ("domain", lambda value: plain_domain(value) in domains),
        ("industry", lambda value: _equal(fields["industry"], value)),
        ("company_size", lambda value: profile.employed and _in_band(seat.employees, value)),
        ("years_of_experience", lambda value: _in_band((today - profile.career_start).days // 365, value)),
        ("years_in_current_role", lambda value: _in_band((today - profile.role_start).days // 365, value)),
        ("data_types", lambda value: profile.availability[value]),
    ]
    if any(wanted.get(name) and not any(map(test, wanted[name])) for name, test in tests):
        return False
    if any(_any_contains(current_names, value) for value in wanted.get("exclude_companies", ())):
        return False
    if any(_any_contains([fields["title"] or ""], value) for value in wanted.get("exclude_job_titles", ())):
        return False
    name_fits = (wanted.get("name") or "").lower() in fields["full_name"].lower()
    return name_fits and (wanted.get("keyword") or "").lower() in profile.text


def _considered(jobs: list[Any], employed: bool, which: str) -> list[Any]:
    """The current, the past or both kinds of jobs; ``jobs`` has the latest first."""
    current = jobs[:1] if employed else []
    if which == "both":
        return jobs
    return jobs[len(current) :] if which == "past" else current


def _any_contains(texts: list[str], value: str) -> bool:
    return any(value.lower() in text.lower() for text in texts)


def _equal(text: str | None, value: str) -> bool:
    return text is not None and text.lower().replace("_", " ") == value.lower().replace("_", " ")


def _in_band(number: int, band: str) -> bool:
    """Whether ``number`` lies in a band like ``51_200``; a lone number means "or more"."""
    low, _, high = band.replace("-", "_").partition("_")
    if not low.isdigit() or (high and not high.isdigit()):
        raise BadInput(f"The range {band} cannot be read.")
    return int(low) <= number and (not high or number <= int(high))


def plain_domain(value: str) -> str:
    """The bare domain of a URL or domain: lower case, without scheme, ``www.`` and path."""
    host = value.strip().lower().split("://")[-1].split("/")[0]
    return host.removeprefix("www.")


def _sentence(job: Mapping[str, Any]) -> str:
    until = job["end_date_year"] or "Present"
    return f"{job['title']} at {job['company_name']} in {job['start_date_year']} - {until}"


def _shape(profile: Profile, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The profile as asked for: which fields, how detailed, with or without what must be paid for."""
    fields = dict(profile.fields)
    if wanted.get("detailed_experience"):
        fields["experience"] = profile.detailed_experience
    if wanted.get("detailed_education"):
        fields["education"] = profile.detailed_education
    if wanted.get("output_fields"):
        fields = {name: value for name, value in fields.items() if name in wanted["output_fields"]}
    revealed = wanted.get("reveal_info", False)
    fields["contact_availability"] = profile.availability
    fields["contact_info"] = {
        "emails": [*profile.personal_emails, *profile.work_emails] if revealed else [],
        "personal_emails": profile.personal_emails if revealed else [],
        "work_emails": profile.work_emails if revealed else [],
        # An empty status is a list, as in the reference.
        "work_email_status": (profile.work_email_status if revealed else None) or [],
        "phones": profile.phones if revealed else [],
    }
    return fields
