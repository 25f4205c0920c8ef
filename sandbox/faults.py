"""Failures on order: what goes wrong, with which requests, and how often."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

from sandbox import exact
from sandbox.changes import Change, What
from sandbox.exchange import Answer
from sandbox.settings import OPERATIONS

FaultKind = Literal[
    # Other answers than the true one.
    "status",
    "redirect",
    "html",
    "body",
    "expire",
    "repeat",
    # The true answer, changed.
    "merge",
    "record",
    "malformed",
    "shift",
    "change",
    # The true answer, badly delivered.
    "stall",
    "slow",
    "truncate",
    "reset",
]
KINDS: tuple[FaultKind, ...] = get_args(FaultKind)
# A refused request costs nothing; what was computed and then lost has been paid for.
FREE_KINDS = frozenset({"status", "redirect", "expire"})
# Kinds that make something of a true answer: a refused request passes them and does not use them up.
OF_ANSWERS = frozenset({"expire", "repeat", "merge", "record"})
# Kinds that happen to the result, before there is an answer.
OF_RESULTS = frozenset({"shift", "change"})
PAGED_BY_NUMBER = {
    "leadiq": frozenset({"flatAdvancedSearch", "groupedAdvancedSearch", "searchCompany", "searchPeople"}),
    "contactout": frozenset({"company_search", "decision_makers", "people_search"}),
    "letrics": frozenset({"contacts", "companies"}),
}
PAGED_BY_CURSOR = {"leadiq": frozenset({"companyTrackingTask", "listProspects", "trackedCompanies", "trackedContacts"})}
LISTINGS = {name: listings | PAGED_BY_CURSOR.get(name, frozenset()) for name, listings in PAGED_BY_NUMBER.items()}
CHANGES: tuple[What, ...] = get_args(What)
NEEDS: Mapping[str, tuple[str, ...]] = {
    "status": ("status",),
    "redirect": ("location",),
    "merge": ("body",),
    "shift": ("by",),
    "change": ("what",),
    "slow": ("seconds",),
}
TYPES: Mapping[str, tuple[type, ...]] = {
    "provider": (str,),
    "operation": (str,),
    "skip": (int,),
    "times": (int,),
    "status": (int,),
    "headers": (dict,),
    "seconds": (int, float),
    "charge": (bool,),
    "location": (str,),
    "by": (int,),
    "what": (str,),
    "pad_bytes": (int,),
    "without": (list,),
}
# What a LeadIQ request is booked under that names no field, and requests for the documented examples.
UNNAMED = "graphql"
EXAMPLES = "examples"
FOR_EVER = -1
OMITTED: Final = object()


class UnreadableFault(ValueError):
    """A fault that cannot be ordered as described."""


@dataclass(slots=True)
class Fault:
    """One order: let ``skip`` matching requests pass, then spoil ``times`` of them (-1: all that follow).

    ``operation`` ``None`` matches every operation of the provider. The kinds, and the fields they read:

    - ``status``: this ``status``, with ``body`` or, without one, in the words the provider documents for it;
    - ``redirect``: ``status`` (302) to ``location``;
    - ``html``: a page of HTML with ``status`` (200);
    - ``body``: ``body`` with ``status`` (200);
    - ``expire``: LeadIQ's 400 to a request with a cursor; requests without one do not match;
    - ``repeat``: the body of the operation's previous answer, in a connection with the ``pageInfo`` of the true one;
    - ``merge``: ``body`` merged into the answer: objects merge, anything else replaces;
    - ``record``: ``body`` merged into the first record, which also gets a text ``padding`` of ``pad_bytes`` characters
      and loses the keys named in ``without``;
    - ``malformed``: the answer without its last bracket;
    - ``shift``: pages as if ``by`` records had been inserted in front (below 0: taken away) since the last request,
      ``times`` times; they stay so until the order is withdrawn;
    - ``change``: the same for every listing, also one with cursors, and for more than insertions: ``what`` says whether
      ``by`` records (1) come in front (``insert_front``) or behind (``insert_back``), the last ``by`` get another
      version of one text (``update``), or the first ``by`` go (``remove``). A cursor is a place behind a record and
      stays there, even when that record goes: whoever reads on from it never sees what comes or goes before it;
    - ``stall``: the answer after ``seconds``; ``slow``: the answer byte by byte over ``seconds``;
    - ``truncate``: half of it; ``reset``: nothing, and the connection closed.

    ``charge`` says whether the request is booked as paid: by default everything is but ``status``, ``redirect`` and
    ``expire``. Numbers in ``body`` leave with the digits they were ordered with.
    """

    provider: str
    kind: FaultKind
    operation: str | None = None
    skip: int = 0
    times: int = 1
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = OMITTED
    seconds: float = 0.0
    charge: bool = True
    location: str = ""
    by: int = 0
    pad_bytes: int = 0
    without: Sequence[str] = ()
    what: What | None = None

    @classmethod
    def from_json(cls, order: object) -> Fault:
        """Read one order."""
        if not isinstance(order, dict) or "provider" not in order or order.get("kind") not in KINDS:
            raise UnreadableFault(f"A fault needs a provider and a kind, one of {', '.join(KINDS)}; given: {order!r}")
        unknown = set(order) - {"kind", "body", *TYPES}
        if unknown:
            raise UnreadableFault(f"A fault has no {', '.join(sorted(unknown))}.")
        given = {name: value for name, value in order.items() if value is not None or name == "body"}
        for name, types in TYPES.items():
            if name in given and type(given[name]) not in types:
                raise UnreadableFault(f"A fault's {name} cannot be {given[name]!r}.")
        kind = given["kind"]
        for name in NEEDS.get(kind, ()):
            if name not in given:
                raise UnreadableFault(f"A fault of kind {kind} needs a {name}.")
        if kind == "record" and not {"body", "pad_bytes", "without"} & set(given):
            raise UnreadableFault("A fault of kind record needs a body, pad_bytes or without.")
        fault = cls(**{"charge": kind not in FREE_KINDS, "by": int(kind == "change"), **given})
        if fault.provider != EXAMPLES:
            if fault.provider not in OPERATIONS:
                raise UnreadableFault(f"There is no provider {fault.provider}, only {', '.join(OPERATIONS)}.")
            if fault.operation not in (None, UNNAMED, *OPERATIONS[fault.provider]):
                known = ", ".join(OPERATIONS[fault.provider])
                raise UnreadableFault(f"{fault.provider} has no operation {fault.operation}; it has {known}.")
        if not all(isinstance(value, str) for value in fault.headers.values()):
            raise UnreadableFault("A fault's headers are text.")
        if fault.skip < 0 or fault.times < FOR_EVER or fault.seconds < 0 or fault.pad_bytes < 0:
            raise UnreadableFault("A fault's skip, seconds and pad_bytes start at 0, times at -1 (for ever).")
        if kind == "expire" and fault.provider != "leadiq":
            raise UnreadableFault("Only LeadIQ's operations have cursors that can expire.")
        if kind == "shift" and not fault._is_about(PAGED_BY_NUMBER):
            raise UnreadableFault(f"Only the pages of {_named(PAGED_BY_NUMBER)} can shift.")
        if kind == "change":
            if fault.what not in CHANGES:
                raise UnreadableFault(f"What changes is one of {', '.join(CHANGES)}, not {fault.what}.")
            if fault.by < 1:
                raise UnreadableFault("A change is by one record or more.")
            if not fault._is_about(LISTINGS):
                raise UnreadableFault(f"Only the results of {_named(LISTINGS)} can change.")
        return fault

    def matches(self, provider: str, operation: str) -> bool:
        """Whether the order is about this operation."""
        return self.provider == provider and self.operation in (None, operation)

    def strikes(self) -> bool:
        """Count one request that could be spoilt; whether it is."""
        if self.times > 0:
            self.times -= 1
            return True
        return self.times == FOR_EVER

    def change(self) -> Change:
        """What the order does to a result."""
        if self.kind == "change" and self.what is not None:
            return Change(self.what, self.by)
        return Change("insert_front", self.by) if self.by > 0 else Change("remove", -self.by)

    def happens_to(self, provider: str, operation: str) -> bool:
        """Whether the order is one about this operation's result, and the operation has such a result."""
        listings = PAGED_BY_NUMBER if self.kind == "shift" else LISTINGS
        return self.kind in OF_RESULTS and self.matches(provider, operation) and operation in listings.get(provider, ())

    def _is_about(self, listings: Mapping[str, frozenset[str]]) -> bool:
        names = listings.get(self.provider, frozenset())
        return bool(names) and (self.operation is None or self.operation in names)


