"""LeadIQ: what comes back. Names are ours; aliases are those of the two references and the guide."""

from __future__ import annotations

import re
from functools import cache
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
    Known,
    Moment,
    Number,
    Record,
    Text,
    Texts,
    many,
)
from sources.metered import SURPLUS


class Identified(Record):
    """A record whose id stands under one name or several; the same id once more is no field of its own."""

    @model_validator(mode="before")
    @classmethod
    def say_an_id_once(cls, value: Any) -> Any:
        present = [name for name in ("_id", "source", "id") if isinstance(value, dict) and name in value]
        again = [name for name in present[1:] if value[name] == value[present[0]]]
        return {name: one for name, one in value.items() if name not in again} if again else value


class Plan(Record):
    """A plan of the account."""

    name: Text = Field(None, description="Name of the plan.")
    product: Text = Field(None, description="Product the plan belongs to.")
    status: Text = Field(None, description="State of the plan, as LeadIQ names it.")
    next_billing_period: Moment = Field(None, description="When the next billing period begins, UTC.")


class CreditPlan(Plan):
    """A plan that counts credits."""

    available: Number = Field(
        None,
        description="Credits available: either the cap or what is left of it, which two readings tell apart.",
    )
    used: Number = Field(None, description="Credits used in this billing period; a profile costs a tenth of one.")


class Account(Record):
    """A reading of the account's plans."""

    plans: Annotated[list[Plan], many(), ALWAYS] = Field([], description="All plans of the account.")
    data_hub_plan: Annotated[CreditPlan | None, AN_OBJECT] = Field(None, description="The Data Hub plan.")
    universal_plan: Annotated[CreditPlan | None, AN_OBJECT] = Field(
        None, description="The plan that counts Universal Credits (UC)."
    )


class Meter(Record):
    """What was used of one kind of credit."""

    name: Annotated[Text, Known("Contact", "Company", "API", "PremiumMobilePhone", "AdvancedSearch")] = Field(
        None, description="Which part of the API used it, as LeadIQ names it."
    )
    usage_type: Annotated[Text, Known("Premium", "Standard")] = Field(
        None, description="Kind of use, as LeadIQ names it."
    )
    credit_type: Annotated[Text, Known("Page", "ExactMatch", "PremiumMobile")] = Field(
        None, description="Kind of credit, as LeadIQ names it."
    )
    units: Integer = Field(None, description="Credits used in this billing period.")
    cap: Integer = Field(None, description="Credits that may be used; null is no limit.")
    billing_type: Annotated[Text, Known("FreeCredits", "Postpaid", "Prepaid")] = Field(
        None, description="How it is billed, as LeadIQ names it."
    )


class Subscription(Record):
    """The subscription that the meters belong to."""

    status: Text = Field(None, description="State of the subscription, as LeadIQ names it.")


class Usage(Record):
    """A reading of the account's API usage."""

    plan_usage: Annotated[list[Meter], many(), ALWAYS] = Field([], description="What was used of the plans.")
    trial_usage: Annotated[list[Meter], many(), ALWAYS] = Field([], description="What was used of trials.")
    subscription: Annotated[Subscription | None, AN_OBJECT] = Field(None, description="The subscription.")


class TrackingBalance(Record):
    """A reading of the credits for tracking contacts."""

    already_used: Integer = Field(None, description="Credits used; LeadIQ has deprecated it and says to read balance.")
    balance: Integer = Field(None, description="A balance whose meaning LeadIQ does not state; never read as the rest.")
    remaining: Annotated[Integer, ALWAYS] = Field(None, description="Contacts that can still be tracked.")
    max_credits: Annotated[Integer, ALWAYS] = Field(None, description="Contacts that may be tracked in all.")


class TrackedContact(Record):
    """A job change that LeadIQ detected for a tracked contact; its id is the event's, not the person's."""

    id: Annotated[Text, ALWAYS] = Field(
        None, validation_alias=AliasChoices("id", "_id"), description="Id of the job-change event."
    )
    first_name: Text = Field(None, description="First name.")
    last_name: Text = Field(None, description="Last name.")
    linkedin_url: Text = Field(
        None,
        validation_alias=AliasChoices("linkedIn", "linkedin_url", "linkedinUrl"),
        description="LinkedIn profile URL as sent.",
    )
    contact_country: Text = Field(None, description="Country of the person, as sent.")
    email: Text = Field(None, description="E-mail address at the new company, as sent.")
    email_status: Text = Field(None, description="Verification status of the e-mail address, as LeadIQ names it.")
    phones: Texts = Field([], description="Personal phone numbers, as sent.")
    work_phones: Texts = Field([], description="Work phone numbers, as sent.")
    last_known_company: Text = Field(None, description="Company before the change.")
    last_known_company_domain: Text = Field(None, description="Domain of the company before the change.")
    last_known_title: Text = Field(None, description="Title before the change.")
    company: Text = Field(None, description="Company after the change.")
    company_domain: Text = Field(None, description="Domain of the company after the change.")
    company_country: Text = Field(None, description="Country of the company after the change.")
    company_state: Text = Field(None, description="State of the company after the change.")
    company_size: Text = Field(None, description="Size of the company after the change, a range in words.")
    company_industry: Text = Field(None, description="Industry of the company after the change.")
    company_linkedin_url: Text = Field(
        None,
        validation_alias=AliasChoices("companyLinkedIn", "company_linkedin_url", "companyLinkedin"),
        description="LinkedIn page of the company after the change.",
    )
    title: Text = Field(None, description="Title after the change.")
    title_level: Text = Field(None, description="Level of the title after the change, as LeadIQ names it.")
    title_domain: Text = Field(None, description="Field of work of the title after the change, as LeadIQ names it.")
    job_change_type: Annotated[Text, ALWAYS, Known("Departure", "JobChange", "Promotion", "TitleChange")] = Field(
        None, description="Kind of the change, as LeadIQ names it."
    )
    job_change_detected: Annotated[Day, ALWAYS] = Field(None, description="Day on which LeadIQ detected the change.")
    job_start_date: Day = Field(None, description="Day on which the new position began, where known.")
    reference_id: Text = Field(None, description="The customer's own reference for the contact.")
    external_record_id: Text = Field(None, description="The customer's own record id for the contact.")
    duplicate_record_ids: Texts = Field([], description="The customer's other records for the same contact.")
    duplicate_account_ids: Texts = Field([], description="The customer's other accounts for the same contact.")


