"""Walks a window to its end, whoever the provider is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sources.metered import Answer, Ask, Period, Question, StopKind

from .abilities import Cannot
from .forecast import Forecast
from .windows import (
    Backfill,
    Schedule,
    State,
    Window,
    ahead,
    backfill_state,
    complete_window,
    forget_other_question,
)

Position = dict[str, Any]
GIVE_UPS = 2
"""How often a page at which a walk could not go on is asked for again, by later syncs."""
RESTARTS = 3
"""How often a window begins again because its cursor expired."""


class CannotGoOn(Exception):
    """Paging found that it would never end or would miss records; the message is for a person."""


@dataclass(frozen=True, slots=True)
class Walk:
    """One resource's way through its provider.

    Args:
        resource: the dlt resource's name.
        entity: the raw table its records go to.
        asks: digest of the filters that make this resource's question; windows do not mix two questions.
        schedule: which window is read next.
        question: what to ask at `window["position"]`.
        following: the position after an answer, None at the end; raises CannotGoOn.
        reads_meter: whether it reads a balance; it is then walked after everything that spends, so that the reading
            and the ledger speak of the same moment.
        pages: digest of what a position means (a page size, say); an open window that was begun otherwise begins anew.
        forecast: how its size can be told without paying.
        cannot: what it is not able to do, and why, as sentences for a person.
        page_size: the configuration key below its source that sets the size of a page; empty when there is none.
        goes_by: where a record has the time its windows go by, as a path in the canonical record; empty when the
            record does not show it.
        remarks: what somebody may have meant otherwise in its configuration, a sentence each.
    """

    resource: str
    entity: str
    asks: str
    schedule: Schedule
    question: Callable[[Window], Question]
    following: Callable[[Window, Answer], Position | None]
    reads_meter: bool = False
    pages: str = ""
    forecast: Forecast = Forecast()
    cannot: Cannot = field(default_factory=dict)
    page_size: str = ""
    goes_by: str = ""
    remarks: tuple[str, ...] = ()

    def __call__(self, state: State, ask: Ask) -> Iterator[Answer]:
        return walk(self, state, ask)


def state_of(plan: Walk, state: State, backfill: Period | None = None) -> State:
    """The part of a resource's state that a walk goes by, rid of what other filters had reached."""
    own = state if backfill is None else backfill_state(state, backfill)
    forget_other_question(own, plan.asks)
    return own


def next_window(plan: Walk, state: State, sync: str, as_of: datetime, backfill: Period | None = None) -> Window | None:
    """The window a sync reads next from where `state` stands: the open one, or one that is due and is then opened."""
    window: Window | None = state.get("window")
    if window is not None and not window["complete"] and window.get("pages", plan.pages) == plan.pages:
        return window
    if window is not None and window["complete"] and window["opened_by"] == sync:
        return None
    schedule = plan.schedule if backfill is None else Backfill(backfill)
    window = schedule(state, as_of)
    if window is not None:
        window |= {"opened_by": sync, "pages": plan.pages}
        state["window"] = window
    return window


def walk(plan: Walk, state: State, ask: Ask) -> Iterator[Answer]:
    """Yields the answers of what is due, from where `state` stands; changes `state` as it goes.

    A window that an earlier sync left open is finished first; each sync opens at most one of its own. Ends there, or
    where `ask` has no answer (a budget, an error, the end of a round, the end of the journal); the next walk from that
    state goes on at that place.
    """
    if ask.backfill is not None and "backfill" in plan.cannot:
        return
    state = state_of(plan, state, ask.backfill)
    while (window := next_window(plan, state, ask.sync, ask.as_of, ask.backfill)) is not None:
        ask.begins(plan.resource, window["id"], window["step"])
        while not window["complete"]:
            answer = ask(plan.question(window))
            if answer is None:
                return
            begins_again, position, was_partial = bool(answer.expired), None, window["partial"]
            try:
                if begins_again:
                    _begin_again(window, answer)
                else:
                    position = plan.following(window, answer)
            except Exception as problem:
                # What was read is kept; the window ends here and proves nothing. An answer that is already in the
                # journal must never stop every sync that follows.
                foreseen = isinstance(problem, CannotGoOn)
                why = (
                    str(problem)
                    if foreseen
                    else f"an answer has a shape that is not understood ({type(problem).__name__})"
                )
                ask.give_up(plan.resource, why)
                window.pop("remarks", None)  # That it ended here says more.
                window.pop("rows", None)
                if not answer.expired and window.get("gave_up", 0) < GIVE_UPS:
                    # It stays open, and the next sync asks for this page once more; closed, what stands before it
                    # would be read, and bought, again.
                    window["gave_up"] = window.get("gave_up", 0) + 1
                    window["step"] += 1
                    window["partial"] = was_partial
                    yield answer
                    return
                position, window["partial"], begins_again = None, True, False
            if rows := window.pop("rows", None):
                # Before the position moves past them: a kill leaves them noted, or asks what became of them again.
                ask.note_rows(plan.resource, rows)
            window["step"] += 1
            window["position"] = position
            window["partial"] = window["partial"] or answer.partial is not None
            for kind, sentence in window.pop("remarks", ()):
                ask.remark(plan.resource, kind, sentence)
            if position is None and not begins_again:
                complete_window(state, window, ask.as_of)
                ask.completed(plan.resource, window)
            yield answer
    until = ahead(state, ask.as_of) if ask.backfill is None else None
    if until is not None and (state.get("window") or {}).get("opened_by") != ask.sync:
        ask.remark(
            plan.resource,
            StopKind.AHEAD,
            f"everything up to {until:%Y-%m-%d %H:%M} was read already, and it is only {ask.as_of:%Y-%m-%d %H:%M}: nothing "
            "is asked before then; check the clock, or LEADHOUSE_AS_OF where it is set",
        )


def _begin_again(window: Window, answer: Answer) -> None:
    """The provider forgot the cursor: where reading is free, the window is read again from its beginning."""
    if answer.expired == "paid":
        raise CannotGoOn(
            "the provider no longer knows the cursor, and reading again from the beginning costs credits: the next sync "
            "opens a new window for what is left; a budget bounds what it buys again"
        )
    if window["position"] is None:
        raise CannotGoOn("the provider says that a cursor has expired where none was sent")
    restarts = int(window.get("restarts", 0)) + 1
    if restarts > RESTARTS:
        raise CannotGoOn(f"the provider forgot its cursor {restarts} times in one window")
    window["restarts"] = restarts
