"""ContactOut as a dlt source.

    pipeline = dlt.pipeline("leads", destination="duckdb", dataset_name="raw_contactout")
    pipeline.run(contactout(searches={"vps_in_london": {"seniority": ["vp"], "location": ["London"]}}))

Resources: `stats` (free reading of the meters, this month and the last), `people_search_<name>`, `company_search_<name>`
and `decision_makers_<name>` (saved searches, bought whole and refreshed at their interval); all profiles into the table
`people`, companies into `companies`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .source import contactout

__all__ = ["contactout"]


def __getattr__(name: str) -> Any:
    # Whoever reads `inputs` alone, as the command line does, need not wait for dlt.
    if name == "contactout":
        from .source import contactout

        return contactout
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