class TrackedCompany(Record):
    """A company on the account's tracked list."""

    id: Annotated[Text, ALWAYS] = Field(
        None, validation_alias=AliasChoices("id", "source"), description="LeadIQ's id of the company."
    )
    name: Text = Field(None, description="Name of the company.")
    domain: Text = Field(None, description="Domain of the company, as sent.")
    custom_data: Json = Field(None, description="The customer's own data for the company, JSON text.")


class Span(Record):
    """A range of US dollars; an end that is not stated is open."""

    start: Integer = Field(None, description="Lower end of the range, US dollars.")
    end: Integer = Field(None, description="Upper end of the range, US dollars.")
    description: Text = Field(None, description="The range in words.")


class Funding(Record):
    """What investors gave a company."""

    rounds: Text = Field(
        None, validation_alias=AliasChoices("fundingRounds", "rounds"), description="Number of funding rounds, as sent."
    )
    total_usd: Integer = Field(
        None, validation_alias=AliasChoices("fundingTotalUsd", "total_usd"), description="All funding, US dollars."
    )
    last_at: Moment = Field(
        None, validation_alias=AliasChoices("lastFundingOn", "last_at"), description="When the last round was, UTC."
    )
    last_type: Text = Field(
        None, validation_alias=AliasChoices("lastFundingType", "last_type"), description="Kind of the last round."
    )
    last_usd: Integer = Field(
        None, validation_alias=AliasChoices("lastFundingUsd", "last_usd"), description="The last round, US dollars."
    )


class IndustryCode(Record):
    """A code of an industry classification."""

    code: Text = Field(None, description="The code of the industry.")
    description: Text = Field(None, description="The industry that the code stands for.")


class Address(Record):
    """Where a company is."""

    formatted: Text = Field(
        None,
        validation_alias=AliasChoices("formattedAddress", "formatted", "formatted_address"),
        description="The address in one line.",
    )
    street1: Text = Field(None, description="First line of the street.")
    street2: Text = Field(None, description="Second line of the street.")
    city: Text = Field(None, description="City.")
    state: Text = Field(
        None, validation_alias=AliasChoices("areaLevel1", "state", "area_level1"), description="State or region."
    )
    country: Text = Field(None, description="Country, as sent.")
    postal_code: Text = Field(None, description="Postal code.")


class Technology(Record):
    """A technology that a company uses."""

    name: Text = Field(None, description="Name of the technology.")
    category: Text = Field(None, description="What kind of technology it is.")
    parent_category: Text = Field(None, description="The kind above that kind.")
    attributes: Texts = Field([], description="How it is delivered.")
    categories: Texts = Field([], description="All kinds it belongs to.")


class CompanyInfo(Identified):
    """A company of a company search, or of a position; its id came as `source` or as `id`."""

    id: Text = Field(
        None, validation_alias=AliasChoices("source", "id", "_id"), description="LeadIQ's id of the company."
    )
    name: Text = Field(None, description="Name of the company.")
    alternative_names: Texts = Field([], description="Other names of the company.")
    domain: Text = Field(None, description="Domain of the company, as sent.")
    description: Text = Field(None, description="What the company does.")
    email_domains: Texts = Field([], description="Domains of its e-mail addresses.")
    type: Text = Field(None, description="Legal kind of the company.")
    phones: Texts = Field([], description="Phone numbers of the company itself, as sent.")
    country: Text = Field(None, description="Country of the company, as sent.")
    address: Text = Field(None, description="Address of the company in one line, as sent.")
    location: Annotated[Address | None, AN_OBJECT] = Field(
        None, validation_alias=AliasChoices("locationInfo", "location", "location_info"), description="Where it is."
    )
    logo_url: Text = Field(None, description="Picture of its logo.")
    linkedin_id: Text = Field(None, description="LinkedIn's id of the company.")
    linkedin_url: Text = Field(None, description="LinkedIn page of the company, as sent.")
    employee_count: Integer = Field(
        None,
        validation_alias=AliasChoices("numberOfEmployees", "employee_count", "employeeCount"),
        description="Number of employees.",
    )
    industry: Text = Field(None, description="Industry of the company.")
    specialties: Texts = Field(
        [], validation_alias=AliasChoices("specialities", "specialties"), description="What it specialises in."
    )
    funding: Annotated[Funding | None, AN_OBJECT] = Field(
        None, validation_alias=AliasChoices("fundingInfo", "funding"), description="Its funding."
    )
    technologies: Annotated[list[Technology], many()] = Field([], description="Technologies it uses.")
    revenue_usd: Number = Field(
        None, validation_alias=AliasChoices("revenue", "revenue_usd"), description="Yearly revenue, US dollars."
    )
    revenue_range: Annotated[Span | None, AN_OBJECT] = Field(None, description="The range its revenue lies in.")
    predicted_revenue: Annotated[Span | None, AN_OBJECT] = Field(
        None, description="The range LeadIQ expects its revenue to lie in."
    )
    sic_code: Annotated[IndustryCode | None, AN_OBJECT] = Field(
        None, description="Its industry by the Standard Industrial Classification."
    )
    secondary_sic_codes: Annotated[list[IndustryCode], many()] = Field(
        [], description="Further industries by the Standard Industrial Classification."
    )
    naics_code: Annotated[IndustryCode | None, AN_OBJECT] = Field(
        None, description="Its industry by the North American classification (NAICS)."
    )
    employee_range: Text = Field(None, description="Number of employees, a range in words.")
    crunchbase_url: Text = Field(None, description="Its page at Crunchbase.")
    facebook_url: Text = Field(None, description="Its page at Facebook.")
    twitter_url: Text = Field(None, description="Its page at Twitter.")
    founded_year: Integer = Field(None, description="Year it was founded.")
    updated_at: Moment = Field(
        None,
        validation_alias=AliasChoices("updatedDate", "updated_at", "updatedAt"),
        description="When LeadIQ last updated the company, UTC.",
    )


