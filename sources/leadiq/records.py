"""LeadIQ: what comes back. Names are ours; aliases are those of the two references and the guide."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AliasChoices, Field

from sources.landing import (
    ALWAYS,
    AN_OBJECT,
    Day,
    Entity,
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


def _id(record: dict[str, Any]) -> str:
    return record["id"] or ""


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
)
