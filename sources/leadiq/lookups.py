"""LeadIQ: people and companies looked up by what somebody knows of them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import Field

from sources.landing import linkedin_page
from sources.metered import Question
from sources.paging import Lookup, Points, Sent, Way, Window

from .asking import an_object, graphql, objects
from .inputs import Lookups
from .pricing import HIDDEN, units
from .rows import Row
from .searches import NAMED, says

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
SHA256 = re.compile(r"[0-9a-f]{64}")
PEOPLE = "searchPeople"
COMPANIES = "searchCompany"
REGENERATED = "regeneratedTime"


class PersonRow(Row):
    """A person to look up. Of several identifiers the most precise is sent alone, in the order of the fields here."""

    id: str | None = Field(None, description="LeadIQ's id of the person.")
    linkedin_url: str | None = Field(None, description="LinkedIn profile.")
    linkedin_id: str | None = Field(None, description="LinkedIn's id of the person.")
    email: str | None = Field(None, description="An e-mail address of the person.")
    hashed_email: str | None = Field(None, description="SHA-256 of the address in lower case, 64 hex digits.")
    phone: str | None = Field(None, description="A phone number of the person.")
    first_name: str | None = Field(None, description="First name; needs last_name and a company.")
    middle_name: str | None = Field(None, description="Middle name.")
    last_name: str | None = Field(None, description="Last name; needs first_name and a company.")
    full_name: str | None = Field(None, description="Whole name; needs a company.")
    company_id: str | None = Field(None, description="LeadIQ's id of the company.")
    company_name: str | None = Field(None, description="Name of the company.")
    company_domain: str | None = Field(None, description="Domain of the company.")
    company_email_domain: str | None = Field(None, description="Domain of the company's e-mail addresses.")
    company_linkedin_id: str | None = Field(None, description="LinkedIn's id of the company.")
    company_country: str | None = Field(None, description="Country of the company.")

    def sent(self) -> dict[str, Any]:
        """See `Row`."""
        if self.id:
            return {"id": self.id}
        if self.linkedin_url:
            return {"linkedinUrl": self.profile()}
        if self.linkedin_id:
            return {"linkedinId": self.linkedin_id}
        if self.email:
            if not ADDRESS.fullmatch(self.email):
                raise ValueError("email is no e-mail address")
            return {"email": self.email.lower()}
        if self.hashed_email:
            if not SHA256.fullmatch(self.hashed_email.lower()):
                raise ValueError("hashed_email is no SHA-256 (64 hex digits)")
            return {"hashedEmail": self.hashed_email.lower()}
        if self.phone:
            return {"phone": self.phone}
        return self._by_name()

    def _by_name(self) -> dict[str, Any]:
        names = {
            "firstName": "first_name",
            "middleName": "middle_name",
            "lastName": "last_name",
            "fullName": "full_name",
        }
        name = {theirs: value for theirs, ours in names.items() if (value := self.text(ours))}
        company = {theirs: value for theirs, ours in COMPANY_KEYS.items() if (value := self.text(f"company_{ours}"))}
        if not ("fullName" in name or {"firstName", "lastName"} <= name.keys()):
            raise ValueError(
                "nothing identifies a person: give id, linkedin_url, linkedin_id, email, hashed_email, phone, or a name with a "
                "company"
            )
        if not company.keys() & {"companyId", "name", "domain", "emailDomain", "linkedinId"}:
            raise ValueError("a name alone does not identify a person: give company_name or company_domain with it")
        return {**name, "company": company}


COMPANY_KEYS = {
    "companyId": "id",
    "name": "name",
    "domain": "domain",
    "emailDomain": "email_domain",
    "linkedinId": "linkedin_id",
    "country": "country",
}


class CompanyRow(Row):
    """A company to look up. Of several identifiers the most precise is sent alone, in the order of the fields here."""

    id: str | None = Field(None, description="LeadIQ's id of the company.")
    domain: str | None = Field(None, description="Domain of the company.")
    linkedin_id: str | None = Field(None, description="LinkedIn's id of the company.")
    linkedin_url: str | None = Field(None, description="LinkedIn page of the company.")
    name: str | None = Field(None, description="Name of the company.")

    def sent(self) -> dict[str, Any]:
        """See `Row`."""
        if self.id:
            return {"source": self.id}
        if self.domain:
            return {"domain": self.domain.lower()}
        if self.linkedin_id:
            return {"linkedinId": self.linkedin_id}
        if self.linkedin_url:
            page = linkedin_page(self.linkedin_url)
            if page is None or page[0] != "company":
                raise ValueError("linkedin_url is not the page of a company (linkedin.com/company/…)")
            return {"linkedinUrl": f"https://www.linkedin.com/company/{page[1]}"}
        if self.name:
            return {"name": self.name}
        raise ValueError("nothing identifies a company: give id, domain, linkedin_id, linkedin_url or name")


class RegeneratedRow(Row):
    """A person whose last regeneration is asked for."""

    person_id: str | None = Field(None, description="LeadIQ's id of the person.")
    linkedin_url: str | None = Field(None, description="LinkedIn profile.")

    def sent(self) -> dict[str, Any]:
        """See `Row`."""
        if self.person_id:
            return {"personId": self.person_id}
        if self.linkedin_url:
            return {"linkedinUrl": self.profile()}
        raise ValueError("nothing identifies a person: give person_id or linkedin_url")


def lookups(options: Lookups) -> tuple[Lookup, ...]:
    """What can be looked up."""

    def ask_people(window: Window, rows: Sequence[Sent], points: Points) -> Question:
        found = {**rows[0], **options.sent(), "limit": options.limit}
        if options.hash_emails and "email" in found:
            found["hashedEmail"] = hashlib.sha256(found.pop("email").encode()).hexdigest()
        if "company" in found:
            found["company"] = {**found["company"], **options.of_company()}
        n = options.limit
        most = units(points, n, profile=n, emails=n, phones=n, company=n)
        return graphql(PEOPLE, "lookup_people", window, {"input": found}, points=points, at_most=most)

    def ask_company(window: Window, rows: Sequence[Sent], points: Points) -> Question:
        found = {**rows[0], **({"strict": True} if options.strict else {})}
        most = units({"company"}, MOST_COMPANIES, company=MOST_COMPANIES)
        points = frozenset({"company"})
        return graphql(COMPANIES, "lookup_companies", window, {"input": found}, points=points, at_most=most)

    def ask_regenerated(window: Window, rows: Sequence[Sent], points: Points) -> Question:
        return graphql(REGENERATED, "lookup_regenerated_times", window, {"input": dict(rows[0])})

    def results(operation: str) -> Callable[[Any], int]:
        return lambda document: len(_results(operation, document))

    data = ("profile", "emails", "phones", "company")
    people = Way("single", "people", PEOPLE, ask_people, results(PEOPLE))
    companies = Way("single", "companies", COMPANIES, ask_company, results(COMPANIES))
    regenerated = Way("single", "regenerated_times", REGENERATED, ask_regenerated, _has_answer)
    return (
        Lookup("people", PersonRow, data, (people,), options.fresh_days),
        Lookup("companies", CompanyRow, (), (companies,), options.fresh_days),
        Lookup("regenerated_times", RegeneratedRow, (), (regenerated,), options.fresh_days),
    )


def _results(operation: str, document: Any) -> list[dict[str, Any]]:
    return objects(an_object(an_object(document).get("data", {}).get(operation)).get("results"))


def _has_answer(document: Any) -> int:
    return int(an_object(document).get("data", {}).get(REGENERATED) is not None)


MOST_COMPANIES = 25
"""`searchCompany` takes no limit; a page of LeadIQ's holds so many elsewhere."""


def counts(operation: str, selection: str, document: Any) -> dict[str, int]:
    """What an answer holds of what was asked for, by the units that prices count."""
    asked = selection.split()
    found = _results(operation, document)
    if operation == COMPANIES:
        return units(asked, len(found), company=sum(says(one, NAMED) for one in found))
    people = [(one, [*objects(one.get("currentPositions")), *objects(one.get("pastPositions"))]) for one in found]
    return units(
        asked,
        len(found),
        profile=len(found),
        emails=sum(_has(one, held, "emails", "personalEmails") for one, held in people),
        phones=sum(_has(one, held, "phones", "personalPhones") for one, held in people),
        company=sum(any(says(an_object(at.get("companyInfo")), NAMED) for at in held) for _, held in people),
    )


def _has(person: Mapping[str, Any], positions: list[dict[str, Any]], at_work: str, personal: str) -> bool:
    """Whether a person has an e-mail address, or a phone number, that is shown."""
    values = [
        *objects(person.get(personal)),
        *(one for position in positions for one in objects(position.get(at_work))),
    ]
    return any(one.get("value") not in (None, "", HIDDEN) for one in values)
