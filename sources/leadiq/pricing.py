"""What LeadIQ's answers cost: prices, and the units that they count."""

from __future__ import annotations

from collections.abc import Collection

from sources.metered import PriceList

BY_DATA_POINT = {
    "uc": {"record_with_profile": 0.1, "record_with_email": 1.0, "record_with_phone": 10.0, "record_with_company": 3.0}
}
"""Universal credits by data point that was asked for and has a value (API guide, Credits)."""

PRICES: PriceList = {
    "flatAdvancedSearch": BY_DATA_POINT,
    "groupedAdvancedSearch": BY_DATA_POINT,
    "searchPeople": BY_DATA_POINT,
    "searchCompany": {"uc": {"record_with_company": 3.0}},
    "trackContacts": {"tracking": {"record": 1.0}},
}
"""Tracking output, readings and all other writes are free."""

HIDDEN = "hidden"
"""What LeadIQ shows in place of a value that was not bought."""


def units(
    asked: Collection[str], record: int, profile: int = 0, emails: int = 0, phones: int = 0, company: int = 0
) -> dict[str, int]:
    """How many there are by the units that prices count; of data points that were not asked for, none.

    Args:
        asked: holds the data points that were asked for.
        profile, emails, phones: people with one.
        company: companies about which something is said.
    """
    by_point = {
        "profile": ("record_with_profile", profile),
        "emails": ("record_with_email", emails),
        "phones": ("record_with_phone", phones),
        "company": ("record_with_company", company),
    }
    return {"record": record, **{unit: n if point in asked else 0 for point, (unit, n) in by_point.items()}}
