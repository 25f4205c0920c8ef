"""ContactOut's view of companies."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sandbox import wording
from sandbox.dice import Dice
from sandbox.population import Company
from sandbox.views import CompanyView
from sandbox.vocabulary import CITIES, City


class Companies:
    """What ContactOut says of a company, the same wherever it says it."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice

    def name(self, company: Company) -> str:
        """The name ContactOut uses for a company."""
        key, view = ("contactout company", company.truth_id), self._view(company)
        if view is not None:
            return view.name
        return wording.company_name(self._dice, company.name, company.seat.legal_form, *key)

    def url(self, company: Company) -> str:
        """Its LinkedIn page."""
        view = self._view(company)
        if view is not None and view.url is not None:
            return view.url
        return wording.company_url(self._dice, company.slug, "contactout company", company.truth_id)

    def record(self, company: Company) -> dict[str, Any]:
        """A company as it stands in a profile."""
        dice, key = self._dice, ("contactout company", company.truth_id)
        by_slug, by_domain = company.link == "contactout_by_slug", company.link == "domain_only"

        def sometimes(value: Any, share: float, what: str) -> Any:
            return value if dice.chance(share, what, *key) else None

        seat, view = company.seat, self._view(company)
        record = {
            "name": self.name(company),
            "url": None if by_domain else self.url(company),
            "linkedin_company_id": sometimes(self.number(company), 0.7, "numbered"),
            "domain": None if by_slug else wording.domain(dice, company.domain, *key),
            "email_domain": None if by_slug else company.domain,
            "overview": sometimes(f"{company.name} works in {company.industry.letrics.lower()}.", 0.7, "overview"),
            "type": dice.pick(("Privately Held", "Public Company", "Partnership", None), "type", *key),
            "size": sometimes(company.employees, 0.9, "size"),
            "country": seat.country,
            "revenue": sometimes(company.revenue, 0.7, "revenue"),
            "founded_at": sometimes(company.founded_year, 0.8, "founded"),
            "industry": company.industry.contactout,
            "headquarter": f"{1 + dice.below(200, 'street', *key)} Harbour Road, {seat.city}",
            "website": None if by_slug else f"http://www.{company.domain}",
            "logo_url": f"https://images.example.com/companies/{company.slug}",
            "specialties": list(company.functions),
            "locations": [self.location(company)],
        }
        if view is None:
            return record
        own_host = company.domain if view.domain == company.domain else None
        stated = {"url": view.url, "domain": view.domain, "email_domain": own_host, "website": view.website}
        return record | stated

    def _view(self, company: Company) -> CompanyView | None:
        """How ContactOut has a trap; it takes no notice of companies that are renamed."""
        return company.as_seen_by("contactout", dt.date.min)

    def number(self, company: Company) -> int:
        """LinkedIn's number of a company."""
        return 1_000_000 + self._dice.below(90_000_000, "number", "contactout company", company.truth_id)

    def branch(self, company: Company) -> City | None:
        """Where a company is besides its head office, if anywhere."""
        key = ("contactout company", company.truth_id)
        place = self._dice.pick(CITIES, "branch", *key)
        return place if place != company.seat and self._dice.chance(0.3, "has branch", *key) else None

    def listed(self, company: Company) -> dict[str, Any]:
        """A company as a search lists it."""
        branch = self.branch(company)
        return {
            **self.record(company),
            "location": f"{company.seat.city} {company.seat.country_code.upper()}",
            "locations": [self.location(company), *([one_line(branch)] if branch else [])],
        }

    def enriched(self, company: Company) -> dict[str, Any]:
        """A company as its domain leads to it: other names for some fields, revenue mostly as text."""
        record, branch, dice = self.record(company), self.branch(company), self._dice
        key = ("contactout company", company.truth_id)
        places = [company.seat, *([branch] if branch else [])]
        objects: list[Any] = [
            {"city": place.city, "country": place.country, "isPrimary": place is company.seat} for place in places
        ]
        as_objects = dice.chance(0.4, "enriched locations", *key)
        revenue = record["revenue"]
        if revenue is not None and dice.chance(0.8, "revenue as text", *key):
            revenue = money(revenue)
        return {
            "li_vanity": record["url"],
            "name": record["name"],
            "domain": company.domain,
            "description": record["overview"],
            "website": record["website"],
            "logo_url": record["logo_url"],
            "type": record["type"],
            "headquarter": f"{company.seat.city}, {company.seat.country_code.upper()}",
            "country": record["country"],
            "size": record["size"],
            "founded_at": record["founded_at"],
            "locations": objects if as_objects else [one_line(place) for place in places],
            "industry": record["industry"],
            "specialties": record["specialties"],
            "revenue": revenue,
        }

    def location(self, company: Company) -> str | dict[str, Any]:
        """One line mostly; some companies' locations are objects, as where the reference enriches an e-mail."""
        if self._dice.chance(0.25, "location object", "contactout company", company.truth_id):
            return self.address(company)
        return one_line(company.seat)

    def address(self, company: Company) -> dict[str, Any]:
        """The head office as an object."""
        dice, key, seat = self._dice, ("contactout company", company.truth_id), company.seat
        return {
            "city": seat.city,
            "line1": f"{1 + dice.below(200, 'street', *key)} Harbour Road",
            "line2": f"Suite {100 + dice.below(800, 'suite', *key)}",
            "state": seat.state,
            "country": seat.country,
            "postalCode": f"{10_000 + dice.below(89_999, 'postal code', *key)}",
            "description": "Headquarters",
            "isPrimary": True,
        }


def one_line(place: City) -> str:
    """A place as text."""
    return ", ".join(part for part in (place.city, place.state, place.country) if part)


def money(amount: int) -> str:
    """An amount as people write it: ``$5.4M``."""
    for unit, sign in ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "K")):
        if amount >= unit:
            return f"${amount / unit:.1f}{sign}"
    return f"${amount}"


def plain_domain(value: str) -> str:
    """The bare domain of a URL or domain: lower case, without scheme, ``www.`` and path."""
    host = value.strip().lower().split("://")[-1].split("/")[0]
    return host.removeprefix("www.")
