"""Failures on order: what goes wrong, with which requests, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

FaultKind = Literal["status", "stall", "reset", "truncate", "html", "malformed", "body"]
KINDS: tuple[FaultKind, ...] = get_args(FaultKind)
# A refused request costs nothing; what was computed and then lost has been paid for.
FREE_KINDS = frozenset({"status"})


class UnreadableFault(ValueError):
    """A fault that cannot be ordered as described."""


@dataclass(slots=True)
class Fault:
    """One order: let ``skip`` matching requests pass, then spoil ``times`` of them.

    ``operation`` ``None`` matches every operation of the provider; ``seconds`` is how long a stalled answer is held.
    """

    provider: str
    kind: FaultKind
    operation: str | None = None
    skip: int = 0
    times: int = 1
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    seconds: float = 0.0
    charge: bool = True

    @classmethod
    def from_json(cls, order: object) -> Fault:
        """Read one order; ``charge`` is false by default only for ``status``."""
        if not isinstance(order, dict) or "provider" not in order or order.get("kind") not in KINDS:
            raise UnreadableFault(f"A fault needs a provider and a kind, one of {', '.join(KINDS)}; given: {order!r}")
        unknown = set(order) - set(cls.__dataclass_fields__)
        if unknown:
            raise UnreadableFault(f"A fault has no {', '.join(sorted(unknown))}.")
        if order["kind"] == "status" and not isinstance(order.get("status"), int):
            raise UnreadableFault("A fault of kind status needs a status.")
        given = {name: value for name, value in order.items() if value is not None}
        return cls(**{"charge": order["kind"] not in FREE_KINDS, **given})


class Faults:
    """The orders in force."""

    def __init__(self) -> None:
        self._orders: list[Fault] = []

    def order(self, orders: list[Fault]) -> None:
        """Replace the orders in force."""
        self._orders = list(orders)

    def next_for(self, provider: str, operation: str) -> Fault | None:
        """The fault this request meets, if any; counts the request against the orders it matches."""
        for fault in self._orders:
            if fault.provider != provider or fault.operation not in (None, operation):
                continue
            if fault.skip > 0:
                fault.skip -= 1
            elif fault.times > 0:
                fault.times -= 1
                return fault
        return None
