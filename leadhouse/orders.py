"""An order: the rows somebody wants to be looked up or written, as a sync keeps them from its begin to its end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sources.metered import Credits, digest, price
from sources.paging import Lookup, Push, Walk

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
    """What is looked up, or written.

    Attributes:
        kind: `lookup` or `push`.
        source, name: e.g. `leadiq` and `people`.
        points: the data points to buy of each row.
        nonce: tells a push from another one of the same rows.
    """

    kind: str
    source: str
    name: str
    points: tuple[str, ...]
    asked: tuple[Asked, ...]
    nonce: str = ""

    @property
    def resource(self) -> str:
        """The resource that asks."""
        return f"{self.kind}_{self.name}"

    def walk(self, settings: Settings) -> Walk:
        """Asks for one row after the other, or writes them batch by batch."""
        rows = [one.sent for one in self.asked]
        if self.kind == "push":
            return find_push(f"{self.source}.{self.name}")[1].walk(rows, self.nonce)
        return find_lookup(f"{self.source}.{self.name}", settings)[1].walk(rows, frozenset(self.points))

    def at_most(self, settings: Settings) -> Credits:
        """What it can cost at most."""
        window = {"id": "w000000", "step": 0, "position": None}
        if self.kind == "push":
            push = find_push(f"{self.source}.{self.name}")[1]
            operation, units = push.operation, {"record": 1}
        else:
            lookup = find_lookup(f"{self.source}.{self.name}", settings)[1]
            question = lookup.question(window, self.asked[0].sent, frozenset(self.points))
            operation, units = question.operation, dict(question.at_most)
        each = price(SOURCES[self.source].provider(settings).prices, operation, units)
        return {kind: round(credits * len(self.asked), 6) for kind, credits in each.items()}

    def frozen(self) -> dict[str, Any]:
        """The order as JSON."""
        return asdict(self)

    @classmethod
    def thawed(cls, frozen: Mapping[str, Any] | None) -> Order | None:
        """The order that was frozen; None where there was none."""
        if not frozen:
            return None
        asked = tuple(Asked(one["sent"], tuple(one["lines"]), tuple(one["references"])) for one in frozen["asked"])
        kind, source, name = frozen["kind"], frozen["source"], frozen["name"]
        return cls(kind, source, name, tuple(frozen["points"]), asked, frozen["nonce"])


def find_lookup(text: str, settings: Settings) -> tuple[str, Lookup]:
    """The source and the lookup of `leadiq.people`.

    Raises:
        CannotDo: there is no such lookup.
    """
    known = {f"{name}.{one.name}": (name, one) for name, source in SOURCES.items() for one in source.lookups(settings)}
    if text not in known:
        raise CannotDo(f"There is no lookup {text!r}. The lookups are {', '.join(sorted(known))}.")
    return known[text]


def find_push(text: str) -> tuple[str, Push]:
    """The source and the push of `leadiq.track_contacts`, or of `leadiq.trackContacts`, as the provider calls it.

    Raises:
        CannotDo: there is no such push.
    """
    known = {f"{name}.{one.name}": (name, one) for name, source in SOURCES.items() for one in source.pushes}
    theirs = {f"{name}.{one.operation}": (name, one) for name, one in known.values()}
    if text not in known | theirs:
        raise CannotDo(f"There is no push {text!r}. The pushes are {', '.join(sorted(known))}.")
    return (theirs | known)[text]