def _value(one: Any) -> Any:
    """A contact value that stands alone, as an object."""
    return one if isinstance(one, dict | list) else {"value": one}


def _name(name: Any) -> Any:
    """A name in one line, as an object."""
    return {"fullName": name} if isinstance(name, str) and name.strip() else name


def named(company: Any) -> Any:
    """A company that is a name alone, as an object."""
    return {"name": company} if isinstance(company, str) and company.strip() else company


def line(place: Any) -> Any:
    """A place in one line, as an object."""
    return {"text": place} if isinstance(place, str) and place.strip() else place


EMAIL_TYPES = Known("WorkEmail", "PersonalEmail")
EMAIL_STATUSES = Known("Verified", "VerifiedLikely", "Unverified", "Invalid", "Suppressed")
PHONE_TYPES = Known(
    "WorkPhone", "WorkMobile", "WorkHQ", "WorkBranch", "PersonalPhone", "PersonalLandline", "PersonalMobile", "Fax"
)
PHONE_STATUSES = Known("Verified", "Unverified", "Invalid", "Suppressed")
NETWORKS = Known("Twitter", "Foursquare", "Gravatar", "Pinterest", "Angellist", "Facebook", "Klout")
VALIDITY = Known("Valid", "Invalid")
NOT_APPLICABLE = Known("NotApplicable")


class Email(Record):
    """An e-mail address."""

    type: Annotated[Text, EMAIL_TYPES] = Field(None, description="Of work or personal, as LeadIQ names it.")
    status: Annotated[Text, EMAIL_STATUSES] = Field(
        None, description="Verification status of the address, as LeadIQ names it."
    )
    updated_at: Moment = Field(None, description="When LeadIQ last updated the address, UTC.")
    value: Text = Field(
        None,
        validation_alias=AliasChoices("value", "email", "address"),
        description="The address, as sent; `hidden` is none.",
    )


class Phone(Record):
    """A phone number."""

    type: Annotated[Text, PHONE_TYPES] = Field(None, description="Kind of the number, as LeadIQ names it.")
    status: Annotated[Text, PHONE_STATUSES] = Field(
        None, description="Older status of the number; LeadIQ has deprecated it for verification_status."
    )
    verification_status: Annotated[Text, Known("LikelyAccurate", "None")] = Field(
        None, description="Whether the number is likely right, as LeadIQ names it."
    )
    updated_at: Moment = Field(None, description="When LeadIQ last updated the number, UTC.")
    value: Text = Field(
        None,
        validation_alias=AliasChoices("value", "number", "phone"),
        description="The number, as sent; `hidden` is none.",
    )


class Held(Record):
    """From when to when a position was held."""

    start: Moment = Field(None, description="When it began, UTC.")
    end: Moment = Field(None, description="When it ended, UTC; null when it has not.")


class HeldPosition(Record):
    """A position of a person."""

    employer_id: Text = Field(
        None,
        validation_alias=AliasChoices("companyId", "employer_id", "company_id"),
        description="LeadIQ's id of the company it is at.",
    )
    title: Text = Field(None, description="Title held.")
    held: Annotated[Held | None, AN_OBJECT] = Field(
        None, validation_alias=AliasChoices("dateRange", "held", "date_range"), description="From when to when."
    )
    updated_at: Moment = Field(None, description="When LeadIQ last updated the position, UTC.")
    emails: Annotated[list[Email], many(_value)] = Field([], description="E-mail addresses of the position.")
    phones: Annotated[list[Phone], many(_value)] = Field([], description="Phone numbers of the position.")
    company: Annotated[CompanyInfo | None, AN_OBJECT] = Field(
        None,
        validation_alias=AliasChoices("companyInfo", "company", "company_info"),
        description="The company it is at.",
    )
    seniority: Text = Field(None, description="Seniority of the position, as LeadIQ names it.")
    job_function: Text = Field(
        None, validation_alias=AliasChoices("function", "job_function", "role"), description="Its field of work."
    )


class PersonName(Record):
    """The name of a person, in parts."""

    first: Text = Field(None, validation_alias=AliasChoices("first", "firstName"), description="First name.")
    full: Text = Field(None, validation_alias=AliasChoices("fullName", "full", "full_name"), description="Full name.")
    last: Text = Field(None, validation_alias=AliasChoices("last", "lastName"), description="Last name.")
    middle: Text = Field(None, validation_alias=AliasChoices("middle", "middleName"), description="Middle name.")


