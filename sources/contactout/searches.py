"""ContactOut: saved searches of people and companies, and the decision makers of companies."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from sources.landing import whole_number
from sources.metered import Question, digest
from sources.paging import Cannot, Forecast, PageNumbers, Position, Refresh, Walk, Window

from .asking import an_object, ask
from .inputs import CompanySearch, ContactOutInputs, DecisionMakers, PeopleSearch

PAGE_SIZE = 25
"""Records a page; ContactOut takes no page size (reference, People Search API: `metadata.page_size`)."""
CANNOT: Cannot = {
    "incremental": "a search knows no date by which new records could be asked for alone: it is bought whole, once in each "
    "refresh interval",
    "changes": "ContactOut's pages have numbers and no order, and reading again costs: a change is noticed and said, and "
    "the next refresh reads all of it",
    "backfill": "a search knows no date that a period could be asked by; what it finds now is all there is",
    "page_size": "ContactOut's pages have 25 records, whatever is asked for",
}
OF_PEOPLE: Cannot = {
    **CANNOT,
    "missing": "a search may leave out any field of a profile (output_fields), and its key stands outside of it",
    "filled": "github, twitter, confidence_level and alternative_matches come with lookups alone, into the same table",
}
OF_COMPANIES: Cannot = {
    **CANNOT,
    "missing": "no reference says which fields every company has, and domain/enrich shows others than a search",
    "filled": "asked_domain comes with companies that were asked for by their domain, into the same table",
}


def walks(inputs: ContactOutInputs) -> tuple[Walk, ...]:
    """How each saved search is read."""
    return (
        *(_people(name, search) for name, search in inputs.searches.items()),
        *(_companies(name, search) for name, search in inputs.company_searches.items()),
        *(_decision_makers(name, search) for name, search in inputs.decision_makers.items()),
    )


def _people(name: str, search: PeopleSearch) -> Walk:
    resource = f"people_search_{name}"

    def ask_page(window: Window, page: int, most: int) -> Question:
        return ask(
            "people_search",
            window,
            "POST",
            "/v1/people/search",
            resource=resource,
            body={"page": page, **search.body()},
            selection=_shown(search.reveal_info, search.output_fields),
            rate_class="people_search",
            at_most=_most(most, search.reveal_info),
        )

    def ask_count(window: Window) -> Question:
        return ask("people_count", window, "POST", "/v1/people/count", resource=resource, body=search.filters())

    forecast = _forecast(
        PEOPLE,
        question=ask_count,
        total=lambda document: whole_number(document.get("total_results")),
        # The count does not take `data_types`, which leaves profiles out.
        is_exact=not search.data_types,
    )
    asked, days = search.body(), search.refresh_days
    return _walk(resource, "people", asked, days, ask_page, PEOPLE, forecast, OF_PEOPLE, search.remarks())


def _companies(name: str, search: CompanySearch) -> Walk:
    resource = f"company_search_{name}"

    def ask_page(window: Window, page: int, most: int) -> Question:
        return ask(
            "company_search",
            window,
            "POST",
            "/v1/company/search",
            resource=resource,
            body=search.body(page),
            at_most={"record": most},
        )

    # Nothing tells for free how many there are.
    forecast = _forecast(COMPANIES)
    asked, days = search.body(0), search.refresh_days
    return _walk(resource, "companies", asked, days, ask_page, COMPANIES, forecast, OF_COMPANIES, search.remarks())


def _decision_makers(name: str, search: DecisionMakers) -> Walk:
    resource = f"decision_makers_{name}"

    def ask_page(window: Window, page: int, most: int) -> Question:
        return ask(
            "decision_makers",
            window,
            "GET",
            "/v1/people/decision-makers",
            resource=resource,
            params=search.params(page),
            selection=_shown(search.reveal_info, None),
            at_most=_most(most, search.reveal_info),
        )

    forecast = _forecast(PEOPLE)
    asked = search.params(0)
    return _walk(resource, "people", asked, search.refresh_days, ask_page, PEOPLE, forecast, OF_PEOPLE)


def _walk(
    resource: str,
    entity: str,
    asked: Any,
    refresh_days: float,
    ask_page: Callable[[Window, int, int], Question],
    pages: PageNumbers,
    forecast: Forecast,
    cannot: Cannot,
    remarks: Iterable[str] = (),
) -> Walk:
    def question(window: Window) -> Question:
        position: Position = window["position"] or {"page": 1, "seen": 0}
        # A whole page, also where the total leaves less: the result may have grown since, and a budget is a promise.
        return ask_page(window, position["page"], position.get("size") or PAGE_SIZE)

    return Walk(
        resource,
        entity,
        digest(json.dumps(asked, sort_keys=True)),
        Refresh(timedelta(days=refresh_days)),
        question,
        pages,
        forecast=forecast,
        cannot=cannot,
        remarks=tuple(remarks),
    )


def _pages(records: Callable[[Any], Any], keys: Callable[[Any], list[str]]) -> PageNumbers:
    def of_metadata(name: str) -> Callable[[Any], int | None]:
        return lambda document: whole_number(an_object(document.get("metadata")).get(name))

    return PageNumbers(
        count=lambda document: len(records(document) or ()),
        size=of_metadata("page_size"),
        total=of_metadata("total_results"),
        keys=keys,
    )


def _profile_keys(document: Any) -> list[str]:
    """The keys of the profiles map; of a list, the profiles themselves."""
    profiles = document.get("profiles") or {}
    return list(profiles) if isinstance(profiles, dict) else [json.dumps(one, sort_keys=True) for one in profiles]


def _company_keys(document: Any) -> list[str]:
    return [json.dumps(one, sort_keys=True) for one in document.get("companies") or ()]


PEOPLE = _pages(lambda document: document.get("profiles"), _profile_keys)
COMPANIES = _pages(lambda document: document.get("companies"), _company_keys)


def _forecast(pages: PageNumbers, **counted: Any) -> Forecast:
    return Forecast(position=pages.position, progress=pages.progress, page_size=PAGE_SIZE, no_access=(403,), **counted)


def _most(records: int, reveals: bool) -> dict[str, int]:
    """What a page can be charged for at most."""
    shown = records if reveals else 0
    return {"record": records, "record_with_email": shown, "record_with_phone": shown}


def _shown(reveals: bool, fields: list[str] | None) -> str:
    """With or without contact details, and which fields."""
    chosen = [f"fields:{','.join(sorted(fields))}"] if fields else []
    return " ".join(["contact_info" if reveals else "profile", *chosen])
