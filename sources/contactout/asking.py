"""How a question is put to ContactOut, and what its answers hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sources.metered import Question
from sources.paging import Points, Window

PROFILE, WORK, PERSONAL, PHONE = "profile", "work_email", "personal_email", "phone"
CONTACTS = (WORK, PERSONAL, PHONE)
EVERYTHING = frozenset({PROFILE, *CONTACTS})
EMAIL_NAMES = (
    "email", "emails", "work_email", "workEmail", "work_emails", "workEmails",
    "personal_email", "personalEmail", "personal_emails", "personalEmails",
)  # fmt: skip
PHONE_NAMES = ("phone", "phones")
"""Where an answer shows them, by endpoint: one text, a list, in either naming style."""


def ask(
    operation: str,
    window: Window,
    method: str,
    path: str,
    *,
    resource: str = "",
    params: Iterable[tuple[str, str]] = (),
    body: Mapping[str, Any] | None = None,
    selection: str = "",
    rate_class: str = "default",
    at_most: Mapping[str, int] | None = None,
) -> Question:
    """A question at a place of a walk.

    Args:
        selection: what is asked for, behind the operation.
    """
    return Question(
        operation=operation,
        resource=resource,
        window=window["id"],
        step=window["step"],
        method=method,
        path=path,
        params=tuple(params),
        body=body,
        selection=f"{operation} {selection}".strip(),
        rate_class=rate_class,
        at_most=at_most or {"record": 1},
    )


def selected(points: Points) -> str:
    """Data points as a selection names them."""
    return " ".join(sorted(points))


def covers(selection: str) -> Points:
    """The data points that a selection asked for; of people whose fields were chosen (`output_fields`) none."""
    words = selection.split()[1:]
    if any(word.startswith("fields:") for word in words):
        return frozenset()
    if "contact_info" in words:
        return EVERYTHING
    return frozenset(words) & EVERYTHING


def units(n: int, points: Points) -> dict[str, int]:
    """The most that `n` records with these data points can be charged for, by counted unit."""
    most = {"record": n}
    if points & {WORK, PERSONAL}:
        most["record_with_email"] = n
    if PHONE in points:
        most["record_with_phone"] = n
    return most


def shown(people: Iterable[Any]) -> dict[str, int]:
    """How many of these profiles show an e-mail address or a phone number; in place of a profile may stand its addresses."""
    counts = {"record": 0, "record_with_email": 0, "record_with_phone": 0, "record_without_contact": 0}
    for one in people:
        places = [one, one.get("contact_info")] if isinstance(one, dict) else [{"email": one}]
        found = [place for place in places if isinstance(place, dict)]
        has_email = any(_holds(place.get(name)) for place in found for name in EMAIL_NAMES)
        has_phone = any(_holds(place.get(name)) for place in found for name in PHONE_NAMES)
        counts["record"] += 1
        counts["record_with_email"] += has_email
        counts["record_with_phone"] += has_phone
        counts["record_without_contact"] += not (has_email or has_phone)
    return counts


def _holds(value: Any) -> bool:
    """Whether a text, or one of a list, says something."""
    values = value if isinstance(value, list) else [value]
    return any(isinstance(one, str) and one.strip() for one in values)


def an_object(value: Any) -> dict[str, Any]:
    """The value if it is an object; an empty list or null in its place is an empty one."""
    return value if isinstance(value, dict) else {}


def profiles_of(document: Any) -> list[Any]:
    """The profiles of an answer: a map by LinkedIn URL, a list, or the one of a lookup."""
    found = an_object(document)
    several = found.get("profiles") or {}
    if several:
        return list(several.values()) if isinstance(several, dict) else list(several)
    one = found.get("profile")
    return [one] if one else []


def companies_of(document: Any) -> list[tuple[str, Any]]:
    """(domain, company) of an answer: a map by domain, or a list of such maps."""
    companies = an_object(document).get("companies") or []
    listed = companies if isinstance(companies, list) else [companies]
    return [pair for one in listed for pair in an_object(one).items()]


def result_of(document: Any) -> dict[str, Any]:
    """The result of a job, by what was asked; empty while there is none."""
    return an_object(an_object(an_object(document).get("data")).get("result"))
