"""Letrics (the JSON API) as a dlt source.

    pipeline = dlt.pipeline("leads", destination="duckdb", dataset_name="raw_letrics")
    pipeline.run(letrics(base_url="https://api.example.com"))

Resources: `contacts` and `companies`, both read in windows over the creation of the company, with an overlap, and whole
at a slow interval.
"""

from __future__ import annotations

from typing import Any

import dlt
from dlt.extract import DltResource

from sources.landing.resources import OnFindings, resources
from sources.metered.standalone import standalone_ask

from .api import NAME, provider, walks
from .inputs import LetricsInputs
from .records import ENTITIES


@dlt.source(name=NAME)
def letrics(
    api_key: str | None = dlt.secrets.value,
    base_url: str | None = None,
    options: dict[str, Any] | None = None,
    ask: Any = None,
    on_findings: Any = None,
) -> list[DltResource]:
    """What Letrics knows, as raw rows.

    Args:
        api_key: the key; not needed with `ask`.
        base_url: base URL of the API; its documentation does not name one.
        options: everything else of `inputs.LetricsInputs`: filters, method, paths, windows.
        ask: an `Ask`: who answers; by default the metered client, with a journal in the pipeline's working directory.
        on_findings: an `OnFindings`: told what landing learned of each answer (drift, quarantine, envelope).
    """
    inputs = LetricsInputs.model_validate({**(options or {}), "api_key": api_key, "base_url": base_url})
    told: OnFindings = on_findings
    return resources(walks(inputs), ENTITIES, ask or standalone_ask(provider(inputs)), told)