class LinkedIn(Record):
    """The LinkedIn profile of a person."""

    id: Text = Field(
        None,
        validation_alias=AliasChoices("linkedinId", "id", "linkedin_id"),
        description="LinkedIn's id of the person.",
    )
    url: Text = Field(
        None,
        validation_alias=AliasChoices("linkedinUrl", "url", "linkedin_url"),
        description="LinkedIn profile URL, as sent.",
    )
    sales_urls: Texts = Field([], description="The profile's pages at Sales Navigator.")
    type: Annotated[Text, NOT_APPLICABLE] = Field(None, description="Kind of the profile, as LeadIQ names it.")
    status: Annotated[Text, VALIDITY] = Field(None, description="Whether the profile is valid, as LeadIQ names it.")
    updated_at: Moment = Field(None, description="When LeadIQ last updated the profile, UTC.")
    guid: Text = Field(None, description="A further id of the profile, as sent.")


class Profile(Record):
    """A profile at a social network."""

    network: Annotated[Text, NETWORKS] = Field(None, description="The network, as LeadIQ names it.")
    id: Text = Field(None, description="The network's id of the person.")
    username: Text = Field(None, description="The person's name there.")
    url: Text = Field(None, description="The profile's page.")
    status: Annotated[Text, VALIDITY] = Field(None, description="Whether the profile is valid, as LeadIQ names it.")
    updated_at: Moment = Field(None, description="When LeadIQ last updated the profile, UTC.")


class Place(Record):
    """Where a person is."""

    full_address: Text = Field(None, description="The place in one line.")
    state: Text = Field(
        None, validation_alias=AliasChoices("areaLevel1", "state", "area_level1"), description="State or region."
    )
    city: Text = Field(None, description="City.")
    country: Text = Field(None, description="Country, as sent.")
    type: Annotated[Text, NOT_APPLICABLE] = Field(None, description="Kind of the place, as LeadIQ names it.")
    status: Annotated[Text, VALIDITY] = Field(None, description="Whether the place is valid, as LeadIQ names it.")
    updated_at: Moment = Field(None, description="When LeadIQ last updated the place, UTC.")


class Education(Record):
    """A time of study."""

    name: Text = Field(None, description="School.")
    type: Text = Field(None, description="Kind of the school.")
    linkedin_url: Text = Field(None, description="LinkedIn page of the school.")
    facebook_url: Text = Field(None, description="Facebook page of the school.")
    twitter_url: Text = Field(None, description="Twitter page of the school.")
    linkedin_id: Text = Field(None, description="LinkedIn's id of the school.")
    website: Text = Field(None, description="Website of the school.")
    domain: Text = Field(None, description="Domain of the school.")
    degrees: Texts = Field([], description="Degrees.")
    majors: Texts = Field([], description="Subjects.")


class PersonRecord(Identified):
    """A person of a people search; their id came as `_id` or as `id`."""

    id: Text = Field(None, validation_alias=AliasChoices("_id", "id"), description="LeadIQ's id of the person.")
    name: Annotated[PersonName | None, AN_OBJECT, BeforeValidator(_name)] = Field(None, description="Their name.")
    current_positions: Annotated[list[HeldPosition], many()] = Field([], description="Positions held now.")
    past_positions: Annotated[list[HeldPosition], many()] = Field([], description="Positions held before.")
    linkedin: Annotated[LinkedIn | None, AN_OBJECT] = Field(None, description="Their LinkedIn profile.")
    profiles: Annotated[list[Profile], many()] = Field([], description="Their profiles at social networks.")
    location: Annotated[Place | None, AN_OBJECT] = Field(None, description="Where they are.")
    education: Annotated[list[Education], many()] = Field([], description="Times of study.")
    updated_at: Moment = Field(None, description="When LeadIQ last updated the person, UTC.")
    personal_emails: Annotated[list[Email], many(_value)] = Field([], description="Personal e-mail addresses.")
    personal_phones: Annotated[list[Phone], many(_value)] = Field([], description="Personal phone numbers.")


class RegeneratedTime(Record):
    """When LeadIQ last looked for a person anew; whom was asked for stands in the question alone."""

    regenerated_at: Moment = Field(
        None,
        validation_alias=AliasChoices("time", "regenerated_at"),
        description="When it was done, UTC; null is never.",
    )


class SearchCompany(Identified):
    """A company of an advanced search."""

    id: Text = Field(
        None, validation_alias=AliasChoices("id", "source", "_id"), description="LeadIQ's id of the company."
    )
    name: Text = Field(None, description="Name of the company.")
    industry: Text = Field(None, description="Industry of the company.")
    description: Text = Field(None, description="What the company does.")
    linkedin_id: Text = Field(None, description="LinkedIn's id of the company.")
    linkedin_url: Text = Field(None, description="LinkedIn page of the company, where it is sent.")
    domain: Text = Field(None, description="Domain of the company, as sent.")
    employee_count: Integer = Field(
        None,
        validation_alias=AliasChoices("employeeCount", "employee_count", "numberOfEmployees"),
        description="Number of employees of the company.",
    )
    city: Text = Field(None, description="City of the company.")
    country: Text = Field(None, description="Country of the company, as sent.")
    state: Text = Field(None, description="State or region of the company.")
    postal_code: Text = Field(None, description="Postal code of the company.")
    score: Number = Field(None, description="How well the company fits the search, by LeadIQ's own measure.")
    technologies: Texts = Field(
        [],
        validation_alias=AliasChoices("companyTechnologies", "technologies", "company_technologies"),
        description="Technologies the company uses.",
    )
    technology_categories: Texts = Field(
        [],
        validation_alias=AliasChoices(
            "companyTechnologyCategories", "technology_categories", "company_technology_categories"
        ),
        description="Kinds of technologies the company uses.",
    )
    revenue_range: Annotated[Span | None, AN_OBJECT] = Field(
        None, description="The range the company's revenue lies in."
    )
    funding: Annotated[Funding | None, AN_OBJECT] = Field(
        None, validation_alias=AliasChoices("fundingInfo", "funding"), description="The company's funding."
    )
    naics_code: Annotated[IndustryCode | None, AN_OBJECT] = Field(
        None, description="The company's industry by the North American classification (NAICS)."
    )


