"""How providers page: one answer, cursors, page numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sources.metered import Answer, digest

from .walk import CannotGoOn, Position
from .windows import Window


def once(window: Window, answer: Answer) -> Position | None:
    """A single answer is the whole window."""
    return None


@dataclass(frozen=True, slots=True)
class Cursor:
    """Pages chained by a cursor.

    Args:
        following: reads (has more, cursor of the next page) from a document.
    """

    following: Callable[[Any], tuple[bool, str | None]]

    def __call__(self, window: Window, answer: Answer) -> Position | None:
        more, cursor = self.following(answer.document)
        if not more:
            return None
        if not cursor:
            raise CannotGoOn("the provider promises another page but gives no cursor for it")
        position = window["position"] or {}
        # Brent's way of finding a circle: remember one cursor, and a later one at each power of two.
        anchor, power = position.get("anchor"), position.get("power", 1)
        mark = digest(cursor)[:16]
        if mark == anchor or cursor == position.get("cursor"):
            raise CannotGoOn("the provider's cursor goes round in circles: a page came back that was read before")
        if window["step"] + 1 >= power:
            anchor, power = mark, power * 2
        return {"cursor": cursor, "anchor": anchor, "power": power}


@dataclass(frozen=True, slots=True)
class PageNumbers:
    """Pages by number, from 1. Ends at an empty or short page, or when a total says so; never needs a total.

    A page is short when it holds less than the provider says a page holds, or, where it does not say, less than an
    earlier page held: what was asked for may have been clamped silently.

    Args:
        count: records in a document.
        size: the page size the provider says it used; None when it does not say.
        total: records in all; None when it is not said.
    """

    count: Callable[[Any], int]
    size: Callable[[Any], int | None]
    total: Callable[[Any], int | None]

    def __call__(self, window: Window, answer: Answer) -> Position | None:
        position = window["position"] or {"page": 1, "seen": 0}
        count = self.count(answer.document)
        total = self.total(answer.document)
        seen = position["seen"] + count
        size = self.size(answer.document) or position.get("size", 0)
        body = digest(answer.body.decode("utf-8", "replace"))[:16]
        if count == 0:
            return None
        if total is not None and seen >= total:
            return None
        if total is None and count < size:
            return None
        if body == position.get("body"):
            raise CannotGoOn(
                f"page {position['page']} is the same as the page before it; the provider does not page here"
            )
        return {"page": position["page"] + 1, "seen": seen, "body": body, "total": total, "size": max(size, count)}

    @staticmethod
    def position(page: int, seen: int, total: int, size: int) -> Position:
        """The position of a page as it will be, if nothing changes on the way."""
        return {"page": page, "seen": seen, "total": total, "size": size}

    @staticmethod
    def progress(position: Position) -> tuple[int | None, int | None]:
        """Records that were read before a position, and the total, where it was said."""
        return position.get("seen"), position.get("total")