def _named(listings: Mapping[str, frozenset[str]]) -> str:
    return ", ".join(f"{provider}.{name}" for provider, names in listings.items() for name in sorted(names))


def read_orders(text: bytes) -> list[Fault]:
    """The faults that a JSON list orders; raises :class:`UnreadableFault`."""
    orders = json.loads(text)
    if not isinstance(orders, list):
        raise UnreadableFault("Faults are ordered as a list.")
    for order, as_written in zip(orders, exact.read(text), strict=True):
        if isinstance(order, dict) and "body" in order:
            order["body"] = as_written["body"]
    return [Fault.from_json(order) for order in orders]


class Faults:
    """The orders in force."""

    def __init__(self) -> None:
        self._orders: list[Fault] = []
        self._happened: list[Fault] = []

    def order(self, orders: list[Fault]) -> None:
        """Replace the orders in force."""
        self._orders, self._happened = list(orders), []

    def changes_for(self, provider: str, operation: str) -> list[Change]:
        """What has happened to an operation's result by this request; counts it against the orders it matches."""
        for fault in self._orders:
            if not fault.happens_to(provider, operation):
                continue
            if fault.skip > 0:
                fault.skip -= 1
            elif fault.strikes():
                self._happened.append(fault)
        return [fault.change() for fault in self._happened if fault.happens_to(provider, operation)]

    def changed_by(self, provider: str, operation: str) -> FaultKind | None:
        """The kind of the last order that has happened to an operation's result."""
        kinds = [fault.kind for fault in self._happened if fault.happens_to(provider, operation)]
        return kinds[-1] if kinds else None

    def next_for(self, provider: str, operation: str, answer: Answer, previous: Answer | None) -> Fault | None:
        """The fault this request meets, if any; counts the request against the orders it matches.

        ``answer`` is the true one, ``previous`` what the operation answered before.
        """
        for fault in self._orders:
            if fault.kind in OF_RESULTS or not fault.matches(provider, operation):
                continue
            if fault.kind == "expire" and not answer.after_cursor:
                continue
            if fault.skip > 0:
                fault.skip -= 1
            elif _can_be_spoilt(fault, answer, previous) and fault.strikes():
                return fault
        return None


def _can_be_spoilt(fault: Fault, answer: Answer, previous: Answer | None) -> bool:
    if fault.kind in OF_ANSWERS and answer.refused:
        return False
    if fault.kind == "record":
        return answer.first_record is not None
    return fault.kind != "repeat" or previous is not None
