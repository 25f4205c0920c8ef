"""ContactOut: authentication, errors, prices, paging, and the walk of each resource."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sources.landing import stated_number, whole_number
from sources.metered import Action, Answer, ErrorRule, PriceList, Problem, Provider, Question, digest
from sources.paging import A_READING, Forecast, Meter, PageNumbers, Position, Refresh, Walk, Window, reading

from .inputs import ContactOutInputs, PeopleSearch

NAME = "contactout"
PAGE_SIZE = 25
"""Profiles a page; ContactOut takes no page size (reference, People Search API: `metadata.page_size`)."""

PRICES: PriceList = {
    "people_search": {"search": {"record": 1}, "email": {"record_with_email": 1}, "phone": {"record_with_phone": 1}},
}
"""Reference, People Search API; `stats` and `people_count` are free."""

RATES: Mapping[str, float] = {"default": 1000, "people_search": 60, "contact_checker": 150}
"""Requests a minute (reference, Authentication)."""

ERRORS = (
    ErrorRule(
        Action.STOP_SOURCE,
        "ContactOut does not accept the token (400): put it into sources.contactout.api_token ({message})",
        status=400,
    ),
    ErrorRule(Action.STOP_RESOURCE, "ContactOut refuses the input (401): {message}", status=401, of_input=True),
    ErrorRule(
        Action.NO_CREDITS,
        "ContactOut says that its credits are used up: {message}",
        status=403,
        message=r"credit|quota|balance|limit exceeded|usage limit",
    ),
    ErrorRule(
        Action.STOP_RESOURCE, "this ContactOut account has no access to the endpoint (403): {message}", status=403
    ),
    ErrorRule(Action.NO_CREDITS, "ContactOut says that its credits are used up: {message}", status=402),
    ErrorRule(Action.NOTHING_FOUND, "nothing was found", status=404),
)
"""Reference, Errors: 400 is about credentials, 401 about the input; 403 is told apart by its message."""


def provider(inputs: ContactOutInputs, prices: PriceList = PRICES, rates: Mapping[str, float] = RATES) -> Provider:
    """ContactOut for the metered client; `inputs.api_token` must be set."""
    token = inputs.api_token or ""
    return Provider(
        name=NAME,
        base_url=inputs.base_url,
        secrets=(token,),
        headers=({"token": token, "authorization": "basic"},),
        errors=ERRORS,
        inspect=inspect,
        counts=counts,
        prices=prices,
        rates=rates,
    )


def walks(inputs: ContactOutInputs) -> tuple[Walk, ...]:
    """How each resource is read: the meters, and each saved search."""
    return (
        Walk(
            "stats",
            "stats",
            "",
            reading,
            ask_stats,
            _stats_following,
            reads_meter=True,
            forecast=Forecast(requests=2, meters=meters),
            cannot=A_READING,
        ),
        *(_search(name, search) for name, search in inputs.searches.items()),
    )


def ask_stats(window: Window) -> Question:
    """This month's meters first, then last month's, which may still move."""
    position = window["position"] or {"month": window["to"][:7]}
    return Question(
        "stats", "stats", window["id"], window["step"], "GET", "/v1/stats",
        params=(("period", position["month"]),), selection="stats",
    )  # fmt: skip


def _stats_following(window: Window, answer: Answer) -> Position | None:
    if window["position"] is not None:
        return None
    first = datetime.fromisoformat(window["to"]).replace(day=1)
    return {"month": f"{first - timedelta(days=1):%Y-%m}"}


def meters(document: Any) -> dict[str, Meter]:
    """What is left: postpaid what remains of the month's quota; prepaid the quota, which is the rest itself."""
    usage = document.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    types = {"search": "search_", "email": "", "phone": "phone_"}
    is_postpaid = any(f"{prefix}remaining" in usage for prefix in types.values())
    found: dict[str, Meter] = {}
    for credit_type, prefix in types.items():
        left = stated_number(usage.get(f"{prefix}{'remaining' if is_postpaid else 'quota'}"))
        if left is not None:
            found[credit_type] = Meter(left, f"{left:,.10g} left" + (" this month" if is_postpaid else ""))
    return found


