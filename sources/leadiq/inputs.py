"""LeadIQ: what may be asked, as typed inputs of `.dlt/config.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

DataPoint = Literal["profile", "emails", "phones", "company"]
"""What LeadIQ prices apart (API guide, Credits); ids, and a company's name and domain as a person's employer, are free."""


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _as_milliseconds(value: Any) -> Any:
    """A day or a moment as milliseconds since 1970, which is what LeadIQ's `Long` filters count; UTC without a zone."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return value
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        return int(moment.timestamp() * 1000)
    if isinstance(value, date):
        return int(datetime(value.year, value.month, value.day, tzinfo=UTC).timestamp() * 1000)
    return value


Values = Annotated[list[str], BeforeValidator(_as_list), Field(min_length=1)]
Moment = Annotated[int, BeforeValidator(_as_milliseconds)]
"""Milliseconds since 1970; written as a day, a moment or the number itself."""


class Filter(BaseModel):
    """A part of a search. What is not set is not sent."""

    model_config = ConfigDict(extra="forbid")

    def sent(self) -> dict[str, Any]:
        """The filter as LeadIQ takes it: camelCase, only what was set."""
        sent: dict[str, Any] = _camel(self.model_dump(mode="json", exclude_none=True))
        return sent


class Size(Filter):
    """A number of employees."""

    min: int | None = Field(None, ge=0, description="At least so many employees.")
    max: int | None = Field(None, ge=0, description="At most so many employees.")


class Range(Filter):
    """A range of US dollars, both ends inclusive."""

    start: int | None = Field(None, description="At least so much.")
    end: int | None = Field(None, description="At most so much.")


class Times(Filter):
    """A stretch of time."""

    start: Moment | None = Field(None, description="From this day or moment on, UTC.")
    end: Moment | None = Field(None, description="Up to this day or moment, UTC.")


class Funding(Filter):
    """The last funding round."""

    last_funding_date_range: Times | None = Field(None, description="When it was.")
    last_funding_range: Range | None = Field(None, description="How much it was.")


class Naics(Filter):
    """An industry by its NAICS code."""

    code: str | None = Field(None, description="The code.")
    description: str | None = Field(None, description="Its description.")


class CompanyFilter(Filter):
    """Which companies (references, CompanyFilter)."""

    ids: Values | None = Field(None, description="LeadIQ's ids of companies.")
    names: Values | None = Field(None, description="Names.")
    domains: Values | None = Field(None, description="Domains.")
    linkedin_ids: Values | None = Field(None, description="LinkedIn ids of companies.")
    industries: Values | None = Field(None, description="Industries.")
    sizes: list[Size] | None = Field(None, description="Sizes, each `{min, max}`.")
    cities: Values | None = Field(None, description="Cities.")
    states: Values | None = Field(None, description="States.")
    postal_codes: Values | None = Field(None, description="Postal codes.")
    countries: Values | None = Field(None, description="Countries.")
    descriptions: Values | None = Field(None, description="Words of the description.")
    technologies: Values | None = Field(None, description="Technologies in use.")
    technology_categories: Values | None = Field(None, description="Categories of technologies in use.")
    revenue_ranges: list[Range] | None = Field(None, description="Revenues in US dollars, each `{start, end}`.")
    funding_info_filters: list[Funding] | None = Field(None, description="Last funding rounds.")
    naics_code_filters: list[Naics] | None = Field(None, description="NAICS codes, each `{code, description}`.")


class Area(Filter):
    """Where a person is."""

    area_level1: str | None = Field(None, description="State or region.")
    country: str | None = Field(None, description="Country.")


class ContactFilter(Filter):
    """Which people (reference of contact tracking, ContactFilter). The newer generation of the API does not know it."""

    ids: Values | None = Field(None, description="LeadIQ's ids of people.")
    names: Values | None = Field(None, description="Names.")
    titles: Values | None = Field(None, description="Titles.")
    linkedin_ids: Values | None = Field(None, description="LinkedIn ids of people.")
    linkedin_urls: Values | None = Field(None, description="LinkedIn profile URLs.")
    seniorities: Values | None = Field(
        None, description="`VP`, `Director`, `Executive`, `Manager`, `SeniorIndividualContributor` and others."
    )
    roles: Values | None = Field(None, description="Roles.")
    states: Values | None = Field(None, description="States.")
    countries: Values | None = Field(None, description="Countries.")
    locations: list[Area] | None = Field(None, description="Places, each `{area_level1, country}`.")
    contains_work_emails: Values | None = Field(
        None, description="Only people with a work e-mail address of such a status, e.g. `Verified`."
    )
    updated_at: Times | None = Field(
        None, description="When LeadIQ last changed the record; leave it unset to read what is new."
    )
    new_hire_from: Moment | None = Field(None, description="People hired since this day.")
    new_promotion_from: Moment | None = Field(None, description="People promoted since this day.")


