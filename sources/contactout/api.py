"""ContactOut: authentication, errors, prices, paging, and the walk of each resource."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sources.landing import stated_number, whole_number
from sources.metered import Action, Answer, ErrorRule, PriceList, Problem, Provider, Question
from sources.paging import A_READING, Forecast, Meter, Position, Walk, Window, reading

from . import searches
from .asking import an_object, companies_of, profiles_of, result_of, shown
from .inputs import ContactOutInputs
from .lookups import job_state

NAME = "contactout"
SEARCH = {"search": {"record": 1.0}}
EMAIL = {"email": {"record_with_email": 1.0}}
PHONE = {"phone": {"record_with_phone": 1.0}}
VERIFIER = {"verifier": {"record_verified": 1.0}}
PRICES: PriceList = {
    "people_search": SEARCH | EMAIL | PHONE,
    "decision_makers": SEARCH | EMAIL | PHONE,
    "company_search": SEARCH,
    "people_enrich": SEARCH | EMAIL | PHONE,
    "linkedin_enrich": {"search": {"record_without_contact": 1.0}} | EMAIL | PHONE,
    "email_enrich": EMAIL | PHONE,
    "people_linkedin": EMAIL | PHONE,
    "people_linkedin_batch": EMAIL,
    "people_linkedin_batch_v2": EMAIL | PHONE,
    "people_person": {"email": {"record": 1.0}},
    "email_verify": VERIFIER,
    "email_verify_batch": VERIFIER,
}
"""Reference, by endpoint; `stats`, `people_count`, `domain_enrich` and the checks are free."""
OF_PEOPLE = frozenset(
    {"people_search", "decision_makers", "people_enrich", "linkedin_enrich", "email_enrich", "people_linkedin"}
    | {"people_linkedin_batch", "people_person"}
)
JOBS = frozenset({"people_linkedin_batch_v2", "email_verify_batch"})
VERIFIED = frozenset({"valid", "invalid", "accept_all"})
"""Verdicts that are charged (reference, Email Verifier API)."""

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
        *searches.walks(inputs),
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
    """What an answer holds, by the units that prices count."""
    operation = question.operation
    if question.starts_job:
        return {"record": 0}
    if operation in JOBS:
        return _counts_of_job(question, document)
    if operation in OF_PEOPLE:
        # What was not asked for is not charged, though an answer may repeat it (the address that somebody was found by).
        asked = question.at_most
        units = shown(profiles_of(document))
        return {unit: n for unit, n in units.items() if unit == "record" or not asked or asked.get(unit)}
    if operation == "company_search":
        return {"record": len(an_object(document).get("companies") or ())}
    if operation == "domain_enrich":
        return {"record": len(companies_of(document))}
    if operation == "email_verify":
        status = an_object(an_object(document).get("data")).get("status")
        return {"record": int(bool(status)), "record_verified": int(status in VERIFIED)}
    return {"record": 1}


def _counts_of_job(question: Question, document: Any) -> Mapping[str, int]:
    state = job_state(document)
    if state == "working":
        return {"record": 0, "pending": 1}
    if state == "failed":
        # Counts as the most it can have cost.
        raise ValueError("the job failed, and nobody says what was charged for it")
    result = result_of(document)
    if question.operation == "email_verify_batch":
        said = [one.get("status") if isinstance(one, dict) else one for one in result.values()]
        # An address of which nothing is said may have been charged.
        untold = max((question.page_size or 0) - len(said), 0)
        return {"record": len(said), "record_verified": sum(one in VERIFIED for one in said) + untold}
    return shown(result.values())
