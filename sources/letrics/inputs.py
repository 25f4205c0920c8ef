"""Letrics: what may be asked, as typed inputs of `.dlt/config.toml`."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Location(BaseModel):
    """A company location, most precise part first: city, state, or country."""

    model_config = ConfigDict(extra="forbid")

    city: str | None = Field(None, description="City; needs the country.")
    state: str | None = Field(None, description="State; needs the country.")
    country: str = Field(description="Country, by its English name.")

    @model_validator(mode="after")
    def no_separators(self) -> Location:
        for part in (self.city, self.state, self.country):
            if part is not None and "||" in part:
                raise ValueError("a location's parts must not hold '||'")
        return self

    def text(self) -> str:
        """The form of the documentation: `city:A||B||C`, `state:B||C` or `country:C`."""
        if self.city:
            return f"city:{self.city}||{self.state or ''}||{self.country}"
        return f"state:{self.state}||{self.country}" if self.state else f"country:{self.country}"


class CompanyFilters(BaseModel):
    """`[sources.letrics.companies]`"""

    model_config = ConfigDict(extra="allow")

    locations: list[Location] | None = Field(None, description="Locations of the company, each {city, state, country}.")
    functions: list[str] | None = Field(None, description="Functions of the company.")
    industries: list[str] | None = Field(None, description="Industries of the company.")
    tlds: list[str] | None = Field(None, description="Domains of the company.")
    technologies: list[str] | None = Field(None, description="Technologies the company uses (any of them).")

    def asked(self) -> dict[str, Any]:
        """The filters as they are sent; only what was set."""
        filters: dict[str, Any] = self.model_dump(exclude_none=True, exclude={"locations"})
        if self.locations:
            filters["locations"] = [location.text() for location in self.locations]
        return filters


class ContactFilters(CompanyFilters):
    """`[sources.letrics.contacts]`"""

    job_titles: list[str] | None = Field(None, description="Parts of titles, any case.")
    departments: list[str] | None = Field(None, description="Departments, exactly.")
    seniorities: list[str] | None = Field(None, description="Seniorities, exactly.")
    has_personal_emails: Literal[True] | None = Field(
        None, description="Only contacts with a personal e-mail address; documented for true only."
    )
    has_linkedin_profile: Literal[True] | None = Field(
        None, description="Only contacts with a LinkedIn profile; documented for true only."
    )
    is_decision_maker: Literal[True] | None = Field(None, description="Only decision makers; documented for true only.")


class LetricsInputs(BaseModel):
    """`[sources.letrics]`"""

    model_config = ConfigDict(extra="forbid")

    api_key: str | None = Field(None, repr=False, description="The API key; a secret.")
    base_url: str | None = Field(
        None, description="Base URL of the JSON API; ask Letrics for it, its documentation does not name it."
    )
    method: Literal["GET", "POST"] = Field(
        "GET", description="How lists are asked for: GET with query keys, or POST with a JSON body."
    )
    list_keys: Literal["repeated", "brackets"] = Field(
        "repeated", description="How GET writes a list: `tlds=a&tlds=b`, or `tlds[]=a&tlds[]=b`."
    )
    contacts_path: str = Field("/contacts", pattern="^/", description="Path of the contacts below base_url.")
    companies_path: str = Field("/companies", pattern="^/", description="Path of the companies below base_url.")
    per_page: int = Field(100, ge=1, le=100, description="Records per page; Letrics allows 100.")
    start: date | None = Field(None, description="Companies created from this day on; unset reads all.")
    overlap_days: float = Field(2, ge=0, description="How many days of created companies are read again.")
    full_refresh_days: float = Field(
        30, gt=0, description="Every so often all is read again: new contacts at old companies cannot be asked for."
    )
    allow_unknown_filters: bool = Field(False, description="Send filters that the documentation does not name.")
    contacts: ContactFilters = Field(default_factory=ContactFilters, description="Filters of the contacts.")
    companies: CompanyFilters = Field(default_factory=CompanyFilters, description="Filters of the companies.")

    @model_validator(mode="after")
    def unknown_filters(self) -> LetricsInputs:
        for table, filters in (("contacts", self.contacts), ("companies", self.companies)):
            unknown = sorted(filters.model_extra or ())
            if unknown and not self.allow_unknown_filters:
                raise ValueError(
                    f"{table}: {', '.join(unknown)} is no documented filter; correct it, or set allow_unknown_filters = true to send it all the same"
                )
        return self
