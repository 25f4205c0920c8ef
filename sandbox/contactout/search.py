"""People search: what may be asked, who matches, and how profiles are shown."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sandbox.changes import another_version
from sandbox.contactout.companies import plain_domain
from sandbox.contactout.profiles import Profile
from sandbox.contactout.refusals import BadInput
from sandbox.exchange import Asked

LIST_OF_TEXT = "a list of text"
PARAMETERS: Mapping[str, str] = {
    "name": "text",
    "job_title": LIST_OF_TEXT,
    "job_function": LIST_OF_TEXT,
    "seniority": LIST_OF_TEXT,
    "current_titles_only": "a boolean",
    "include_related_job_titles": "a boolean",
    "match_experience": "text",
    "skills": LIST_OF_TEXT,
    "education": LIST_OF_TEXT,
    "location": LIST_OF_TEXT,
    "company": LIST_OF_TEXT,
    "company_filter": "text",
    "current_company_only": "a boolean",
    "domain": LIST_OF_TEXT,
    "industry": LIST_OF_TEXT,
    "keyword": "text",
    "company_size": LIST_OF_TEXT,
    "years_of_experience": LIST_OF_TEXT,
    "years_in_current_role": LIST_OF_TEXT,
    "page": "a whole number",
    "data_types": LIST_OF_TEXT,
    "reveal_info": "a boolean",
    "detailed_experience": "a boolean",
    "detailed_education": "a boolean",
    "output_fields": LIST_OF_TEXT,
    "exclude_companies": LIST_OF_TEXT,
    "exclude_job_titles": LIST_OF_TEXT,
}
# What shapes an answer without choosing whom it is about.
PRESENTATION = frozenset({"page", "reveal_info", "detailed_experience", "detailed_education", "output_fields"})
# Parameters of a search that a count does not take (reference, People Count API).
NOT_COUNTED = frozenset({"page", "data_types", "reveal_info"})
DATA_TYPES = ("personal_email", "work_email", "phone")
LONGEST_LIST = 50


def read_search(asked: Asked) -> dict[str, Any]:
    """The search parameters of a request; raises :class:`BadInput` for what ContactOut would not take."""
    try:
        wanted = json.loads(asked.body or b"{}")
    except ValueError as error:
        raise BadInput("The body is not JSON.") from error
    if not isinstance(wanted, dict):
        raise BadInput("The body must be an object.")
    for name, value in wanted.items():
        if name not in PARAMETERS:
            raise BadInput(f"The parameter {name} is unknown.")
        if not _is_of_type(value, PARAMETERS[name]):
            raise BadInput(f"The parameter {name} must be {PARAMETERS[name]}.")
        if isinstance(value, list) and len(value) > LONGEST_LIST:
            raise BadInput(f"The parameter {name} takes at most {LONGEST_LIST} values.")
    if wanted.get("page", 1) < 1:
        raise BadInput("The parameter page starts at 1.")
    if not set(wanted.get("data_types", ())) <= set(DATA_TYPES):
        raise BadInput(f"The parameter data_types takes {', '.join(DATA_TYPES)}.")
    return wanted


def newcomer(profile: Profile, n: int, _in_front: bool) -> Profile:
    """Somebody like ``profile`` whom nobody knows yet."""
    return replace(profile, url=f"{profile.url}-newcomer-{n}")


def updated(profile: Profile) -> Profile:
    """The profile with another headline."""
    return replace(profile, fields={**profile.fields, "headline": another_version(profile.fields["headline"])})


def _is_of_type(value: Any, wanted: str) -> bool:
    if wanted == "text":
        return isinstance(value, str)
    if wanted == "a boolean":
        return isinstance(value, bool)
    if wanted == "a whole number":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def matches(profile: Profile, wanted: Mapping[str, Any], today: dt.date) -> bool:
    """Whether a profile satisfies every filter; the values within one filter are alternatives."""
    fields = profile.fields
    titles = _considered(
        [job["title"] for job in profile.detailed_experience],
        profile.employed,
        wanted.get("match_experience", "current"),
    )
    employers = _considered(list(profile.companies), profile.employed, wanted.get("company_filter", "current"))
    employer_names = [f"{company.name} {company.slug}" for company in employers]
    current_names = [f"{company.name} {company.slug}" for company in profile.companies[:1] if profile.employed]
    domains = {company.domain for company in employers}
    seat = profile.companies[0]
    tests: list[tuple[str, Callable[[str], bool]]] = [
        ("job_title", lambda value: _any_contains(titles, value)),
        ("job_function", lambda value: _equal(fields["job_function"], value)),
        ("seniority", lambda value: _equal(fields["seniority"], value)),
        ("skills", lambda value: _any_contains(fields["skills"], value)),
        ("education", lambda value: _any_contains(fields["education"], value)),
        ("location", lambda value: _any_contains([fields["location"]], value)),
        ("company", lambda value: _any_contains(employer_names, value)),
        ("domain", lambda value: plain_domain(value) in domains),
        ("industry", lambda value: _equal(fields["industry"], value)),
        ("company_size", lambda value: profile.employed and _in_band(seat.employees, value)),
        ("years_of_experience", lambda value: _in_band((today - profile.career_start).days // 365, value)),
        ("years_in_current_role", lambda value: _in_band((today - profile.role_start).days // 365, value)),
        ("data_types", lambda value: profile.availability[value]),
    ]
    if any(wanted.get(name) and not any(map(test, wanted[name])) for name, test in tests):
        return False
    if any(_any_contains(current_names, value) for value in wanted.get("exclude_companies", ())):
        return False
    if any(_any_contains([fields["title"] or ""], value) for value in wanted.get("exclude_job_titles", ())):
        return False
    name_fits = (wanted.get("name") or "").lower() in fields["full_name"].lower()
    return name_fits and (wanted.get("keyword") or "").lower() in profile.text


def _considered(jobs: list[Any], employed: bool, which: str) -> list[Any]:
    """The current, the past or both kinds of jobs; ``jobs`` has the latest first."""
    current = jobs[:1] if employed else []
    if which == "both":
        return jobs
    return jobs[len(current) :] if which == "past" else current


def _any_contains(texts: list[str], value: str) -> bool:
    return any(value.lower() in text.lower() for text in texts)


def _equal(text: str | None, value: str) -> bool:
    return text is not None and text.lower().replace("_", " ") == value.lower().replace("_", " ")


def _in_band(number: int, band: str) -> bool:
    """Whether ``number`` lies in a band like ``51_200``; a lone number means "or more"."""
    low, _, high = band.replace("-", "_").partition("_")
    if not low.isdigit() or (high and not high.isdigit()):
        raise BadInput(f"The range {band} cannot be read.")
    return int(low) <= number and (not high or number <= int(high))


def shape(profile: Profile, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The profile as asked for: which fields, how detailed, with or without what must be paid for."""
    fields = dict(profile.fields)
    if wanted.get("detailed_experience"):
        fields["experience"] = profile.detailed_experience
    if wanted.get("detailed_education"):
        fields["education"] = profile.detailed_education
    if wanted.get("output_fields"):
        fields = {name: value for name, value in fields.items() if name in wanted["output_fields"]}
    revealed = wanted.get("reveal_info", False)
    fields["contact_availability"] = profile.availability
    fields["contact_info"] = {
        "emails": [*profile.personal_emails, *profile.work_emails] if revealed else [],
        "personal_emails": profile.personal_emails if revealed else [],
        "work_emails": profile.work_emails if revealed else [],
        # An empty status is a list, as in the reference.
        "work_email_status": (profile.work_email_status if revealed else None) or [],
        "phones": profile.phones if revealed else [],
    }
    return fields
