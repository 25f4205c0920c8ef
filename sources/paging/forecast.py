"""What can be known of a walk before it is walked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sources.metered import Question

from .windows import Window

Position = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Meter:
    """What a provider says is left of one credit type.

    Attributes:
        left: credits; None when the provider does not say so plainly.
        says: the same for a person, in the provider's own terms.
    """

    left: float | None
    says: str


@dataclass(frozen=True, slots=True)
class Forecast:
    """How much a window will ask for, as far as a provider tells it for nothing.

    Args:
        requests: of one record each, where every window takes the same number of them.
        coming: the questions that are still to come, where the walk knows them all.
        question: asks how many records a window holds without delivering them; asked only while its price is nothing.
        total: reads that number from its document; None when it is not stated.
        is_exact: whether the number is what will be read; otherwise it is an upper bound.
        position: where a later page is asked, from (page from 1, records seen, total, page size).
        progress: (records seen, total) as a position tells; None for what it does not.
        page_size: records a page is known to hold; None when it may hold fewer than are asked for.
        no_access: HTTP statuses by which the provider says that this account may not ask `question`.
        meters: reads what is left, by credit type, from the walk's document.
    """

    requests: int | None = None
    coming: Callable[[Window], Iterable[Question]] | None = None
    question: Callable[[Window], Question] | None = None
    total: Callable[[Any], int | None] = lambda _: None
    is_exact: bool = True
    position: Callable[[int, int, int, int], Position] | None = None
    progress: Callable[[Position], tuple[int | None, int | None]] = lambda _: (None, None)
    page_size: int | None = None
    no_access: tuple[int, ...] = ()
    meters: Callable[[Any], Mapping[str, Meter]] | None = None
