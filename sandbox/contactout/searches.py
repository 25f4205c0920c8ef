"""The endpoints that list: people, their number, decision makers, companies."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from sandbox.changes import changed
from sandbox.contactout.companies import Companies
from sandbox.contactout.company_search import (
    Record,
    company_matches,
    new_company,
    read_company_search,
    updated_company,
)
from sandbox.contactout.directory import Directory
from sandbox.contactout.endpoints import Endpoint
from sandbox.contactout.inputs import (
    BOOLEAN,
    LIST_OF_TEXT,
    TEXT,
    WHOLE_NUMBER,
    company_slug,
    read_body,
    read_query,
    required,
)
from sandbox.contactout.prices import price
from sandbox.contactout.profiles import Profile, Profiles
from sandbox.contactout.refusals import BadInput
from sandbox.contactout.search import (
    NOT_COUNTED,
    PRESENTATION,
    matches,
    newcomer,
    of_decision_maker,
    read_search,
    shape,
    updated,
)
from sandbox.exchange import Answer, Asked, Place
from sandbox.population import Company
from sandbox.world import World

PAGE_SIZE = 25
MOST_DOMAINS = 30
DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", re.IGNORECASE)


class Searches:
    """Their answers, page by page."""

    def __init__(self, world: World, profiles: Profiles, companies: Companies, directory: Directory) -> None:
        self._world = world
        self._profiles = profiles
        self._companies = companies
        self._directory = directory
        # The pages of one search ask the same question again and again.
        self._found = lru_cache(maxsize=16)(self._find)
        self._companies_found = lru_cache(maxsize=16)(self._find_companies)
        self.decision_makers_at = lru_cache(maxsize=16)(self._decision_makers_at)

    def endpoints(self) -> list[Endpoint]:
        """Their table."""
        return [
            Endpoint("people_search", "POST", "v1/people/search", "people_search", self._people_search),
            Endpoint("people_count", "POST", "v1/people/count", "other", self._people_count),
            Endpoint("decision_makers", "GET", "v1/people/decision-makers", "other", self._decision_makers),
            Endpoint("company_search", "POST", "v1/company/search", "other", self._company_search),
            Endpoint("domain_enrich", "POST", "v1/domain/enrich", "other", self._domain_enrich),
        ]

    @property
    def _today(self) -> dt.date:
        return self._world.calendar.today

    def _people_search(self, asked: Asked) -> Answer:
        wanted = read_search(asked)
        found = changed(self._matching(wanted), asked.changes("people_search"), newcomer, updated)
        return _page_of_profiles("people_search", found, wanted, lambda profile: shape(profile, wanted))

    def _people_count(self, asked: Asked) -> Answer:
        wanted = read_search(asked)
        refused = sorted(NOT_COUNTED & set(wanted))
        if refused:
            raise BadInput(f"A count does not take {', '.join(refused)}.")
        body = {"status_code": 200, "total_results": len(self._matching(wanted))}
        return Answer(200, body, records=1, first_record=())

    def _decision_makers(self, asked: Asked) -> Answer:
        takes = {
            **dict.fromkeys(("linkedin_url", "domain", "name"), TEXT),
            "page": WHOLE_NUMBER,
            "reveal_info": BOOLEAN,
        }
        wanted = read_query(asked, takes)
        if not any(wanted.get(name) for name in ("linkedin_url", "domain", "name")):
            raise BadInput("One of linkedin_url, domain and name is required.")
        if wanted.get("page", 1) < 1:
            raise BadInput("The parameter page starts at 1.")
        company = self._directory.company(
            self._today,
            linkedin=company_slug(wanted["linkedin_url"]) if wanted.get("linkedin_url") else None,
            domain=wanted.get("domain"),
            name=wanted.get("name"),
        )
        deciding = self.decision_makers_at(self._today, company) if company else []
        found = changed(deciding, asked.changes("decision_makers"), newcomer, updated)
        size = self._world.settings.contactout_decision_makers

        def write(one: Profile) -> dict[str, Any]:
            return of_decision_maker(shape(one, wanted))

        return _page_of_profiles("decision_makers", found, wanted, write, size)

    def _company_search(self, asked: Asked) -> Answer:
        wanted = read_company_search(asked, self._today)
        filters = {name: value for name, value in wanted.items() if name != "page"}
        listed = self._companies_found(self._today, json.dumps(filters, sort_keys=True))
        found = changed(listed, asked.changes("company_search"), new_company, updated_company)
        shown = _page_of(found, wanted)
        body = {"status_code": 200, "metadata": _metadata(found, wanted), "companies": shown}
        return Answer(
            200,
            body,
            records=len(shown),
            credits=price("company_search", company=len(shown)),
            first_record=("companies", 0) if shown else None,
        )

    def _domain_enrich(self, asked: Asked) -> Answer:
        wanted = read_body(asked, {"domains": LIST_OF_TEXT}, {"domains": MOST_DOMAINS})
        domains: list[str] = required(wanted, "domains")
        wrong = [domain for domain in domains if not DOMAIN.fullmatch(domain)]
        if wrong:
            raise BadInput(f"The domain {wrong[0]} is not valid.")
        known = {domain.lower(): self._directory.company(self._today, domain=domain) for domain in domains}
        found = {domain: self._companies.enriched(company) for domain, company in known.items() if company}
        # The reference's table says object, its example is a list.
        as_object = found and self._world.population.dice.chance(0.4, "companies as object", *sorted(found))
        companies: Any = found if as_object else [{domain: record} for domain, record in found.items()]
        body = {"status_code": 200, "companies": companies}
        first: Place | None = None
        if found:
            first = ("companies", *(() if as_object else (0,)), next(iter(found)))
        return Answer(200, body, records=len(found), first_record=first)

    def _matching(self, wanted: Mapping[str, Any]) -> list[Profile]:
        """Every profile that satisfies the filters today, in the order of a search."""
        filters = {name: value for name, value in wanted.items() if name not in PRESENTATION}
        return self._found(self._today, json.dumps(filters, sort_keys=True))

    def _find(self, day: dt.date, filters: str) -> list[Profile]:
        wanted = json.loads(filters)
        return [profile for profile in self._profiles.on(day) if matches(profile, wanted, day)]

    def _find_companies(self, day: dt.date, filters: str) -> list[Record]:
        wanted = json.loads(filters)
        known = self._directory.companies_on(day)
        return [
            self._companies.listed(company) for company in known if company_matches(company, wanted, self._companies)
        ]

    def _decision_makers_at(self, day: dt.date, company: Company) -> list[Profile]:
        """Who decides at a company, as far as ContactOut has heard."""
        do_all = self._world.settings.contactout_all_decide
        return [
            profile
            for profile in self._profiles.on(day)
            if profile.employed and (do_all or decides(profile)) and profile.companies[0] is company
        ]


def decides(profile: Profile) -> bool:
    """Whether somebody has a job in which one decides."""
    return profile.employed and profile.jobs[0].level.decides


def _page_of(found: list[Any], wanted: Mapping[str, Any], size: int = PAGE_SIZE) -> list[Any]:
    page = wanted.get("page", 1)
    return found[(page - 1) * size : page * size]


def _metadata(found: list[Any], wanted: Mapping[str, Any], size: int = PAGE_SIZE) -> dict[str, int]:
    return {"page": wanted.get("page", 1), "page_size": size, "total_results": len(found)}


def _page_of_profiles(
    operation: str,
    found: list[Profile],
    wanted: Mapping[str, Any],
    write: Callable[[Profile], dict[str, Any]],
    size: int = PAGE_SIZE,
) -> Answer:
    shown = _page_of(found, wanted, size)
    revealed = shown if wanted.get("reveal_info", False) else []
    credits = price(
        operation,
        profile=len(shown),
        profile_with_email=sum(bool(profile.personal_emails or profile.work_emails) for profile in revealed),
        profile_with_phone=sum(bool(profile.phones) for profile in revealed),
    )
    body = {
        "status_code": 200,
        "metadata": _metadata(found, wanted, size),
        # An empty map is written as an empty list, as in the reference.
        "profiles": {profile.url: write(profile) for profile in shown} or [],
    }
    first = ("profiles", shown[0].url) if shown else None
    return Answer(200, body, records=len(shown), credits=credits, first_record=first)
