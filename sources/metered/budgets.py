"""How much may be spent: credits are reserved before a request is sent and settled when its answer is known."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
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
        spent: per (provider, period) what the ledger already holds: unknown requests count as spent, and jobs whose
            result was not read yet count, in every period, as the most they can cost.
    """

    limits: tuple[Limit, ...] = ()
    spent: dict[tuple[str, str], Credits] = field(default_factory=dict)
    _under_way: dict[str, int] = field(default_factory=dict, repr=False)
    _changed: threading.Condition = field(default_factory=threading.Condition, repr=False)

    def reserve(
        self, provider: str, options: Sequence[Mapping[str, float]], go_on: Callable[[], bool] = lambda: True
    ) -> int | str:
        """Reserves the first of `options` (costs, dearest first) that fits.

        While other requests of the provider are under way, what they really cost is waited for before anything less
        than the first is taken: most answers cost less than the most they can.

        Returns:
            the index of the option; or the sentence that says which limit the cheapest one breaks.
        """
        with self._changed:
            while self._broken(provider, options[0]) and self._under_way.get(provider) and go_on():
                self._changed.wait(0.2)
            for index, costs in enumerate(options):
                if self._broken(provider, costs) is None:
                    self._book(provider, costs)
                    self._under_way[provider] = self._under_way.get(provider, 0) + 1
                    return index
            cheapest = options[-1]
            limit = self._broken(provider, cheapest)
            assert limit is not None
            wanted, spent = cheapest[limit.credit_type], round(self._spent(limit), 6)
            return (
                f"the budget of {limit.credits:,.15g} {provider}.{limit.credit_type} per {limit.period} has "
                f"{round(max(limit.credits - spent, 0), 6):,.15g} left and the next request may cost {wanted:,.15g}: allow at least "
                f"{round(spent + wanted, 6):,.15g}, or wait for the next {limit.period}"
            )

    def settle(self, provider: str, reserved: Mapping[str, float], actual: Mapping[str, float]) -> None:
        """Replaces a reservation by what was really charged (nothing, when the request was refused)."""
        with self._changed:
            self._replace(provider, reserved, actual)
            self._under_way[provider] = self._under_way.get(provider, 1) - 1
            self._changed.notify_all()

    def finish_job(self, provider: str, held: Mapping[str, float], actual: Mapping[str, float]) -> None:
        """The result of a job was read: what was held for it is replaced by what it cost."""
        with self._changed:
            self._replace(provider, held, actual)
            self._changed.notify_all()

    def _broken(self, provider: str, costs: Mapping[str, float]) -> Limit | None:
        """The limit that `costs` would break."""
        for limit in self.limits:
            if limit.provider == provider and limit.credit_type in costs:
                after = round(self._spent(limit) + costs[limit.credit_type], 6)
                if after > limit.credits:
                    return limit
        return None

    def _spent(self, limit: Limit) -> float:
        return self.spent.get((limit.provider, limit.period), {}).get(limit.credit_type, 0)

    def _replace(self, provider: str, before: Mapping[str, float], after: Mapping[str, float]) -> None:
        self._book(provider, {credit_type: -amount for credit_type, amount in before.items()})
        self._book(provider, after)

    def _book(self, provider: str, costs: Mapping[str, float]) -> None:
        for period in ("sync", "day", "month"):
            add(self.spent.setdefault((provider, period), {}), costs)
