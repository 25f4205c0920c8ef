"""Lookups: what is asked about rows that somebody brings, one by one, in batches, or as jobs of the provider's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol, TypeVar

from sources.metered import Answer, Question, RowOutcome, StopKind, digest

from .forecast import Forecast
from .walk import Position, Walk
from .windows import Window, note, reading, remark

T = TypeVar("T")
Sent = Mapping[str, Any]
"""What of a row is sent, as JSON."""
Points = frozenset[str]
"""Data points of a row, those of `Lookup.points`."""
LOST_IN_A_ROW = 3
"""After so many lost answers one after the other the provider is taken for broken: each may have been charged."""


def key_of(sent: Sent) -> str:
    """SHA-256 of what is sent of a row; by it an answer is known to be fresh."""
    return digest(json.dumps(sent, sort_keys=True, ensure_ascii=True, separators=(",", ":")))


class Row(Protocol):
    """A row as somebody brings it; made by pydantic, whose errors say what is wrong with it."""

    def sent(self) -> Sent:
        """What identifies the person or company, the same for each spelling of the same thing.

        Raises:
            ValueError: it cannot identify anyone; the message says what is missing.
        """


@dataclass(frozen=True, slots=True)
class Job:
    """How the provider works at a batch in the background.

    Args:
        started: the provider's id of the job, in the answer to what started it; None when it names none.
        result: asks for the result of a job, by its id and the data points that it was started for; its rows are counted
            in `Question.page_size`.
        state: what an answer says of it.
        pauses: seconds before each time the result is asked for; after the last one it is left to a later sync.
    """

    started: Callable[[Any], str | None]
    result: Callable[[Window, str, Points], Question]
    state: Callable[[Any], Literal["working", "done", "failed"]]
    pauses: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """One of the ways to ask for rows.

    Args:
        name: e.g. `single`.
        entity: the raw table the records go to.
        operation: the provider's name of it.
        question: asks for these rows with these data points, in one request.
        count: how many records an answer about one row holds.
        by_row: the same of a batch, by `key_of` what was sent; it then says of which rows it speaks.
        most: rows in one request.
        missing: what became of a row that the answer to its batch does not speak of.
        job: where a request only starts something.
    """

    name: str
    entity: str
    operation: str
    question: Callable[[Window, Sequence[Sent], Points], Question]
    count: Callable[[Any], int] = lambda _: 0
    by_row: Callable[[Any], Mapping[str, int]] | None = None
    most: int = 1
    missing: Literal["not_found", "unknown"] = "not_found"
    job: Job | None = None

    def outcomes(self, keys: Sequence[str], document: Any) -> list[tuple[str, int]]:
        """(outcome, records) of the rows with these keys."""
        if self.by_row is None:
            counts: list[int | None] = [self.count(document)] * len(keys)
        else:
            by_row = self.by_row(document)
            counts = [by_row.get(key) for key in keys]
        return [(self.missing, 0) if one is None else ("found" if one else "not_found", one) for one in counts]


@dataclass(frozen=True, slots=True)
class Route:
    """How a row is asked for.

    Attributes:
        way: name of the way.
        points: the data points that are asked for.
        likely: the units it will most probably be charged for; None when nothing tells.
        saved: the units of another operation that would be charged if free checks had not shown that this way does;
            (operation, units), or None.
    """

    way: str
    points: Points
    likely: Mapping[str, int] | None = None
    saved: tuple[str, Mapping[str, int]] | None = None


Known = Callable[[Sent, str], bool | None]
"""Whether a free check found a data point of a row; None where it was not asked."""


@dataclass(frozen=True, slots=True)
class Checks:
    """Free questions that show which way is the cheapest.

    Args:
        lookup: the lookup that asks them; each of its data points is a question.
        wanted: the rows, as that lookup sends them, and data points that would help with a row.
    """

    lookup: str
    wanted: Callable[[Sent, Points], Iterable[tuple[Sent, str]]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the answers to other questions tell of rows.

    Args:
        entity: the raw table they are in.
        covers: the data points that were asked for, by `_selection`.
        answers: the rows that a record answers, by its key and the record.
        key: the key of a record that answers a row; None where any record may.
    """

    entity: str
    covers: Callable[[str], Points]
    answers: Callable[[str, Mapping[str, Any]], Iterable[Sent]]
    key: Callable[[Sent], str | None]


