"""ContactOut's view of companies."""

from __future__ import annotations

from typing import Any

from sandbox import wording
from sandbox.dice import Dice
from sandbox.population import Company


class Companies:
    """What ContactOut says of a company, the same wherever it says it."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice

    def name(self, company: Company) -> str:
        """The name ContactOut uses for a company."""
        key = ("contactout company", company.truth_id)
        return wording.company_name(self._dice, company.name, company.seat.legal_form, *key)

    def url(self, company: Company) -> str:
        """Its LinkedIn page."""
        return wording.company_url(self._dice, company.slug, "contactout company", company.truth_id)

    def record(self, company: Company) -> dict[str, Any]:
        """A company as it stands in a profile."""
        dice, key = self._dice, ("contactout company", company.truth_id)
        by_slug, by_domain = company.link == "contactout_by_slug", company.link == "domain_only"

        def sometimes(value: Any, share: float, what: str) -> Any:
            return value if dice.chance(share, what, *key) else None

        seat = company.seat
        return {
            "name": self.name(company),
            "url": None if by_domain else self.url(company),
            "linkedin_company_id": sometimes(1_000_000 + dice.below(90_000_000, "number", *key), 0.7, "numbered"),
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

    def location(self, company: Company) -> str | dict[str, Any]:
        """One line mostly; some companies' locations are objects, as where the reference enriches an e-mail."""
        dice, key, seat = self._dice, ("contactout company", company.truth_id), company.seat
        if not dice.chance(0.25, "location object", *key):
            return ", ".join(part for part in (seat.city, seat.state, seat.country) if part)
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


def plain_domain(value: str) -> str:
    """The bare domain of a URL or domain: lower case, without scheme, ``www.`` and path."""
    host = value.strip().lower().split("://")[-1].split("/")[0]
    return host.removeprefix("www.")
