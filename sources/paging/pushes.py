"""Pushes: rows that somebody brings are written at a provider, each once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sources.metered import Answer, Question, RowOutcome, StopKind, digest

from .forecast import Forecast
from .lookups import Sent
from .walk import Position, Walk
from .windows import Window, reading, remark

Result = tuple[str, str | None, str | None]
"""What became of a row: `done`, `refused`, or `partly` when some of its request were and nobody says which; the provider's
id of what was made; the provider's words."""
DONE: Result = ("done", None, None)
AGAIN = 3
"""How often a batch is sent in all that never arrives."""


@dataclass(frozen=True, slots=True)
class Counter:
    """A free reading that rises by one with each row that is written; it tells what became of a lost answer.

    Args:
        question: asks for it.
        reads: the reading in an answer; None where it does not say.
    """

    question: Callable[[Window], Question]
    reads: Callable[[Any], float | None]


@dataclass(frozen=True, slots=True)
class Push:
    """What can be written at a provider.

    Args:
        name: e.g. `track_contacts`; its resource is `push_track_contacts`.
        entity: the raw table the provider's results go to.
        operation: the provider's name of it.
        row: a pydantic model; its fields are the columns that are understood.
        question: writes these rows, in one request.
        results: what became of each of them, by the provider's answer; as many as there were rows.
        words: the provider's words when it refuses a request as a whole.
        batch: rows in one request at most.
        alike: rows share a request only where this is the same.
        counter: tells what became of a lost answer; only where the same row must not be written twice.
        word: what a person must type before it happens; empty where nothing is lost by it.
        undone_by: pushes that take back what this one did; afterwards it may be done again.
        ways: how many ways there are to ask, tried in turn where the provider says that there is no such thing;
            `question` finds the number of the way, from 0, in the window's position.
        again: whether it may be sent again when its answer was lost: the second time changes nothing more.
    """

    name: str
    entity: str
    operation: str
    row: type[Any]
    question: Callable[[Window, Sequence[Sent]], Question]
    results: Callable[[Sequence[Sent], Any], Sequence[Result]]
    words: Callable[[bytes], str]
    batch: int = 1
    alike: Callable[[Sent], Any] = lambda _: None
    counter: Counter | None = None
    word: str = ""
    undone_by: tuple[str, ...] = ()
    ways: int = 1
    again: bool = False

    @property
    def resource(self) -> str:
        return f"push_{self.name}"

    def walk(self, rows: Sequence[Sent], nonce: str) -> Walk:
        """Writes each of these rows once, in their order.

        Args:
            nonce: tells this push from another one of the same rows.
        """
        return Walk(
            self.resource,
            self.entity,
            digest(json.dumps([list(map(dict, rows)), nonce], sort_keys=True)),
            reading,
            lambda window: self._ask(window, rows),
            lambda window, answer: self._following(window, answer, rows),
            forecast=Forecast(coming=lambda window: self._coming(window, rows)),
        )

    def _coming(self, window: Window, rows: Sequence[Sent]) -> Iterator[Question]:
        """What is still to be asked when all goes well."""
        at: Position | None = window["position"] or self._start(0)
        while at is not None:
            asked = self._ask({**window, "position": at}, rows)
            yield asked
            if at.get("reads"):
                at = {**at, "reads": False}
            else:
                at = self._next(at["row"] + (asked.page_size or 1), at, len(rows))

    def _batch(self, rows: Sequence[Sent], start: int, size: int | None = None) -> Sequence[Sent]:
        """The rows of the request that begins with row `start`."""
        batch = rows[start : start + (size or self.batch)]
        kind = self.alike(batch[0])
        return batch[: next((n for n, row in enumerate(batch) if self.alike(row) != kind), len(batch))]

    def _start(self, row: int, at: Mapping[str, Any] | None = None) -> Position:
        """The position of a row, with what was found out before it."""
        kept = {name: at[name] for name in ("way", "lags") if at and name in at}
        return {"row": row, **kept, **({"reads": True} if self.counter is not None else {})}

    def _next(self, row: int, at: Mapping[str, Any], all_of_them: int) -> Position | None:
        return self._start(row, at) if row < all_of_them else None

    def _ask(self, window: Window, rows: Sequence[Sent]) -> Question:
        at = window["position"] or self._start(0)
        if at.get("reads") and self.counter is not None:
            return self.counter.question(window)
        batch = self._batch(rows, at["row"], at.get("size"))

        def some(size: int) -> Question:
            asked = self.question(window, batch[:size])
            return replace(
                asked,
                is_row=True,
                writes="again" if self.again else "once",
                selection=f"{asked.selection} rows={size}",
                at_most={**asked.at_most, "record": size},
                page_size=size,
                smaller=some if size > 1 else None,
            )

        return some(len(batch))

    def _following(self, window: Window, answer: Answer, rows: Sequence[Sent]) -> Position | None:
        at = window["position"] or self._start(0)
        if at.get("reads") and self.counter is not None:
            used = self.counter.reads(answer.document) if answer.found else None
            if "lost" not in at:
                # One that lags behind what was taken tells nothing of what was lost.
                lags = at.get("lags", False) or (used is not None and used < at.get("expected", used))
                going = {name: value for name, value in at.items() if name != "expected"}
                return {**going, "reads": False, "used": None if lags else used, "lags": lags}
            return self._found_out(window, answer, at, used, len(rows))
        start, size = at["row"], answer.question.page_size or 1
        sent = rows[start : start + size]
        results = self._results(sent, answer) if answer.found else None
        if answer.lost or (answer.found and results is None):
            # Noted at once: whatever happens before it is found out, it is never sent blindly again.
            _note(window, answer, start, [("unknown", None, None)] * size)
            if at.get("used") is not None:
                return {**at, "reads": True, "lost": [size, answer.request_id]}
            return self._unclear(window, at, size, len(rows))
        if not answer.found:
            if answer.status in (404, 410) and at.get("way", 0) + 1 < self.ways:
                return {**at, "way": at.get("way", 0) + 1}
            if size > 1:
                # One of them may be what is refused.
                return {**at, "size": size // 2}
            results = [("refused", None, self.words(answer.body))]
        assert results is not None
        _note(window, answer, start, results)
        following = self._next(start + size, at, len(rows))
        if following and answer.found and at.get("used") is not None:
            following["expected"] = at["used"] + sum(outcome == "done" for outcome, _, _ in results)
        if following and "size" in at and size * 2 < self.batch:
            # Grows again: one bad row is no reason to send all others one by one.
            following["size"] = size * 2
        return following

    def _results(self, sent: Sequence[Sent], answer: Answer) -> Sequence[Result] | None:
        """What became of each row; None when the answer does not say so in a way that is understood.

        A walk that gives up asks for its page once more; what was written must not be written again.
        """
        try:
            results = self.results(sent, answer.document)
        except Exception:
            return None
        return results if len(results) == len(sent) else None

    def _found_out(
        self, window: Window, answer: Answer, at: Mapping[str, Any], used: float | None, all_of_them: int
    ) -> Position | None:
        """What the counter says of a batch whose answer was lost."""
        start, (size, request_id) = at["row"], at["lost"]
        risen = None if used is None else used - at["used"]
        if risen == size:
            _note(window, replace(answer, request_id=request_id), start, [DONE] * size)
            return self._next(start + size, at, all_of_them)
        tries = at.get("tries", 1) + 1
        if risen == 0 and tries <= AGAIN:
            return {"row": start, "used": used, "tries": tries, "size": size}
        if risen == 0:
            _note(window, replace(answer, request_id=request_id), start, [("failed", None, None)] * size)
            remark(
                window,
                StopKind.PARTIAL,
                f"{_named(start, size)} sent {AGAIN} times and never arrived; the same command sends them again",
            )
            return self._next(start + size, at, all_of_them)
        return self._unclear(window, at, size, all_of_them)

    def _unclear(self, window: Window, at: Mapping[str, Any], size: int, all_of_them: int) -> Position | None:
        remark(
            window,
            StopKind.PARTIAL,
            f"the answer to {self.operation} was lost or is not understood, and whether {_named(at['row'], size)} written cannot be found out: `unknown` in "
            "raw_leadhouse.pushes, not sent again unless --repeat-unknown says so",
        )
        return self._next(at["row"] + size, at, all_of_them)


def _named(start: int, size: int) -> str:
    return f"row {start + 1} was" if size == 1 else f"rows {start + 1} to {start + size} were"


def _note(window: Window, answer: Answer, start: int, results: Sequence[Result]) -> None:
    """What became of rows, for the walk to pass on."""
    request, operation, at = answer.request_id, answer.question.operation, answer.fetched_at
    window.setdefault("rows", []).extend(
        RowOutcome(start + place, outcome, request, operation, at, result_id, message)
        for place, (outcome, result_id, message) in enumerate(results)
    )
