"""ContactOut: what may be asked, as typed inputs of `.dlt/config.toml`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Values = Annotated[
    list[str], BeforeValidator(lambda value: [value] if isinstance(value, str) else value), Field(max_length=50)
]


class PeopleSearch(BaseModel):
    """`[sources.contactout.searches.<name>]`: a saved people search. Every profile it returns costs a search credit."""

    model_config = ConfigDict(extra="forbid")

    refresh_days: float = Field(
        30, gt=0, description="The search is bought again when it was complete so many days ago."
    )
    reveal_info: bool = Field(
        False,
        description="Show e-mail addresses and phone numbers: 1 email and 1 phone credit per profile that has one.",
    )
    name: str | None = Field(None, description="Name of the person.")
    job_title: Values | None = Field(None, description="Titles; boolean expressions in parentheses are allowed.")
    exclude_job_titles: list[str] | None = Field(None, description="Titles to leave out.")
    current_titles_only: bool | None = Field(
        None, description="Match current titles only (ContactOut's default: true)."
    )
    include_related_job_titles: bool | None = Field(None, description="Match related titles too.")
    match_experience: str | None = Field(
        None, description="Which positions must match, e.g. `current`, `past`, `both`."
    )
    job_function: Values | None = Field(None, description="Functional areas.")
    seniority: Values | None = Field(None, description="Seniorities.")
    skills: Values | None = Field(None, description="Skills; boolean expressions are allowed.")
    education: Values | None = Field(None, description="Schools or degrees; boolean expressions are allowed.")
    location: Values | None = Field(None, description="Locations of the person.")
    company: Values | None = Field(None, description="Companies.")
    company_filter: str | None = Field(None, description="Which companies must match, e.g. `current`, `past`, `both`.")
    current_company_only: bool | None = Field(
        None, description="Match the current company only (ContactOut's default: true)."
    )
    exclude_companies: list[str] | None = Field(None, description="Companies to leave out.")
    domain: Values | None = Field(None, description="Domains of companies.")
    industry: Values | None = Field(None, description="Industries; boolean expressions are allowed.")
    keyword: str | None = Field(None, description="Keyword; boolean expressions are allowed.")
    company_size: list[str] | None = Field(None, description="Sizes, e.g. `1_10`, `11_50`.")
    years_of_experience: list[str] | None = Field(None, description="Ranges of years, e.g. `6_10`.")
    years_in_current_role: list[str] | None = Field(None, description="Ranges of years, e.g. `0_2`.")
    data_types: list[Literal["personal_email", "work_email", "phone"]] | None = Field(
        None, description="Only profiles that have these contact details."
    )
    detailed_experience: bool | None = Field(None, description="Positions as objects instead of sentences.")
    detailed_education: bool | None = Field(None, description="Studies as objects instead of sentences.")
    output_fields: list[str] | None = Field(None, description="Send only these fields.")

    def body(self) -> dict[str, Any]:
        """The request without its page; only what was set."""
        body: dict[str, Any] = self.model_dump(exclude={"refresh_days"}, exclude_none=True)
        return body

    def filters(self) -> dict[str, Any]:
        """What chooses the profiles, as far as the count knows it (reference, People Count API)."""
        shown = {
            "refresh_days",
            "reveal_info",
            "data_types",
            "detailed_experience",
            "detailed_education",
            "output_fields",
        }
        filters: dict[str, Any] = self.model_dump(exclude=shown, exclude_none=True)
        return filters


class ContactOutInputs(BaseModel):
    """`[sources.contactout]`"""

    model_config = ConfigDict(extra="forbid")

    api_token: str | None = Field(None, repr=False, description="The API token; a secret.")
    base_url: str = Field("https://api.contactout.com", description="Base URL of the API.")
    searches: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], PeopleSearch] = Field(
        default_factory=dict, description="Saved people searches by name (lower case letters, digits, underscores)."
    )
