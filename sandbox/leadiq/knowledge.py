"""What LeadIQ's database holds of the world's people and companies on any day."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from sandbox import vocabulary as words
from sandbox import wording
from sandbox.changes import Change, another_version, changed
from sandbox.population import Company, JobChange, Person, Population, Position, fold
from sandbox.views import View

HIDDEN = "hidden"
"""What stands in place of a contact value that LeadIQ has and does not show: no value."""
EMAIL_STATUSES = ("Verified", "Verified", "VerifiedLikely", "Unverified", "Invalid")
PHONE_STATUSES = ("Verified", "Unverified", "Invalid", "Suppressed")
DETECTED = {"JobChange": "JobChange", "Promotion": "TitleChange"}
"""The company-tracking words for what a tracked contact calls a job change or a promotion."""
FUNDING_ROUNDS = ("Seed", "Series A", "Series B", "Series C", "Private Equity")
PROFILE = re.compile(r"/(in|pub)/([^/]+)((?:/[^/]+)*)$", re.IGNORECASE)
NETWORKS = ("Twitter", "Facebook", "Angellist")
SIC = {"Computer Software": ("7372", "Prepackaged Software"), "Retail": ("5999", "Miscellaneous Retail Stores")}
NAICS = {"Computer Software": ("511210", "Software Publishers"), "Retail": ("453998", "All Other Store Retailers")}
OTHER_SIC = ("7389", "Business Services, Not Elsewhere Classified")
OTHER_NAICS = ("541990", "All Other Professional, Scientific, and Technical Services")
SENIORITY_RANK = {
    name: rank
    for rank, name in enumerate(("Other", "SeniorIndividualContributor", "Manager", "Director", "VP", "Executive"))
}


@dataclass(frozen=True, slots=True, eq=False)
class KnownCompany:
    """A company in LeadIQ's two forms: ``info`` is a ``CompanyInfo``, ``flat`` a ``Company`` of advanced search."""

    company: Company
    info: dict[str, Any]
    flat: dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class KnownPerson:
    """A person in LeadIQ's two forms: ``record`` is a ``PersonRecord``, ``flat`` a ``Person`` of advanced search.

    ``record`` holds e-mails of every status, ``flat`` is None while nobody employs the person. ``change`` is the last
    change LeadIQ noticed.
    """

    person: Person
    record: dict[str, Any]
    flat: dict[str, Any] | None
    employer: KnownCompany | None
    updated_at: dt.datetime
    change: JobChange | None


