"""Who was served what, and what it was charged."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from sandbox.exchange import Credits


def rounded(amount: float) -> float:
    """Credits without the dust of binary fractions; whole credits stay integers."""
    return round(amount, 6)


@dataclass(frozen=True, slots=True)
class Entry:
    """One request as the provider books it; ``status`` 0 means that the connection was closed without an answer.

    ``user`` is None for whoever asked over the wire, else the name of another user of the same account, whose requests
    are only booked: they count in meters and quotas, and nobody here was served.
    """

    n: int
    provider: str
    operation: str
    status: int
    records: int
    credits: dict[str, float]
    fingerprint: str
    simulated_date: str
    fault: str | None
    user: str | None


class Line(NamedTuple):
    """What credits are summed by."""

    simulated_date: str
    provider: str
    operation: str
    credit_type: str
    user: str | None


@dataclass(slots=True)
class Sums:
    """The requests that were charged, and the credits."""

    requests: int = 0
    credits: float = 0


class Books:
    """The provider's side of the ledger: what was really charged, whatever the client saw."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._by_month: dict[tuple[str, str, str], float] = {}
        self._charged: dict[tuple[str, str], float] = {}
        self._lines: dict[Line, Sums] = {}
        self._served: Counter[str] = Counter()
        self._violations = 0

    def record(
        self,
        *,
        provider: str,
        operation: str,
        status: int,
        records: int,
        credits: Credits,
        fingerprint: str,
        day: dt.date,
        fault: str | None = None,
        violation: bool = False,
        user: str | None = None,
    ) -> Entry:
        """Book one request and charge its credits on the simulated ``day``."""
        charged = {credit: amount for credit, amount in credits.items() if amount}
        n, on = len(self._entries) + 1, day.isoformat()
        entry = Entry(n, provider, operation, status, records, charged, fingerprint, on, fault, user)
        self._entries.append(entry)
        for credit, amount in charged.items():
            month = f"{day:%Y-%m}"
            self._charged[provider, credit] = rounded(self.charged(provider, credit) + amount)
            self._by_month[provider, month, credit] = rounded(self.charged(provider, credit, month) + amount)
            sums = self._lines.setdefault(Line(on, provider, operation, credit, user), Sums())
            sums.requests += 1
            sums.credits = rounded(sums.credits + amount)
        if records:
            self._served[f"{provider}.{operation}"] += records
        self._violations += violation
        return entry

    def charged(self, provider: str, credit: str, month: str | None = None) -> float:
        """Credits of one type charged so far, or in the simulated ``month`` (``YYYY-MM``)."""
        if month is None:
            return self._charged.get((provider, credit), 0)
        return self._by_month.get((provider, month, credit), 0)

    def requests_charged(self, provider: str, credit: str, month: str) -> int:
        """Requests that were charged credits of one type in the simulated ``month``."""
        return sum(
            sums.requests
            for line, sums in self._lines.items()
            if (line.provider, line.credit_type) == (provider, credit) and line.simulated_date.startswith(month)
        )

    def charged_to_others(self, provider: str, credit: str, day: dt.date) -> float:
        """Credits of one type that other users of the account were charged up to ``day``."""
        return rounded(
            sum(
                sums.credits
                for line, sums in self._lines.items()
                if line.user is not None
                and (line.provider, line.credit_type) == (provider, credit)
                and line.simulated_date <= day.isoformat()
            )
        )

    def close(self) -> None:
        """Forget everything: an empty ledger."""
        self.__init__()  # type: ignore[misc]

    def as_json(self) -> dict[str, Any]:
        """The books as ``GET /sandbox/books`` shows them.

        ``summary`` has what was charged, a line for each simulated day, provider, operation, credit type and user
        (null: whoever asked over the wire), in that order; ``requests`` there counts the charged ones.
        """
        credits: dict[str, dict[str, float]] = {"leadiq": {}, "contactout": {}, "letrics": {}}
        for (provider, credit), amount in sorted(self._charged.items()):
            credits.setdefault(provider, {})[credit] = amount
        return {
            "requests": [asdict(entry) for entry in self._entries],
            "credits": credits,
            "summary": [
                line._asdict() | asdict(sums)
                for line, sums in sorted(self._lines.items(), key=lambda one: (*one[0][:4], one[0].user or ""))
            ],
            "served": dict(sorted(self._served.items())),
            "violations": self._violations,
        }
