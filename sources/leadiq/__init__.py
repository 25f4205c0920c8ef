"""LeadIQ as a dlt source.

    pipeline = dlt.pipeline("leads", destination="duckdb", dataset_name="raw_leadiq")
    pipeline.run(leadiq())

Resources: `account`, `usage` and `contact_tracking_balance` (free readings of meters), `tracked_contacts` (job changes of
tracked contacts, incremental), `tracked_companies` (the tracked list, whole), `search_<name>` for each saved search,
`company_tracking_task_<id>` and `company_job_changes_<id>` for each task, and `prospects_<id>`, where wished for also
`prospect_export_<id>`, for each list of Prospector.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .source import leadiq

__all__ = ["leadiq"]


def __getattr__(name: str) -> Any:
    # Whoever reads `inputs` alone, as the command line does, need not wait for dlt.
    if name == "leadiq":
        from .source import leadiq

        return leadiq
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