class Knowledge:
    """LeadIQ's database over one population."""

    def __init__(self, population: Population) -> None:
        self._population = population
        self._people = [person for person in population.people if "leadiq" in person.seen_since]
        self._written: dict[tuple[str, int, View | None], KnownPerson] = {}
        self._companies: dict[str, KnownCompany] = {}
        self.people_on = lru_cache(maxsize=8)(self._people_on)
        self.companies_on = lru_cache(maxsize=8)(self._companies_on)

    def _people_on(self, day: dt.date) -> list[KnownPerson]:
        """Everyone LeadIQ knows, most recently updated first: an order that drifts as records change."""
        people = [
            self._known(person, _noticed(person, day), person.as_seen_by("leadiq", day)) for person in self._people
        ]
        return sorted(people, key=lambda known: (known.updated_at, known.record["id"]), reverse=True)

    def _companies_on(self, day: dt.date) -> list[KnownCompany]:
        newest = max(day, self._population.start)
        return [self.company(one) for one in self._population.companies if one.created_at.date() <= newest]

    def company(self, company: Company) -> KnownCompany:
        """A company's record; nothing in it changes."""
        if company.truth_id not in self._companies:
            info = self._company_info(company)
            self._companies[company.truth_id] = KnownCompany(company, info, _flat_company(self._population, info))
        return self._companies[company.truth_id]

    def _known(self, person: Person, noticed: int, view: View | None) -> KnownPerson:
        key = person.truth_id, noticed, view
        if key not in self._written:
            self._written[key] = self._write(person, noticed, view)
        return self._written[key]

    def _write(self, person: Person, noticed: int, view: View | None) -> KnownPerson:
        dice, key = self._population.dice, ("leadiq person", person.truth_id)
        change = person.changes[noticed - 1] if noticed else None
        updated_at = self._updated(person, change)
        jobs = person.history(noticed)
        current = [self._position(person, job, None, updated_at) for job, until in jobs if until is None]
        past = [self._position(person, job, until, updated_at) for job, until in reversed(jobs) if until is not None]
        moment = written(updated_at)
        name = {
            "first": person.first_name,
            "fullName": person.full_name,
            "last": person.last_name,
            "middle": dice.pick("ABCDEFGHJKLM", "middle", *key) + "."
            if dice.chance(0.15, "has middle", *key)
            else None,
        }
        personal_emails = self._personal_emails(person, moment)
        personal_phones = self._personal_phones(person, moment)
        url = None
        if person.link != "leadiq_by_email":
            url = wording.person_url(dice, person.slug, person.country_code, *key)
        seat = jobs[-1][0].company.seat
        if view is not None:
            url = view.url
            name = {"first": view.first_name, "fullName": view.full_name, "last": view.last_name, "middle": None}
            personal_emails = [self._stated("PersonalEmail", one, moment) for one in view.personal_emails]
            phones = () if view.phone is None else (view.phone,)
            personal_phones = [
                {**self._stated("PersonalMobile", wording.phone(dice, one, *key), moment), "verificationStatus": None}
                for one in phones
            ]
            work_emails = [self._stated("WorkEmail", one, moment) for one in view.work_emails]
            current = [{**one, "emails": work_emails} for one in current]
            past = [{**one, "emails": []} for one in past]
        linkedin_id = str(10_000_000 + dice.below(900_000_000, "member", *key))
        person_id = dice.hexadecimal(24, *key)
        record: dict[str, Any] = {
            "_id": person_id,
            "id": person_id,
            "name": name,
            "currentPositions": current,
            "pastPositions": past,
            "linkedin": {
                "linkedinId": linkedin_id,
                "linkedinUrl": url,
                "salesUrls": [f"https://www.linkedin.com/sales/people/{dice.hexadecimal(20, 'sales', *key)}"]
                if dice.chance(0.5, "has sales url", *key)
                else None,
                "type": "NotApplicable",
                "status": "Valid",
                "updatedAt": moment,
                "guid": dice.hexadecimal(32, "guid", *key) if dice.chance(0.6, "has guid", *key) else None,
            }
            if url is not None
            else None,
            "profiles": self._profiles(person, moment),
            "location": {
                "fullAddress": ", ".join(part for part in (seat.city, seat.state, seat.country) if part),
                "areaLevel1": seat.state or None,
                "city": seat.city,
                "country": seat.country,
                "type": "NotApplicable",
                "status": "Valid",
                "updatedAt": moment,
            }
            if dice.chance(0.9, "has location", *key)
            else None,
            "education": self._education(person),
            "updatedAt": moment,
            "personalEmails": personal_emails,
            "personalPhones": personal_phones,
        }
        employer = self.company(jobs[-1][0].company) if current else None
        flat = self._flat(person, record, jobs[-1][0], employer, change) if employer else None
        return KnownPerson(person, record, flat, employer, updated_at, change)

    def _stated(self, kind: str, value: str, moment: str) -> dict[str, Any]:
        """A contact value of a trap."""
        return {"type": kind, "status": "Verified", "updatedAt": moment, "value": value}

    def _updated(self, person: Person, change: JobChange | None) -> dt.datetime:
        """When the record last changed: with the last change LeadIQ noticed, else some time before the calendar."""
        dice, key = self._population.dice, ("leadiq updated", person.truth_id)
        day = self._population.start - dt.timedelta(days=60 + dice.below(400, *key))
        if change is not None:
            day = change.visible_on
        seconds = dice.below(86_400, "time", *key, day)
        return dt.datetime.combine(day, dt.time(), dt.UTC) + dt.timedelta(seconds=seconds)

    def _position(self, person: Person, job: Position, until: dt.date | None, at: dt.datetime) -> dict[str, Any]:
        dice, key = self._population.dice, ("leadiq position", person.truth_id, job.company.truth_id, job.started_on)
        moment = written(at)
        emails = []
        if person.link == "slug" and dice.chance(0.8, "email", *key):
            # Whoever left has no mailbox there any more, which LeadIQ finds out sooner or later.
            statuses = EMAIL_STATUSES if until is None else ("Invalid", "Unverified")
            status = dice.pick(statuses, "status", *key)
            value = wording.email(dice, job.email, *key)
            emails = [{"type": "WorkEmail", "status": status, "updatedAt": moment, "value": value}]
        phones = []
        if until is None and dice.chance(0.4, "phone", *key):
            phones = [
                {
                    "type": dice.pick(("WorkHQ", "WorkPhone", "WorkBranch"), "type", *key),
                    "status": dice.pick(PHONE_STATUSES, "phone status", *key),
                    "verificationStatus": dice.pick(("LikelyAccurate", "None"), "verified", *key),
                    "updatedAt": moment,
                    "value": wording.head_office(dice, job.company.truth_id),
                }
            ]
        started = {"start": written(job.started_on), "end": None if until is None else written(until)}
        return {
            "companyId": company_id(self._population, job.company),
            "title": self._title(job, person),
            "dateRange": started if dice.chance(0.9, "dates", *key) else None,
            "updatedAt": moment,
            "emails": emails,
            "phones": phones,
            "companyInfo": self.company(job.company).info,
            "seniority": self._seniority(job, person),
            "function": job.department.leadiq_domain if dice.chance(0.9, "function", *key) else None,
        }

    def _title(self, job: Position, person: Person) -> str:
        form = self._population.dice.below(3, "leadiq title", person.truth_id)
        return wording.title(job.department, job.level, form)

    def _seniority(self, job: Position, person: Person) -> str:
        alone = job.level.rank == 0 and self._population.dice.chance(0.3, "senior", person.truth_id, job.started_on)
        return "SeniorIndividualContributor" if alone else job.level.leadiq

    def _personal_emails(self, person: Person, moment: str) -> list[dict[str, Any]]:
        dice, key = self._population.dice, ("leadiq personal email", person.truth_id)
        # Whoever is reached by this address alone has it in every record.
        linked = person.link != "slug"
        if not linked and not dice.chance(0.5, *key):
            return []
        hidden = not linked and dice.chance(0.06, "hidden", *key)
        value = HIDDEN if hidden else wording.email(dice, person.personal_email, *key)
        status = "Verified" if linked else dice.pick(EMAIL_STATUSES, "status", *key)
        return [{"type": "PersonalEmail", "status": status, "updatedAt": moment, "value": value}]

    def _personal_phones(self, person: Person, moment: str) -> list[dict[str, Any]]:
        dice, key = self._population.dice, ("leadiq personal phone", person.truth_id)
        if person.phone is None or not dice.chance(0.7, *key):
            return []
        return [
            {
                "type": dice.pick(("PersonalMobile", "PersonalMobile", "PersonalPhone"), "type", *key),
                "status": dice.pick(PHONE_STATUSES, "status", *key),
                "verificationStatus": dice.pick(("LikelyAccurate", "None"), "verified", *key),
                "updatedAt": moment,
                "value": HIDDEN if dice.chance(0.06, "hidden", *key) else wording.phone(dice, person.phone, *key),
            }
        ]

    def _profiles(self, person: Person, moment: str) -> list[dict[str, Any]]:
        dice, key = self._population.dice, ("leadiq profile", person.truth_id)
        if not dice.chance(0.3, *key):
            return []
        name = f"{fold(person.first_name)}{dice.hexadecimal(4, *key)}"
        network = dice.pick(NETWORKS, "network", *key)
        return [
            {
                "network": network,
                "id": str(dice.below(10**9, "id", *key)) if dice.chance(0.5, "has id", *key) else None,
                "username": name,
                "url": f"https://{network.lower()}.example.com/{name}",
                "status": dice.pick(("Valid", "Valid", "Invalid"), "status", *key),
                "updatedAt": moment,
            }
        ]

    def _education(self, person: Person) -> list[dict[str, Any]]:
        dice, key = self._population.dice, ("leadiq education", person.truth_id)
        if not dice.chance(0.6, *key):
            return []
        school = dice.pick(words.SCHOOLS, "school", *key)
        stem = fold(school).replace(" ", "-")
        told = dice.chance(0.5, "told", *key)
        return [
            {
                "name": school,
                "type": "University" if told else None,
                "linkedinUrl": f"https://www.linkedin.com/school/{stem}" if told else None,
                "facebookUrl": f"https://facebook.example.com/{stem}" if told else None,
                "twitterUrl": f"https://twitter.example.com/{stem}" if told else None,
                "linkedinId": str(10_000 + dice.below(90_000, "school id", school)) if told else None,
                "website": f"https://www.{stem}.example" if told else None,
                "domain": f"{stem}.example" if told else None,
                "degrees": [dice.pick(words.DEGREES, "degree", *key)],
                "majors": [dice.pick(words.FIELDS_OF_STUDY, "field", *key)] if told else [],
            }
        ]

    def _flat(
        self,
        person: Person,
        record: dict[str, Any],
        job: Position,
        employer: KnownCompany,
        change: JobChange | None,
    ) -> dict[str, Any]:
        dice, key = self._population.dice, ("leadiq flat", person.truth_id)
        position = record["currentPositions"][0]
        emails = [one for one in position["emails"] if one["status"] != "Invalid"]
        seat = employer.company.seat
        linkedin = record["linkedin"] or {}
        started_on = job.started_on if change is None or change.start_known else None
        return {
            "id": record["id"],
            "companyId": employer.info["id"],
            "name": record["name"]["fullName"],
            "linkedinId": linkedin.get("linkedinId"),
            "linkedinUrl": linkedin.get("linkedinUrl"),
            "title": position["title"],
            "role": job.department.leadiq_domain,
            "state": seat.state or None,
            "country": seat.country,
            "seniority": position["seniority"],
            "workEmails": [one["value"] for one in emails],
            "verifiedWorkEmails": [one["value"] for one in emails if one["status"] == "Verified"],
            "verifiedLikelyWorkEmails": [one["value"] for one in emails if one["status"] == "VerifiedLikely"],
            "workPhones": [one["value"] for one in position["phones"]],
            "personalEmails": [one["value"] for one in record["personalEmails"] if one["status"] != "Invalid"],
            "personalPhones": [one["value"] for one in record["personalPhones"]],
            "score": round(dice.below(10_000, "score", *key) / 100, 2),
            "firstName": record["name"]["first"],
            "middleName": record["name"]["middle"],
            "lastName": record["name"]["last"],
            "updatedAt": record["updatedAt"],
            "currentPositionStartDate": written(started_on) if started_on is not None else None,
            "company": employer.flat,
            "picture": f"https://images.example.com/leadiq/{dice.hexadecimal(32, *key)}"
            if dice.chance(0.5, "picture", *key)
            else None,
            "personJobChange": self._transition(person, change),
        }

    def _transition(self, person: Person, change: JobChange | None) -> dict[str, Any] | None:
        if change is None or change.after is None:
            return None
        text = self._population.dice.chance(0.1, "as text", change.event_id)

        def position(job: Position) -> dict[str, Any]:
            return {
                "title": self._title(job, person),
                "role": job.department.leadiq_domain,
                "seniority": self._seniority(job, person),
                "company": self.company(job.company).flat,
            }

        return {
            "jobChangeType": DETECTED[change.kind],
            # Milliseconds by the provider's samples, which are ready for text as well.
            "startedAt": written(change.effective_on) if text else milliseconds(change.effective_on),
            "previousPosition": position(change.before),
            "currentPosition": position(change.after),
        }

    def _company_info(self, company: Company) -> dict[str, Any]:
        dice, key = self._population.dice, ("leadiq company", company.truth_id)

        def sometimes(value: Any, share: float, what: str) -> Any:
            return value if dice.chance(share, what, *key) else None

        seat, industry = company.seat, company.industry.leadiq
        street = f"{1 + dice.below(400, 'house', *key)} {dice.pick(words.LAST_NAMES, 'street', *key)} Street"
        suite = sometimes(f"Suite {1 + dice.below(90, 'suite', *key)}", 0.3, "has suite")
        postal_code = f"{10_000 + dice.below(89_999, 'postal code', *key)}"
        address = ", ".join(part for part in (street, suite, f"{postal_code} {seat.city}", seat.country) if part)
        band = 10_000_000
        low = company.revenue // band * band
        revenue_range = {"start": low, "end": low + band, "description": f"${low // 10**6}M - ${low // 10**6 + 10}M"}
        stem = company.slug
        identity = company_id(self._population, company)
        sic = SIC.get(industry, OTHER_SIC)
        naics = NAICS.get(industry, OTHER_NAICS)
        view = company.as_seen_by("leadiq", self._population.start)
        stated: dict[str, Any] = {}
        if view is not None:
            stated = {"name": view.name, "alternativeNames": None, "domain": view.domain, "linkedinUrl": view.url}
        updated = dt.datetime.combine(
            min(company.created_at.date(), self._population.start) + dt.timedelta(days=dice.below(2, "updated", *key)),
            dt.time(6),
            dt.UTC,
        )
        return {
            "source": identity,
            "id": identity,
            "name": wording.company_name(dice, company.name, seat.legal_form, *key),
            "alternativeNames": sometimes([company.name + seat.legal_form], 0.5, "alternative names"),
            "domain": wording.domain(dice, company.domain, *key),
            "description": sometimes(
                f'{company.name} of {seat.city}: "{", ".join(company.functions)}" since {company.founded_year}.',
                0.8,
                "description",
            ),
            "emailDomains": sometimes([company.domain], 0.8, "email domains"),
            "type": sometimes(dice.pick(("Privately Held", "Public Company"), "type", *key), 0.8, "has type"),
            "phones": sometimes([wording.head_office(dice, company.truth_id)], 0.6, "phones"),
            "country": seat.country,
            "address": sometimes(address, 0.8, "address"),
            "locationInfo": {
                "formattedAddress": address,
                "street1": street,
                "street2": suite,
                "city": seat.city,
                "areaLevel1": seat.state or None,
                "country": seat.country,
                "postalCode": postal_code,
            },
            "logoUrl": sometimes(f"https://images.example.com/logos/{dice.hexadecimal(16, *key)}", 0.7, "logo"),
            "linkedinId": sometimes(str(100_000 + dice.below(9_000_000, "linkedin", *key)), 0.9, "linkedin id"),
            # One known by its domain alone is never found by its LinkedIn page, at any provider.
            "linkedinUrl": wording.company_url(dice, stem, *key) if company.link != "domain_only" else None,
            "numberOfEmployees": sometimes(company.employees, 0.9, "employees"),
            "industry": sometimes(industry, 0.95, "industry"),
            "specialities": sometimes(list(company.functions), 0.6, "specialities"),
            "fundingInfo": self._funding(company),
            "technologies": [
                {
                    "name": name,
                    "category": "Cloud" if dice.chance(0.7, "category", name) else None,
                    "parentCategory": "Software" if dice.chance(0.7, "parent", name) else None,
                    "attributes": ["Software as a Service (SaaS)"] if dice.chance(0.5, "attribute", name) else [],
                    "categories": [dice.pick(("Cloud", "Marketing", "Commerce"), "categories", name)],
                }
                for name in company.technologies
            ],
            "revenue": sometimes(company.revenue, 0.7, "revenue"),
            "revenueRange": sometimes(revenue_range, 0.7, "revenue range"),
            "predictedRevenue": sometimes(revenue_range, 0.4, "predicted revenue"),
            "sicCode": sometimes({"code": sic[0], "description": sic[1]}, 0.8, "sic"),
            "secondarySicCodes": sometimes([{"code": OTHER_SIC[0], "description": OTHER_SIC[1]}], 0.3, "more sic"),
            "naicsCode": sometimes({"code": naics[0], "description": naics[1]}, 0.8, "naics"),
            "employeeRange": sometimes(wording.size_band(company.employees, "-"), 0.8, "employee range"),
            "crunchbaseUrl": sometimes(f"https://crunchbase.example.com/organization/{stem}", 0.5, "crunchbase"),
            "facebookUrl": sometimes(f"https://facebook.example.com/{stem}", 0.5, "facebook"),
            "twitterUrl": sometimes(f"https://twitter.example.com/{stem}", 0.5, "twitter"),
            "foundedYear": sometimes(company.founded_year, 0.8, "founded"),
            "updatedDate": sometimes(written(updated), 0.9, "updated date"),
            **stated,
        }

    def _funding(self, company: Company) -> dict[str, Any] | None:
        dice, key = self._population.dice, ("leadiq funding", company.truth_id)
        if not dice.chance(0.5, *key):
            return None
        rounds = 1 + dice.below(len(FUNDING_ROUNDS), "rounds", *key)
        last = (1 + dice.below(60, "last", *key)) * 500_000
        day = self._population.start - dt.timedelta(days=30 + dice.below(900, "day", *key))
        return {
            "fundingRounds": str(rounds),
            "fundingTotalUsd": last * rounds,
            "lastFundingOn": written(day),
            "lastFundingType": FUNDING_ROUNDS[rounds - 1],
            "lastFundingUsd": last,
        }


