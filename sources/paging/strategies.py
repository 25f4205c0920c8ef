"""How providers page: one answer, cursors, page numbers."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sources.metered import Answer, StopKind, digest

from .walk import CannotGoOn, Position
from .windows import Window, remark

EMPTY_PAGES = 100
"""After so many pages without a record in a row, a cursor is taken for one that never ends."""


def once(window: Window, answer: Answer) -> Position | None:
    """A single answer is the whole window."""
    return None


@dataclass(frozen=True, slots=True)
class Cursor:
    """Pages chained by a cursor.

    Args:
        following: reads (has more, cursor of the next page) from a document.
        records: the records of a document; with them, a page that comes again under another cursor is noticed, and so
            is a cursor that leads on for ever without a record.
    """

    following: Callable[[Any], tuple[bool, str | None]]
    records: Callable[[Any], Sequence[Any]] | None = None

    def __call__(self, window: Window, answer: Answer) -> Position | None:
        more, cursor = self.following(answer.document)
        content = self._content(window["position"] or {}, answer)
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
        return {"cursor": cursor, "anchor": anchor, "power": power, **content}

    def _content(self, position: Position, answer: Answer) -> Position:
        if self.records is None:
            return {}
        records = self.records(answer.document)
        if not records:
            empty = position.get("empty", 0) + 1
            if empty >= EMPTY_PAGES:
                raise CannotGoOn(f"{empty} pages in a row held no record and the provider promises more")
            return {"empty": empty, "content": position.get("content")}
        content = digest(json.dumps(records, sort_keys=True))[:16]
        if content == position.get("content"):
            raise CannotGoOn("a page came again under another cursor; the provider does not page here")
        return {"content": content}


@dataclass(frozen=True, slots=True)
class PageNumbers:
    """Pages by number, from 1. Ends at an empty or short page, or when a total says so; never needs a total.

    A page is short when it holds less than the provider says a page holds, or, where it does not say, less than was
    asked for or than an earlier page held: what was asked for may have been clamped silently.

    After a page that was asked smaller (a budget), a position has `offset`, the records before it, and `base`, the size
    of a page at most: see `page_at`.

    Args:
        count: records in a document.
        size: the page size the provider says it used; None when it does not say.
        total: records in all; None when it is not said.
        keys: what tells the records of a document apart; with it, a record that comes again on the next page shows
            that the result shifted while it was read.
    """

    count: Callable[[Any], int]
    size: Callable[[Any], int | None]
    total: Callable[[Any], int | None]
    keys: Callable[[Any], Sequence[str]] | None = None

    def __call__(self, window: Window, answer: Answer) -> Position | None:
        position = window["position"] or {"page": 1, "seen": 0}
        count = self.count(answer.document)
        total = self.total(answer.document)
        seen = position["seen"] + count
        stated = self.size(answer.document)
        learned = position.get("size", 0)
        asked = answer.question.page_size if answer.smaller or "offset" in position else None
        size = stated or (min(asked, learned) if asked and learned else learned)
        body = digest(answer.body.decode("utf-8", "replace"))[:16]
        keys = [digest(key)[:12] for key in self.keys(answer.document)] if self.keys is not None else []
        _notice_a_shift(window, position, total, keys, f"page {position['page'] - 1}")
        if count == 0:
            _end(window, answer, seen, total if total is not None else position.get("total"))
            return None
        following: Position = {"page": position["page"] + 1}
        if asked is not None:
            full = stated or (asked if count >= asked or learned >= asked else count)
            # Not how many came, since some of them may have come before: where the next page begins.
            proven = BIGGEST_PAGE if stated else max(learned, count)
            seen, following = self._within(position, asked, full, proven)
        if total is not None and seen >= total:
            return None
        if total is None and count < size:
            return None
        if body == position.get("body") or (keys and keys == position.get("keys")):
            raise CannotGoOn(
                f"page {position['page']} is the same as the page before it; the provider does not page here"
            )
        found = {"seen": seen, "body": body, "total": total, "size": max(learned, stated or 0, count), "keys": keys}
        return following | found

    @staticmethod
    def position(page: int, seen: int, total: int, size: int) -> Position:
        """The position of a page as it will be, if nothing changes on the way."""
        return {"page": page, "seen": seen, "total": total, "size": size}

    @staticmethod
    def progress(position: Position) -> tuple[int | None, int | None]:
        """Records that were read before a position, and the total, where it was said."""
        return position.get("seen"), position.get("total")

    def _within(self, position: Position, asked: int, full: int, proven: int) -> tuple[int, Position]:
        """Records before the next page, and its position, after a page of `asked` of which the provider gave `full`.

        No page is asked for that is bigger than what is `proven`: clamped silently, it would begin elsewhere.
        """
        page = _offset(position) // asked + 1
        base = position.get("base") or position.get("size") or proven
        base = base if full >= asked else min(base, full)
        offset = page * full
        return offset, {"page": page + 1, "offset": offset, "base": base}


@dataclass(frozen=True, slots=True)
class Offsets:
    """Pages by the number of records to leave out before them.

    Goes on from what came, not from what was asked for: a page size may be clamped silently. Ends at an empty page, or
    when a total says so; never needs a total.

    Args:
        keys: what tells the records of a document apart, one for each record.
        total: records in all; None when it is not said.
    """

    keys: Callable[[Any], Sequence[str]]
    total: Callable[[Any], int | None]

    def __call__(self, window: Window, answer: Answer) -> Position | None:
        position = window["position"] or {"skip": 0}
        total = self.total(answer.document)
        keys = [digest(key)[:12] for key in self.keys(answer.document)]
        seen = position["skip"] + len(keys)
        _notice_a_shift(window, position, total, keys, "the page before")
        if not keys:
            _end(window, answer, seen, total if total is not None else position.get("total"))
            return None
        if total is not None and seen >= total:
            return None
        if keys == position.get("keys"):
            raise CannotGoOn("a page is the same as the page before it; the provider does not page here")
        return {"skip": seen, "total": total, "keys": keys}

    @staticmethod
    def position(page: int, seen: int, total: int, size: int) -> Position:
        """The position of a page as it will be, if nothing changes on the way."""
        return {"skip": seen, "total": total}

    @staticmethod
    def progress(position: Position) -> tuple[int | None, int | None]:
        """Records that were read before a position, and the total, where it was said."""
        return position.get("skip"), position.get("total")


def _notice_a_shift(window: Window, position: Position, total: int | None, keys: Sequence[str], where: str) -> None:
    before = position.get("total")
    again = len(set(keys) & set(position.get("keys", ())))
    if total is not None and before is not None and total != before:
        what = f"{before:,} records became {total:,}"
    elif again:
        what = f"{again:,} record(s) of {where} came again on the next"
    else:
        return
    remark(
        window,
        StopKind.SHIFTED,
        f"the result changed while it was read ({what}): records may be missing until it is read again",
    )


def _end(window: Window, answer: Answer, seen: int, promised: int | None) -> None:
    """An empty page after so many records; where more were promised, it is said.

    Raises:
        CannotGoOn: the provider says that there is nothing, in the middle of what it promised.
    """
    if promised is None or seen >= promised:
        return
    what = f"after {seen:,} of {promised:,} records"
    if answer.status >= 400 or not answer.found:
        raise CannotGoOn(f"the provider finds nothing {what}: run the sync again")
    remark(window, StopKind.SHIFTED, f"the result ended {what}: the rest is missing until it is read again")


BIGGEST_PAGE = 1_000_000
"""Stands for a page size that nothing has bounded yet."""


def page_at(position: Position | None, wanted: int) -> tuple[int, int]:
    """(page number, page size) to ask for: the biggest size up to `wanted` whose pages begin where `position` stands."""
    if position is None:
        return 1, wanted
    if "offset" not in position:
        return position["page"], wanted
    return _aligned(position["offset"], min(wanted, position["base"]))


def smaller_page_at(position: Position | None, at_most: int) -> tuple[int, int]:
    """(page number, page size) for at most so many records from where `position` stands; a page of one always fits."""
    if position is None:
        return 1, at_most
    return _aligned(_offset(position), at_most)


def _offset(position: Position) -> int:
    """Records before a position."""
    return int(position["offset"] if "offset" in position else (position["page"] - 1) * position.get("size", 0))


def _aligned(offset: int, at_most: int) -> tuple[int, int]:
    size = next(size for size in range(at_most, 0, -1) if offset % size == 0)
    return offset // size + 1, size
