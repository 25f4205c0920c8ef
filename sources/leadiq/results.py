"""LeadIQ: what its mutations answer, a record each."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AliasChoices, BeforeValidator, Field

from sources.landing import AN_OBJECT, Entity, Flag, Integer, Json, Moment, Record, Text, Texts, many

from .records import Identified, ProspectCompany, ProspectPlace, TrackedCompany, TrackingTask, line, named


class ContactImport(Record):
    """What became of contacts that were handed in to be tracked, in one request."""

    import_id: Text = Field(None, description="The import they belong to.")
    total_count: Integer = Field(None, description="Contacts in the import.")
    batch_count: Integer = Field(None, description="Contacts of this request that were taken.")
    errors: Texts = Field([], description="Why some were not taken, in LeadIQ's words.")
    warnings: Texts = Field([], description="What LeadIQ remarks, in its words.")
    beyond_limit: Texts = Field(
        [],
        validation_alias=AliasChoices("contactsExceedingSubscriptionLimit", "beyond_limit"),
        description="Not used by LeadIQ any more.",
    )
    contacts_used: Integer = Field(
        None,
        validation_alias=AliasChoices("totalSubscriptionContactsUsed", "contacts_used"),
        description="Contacts tracked in all.",
    )
    contacts_remaining: Integer = Field(
        None,
        validation_alias=AliasChoices("totalSubscriptionContactsRemaining", "contacts_remaining"),
        description="Contacts that can still be tracked.",
    )


class NamedCompany(Record):
    """A company as it was handed in."""

    name: Text = Field(None, description="Name of the company.")
    domain: Text = Field(None, description="Domain of the company.")
    custom_data: Json = Field(None, description="The customer's own data for the company, JSON text.")


class CompanyAddition(Record):
    """What became of one company that was handed in to be tracked."""

    input: Annotated[NamedCompany | None, AN_OBJECT] = Field(None, description="The company as it was handed in.")
    company: Annotated[TrackedCompany | None, AN_OBJECT] = Field(None, description="The company as it is tracked.")
    success: Flag = Field(None, description="Whether it was put on the list.")
    errors: Texts = Field([], description="Why it was not, in LeadIQ's words.")


class CompanyRemoval(Record):
    """What became of companies that were to leave the tracked list, in one request."""

    companies: Annotated[list[TrackedCompany], many()] = Field([], description="Companies that left the list.")
    not_found: Texts = Field([], description="Ids that were not on the list.")
    total_remaining: Integer = Field(None, description="Companies left on the list.")
    success: Flag = Field(None, description="Whether the whole list was emptied, where that was asked for.")


class TrackingOrder(Record):
    """What became of the wish to start or to cancel a company-tracking task."""

    success: Flag = Field(None, description="Whether it was done.")
    errors: Texts = Field(
        [], validation_alias=AliasChoices("errors", "error"), description="Why it was not, in LeadIQ's words."
    )
    task: Annotated[TrackingTask | None, AN_OBJECT] = Field(None, description="The task.")


class Regeneration(Record):
    """What LeadIQ says to the wish to look for a person anew."""

    answer: Text = Field(
        None, validation_alias=AliasChoices("regenerate", "answer"), description="LeadIQ's word for what it does."
    )


class FeedbackTaken(Record):
    """Feedback about a person's contact detail that LeadIQ took."""

    id: Text = Field(
        None, validation_alias=AliasChoices("submitPersonFeedback", "id"), description="LeadIQ's id of the feedback."
    )


class ProspectList(Record):
    """A Prospector list that was made."""

    id: Text = Field(
        None, validation_alias=AliasChoices("id", "_id", "listId"), description="Prospector's id of the list."
    )
    name: Text = Field(None, description="Name of the list.")
    description: Text = Field(None, description="What it is for.")
    created_at: Moment = Field(None, description="When it was made, UTC.")
    updated_at: Moment = Field(None, description="When it was last changed, UTC.")


class AddedProspect(Identified):
    """A prospect as it was put on a Prospector list."""

    id: Text = Field(
        None,
        validation_alias=AliasChoices("id", "_id", "prospectId", "prospect_id"),
        description="Prospector's id of the prospect.",
    )
    name: Text = Field(None, validation_alias=AliasChoices("name", "fullName"), description="Full name.")
    first_name: Text = Field(None, description="First name.")
    last_name: Text = Field(None, description="Last name.")
    title: Text = Field(None, description="Title held.")
    company: Annotated[ProspectCompany | None, AN_OBJECT, BeforeValidator(named)] = Field(
        None, description="The company."
    )
    location: Annotated[ProspectPlace | None, AN_OBJECT, BeforeValidator(line)] = Field(
        None, description="Where the prospect is."
    )
    work_email: Text = Field(None, description="Work e-mail address, as sent; `hidden` is none.")
    email_status: Text = Field(None, description="Verification status of the e-mail address, as LeadIQ names it.")
    mobile_phone: Text = Field(None, description="Mobile phone number, as sent; `hidden` is none.")
    created_at: Moment = Field(None, description="When the prospect was added, UTC.")
    updated_at: Moment = Field(None, description="When the prospect was last updated, UTC.")


def _no_key(record: dict[str, Any]) -> str:
    return ""


ENTITIES: tuple[Entity, ...] = (
    Entity(
        "contact_imports",
        "trackContacts",
        ContactImport,
        "data/trackContacts",
        lambda record: record["import_id"] or "",
        "One row per request that handed in contacts to be tracked.",
    ),
    Entity(
        "tracked_company_additions",
        "addTrackedCompanies",
        CompanyAddition,
        "data/addTrackedCompanies/companies/*",
        lambda record: (record["company"] or {}).get("id") or "",
        "One row per company that was handed in to be tracked.",
    ),
    Entity(
        "tracked_company_removals",
        "removeTrackedCompanies",
        CompanyRemoval,
        "data/*",
        _no_key,
        "One row per request that took companies off the tracked list.",
    ),
    Entity(
        "company_tracking_orders",
        "startCompanyTrackingTask",
        TrackingOrder,
        "data/*",
        lambda record: (record["task"] or {}).get("id") or "",
        "One row per request that started or cancelled a company-tracking task.",
    ),
    Entity(
        "regenerations",
        "regenerate",
        Regeneration,
        "data",
        _no_key,
        "One row per person LeadIQ was asked to look for anew.",
    ),
    Entity(
        "person_feedback",
        "submitPersonFeedback",
        FeedbackTaken,
        "data",
        lambda record: record["id"] or "",
        "One row per feedback about a person's contact detail.",
    ),
    Entity(
        "prospect_lists",
        "createList",
        ProspectList,
        "",
        lambda record: record["id"] or "",
        "One row per Prospector list that was made.",
    ),
    Entity(
        "added_prospects",
        "addProspect",
        AddedProspect,
        "",
        lambda record: record["id"] or "",
        "One row per prospect that was put on a Prospector list.",
    ),
)
