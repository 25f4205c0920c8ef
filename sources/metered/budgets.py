"""How much may be spent: credits are reserved before a request is sent and settled when its answer is known."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from .prices import Credits, add


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `credits` of one credit type within `period` (`sync`, `day` or `month`)."""

    provider: str
    credit_type: str
    period: str
    credits: float


@dataclass
class Budget:
    """Reservations against limits, shared by all threads of a sync.

    Args:
        limits: what may be spent.
        spent: per (provider, period) what the ledger already holds, unknown requests counted as spent.
    """

    limits: tuple[Limit, ...] = ()
    spent: dict[tuple[str, str], Credits] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def reserve(self, provider: str, costs: Mapping[str, float]) -> str | None:
        """Reserves `costs`; None when they fit, otherwise the sentence that says which limit they break."""
        with self._lock:
            for limit in self.limits:
                if limit.provider != provider or limit.credit_type not in costs:
                    continue
                spent = self.spent.get((provider, limit.period), {}).get(limit.credit_type, 0)
                wanted = costs[limit.credit_type]
                if spent + wanted > limit.credits:
                    return (
                        f"the budget of {limit.credits:,.10g} {provider}.{limit.credit_type} per {limit.period} has "
                        f"{max(limit.credits - spent, 0):,.10g} left and the next request may cost {wanted:,.10g}: allow at least "
                        f"{spent + wanted:,.10g}, or wait for the next {limit.period}"
                    )
            self._book(provider, costs)
            return None

    def settle(self, provider: str, reserved: Mapping[str, float], actual: Mapping[str, float]) -> None:
        """Replaces a reservation by what was really charged (nothing, when the request was refused)."""
        with self._lock:
            self._book(provider, {credit_type: -amount for credit_type, amount in reserved.items()})
            self._book(provider, actual)

    def _book(self, provider: str, costs: Mapping[str, float]) -> None:
        for period in ("sync", "day", "month"):
            add(self.spent.setdefault((provider, period), {}), costs)
