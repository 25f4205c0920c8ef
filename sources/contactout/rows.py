"""ContactOut: the rows that somebody brings to be looked up or verified."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from . import identifiers

MOST_NAMES = 10
"""Companies, domains and schools that one row may name (reference, People Enrich API)."""


class _Row(BaseModel):
    """A row of the input; empty text is no value."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    def value(self, name: str) -> str:
        return getattr(self, name) or ""

    def need(self, name: str) -> str:
        """The value of a column.

        Raises:
            ValueError: it has none.
        """
        if not self.value(name):
            raise ValueError(f"{name} must be given")
        return self.value(name)

    def several(self, name: str) -> list[str]:
        """The values of a column: one text, several between semicolons, or a list as JSON; each once, in one order.

        Raises:
            ValueError: they are more than ContactOut takes.
        """
        text = self.value(name)
        found: Any = [text]
        if text.startswith("["):
            try:
                found = json.loads(text)
            except ValueError:
                found = [text]
        values = sorted({part.strip() for one in found for part in str(one or "").split(";")} - {""})
        if len(values) > MOST_NAMES:
            raise ValueError(f"{name} has {len(values)} values; ContactOut takes {MOST_NAMES}")
        return values


class PersonRow(_Row):
    """A person to look up. Of several identifiers the most precise is sent alone, in the order of the fields here.

    A name needs something that tells its bearers apart (reference, People Enrich API): a company, a place or a school. A
    title alone does not.
    """

    linkedin_url: str | None = Field(None, description="LinkedIn profile, /in/ or /pub/.")
    email: str | None = Field(None, description="An e-mail address of the person.")
    phone: str | None = Field(None, description="A phone number of the person, with its country code.")
    full_name: str | None = Field(None, description="Whole name; needs a company, location or education.")
    first_name: str | None = Field(None, description="First name; needs last_name.")
    last_name: str | None = Field(None, description="Last name; needs first_name.")
    company: str | None = Field(
        None, description="Names of companies of theirs, up to 10, between semicolons or as a JSON list."
    )
    company_domain: str | None = Field(None, description="Domains of companies of theirs, as company.")
    education: str | None = Field(None, description="Schools of theirs, as company.")
    location: str | None = Field(None, description="City or place.")
    job_title: str | None = Field(None, description="Title they hold.")

    def sent(self) -> dict[str, Any]:
        """See `sources.paging.lookups.Row`; the names are those of `people/enrich`."""
        if self.linkedin_url:
            return {"linkedin_url": identifiers.profile(self.linkedin_url)}
        if self.email:
            return {"email": identifiers.address(self.email)}
        if self.phone:
            return {"phone": identifiers.number(self.phone)}
        return self._by_name()

    def _by_name(self) -> dict[str, Any]:
        if self.full_name:
            name = {"full_name": self.full_name}
        elif self.first_name and self.last_name:
            name = {"first_name": self.first_name, "last_name": self.last_name}
        elif self.first_name or self.last_name:
            raise ValueError("first_name and last_name must be given together")
        else:
            raise ValueError(
                "nothing identifies a person: give linkedin_url, email, phone, or a name with a company, location or education"
            )
        domains = sorted({identifiers.host(one) for one in self.several("company_domain")})
        beside = {
            "company": self.several("company"),
            "company_domain": domains,
            "education": self.several("education"),
            "location": self.value("location"),
        }
        told = {column: value for column, value in beside.items() if value}
        if not told:
            raise ValueError(
                "a name alone does not identify a person: give company, company_domain, location or education with it"
            )
        return {**name, **told, **({"job_title": self.job_title} if self.job_title else {})}


class ProfileRow(_Row):
    """A LinkedIn profile whose contact details are looked up, or checked for whether there are any."""

    linkedin_url: str | None = Field(None, description="LinkedIn profile, /in/ or /pub/; needed.")

    def sent(self) -> dict[str, Any]:
        """See `sources.paging.lookups.Row`."""
        return {"profile": identifiers.profile(self.need("linkedin_url"))}


class EmailRow(_Row):
    """An e-mail address: whose it is, or whether mail to it arrives."""

    email: str | None = Field(None, description="The e-mail address; needed.")

    def sent(self) -> dict[str, Any]:
        """See `sources.paging.lookups.Row`."""
        return {"email": identifiers.address(self.need("email"))}


class DomainRow(_Row):
    """A domain whose company is looked up; it is free."""

    domain: str | None = Field(None, description="The domain, or a URL of it; needed.")

    def sent(self) -> dict[str, Any]:
        """See `sources.paging.lookups.Row`."""
        return {"domain": identifiers.host(self.need("domain"))}
