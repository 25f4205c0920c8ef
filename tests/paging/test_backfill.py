"""A backfill reads a period once for every sync that asks for it, goes on where it was stopped, and moves no watermark."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from sources.metered import Period, StopKind
from sources.paging import Incremental, Refresh, State, reading
from sources.paging.windows import BACKFILLS_KEPT
from tests.paging.test_walks import END, MORE, TODAY, Asking, chain, cursors, landed, run

SPRING = Period(datetime(2025, 1, 1), datetime(2025, 7, 1))
DAILY = Incremental(timedelta(days=2))


def backfilling(documents: list[Any], sync: str, period: Period = SPRING, as_of: datetime = TODAY) -> Asking:
    return Asking(documents, as_of, sync, period)


def up_to_date() -> State:
    state: State = {}
    run(cursors(DAILY), state, Asking([END], TODAY - timedelta(days=1), "sunday"))
    return landed(state)


def test_a_backfill_reads_its_period_and_leaves_what_is_new_where_it_was() -> None:
    state = up_to_date()
    before = landed(state)
    ask = backfilling(chain(3), "monday")
    run(cursors(DAILY), state, ask)
    (window,) = ask.complete
    assert (window["kind"], window["from"], window["to"]) == ("backfill", "2025-01-01T00:00:00", "2025-07-01T00:00:00")
    assert {name: state[name] for name in before} == before
    after = Asking([END], TODAY + timedelta(days=1), "tuesday")
    run(cursors(DAILY), landed(state), after)
    assert after.asked[0].params[1][1] == (TODAY - timedelta(days=3)).isoformat(), "the watermark less its overlap"


@pytest.mark.parametrize("stop", [0, 1, 2])
def test_the_same_command_goes_on_where_a_backfill_was_stopped_and_opens_no_second_one(stop: int) -> None:
    state = up_to_date()
    documents = chain(3)
    first = backfilling(documents[:stop], "monday")
    run(cursors(DAILY), state, first)
    again = backfilling(documents[stop:], "tuesday", as_of=TODAY + timedelta(days=1))
    run(cursors(DAILY), state := landed(state), again)
    assert [one.step for one in (*first.asked, *again.asked)] == [0, 1, 2]
    assert len(again.complete) == 1


def test_todays_sync_and_another_period_do_not_touch_a_backfill_that_was_stopped() -> None:
    state = up_to_date()
    run(cursors(DAILY), state, backfilling([MORE], "monday"))
    run(cursors(DAILY), state := landed(state), Asking([END], TODAY + timedelta(days=1), "tuesday"))
    other = Period(datetime(2024, 1, 1), datetime(2025, 1, 1))
    run(cursors(DAILY), state := landed(state), backfilling([END], "wednesday", other, TODAY + timedelta(days=2)))
    rest = backfilling([END], "thursday", as_of=TODAY + timedelta(days=3))
    run(cursors(DAILY), landed(state), rest)
    assert [one.step for one in rest.asked] == [1]


def test_a_period_that_was_read_is_read_again_for_another_sync_that_asks() -> None:
    state = up_to_date()
    for day in range(2):
        ask = backfilling(chain(2), f"sync {day}", as_of=TODAY + timedelta(days=day))
        run(cursors(DAILY), state, ask)
        assert len(ask.asked) == 2
        state = landed(state)


def test_other_filters_begin_a_backfill_anew() -> None:
    state = up_to_date()
    run(cursors(DAILY), state, backfilling([MORE], "monday"))
    ask = backfilling(chain(2), "tuesday", as_of=TODAY + timedelta(days=1))
    run(cursors(DAILY, asks="others"), landed(state), ask)
    assert [one.step for one in ask.asked] == [0, 1]


def test_windows_of_different_periods_never_share_an_id() -> None:
    state, ids = up_to_date(), set()
    for day in range(BACKFILLS_KEPT + 5):
        period = Period(TODAY - timedelta(days=day + 2), TODAY - timedelta(days=day + 1))
        ask = backfilling([END], f"sync {day}", period, TODAY + timedelta(days=day))
        run(cursors(DAILY), state, ask)
        ids.add(ask.complete[0]["id"])
        state = landed(state)
    assert len(ids) == BACKFILLS_KEPT + 5
    assert len(state["backfills"]) == BACKFILLS_KEPT, "the state does not grow for ever"


def test_a_backfill_that_is_not_complete_is_never_forgotten() -> None:
    state = up_to_date()
    run(cursors(DAILY), state, backfilling([MORE], "first"))
    for day in range(BACKFILLS_KEPT + 5):
        period = Period(TODAY - timedelta(days=day + 2), TODAY - timedelta(days=day + 1))
        run(cursors(DAILY), state, backfilling([END], f"sync {day}", period, TODAY + timedelta(days=day)))
        state = landed(state)
    rest = backfilling([END], "last", as_of=TODAY + timedelta(days=100))
    run(cursors(DAILY), state, rest)
    assert [one.step for one in rest.asked] == [1]


def test_what_cannot_be_read_by_period_is_not_asked_for_one() -> None:
    plan = replace(cursors(DAILY), cannot={"backfill": "it knows no date"})
    ask = backfilling(chain(2), "monday")
    assert run(plan, {}, ask) == []
    assert ask.asked == []


@pytest.mark.parametrize("schedule", [DAILY, Refresh(timedelta(days=7))], ids=["incremental", "refresh"])
def test_a_state_from_the_far_future_asks_for_nothing_and_says_so(schedule: Any) -> None:
    state: State = {}
    run(cursors(schedule), state, Asking([END], datetime(2099, 1, 1), "in the future"))
    ask = Asking(chain(2))
    run(cursors(schedule), landed(state), ask)
    assert ask.asked == []
    ((kind, sentence),) = ask.remarks
    assert kind is StopKind.AHEAD
    assert "2099-01-01 00:00" in sentence


def test_what_was_read_today_is_no_state_from_the_future() -> None:
    for schedule in (DAILY, Refresh(timedelta(days=7)), reading):
        state: State = {}
        run(cursors(schedule), state, first := Asking([END], TODAY, "monday"))
        run(cursors(schedule), landed(state), second := Asking([END], TODAY, "monday, again"))
        run(cursors(schedule), landed(state), round_two := Asking([END], TODAY, "monday"))
        assert [*first.remarks, *second.remarks, *round_two.remarks] == []
