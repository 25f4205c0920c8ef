"""The source as dlt calls it, and what it takes in place of a configuration."""

from __future__ import annotations

from typing import Any

import dlt
from dlt.extract import DltResource

from sources.landing.resources import resources
from sources.metered.standalone import standalone_ask

from .api import NAME, provider, walks
from .inputs import LeadIQInputs
from .records import ENTITIES


@dlt.source(name=NAME, section=NAME)
def leadiq(
    api_key: str = dlt.secrets.value,
    base_url: str = LeadIQInputs.model_fields["base_url"].default,
    prospector_base_url: str = LeadIQInputs.model_fields["prospector_base_url"].default,
    tracked_contacts: dict[str, Any] | None = None,
    tracked_companies: dict[str, Any] | None = None,
    company_tracking: dict[str, Any] | None = None,
    searches: dict[str, dict[str, Any]] | None = None,
    prospector: dict[str, Any] | None = None,
) -> list[DltResource]:
    """What LeadIQ knows, as raw rows; the journal stands in the pipeline's working directory.

    Args:
        api_key: raw or ready-made base64 key; by default `sources.leadiq.api_key` of dlt's secrets.
        base_url: the GraphQL endpoint.
        prospector_base_url: the Prospector REST API.
        tracked_contacts, tracked_companies, company_tracking, searches, prospector: see `inputs.py`.
    """
    inputs = LeadIQInputs.model_validate(
        {
            "api_key": api_key,
            "base_url": base_url,
            "prospector_base_url": prospector_base_url,
            "tracked_contacts": tracked_contacts or {},
            "tracked_companies": tracked_companies or {},
            "company_tracking": company_tracking or {},
            "searches": searches or {},
            "prospector": prospector or {},
        }
    )
    return resources(walks(inputs), ENTITIES, standalone_ask(provider(inputs)))
