"""The source as dlt calls it, and what it takes in place of a configuration."""

from __future__ import annotations

from typing import Any

import dlt
from dlt.extract import DltResource

from sources.landing.resources import resources
from sources.metered.standalone import standalone_ask

from .api import NAME, provider, walks
from .inputs import ContactOutInputs
from .records import ENTITIES


@dlt.source(name=NAME, section=NAME)
def contactout(
    api_token: str = dlt.secrets.value,
    base_url: str = ContactOutInputs.model_fields["base_url"].default,
    searches: dict[str, Any] | None = None,
    company_searches: dict[str, Any] | None = None,
    decision_makers: dict[str, Any] | None = None,
) -> list[DltResource]:
    """What ContactOut knows, as raw rows; the journal stands in the pipeline's working directory.

    Args:
        api_token: the token; by default `sources.contactout.api_token` of dlt's secrets.
        base_url: base URL of the API.
        searches: saved people searches by name, see `inputs.PeopleSearch`.
        company_searches: saved company searches by name, see `inputs.CompanySearch`.
        decision_makers: companies whose decision makers are read, by a name of yours, see `inputs.DecisionMakers`.
    """
    inputs = ContactOutInputs.model_validate(
        {
            "api_token": api_token,
            "base_url": base_url,
            "searches": searches or {},
            "company_searches": company_searches or {},
            "decision_makers": decision_makers or {},
        }
    )
    return resources(walks(inputs), ENTITIES, standalone_ask(provider(inputs)))
