"""LeadIQ: authentication, errors, prices, and what is read."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sources.metered import Action, ErrorRule, PriceList, Problem, Provider, Question, Server
from sources.paging import Walk

from . import documents, lookups, prospector, pushes, readings, searches, tracking
from .asking import an_object, graphql, refusal
from .inputs import LeadIQInputs
from .pricing import PRICES

NAME = "leadiq"

RATES: Mapping[str, float] = {"default": 300}
"""Requests a minute; LeadIQ documents no figure."""

READINGS = frozenset({"account", "usage", "contactTrackingBalance", "companyTrackingTask", "regeneratedTime"})
"""Operations whose answer is one record."""

UNKNOWN_FIELD = re.compile(r"Cannot query field ['\"`]?(\w+)['\"`]? on type ['\"`]?(\w+)['\"`]?")
"""How GraphQL servers say that a selected field is not in their schema."""

NEEDED = (
    "edges",
    "node",
    "pageInfo",
    "hasNextPage",
    "endCursor",
    "jobChanges",
    "people",
    "companies",
    "results",
    "CompanyTrackingTask.status",
)
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
    ErrorRule(
        Action.STOP_RESOURCE,
        "this LeadIQ account does not take a filter or an argument that was sent (400): {message}",
        status=400,
        message=r"unknown (argument|type|field)|is not defined by (type|input)|\bvariable\b|syntax error",
    ),
    ErrorRule(
        Action.STOP_RESOURCE,
        "LeadIQ refuses the request as malformed (400): {message}",
        status=400,
        of_input=True,
    ),
    # Seen for the name of a list that there is already.
    ErrorRule(Action.STOP_RESOURCE, "LeadIQ refuses it ({status}): {message}", status=409, of_input=True),
    ErrorRule(Action.STOP_RESOURCE, "LeadIQ refuses it ({status}): {message}", status=422, of_input=True),
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
        probe=graphql("account", "authentication", {"id": "w000000", "step": 0}, {}),
        unknown_parts=unknown_parts,
        without=without,
        servers={
            prospector.SERVER: Server(
                inputs.prospector_base_url,
                tuple({"X-API-Key": raw} for raw in _raw_keys(key)),
                "prospector_base_url",
            )
        },
    )


def walks(inputs: LeadIQInputs) -> tuple[Walk, ...]:
    """How each resource is read."""
    lists = prospector.walks(inputs.prospector)
    return (*readings.walks(), *tracking.walks(inputs), *searches.walks(inputs.searches), *lists)


def unknown_parts(problem: Problem) -> frozenset[str]:
    """`Type.field` for each selected field that the server says it does not know, save those that paging needs."""
    found = UNKNOWN_FIELD.findall(problem.message)
    return frozenset(f"{kind}.{field}" for field, kind in found if not {field, f"{kind}.{field}"} & {*NEEDED})


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


def _raw_keys(key: str) -> tuple[str, ...]:
    """The raw key (guide: "decoded") for each of `_forms`: inside the key if it is the ready-made one, else the key itself."""
    return tuple((_decoded(key) or key) if form == key else key for form in _forms(key))


def _inside(key: str) -> tuple[str, ...]:
    """The raw key inside a ready-made one, which must not be shown either."""
    raw = _decoded(key)
    return (raw,) if len(raw) >= 8 else ()


def _decoded(key: str) -> str:
    """What a ready-made key says, without the empty password behind it; the empty string when it is no such key."""
    try:
        return base64.b64decode(key, validate=True).decode().removesuffix(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""


def inspect(question: Question, status: int, document: Any) -> tuple[Problem | None, str | None]:
    """GraphQL errors come with their own HTTP status, or inside a 200 (`extensions.response.status`)."""
    if question.server == prospector.SERVER:
        return prospector.inspect(question, status, document), None
    if not isinstance(document, dict):
        return Problem("status", status if status >= 400 else 502, "the answer is not an object"), None
    errors = document.get("errors")
    words = refusal(document)
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
    """`record`: edges of a connection, the records of a search or list, or the one object; see `searches.counts` for others."""
    if question.server == prospector.SERVER:
        return (
            {"record": pushes.taken(question, document)} if question.writes else prospector.counts(question, document)
        )
    found = document["data"].get(question.operation)
    if found is None:
        return {"record": 0}
    if question.writes:
        return {"record": pushes.taken(question, document)}
    if question.operation in searches.HELD:
        return searches.counts(question.operation, question.selection, document)
    if question.operation in (lookups.PEOPLE, lookups.COMPANIES):
        return lookups.counts(question.operation, question.selection, document)
    if question.operation == tracking.TASK and question.page_size is not None:
        # Null until the task is done.
        found = an_object(an_object(found).get("jobChanges"))
        return {"record": len(found.get("edges") or ())}
    edges = found.get("edges") if isinstance(found, dict) else None
    return {"record": len(edges) if isinstance(edges, list) else int(question.operation in READINGS)}


def _inner_status(errors: Any, words: str) -> int:
    """The status an error carries; a query the schema refuses is a 400, anything else unnamed a 502."""
    for one in errors if isinstance(errors, list) else [errors]:
        if isinstance(one, dict):
            extensions = an_object(one.get("extensions"))
            response = an_object(extensions.get("response"))
            for status in (response.get("status"), extensions.get("status"), extensions.get("statusCode")):
                if isinstance(status, int) and status >= 400:
                    return status
            if str(extensions.get("code", "")).upper() in ("UNAUTHENTICATED", "UNAUTHORIZED"):
                return 401
    refused = ("Cannot query field", "Unknown argument", "Unknown type", "Syntax Error", "Variable ")
    return 400 if any(word in words for word in refused) else 502
