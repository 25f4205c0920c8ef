"""ContactOut: what comes back about people and the account, in either naming style and every documented shape.

Whatever endpoint a person comes from, the record is a `Person` in the table `people`, so that nothing downstream has to
know the endpoint; `_selection` tells what was asked for.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AliasChoices, BeforeValidator, Field, model_validator

from sources.landing import (
    ALWAYS,
    AN_OBJECT,
    Day,
    Entity,
    Flag,
    Integer,
    Json,
    Moment,
    Number,
    Record,
    Text,
    Texts,
    many,
    profile_url,
)
from sources.landing.records import EMPTY, as_list


class Period(Record):
    """The month of a stats reading."""

    start: Day = Field(None, description="First day of the period.")
    end: Day = Field(None, description="Last day of the period; a day the month does not have is read as its last.")


class Usage(Record):
    """Meters of the account; the `remaining` keys exist on postpaid accounts only."""

    count: Number = Field(None, description="E-mail credits: requests that used one in the period.")
    quota: Number = Field(None, description="E-mail credits: the allowance (postpaid), or what remains (prepaid).")
    remaining: Number = Field(None, description="E-mail credits left (postpaid only).")
    over_quota: Number = Field(None, description="E-mail credits used beyond the allowance (postpaid only).")
    phone_count: Number = Field(None, description="Phone credits: requests that used one in the period.")
    phone_quota: Number = Field(None, description="Phone credits: the allowance (postpaid), or what remains (prepaid).")
    phone_remaining: Number = Field(None, description="Phone credits left (postpaid only).")
    phone_over_quota: Number = Field(None, description="Phone credits used beyond the allowance (postpaid only).")
    search_count: Number = Field(None, description="Search credits: requests that used one in the period.")
    search_quota: Number = Field(
        None, description="Search credits: the allowance (postpaid), or what remains (prepaid)."
    )
    search_remaining: Number = Field(None, description="Search credits left (postpaid only).")
    search_over_quota: Number = Field(None, description="Search credits used beyond the allowance (postpaid only).")


class Stats(Record):
    """A reading of the account's meters for one month."""

    status_code: Integer = Field(None, description="Status repeated in the body.")
    period: Annotated[Period | None, AN_OBJECT, ALWAYS] = Field(None, description="The month.")
    usage: Annotated[Usage | None, AN_OBJECT, ALWAYS] = Field(None, description="The meters.")


class Place(Record):
    """A location of a company: one line of text, or an object."""

    text: Text = Field(None, description="The location in one line, where it came so.")
    city: Text = Field(None, description="City.")
    line1: Text = Field(None, description="First address line.")
    line2: Text = Field(None, description="Second address line.")
    state: Text = Field(None, description="State or region.")
    country: Text = Field(None, description="Country, as sent.")
    postal_code: Text = Field(None, description="Postal code.")
    description: Text = Field(None, description="What kind of location it is.")
    is_primary: Flag = Field(None, description="Whether it is the primary location.")


def _place(value: Any) -> Any:
    return {"text": value} if isinstance(value, str) else value


def named(value: Any) -> Any:
    """A name in place of an object."""
    return {"name": value} if isinstance(value, str) and value.strip() else value


def _titled(value: Any) -> Any:
    return {"title": value} if isinstance(value, str) and value.strip() else value


class Company(Record):
    """A company: of a profile the current one, or one that was looked for."""

    name: Text = Field(None, description="Name of the company; of a person, the current one.")
    linkedin_url: Text = Field(
        None,
        validation_alias=AliasChoices("url", "linkedin_url", "linkedinUrl", "li_vanity", "liVanity"),
        description="LinkedIn page of the company.",
    )
    linkedin_company_id: Integer = Field(None, description="LinkedIn's number of the company.")
    domain: Text = Field(None, description="Domain of the company, as sent.")
    email_domain: Text = Field(None, description="Domain of the company's e-mail addresses.")
    overview: Text = Field(
        None, validation_alias=AliasChoices("overview", "description"), description="Description of the company."
    )
    type: Text = Field(None, description="Legal kind of the company.")
    size: Integer = Field(None, description="Number of employees of the company.")
    country: Text = Field(None, description="Country of the company, as sent.")
    revenue_usd: Number = Field(
        None,
        validation_alias=AliasChoices("revenue", "revenue_usd"),
        description="Revenue of the company, US dollars.",
    )
    founded_year: Integer = Field(
        None,
        validation_alias=AliasChoices("founded_at", "founded_year", "foundedAt"),
        description="Year the company was founded.",
    )
    industry: Text = Field(None, description="Industry of the company.")
    headquarter: Text = Field(None, description="Headquarters of the company, one line.")
    website: Text = Field(None, description="Website of the company.")
    logo_url: Text = Field(None, description="Picture of the company's logo.")
    specialties: Texts = Field([], description="Specialties of the company.")
    locations: Annotated[list[Place], many(_place)] = Field([], description="Locations of the company.")


