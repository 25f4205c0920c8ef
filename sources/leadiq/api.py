"""LeadIQ: authentication, errors, prices, paging, and the walk of each resource."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from sources.landing import stated_number, whole_number
from sources.metered import Action, Answer, ErrorRule, PriceList, Problem, Provider, Question, StopKind, digest
from sources.paging import (
    A_LIST,
    A_READING,
    CannotGoOn,
    Cursor,
    Forecast,
    Incremental,
    Meter,
    Position,
    Walk,
    Window,
    once,
    reading,
    remark,
)

from . import documents
from .inputs import LeadIQInputs

NAME = "leadiq"

PRICES: PriceList = {}
"""Tracking output and readings are free (API guide, Credits; the priced operations are searches)."""

RATES: Mapping[str, float] = {"default": 300}
"""Requests a minute; LeadIQ documents no figure."""

READINGS = frozenset({"account", "usage", "contactTrackingBalance"})
"""Operations whose answer is one record."""

SEEN_PAGE_SIZE = 25
"""LeadIQ's own samples ask for so many; more may be clamped silently."""

UNKNOWN_FIELD = re.compile(r"Cannot query field ['\"`]?(\w+)['\"`]? on type ['\"`]?(\w+)['\"`]?")
"""How GraphQL servers say that a selected field is not in their schema."""

NEEDED = ("edges", "node", "pageInfo", "hasNextPage", "endCursor")
"""Without these a walk would end too early and say that it was complete."""

ERRORS = (
    ErrorRule(Action.NO_CREDITS, "LeadIQ says that its credits are used up: {message}", status=402),
    ErrorRule(
        Action.STOP_SOURCE,
        "LeadIQ does not accept the key ({status}): put the key of Settings → API into sources.leadiq.api_key",
        status=401,
    ),
    ErrorRule(
        Action.STOP_SOURCE,
        "LeadIQ does not accept the key ({status}: {message}): put the key of Settings → API into sources.leadiq.api_key",
        status=403,
    ),
    ErrorRule(
        Action.ASK_FOR_LESS,
        "this LeadIQ account does not know a part of what was asked for: {message}",
        status=400,
        message=UNKNOWN_FIELD.pattern,
    ),
    ErrorRule(
        Action.EXPIRED,
        "LeadIQ no longer knows the cursor: {message}",
        status=range(400, 411),
        message=r"\bcursor\b.{0,60}(expired|invalid|not valid|no longer|not found|stale)|(expired|invalid|stale)\W+(\w+\W+){0,3}cursor\b",
    ),
    ErrorRule(Action.STOP_RESOURCE, "LeadIQ refuses the request as malformed (400): {message}", status=400),
)
"""From the references' "Common Error Status Codes" and the guide's "Error handling"; 429 and 5xx are as everywhere."""


def provider(inputs: LeadIQInputs, prices: PriceList = PRICES, rates: Mapping[str, float] = RATES) -> Provider:
    """LeadIQ for the metered client; `inputs.api_key` must be set."""
    key = inputs.api_key or ""
    return Provider(
        name=NAME,
        base_url=inputs.base_url,
        secrets=tuple(dict.fromkeys((key, *_forms(key), *_inside(key)))),
        headers=tuple({"Authorization": f"Basic {form}"} for form in _forms(key)),
        errors=ERRORS,
        inspect=inspect,
        counts=counts,
        prices=prices,
        rates=rates,
        probe=_graphql("account", "authentication", {"id": "w000000", "step": 0}, {}),
        unknown_parts=unknown_parts,
        without=without,
    )


