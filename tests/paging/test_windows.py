"""Which stretch is read next: from the watermark with its overlap, whole now and then, or again after its interval."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.paging import Incremental, Refresh, State, reading
from sources.paging.windows import complete_window, forget_other_question

DAY = timedelta(days=1)
TODAY = datetime(2026, 3, 2, 6)


def test_the_first_window_reads_everything_there_is() -> None:
    window = Incremental(7 * DAY)({}, TODAY)
    assert window is not None
    assert (window["kind"], window["from"], window["to"]) == ("full", None, TODAY.isoformat())
    assert (window["step"], window["position"], window["complete"], window["partial"]) == (0, None, False, False)


def test_the_first_window_begins_at_the_start_that_was_set() -> None:
    start = datetime(2025, 1, 1)
    window = Incremental(7 * DAY, start)({}, TODAY)
    assert window is not None
    assert (window["kind"], window["from"]) == ("full", start.isoformat())


def test_an_increment_reads_the_overlap_again() -> None:
    window = Incremental(7 * DAY)({"watermark": TODAY.isoformat()}, TODAY + DAY)
    assert window is not None
    assert (window["kind"], window["from"], window["to"]) == (
        "increment",
        (TODAY - 7 * DAY).isoformat(),
        (TODAY + DAY).isoformat(),
    )


def test_the_overlap_does_not_reach_before_the_start() -> None:
    window = Incremental(7 * DAY, TODAY - DAY)({"watermark": TODAY.isoformat()}, TODAY)
    assert window is not None
    assert window["from"] == (TODAY - DAY).isoformat()


@pytest.mark.parametrize(("passed", "kind"), [(29 * DAY, "increment"), (30 * DAY, "full"), (300 * DAY, "full")])
def test_everything_is_read_again_when_its_interval_has_passed(passed: timedelta, kind: str) -> None:
    state: State = {"watermark": (TODAY + passed - DAY).isoformat(), "full_at": TODAY.isoformat()}
    window = Incremental(DAY, None, 30 * DAY)(state, TODAY + passed)
    assert window is not None
    assert window["kind"] == kind


def test_an_increment_does_not_put_off_the_next_full_reading() -> None:
    state: State = {"watermark": TODAY.isoformat(), "full_at": TODAY.isoformat()}
    schedule = Incremental(DAY, None, 30 * DAY)
    kinds = []
    for day in range(1, 62):
        window = schedule(state, TODAY + day * DAY)
        assert window is not None
        kinds.append(window["kind"])
        complete_window(state, window, TODAY + day * DAY)
    assert [day for day, kind in enumerate(kinds, 1) if kind == "full"] == [30, 60]


@pytest.mark.parametrize(
    ("passed", "due"), [(timedelta(), False), (29.9 * DAY, False), (30 * DAY, True), (31 * DAY, True), (-DAY, False)]
)
def test_a_bought_search_is_bought_again_when_its_interval_has_passed_and_not_before(
    passed: timedelta, due: bool
) -> None:
    assert (Refresh(30 * DAY)({"completed_at": TODAY.isoformat()}, TODAY + passed) is not None) is due


def test_a_search_that_was_never_complete_is_due() -> None:
    assert Refresh(30 * DAY)({}, TODAY) is not None


def test_a_free_reading_is_always_due_and_whole() -> None:
    state: State = {"completed_at": TODAY.isoformat(), "watermark": TODAY.isoformat()}
    window = reading(state, TODAY)
    assert (window["kind"], window["from"]) == ("full", None)


def test_windows_are_numbered_in_their_state() -> None:
    state: State = {}
    assert [reading(state, TODAY)["id"] for _ in range(3)] == ["w000001", "w000002", "w000003"]


def test_a_partial_window_is_done_but_proves_nothing() -> None:
    state: State = {}
    window = {**reading(state, TODAY), "partial": True}
    complete_window(state, window, TODAY)
    assert window["complete"]
    assert ("watermark" in state, "full_at" in state, state["completed_at"]) == (False, False, TODAY.isoformat())


def test_another_question_forgets_what_was_reached_but_not_how_many_windows_there_were() -> None:
    state: State = {}
    forget_other_question(state, "these")
    complete_window(state, reading(state, TODAY), TODAY)
    state["window"] = {"id": "w000001"}
    forget_other_question(state, "these")
    assert "watermark" in state
    forget_other_question(state, "others")
    assert state == {"windows": 1, "asks": "others"}


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(st.integers(0, 40), st.booleans()), max_size=30),
    st.integers(0, 9),
    st.none() | st.integers(1, 30),
)
def test_increments_leave_no_gap_whatever_failed_in_between(
    syncs: list[tuple[int, bool]], overlap: int, full_every: int | None
) -> None:
    schedule = Incremental(overlap * DAY, None, full_every * DAY if full_every else None)
    state: State = {}
    now, read_to = TODAY, None
    for days, is_partial in syncs:
        now += days * DAY
        window = schedule(state, now)
        assert window is not None
        if read_to is None:
            assert window["from"] is None
        elif window["from"] is not None:
            assert datetime.fromisoformat(window["from"]) <= read_to - overlap * DAY
        window["partial"] = is_partial
        complete_window(state, window, now)
        read_to = read_to if is_partial else now
