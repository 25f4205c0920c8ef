"""The one clock: every time that reaches the ledger, a window or a mart is read here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """UTC without a zone, to the microsecond; standing still at `fixed` when that is given (`LEADHOUSE_AS_OF`)."""

    fixed: datetime | None = None

    def now(self) -> datetime:
        return self.fixed if self.fixed is not None else datetime.now(UTC).replace(tzinfo=None)
