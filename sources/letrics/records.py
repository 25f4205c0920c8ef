"""Letrics: what comes back. Its documentation names no response field, so the plausible names are read, and the payload
keeps the rest."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AliasChoices, Field, model_validator

from sources.landing import ALWAYS, AN_OBJECT, Entity, Flag, Integer, Moment, Number, Record, Text, Texts, linkedin_page


def _names(*names: str) -> AliasChoices:
    return AliasChoices(*names)


class Company(Record):
    """A company, alone or inside a contact."""

    id: Annotated[Text, ALWAYS] = Field(
        None, validation_alias=_names("id", "_id", "uuid", "company_id"), description="Letrics' id of the company."
    )
    name: Text = Field(
        None, validation_alias=_names("name", "company_name", "legal_name"), description="Name of the company."
    )
    domain: Text = Field(
        None,
        validation_alias=_names("domain", "tld", "website_domain", "root_domain"),
        description="Domain of the company, as sent.",
    )
    website: Text = Field(
        None, validation_alias=_names("website", "website_url", "url"), description="Website of the company."
    )
    linkedin_url: Text = Field(
        None,
        validation_alias=_names("linkedin_url", "linkedin", "linkedin_profile", "linkedinUrl"),
        description="LinkedIn page of the company.",
    )
    description: Text = Field(None, description="What the company does.")
    industry: Text = Field(None, validation_alias=_names("industry", "sector"), description="Industry of the company.")
    industries: Texts = Field([], description="Industries of the company.")
    functions: Texts = Field(
        [], validation_alias=_names("functions", "function"), description="Functions of the company."
    )
    technologies: Texts = Field(
        [], validation_alias=_names("technologies", "tech_stack"), description="Technologies the company uses."
    )
    employee_count: Integer = Field(
        None,
        validation_alias=_names(
            "employee_count", "employees", "number_of_employees", "headcount", "size", "employeeCount"
        ),
        description="Number of employees.",
    )
    employee_range: Text = Field(
        None,
        validation_alias=_names("employee_range", "company_size", "size_range"),
        description="Size of the company in words.",
    )
    revenue_usd: Number = Field(
        None, validation_alias=_names("revenue_usd", "revenue", "annual_revenue"), description="Revenue, US dollars."
    )
    founded_year: Integer = Field(
        None,
        validation_alias=_names("founded_year", "founded", "founded_at", "year_founded"),
        description="Year of foundation.",
    )
    phone: Text = Field(
        None, validation_alias=_names("phone", "phone_number"), description="Phone number of the company."
    )
    email: Text = Field(
        None, validation_alias=_names("email", "generic_email"), description="General e-mail address of the company."
    )
    city: Text = Field(None, description="City of the company.")
    state: Text = Field(
        None, validation_alias=_names("state", "region", "province"), description="State of the company."
    )
    country: Text = Field(
        None,
        validation_alias=_names("country", "country_code", "country_name"),
        description="Country of the company, as sent.",
    )
    created_at: Moment = Field(
        None,
        validation_alias=_names("created_at", "added_at", "createdAt", "addedAt"),
        description="When Letrics created the company, UTC; its windows go by it.",
    )
    updated_at: Moment = Field(None, description="When Letrics last changed the company, UTC.")

    @model_validator(mode="before")
    @classmethod
    def unfold_location(cls, value: Any) -> Any:
        """A nested place becomes flat; a `size` in words is a range."""
        value = _unfold_location(value)
        if isinstance(value, dict) and isinstance(value.get("size"), str) and not value["size"].strip().isdigit():
            value = {**value, "employee_range": value.get("employee_range") or value["size"]}
            del value["size"]
        return value


class Contact(Record):
    """A contact: a person at a company."""

    id: Annotated[Text, ALWAYS] = Field(
        None, validation_alias=_names("id", "_id", "uuid", "contact_id"), description="Letrics' id of the contact."
    )
    full_name: Text = Field(None, validation_alias=_names("full_name", "name", "fullName"), description="Full name.")
    first_name: Text = Field(
        None, validation_alias=_names("first_name", "firstname", "firstName"), description="First name."
    )
    last_name: Text = Field(
        None, validation_alias=_names("last_name", "lastname", "lastName"), description="Last name."
    )
    title: Text = Field(
        None, validation_alias=_names("job_title", "title", "position", "jobTitle"), description="Title."
    )
    department: Text = Field(
        None, validation_alias=_names("department", "departments"), description="Department, as sent."
    )
    seniority: Text = Field(
        None, validation_alias=_names("seniority", "seniority_level"), description="Seniority, as sent."
    )
    is_decision_maker: Flag = Field(
        None,
        validation_alias=_names("is_decision_maker", "decision_maker", "isDecisionMaker"),
        description="Whether Letrics marks a decision maker.",
    )
    work_emails: Texts = Field(
        [],
        validation_alias=_names("emails", "email", "work_emails", "work_email", "business_email"),
        description="E-mail addresses that are not marked personal.",
    )
    personal_emails: Texts = Field(
        [], validation_alias=_names("personal_emails", "personal_email"), description="Personal e-mail addresses."
    )
    phones: Texts = Field(
        [],
        validation_alias=_names("phones", "phone", "phone_numbers", "phone_number", "mobile"),
        description="Phone numbers, as sent.",
    )
    linkedin_url: Text = Field(
        None,
        validation_alias=_names("linkedin_url", "linkedin", "linkedin_profile", "linkedin_profile_url", "linkedinUrl"),
        description="LinkedIn profile URL, as sent.",
    )
    city: Text = Field(None, description="City of the person.")
    state: Text = Field(
        None, validation_alias=_names("state", "region", "province"), description="State of the person."
    )
    country: Text = Field(
        None,
        validation_alias=_names("country", "country_code", "country_name"),
        description="Country of the person, as sent.",
    )
    created_at: Moment = Field(
        None,
        validation_alias=_names("created_at", "added_at", "createdAt", "addedAt"),
        description="When Letrics created the contact, UTC.",
    )
    updated_at: Moment = Field(None, description="When Letrics last changed the contact, UTC.")
    company: Annotated[Company | None, AN_OBJECT] = Field(None, description="The company.")

    @model_validator(mode="before")
    @classmethod
    def unfold_company(cls, value: Any) -> Any:
        """Flat `company_*` fields, or a company's bare name, become the nested company."""
        if not isinstance(value, dict):
            return value
        value = dict(_unfold_location(value))
        nested: dict[str, Any] = {}
        other = value.pop("organization") if isinstance(value.get("organization"), str | dict) else None
        for company in (value.get("company"), other):
            known = (
                {"name": company}
                if isinstance(company, str) and company.strip()
                else company
                if isinstance(company, dict)
                else {}
            )
            nested |= {name: one for name, one in known.items() if nested.get(name) in (None, "")}
        for name in [name for name in value if name.startswith("company_")]:
            nested.setdefault(name.removeprefix("company_"), value.pop(name))
        if nested:
            value["company"] = nested
        return value