class EmployerName(Identified):
    """A company as a job change names it."""

    id: Text = Field(
        None, validation_alias=AliasChoices("id", "source", "_id"), description="LeadIQ's id of the company."
    )
    name: Text = Field(None, description="Name of the company.")


class ChangePosition(Record):
    """One side of a job change."""

    title: Text = Field(None, description="Title held there.")
    role: Text = Field(None, description="Field of work there, as LeadIQ names it.")
    seniority: Text = Field(None, description="Seniority there, as LeadIQ names it.")
    company: Annotated[EmployerName | None, AN_OBJECT] = Field(None, description="The company.")


JOB_DETECTIONS = Known("JobChange", "TitleChange", "Departure", "Promotion")


class PersonJobChange(Record):
    """The last job change of a person who was found by it; LeadIQ's samples show it, no reference does."""

    type: Annotated[Text, JOB_DETECTIONS] = Field(
        None,
        validation_alias=AliasChoices("jobChangeType", "type", "job_change_type"),
        description="Kind of the change, as LeadIQ names it.",
    )
    started_at: Moment = Field(None, description="When the new position began, UTC.")
    previous: Annotated[ChangePosition | None, AN_OBJECT] = Field(
        None,
        validation_alias=AliasChoices("previousPosition", "previous", "previous_position"),
        description="What was left.",
    )
    current: Annotated[ChangePosition | None, AN_OBJECT] = Field(
        None, validation_alias=AliasChoices("currentPosition", "current", "current_position"), description="What began."
    )


class SearchPerson(Identified):
    """A person of an advanced search."""

    id: Text = Field(None, validation_alias=AliasChoices("id", "_id"), description="LeadIQ's id of the person.")
    employer_id: Text = Field(
        None,
        validation_alias=AliasChoices("companyId", "employer_id", "company_id"),
        description="LeadIQ's id of their company.",
    )
    name: Text = Field(None, description="Full name.")
    linkedin_id: Text = Field(None, description="LinkedIn's id of the person.")
    linkedin_url: Text = Field(None, description="LinkedIn profile URL, as sent.")
    title: Text = Field(None, description="Title held.")
    role: Text = Field(None, description="Field of work, as LeadIQ names it.")
    state: Text = Field(None, description="State or region of the person.")
    country: Text = Field(None, description="Country of the person, as sent.")
    seniority: Text = Field(None, description="Seniority, as LeadIQ names it.")
    work_emails: Texts = Field([], description="Work e-mail addresses, as sent; `hidden` is none.")
    verified_work_emails: Texts = Field([], description="Work e-mail addresses that LeadIQ has verified.")
    verified_likely_work_emails: Texts = Field([], description="Work e-mail addresses that are likely right.")
    work_phones: Texts = Field([], description="Work phone numbers, as sent; `hidden` is none.")
    personal_emails: Texts = Field([], description="Personal e-mail addresses, as sent; `hidden` is none.")
    personal_phones: Texts = Field([], description="Personal phone numbers, as sent; `hidden` is none.")
    score: Number = Field(None, description="How well the person fits the search, by LeadIQ's own measure.")
    first_name: Text = Field(None, description="First name.")
    middle_name: Text = Field(None, description="Middle name.")
    last_name: Text = Field(None, description="Last name.")
    updated_at: Moment = Field(None, description="When LeadIQ last updated the person, UTC.")
    position_started_at: Moment = Field(
        None,
        validation_alias=AliasChoices("currentPositionStartDate", "position_started_at"),
        description="When the current position began, UTC.",
    )
    company: Annotated[SearchCompany | None, AN_OBJECT] = Field(None, description="Their company.")
    picture_url: Text = Field(
        None, validation_alias=AliasChoices("picture", "picture_url"), description="Picture of the person."
    )
    job_change: Annotated[PersonJobChange | None, AN_OBJECT] = Field(
        None,
        validation_alias=AliasChoices("personJobChange", "job_change"),
        description="The job change by which they were found.",
    )


class CompanyWithPeople(Record):
    """A company of an advanced search that groups people by company."""

    company: Annotated[SearchCompany | None, AN_OBJECT] = Field(None, description="The company.")
    people: Annotated[list[SearchPerson], many()] = Field(
        [], description="People found there, as many as were asked for."
    )
    total_contacts_in_company: Integer = Field(None, description="How many people were found there in all.")


class TrackingTask(Record):
    """A task that looks for job changes at the tracked companies."""

    id: Annotated[Text, ALWAYS] = Field(None, description="Id of the task.")
    status: Annotated[Text, ALWAYS, Known("Failed", "Processing", "Successful")] = Field(
        None, description="State of the task, as LeadIQ names it."
    )
    created_at: Moment = Field(None, description="When the task was started, UTC.")
    months_back: Integer = Field(None, description="How many months back it looks.")
    job_start_date_from: Day = Field(None, description="First day of a new position that it looks for.")
    error: Text = Field(None, description="Why it failed, in LeadIQ's words.")
    is_cancelled: Flag = Field(None, description="Whether it was cancelled before its end.")


