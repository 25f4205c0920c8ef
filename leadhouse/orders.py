"""An order: the rows somebody wants to be looked up or written, as a sync keeps them from its begin to its end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sources.metered import Credits, Question, add, price
from sources.paging import Lookup, Pending, Push, Routed, Walk, key_of

from .catalogue import SOURCES
from .failures import CannotDo
from .settings import Settings


@dataclass(frozen=True, slots=True)
class Asked:
    """One row of an order.

    Attributes:
        sent: what is sent to the provider.
        lines: the lines of the input that ask it, from 1; several may ask for the same.
        references: the customer's own key of each of these lines, where it has one.
        way, points: of a lookup how it is asked for, and the data points that are bought.
    """

    sent: Mapping[str, Any]
    lines: tuple[int, ...]
    references: tuple[str | None, ...]
    way: str = ""
    points: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """SHA-256 of what is sent; by it an answer is known to be fresh."""
        return key_of(self.sent)


@dataclass(frozen=True, slots=True)
class Order:
    """What is looked up, or written.

    Attributes:
        kind: `lookup` or `push`.
        source, name: e.g. `leadiq` and `people`.
        nonce: tells a push from another one of the same rows.
    """

    kind: str
    source: str
    name: str
    asked: tuple[Asked, ...]
    nonce: str = ""

    @property
    def resource(self) -> str:
        """The resource that asks."""
        return f"{self.kind}_{self.name}"

    def walk(self, settings: Settings) -> Walk:
        """Asks for one row after the other, or writes them batch by batch."""
        if self.kind == "push":
            return find_push(f"{self.source}.{self.name}")[1].walk([one.sent for one in self.asked], self.nonce)
        lookup = find_lookup(f"{self.source}.{self.name}", settings)[1]
        return lookup.walk([Routed(one.sent, one.way, frozenset(one.points)) for one in self.asked])

    def coming(self, settings: Settings) -> Iterator[Question]:
        """The requests it takes when all goes well."""
        coming = self.walk(settings).forecast.coming
        assert coming is not None
        yield from coming({"id": "w000000", "step": 0, "position": None})

    def at_most(self, settings: Settings) -> Credits:
        """What it can cost at most."""
        prices = SOURCES[self.source].provider(settings).prices
        total: Credits = {}
        for question in self.coming(settings):
            add(total, price(prices, question.operation, question.at_most))
        return {kind: round(credits, 6) for kind, credits in total.items()}

    def frozen(self) -> dict[str, Any]:
        """The order as JSON."""
        return asdict(self)

    @classmethod
    def thawed(cls, frozen: Mapping[str, Any] | None) -> Order | None:
        """The order that was frozen; None where there was none."""
        if not frozen:
            return None
        asked = tuple(
            Asked(one["sent"], tuple(one["lines"]), tuple(one["references"]), one["way"], tuple(one["points"]))
            for one in frozen["asked"]
        )
        return cls(frozen["kind"], frozen["source"], frozen["name"], asked, frozen["nonce"])


@dataclass(frozen=True, slots=True)
class PendingJob:
    """Rows of an earlier order that a job of the provider's still works on.

    Attributes:
        job_id, hold: see `sources.paging.Pending`.
        rows: (key, data points, line, reference) of each row; what was sent is not kept.
    """

    source: str
    lookup: str
    way: str
    job_id: str
    hold: str
    rows: tuple[tuple[str, str, int, str | None], ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the rows, each once."""
        return tuple(dict.fromkeys(row[0] for row in self.rows))

    def walk(self, settings: Settings) -> Walk:
        """Asks for its result."""
        lookup = find_lookup(f"{self.source}.{self.lookup}", settings)[1]
        points = frozenset(self.rows[0][1].split(",")) - {""}
        return lookup.job_walk(Pending(self.way, self.job_id, self.hold, self.keys, points))

    def frozen(self) -> dict[str, Any]:
        """The job as JSON."""
        return asdict(self)

    @classmethod
    def thawed(cls, frozen: Mapping[str, Any]) -> PendingJob:
        rows = tuple((key, points, line, reference) for key, points, line, reference in frozen["rows"])
        return cls(**{**frozen, "rows": rows})


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
