"""LeadIQ: what comes back. Names are ours; aliases are those of the two references and the guide."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AliasChoices, Field

from sources.landing import ALWAYS, AN_OBJECT, Day, Entity, Json, Known, Moment, Number, Record, Text, Texts, many


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
