"""Pages end where the provider says or shows it, and a walk that would never end is noticed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.metered import Answer, Question
from sources.paging import CannotGoOn, Cursor, PageNumbers, Position, once, page_at, smaller_page_at
from sources.paging.windows import Window

PAGES = PageNumbers(
    count=lambda document: len(document["data"]),
    size=lambda document: document.get("size"),
    total=lambda document: document.get("total"),
)
AT = datetime(2026, 3, 2)
CURSOR = Cursor(lambda document: (document["more"], document.get("next")))


def answer(document: Any) -> Answer:
    question = Question("op", "things", "w000001", 0, "GET", "/")
    return Answer(question, "r", "q", 200, json.dumps(document).encode(), document, datetime(2026, 3, 2))


def window(position: Position | None = None, step: int = 0) -> Window:
    return {"position": position, "step": step}


def page(count: int, start: int = 0, **more: int) -> dict[str, Any]:
    return {"data": list(range(start, start + count)), **more}


def read(documents: Iterable[dict[str, Any]]) -> int:
    """How many of the pages are read."""
    position: Position | None = None
    number = 0
    for number, document in enumerate(documents, 1):
        position = PAGES(window(position), answer(document))
        if position is None:
            break
        assert position["page"] == number + 1
    return number


def test_one_answer_is_the_whole() -> None:
    assert once(window(), answer({"more": True})) is None


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ([page(0), page(3)], 1),
        ([page(2, size=3), page(3)], 1),
        ([page(2), page(0), page(3)], 2),
        ([page(3), page(3, 3), page(0), page(3)], 3),
        ([page(3), page(3, 3), page(1), page(3)], 3),
    ],
)
def test_without_a_total_an_empty_or_short_page_is_the_last(pages: list[dict[str, Any]], expected: int) -> None:
    assert read(pages) == expected


def test_a_page_that_was_clamped_silently_is_not_taken_for_the_last() -> None:
    assert read([page(2), page(2, 2), page(1, 4), page(2, 5)]) == 3


def test_with_a_total_the_page_that_reaches_it_is_the_last() -> None:
    assert read([page(3, total=6), page(3, 3, total=6), page(3, 6, total=6)]) == 2


def test_with_a_total_a_short_page_is_not_the_last() -> None:
    assert read([page(2, total=5), page(2, 2, total=5), page(1, 4, total=5), page(1, 5, total=5)]) == 3


def test_an_empty_page_is_the_last_whatever_the_total_promises() -> None:
    assert read([page(3, total=100), page(0, total=100), page(3, total=100)]) == 2


def test_a_page_smaller_than_asked_is_full_when_the_provider_says_that_this_is_its_size() -> None:
    assert read([page(2, size=2), page(2, 2, size=2), page(1, 4, size=2), page(2, size=2)]) == 3


def test_a_total_that_grows_is_followed() -> None:
    assert read([page(3, total=6), page(3, 3, total=7), page(1, 6, total=7), page(1)]) == 3


def test_the_same_page_twice_is_noticed() -> None:
    first = PAGES(window(), answer(page(3)))
    with pytest.raises(CannotGoOn, match="page 2 is the same"):
        PAGES(window(first), answer(page(3)))


def test_the_last_page_may_be_the_same_as_the_page_before_it() -> None:
    document = {"data": [1, 1, 1], "total": 6}
    assert PAGES(window(PAGES(window(), answer(document))), answer(document)) is None


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(0, 40), st.integers(1, 7), st.booleans(), st.booleans())
def test_every_record_is_read_and_at_most_one_page_too_many(
    records: int, size: int, says_total: bool, says_size: bool
) -> None:
    everything = list(range(records))
    more = ({"total": records} if says_total else {}) | ({"size": size} if says_size else {})
    position: Position | None = None
    got: list[int] = []
    asked = 0
    while asked == 0 or position is not None:
        at = ((position or {"page": 1})["page"] - 1) * size
        page = everything[at : at + size]
        document = {"data": page, **more}
        got.extend(page)
        position = PAGES(window(position), answer(document))
        asked += 1
    assert got == everything
    assert asked <= records // size + 2


def follow(cursors: Iterable[str | None]) -> int:
    """How many pages are read before the walk ends; raises what the strategy raises."""
    position: Position | None = None
    step = 0
    for step, cursor in enumerate(cursors):
        position = CURSOR(window(position, step), answer({"more": cursor is not None, "next": cursor}))
        if position is None:
            break
        assert position["cursor"] == cursor
        json.dumps(position)
    return step + 1


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.text(min_size=1, max_size=5), unique=True, max_size=60))
def test_a_walk_of_different_cursors_is_read_to_its_end(cursors: list[str]) -> None:
    assert follow([*cursors, None]) == len(cursors) + 1


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.integers(0, 40), st.integers(1, 40))
def test_a_circle_of_any_length_is_noticed_soon(tail: int, circle: int) -> None:
    limit = 4 * (tail + circle) + 4
    cursors = (f"c{n if n < tail else tail + (n - tail) % circle}" for n in range(limit))
    with pytest.raises(CannotGoOn, match="circles"):
        follow(cursors)


@pytest.mark.parametrize("cursor", [None, ""])
def test_a_promised_page_without_a_cursor_is_noticed(cursor: str | None) -> None:
    with pytest.raises(CannotGoOn, match="no cursor"):
        CURSOR(window(), answer({"more": True, "next": cursor}))


def test_a_cursor_beside_the_word_that_there_is_no_more_is_not_followed() -> None:
    assert CURSOR(window(), answer({"more": False, "next": "c1"})) is None


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    st.integers(0, 80),
    st.integers(1, 25),
    st.one_of(st.none(), st.integers(1, 25)),
    st.booleans(),
    st.booleans(),
    st.lists(st.one_of(st.none(), st.integers(1, 24)), max_size=30),
)
def test_pages_asked_smaller_now_and_then_hold_every_record_once(
    records: int, wanted: int, clamp: int | None, says_total: bool, says_size: bool, budgets: list[int | None]
) -> None:
    """A provider that may clamp what is asked for; `budgets` are the records that fit each time, None for all."""
    everything = list(range(records))
    position: Position | None = None
    got: list[int] = []
    for turn in range(400):
        fits = budgets[turn] if turn < len(budgets) else None
        number, size = page_at(position, wanted)
        smaller = fits is not None and fits < size
        if smaller:
            assert fits is not None
            number, size = smaller_page_at(position, fits)
            assert size <= fits
        given_size = min(size, clamp) if clamp else size
        page = everything[(number - 1) * given_size : number * given_size]
        document = (
            {"data": page} | ({"total": records} if says_total else {}) | ({"size": given_size} if says_size else {})
        )
        question = Question("op", "things", "w000001", turn, "GET", "/", page_size=size)
        one = Answer(question, "r", "q", 200, json.dumps([turn, document]).encode(), document, AT, smaller=smaller)
        got.extend(page)
        position = PAGES(window(position, turn), one)
        if position is None:
            break
    else:
        pytest.fail("the walk never ended")
    assert set(got) == set(everything)
    if clamp is None or clamp >= wanted:
        assert got == everything
