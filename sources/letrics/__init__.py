"""Letrics (the JSON API) as a dlt source.

    pipeline = dlt.pipeline("leads", destination="duckdb", dataset_name="raw_letrics")
    pipeline.run(letrics(base_url="https://api.example.com"))

Resources: `contacts` and `companies`, both read in windows over the creation of the company, with an overlap, and whole
at a slow interval.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .source import letrics

__all__ = ["letrics"]


def __getattr__(name: str) -> Any:
    # Whoever reads `inputs` alone, as the command line does, need not wait for dlt.
    if name == "letrics":
        from .source import letrics

        return letrics
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
