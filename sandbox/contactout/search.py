"""People search: what may be asked, who matches, and how profiles are shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sandbox.changes import another_version
from sandbox.contactout.companies import plain_domain
from sandbox.contactout.equations import parsed, satisfied
from sandbox.contactout.inputs import BOOLEAN, LIST_OF_TEXT, TEXT, WHOLE_NUMBER, Parameters, read_body
from sandbox.contactout.profiles import Profile
from sandbox.contactout.refusals import BadInput
from sandbox.exchange import Asked
from sandbox.wording import title

PARAMETERS: Parameters = {
    "name": TEXT,
    "job_title": LIST_OF_TEXT,
    "job_function": LIST_OF_TEXT,
    "seniority": LIST_OF_TEXT,
    "current_titles_only": BOOLEAN,
    "include_related_job_titles": BOOLEAN,
    "match_experience": TEXT,
    "skills": LIST_OF_TEXT,
    "education": LIST_OF_TEXT,
    "location": LIST_OF_TEXT,
    "company": LIST_OF_TEXT,
    "company_filter": TEXT,
    "current_company_only": BOOLEAN,
    "domain": LIST_OF_TEXT,
    "industry": LIST_OF_TEXT,
    "keyword": TEXT,
    "company_size": LIST_OF_TEXT,
    "years_of_experience": LIST_OF_TEXT,
    "years_in_current_role": LIST_OF_TEXT,
    "page": WHOLE_NUMBER,
    "data_types": LIST_OF_TEXT,
    "reveal_info": BOOLEAN,
    "detailed_experience": BOOLEAN,
    "detailed_education": BOOLEAN,
    "output_fields": LIST_OF_TEXT,
    "exclude_companies": LIST_OF_TEXT,
    "exclude_job_titles": LIST_OF_TEXT,
}
# What shapes an answer without choosing whom it is about.
PRESENTATION = frozenset({"page", "reveal_info", "detailed_experience", "detailed_education", "output_fields"})
# Parameters of a search that a count does not take (reference, People Count API).
NOT_COUNTED = frozenset({"page", "data_types", "reveal_info"})
DATA_TYPES = ("personal_email", "work_email", "phone")
# Reference, People Search API, the column of boolean equations.
TAKES_EQUATIONS = frozenset({"job_title", "skills", "education", "industry", "keyword"})
OF_DECISION_MAKERS = frozenset(
    {"full_name", "li_vanity", "title", "headline", "company", "location", "industry", "experience", "education"}
    | {"skills", "updated_at", "profile_picture_url", "job_function", "seniority"}
    | {"contact_availability", "contact_info"}
)
OF_THEIR_COMPANY = ("name", "website", "domain", "email_domain", "headquarter", "size", "revenue", "industry")


def read_search(asked: Asked) -> dict[str, Any]:
    """The search parameters of a request; raises :class:`BadInput` for what ContactOut would not take."""
    wanted = read_body(asked, PARAMETERS)
    if wanted.get("page", 1) < 1:
        raise BadInput("The parameter page starts at 1.")
    if not set(wanted.get("data_types", ())) <= set(DATA_TYPES):
        raise BadInput(f"The parameter data_types takes {', '.join(DATA_TYPES)}.")
    for name in TAKES_EQUATIONS & set(wanted):
        for equation in [wanted[name]] if isinstance(wanted[name], str) else wanted[name]:
            parsed(equation)
    return wanted


def newcomer(profile: Profile, n: int, _in_front: bool) -> Profile:
    """Somebody like ``profile`` whom nobody knows yet."""
    return replace(profile, url=f"{profile.url}-newcomer-{n}")


def updated(profile: Profile) -> Profile:
    """The profile with another headline."""
    return replace(profile, fields={**profile.fields, "headline": another_version(profile.fields["headline"])})


def matches(profile: Profile, wanted: Mapping[str, Any], today: dt.date) -> bool:
    """Whether a profile satisfies every filter; the values within one filter are alternatives."""
    fields = profile.fields
    titles = _considered(
        _titles(profile, wanted.get("include_related_job_titles", False)),
        profile.employed,
        _which(wanted, "match_experience", "current_titles_only"),
    )
    employers = _considered(
        list(profile.companies), profile.employed, _which(wanted, "company_filter", "current_company_only")
    )
    employer_names = [f"{company.name} {company.slug}" for company in employers]
    current_names = [f"{company.name} {company.slug}" for company in profile.companies[:1] if profile.employed]
    domains = {company.domain for company in employers}
    seat = profile.companies[0]
    tests: list[tuple[str, Callable[[str], bool]]] = [
        ("job_title", lambda value: any_contains([one for forms in titles for one in forms], value)),
        ("job_function", lambda value: equal(fields["job_function"], value)),
        ("seniority", lambda value: equal(fields["seniority"], value)),
        ("skills", lambda value: any_contains(fields["skills"], value)),
        ("education", lambda value: any_contains(fields["education"], value)),
        ("location", lambda value: any_contains([fields["location"]], value)),
        ("company", lambda value: any_contains(employer_names, value)),
        ("domain", lambda value: plain_domain(value) in domains),
        ("industry", lambda value: equal(fields["industry"], value)),
        ("company_size", lambda value: profile.employed and in_band(seat.employees, value)),
        ("years_of_experience", lambda value: in_band((today - profile.career_start).days // 365, value)),
        ("years_in_current_role", lambda value: in_band((today - profile.role_start).days // 365, value)),
        ("data_types", lambda value: profile.availability[value]),
    ]
    for name, test in tests:
        values = wanted.get(name) or ()
        met = (satisfied(value, test) if name in TAKES_EQUATIONS else test(value) for value in values)
        if values and not any(met):
            return False
    if any(any_contains(current_names, value) for value in wanted.get("exclude_companies", ())):
        return False
    if any(any_contains([fields["title"] or ""], value) for value in wanted.get("exclude_job_titles", ())):
        return False
    name_fits = (wanted.get("name") or "").lower() in fields["full_name"].lower()
    return name_fits and satisfied(wanted.get("keyword") or "", lambda value: value.lower() in profile.text)


def _titles(profile: Profile, related: bool) -> list[tuple[str, ...]]:
    """The wordings under which each job is found, the latest first; related ones are those that others would use."""
    written: list[tuple[str, ...]] = [(job["title"],) for job in profile.detailed_experience]
    if not related:
        return written
    forms = [tuple(title(job.department, job.level, form) for form in range(3)) for job in profile.jobs]
    return [(*own, *others) for own, others in zip(written, forms, strict=True)]


def _which(wanted: Mapping[str, Any], filter_name: str, only_current: str) -> str:
    """Which jobs are considered: the filter says so, or the older parameter, by default the current one."""
    either: str = "current" if wanted.get(only_current, True) else "both"
    return str(wanted.get(filter_name, either))


def _considered(jobs: list[Any], employed: bool, which: str) -> list[Any]:
    """The current, the past or both kinds of jobs; ``jobs`` has the latest first."""
    current = jobs[:1] if employed else []
    if which == "both":
        return jobs
    return jobs[len(current) :] if which == "past" else current


def any_contains(texts: list[str], value: str) -> bool:
    """Whether one of the texts contains the value, whatever the case."""
    return any(value.lower() in text.lower() for text in texts)


def equal(text: str | None, value: str) -> bool:
    """Whether a word is the one asked for, whatever the case; spaces may be underscores."""
    return text is not None and text.lower().replace("_", " ") == value.lower().replace("_", " ")


def in_band(number: int, band: str) -> bool:
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


def of_decision_maker(shown: Mapping[str, Any]) -> dict[str, Any]:
    """The profile as the search for decision makers tells it: without what the reference does not show there."""
    told = {name: value for name, value in shown.items() if name in OF_DECISION_MAKERS}
    return {**told, "company": {name: told["company"].get(name) for name in OF_THEIR_COMPANY}}
