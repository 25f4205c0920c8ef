"""Letrics (the JSON API): authentication, errors, prices, paging, and the walk of each resource."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from sources.landing import json_type, whole_number
from sources.metered import Action, ErrorRule, PriceList, Problem, Provider, Question, digest
from sources.paging import Forecast, Incremental, PageNumbers, Walk, Window, page_at, smaller_page_at

from .inputs import CompanyFilters, LetricsInputs

NAME = "letrics"

PRICES: PriceList = {}
"""No price is documented."""

RATES: Mapping[str, float] = {"default": 60}
"""Requests a minute; no rate is documented."""

ERRORS = (
    ErrorRule(
        Action.STOP_SOURCE,
        "Letrics does not accept the key (401): create one in its user settings under API tokens ({message})",
        status=401,
    ),
    ErrorRule(Action.NO_CREDITS, "Letrics says that its credits are used up: {message}", status=402),
    ErrorRule(
        Action.STOP_SOURCE,
        "Letrics has nothing at this address (404): check sources.letrics.base_url and the paths",
        status=404,
    ),
    ErrorRule(Action.STOP_RESOURCE, "Letrics refuses the request ({status}): {message}", status=range(400, 408)),
    ErrorRule(Action.STOP_RESOURCE, "Letrics refuses the request ({status}): {message}", status=range(409, 429)),
)
"""Documentation, Errors: items with `id`, `code` and `details`."""


def provider(inputs: LetricsInputs, prices: PriceList = PRICES, rates: Mapping[str, float] = RATES) -> Provider:
    """Letrics for the metered client; `inputs.api_key` and `inputs.base_url` must be set."""
    key = inputs.api_key or ""
    return Provider(
        name=NAME,
        base_url=inputs.base_url or "",
        secrets=(key,),
        headers=({"Authorization": f"Bearer {key}"},),
        errors=ERRORS,
        inspect=inspect,
        counts=counts,
        prices=prices,
        rates=rates,
    )


def walks(inputs: LetricsInputs) -> tuple[Walk, ...]:
    """How each resource is read: windows over the creation of the company, and now and then all of it."""
    return (
        _collection("contacts", inputs.contacts_path, inputs.contacts, inputs),
        _collection("companies", inputs.companies_path, inputs.companies, inputs),
    )


def _collection(name: str, path: str, filters: CompanyFilters, inputs: LetricsInputs) -> Walk:
    asked = filters.asked()

    def ask(window: Window) -> Question:
        return page(window, *page_at(window["position"], inputs.per_page))

    def ask_total(window: Window) -> Question:
        return page(window, 1, 1)

    def page(window: Window, number: int, size: int) -> Question:
        is_bounded = window["from"] is not None or window.get("kind") == "backfill"
        bounds = {"added_after": window["from"], "added_before": window["to"] if is_bounded else None}
        within = {key: f"{at}Z" for key, at in bounds.items() if at}
        wanted = {**asked, **within, "page": number, "per_page": size}
        body = inputs.method == "POST"
        return Question(
            operation=name,
            resource=name,
            window=window["id"],
            step=window["step"],
            method=inputs.method,
            path=path,
            params=() if body else tuple(_query(wanted, inputs.list_keys)),
            body=wanted if body else None,
            selection=name,
            at_most={"record": size},
            page_size=size,
            smaller=lambda at_most: page(window, *smaller_page_at(window["position"], at_most)),
        )

    pages = PageNumbers(
        count=lambda document: len(_records(document, name)),
        size=lambda document: _number(document, PAGE_SIZES),
        total=lambda document: _number(document, TOTALS),
        keys=lambda document: [_identity(one) for one in _records(document, name)],
    )
    return Walk(
        name,
        name,
        digest(json.dumps([asked, str(inputs.start)], sort_keys=True)),
        Incremental(
            timedelta(days=inputs.overlap_days),
            datetime.combine(inputs.start, time()) if inputs.start else None,
            timedelta(days=inputs.full_refresh_days),
        ),
        ask,
        pages,
        pages=str(inputs.per_page),
        page_size="per_page",
        goes_by="company.created_at" if name == "contacts" else "created_at",
        forecast=Forecast(
            question=ask_total,
            total=pages.total,
            position=pages.position,
            progress=pages.progress,
            page_size=inputs.per_page,
        ),
    )


def _query(wanted: Mapping[str, Any], list_keys: str) -> Iterator[tuple[str, str]]:
    for key, value in wanted.items():
        if isinstance(value, list):
            name = f"{key}[]" if list_keys == "brackets" else key
            yield from ((name, str(one)) for one in value)
        else:
            yield key, str(value).lower() if isinstance(value, bool) else str(value)


def inspect(question: Question, status: int, document: Any) -> tuple[Problem | None, str | None]:
    """Errors stand in `errors` (`id`, `code`, `details`), with their HTTP status or inside a 200."""
    if not isinstance(document, dict):
        came = f"the answer is not an object that holds data, its type is: {json_type(document)}"
        return Problem("status", status if status >= 400 else 502, came), None
    errors = document.get("errors") or []
    listed = errors if isinstance(errors, list) else [errors]
    words = "; ".join(_words(one) for one in listed)
    if status == 404 and question.step > 0:
        # A page behind the last one: there are no more.
        return None, None
    if status >= 400:
        return Problem("status", status, words or str(document.get("message", ""))), None
    if listed:
        if _records(document, question.operation):
            return None, words
        codes = [
            code for one in listed if isinstance(one, dict) and (code := whole_number(one.get("code"))) is not None
        ]
        return Problem("status", codes[0] if codes else 400, words), None
    return None, None


def counts(question: Question, document: Any) -> Mapping[str, int]:
    """`record`: the items of `data`."""
    return {"record": len(_records(document, question.operation))}


def holder(document: Any, collection: str) -> tuple[str, list[Any] | dict[str, Any] | None]:
    """(where, what): the list or map that holds an answer's records, and where it stands: `data` or `data.contacts`.

    `data` is the list, a map, or an object that holds either under the collection's name; None when it is neither.
    """
    data = document.get("data")
    inner = data.get(collection) if isinstance(data, dict) else None
    if isinstance(inner, list) or (isinstance(inner, dict) and is_map_of_records(inner)):
        return f"data.{collection}", inner
    return "data", data if isinstance(data, list | dict) else None


def is_map_of_records(held: dict[str, Any]) -> bool:
    """Whether every value of a map may be a record, and one is."""
    return all(one is None or isinstance(one, dict) for one in held.values()) and any(
        isinstance(one, dict) for one in held.values()
    )


def _records(document: Any, collection: str) -> list[Any]:
    _, held = holder(document, collection)
    return list(held.values()) if isinstance(held, dict) else held or []


def _identity(record: Any) -> str:
    """What tells two records of a page apart: the id, else the whole record."""
    known = record.get("id") if isinstance(record, dict) else None
    return str(known) if known not in (None, "") else json.dumps(record, sort_keys=True)


TOTALS = ("total", "total_count", "total_results", "count_total")
PAGE_SIZES = ("per_page", "page_size", "limit")
"""The names under which `meta` may state how much there is, and how much a page holds."""


def stated(document: Any, names: tuple[str, ...]) -> tuple[str, int] | None:
    """(where, number): what `meta`, or an object of pages in it, states under one of these names."""
    meta = document.get("meta")
    if not isinstance(meta, dict):
        return None
    inner = (key for key in ("pagination", "page", "paging") if isinstance(meta.get(key), dict))
    for where, place in (("meta", meta), *((f"meta.{key}", meta[key]) for key in inner)):
        for name in names:
            value = whole_number(place.get(name))
            if value is not None:
                return f"{where}.{name}", value
    return None


def _number(document: Any, names: tuple[str, ...]) -> int | None:
    found = stated(document, names)
    return None if found is None else found[1]


def _words(error: Any) -> str:
    if not isinstance(error, dict):
        return str(error)
    return " ".join(str(error[key]) for key in ("id", "code", "details") if error.get(key) is not None)
