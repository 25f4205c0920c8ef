"""What a provider is asked and what it answers, apart from how the bytes travel."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.changes import Change

Credits = Mapping[str, float]
Place = tuple[str | int, ...]
"""Where something stands in a body: keys and positions, from the outside in."""


def unchanged(_operation: str) -> Sequence[Change]:
    """Nothing happens to any result."""
    return ()


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. ``headers`` have lower-case names; ``params`` keep repeated query keys in order.

    ``changes(operation)`` is what has happened to the operation's result by now, oldest first. Whoever lists records
    asks once for each listing, since the request counts against the faults it matches.
    """

    method: str
    path: str
    query: str
    params: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes
    changes: Callable[[str], Sequence[Change]] = unchanged

    @property
    def fingerprint(self) -> str:
        """SHA-256 of method, path, query and body: equal for a request sent twice."""
        parts = (self.method.encode(), self.path.encode(), self.query.encode(), self.body)
        return hashlib.sha256(b"\n".join(parts)).hexdigest()


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer and what it costs; bytes are sent as they are, anything else as JSON.

    ``operation`` overrides the route's name where only the body tells what was asked (GraphQL). ``first_record`` and
    ``page_info`` are where these stand in the body, if they do; a reading is its own first record. ``after_cursor``
    tells that the request carried a cursor. ``takes_effect`` is what the request does to the provider's state: it is
    called once if the request is booked, and not if it is refused for free.
    """

    status: int
    body: Any
    records: int = 0
    credits: Credits = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    operation: str | None = None
    violation: bool = False
    first_record: Place | None = None
    page_info: Place | None = None
    after_cursor: bool = False
    media_type: str | None = "application/json"
    takes_effect: Callable[[], None] | None = None

    @property
    def refused(self) -> bool:
        """Whether this is an error, whatever its status."""
        return self.status >= 400 or (isinstance(self.body, Mapping) and bool(self.body.get("errors")))


Refuse = Callable[[int, str | None], Answer | None]


def undocumented(_status: int, _message: str | None) -> None:
    """No refusal is documented."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One row of a provider's table of routes.

    ``refuse(status, message)`` is an error in the provider's form; without a message, in the words it documents for
    that status, or None where it documents none.
    """

    provider: str
    name: str
    method: str
    path: str
    answer: Callable[[Asked], Answer]
    refuse: Refuse = undocumented
