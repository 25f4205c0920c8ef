"""What earlier pushes made at a provider, and what is read of it from then on."""

from __future__ import annotations

from .books import DATASET
from .settings import Settings
from .warehouse import Warehouse


def with_pushed(settings: Settings, warehouse: Warehouse) -> Settings:
    """The settings, with what `leadhouse push` made beside what is configured: company-tracking tasks, Prospector lists.

    A sync freezes them like everything else it was begun with.
    """
    more = settings.model_copy(deep=True)
    leadiq = more.sources.leadiq
    for push, known in (
        ("start_company_tracking_task", leadiq.company_tracking.tasks),
        ("create_prospect_list", leadiq.prospector.lists),
    ):
        known.extend(made for made in _made("leadiq", push, warehouse) if made not in known)
    return more


def _made(provider: str, push: str, warehouse: Warehouse) -> list[str]:
    rows = warehouse.query(
        f"select distinct result_id from {DATASET}.pushes where provider = '{provider}' and push = '{push}' "
        "and outcome = 'done' and result_id is not null order by result_id"
    )
    return [str(row[0]) for row in rows]