def company_id(population: Population, company: Company) -> str:
    """The company's id in the database, which is not its id on the list of tracked companies."""
    return population.dice.hexadecimal(24, "leadiq company id", company.truth_id)


def _flat_company(population: Population, info: dict[str, Any]) -> dict[str, Any]:
    names = sorted(one["name"] for one in info["technologies"])
    categories = sorted({one for technology in info["technologies"] for one in technology["categories"]})
    place = info["locationInfo"]
    return {
        "id": info["id"],
        "name": info["name"],
        "industry": info["industry"],
        "description": info["description"],
        "linkedinId": info["linkedinId"],
        "domain": info["domain"],
        "employeeCount": info["numberOfEmployees"],
        "city": place["city"],
        "country": place["country"],
        "state": place["areaLevel1"],
        "postalCode": place["postalCode"],
        "score": round(population.dice.below(10_000, "company score", info["id"]) / 100, 2),
        "companyTechnologies": names or None,
        "companyTechnologyCategories": categories or None,
        "revenueRange": info["revenueRange"],
        "fundingInfo": info["fundingInfo"],
        "naicsCode": info["naicsCode"],
    }


def _noticed(person: Person, day: dt.date) -> int:
    """How many of a person's changes LeadIQ has noticed; they become visible in order."""
    return sum(change.visible_on <= day for change in person.changes)


