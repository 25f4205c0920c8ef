"""The source as dlt calls it, and what it takes in place of a configuration."""

from __future__ import annotations

from typing import Any

import dlt
from dlt.extract import DltResource

from sources.landing.resources import resources
from sources.metered.standalone import standalone_ask

from .api import NAME, provider, walks
from .inputs import LetricsInputs
from .records import ENTITIES


@dlt.source(name=NAME, section=NAME)
def letrics(
    api_key: str = dlt.secrets.value,
    base_url: str | None = None,
    options: dict[str, Any] | None = None,
) -> list[DltResource]:
    """What Letrics knows, as raw rows; the journal stands in the pipeline's working directory.

    Args:
        api_key: the key; by default `sources.letrics.api_key` of dlt's secrets.
        base_url: base URL of the API; its documentation does not name one.
        options: everything else of `inputs.LetricsInputs`: filters, method, paths, windows.
    """
    inputs = LetricsInputs.model_validate({**(options or {}), "api_key": api_key, "base_url": base_url})
    return resources(walks(inputs), ENTITIES, standalone_ask(provider(inputs)))
