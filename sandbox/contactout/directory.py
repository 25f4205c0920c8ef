"""Finds people and companies by what identifies them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sandbox.contactout.companies import Companies, plain_domain
from sandbox.contactout.inputs import line_of
from sandbox.contactout.profiles import Profile, Profiles
from sandbox.population import Company, Population


@dataclass(frozen=True, slots=True)
class People:
    """ContactOut's people on one day, by LinkedIn slug, by any address they are known by, by telephone line."""

    by_slug: Mapping[str, Profile]
    by_email: Mapping[str, Profile]
    by_phone: Mapping[str, Profile]
    by_name: Mapping[str, list[Profile]]


class Directory:
    """Everybody and every company ContactOut knows on a day."""

    def __init__(self, population: Population, profiles: Profiles, companies: Companies) -> None:
        self._population = population
        self._profiles = profiles
        self._companies = companies
        self.people_on = lru_cache(maxsize=4)(self._people)
        self.companies_on = lru_cache(maxsize=4)(self._companies_known)
        self._by_name = lru_cache(maxsize=4)(self._keys_of_companies)

    def company(
        self, day: dt.date, *, linkedin: str | None = None, domain: str | None = None, name: str | None = None
    ) -> Company | None:
        """The company that what is given leads to: LinkedIn's slug or number first, then the domain, then the name."""
        keys = self._by_name(day)
        for kind, value in (
            ("linkedin", linkedin),
            ("domain", domain and plain_domain(domain)),
            ("name", name and name.strip().lower()),
        ):
            if value and (kind, value) in keys:
                return keys[kind, value]
        return None

    def _people(self, day: dt.date) -> People:
        by_slug: dict[str, Profile] = {}
        by_email: dict[str, Profile] = {}
        by_phone: dict[str, Profile] = {}
        by_name: dict[str, list[Profile]] = {}
        for profile in self._profiles.on(day):
            by_slug[profile.slug] = profile
            for name in {profile.person.full_name.casefold(), profile.fields["full_name"].casefold()}:
                by_name.setdefault(name, []).append(profile)
            for email in known_addresses(profile):
                by_email[email.lower()] = profile
            for phone in profile.phones:
                by_phone[line_of(phone)] = profile
        return People(by_slug, by_email, by_phone, by_name)

    def _companies_known(self, day: dt.date) -> list[Company]:
        """Employers of the people of the day, and most of the others that there are by then."""
        dice, by_now = self._population.dice, max(day, self._population.start)
        employers = {company.truth_id for profile in self._profiles.on(day) for company in profile.companies}
        return [
            company
            for company in self._population.companies
            if company.truth_id in employers
            or (company.created_at.date() <= by_now and dice.chance(0.8, "contactout knows", company.truth_id))
        ]

    def _keys_of_companies(self, day: dt.date) -> dict[tuple[str, Any], Company]:
        keys: dict[tuple[str, Any], Company] = {}
        for company in self.companies_on(day):
            # A company known by its domain alone has no page, and one known by its page alone no domain.
            if company.link != "domain_only":
                keys["linkedin", company.slug] = company
                keys["linkedin", str(self._companies.number(company))] = company
            if company.link != "contactout_by_slug":
                keys["domain", company.domain] = company
            keys["name", company.name.lower()] = company
            keys["name", self._companies.name(company).lower()] = company
        return keys


def known_addresses(profile: Profile) -> list[str]:
    """Every address by which somebody is found."""
    return [*profile.personal_emails, *profile.work_emails, *profile.found_emails, *profile.former_emails]