def people_after(people: list[KnownPerson], changes: Sequence[Change]) -> list[KnownPerson]:
    """The people after ``changes``; a newcomer is like somebody who was there, without contact values of their own."""
    return changed(people, changes, _new_person, _updated_person)


def companies_after(companies: list[KnownCompany], changes: Sequence[Change]) -> list[KnownCompany]:
    """The companies after ``changes``."""
    return changed(companies, changes, _new_company, _updated_company)


def _new_person(known: KnownPerson, n: int, in_front: bool) -> KnownPerson:
    identity = outermost(n, in_front)
    alone: dict[str, list[Any]] = {"emails": [], "phones": []}
    record = {
        **known.record,
        "_id": identity,
        "id": identity,
        "linkedin": None,
        "personalEmails": [],
        "personalPhones": [],
        "currentPositions": [{**one, **alone} for one in known.record["currentPositions"]],
        "pastPositions": [{**one, **alone} for one in known.record["pastPositions"]],
    }
    flat = known.flat and {
        **known.flat,
        "id": identity,
        "linkedinId": None,
        "linkedinUrl": None,
        **dict.fromkeys(("workEmails", "verifiedWorkEmails", "verifiedLikelyWorkEmails", "workPhones"), []),
        **dict.fromkeys(("personalEmails", "personalPhones"), []),
    }
    return replace(known, record=record, flat=flat)


