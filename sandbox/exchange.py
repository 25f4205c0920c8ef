"""What a provider is asked and what it answers, apart from how the bytes travel."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Credits = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. ``headers`` have lower-case names; ``params`` keep repeated query keys in order."""

    method: str
    path: str
    query: str
    params: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes

    @property
    def fingerprint(self) -> str:
        """SHA-256 of method, path, query and body: equal for a request sent twice."""
        parts = (self.method.encode(), self.path.encode(), self.query.encode(), self.body)
        return hashlib.sha256(b"\n".join(parts)).hexdigest()


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer and what it costs; bytes are sent as they are, anything else as JSON.

    ``operation`` overrides the route's name where only the body tells what was asked (GraphQL).
    """

    status: int
    body: Any
    records: int = 0
    credits: Credits = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    operation: str | None = None
    violation: bool = False


Refuse = Callable[[int], Answer | None]


def undocumented(_status: int) -> None:
    """No refusal is documented."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One row of a provider's table of routes; ``refuse`` words a status as the provider documents it, if it does."""

    provider: str
    name: str
    method: str
    path: str
    answer: Callable[[Asked], Answer]
    refuse: Refuse = undocumented
