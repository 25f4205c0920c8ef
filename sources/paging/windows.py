"""Windows: which stretch of a resource is read next, and what is remembered when it is complete.

A window is a JSON-able dict in dlt's resource state: `id` (running number), `kind`, `from`, `to` (ISO text or None),
`position` (where to ask next), `step` (questions answered so far), `opened_by` (sync), `complete`, `partial`. The watermark moves only when
a window is complete.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sources.metered import Period, StopKind

State = dict[str, Any]
Window = dict[str, Any]
Schedule = Callable[[State, datetime], Window | None]
"""Called when no window is open: the next window, or None when nothing is due."""


def reading(state: State, as_of: datetime) -> Window:
    """A free reading or a full list: read whole, once in every sync."""
    return open_window(state, "full", None, as_of)


@dataclass(frozen=True, slots=True)
class Incremental:
    """From the watermark minus an overlap to the sync's clock.

    Args:
        start: where the first window begins; None for everything.
        overlap: how much is read again, for what was back-dated.
        full_every: every so often a window from `start` on, for what the filter cannot see; None for never.
    """

    overlap: timedelta
    start: datetime | None = None
    full_every: timedelta | None = None

    def __call__(self, state: State, as_of: datetime) -> Window | None:
        watermark = state.get("watermark")
        last_full = state.get("full_at")
        if watermark is None:
            return open_window(state, "full", self.start, as_of)
        if self.full_every is not None and last_full and datetime.fromisoformat(last_full) + self.full_every <= as_of:
            return open_window(state, "full", self.start, as_of)
        reached = datetime.fromisoformat(watermark)
        if reached > as_of:
            # A state from the future has seen everything there is to see now.
            return None
        begins = reached - self.overlap
        return open_window(state, "increment", max(begins, self.start) if self.start else begins, as_of)

    def fresh_until(self, state: State) -> datetime | None:
        """From when on something is due."""
        watermark = state.get("watermark")
        return datetime.fromisoformat(watermark) if watermark else None


@dataclass(frozen=True, slots=True)
class Refresh:
    """Bought whole, and bought again when so much time has passed since it was complete.

    Args:
        every: the refresh interval.
    """

    every: timedelta

    def __call__(self, state: State, as_of: datetime) -> Window | None:
        completed = state.get("completed_at")
        if completed and datetime.fromisoformat(completed) + self.every > as_of:
            return None
        return open_window(state, "full", None, as_of)

    def fresh_until(self, state: State) -> datetime | None:
        """From when on it is bought again."""
        completed = state.get("completed_at")
        return datetime.fromisoformat(completed) + self.every if completed else None


@dataclass(frozen=True, slots=True)
class UntilDone:
    """Read whole in every sync until it has proven something (see `remark`), and then never again."""

    def __call__(self, state: State, as_of: datetime) -> Window | None:
        return None if state.get("watermark") else open_window(state, "full", None, as_of)

    def fresh_until(self, state: State) -> datetime | None:
        """From when on it is read again: at the end of time."""
        return datetime.max if state.get("watermark") else None


@dataclass(frozen=True, slots=True)
class Backfill:
    """A period that somebody wants to read, once in every sync that asks for it.

    Its state is its own, see `backfill_state`: it neither knows nor moves the watermark of what is new.
    """

    period: Period

    def __call__(self, state: State, as_of: datetime) -> Window | None:
        window = state.get("window")
        if window and window["complete"] and not window["partial"] and state["completed_at"] == as_of.isoformat():
            # This sync has just read the rest of what an earlier one had begun.
            return None
        return open_window(state, "backfill", self.period.begins, self.period.ends or as_of)


BACKFILLS_KEPT = 20
"""Backfills whose end is remembered; those that are not complete are never forgotten."""


def backfill_state(state: State, period: Period) -> State:
    """Where the backfill of a period stands, kept beside the state of what is new."""
    kept: dict[str, State] = state.setdefault("backfills", {})
    if str(period) not in kept:
        state["backfilled"] = int(state.get("backfilled", 0)) + 1
        ended = [name for name, one in kept.items() if one["window"]["complete"]]
        for name in ended[: max(len(ended) - BACKFILLS_KEPT + 1, 0)]:
            del kept[name]
        kept[str(period)] = {"prefix": f"b{state['backfilled']:04d}"}
    return kept[str(period)]


def open_window(state: State, kind: str, begins: datetime | None, ends: datetime) -> Window:
    """A new window in `state`, numbered so that a second attempt from the same state has the same id."""
    number = int(state.get("windows", 0)) + 1
    state["windows"] = number
    return {
        "id": f"{state.get('prefix', '')}w{number:06d}",
        "kind": kind,
        "from": begins.isoformat() if begins else None,
        "to": ends.isoformat(),
        "position": None,
        "step": 0,
        "complete": False,
        "partial": False,
    }


def complete_window(state: State, window: Window, as_of: datetime) -> None:
    """The window was read to its end: the watermark may move.

    A window with partial answers is complete as far as reading goes, but proves nothing: its watermark stays.
    """
    window["complete"] = True
    state["completed_at"] = as_of.isoformat()
    if window["partial"]:
        return
    state["watermark"] = window["to"]
    if window["kind"] == "full":
        state["full_at"] = window["to"]


def ahead(state: State, as_of: datetime) -> datetime | None:
    """The moment up to which a state says that everything was read, where that is still to come."""
    known = [datetime.fromisoformat(state[name]) for name in ("watermark", "completed_at") if state.get(name)]
    newest = max(known, default=as_of)
    return newest if newest > as_of else None


def remark(window: Window, kind: StopKind, sentence: str) -> None:
    """Something a person should know of how the window was read; the walk passes it on, and the window proves nothing."""
    window["partial"] = True
    note(window, kind, sentence)


def note(window: Window, kind: StopKind, sentence: str) -> None:
    """Something a person should know of a window that was read as well as it can be; the walk passes it on."""
    window.setdefault("remarks", []).append((kind, sentence))


def forget_other_question(state: State, asks: str) -> None:
    """A changed search is a new search: what was reached with other filters says nothing about these."""
    if state.get("asks", asks) != asks:
        for key in ("watermark", "completed_at", "full_at", "window"):
            state.pop(key, None)
    state["asks"] = asks