class ChangedPerson(Record):
    """The person of a job change; there is no id."""

    first_name: Text = Field(None, description="First name.")
    last_name: Text = Field(None, description="Last name.")
    email: Text = Field(None, description="E-mail address, as sent; `hidden` is none.")
    email_status: Text = Field(None, description="Verification status of the e-mail address, as LeadIQ names it.")
    personal_phones: Texts = Field([], description="Personal phone numbers, as sent.")
    work_phones: Texts = Field([], description="Work phone numbers, as sent.")
    linkedin_url: Text = Field(
        None,
        validation_alias=AliasChoices("linkedinUrl", "linkedin_url", "linkedIn"),
        description="LinkedIn profile URL, as sent.",
    )
    country: Text = Field(None, description="Country of the person, as sent.")


class ChangedCompany(Identified):
    """The tracked company of a job change, as it was added to the list."""

    id: Text = Field(None, validation_alias=AliasChoices("id", "source"), description="LeadIQ's id of the company.")
    input_name: Text = Field(
        None, validation_alias=AliasChoices("inputName", "input_name", "name"), description="Name it was added under."
    )
    input_domain: Text = Field(
        None,
        validation_alias=AliasChoices("inputDomain", "input_domain", "domain"),
        description="Domain it was added under.",
    )
    custom_data: Json = Field(None, description="The customer's own data for the company, JSON text.")


class NewPosition(Record):
    """What a job change led to."""

    title: Text = Field(None, description="Title after the change.")
    job_function: Text = Field(
        None, validation_alias=AliasChoices("function", "job_function"), description="Field of work after the change."
    )
    seniority: Text = Field(None, description="Seniority after the change, as LeadIQ names it.")
    start_date: Day = Field(None, description="Day on which the new position began, where known.")


class CompanyJobChange(Record):
    """A job change that a tracking task found at a tracked company; its id is the event's, not the person's."""

    id: Annotated[Text, ALWAYS] = Field(None, description="Id of the job-change event.")
    person: Annotated[ChangedPerson | None, AN_OBJECT, ALWAYS] = Field(None, description="Who changed jobs.")
    current_company: Annotated[ChangedCompany | None, AN_OBJECT] = Field(None, description="The company they are at.")
    current_position: Annotated[NewPosition | None, AN_OBJECT] = Field(None, description="The position they hold.")
    job_change_type: Annotated[Text, ALWAYS, JOB_DETECTIONS] = Field(
        None, description="Kind of the change, as LeadIQ names it."
    )
    matched_icp_ids: Texts = Field(
        [],
        validation_alias=AliasChoices("matchedICPIds", "matched_icp_ids", "matchedIcpIds"),
        description="The customer's ideal profiles that the person fits.",
    )
    duplicate_record_ids: Texts = Field([], description="The customer's other records for the same person.")


class ProspectPlace(Record):
    """Where a prospect is: an object, or one line."""

    text: Text = Field(
        None,
        validation_alias=AliasChoices("text", "fullAddress", "formattedAddress"),
        description="The place in one line, where it came so.",
    )
    city: Text = Field(None, description="City.")
    state: Text = Field(
        None, validation_alias=AliasChoices("state", "areaLevel1", "region"), description="State or region."
    )
    country: Text = Field(None, description="Country, as sent.")


class ProspectCompany(Identified):
    """The company of a prospect: an object, or its name alone."""

    id: Text = Field(
        None, validation_alias=AliasChoices("id", "source", "_id"), description="LeadIQ's id of the company."
    )
    name: Text = Field(None, description="Name of the company.")
    domain: Text = Field(
        None, validation_alias=AliasChoices("domain", "website", "url"), description="Domain of the company, as sent."
    )
    industry: Text = Field(None, description="Industry of the company.")
    employees: Text = Field(
        None,
        validation_alias=AliasChoices("employees", "employeeCount", "numberOfEmployees", "size", "employeeRange"),
        description="Number of employees, a number or a range in words.",
    )
    linkedin_url: Text = Field(
        None,
        validation_alias=AliasChoices("linkedinUrl", "linkedin_url", "linkedIn"),
        description="LinkedIn page of the company.",
    )


