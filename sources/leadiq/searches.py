"""LeadIQ's advanced search: saved searches, bought page by page, flat or grouped by company."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sources.landing import whole_number
from sources.metered import Answer, Question, StopKind, digest
from sources.paging import Forecast, Incremental, Offsets, Position, Refresh, Walk, Window, remark

from .asking import an_object, graphql, page
from .inputs import Search
from .pricing import HIDDEN, units

FLAT = "flatAdvancedSearch"
GROUPED = "groupedAdvancedSearch"
HELD = {FLAT: "people", GROUPED: "companies"}
"""Where the records of an answer are."""
TOTALS = {FLAT: "totalPeople", GROUPED: "totalCompanies"}
SORTED_BY_ID: Mapping[str, Any] = {"sortContactsBy": ["IdAsc"]}
"""Records that change while they are read then keep their place."""


def walks(searches: Mapping[str, Search]) -> tuple[Walk, ...]:
    """A resource for each saved search."""
    return tuple(_search(name, search) for name, search in searches.items())


def _search(name: str, search: Search) -> Walk:
    operation = GROUPED if search.grouped else FLAT
    resource = f"search_{name}"
    points = frozenset(search.data)
    filters = search.filters()
    order: dict[str, Any] = dict(SORTED_BY_ID)
    if search.grouped:
        order |= {"sortCompaniesBy": ["IdAsc"], "limitPerCompany": search.limit_per_company}

    def question(window: Window, limit: int, chosen: frozenset[str]) -> Question:
        skip = (window["position"] or {}).get("skip", 0)
        asked = {**_changed_within(window, filters), **order, "skip": skip}

        def ask(size: int) -> Question:
            variables = {"input": {**asked, "limit": size}}
            most = _at_most(search, size, chosen)
            return graphql(operation, resource, window, variables, points=chosen, at_most=most)

        return page(limit, ask)

    pages = Offsets(
        keys=lambda document: _keys(operation, document),
        total=lambda document: _total(operation, document),
    )

    def following(window: Window, answer: Answer) -> Position | None:
        if not isinstance(an_object(answer.document["data"].get(operation)).get(HELD[operation]), list):
            # Null, and no word why: nobody can say that there is nobody.
            remark(
                window,
                StopKind.PARTIAL,
                f"LeadIQ sent null for the {HELD[operation]} of {operation}, which its schema does not allow; they are read "
                "again",
            )
        return pages(window, answer)

    every = timedelta(days=search.refresh_days)
    return Walk(
        resource,
        f"search_{HELD[operation]}",
        digest(json.dumps([operation, filters, sorted(points), order], sort_keys=True)),
        Incremental(timedelta(), full_every=every) if search.reads_changes else Refresh(every),
        lambda window: question(window, search.page_size, points),
        following,
        forecast=Forecast(
            # Without data points only ids are asked for, and the total, which is free.
            question=lambda window: question(window | {"position": None}, 1, frozenset()),
            total=lambda document: _total(operation, document),
            position=pages.position,
            progress=pages.progress,
            page_size=search.page_size,
        ),
        cannot={
            **({} if search.reads_changes else {"incremental": NOT_INCREMENTAL}),
            "filled": "LeadIQ documents no LinkedIn page of a company here, so it is not asked for; where it comes, it is read",
            "missing": "which fields a record has depends on what of it was bought and is known",
            "backfill": "a search finds people as they are now; what LeadIQ knew of them earlier cannot be asked for",
            "changes": "reading again costs, so a result that changed while it was read is noticed and said, and the next "
            "refresh reads all of it",
        },
        page_size=f"searches.{name}.page_size",
        goes_by="updated_at" if search.reads_changes else "",
    )


NOT_INCREMENTAL = (
    "the search has no filter on people, and only accounts that know such filters can be asked for what has changed; "
    "set incremental = true to try it"
)


def _changed_within(window: Window, filters: Mapping[str, Any]) -> Mapping[str, Any]:
    """The filters, in an incremental window with those that were changed since it begins."""
    if window["kind"] != "increment":
        return filters
    since = datetime.fromisoformat(window["from"]).replace(tzinfo=UTC)
    contact = {**filters.get("contactFilter", {}), "updatedAt": {"start": int(since.timestamp() * 1000)}}
    return {**filters, "contactFilter": contact}


def _at_most(search: Search, size: int, points: frozenset[str]) -> dict[str, int]:
    """Upper bounds of what a page holds, by the units that prices count."""
    people = size * search.limit_per_company if search.grouped else size
    # Of grouped people, the company is asked for once.
    return units(points, size, profile=people, emails=people, phones=people, company=size)


def _found(operation: str, document: Any) -> list[Any]:
    found = an_object(document["data"].get(operation)).get(HELD[operation])
    return found if isinstance(found, list) else []


def _total(operation: str, document: Any) -> int | None:
    return whole_number(an_object(document["data"].get(operation)).get(TOTALS[operation]))


def _keys(operation: str, document: Any) -> list[str]:
    """What tells the records apart: their ids, or all they say where they have none."""
    keys = []
    for record in _found(operation, document):
        named = an_object(record).get("company") if operation == GROUPED else record
        keys.append(str(an_object(named).get("id") or json.dumps(record, sort_keys=True)))
    return keys


def counts(operation: str, selection: str, document: Any) -> dict[str, int]:
    """What a page holds of what was asked for, by the units that prices count."""
    records = [an_object(one) for one in _found(operation, document)]
    people = records
    if operation == GROUPED:
        people = [an_object(one) for record in records for one in record.get("people") or ()]
    return units(
        selection.split(),
        len(records),
        profile=sum(says(one, BESIDES) for one in people),
        emails=sum(holds(one, EMAILS) for one in people),
        phones=sum(holds(one, PHONES) for one in people),
        company=sum(says(an_object(one.get("company")), NAMED) for one in records),
    )


EMAILS = ("workEmails", "verifiedWorkEmails", "verifiedLikelyWorkEmails", "personalEmails")
PHONES = ("workPhones", "personalPhones")
NAMED = frozenset({"id", "source", "name", "domain"})
BESIDES = frozenset({"id", "_id", "companyId", "company", *EMAILS, *PHONES})


def holds(record: Mapping[str, Any], fields: tuple[str, ...]) -> bool:
    """Whether one of these lists has a value."""
    return any(value not in (None, "", HIDDEN) for field in fields for value in record.get(field) or ())


def says(record: Mapping[str, Any], but: frozenset[str]) -> bool:
    """Whether a field besides these has a value."""
    return any(value not in (None, "", [], {}) for name, value in record.items() if name not in but)
