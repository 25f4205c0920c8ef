"""The sources that exist, and how each is put together from the settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sources.contactout import api as contactout_api
from sources.contactout import lookups as contactout_lookups
from sources.contactout import records as contactout_records
from sources.contactout import results as contactout_results
from sources.landing import Entity
from sources.leadiq import api as leadiq_api
from sources.leadiq import lookups as leadiq_lookups
from sources.leadiq import pricing as leadiq_pricing
from sources.leadiq import pushes as leadiq_pushes
from sources.leadiq import records as leadiq_records
from sources.leadiq import results as leadiq_results
from sources.letrics import api as letrics_api
from sources.letrics import records as letrics_records
from sources.metered import PriceList, Provider
from sources.paging import Lookup, Push, Walk

from .settings import Settings


@dataclass(frozen=True, slots=True)
class Source:
    """One source of the catalogue.

    Attributes:
        walks: what a sync reads.
        lookups: what can be looked up for rows that somebody brings.
        pushes: what can be written for them.
    """

    name: str
    entities: tuple[Entity, ...]
    provider: Callable[[Settings], Provider]
    walks: Callable[[Settings], tuple[Walk, ...]]
    lookups: Callable[[Settings], tuple[Lookup, ...]] = lambda _: ()
    pushes: tuple[Push, ...] = ()

    @property
    def dataset(self) -> str:
        return f"raw_{self.name}"

    def entity_of(self, walks: Iterable[Walk], resource: str) -> Entity | None:
        """The raw table a resource fills; None for a question that fills none (authentication)."""
        by_name = {entity.name: entity for entity in self.entities}
        return next((by_name[walk.entity] for walk in walks if walk.resource == resource), None)


def _priced(settings: Settings, name: str, documented: PriceList) -> PriceList:
    return {**documented, **getattr(settings.prices, name)}


def _rated(settings: Settings, name: str, documented: Any) -> dict[str, float]:
    return {**documented, **getattr(settings.rates, name)}


SOURCES: dict[str, Source] = {
    "leadiq": Source(
        "leadiq",
        (*leadiq_records.ENTITIES, *leadiq_results.ENTITIES),
        lambda s: leadiq_api.provider(
            s.sources.leadiq, _priced(s, "leadiq", leadiq_pricing.PRICES), _rated(s, "leadiq", leadiq_api.RATES)
        ),
        lambda s: leadiq_api.walks(s.sources.leadiq),
        lambda s: leadiq_lookups.lookups(s.sources.leadiq.lookups),
        leadiq_pushes.pushes(),
    ),
    "contactout": Source(
        "contactout",
        (*contactout_records.ENTITIES, *contactout_results.ENTITIES),
        lambda s: contactout_api.provider(
            s.sources.contactout,
            _priced(s, "contactout", contactout_api.PRICES),
            _rated(s, "contactout", contactout_api.RATES),
        ),
        lambda s: contactout_api.walks(s.sources.contactout),
        lambda s: contactout_lookups.lookups(s.sources.contactout),
    ),
    "letrics": Source(
        "letrics",
        letrics_records.ENTITIES,
        lambda s: letrics_api.provider(
            s.sources.letrics, _priced(s, "letrics", letrics_api.PRICES), _rated(s, "letrics", letrics_api.RATES)
        ),
        lambda s: letrics_api.walks(s.sources.letrics),
    ),
}