class Prospect(Identified):
    """A member of a Prospector list. No reference shows its fields: these are the samples' and the plausible ones."""

    id: Text = Field(
        None,
        validation_alias=AliasChoices("id", "_id", "prospectId", "prospect_id"),
        description="Prospector's id of the prospect.",
    )
    person_id: Text = Field(
        None,
        validation_alias=AliasChoices("personId", "person_id", "leadiqId"),
        description="LeadIQ's id of the person.",
    )
    name: Text = Field(None, validation_alias=AliasChoices("name", "fullName", "full_name"), description="Full name.")
    first_name: Text = Field(None, description="First name.")
    middle_name: Text = Field(None, description="Middle name.")
    last_name: Text = Field(None, description="Last name.")
    title: Text = Field(
        None, validation_alias=AliasChoices("title", "jobTitle", "job_title"), description="Title held."
    )
    seniority: Text = Field(None, description="Seniority, as LeadIQ names it.")
    role: Text = Field(
        None, validation_alias=AliasChoices("role", "function", "department"), description="Field of work, as sent."
    )
    linkedin_url: Text = Field(
        None,
        validation_alias=AliasChoices(
            "linkedinUrl", "linkedin_url", "linkedInUrl", "linkedIn", "linkedin", "personalLinkedInUrl"
        ),
        description="LinkedIn profile URL, as sent.",
    )
    company: Annotated[ProspectCompany | None, AN_OBJECT, BeforeValidator(named)] = Field(
        None, description="The company."
    )
    employer_name: Text = Field(
        None,
        validation_alias=AliasChoices("companyName", "company_name"),
        description="Name of the company, where it stood alone.",
    )
    employer_domain: Text = Field(
        None,
        validation_alias=AliasChoices("companyDomain", "company_domain", "domain"),
        description="Domain of the company, where it stood alone.",
    )
    location: Annotated[ProspectPlace | None, AN_OBJECT, BeforeValidator(line)] = Field(
        None, description="Where the prospect is."
    )
    city: Text = Field(None, description="City, where it stood alone.")
    state: Text = Field(None, description="State or region, where it stood alone.")
    country: Text = Field(None, description="Country, where it stood alone.")
    work_email: Text = Field(
        None,
        validation_alias=AliasChoices("workEmail", "work_email", "email", "emailAddress"),
        description="Work e-mail address, as sent; `hidden` is none.",
    )
    email_status: Text = Field(
        None,
        validation_alias=AliasChoices("emailStatus", "email_status", "workEmailStatus"),
        description="Verification status of the work e-mail address, as LeadIQ names it.",
    )
    work_emails: Annotated[list[Email], many(_value)] = Field(
        [], validation_alias=AliasChoices("workEmails", "work_emails", "emails"), description="Work e-mail addresses."
    )
    personal_email: Text = Field(None, description="Personal e-mail address, as sent; `hidden` is none.")
    personal_emails: Annotated[list[Email], many(_value)] = Field([], description="Personal e-mail addresses.")
    work_phone: Text = Field(
        None,
        validation_alias=AliasChoices("workPhone", "work_phone", "phone", "phoneNumber", "directPhone"),
        description="Work phone number, as sent; `hidden` is none.",
    )
    mobile_phone: Text = Field(
        None,
        validation_alias=AliasChoices("mobilePhone", "mobile_phone", "personalPhone", "mobile"),
        description="Mobile phone number, as sent; `hidden` is none.",
    )
    work_phones: Annotated[list[Phone], many(_value)] = Field(
        [], validation_alias=AliasChoices("workPhones", "work_phones", "phones"), description="Work phone numbers."
    )
    personal_phones: Annotated[list[Phone], many(_value)] = Field(
        [],
        validation_alias=AliasChoices("personalPhones", "personal_phones", "mobilePhones"),
        description="Personal phone numbers.",
    )
    list_ids: Texts = Field([], description="Prospector lists that the prospect is on.")
    created_at: Moment = Field(None, description="When the prospect was added, UTC.")
    updated_at: Moment = Field(None, description="When the prospect was last updated, UTC.")


NO_LETTER = re.compile(r"[^0-9a-z]+")


class ExportedProspect(Record):
    """A line of a Prospector list's CSV export. No reference shows its columns: these are the plausible ones."""

    @model_validator(mode="before")
    @classmethod
    def plain_names(cls, value: Any) -> Any:
        """`Work Email`, `work_email` and `WORK-EMAIL` are one column; a name that is none of ours stays as it came."""
        if not isinstance(value, dict):
            return value
        written: dict[str, Any] = {}
        for name, one in value.items():
            plain = NO_LETTER.sub("_", name.lower()).strip("_")
            known = plain in _exported_columns() and plain not in written
            written[plain if known else name] = one
        return written

    id: Text = Field(
        None,
        validation_alias=AliasChoices("id", "prospect_id", "leadiq_id"),
        description="Prospector's id of the prospect.",
    )
    name: Text = Field(
        None, validation_alias=AliasChoices("full_name", "name", "prospect_name"), description="Full name."
    )
    first_name: Text = Field(None, description="First name.")
    last_name: Text = Field(None, description="Last name.")
    title: Text = Field(None, validation_alias=AliasChoices("title", "job_title"), description="Title held.")
    seniority: Text = Field(None, description="Seniority, as LeadIQ names it.")
    linkedin_url: Text = Field(
        None,
        validation_alias=AliasChoices(
            "linkedin_url", "linkedin", "linkedin_profile", "linkedin_profile_url", "person_linkedin_url"
        ),
        description="LinkedIn profile URL, as sent.",
    )
    company_name: Text = Field(
        None,
        validation_alias=AliasChoices("company", "company_name", "account_name"),
        description="Name of the company.",
    )
    company_domain: Text = Field(
        None,
        validation_alias=AliasChoices("company_domain", "domain", "company_website", "website"),
        description="Domain of the company, as sent.",
    )
    company_linkedin_url: Text = Field(
        None,
        validation_alias=AliasChoices("company_linkedin_url", "company_linkedin"),
        description="LinkedIn page of the company.",
    )
    company_industry: Text = Field(
        None,
        validation_alias=AliasChoices("industry", "company_industry"),
        description="Industry of the company.",
    )
    company_employees: Text = Field(
        None,
        validation_alias=AliasChoices(
            "employees", "employee_count", "number_of_employees", "company_size", "company_employees"
        ),
        description="Number of employees, a number or a range in words.",
    )
    work_email: Text = Field(
        None,
        validation_alias=AliasChoices("work_email", "email", "email_address"),
        description="Work e-mail address, as sent; `hidden` is none.",
    )
    email_status: Text = Field(
        None,
        validation_alias=AliasChoices("email_status", "work_email_status"),
        description="Verification status of the work e-mail address, as LeadIQ names it.",
    )
    personal_email: Text = Field(None, description="Personal e-mail address, as sent; `hidden` is none.")
    work_phone: Text = Field(
        None,
        validation_alias=AliasChoices("work_phone", "phone", "phone_number", "direct_phone", "work_direct_phone"),
        description="Work phone number, as sent; `hidden` is none.",
    )
    mobile_phone: Text = Field(
        None,
        validation_alias=AliasChoices("mobile_phone", "mobile", "personal_phone"),
        description="Mobile phone number, as sent; `hidden` is none.",
    )
    city: Text = Field(None, description="City.")
    state: Text = Field(None, validation_alias=AliasChoices("state", "region"), description="State or region.")
    country: Text = Field(None, description="Country, as sent.")
    address: Text = Field(
        None,
        validation_alias=AliasChoices("address", "location", "full_address"),
        description="The address as sent, with its lines.",
    )
    notes: Text = Field(None, description="The customer's notes on the prospect.")
    created_at: Moment = Field(
        None,
        validation_alias=AliasChoices("created_at", "created", "date_added", "added_at"),
        description="When the prospect was added, UTC.",
    )
    updated_at: Moment = Field(
        None,
        validation_alias=AliasChoices("updated_at", "updated", "last_updated"),
        description="When the prospect was last updated, UTC.",
    )
    surplus: Json = Field(
        None,
        validation_alias=AliasChoices(SURPLUS),
        description="Cells of the line beyond the last column, a list as JSON text.",
    )