def _search(name: str, search: PeopleSearch) -> Walk:
    asked = search.body()

    def ask(window: Window) -> Question:
        position = window["position"] or {"page": 1, "seen": 0}
        # A whole page, also where the total leaves less: the result may have grown since, and a budget is a promise.
        most = position.get("size") or PAGE_SIZE
        return Question(
            operation="people_search",
            resource=f"people_search_{name}",
            window=window["id"],
            step=window["step"],
            method="POST",
            path="/v1/people/search",
            body={"page": position["page"], **asked},
            selection=_selection(search),
            rate_class="people_search",
            at_most={
                "record": most,
                "record_with_email": most if search.reveal_info else 0,
                "record_with_phone": most if search.reveal_info else 0,
            },
        )

    def ask_count(window: Window) -> Question:
        return Question(
            operation="people_count",
            resource=f"people_search_{name}",
            window=window["id"],
            step=window["step"],
            method="POST",
            path="/v1/people/count",
            body=search.filters(),
            selection="people_count",
        )

    pages = PageNumbers(
        count=lambda document: len(document.get("profiles") or ()),
        size=lambda document: whole_number(_metadata(document).get("page_size")),
        total=lambda document: whole_number(_metadata(document).get("total_results")),
        keys=_profile_keys,
    )
    return Walk(
        f"people_search_{name}",
        "people",
        digest(json.dumps(asked, sort_keys=True)),
        Refresh(timedelta(days=search.refresh_days)),
        ask,
        pages,
        forecast=Forecast(
            question=ask_count,
            total=lambda document: whole_number(document.get("total_results")),
            # The count does not take `data_types`, which leaves profiles out.
            is_exact=not search.data_types,
            position=pages.position,
            progress=pages.progress,
            page_size=PAGE_SIZE,
            no_access=(403,),
        ),
        cannot={
            "incremental": "a search knows no date by which new people could be asked for alone: it is bought whole, once "
            "in each refresh interval",
            "changes": "ContactOut's pages have numbers and no order, and reading again costs: a change is noticed and "
            "said, and the next refresh reads all of it",
            "backfill": "a search knows no date that a period could be asked by; what it finds now is all there is",
            "missing": "a search may leave out any field of a profile (output_fields), and its key stands outside of it",
            "page_size": "ContactOut's pages have 25 records, whatever is asked for",
        },
    )


def _profile_keys(document: Any) -> list[str]:
    """The keys of the profiles map; of a list, the profiles themselves."""
    profiles = document.get("profiles") or {}
    return list(profiles) if isinstance(profiles, dict) else [json.dumps(one, sort_keys=True) for one in profiles]


def _selection(search: PeopleSearch) -> str:
    """What was asked for: with or without contact details, and which fields."""
    parts = ["people_search", "contact_info" if search.reveal_info else "profile"]
    if search.output_fields:
        parts.append("fields:" + ",".join(sorted(search.output_fields)))
    return " ".join(parts)


def inspect(question: Question, status: int, document: Any) -> tuple[Problem | None, str | None]:
    """Errors come with their HTTP status, and with `status_code` in the body, which some proxies keep at 200."""
    if not isinstance(document, dict):
        return Problem("status", status if status >= 400 else 502, "the answer is not an object"), None
    words = str(document.get("message") or document.get("error") or "")
    if status >= 400:
        return Problem("status", status, words), None
    inner = whole_number(document.get("status_code"))
    if inner is not None and inner >= 400:
        return Problem("status", inner, words), None
    return None, None


def counts(question: Question, document: Any) -> Mapping[str, int]:
    """`record`, and how many of the profiles show an e-mail address or a phone number."""
    if question.operation != "people_search":
        return {"record": 1}
    profiles = document.get("profiles") or {}
    found = list(profiles.values()) if isinstance(profiles, dict) else list(profiles)
    shown = [one.get("contact_info") for one in found if isinstance(one, dict)]
    infos = [info for info in shown if isinstance(info, dict)]
    emails = ("emails", "personal_emails", "work_emails")
    return {
        "record": len(found),
        "record_with_email": sum(any(info.get(name) for name in emails) for info in infos),
        "record_with_phone": sum(bool(info.get("phones")) for info in infos),
    }


def _metadata(document: Any) -> dict[str, Any]:
    metadata = document.get("metadata")
    return metadata if isinstance(metadata, dict) else {}
