"""A walk reads a window to its end, and wherever it is stopped, the next walk goes on at that very place."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from sources.metered import Answer, Period, Question, RowOutcome, StopKind
from sources.paging import Cursor, Incremental, PageNumbers, Position, Refresh, Schedule, State, Walk, Window, reading

DAY = timedelta(days=1)
TODAY = datetime(2026, 3, 2, 6)
PARTIAL = "partial"


@dataclass
class Asking:
    """Answers from a list of documents in turn; None, or the end of the list, is a stop."""

    documents: Sequence[Any]
    as_of: datetime = TODAY
    sync: str = "monday"
    backfill: Period | None = None
    asked: list[Question] = field(default_factory=list)
    given_up: list[tuple[str, str]] = field(default_factory=list)
    remarks: list[tuple[StopKind, str]] = field(default_factory=list)
    complete: list[dict[str, Any]] = field(default_factory=list)
    begun: list[tuple[str, int]] = field(default_factory=list)

    def __call__(self, question: Question) -> Answer | None:
        document = self.documents[len(self.asked)] if len(self.asked) < len(self.documents) else None
        if document is None:
            return None
        self.asked.append(question)
        partial = "half of it is missing" if document.get(PARTIAL) else None
        body = json.dumps(document).encode()
        return Answer(question, "request", "question", 200, body, document, TODAY, partial=partial)

    def give_up(self, resource: str, sentence: str) -> None:
        self.given_up.append((resource, sentence))

    def remark(self, resource: str, kind: StopKind, sentence: str) -> None:
        self.remarks.append((kind, sentence))

    def completed(self, resource: str, window: Mapping[str, Any]) -> None:
        self.complete.append(dict(window))

    def note_rows(self, resource: str, rows: Sequence[RowOutcome]) -> None:
        raise AssertionError("nothing was pushed")

    def begins(self, resource: str, window: str, step: int) -> None:
        self.begun.append((window, step))


def by_cursor(window: Window) -> Question:
    cursor = (window["position"] or {}).get("cursor", "")
    params = (("cursor", cursor), ("from", window["from"] or ""))
    return Question("op", "things", window["id"], window["step"], "GET", "/things", params)


def by_page(window: Window) -> Question:
    page = (window["position"] or {"page": 1})["page"]
    return Question("op", "things", window["id"], window["step"], "GET", "/things", (("page", str(page)),))


CURSOR = Cursor(lambda document: (document["more"], document.get("next")))
PAGES = PageNumbers(
    count=lambda document: len(document["data"]),
    size=lambda document: document.get("size"),
    total=lambda document: document.get("total"),
)


def cursors(schedule: Schedule = reading, asks: str = "these") -> Walk:
    return Walk("things", "things", asks, schedule, by_cursor, CURSOR)


def pages(schedule: Schedule = reading, asks: str = "these") -> Walk:
    return Walk("things", "things", asks, schedule, by_page, PAGES)


def chain(length: int) -> list[dict[str, Any]]:
    return [{"more": n < length - 1, "next": f"c{n + 1}"} for n in range(length)]


def paged(length: int) -> list[dict[str, Any]]:
    return [{"data": [n, n + 0.5] if n < length - 1 else [n], "size": 2} for n in range(length)]


END: dict[str, Any] = {"more": False}
MORE: dict[str, Any] = {"more": True, "next": "c1"}


def run(plan: Walk, state: State, ask: Asking) -> list[Answer]:
    return list(plan(state, ask))


def landed(state: State) -> State:
    """The state as the warehouse gives it back."""
    copy: State = json.loads(json.dumps(state))
    return copy


def places(questions: Sequence[Question]) -> list[tuple[Any, ...]]:
    return [(question.window, question.step, question.params) for question in questions]


@pytest.mark.parametrize(("plan", "documents"), [(cursors(), chain(9)), (pages(), paged(9))], ids=["cursor", "pages"])
@pytest.mark.parametrize("sync", ["monday", "tuesday"])
def test_a_walk_that_was_stopped_anywhere_asks_on_from_there(plan: Walk, documents: list[Any], sync: str) -> None:
    whole = Asking(documents)
    run(plan, {}, whole)
    assert len(whole.asked) == len(documents)
    for stop in range(len(documents)):
        state: State = {}
        first = Asking(documents[:stop])
        run(plan, state, first)
        second = Asking(documents[stop:], sync=sync)
        run(plan, landed(state), second)
        assert places([*first.asked, *second.asked]) == places(whole.asked)
        assert second.complete[0]["id"] == whole.complete[0]["id"]


@pytest.mark.parametrize(("plan", "documents"), [(cursors(), chain(9)), (pages(), paged(9))], ids=["cursor", "pages"])
def test_the_state_at_each_answer_leads_to_the_next_question(plan: Walk, documents: list[Any]) -> None:
    ask = Asking(documents)
    state: State = {}
    states = [landed(state) for _ in plan(state, ask)]
    for number, then in enumerate(states[:-1], 1):
        rest = Asking(documents[number:])
        run(plan, then, rest)
        assert places(rest.asked) == places(ask.asked[number:])
        assert rest.begun == [("w000001", number)]


def test_a_second_attempt_from_the_same_state_asks_the_same() -> None:
    first, second = Asking(chain(4)), Asking(chain(4))
    run(cursors(), {}, first)
    run(cursors(), {}, second)
    assert places(first.asked) == places(second.asked)


def test_each_step_of_all_windows_is_a_place_of_its_own() -> None:
    state: State = {}
    seen: list[tuple[str, int]] = []
    for number in range(3):
        ask = Asking(chain(3), TODAY + number * DAY, f"sync {number}")
        run(cursors(), state, ask)
        seen.extend((question.window, question.step) for question in ask.asked)
    assert len(set(seen)) == 9


def test_a_stop_in_the_middle_of_a_window_moves_no_watermark() -> None:
    state: State = {}
    ask = Asking([*chain(5)[:3], None])
    assert len(run(cursors(Incremental(DAY)), state, ask)) == 3
    assert "watermark" not in state
    assert "completed_at" not in state
    assert not state["window"]["complete"]
    assert ask.complete == []


def test_a_complete_window_moves_the_watermark_to_where_it_was_to_end_not_to_when_it_ended() -> None:
    state: State = {}
    plan = cursors(Incremental(DAY))
    run(plan, state, Asking([MORE]))
    run(plan, state, Asking([END], as_of=TODAY + 3 * DAY, sync="thursday"))
    assert state["watermark"] == TODAY.isoformat()


def test_a_window_that_yesterday_left_open_is_finished_first_and_then_comes_todays() -> None:
    state: State = {}
    plan = cursors(Incremental(DAY))
    run(plan, state, Asking([MORE]))
    ask = Asking([END, END, END], as_of=TODAY + DAY, sync="tuesday")
    run(plan, landed(state), ask)
    assert places(ask.asked) == [
        ("w000001", 1, (("cursor", "c1"), ("from", ""))),
        ("w000002", 0, (("cursor", ""), ("from", (TODAY - DAY).isoformat()))),
    ]
    assert [window["to"] for window in ask.complete] == [TODAY.isoformat(), (TODAY + DAY).isoformat()]


def test_a_sync_opens_one_window_however_often_it_walks() -> None:
    state: State = {}
    assert len(run(cursors(), state, Asking([END, END]))) == 1
    assert run(cursors(), landed(state), Asking([END, END])) == []
    assert len(run(cursors(), landed(state), Asking([END, END], sync="tuesday"))) == 1


def test_an_incomplete_answer_is_kept_but_its_window_moves_no_watermark() -> None:
    state: State = {}
    plan = cursors(Incremental(DAY))
    run(plan, state, Asking([END]))
    later = Asking([{**MORE, PARTIAL: True}, END], as_of=TODAY + DAY, sync="tuesday")
    assert len(run(plan, state, later)) == 2
    assert state["watermark"] == TODAY.isoformat()
    assert later.complete[0]["partial"]
    again = Asking([END], as_of=TODAY + 2 * DAY, sync="wednesday")
    run(plan, state, again)
    assert dict(again.asked[0].params)["from"] == (TODAY - DAY).isoformat()
    assert state["watermark"] == (TODAY + 2 * DAY).isoformat()


def test_an_incomplete_answer_is_remembered_over_a_stop() -> None:
    state: State = {}
    plan = cursors(Incremental(DAY))
    run(plan, state, Asking([{**MORE, PARTIAL: True}]))
    state = landed(state)
    run(plan, state, Asking([END]))
    assert state["window"]["complete"]
    assert "watermark" not in state


def test_a_changed_search_starts_from_the_beginning_and_reads_whole() -> None:
    state: State = {}
    run(cursors(Incremental(DAY)), state, Asking([END]))
    run(cursors(Incremental(DAY)), state, Asking([MORE], as_of=TODAY + DAY, sync="tuesday"))
    ask = Asking([END, END], as_of=TODAY + DAY, sync="tuesday")
    run(cursors(Incremental(DAY), asks="others"), state, ask)
    assert places(ask.asked) == [("w000003", 0, (("cursor", ""), ("from", "")))]
    assert state["watermark"] == (TODAY + DAY).isoformat()


def test_a_changed_search_is_bought_at_once_and_the_same_is_not() -> None:
    state: State = {}
    run(pages(Refresh(30 * DAY)), state, Asking(paged(1)))
    same = Asking(paged(1), as_of=TODAY + DAY, sync="tuesday")
    assert run(pages(Refresh(30 * DAY)), landed(state), same) == []
    other = Asking(paged(1), as_of=TODAY + DAY, sync="tuesday")
    assert len(run(pages(Refresh(30 * DAY), asks="others"), landed(state), other)) == 1


def test_a_state_from_the_future_asks_nothing_until_the_clock_has_caught_up() -> None:
    state: State = {}
    plan = cursors(Incremental(DAY))
    run(plan, state, Asking([END], as_of=TODAY + 10 * DAY))
    before = landed(state)
    early = Asking([END], sync="tuesday")
    assert run(plan, state, early) == []
    assert state == before
    assert len(run(plan, state, Asking([END], as_of=TODAY + 11 * DAY, sync="later"))) == 1


def test_where_a_walk_could_not_go_on_the_next_syncs_ask_once_more_and_then_begin_anew() -> None:
    state: State = {}
    broken = {"more": True, "next": None}
    asked: list[str] = []
    for day in ("monday", "tuesday", "wednesday"):
        ask = Asking([chain(9)[0], broken] if day == "monday" else [broken], sync=day)
        run(cursors(Incremental(DAY)), state, ask)
        assert len(ask.given_up) == 1
        asked.extend(dict(question.params)["cursor"] for question in ask.asked)
    # The page before it is not read, and bought, again.
    assert asked == ["", "c1", "c1", "c1"]
    assert state["window"]["id"] == "w000002"
    assert "watermark" not in state
    ask = Asking(chain(3), sync="thursday")
    assert len(run(cursors(Incremental(DAY)), state, ask)) == 3
    assert "watermark" in state


def test_cursors_in_a_circle_end_the_walk_keep_what_was_read_and_prove_nothing() -> None:
    state: State = {}
    ask = Asking([{"more": True, "next": f"c{n % 3}"} for n in range(100)])
    answers = run(cursors(Incremental(DAY)), state, ask)
    assert 3 < len(answers) < 20
    assert [resource for resource, _ in ask.given_up] == ["things"]
    assert "circles" in ask.given_up[0][1]
    assert "watermark" not in state
    assert not state["window"]["complete"]
    assert len(run(cursors(Incremental(DAY)), state, Asking([END], sync="tuesday"))) == 1
    assert "watermark" in state


def test_a_circle_is_noticed_over_stops_too() -> None:
    state: State = {}
    asked = 0
    for number in range(60):
        ask = Asking([{"more": True, "next": f"c{number % 7}"}], sync="one long sync")
        asked += len(run(cursors(), state, ask))
        state = landed(state)
        if ask.given_up:
            break
    assert asked < 40


def test_a_page_promised_without_a_cursor_is_said_and_moves_no_watermark() -> None:
    state: State = {}
    ask = Asking([{"more": True}])
    run(cursors(Incremental(DAY)), state, ask)
    assert len(ask.given_up) == 1
    assert "watermark" not in state


def test_a_provider_that_sends_one_page_for_ever_is_noticed() -> None:
    state: State = {}
    ask = Asking([{"data": [1, 2]}] * 50)
    assert len(run(pages(Incremental(DAY)), state, ask)) == 2
    assert "same as the page before" in ask.given_up[0][1]
    assert "watermark" not in state


def test_the_end_of_a_window_is_told_once_and_its_beginning_each_time() -> None:
    state: State = {}
    first, second = Asking([MORE]), Asking([END])
    run(cursors(), state, first)
    run(cursors(), state, second)
    assert (first.begun, second.begun) == ([("w000001", 0)], [("w000001", 1)])
    assert (len(first.complete), len(second.complete)) == (0, 1)


def test_following_may_declare_an_answer_incomplete() -> None:
    def still_processing(window: Window, answer: Answer) -> Position | None:
        window["partial"] = True
        return None

    state: State = {}
    plan = Walk("things", "things", "", Incremental(DAY), by_cursor, still_processing)
    assert len(run(plan, state, Asking([END]))) == 1
    assert "watermark" not in state


@pytest.mark.parametrize("make", [cursors, pages])
def test_a_walk_that_may_not_ask_changes_nothing_that_was_reached(make: Callable[..., Walk]) -> None:
    state: State = {"watermark": "2026-01-01T00:00:00", "completed_at": "2026-01-01T00:00:00", "windows": 4}
    plan = make(Incremental(DAY))
    assert run(plan, state, Asking([])) == []
    assert (state["watermark"], state["window"]["step"], state["window"]["id"]) == ("2026-01-01T00:00:00", 0, "w000005")
    run(plan, state, Asking([]))
    assert state["window"]["id"] == "w000005"
