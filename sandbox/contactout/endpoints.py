"""One row of ContactOut's table of endpoints."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sandbox.exchange import Answer, Asked


class Endpoint(NamedTuple):
    """``path`` stands below ``/contactout/``; the rate class is one of the reference's three."""

    name: str
    method: str
    path: str
    rate_class: str
    answer: Callable[[Asked], Answer]
