"""LeadIQ: what can be written there, and how its answers tell what became of each row."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from graphql import GraphQLEnumType
from pydantic import AliasChoices, Field

from sources.landing import stated_number
from sources.metered import Question
from sources.paging import Counter, Push, Window
from sources.paging.lookups import Sent
from sources.paging.pushes import DONE, Result

from . import prospector
from .asking import an_object, graphql, objects, refusal, said
from .documents import schema
from .lookups import ADDRESS, RegeneratedRow
from .rows import Row

LIST_ID = re.compile(r"[\w-]+")
BATCH = 100
"""Rows in one request; LeadIQ states no limit."""
NOT_STARTED = frozenset({"notfound", "failed", "error", "invalid"})
"""Words by which `regenerate`, whose answers no reference lists, may say that nothing was begun."""


class ContactRow(Row):
    """A contact to track; LeadIQ then tells when they change jobs. Each costs one `tracking` credit."""

    import_id: str | None = Field(None, description="Your name of the import it belongs to; needed.")
    first_name: str | None = Field(None, description="First name; needed.")
    last_name: str | None = Field(None, description="Last name; needed.")
    company_name: str | None = Field(None, description="Name of their company; needed.")
    company_domain: str | None = Field(None, description="Domain of their company.")
    title: str | None = Field(None, description="Title they hold.")
    email: str | None = Field(None, description="Their e-mail address.")
    linkedin_url: str | None = Field(
        None,
        validation_alias=AliasChoices("linkedin_url", "personal_linkedin_url"),
        description="Their LinkedIn profile.",
    )
    external_record_id: str | None = Field(None, description="Your key of the record; comes back with each change.")
    reference_id: str | None = Field(None, description="Another key of yours; comes back with each change.")

    def sent(self) -> dict[str, Any]:
        """See `sources.paging.lookups.Row`."""
        self.need("import_id", "first_name", "last_name", "company_name")
        if self.email and not ADDRESS.fullmatch(self.email):
            raise ValueError("email is no e-mail address")
        page = {"personalLinkedInUrl": self.profile()} if self.linkedin_url else {}
        return page | self.given(
            "import_id=importId", "first_name=firstName", "last_name=lastName", "company_name=companyName",
            "company_domain=companyDomain", "title", "email",
            "external_record_id=externalRecordId", "reference_id=referenceId",
        )  # fmt: skip


class CompanyRow(Row):
    """A company to put on the tracked list."""

    name: str | None = Field(None, description="Name of the company; needed.")
    domain: str | None = Field(None, description="Its domain; needed.")
    custom_data: str | None = Field(None, description="Data of your own as JSON; comes back with each change.")

    def sent(self) -> dict[str, Any]:
        """See `sources.paging.lookups.Row`."""
        self.need("name", "domain")
        found = self.given("name", "domain")
        if self.custom_data:
            try:
                found["customData"] = json.loads(self.custom_data)
            except ValueError:
                raise ValueError("custom_data is not JSON") from None
        return found


class CompanyIdRow(Row):
    """A company to take off the tracked list."""

    id: str | None = Field(None, description="LeadIQ's id of the tracked company; needed.")

    def sent(self) -> dict[str, Any]:
        """See `sources.paging.lookups.Row`."""
        self.need("id")
        return self.given("id")


class Nothing(Row):
    """No columns: the whole list is meant."""

    def sent(self) -> dict[str, Any]:
        """See `sources.paging.lookups.Row`."""
        return {}


class TaskRow(Row):
    """A task that looks for job changes at the companies on the tracked list."""

    months_back: int | None = Field(None, ge=1, description="How many months back it looks; LeadIQ has a default.")

    def sent(self) -> dict[str, Any]:
        """See `sources.paging.lookups.Row`."""
        return self.given("months_back=monthsBack")


class TaskIdRow(Row):
    """A company-tracking task to cancel."""

    id: str | None = Field(None, description="Id of the task; needed.")
    reason: str | None = Field(None, description="Why, in your words.")

    def sent(self) -> dict[str, Any]:
        """See `sources.paging.lookups.Row`."""
        self.need("id")
        return self.given("id", "reason")


class ListRow(Row):
    """A Prospector list to make."""

    name: str | None = Field(None, description="Name of the list, one that none has yet; needed.")
    description: str | None = Field(None, description="What it is for.")

    def sent(self) -> dict[str, Any]:
        """See `sources.paging.lookups.Row`."""
        self.need("name")
        return self.given("name", "description")


class ProspectRow(Row):
    """A prospect to put on a Prospector list."""

    list_id: str | None = Field(None, description="Id of the list; needed.")
    first_name: str | None = Field(None, description="First name; needed.")
    last_name: str | None = Field(None, description="Last name; needed.")
    title: str | None = Field(None, description="Title they hold.")
    company: str | None = Field(None, description="Name of their company.")
    work_email: str | None = Field(None, description="Their e-mail address at work.")
    mobile_phone: str | None = Field(None, description="Their mobile phone number.")

    def sent(self) -> dict[str, Any]:
        """See `sources.paging.lookups.Row`."""
        self.need("list_id", "first_name", "last_name")
        if not LIST_ID.fullmatch(self.list_id or ""):
            raise ValueError("list_id is no id of a list")
        if self.work_email and not ADDRESS.fullmatch(self.work_email):
            raise ValueError("work_email is no e-mail address")
        return self.given(
            "list_id=listId", "first_name=firstName", "last_name=lastName", "title", "company",
            "work_email=workEmail", "mobile_phone=mobilePhone",
        )  # fmt: skip


class FeedbackRow(Row):
    """What you found out about a contact detail of a person."""

    person_id: str | None = Field(None, description="LeadIQ's id of the person.")
    linkedin_url: str | None = Field(None, description="Their LinkedIn profile.")
    linkedin_id: str | None = Field(None, description="LinkedIn's id of the person.")
    name: str | None = Field(None, description="Their name.")
    company_id: str | None = Field(None, description="LeadIQ's id of their company.")
    company_name: str | None = Field(None, description="Name of their company.")
    company_domain: str | None = Field(None, description="Domain of their company.")
    title: str | None = Field(None, description="Title they hold.")
    value: str | None = Field(None, description="The e-mail address or phone number it is about; needed.")
    status: str | None = Field(None, description="`Correct` or `Invalid`.")
    invalid_reason: str | None = Field(None, description="Why it is invalid, as LeadIQ names it.")
    type: str | None = Field(None, description="What it is: `WorkEmail`, `PersonalMobile` and so on.")
    last_seen: str | None = Field(None, description="When it was last seen to be so, a moment with a zone.")

    def sent(self) -> dict[str, Any]:
        """See `sources.paging.lookups.Row`."""
        self.need("value")
        if not any((self.person_id, self.linkedin_url, self.linkedin_id, self.name)):
            raise ValueError("nothing says whose it is: give person_id, linkedin_url, linkedin_id or name")
        for name, kind in (
            ("status", "ContactInfoStatus"),
            ("invalid_reason", "InvalidReason"),
            ("type", "ContactInfoType"),
        ):
            values = _values(kind)
            if (given := getattr(self, name)) and given not in values:
                raise ValueError(f"{name} is one of {', '.join(values[:6])}{' and others' * (len(values) > 6)}")
        return self.given(
            "person_id=personId", "linkedin_url=linkedinUrl", "linkedin_id=linkedinId", "name", "company_id=companyId",
            "company_name=companyName", "company_domain=companyDomain", "title", "value", "status",
            "invalid_reason=invalidReason", "type", "last_seen=lastSeen",
        )  # fmt: skip


def _values(kind: str) -> list[str]:
    found = schema().type_map[kind]
    return list(found.values) if isinstance(found, GraphQLEnumType) else []


def pushes() -> tuple[Push, ...]:
    """What can be written."""
    return (
        Push(
            "track_contacts",
            "contact_imports",
            "trackContacts",
            ContactRow,
            _asks("trackContacts", "track_contacts", _import),
            _imported,
            words,
            batch=BATCH,
            alike=lambda row: row["importId"],
            counter=Counter(
                lambda window: graphql("contactTrackingBalance", "push_track_contacts", window, {}), _tracked
            ),
        ),
        Push(
            "add_tracked_companies",
            "tracked_company_additions",
            "addTrackedCompanies",
            CompanyRow,
            _asks("addTrackedCompanies", "add_tracked_companies", lambda rows: {"companies": [*rows]}),
            _added,
            words,
            batch=BATCH,
            undone_by=("remove_tracked_companies", "remove_all_tracked_companies"),
            again=True,
        ),
        Push(
            "remove_tracked_companies",
            "tracked_company_removals",
            "removeTrackedCompanies",
            CompanyIdRow,
            _asks("removeTrackedCompanies", "remove_tracked_companies", lambda rows: {"ids": [r["id"] for r in rows]}),
            _removed,
            words,
            batch=BATCH,
            undone_by=("add_tracked_companies",),
            again=True,
        ),
        Push(
            "remove_all_tracked_companies",
            "tracked_company_removals",
            "removeAllTrackedCompanies",
            Nothing,
            _asks("removeAllTrackedCompanies", "remove_all_tracked_companies", None),
            _one("removeAllTrackedCompanies"),
            words,
            word="remove all",
            undone_by=("add_tracked_companies",),
            again=True,
        ),
        Push(
            "start_company_tracking_task",
            "company_tracking_orders",
            "startCompanyTrackingTask",
            TaskRow,
            _asks("startCompanyTrackingTask", "start_company_tracking_task", lambda rows: rows[0]),
            _one("startCompanyTrackingTask"),
            words,
        ),
        Push(
            "cancel_company_tracking_task",
            "company_tracking_orders",
            "cancelCompanyTrackingTask",
            TaskIdRow,
            _asks("cancelCompanyTrackingTask", "cancel_company_tracking_task", lambda rows: rows[0]),
            _one("cancelCompanyTrackingTask"),
            words,
            again=True,
        ),
        Push(
            "regenerate",
            "regenerations",
            "regenerate",
            RegeneratedRow,
            _asks("regenerate", "regenerate", lambda rows: rows[0]),
            _regenerated,
            words,
            again=True,
        ),
        Push(
            "submit_person_feedback",
            "person_feedback",
            "submitPersonFeedback",
            FeedbackRow,
            _asks("submitPersonFeedback", "submit_person_feedback", lambda rows: rows[0]),
            lambda rows, document: [("done", _text(_data(document, "submitPersonFeedback")), None)] * len(rows),
            words,
        ),
        Push(
            "create_prospect_list",
            "prospect_lists",
            "createList",
            ListRow,
            prospector.writes("createList", "push_create_prospect_list", lambda rows: rows[0]),
            _made,
            words,
            ways=len(prospector.PATHS),
            # Names are unique: a second list of that name is refused.
            again=True,
        ),
        Push(
            "add_prospects",
            "added_prospects",
            "addProspect",
            ProspectRow,
            prospector.writes("addProspect", "push_add_prospects", lambda rows: rows[0]),
            _made,
            words,
            alike=lambda row: row["listId"],
            ways=len(prospector.PATHS),
        ),
    )


def _asks(
    operation: str, name: str, sent: Callable[[Sequence[Sent]], Mapping[str, Any]] | None
) -> Callable[[Window, Sequence[Sent]], Question]:
    """A mutation, with the rows as its input."""

    def ask(window: Window, rows: Sequence[Sent]) -> Question:
        variables = {} if sent is None else {"input": dict(sent(rows))}
        return replace(graphql(operation, f"push_{name}", window, variables), at_most={"record": len(rows)})

    return ask


def _import(rows: Sequence[Sent]) -> Mapping[str, Any]:
    contacts = [{name: value for name, value in row.items() if name != "importId"} for row in rows]
    return {"importId": rows[0]["importId"], "contacts": contacts}


def _tracked(document: Any) -> float | None:
    """Rises by one with each contact that is tracked; only its differences say something."""
    remaining = stated_number(an_object(_data(document, "contactTrackingBalance")).get("remaining"))
    return None if remaining is None else -remaining


def _imported(rows: Sequence[Sent], document: Any) -> list[Result]:
    found = an_object(_data(document, "trackContacts"))
    result, errors, taken = _text(found.get("importId")), said(found.get("errors")), found.get("batchCount")
    if taken is not None and not isinstance(taken, int):
        raise ValueError("batchCount is no number")
    if errors is None and taken in (None, len(rows)):
        return [("done", result, None)] * len(rows)
    if taken == len(rows):
        return [("done", result, errors)] * len(rows)
    outcome = "refused" if taken == 0 or len(rows) == 1 else "partly"
    return [(outcome, result, errors or f"LeadIQ took {taken} of {len(rows)} and does not say why")] * len(rows)


def _added(rows: Sequence[Sent], document: Any) -> list[Result]:
    """By place; where LeadIQ says of other companies, by domain."""
    found = objects(an_object(_data(document, "addTrackedCompanies")).get("companies"))
    by_domain = {_domain(one.get("input")): one for one in found}
    results: list[Result] = []
    for place, row in enumerate(rows):
        one = found[place] if len(found) == len(rows) else by_domain.get(_domain(row))
        if one is None:
            results.append(("refused", None, "LeadIQ does not say what became of it"))
        else:
            is_done = one.get("success") is not False and not (one.get("errors") and one.get("company") is None)
            company = _text(an_object(one.get("company")).get("id"))
            results.append(("done" if is_done else "refused", company, said(one.get("errors"))))
    return results


def _domain(company: Any) -> str:
    return str(an_object(company).get("domain") or "").lower()


def _removed(rows: Sequence[Sent], document: Any) -> list[Result]:
    missing = {str(one) for one in an_object(_data(document, "removeTrackedCompanies")).get("notFound") or ()}
    return [
        ("refused", None, "it is not on the list") if row["id"] in missing else ("done", row["id"], None)
        for row in rows
    ]


def _made(rows: Sequence[Sent], document: Any) -> list[Result]:
    """What was made by REST: the answer is the thing itself, or holds it."""
    found = an_object(document)
    places = [found, *(an_object(found.get(name)) for name in ("data", "list", "prospect"))]
    made = next((_text(one[name]) for one in places for name in ("id", "_id", "listId") if one.get(name)), None)
    return [("done", made, None)] * len(rows)


def _one(operation: str) -> Callable[[Sequence[Sent], Any], list[Result]]:
    """The result of a mutation of one row, which says `success`."""

    def result(rows: Sequence[Sent], document: Any) -> list[Result]:
        found = an_object(_data(document, operation))
        task = _text(an_object(found.get("task")).get("id"))
        words = said(found.get("errors")) or said(found.get("error"))
        is_done = found.get("success") is not False and bool(found)
        return [("done" if is_done else "refused", task, words)] * len(rows)

    return result


def _regenerated(rows: Sequence[Sent], document: Any) -> list[Result]:
    words = _text(_data(document, "regenerate"))
    is_refused = words is None or words.replace("_", "").replace(" ", "").lower() in NOT_STARTED
    return [("refused" if is_refused else DONE[0], None, words)] * len(rows)


def taken(question: Question, document: Any) -> int:
    """How many rows of a request were written."""
    found = an_object(_data(document, question.operation))
    rows = dict(question.at_most)["record"]
    if question.server:
        return rows
    if question.operation == "trackContacts":
        return count if isinstance(count := found.get("batchCount"), int) else rows
    if question.operation == "addTrackedCompanies":
        return sum(one.get("success") is not False for one in objects(found.get("companies")))
    if question.operation == "removeTrackedCompanies":
        return rows - len(found.get("notFound") or ())
    return int(found.get("success") is not False)


def words(body: bytes) -> str:
    """LeadIQ's words in a refusal."""
    try:
        document = json.loads(body)
    except ValueError:
        return "LeadIQ refuses it, and does not say why"
    return refusal(document) or "LeadIQ refuses it, and does not say why"


def _data(document: Any, name: str) -> Any:
    return an_object(an_object(document).get("data")).get(name)


def _text(value: Any) -> str | None:
    return None if value in (None, "") else str(value)
