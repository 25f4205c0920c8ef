"""An order: the rows somebody wants to be looked up, as a sync keeps them from its begin to its end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sources.metered import digest
from sources.paging import Lookup, Walk

from .catalogue import SOURCES
from .failures import CannotDo
from .settings import Settings


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of an order.

    Attributes:
        sent: what is sent to the provider.
        lines: the lines of the input that ask it, from 1; several may ask for the same.
        references: the customer's own key of each of these lines, where it has one.
    """

    sent: Mapping[str, Any]
    lines: tuple[int, ...]
    references: tuple[str | None, ...]

    @property
    def key(self) -> str:
        """SHA-256 of what is sent; by it an answer is known to be fresh."""
        return key_of(self.sent)


def key_of(sent: Mapping[str, Any]) -> str:
    """See `Asked.key`."""
    return digest(json.dumps(sent, sort_keys=True, ensure_ascii=True, separators=(",", ":")))


@dataclass(frozen=True, slots=True)
class Order:
    """What is looked up, and with which data points."""

    source: str
    name: str
    points: tuple[str, ...]
    asked: tuple[Asked, ...]

    @property
    def resource(self) -> str:
        """The resource that asks."""
        return f"lookup_{self.name}"

    def walk(self, settings: Settings) -> Walk:
        """Asks for one row after the other."""
        return find_lookup(f"{self.source}.{self.name}", settings)[1].walk(
            [one.sent for one in self.asked], frozenset(self.points)
        )

    def frozen(self) -> dict[str, Any]:
        """The order as JSON."""
        return asdict(self)

    @classmethod
    def thawed(cls, frozen: Mapping[str, Any] | None) -> Order | None:
        """The order that was frozen; None where there was none."""
        if not frozen:
            return None
        asked = tuple(Asked(one["sent"], tuple(one["lines"]), tuple(one["references"])) for one in frozen["asked"])
        return cls(frozen["source"], frozen["name"], tuple(frozen["points"]), asked)


def find_lookup(text: str, settings: Settings) -> tuple[str, Lookup]:
    """The source and the lookup of `leadiq.people`.

    Raises:
        CannotDo: there is no such lookup.
    """
    known = {f"{name}.{one.name}": (name, one) for name, source in SOURCES.items() for one in source.lookups(settings)}
    if text not in known:
        raise CannotDo(f"There is no lookup {text!r}. The lookups are {', '.join(sorted(known))}.")
    return known[text]