def walks(inputs: LeadIQInputs) -> tuple[Walk, ...]:
    """How each resource is read."""
    contacts, companies = inputs.tracked_contacts, inputs.tracked_companies
    contact_filters = {"importId": contacts.import_id, "uniqueOnly": contacts.unique_only}

    def ask_contacts(window: Window) -> Question:
        return ask_some_contacts(window, contacts.page_size)

    def ask_some_contacts(window: Window, limit: int) -> Question:
        detected_after = window["from"][:10] if window["from"] else None
        filters = {"detectedAfter": detected_after, **contact_filters, **_cursor(window, "cursor")}

        def page(size: int) -> Question:
            variables = {"limit": size, **filters}
            return _page(_graphql("trackedContacts", "tracked_contacts", window, variables), size, page)

        return page(limit)

    def ask_companies(window: Window) -> Question:
        return ask_some_companies(window, companies.page_size)

    def ask_some_companies(window: Window, first: int) -> Question:
        def page(size: int) -> Question:
            variables = {"first": size, **_cursor(window, "after")}
            return _page(_graphql("trackedCompanies", "tracked_companies", window, variables), size, page)

        return page(first)

    start = datetime.combine(contacts.start, time()) if contacts.start else None
    return (
        Walk(
            "account",
            "account",
            "",
            reading,
            ask_account,
            once,
            reads_meter=True,
            forecast=Forecast(requests=1, meters=meters),
            cannot=A_READING,
        ),
        _reading("usage", "usage", usage_meters),
        _reading("contact_tracking_balance", "contactTrackingBalance", tracking_meters),
        Walk(
            "tracked_contacts",
            "tracked_contacts",
            digest(str([contact_filters, contacts.start])),
            Incremental(timedelta(days=contacts.overlap_days), start),
            ask_contacts,
            _contacts_following,
            forecast=_total_of("trackedContacts", ask_some_contacts, contacts.page_size),
            cannot={
                "backfill": "LeadIQ's detectedAfter has no counterpart that ends a period; to read more of the past, set "
                "sources.leadiq.tracked_contacts.start to an earlier day",
            },
            page_size="tracked_contacts.page_size",
            goes_by="job_change_detected",
        ),
        Walk(
            "tracked_companies",
            "tracked_companies",
            "",
            reading,
            ask_companies,
            _companies_following,
            forecast=_total_of("trackedCompanies", ask_some_companies, companies.page_size),
            cannot=A_LIST,
            page_size="tracked_companies.page_size",
        ),
    )


def _page(question: Question, size: int, page: Callable[[int], Question]) -> Question:
    """A page of a connection; `page` asks for the same with another size."""
    return replace(question, at_most={"record": size}, page_size=size, smaller=page)


def ask_account(window: Window) -> Question:
    """Plans and credits; free."""
    return _graphql("account", "account", window, {})


def meters(document: Any) -> dict[str, Meter]:
    """Universal and Data Hub credits; whether `available` is the cap or the rest is nowhere said."""
    account = _object(_object(document.get("data")).get("account"))
    found: dict[str, Meter] = {}
    for credit_type, name in (("uc", "universalPlan"), ("data_hub", "dataHubPlan")):
        plan = _object(account.get(name))
        used, available = stated_number(plan.get("used")), stated_number(plan.get("available"))
        if used is not None:
            stated = "an unstated number" if available is None else f"{available:,.10g}"
            found[credit_type] = Meter(
                None, f"{used:,.10g} used, {stated} available (the cap or the rest, LeadIQ does not say which)"
            )
    return found


def _reading(resource: str, operation: str, meters: Callable[[Any], Mapping[str, Meter]]) -> Walk:
    """One free answer, read whole in every sync."""
    return Walk(
        resource,
        resource,
        "",
        reading,
        lambda window: _graphql(operation, resource, window, {}),
        once,
        reads_meter=True,
        forecast=Forecast(requests=1, meters=meters),
        cannot=A_READING,
    )


CREDIT_TYPES = {"Page": "page", "ExactMatch": "exact_match", "PremiumMobile": "premium_mobile"}
"""Our names of `usage`'s kinds of credits."""