NONE_WHEN_EMPTY = BeforeValidator(lambda value: None if value in EMPTY else value)

POSITION = re.compile(
    r"^(?P<title>.*?)\s+at\s+(?P<company>.+?)(?:\s+in\s+(?P<start>\d{4})\s*-\s*(?P<end>\d{4}|Present))?$", re.IGNORECASE
)
SCHOOLING = re.compile(
    r"^(?:(?P<degree>.*?)\s+at\s+)?(?P<school>.+?)(?:\s+in\s+(?P<start>\d{4})\s*-\s*(?P<end>\d{4}|Present))?$",
    re.IGNORECASE,
)


class Experience(Record):
    """A position held: an object, or a sentence like `Analyst at Example in 2014 - Present`."""

    text: Text = Field(None, description="The position as a sentence, where it came so.")
    title: Text = Field(None, description="Title held.")
    company_name: Text = Field(None, description="Company it was held at.")
    linkedin_url: Text = Field(None, description="LinkedIn page of that company.")
    logo_url: Text = Field(None, description="Picture of that company's logo.")
    summary: Text = Field(
        None, validation_alias=AliasChoices("summary", "description"), description="What was done there."
    )
    locality: Text = Field(None, description="Where it was held.")
    start_date: Text = Field(None, description="Begin as sent, e.g. `20204`; prefer year and month.")
    end_date: Text = Field(None, description="End as sent; prefer year and month.")
    start_date_year: Integer = Field(None, description="Year it began.")
    start_date_month: Integer = Field(None, description="Month it began, 1 to 12.")
    end_date_year: Integer = Field(None, description="Year it ended.")
    end_date_month: Integer = Field(None, description="Month it ended, 1 to 12.")
    is_current: Flag = Field(None, description="Whether it is held now.")


COMPACT_DATE = re.compile(
    r"(?P<year>(?:19|20)\d\d)(?:-?(?P<month>0[1-9]|1[0-2])(?:-?\d\d(?:[T ].*)?)?|(?P<digit>[1-9]))?"
)
"""`20204` is 2020-04 without its zero, seen in the reference; so `202111` may be November or the first of January."""


def _dated(value: dict[str, Any]) -> dict[str, Any]:
    """The position with years and months, where it states its dates in one word alone."""
    found = dict(value)
    for end in ("start", "end"):
        camel = f"{end}Date"
        text = str(value.get(f"{end}_date") or value.get(camel) or "").strip()
        if any(value.get(name) for name in (f"{end}_date_year", f"{camel}Year")):
            continue
        if end == "end" and text.lower() == "present":
            if value.get("is_current") is None and value.get("isCurrent") is None:
                found["is_current"] = True
        elif match := COMPACT_DATE.fullmatch(text):
            found[f"{end}_date_year"] = match["year"]
            is_ambiguous = re.fullmatch(r"\d{4}1[0-2]", text)
            if month := match["digit"] or (None if is_ambiguous else match["month"]):
                found[f"{end}_date_month"] = month
    return found


def _experience(value: Any) -> Any:
    if isinstance(value, dict):
        return _dated(value)
    if not isinstance(value, str):
        return value
    found = POSITION.match(value.strip())
    if found is None:
        return {"text": value}
    end = found["end"]
    ended = end is not None and end.isdigit()
    return {
        "text": value,
        "title": found["title"],
        "company_name": found["company"],
        "start_date_year": found["start"],
        "end_date_year": end if ended else None,
        "is_current": None if end is None else not ended,
    }


class Education(Record):
    """A time of study: an object, or a sentence."""

    text: Text = Field(None, description="The study as a sentence, where it came so.")
    school_name: Text = Field(None, description="School.")
    degree: Text = Field(None, description="Degree.")
    field_of_study: Text = Field(None, description="Subject.")
    description: Text = Field(None, description="More about it.")
    url: Text = Field(None, description="LinkedIn page of the school.")
    start_date_year: Integer = Field(None, description="Year it began.")
    end_date_year: Integer = Field(None, description="Year it ended.")


