"""What each endpoint charges, as documented by data point; nothing found costs nothing."""

from __future__ import annotations

from collections.abc import Mapping

OF_PROFILES = {"search": "profile", "email": "profile_with_email", "phone": "profile_with_phone"}
# Credits by what is counted in an answer. Endpoints that are not named are free.
PRICES: Mapping[str, Mapping[str, str]] = {
    "people_search": OF_PROFILES,
    "decision_makers": OF_PROFILES,
    "company_search": {"search": "company"},
    "linkedin_enrich": {**OF_PROFILES, "search": "profile_without_contact"},
    "email_enrich": {"email": "profile_with_email", "phone": "profile_with_phone"},
    "people_enrich": OF_PROFILES,
    "people_linkedin": {"email": "profile_with_email", "phone": "profile_with_phone"},
    "people_linkedin_batch": {"email": "profile_with_email"},
    "people_linkedin_batch_v2": {"email": "profile_with_email", "phone": "profile_with_phone"},
    "people_person": {"email": "profile"},
    "email_verify": {"verifier": "verdict"},
    "email_verify_batch": {"verifier": "verdict"},
}


def price(operation: str, **counted: int) -> dict[str, float]:
    """The credits of an answer in which so many of each were found."""
    return {credit: counted.get(what, 0) for credit, what in PRICES[operation].items()}