class JobChangeFilter(Filter):
    """Only people who changed jobs; not documented, seen in LeadIQ's own samples."""

    job_change_types: Values | None = Field(None, description="`JobChange`, `TitleChange`.")
    started_after: Moment | None = Field(None, description="The new position began after this day.")


class Search(BaseModel):
    """`[sources.leadiq.searches.<name>]`: a saved advanced search. What it returns is paid by data point and person."""

    model_config = ConfigDict(extra="forbid")

    data: list[DataPoint] = Field(
        ["profile"],
        min_length=1,
        description="Data points to buy of each person: `profile` (0.1 credits), `emails` (1), `phones` (10), `company` (3).",
    )
    grouped: bool = Field(False, description="One record per company with its people, instead of one per person.")
    limit_per_company: int = Field(5, ge=1, le=1000, description="People per company at most, where `grouped`.")
    refresh_days: float = Field(30, gt=0, description="All of it is bought again after so many days.")
    incremental: bool | None = Field(
        None,
        description="In between, buy what LeadIQ has changed since the last sync (contactFilter.updatedAt). Unset: where the "
        "search has a `contact` filter, since the account then knows it.",
    )
    page_size: int = Field(25, ge=1, le=1000, description="Records asked for per page; LeadIQ may send fewer.")
    company: CompanyFilter | None = Field(None, description="Which companies.")
    company_excluded: CompanyFilter | None = Field(None, description="Companies to leave out.")
    contact: ContactFilter | None = Field(None, description="Which people.")
    job_change: JobChangeFilter | None = Field(None, description="Only people who changed jobs.")

    @model_validator(mode="after")
    def finds_something_less_than_everybody(self) -> Search:
        if not any(part is not None and part.sent() for part in (self.company, self.contact, self.job_change)):
            raise ValueError(
                "a search without a filter would buy everybody LeadIQ knows; set company, contact or job_change"
            )
        if self.reads_changes and self.contact is not None and self.contact.updated_at is not None:
            if self.incremental:
                raise ValueError("incremental sets contact.updated_at itself; unset one of the two")
            self.incremental = False
        return self

    @property
    def reads_changes(self) -> bool:
        """Whether what has changed is bought between two refreshes."""
        return self.contact is not None if self.incremental is None else self.incremental

    def filters(self) -> dict[str, Any]:
        """What chooses the records, as LeadIQ takes it."""
        parts = {
            "companyFilter": self.company,
            "companyExcludedFilter": self.company_excluded,
            "contactFilter": self.contact,
            "jobChangeFilter": self.job_change,
        }
        return {name: sent for name, part in parts.items() if part is not None and (sent := part.sent())}


class TrackedContacts(BaseModel):
    """`[sources.leadiq.tracked_contacts]`"""

    model_config = ConfigDict(extra="forbid")

    import_id: str | None = Field(None, description="Read the contacts of one import only; unset reads all.")
    unique_only: bool | None = Field(
        None, description="Leave out contacts that LeadIQ considers duplicates; unset asks as the account is set."
    )
    overlap_days: int = Field(
        7, ge=0, le=3650, description="How many days of detections are read again, for back-dated ones; it is free."
    )
    start: date | None = Field(None, description="Detections from this day on; unset reads all there are.")
    page_size: int = Field(25, ge=1, le=1000, description="Records asked for per page; LeadIQ may send fewer.")


class TrackedCompanies(BaseModel):
    """`[sources.leadiq.tracked_companies]`"""

    model_config = ConfigDict(extra="forbid")

    page_size: int = Field(25, ge=1, le=1000, description="Records asked for per page; LeadIQ may send fewer.")


ListedId = Annotated[str, BeforeValidator(lambda value: str(value) if isinstance(value, int) else value)]