@dataclass(frozen=True, slots=True)
class Routed:
    """A row, and how it is asked for."""

    sent: Sent
    way: str
    points: Points


@dataclass(frozen=True, slots=True)
class Pending:
    """A job whose result was not read yet.

    Attributes:
        job_id: the provider's id.
        hold: its name in the journal.
        keys: `key_of` the rows it works on.
        points: the data points it was started for.
    """

    way: str
    job_id: str
    hold: str
    keys: tuple[str, ...]
    points: Points


def _first_way(lookup: Lookup, rows: Sequence[tuple[Sent, Points]], known: Known) -> list[Route]:
    return [Route(lookup.ways[0].name, points) for _, points in rows]


@dataclass(frozen=True, slots=True)
class Lookup:
    """What can be looked up at a provider.

    Args:
        name: e.g. `people`; its resource is `lookup_people`.
        row: a pydantic model; its fields are the columns that are understood.
        points: the data points to choose from; empty where there is nothing to choose.
        ways: the ways to ask.
        fresh_days: an answer counts as fresh for so many days, and is not asked for again.
        routes: how each row is asked for: the cheapest way for so many rows and these data points; by default the first.
        checks: free questions that should be asked before.
        evidence: what else is known.
        by_point: whether each data point is a question of its own.
    """

    name: str
    row: type[Any]
    points: tuple[str, ...]
    ways: tuple[Way, ...]
    fresh_days: float
    routes: Callable[[Lookup, Sequence[tuple[Sent, Points]], Known], list[Route]] = _first_way
    checks: Checks | None = None
    evidence: Evidence | None = None
    by_point: bool = False

    @property
    def resource(self) -> str:
        return f"lookup_{self.name}"

    def way(self, name: str) -> Way:
        return next(way for way in self.ways if way.name == name)

    def walk(self, rows: Sequence[Routed]) -> Walk:
        """Asks for each of these rows once, in their order; those of one way and the same data points together."""
        course = _Course(self, rows)
        asked = [[dict(row.sent), row.way, sorted(row.points)] for row in rows]
        return Walk(
            self.resource,
            self.way(rows[0].way).entity,
            digest(json.dumps(asked, sort_keys=True)),
            reading,
            course.ask,
            course.following,
            forecast=Forecast(coming=course.coming),
        )

    def job_walk(self, pending: Pending) -> Walk:
        """Asks for the result of a job that an earlier sync started."""
        way = self.way(pending.way)
        job = way.job
        assert job is not None
        resource = f"{self.resource}_job_{digest(pending.job_id)[:12]}"

        def ask(window: Window) -> Question:
            poll = (window["position"] or {"poll": 0})["poll"]
            asked = _of_job(job.result(window, pending.job_id, pending.points), pending.hold, len(pending.keys))
            return replace(asked, resource=resource, pause=job.pauses[poll] if poll else 0)

        def following(window: Window, answer: Answer) -> Position | None:
            poll = (window["position"] or {"poll": 0})["poll"]
            again = _read_job(window, answer, way, pending.job_id, 0, pending.keys, poll)
            return {"poll": again} if again is not None else None

        return Walk(
            resource,
            way.entity,
            digest(pending.job_id),
            reading,
            ask,
            following,
            forecast=Forecast(requests=1),
        )