def _education(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    found = SCHOOLING.match(value.strip())
    if found is None:
        return {"text": value}
    end = found["end"]
    return {
        "text": value,
        "school_name": found["school"],
        "degree": found["degree"],
        "start_date_year": found["start"],
        "end_date_year": end if end and end.isdigit() else None,
    }


class Language(Record):
    """A language spoken."""

    name: Text = Field(None, description="Language.")
    proficiency: Text = Field(None, description="How well, as sent.")


class Certification(Record):
    """A certificate."""

    name: Text = Field(None, validation_alias=AliasChoices("name", "title"), description="Name of the certificate.")
    authority: Text = Field(None, description="Who issued it.")
    license: Text = Field(None, description="Its number.")
    company: Text = Field(None, description="Company it belongs to.")
    date: Text = Field(None, description="Date as sent.")
    start_date_year: Integer = Field(None, description="Year it began.")
    start_date_month: Integer = Field(None, description="Month it began.")
    end_date_year: Integer = Field(None, description="Year it ends.")
    end_date_month: Integer = Field(None, description="Month it ends.")


class Publication(Record):
    """Something published."""

    url: Text = Field(None, description="Where it stands.")
    title: Text = Field(None, validation_alias=AliasChoices("title", "name"), description="Its title.")
    description: Text = Field(None, description="What it is about.")
    publisher: Text = Field(None, description="Who published it.")
    authors: Texts = Field([], description="Its authors.")
    published_on_year: Integer = Field(None, description="Year of publication.")
    published_on_month: Integer = Field(None, description="Month of publication.")
    published_on_day: Integer = Field(None, description="Day of publication.")


class Project(Record):
    """A project."""

    title: Text = Field(None, description="Its title.")
    description: Text = Field(None, description="What it was about.")
    start_date_year: Integer = Field(None, description="Year it began.")
    start_date_month: Integer = Field(None, description="Month it began.")
    end_date_year: Integer = Field(None, description="Year it ended.")
    end_date_month: Integer = Field(None, description="Month it ended.")


class ContactAvailability(Record):
    """Which contact details exist, without showing them."""

    personal_email: Flag = Field(None, description="Whether a personal e-mail address is known.")
    work_email: Flag = Field(None, description="Whether a work e-mail address is known.")
    phone: Flag = Field(None, description="Whether a phone number is known.")


class EmailStatus(Record):
    """The verification of one work e-mail address."""

    email: Text = Field(None, description="The address.")
    status: Text = Field(None, description="Its status as sent; `Verified | Unverified` says nothing.")


def _statuses(value: Any) -> Any:
    """A map from address to status, as a list; `[]` when empty. A status alone is that of an address it does not name."""
    if isinstance(value, str):
        return [{"email": None, "status": value}] if value.strip() else []
    return [{"email": email, "status": status} for email, status in value.items()] if isinstance(value, dict) else value


class ContactInfo(Record):
    """Contact details that were revealed (and paid for)."""

    emails: Texts = Field([], description="All e-mail addresses revealed.")
    personal_emails: Texts = Field([], description="Personal e-mail addresses revealed.")
    work_emails: Texts = Field([], description="Work e-mail addresses revealed.")
    work_email_status: Annotated[list[EmailStatus], many(), BeforeValidator(_statuses)] = Field(
        [], description="Status of each work e-mail address."
    )
    phones: Texts = Field([], description="Phone numbers revealed.")


FLAT_DETAILS = {
    "emails": ("email", "emails"),
    "personal_emails": ("personal_email", "personalEmail", "personal_emails", "personalEmails"),
    "work_emails": ("work_email", "workEmail", "work_emails", "workEmails"),
    "work_email_status": ("work_email_status", "workEmailStatus"),
    "phones": ("phone", "phones"),
}
"""Where lookups put what a search shows in `contact_info`."""


class Person(Record):
    """A profile, as every endpoint sends it. ContactOut gives people no id: the profile's URL stands for it."""

    profile_url: Text = Field(
        None,
        validation_alias=AliasChoices("profile_url", "profileUrl", "linkedin_url", "linkedinUrl", "linkedin", "url"),
        description="The profile URL that the record names or stood under, as sent.",
    )
    li_vanity: Text = Field(None, description="LinkedIn vanity name; it may differ from the profile URL's.")
    full_name: Text = Field(None, description="Full name.")
    title: Text = Field(None, description="Current title.")
    headline: Text = Field(None, description="The profile's headline.")
    company: Annotated[Company | None, AN_OBJECT, BeforeValidator(named)] = Field(
        None, description="The current company."
    )
    location: Text = Field(None, description="Location of the person, one line.")
    country: Text = Field(None, description="Country of the person, as sent.")
    industry: Text = Field(None, description="Industry of the person.")
    experience: Annotated[list[Experience], many(_experience)] = Field([], description="Positions held.")
    education: Annotated[list[Education], many(_education)] = Field([], description="Times of study.")
    skills: Texts = Field([], description="Skills.")
    summary: Text = Field(None, description="What the person says about themselves.")
    languages: Annotated[list[Language], many(named)] = Field([], description="Languages spoken.")
    certifications: Annotated[list[Certification], many(named)] = Field([], description="Certificates.")
    publications: Annotated[list[Publication], many(_titled)] = Field([], description="Publications.")
    projects: Annotated[list[Project], many(_titled)] = Field([], description="Projects.")
    followers: Integer = Field(None, description="Followers on LinkedIn.")
    updated_at: Moment = Field(None, description="When ContactOut last updated the profile, UTC.")
    profile_picture_url: Text = Field(None, description="Picture of the person.")
    job_function: Text = Field(None, description="Functional area of the current role.")
    seniority: Text = Field(None, description="Seniority of the current role, as sent.")
    work_status: Text = Field(None, description="`open_to_work`, or nothing.")
    contact_availability: Annotated[ContactAvailability | None, AN_OBJECT] = Field(
        None, description="Which contact details exist."
    )
    contact_info: Annotated[ContactInfo | None, AN_OBJECT] = Field(None, description="Contact details revealed.")
    github: Texts = Field([], description="GitHub user names.")
    twitter: Texts = Field([], description="Twitter user names.")
    confidence_level: Text = Field(None, description="How sure ContactOut is of a match by e-mail address, as sent.")
    alternative_matches: Annotated[Json, NONE_WHEN_EMPTY] = Field(
        None,
        validation_alias=AliasChoices("alt_matches", "altMatches", "alternative_matches"),
        description="Other profiles that an e-mail address may belong to, JSON text.",
    )

    @model_validator(mode="before")
    @classmethod
    def gather_contact_details(cls, value: Any) -> Any:
        """Puts contact details that stand beside the profile's fields where a search has them."""
        if not isinstance(value, dict):
            return value
        holder = next(
            (name for name in ("contact_info", "contactInfo") if value.get(name) not in EMPTY), "contact_info"
        )
        info = value.get(holder)
        if info not in EMPTY and not isinstance(info, dict):
            return value
        flat = {
            ours: name
            for ours, names in FLAT_DETAILS.items()
            if (name := _first_filled(value, names)) and (not info or _first_filled(info, names) is None)
        }
        if not flat:
            return value
        found = {ours: value[name] for ours, name in flat.items()}
        status, addresses = found.get("work_email_status"), as_list(found.get("work_emails"))
        if isinstance(status, str) and len(addresses) == 1 and isinstance(addresses[0], str):
            found["work_email_status"] = {addresses[0]: status}
        taken = {name for ours in flat for name in FLAT_DETAILS[ours] if name == flat[ours] or value.get(name) in EMPTY}
        return {
            **{name: one for name, one in value.items() if name not in taken},
            holder: {**(info or {}), **found},
        }


def _first_filled(value: dict[str, Any], names: tuple[str, ...]) -> str | None:
    """The name that holds something; else one that is there."""
    there = [name for name in names if name in value]
    return next((name for name in there if value[name] not in EMPTY), there[0] if there else None)


def _addresses(value: Any) -> Any:
    """The e-mail addresses of a profile, which the first kind of batch sends in place of it."""
    addresses = as_list(value)
    return {"emails": addresses} if all(isinstance(one, str) and "@" in one for one in addresses) else value


def profile_key(record: dict[str, Any]) -> str:
    """`https://www.linkedin.com/in/<slug>`, from the URL under which a profile stood; else that URL, else its vanity."""
    own = str(record["profile_url"] or "")
    if url := profile_url(own):
        return url
    vanity = str(record["li_vanity"] or "").strip().lower()
    return own or (profile_url(vanity) or f"https://www.linkedin.com/in/{vanity}" if vanity else "")


def _month(record: dict[str, Any]) -> str:
    period = record["period"] or {}
    return (period.get("start") or "")[:7]


ENTITIES: tuple[Entity, ...] = (
    Entity("stats", "stats", Stats, "", _month, "One row per reading of a month's meters."),
    Entity(
        "people",
        "people_search",
        Person,
        "profiles/*?;profile?;data/result/*?",
        profile_key,
        "One row per profile per answer that held it, whichever endpoint was asked; `_selection` names it.",
        map_key="profile_url",
        as_object=_addresses,
    ),
)
"""Of `people`: a search and decision makers, lookups of one, and the results of a batch; batches of the first kind have
lists of addresses."""