class CompanyTracking(BaseModel):
    """`[sources.leadiq.company_tracking]`"""

    model_config = ConfigDict(extra="forbid")

    tasks: list[Annotated[ListedId, Field(pattern=r"^[\w-]+$")]] = Field(
        default_factory=list, description="Ids of company-tracking tasks whose job changes are read once they are done."
    )
    unique_only: bool | None = Field(
        None, description="Leave out people that LeadIQ considers duplicates; unset asks as the account is set."
    )
    page_size: int = Field(25, ge=1, le=1000, description="Records asked for per page; LeadIQ may send fewer.")


class ProspectorLists(BaseModel):
    """`[sources.leadiq.prospector]`"""

    model_config = ConfigDict(extra="forbid")

    lists: Annotated[
        list[Annotated[ListedId, Field(pattern=r"^[\w-]+$")]], AfterValidator(lambda ids: list(dict.fromkeys(ids)))
    ] = Field(default_factory=list, description="Ids of Prospector lists whose prospects are read; it is free.")
    page_size: int = Field(100, ge=1, le=100, description="Prospects asked for per page.")
    export: bool = Field(False, description="Read each list's CSV export too, as a table of its own.")


class Lookups(BaseModel):
    """`[sources.leadiq.lookups]`: how `leadhouse lookup leadiq.…` asks."""

    model_config = ConfigDict(extra="forbid")

    fresh_days: float = Field(
        90, ge=0, description="What was answered so many days ago at most, also with nothing, is not bought again."
    )
    limit: int = Field(1, ge=1, le=100, description="People bought at most for one row; the first is the best match.")
    hash_emails: bool = Field(False, description="Send the SHA-256 of an e-mail address in its place.")
    search_in_past_companies: bool | None = Field(None, description="Match a row's company with earlier employers too.")
    strict: bool | None = Field(None, description="Find nothing where a row's company is not known.")
    work_email_status_in: Values | None = Field(
        None, description="Only people whose work e-mail has such a status, e.g. `Verified`."
    )
    contains_work_contact_info: bool | None = Field(None, description="Only people with contact details at work.")
    profile_filter: Values | None = Field(None, description="Only people that have these, e.g. `HasVerifiedWorkEmail`.")
    include_invalid: bool | None = Field(None, description="Show e-mail addresses too that are known to be invalid.")

    def sent(self) -> dict[str, Any]:
        """What is sent with each person."""
        chosen = {"work_email_status_in", "contains_work_contact_info", "profile_filter", "include_invalid"}
        sent: dict[str, Any] = _camel(self.model_dump(mode="json", include=chosen, exclude_none=True))
        return sent

    def of_company(self) -> dict[str, Any]:
        """What is sent with each person's company."""
        sent: dict[str, Any] = _camel(
            self.model_dump(mode="json", include={"search_in_past_companies", "strict"}, exclude_none=True)
        )
        return sent


class LeadIQInputs(BaseModel):
    """`[sources.leadiq]`"""

    model_config = ConfigDict(extra="forbid")

    api_key: str | None = Field(
        None, repr=False, description="The API key, raw or in its ready-made base64 form; a secret."
    )
    base_url: str = Field("https://api.leadiq.com/graphql", description="The GraphQL endpoint.")
    prospector_base_url: str = Field("https://prospector.leadiq.com", description="The Prospector REST API (lists).")
    tracked_contacts: TrackedContacts = Field(
        default_factory=TrackedContacts, description="Job changes of tracked contacts."
    )
    tracked_companies: TrackedCompanies = Field(
        default_factory=TrackedCompanies, description="The tracked list of companies."
    )
    company_tracking: CompanyTracking = Field(
        default_factory=CompanyTracking, description="Job changes at tracked companies."
    )
    prospector: ProspectorLists = Field(default_factory=ProspectorLists, description="Lists of prospects.")
    lookups: Lookups = Field(default_factory=Lookups, description="How people and companies are looked up.")
    searches: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], Search] = Field(
        default_factory=dict,
        description="Saved advanced searches by name (lower case letters, digits, underscores).",
    )


def _camel(value: Any) -> Any:
    """The same with camelCase keys, empty objects left out."""
    if isinstance(value, Mapping):
        return {to_camel(name): sent for name, one in value.items() if (sent := _camel(one)) not in ({}, [])}
    if isinstance(value, list):
        return [sent for one in value if (sent := _camel(one)) not in ({}, [])]
    return value