@cache
def _exported_columns() -> frozenset[str]:
    return frozenset(
        str(one)
        for name, info in ExportedProspect.model_fields.items()
        for one in (info.validation_alias.choices if isinstance(info.validation_alias, AliasChoices) else (name,))
    )


def _id(record: dict[str, Any]) -> str:
    return record["id"] or ""


def _prospect_id(record: dict[str, Any]) -> str:
    return record["id"] or record["person_id"] or ""


def _exported_key(record: dict[str, Any]) -> str:
    of_name = [
        record["name"] or " ".join(filter(None, (record["first_name"], record["last_name"]))),
        record["company_name"],
    ]
    named = " | ".join(one for one in of_name if one) if of_name[0] else ""
    return str(record["id"] or record["linkedin_url"] or record["work_email"] or named)


def _company_id(record: dict[str, Any]) -> str:
    company = record["company"] or {}
    return company.get("id") or ""


ENTITIES: tuple[Entity, ...] = (
    Entity(
        "account", "account", Account, "data/account", lambda _: "account", "One row per reading of the LeadIQ account."
    ),
    Entity("usage", "usage", Usage, "data/usage", lambda _: "usage", "One row per reading of LeadIQ's API usage."),
    Entity(
        "contact_tracking_balance",
        "contactTrackingBalance",
        TrackingBalance,
        "data/contactTrackingBalance",
        lambda _: "contact_tracking_balance",
        "One row per reading of the credits for tracking contacts.",
    ),
    Entity(
        "tracked_contacts",
        "trackedContacts",
        TrackedContact,
        "data/trackedContacts/edges/*/node",
        _id,
        "One row per job-change event of a tracked contact per answer that held it.",
    ),
    Entity(
        "tracked_companies",
        "trackedCompanies",
        TrackedCompany,
        "data/trackedCompanies/edges/*/node",
        _id,
        "One row per tracked company per answer that held it.",
    ),
    Entity(
        "people",
        "searchPeople",
        PersonRecord,
        "data/searchPeople/results/*",
        _id,
        "One row per person per answer that held them.",
    ),
    Entity(
        "companies",
        "searchCompany",
        CompanyInfo,
        "data/searchCompany/results/*",
        _id,
        "One row per company per answer that held it.",
    ),
    Entity(
        "regenerated_times",
        "regeneratedTime",
        RegeneratedTime,
        "data/regeneratedTime",
        lambda _: "",
        "One row per answer that said when LeadIQ last looked for a person anew.",
    ),
    Entity(
        "search_people",
        "flatAdvancedSearch",
        SearchPerson,
        "data/flatAdvancedSearch/people/*",
        _id,
        "One row per person of an advanced search per answer that held them.",
    ),
    Entity(
        "search_companies",
        "groupedAdvancedSearch",
        CompanyWithPeople,
        "data/groupedAdvancedSearch/companies/*",
        _company_id,
        "One row per company of a grouped advanced search per answer that held it.",
    ),
    Entity(
        "company_tracking_tasks",
        "companyTrackingTask",
        TrackingTask,
        "data/companyTrackingTask",
        _id,
        "One row per reading of a company-tracking task.",
    ),
    Entity(
        "company_job_changes",
        "companyTrackingTask",
        CompanyJobChange,
        "data/companyTrackingTask/jobChanges/edges/*/node",
        _id,
        "One row per job-change event of a tracked company per answer that held it.",
    ),
    Entity(
        "prospects",
        "listProspects",
        Prospect,
        "items/*|prospects/*|results/*|data/*|data/items/*|data/prospects/*|data/results/*|*|items/*",
        _prospect_id,
        "One row per member of a Prospector list per answer that held them; `_selection` names the list.",
    ),
    Entity(
        "prospect_exports",
        "exportList",
        ExportedProspect,
        "rows/*",
        _exported_key,
        "One row per line of a Prospector list's CSV export per answer that held it; `_selection` names the list.",
        reads="csv",
    ),
)
