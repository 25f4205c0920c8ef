"""The sources that exist, and how each is put together from the settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sources import contactout, leadiq, letrics
from sources.contactout import api as contactout_api
from sources.contactout import records as contactout_records
from sources.landing import Entity
from sources.leadiq import api as leadiq_api
from sources.leadiq import records as leadiq_records
from sources.letrics import api as letrics_api
from sources.letrics import records as letrics_records
from sources.metered import Ask, PriceList, Provider
from sources.paging import Walk

from .settings import Settings


@dataclass(frozen=True, slots=True)
class Source:
    """One source of the catalogue.

    Attributes:
        dlt_source: (settings, ask, on_findings) to the dlt source.
    """

    name: str
    entities: tuple[Entity, ...]
    provider: Callable[[Settings], Provider]
    walks: Callable[[Settings], tuple[Walk, ...]]
    dlt_source: Callable[[Settings, Ask, Any], Any]

    @property
    def dataset(self) -> str:
        return f"raw_{self.name}"

    def entity_of(self, resource: str, settings: Settings) -> Entity | None:
        """The raw table a resource fills; None for a question that fills none (authentication)."""
        by_name = {entity.name: entity for entity in self.entities}
        return next((by_name[walk.entity] for walk in self.walks(settings) if walk.resource == resource), None)


def _priced(settings: Settings, name: str, documented: PriceList) -> PriceList:
    return {**documented, **getattr(settings.prices, name)}


def _rated(settings: Settings, name: str, documented: Any) -> dict[str, float]:
    return {**documented, **getattr(settings.rates, name)}


SOURCES: dict[str, Source] = {
    "leadiq": Source(
        "leadiq",
        leadiq_records.ENTITIES,
        lambda s: leadiq_api.provider(
            s.sources.leadiq, _priced(s, "leadiq", leadiq_api.PRICES), _rated(s, "leadiq", leadiq_api.RATES)
        ),
        lambda s: leadiq_api.walks(s.sources.leadiq),
        lambda s, ask, note: leadiq.leadiq(
            api_key="",
            base_url=s.sources.leadiq.base_url,
            tracked_contacts=s.sources.leadiq.tracked_contacts.model_dump(),
            tracked_companies=s.sources.leadiq.tracked_companies.model_dump(),
            ask=ask,
            on_findings=note,
        ),
    ),
    "contactout": Source(
        "contactout",
        contactout_records.ENTITIES,
        lambda s: contactout_api.provider(
            s.sources.contactout,
            _priced(s, "contactout", contactout_api.PRICES),
            _rated(s, "contactout", contactout_api.RATES),
        ),
        lambda s: contactout_api.walks(s.sources.contactout),
        lambda s, ask, note: contactout.contactout(
            api_token="",
            base_url=s.sources.contactout.base_url,
            searches={name: search.model_dump() for name, search in s.sources.contactout.searches.items()},
            ask=ask,
            on_findings=note,
        ),
    ),
    "letrics": Source(
        "letrics",
        letrics_records.ENTITIES,
        lambda s: letrics_api.provider(
            s.sources.letrics, _priced(s, "letrics", letrics_api.PRICES), _rated(s, "letrics", letrics_api.RATES)
        ),
        lambda s: letrics_api.walks(s.sources.letrics),
        lambda s, ask, note: letrics.letrics(
            api_key="",
            base_url=s.sources.letrics.base_url,
            options=s.sources.letrics.model_dump(exclude={"api_key", "base_url"}, exclude_none=True),
            ask=ask,
            on_findings=note,
        ),
    ),
}
