"""What went over the wire, word for word."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sandbox.exchange import Asked


@dataclass(frozen=True, slots=True)
class Exchanged:
    """One request as it came, and the body that it was answered with.

    There is none where the connection was closed without a byte, and all of it where it was closed in the middle. ``n`` is
    the number in the books.
    """

    n: int
    method: str
    path: str
    query: str
    asked: str
    answered: str


class Archive:
    """Every exchange of requests and answers, if it is to keep them."""

    def __init__(self, is_kept: bool) -> None:
        self._is_kept = is_kept
        self._exchanges: list[Exchanged] = []

    def keep(self, n: int, asked: Asked, answered: bytes) -> None:
        """Keep the ``n``-th entry's exchange."""
        if self._is_kept:
            text = asked.body.decode(errors="replace"), answered.decode(errors="replace")
            self._exchanges.append(Exchanged(n, asked.method, asked.path, asked.query, *text))

    def forget(self) -> None:
        """Forget everything."""
        self._exchanges.clear()

    def as_json(self) -> list[dict[str, Any]]:
        """The exchanges as ``GET /sandbox/exchanges`` shows them, oldest first."""
        return [asdict(one) for one in self._exchanges]
