"""LeadIQ: what may be asked, as typed inputs of `.dlt/config.toml`."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field


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
