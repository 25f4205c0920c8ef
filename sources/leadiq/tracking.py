"""What LeadIQ tracks: contacts, companies, and the tasks that look for job changes at companies; all free to read."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sources.metered import Answer, Question, StopKind, digest
from sources.paging import (
    A_LIST,
    Cannot,
    Forecast,
    Incremental,
    Position,
    UntilDone,
    Walk,
    Window,
    note,
    once,
    reading,
    remark,
)

from .asking import an_object, cursor, following, graphql, page, total_of
from .inputs import CompanyTracking, LeadIQInputs

TASK = "companyTrackingTask"
A_TASK: Cannot = {
    "incremental": "a task finds what it finds once; when it is done, it is read to its end and not asked for again",
    "changes": "the job changes of a task that is done change no more",
    "backfill": "a task covers the months it was started for; start another one for other months",
}


def walks(inputs: LeadIQInputs) -> tuple[Walk, ...]:
    """How each resource is read."""
    tasks = [walk for task in inputs.company_tracking.tasks for walk in _task(task, inputs.company_tracking)]
    return (_contacts(inputs), _companies(inputs), *tasks)


def _contacts(inputs: LeadIQInputs) -> Walk:
    contacts = inputs.tracked_contacts
    filters = {"importId": contacts.import_id, "uniqueOnly": contacts.unique_only}

    def ask_some(window: Window, limit: int) -> Question:
        detected_after = window["from"][:10] if window["from"] else None
        chosen = {"detectedAfter": detected_after, **filters, **cursor(window, "cursor")}

        def ask(size: int) -> Question:
            variables = {"limit": size, **chosen}
            return graphql("trackedContacts", "tracked_contacts", window, variables, at_most={"record": size})

        return page(limit, ask)

    start = datetime.combine(contacts.start, time()) if contacts.start else None
    return Walk(
        "tracked_contacts",
        "tracked_contacts",
        digest(str([filters, contacts.start])),
        Incremental(timedelta(days=contacts.overlap_days), start),
        lambda window: ask_some(window, contacts.page_size),
        _contacts_following,
        forecast=total_of(("trackedContacts",), ask_some, contacts.page_size),
        cannot={
            "backfill": "LeadIQ's detectedAfter has no counterpart that ends a period; to read more of the past, set "
            "sources.leadiq.tracked_contacts.start to an earlier day",
        },
        page_size="tracked_contacts.page_size",
        goes_by="job_change_detected",
    )


def _contacts_following(window: Window, answer: Answer) -> Position | None:
    if an_object(answer.document["data"].get("trackedContacts")).get("isProcessing"):
        # More may come for what was asked: read it, but prove nothing by it.
        remark(
            window, StopKind.PENDING, "LeadIQ is still processing the import; what is ready was read, the rest follows"
        )
    return following(("trackedContacts",), window, answer)


def _companies(inputs: LeadIQInputs) -> Walk:
    page_size = inputs.tracked_companies.page_size

    def ask_some(window: Window, first: int) -> Question:
        def ask(size: int) -> Question:
            variables = {"first": size, **cursor(window, "after")}
            return graphql("trackedCompanies", "tracked_companies", window, variables, at_most={"record": size})

        return page(first, ask)

    return Walk(
        "tracked_companies",
        "tracked_companies",
        "",
        reading,
        lambda window: ask_some(window, page_size),
        lambda window, answer: following(("trackedCompanies",), window, answer),
        forecast=total_of(("trackedCompanies",), ask_some, page_size),
        cannot=A_LIST,
        page_size="tracked_companies.page_size",
    )


def _task(task: str, tracking: CompanyTracking) -> tuple[Walk, Walk]:
    """A task's state, and the job changes it found, each read until the task is done.

    LeadIQ works at a task for hours or days: it is asked once in each sync.
    """
    of_task = {"id": task, "uniqueOnly": tracking.unique_only}

    def ask_state(window: Window) -> Question:
        return graphql(TASK, f"company_tracking_task_{task}", window, of_task)

    def ask_some(window: Window, first: int) -> Question:
        def ask(size: int) -> Question:
            variables = {**of_task, "first": size, **cursor(window, "after")}
            resource = f"company_job_changes_{task}"
            return graphql(TASK, resource, window, variables, "companyJobChanges", at_most={"record": size})

        return page(first, ask)

    asks = digest(str(of_task))
    cannot: Cannot = {
        **A_TASK,
        "page_size": "a task's state is one answer",
        "filled": "only a task that failed has an error to show",
    }
    return (
        Walk(
            f"company_tracking_task_{task}",
            "company_tracking_tasks",
            asks,
            UntilDone(),
            ask_state,
            _state_following,
            forecast=Forecast(requests=1),
            cannot=cannot,
        ),
        Walk(
            f"company_job_changes_{task}",
            "company_job_changes",
            asks,
            UntilDone(),
            lambda window: ask_some(window, tracking.page_size),
            _changes_following,
            forecast=total_of((TASK, "jobChanges"), ask_some, tracking.page_size),
            cannot=A_TASK,
            page_size="company_tracking.page_size",
        ),
    )


def _state_following(window: Window, answer: Answer) -> Position | None:
    found = an_object(answer.document["data"].get(TASK))
    if found.get("isCancelled") is True:
        note(window, StopKind.ENDED, "the task was cancelled at LeadIQ; it is not asked for again")
    elif found.get("status") == "Failed":
        reason = f": {found['error']}" if found.get("error") else ", it does not say why"
        note(window, StopKind.ENDED, f"the task failed at LeadIQ{reason}; it is not asked for again")
    elif found.get("status") != "Successful":
        remark(window, StopKind.PENDING, "LeadIQ is still working at the task; the next sync asks again")
    return once(window, answer)


def _changes_following(window: Window, answer: Answer) -> Position | None:
    found = an_object(answer.document["data"].get(TASK))
    if found.get("isCancelled") is True or found.get("status") == "Failed":
        # What was found until then is all there will be.
        return following((TASK, "jobChanges"), window, answer) if found.get("jobChanges") else None
    if found.get("status") != "Successful":
        remark(window, StopKind.PENDING, "LeadIQ is still working at the task; what it found is read when it is done")
        return None
    return following((TASK, "jobChanges"), window, answer)