def usage_meters(document: Any) -> dict[str, Meter]:
    """What is left of each kind of credit, over all plans; without a cap there is no limit."""
    left: dict[str, float | None] = {}
    says: dict[str, list[str]] = {}
    for plan in _listed(_object(_object(document.get("data")).get("usage")).get("planUsage")):
        credit_type = CREDIT_TYPES.get(str(plan.get("creditType")))
        used, cap = stated_number(plan.get("units")), stated_number(plan.get("cap"))
        if credit_type is None or used is None:
            continue
        rest = None if cap is None else max(cap - used, 0)
        known = left.get(credit_type, 0.0)
        left[credit_type] = None if rest is None or known is None else known + rest
        limit = "no limit" if cap is None else f"of {cap:,.10g}"
        says.setdefault(credit_type, []).append(f"{plan.get('name')}: {used:,.10g} used, {limit}")
    return {kind: Meter(rest, "; ".join(says[kind])) for kind, rest in left.items()}


def tracking_meters(document: Any) -> dict[str, Meter]:
    """How many contacts can still be tracked."""
    balance = _object(_object(document.get("data")).get("contactTrackingBalance"))
    remaining, most = stated_number(balance.get("remaining")), stated_number(balance.get("maxCredits"))
    if remaining is None:
        return {}
    of = "" if most is None else f" of {most:,.10g}"
    return {"tracking": Meter(remaining, f"{remaining:,.10g} left{of}")}