PLACE_FIELDS = ("city", "state", "region", "province", "country", "country_code", "country_name")


def _unfold_location(value: Any) -> Any:
    """The place in a nested `location` (or `headquarters`, `address`) becomes flat; everything else stays as it came."""
    if not isinstance(value, dict):
        return value
    for name in ("location", "headquarters", "address"):
        nested = value.get(name)
        if isinstance(nested, dict):
            lifted = {key: nested[key] for key in PLACE_FIELDS if key in nested}
            rest = {key: one for key, one in nested.items() if key not in lifted}
            value = {
                **lifted,
                **{key: one for key, one in value.items() if key != name},
                **({name: rest} if rest else {}),
            }
    return value


def contact_key(record: dict[str, Any]) -> str:
    """Id, else LinkedIn slug, else e-mail, else name and company domain; nothing when all are missing."""
    if record["id"]:
        return str(record["id"])
    page = linkedin_page(record["linkedin_url"])
    if page and page[0] == "person":
        return f"linkedin:{page[1]}"
    for email in (*record["work_emails"], *record["personal_emails"]):
        return f"email:{email.strip().lower()}"
    company = record["company"] or {}
    name = record["full_name"] or " ".join(part for part in (record["first_name"], record["last_name"]) if part)
    if name and company.get("domain"):
        return f"name:{name.lower()}@{company['domain'].lower()}"
    return ""


def company_key(record: dict[str, Any]) -> str:
    """Id, else domain, else LinkedIn page; nothing when all are missing."""
    if record["id"]:
        return str(record["id"])
    if record["domain"]:
        return f"domain:{record['domain'].strip().lower()}"
    return f"linkedin:{record['linkedin_url'].strip().lower()}" if record["linkedin_url"] else ""


ENTITIES: tuple[Entity, ...] = (
    Entity(
        "contacts",
        "contacts",
        Contact,
        "data/contacts/*|data/*",
        contact_key,
        "One row per contact per answer that held it.",
    ),
    Entity(
        "companies",
        "companies",
        Company,
        "data/companies/*|data/*",
        company_key,
        "One row per company per answer that held it.",
    ),
)
