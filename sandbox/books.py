"""Who was served what, and what it was charged."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from sandbox.exchange import Credits


def rounded(amount: float) -> float:
    """Credits without the dust of binary fractions; whole credits stay integers."""
    return round(amount, 6)


@dataclass(frozen=True, slots=True)
class Entry:
    """One request as the provider books it; ``status`` 0 means that the connection was closed without an answer."""

    n: int
    provider: str
    operation: str
    status: int
    records: int
    credits: dict[str, float]
    fingerprint: str
    simulated_date: str
    fault: str | None


class Books:
    """The provider's side of the ledger: what was really charged, whatever the client saw."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._by_month: dict[tuple[str, str, str], float] = {}
        self._charged: dict[tuple[str, str], float] = {}
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
        fault: str | None,
        violation: bool,
    ) -> None:
        """Book one request and charge its credits on the simulated ``day``."""
        charged = {credit: amount for credit, amount in credits.items() if amount}
        entry = Entry(
            len(self._entries) + 1, provider, operation, status, records, charged, fingerprint, day.isoformat(), fault
        )
        self._entries.append(entry)
        for credit, amount in charged.items():
            month = f"{day:%Y-%m}"
            self._charged[provider, credit] = rounded(self.charged(provider, credit) + amount)
            self._by_month[provider, month, credit] = rounded(self.charged(provider, credit, month) + amount)
        if records:
            self._served[f"{provider}.{operation}"] += records
        self._violations += violation

    def charged(self, provider: str, credit: str, month: str | None = None) -> float:
        """Credits of one type charged so far, or in the simulated ``month`` (``YYYY-MM``)."""
        if month is None:
            return self._charged.get((provider, credit), 0)
        return self._by_month.get((provider, month, credit), 0)

    def close(self) -> None:
        """Forget everything: an empty ledger."""
        self.__init__()  # type: ignore[misc]

    def as_json(self) -> dict[str, Any]:
        """The books as ``GET /sandbox/books`` shows them."""
        credits: dict[str, dict[str, float]] = {"leadiq": {}, "contactout": {}, "letrics": {}}
        for (provider, credit), amount in sorted(self._charged.items()):
            credits.setdefault(provider, {})[credit] = amount
        return {
            "requests": [asdict(entry) for entry in self._entries],
            "credits": credits,
            "served": dict(sorted(self._served.items())),
            "violations": self._violations,
        }
