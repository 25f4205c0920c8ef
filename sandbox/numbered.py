"""Pages by number, over a result that may have moved since the last page was asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Record = TypeVar("Record")


def shifted(found: list[Record], by: int, newcomer: Callable[[Record, int], Record]) -> list[Record]:
    """The result with ``by`` records in front, or without its first ``-by``.

    ``newcomer(record, n)`` makes the n-th record inserted, from a record that is there: like it, under an identity of
    its own, and unknown to the sandbox's truth. The last one inserted stands first. Into an empty result nothing can
    be inserted.
    """
    if by < 0:
        return found[-by:]
    inserted = [newcomer(found[n % len(found)], n + 1) for n in range(by if found else 0)]
    return inserted[::-1] + found