@dataclass(frozen=True, slots=True)
class _Course:
    """The requests that rows take: first all of them, then the results of the jobs that were started.

    A position is `{"row": the first row of the next request, "jobs": [[job, first row, rows], …]}`, maybe with `size` (the
    provider refused a larger batch) and `lost` (answers in a row); then `{"jobs": […], "at": which of them, "poll": how
    often it was asked for}`.
    """

    lookup: Lookup
    rows: Sequence[Routed]

    def ask(self, window: Window) -> Question:
        at = window["position"] or {"row": 0}
        if "row" in at:
            return self._ask_rows(window, at)
        job_id, row, size = at["jobs"][at["at"]]
        job = self.lookup.way(self.rows[row].way).job
        assert job is not None
        asked = _of_job(job.result(window, job_id, self.rows[row].points), self._hold(window, row), size)
        return replace(asked, resource=self.lookup.resource, pause=job.pauses[at["poll"]])

    def _ask_rows(self, window: Window, at: Position) -> Question:
        way, batch = self._batch(at["row"], at.get("size"))
        sent = [row.sent for row in batch]

        def some(size: int) -> Question:
            asked = replace(
                way.question(window, sent[:size], batch[0].points), is_row=True, resource=self.lookup.resource
            )
            if way.job is not None:
                # Nobody finds a job again whose start was lost; it is never sent a second time.
                asked = _of_job(asked, self._hold(window, at["row"]), size)
                asked = replace(asked, starts_job=True, writes="once")
            if way.most == 1:
                return asked
            return replace(
                asked,
                selection=f"{asked.selection} rows={size}",
                page_size=size,
                smaller=some if size > 1 else None,
            )

        return some(len(batch))

    def _batch(self, start: int, size: int | None = None) -> tuple[Way, Sequence[Routed]]:
        """The rows of the request that begins with row `start`."""
        first = self.rows[start]
        way = self.lookup.way(first.way)
        batch = self.rows[start : start + (size or way.most)]
        alike = (n for n, row in enumerate(batch) if (row.way, row.points) != (first.way, first.points))
        return way, batch[: next(alike, len(batch))]

    def _hold(self, window: Window, row: int) -> str:
        return f"{self.lookup.resource} {window['id']} {row}"

    def following(self, window: Window, answer: Answer) -> Position | None:
        at = window["position"] or {"row": 0}
        if "row" not in at:
            return self._after_poll(window, answer, at)
        start = at["row"]
        way, batch = self._batch(start, answer.question.page_size or 1)
        if not (answer.lost or answer.found) and answer.status != 404 and len(batch) > 1:
            # One of them may be what is refused.
            return {**at, "size": len(batch) // 2}
        jobs = [*at.get("jobs", ()), *self._note_rows(window, answer, way, start, batch)]
        lost = at.get("lost", 0) + 1 if answer.lost else 0
        row = start + len(batch)
        if lost >= LOST_IN_A_ROW:
            remark(
                window,
                StopKind.PARTIAL,
                f"{lost} answers in a row were lost, and each may have been charged: the rows that follow were not asked "
                "for; the same command goes on with them",
            )
        elif row < len(self.rows):
            return {"row": row, **({"jobs": jobs} if jobs else {}), **({"lost": lost} if lost else {})}
        return {"jobs": jobs, "at": 0, "poll": 0} if jobs else None

    def _note_rows(
        self, window: Window, answer: Answer, way: Way, start: int, batch: Sequence[Routed]
    ) -> list[list[Any]]:
        """Notes what an answer says of its rows; the job that it has started, if any, as a position keeps it."""
        keys = [key_of(row.sent) for row in batch]
        if answer.lost:
            self._unknown(window, answer, way, start, len(keys), "was lost")
        elif not answer.found:
            outcome = "not_found" if answer.status in (200, 404) else "invalid"
            _note(window, answer, start, [(outcome, 0)] * len(keys))
        elif way.job is None:
            outcomes = _outcomes(way, keys, answer.document)
            if outcomes is None:
                self._unknown(window, answer, way, start, len(keys), "is not understood; it is kept as it came")
            else:
                _note(window, answer, start, outcomes)
        elif (job_id := _guarded(way.job.started, answer.document)) is None:
            self._unknown(window, answer, way, start, len(keys), "names no job")
        else:
            _note(window, answer, start, [("pending", 0)] * len(keys), job_id, self._hold(window, start))
            return [[job_id, start, len(keys)]]
        return []

    def _unknown(self, window: Window, answer: Answer, way: Way, start: int, size: int, why: str) -> None:
        _note(window, answer, start, [("unknown", 0)] * size)
        rows = "a row may have been charged, and is" if size == 1 else f"{size} rows may have been charged, and are"
        remark(
            window,
            StopKind.PARTIAL,
            f"an answer of {way.operation} {why}: {rows} not asked for again unless --repeat-unknown says so",
        )

    def _after_poll(self, window: Window, answer: Answer, at: Position) -> Position | None:
        job_id, row, size = at["jobs"][at["at"]]
        keys = [key_of(one.sent) for one in self.rows[row : row + size]]
        again = _read_job(window, answer, self.lookup.way(self.rows[row].way), job_id, row, keys, at["poll"])
        if again is not None:
            return {**at, "poll": again}
        return {**at, "at": at["at"] + 1, "poll": 0} if at["at"] + 1 < len(at["jobs"]) else None

    def coming(self, window: Window) -> Iterator[Question]:
        """What is still to be asked when all goes well and every job is done at once."""
        at = window["position"] or {"row": 0}
        while "row" in at and at["row"] < len(self.rows):
            asked = self.ask({**window, "position": at})
            yield asked
            row = at["row"]
            size = asked.page_size or 1
            jobs = [*at.get("jobs", ()), *([["", row, size]] if asked.starts_job else ())]
            at = {"row": row + size, "jobs": jobs}
        for number in range(at.get("at", 0), len(at.get("jobs", ()))):
            yield self.ask({**window, "position": {"jobs": at["jobs"], "at": number, "poll": 0}})


def _of_job(question: Question, hold: str, rows: int) -> Question:
    return replace(question, job=hold, page_size=rows)


def _read_job(
    window: Window, answer: Answer, way: Way, job_id: str, start: int, keys: Sequence[str], poll: int
) -> int | None:
    """Notes what a job's answer says of its rows; how often it was asked for when it is to be asked for again."""
    job = way.job
    assert job is not None
    state = (_guarded(job.state, answer.document) or "failed") if answer.found else "working"
    if state == "working":
        if poll + 1 < len(job.pauses):
            return poll + 1
        note(window, StopKind.PENDING, f"job {job_id} ({len(keys)} rows) is not done yet; the next sync asks for it")
        return None
    outcomes = _outcomes(way, keys, answer.document) if state == "done" else None
    if outcomes is None:
        _note(window, answer, start, [("unknown", 0)] * len(keys))
        why = "has failed at the provider" if state == "failed" else "has an answer that is not understood"
        remark(
            window,
            StopKind.PARTIAL,
            f"job {job_id} {why}: its {len(keys)} rows may have been charged, and are not asked for again unless "
            "--repeat-unknown says so",
        )
    else:
        _note(window, answer, start, outcomes)
    return None


def _outcomes(way: Way, keys: Sequence[str], document: Any) -> list[tuple[str, int]] | None:
    """What an answer says of its rows; None where nobody understands it."""
    return _guarded(lambda found: way.outcomes(keys, found), document)


def _guarded(read: Callable[[Any], T], document: Any) -> T | None:
    """What is read of a document; None where it has a shape nobody foresaw, since it may have been paid for."""
    try:
        return read(document)
    except Exception:
        return None


def _note(
    window: Window,
    answer: Answer,
    start: int,
    outcomes: Sequence[tuple[str, int]],
    job_id: str | None = None,
    hold: str | None = None,
) -> None:
    """What became of rows, for the walk to pass on."""
    request, operation, at = answer.request_id, answer.question.operation, answer.fetched_at
    window.setdefault("rows", []).extend(
        RowOutcome(start + place, outcome, request, operation, at, job_id, None, records, hold)
        for place, (outcome, records) in enumerate(outcomes)
    )