def _listed(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _total_of(connection: str, ask: Callable[[Window, int], Question], page_size: int) -> Forecast:
    """A connection's `pageInfo.total`, asked with the smallest page from its beginning."""

    def total(document: Any) -> int | None:
        return whole_number(_object(_object(document["data"].get(connection)).get("pageInfo")).get("total"))

    return Forecast(
        question=lambda window: ask(window | {"position": None}, 1),
        total=total,
        page_size=page_size if page_size <= SEEN_PAGE_SIZE else None,
    )


def _contacts_following(window: Window, answer: Answer) -> Position | None:
    connection = answer.document["data"].get("trackedContacts") or {}
    if connection.get("isProcessing"):
        # More may come for what was asked: read it, but prove nothing by it.
        remark(
            window, StopKind.PENDING, "LeadIQ is still processing the import; what is ready was read, the rest follows"
        )
    return _following("trackedContacts", window, answer)


def _companies_following(window: Window, answer: Answer) -> Position | None:
    return _following("trackedCompanies", window, answer)


def _following(connection: str, window: Window, answer: Answer) -> Position | None:
    found = answer.document["data"].get(connection)
    if found is None or found.get("edges") is None:
        # Null, and no word why: nobody has left a list that was not shown.
        remark(
            window,
            StopKind.PARTIAL,
            f"LeadIQ sent null for {connection}, which its schema does not allow; it is read again",
        )
    info = (found or {}).get("pageInfo", {"hasNextPage": False})
    if not (isinstance(info, dict) and isinstance(info.get("hasNextPage"), bool)):
        raise CannotGoOn(f"LeadIQ does not say whether {connection} has another page; it is read again")
    return Cursor(_page_info(connection), _edges(connection))(window, answer)


def _page_info(connection: str) -> Any:
    def following(document: Any) -> tuple[bool, str | None]:
        found = document["data"].get(connection) or {}
        info = found.get("pageInfo") or {}
        cursor = info.get("endCursor")
        if cursor is None:
            last = next((edge for edge in reversed(found.get("edges") or []) if isinstance(edge, dict)), {})
            cursor = last.get("cursor")
        return bool(info.get("hasNextPage")), None if cursor is None else str(cursor)

    return following


def _edges(connection: str) -> Callable[[Any], list[Any]]:
    def edges(document: Any) -> list[Any]:
        found = (document["data"].get(connection) or {}).get("edges") or []
        return [edge.get("node") if isinstance(edge, dict) else edge for edge in found]

    return edges


def _cursor(window: Window, name: str) -> dict[str, Any]:
    return {name: window["position"]["cursor"]} if window["position"] else {}


def _graphql(operation: str, resource: str, window: Window, variables: Mapping[str, Any]) -> Question:
    given = {name: value for name, value in variables.items() if value is not None}
    return Question(
        operation=operation,
        resource=resource,
        window=window["id"],
        step=window["step"],
        method="POST",
        path="",
        body={"query": documents.with_variables(operation, frozenset(given)), "variables": given},
        selection=operation,
        at_most={"record": 1},
    )


def unknown_parts(problem: Problem) -> frozenset[str]:
    """`Type.field` for each selected field that the server says it does not know, save those that paging needs."""
    found = UNKNOWN_FIELD.findall(problem.message)
    return frozenset(f"{kind}.{field}" for field, kind in found if field not in NEEDED)


def without(question: Question, parts: frozenset[str]) -> Question | None:
    """The question without output fields the account does not know; None when the operation itself is one.

    Filters stay whatever the server says: without one, other people would be found, and bought.
    """
    if not parts or question.body is None:
        return question
    less = documents.without_fields(str(question.body["query"]), parts)
    if less is None:
        return None
    if less == question.body["query"]:
        return question
    dropped = ",".join(sorted(parts))
    return replace(question, body={**question.body, "query": less}, selection=f"{question.selection} without {dropped}")


def _forms(key: str) -> tuple[str, ...]:
    """What may follow `Basic`, most likely first: the key made ready by LeadIQ, or the raw key as user name.

    References: base64 of `KEY:`. Guide: the ready-made key as it is. The form alone does not tell which it is, so the
    order is a guess and one free request decides.
    """
    from_raw = base64.b64encode(f"{key}:".encode()).decode()
    try:
        looks_ready = base64.b64decode(key, validate=True).decode().isprintable() and len(key) % 4 == 0
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return (from_raw,) if not key.isascii() else (from_raw, key)
    return (key, from_raw) if looks_ready else (from_raw, key)


def _inside(key: str) -> tuple[str, ...]:
    """The raw key inside a ready-made one, which must not be shown either."""
    try:
        raw = base64.b64decode(key, validate=True).decode().removesuffix(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ()
    return (raw,) if len(raw) >= 8 else ()


def inspect(question: Question, status: int, document: Any) -> tuple[Problem | None, str | None]:
    """GraphQL errors come with their own HTTP status, or inside a 200 (`extensions.response.status`)."""
    if not isinstance(document, dict):
        return Problem("status", status if status >= 400 else 502, "the answer is not an object"), None
    errors = document.get("errors")
    words = _messages(errors) if errors else str(document.get("message") or document.get("error") or "")
    if status >= 400:
        return Problem("status", status, words), None
    data = document.get("data")
    if errors:
        if isinstance(data, dict) and data.get(question.operation) is not None:
            return None, words
        return Problem("status", _inner_status(errors, words), words), None
    if not isinstance(data, dict):
        return Problem("status", 502, "the answer has neither data nor errors"), None
    return None, None


def counts(question: Question, document: Any) -> Mapping[str, int]:
    """`record`: edges of a connection, or the one object."""
    found = document["data"].get(question.operation)
    if found is None:
        return {"record": 0}
    edges = found.get("edges") if isinstance(found, dict) else None
    return {"record": len(edges) if isinstance(edges, list) else int(question.operation in READINGS)}


def _messages(errors: Any) -> str:
    listed = errors if isinstance(errors, list) else [errors]
    return "; ".join(str(one.get("message", one)) if isinstance(one, dict) else str(one) for one in listed)


def _inner_status(errors: Any, words: str) -> int:
    """The status an error carries; a query the schema refuses is a 400, anything else unnamed a 502."""
    for one in errors if isinstance(errors, list) else [errors]:
        if isinstance(one, dict):
            extensions = _object(one.get("extensions"))
            response = _object(extensions.get("response"))
            for status in (response.get("status"), extensions.get("status"), extensions.get("statusCode")):
                if isinstance(status, int) and status >= 400:
                    return status
            if str(extensions.get("code", "")).upper() in ("UNAUTHENTICATED", "UNAUTHORIZED"):
                return 401
    refused = ("Cannot query field", "Unknown argument", "Unknown type", "Syntax Error", "Variable ")
    return 400 if any(word in words for word in refused) else 502


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