def _updated_person(known: KnownPerson) -> KnownPerson:
    name = {**known.record["name"], "fullName": another_version(known.record["name"]["fullName"])}
    flat = known.flat and {**known.flat, "title": another_version(known.flat["title"])}
    return replace(known, record={**known.record, "name": name}, flat=flat)


def _new_company(known: KnownCompany, n: int, in_front: bool) -> KnownCompany:
    identity = outermost(n, in_front)
    own = {"id": identity, "domain": f"{identity}.example", "linkedinId": None}
    info = {**known.info, **own, "source": identity, "linkedinUrl": None, "emailDomains": None}
    return replace(known, info=info, flat={**known.flat, **own})


def _updated_company(known: KnownCompany) -> KnownCompany:
    text = another_version(known.info["description"])
    return replace(known, info={**known.info, "description": text}, flat={**known.flat, "description": text})


def outermost(n: int, in_front: bool) -> str:
    """An id of 24 digits before or after all that were invented, and before or after the newcomers until then."""
    return f"{0:016d}{99_999_999 - n:08d}" if in_front else f"{'f' * 16}{n:08d}"


def written(moment: dt.date) -> str:
    """A time as LeadIQ writes it: ``2021-10-02T00:00:00.000Z``."""
    if not isinstance(moment, dt.datetime):
        return f"{moment.isoformat()}T00:00:00.000Z"
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def milliseconds(moment: dt.date) -> int:
    """Unix milliseconds; of a date, of its first moment in UTC."""
    if not isinstance(moment, dt.datetime):
        moment = dt.datetime.combine(moment, dt.time(), dt.UTC)
    return int(moment.timestamp() * 1000)


def plain_domain(text: str) -> str:
    """A domain as it is, whatever it was wrapped in."""
    host = re.sub(r"^[a-z]+://", "", text.strip().lower()).partition("/")[0]
    return host.removeprefix("www.")


def slug_of(url: str) -> str:
    """What names the person or the company in a LinkedIn URL."""
    path = unquote(url.strip()).partition("?")[0].rstrip("/")
    named = PROFILE.search(path)
    if named is None:
        return path.rpartition("/")[2].lower()
    # Of an old public profile the name comes first, then three groups in reverse order; elsewhere a locale may follow.
    kind, slug, groups = named[1].lower(), named[2].lower(), (named[3] or "").lower().split("/")[1:]
    return f"{slug}-{''.join(reversed(groups))}" if kind == "pub" and len(groups) == 3 else slug


def digits_of(phone: str) -> str:
    """The last nine digits of a telephone number: what stays the same however it is written."""
    return re.sub(r"\D", "", phone)[-9:]


def same_text(one: str | None, other: str | None) -> bool:
    """Whether two names are the same apart from case and accents."""
    return one is not None and other is not None and fold(one).strip() == fold(other).strip()
