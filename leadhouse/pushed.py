"""What earlier pushes made at a provider, and what is read of it from then on."""

from __future__ import annotations

from .books import DATASET
from .settings import Settings
from .warehouse import Warehouse


def with_pushed(settings: Settings, warehouse: Warehouse) -> Settings:
    """The settings, with the company-tracking tasks that were started by `leadhouse push` beside those that are configured.

    A sync freezes them like everything else it was begun with.
    """
    known = settings.sources.leadiq.company_tracking.tasks
    made = [task for task in _made("leadiq", "start_company_tracking_task", warehouse) if task not in known]
    if not made:
        return settings
    more = settings.model_copy(deep=True)
    more.sources.leadiq.company_tracking.tasks.extend(made)
    return more


def _made(provider: str, push: str, warehouse: Warehouse) -> list[str]:
    rows = warehouse.query(
        f"select distinct result_id from {DATASET}.pushes where provider = '{provider}' and push = '{push}' "
        "and outcome = 'done' and result_id is not null order by result_id"
    )
    return [str(row[0]) for row in rows]
