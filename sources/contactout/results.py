"""ContactOut: what comes back about companies, and what its checks and verifications say."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import Field

from sources.landing import Entity, Flag, Known, Record, Text, linkedin_page

from .records import Company

VERDICTS = Known("valid", "invalid", "accept_all", "disposable", "unknown")
"""Reference, Email Verifier API."""
WORD = re.compile(r"[A-Za-z_-]+")


class CompanyProfile(Company):
    """A company of a company search, or one that was asked for by its domain."""

    asked_domain: Text = Field(None, description="The domain under which the record stood; its own may be another.")
    location: Text = Field(None, description="Where the company is, one line.")


class ContactCheck(Record):
    """Whether a contact detail exists, without showing it; `_selection` tells which was asked for.

    The answer does not name the profile: the question does.
    """

    email: Flag = Field(None, description="Whether an e-mail address of the kind that was asked for is known.")
    email_status: Text = Field(
        None,
        description="Whether the work e-mail address is verified, as sent; `Verified | Unverified` says nothing.",
    )
    phone: Flag = Field(None, description="Whether a phone number is known.")


class EmailVerification(Record):
    """Whether mail to an address arrives."""

    email: Text = Field(None, description="The address; null where it was asked for alone, since the answer omits it.")
    status: Annotated[Text, VERDICTS] = Field(
        None,
        description="`valid`, `invalid`, `accept_all` (its server takes every address), `disposable`, or `unknown`.",
    )


def company_key(record: dict[str, Any]) -> str:
    """The company's LinkedIn page, the same for each spelling; else its domain; else the domain that was asked for."""
    page = linkedin_page(record["linkedin_url"])
    if page is not None and page[0] == "company":
        return f"https://www.linkedin.com/company/{page[1]}"
    return (record["domain"] or record["asked_domain"] or "").strip().lower()


def _no_key(record: dict[str, Any]) -> str:
    return ""


def _address_key(record: dict[str, Any]) -> str:
    return (record["email"] or "").strip().lower()


def _verdict(value: Any) -> Any:
    """A word in place of an object: what became of the address under which it stands."""
    return {"status": value} if isinstance(value, str) and WORD.fullmatch(value) else value


ENTITIES: tuple[Entity, ...] = (
    Entity(
        "companies",
        "company_search",
        CompanyProfile,
        "companies/*/*?|companies/*?",
        company_key,
        "One row per company per answer that held it, of a search or by its domain; `_selection` names which.",
        map_key="asked_domain",
    ),
    Entity(
        "contact_checks",
        "contact_checker",
        ContactCheck,
        "profile?",
        _no_key,
        "One row per answer that said whether a profile has a contact detail; `_selection` names which.",
    ),
    Entity(
        "email_verifications",
        "email_verify",
        EmailVerification,
        "data?",
        _address_key,
        "One row per answer about one e-mail address.",
    ),
    Entity(
        "email_verification_results",
        "email_verify_batch",
        EmailVerification,
        "data/result/*?",
        _address_key,
        "One row per e-mail address of a batch that was verified, per answer that held it.",
        map_key="email",
        as_object=_verdict,
    ),
)
"""Of `companies`: `domain/enrich` answers a list of maps by domain, or one such map; a search, a list of companies."""
