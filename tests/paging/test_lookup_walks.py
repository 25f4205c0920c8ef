"""A lookup asks for each row once, in whatever way, and tells what became of each: also of those whose answer was lost."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from sources.metered import Answer, Period, Question, RowOutcome, StopKind
from sources.paging import Job, Lookup, Pending, Routed, Way, key_of

TODAY = datetime(2026, 3, 2, 6)
LOST = object()
REFUSED = object()


def ask_rows(operation: str) -> Callable[..., Question]:
    def question(window: Any, rows: Sequence[Mapping[str, Any]], points: frozenset[str]) -> Question:
        body = {"rows": [row["name"] for row in rows], "points": sorted(points)}
        return Question(
            operation, "", window["id"], window["step"], "POST", "/", body=body, at_most={"record": len(rows)}
        )

    return question


def by_name(document: Any) -> dict[str, int]:
    return {key_of({"name": name.lower()}): number for name, number in document["found"].items()}


JOB = Job(
    started=lambda document: document.get("job"),
    result=lambda window, job_id, points: Question(
        "job", "", window["id"], window["step"], "GET", f"/{job_id}", selection=f"job {','.join(sorted(points))}"
    ),
    state=lambda document: document["state"],
    pauses=(0.0, 1.0, 2.0),
)
LOOKUP = Lookup(
    "people",
    object,
    ("a", "b"),
    (
        Way("single", "people", "single", ask_rows("single"), count=lambda document: document["number"]),
        Way("batch", "people", "batch", ask_rows("batch"), by_row=by_name, most=3),
        Way("job", "people", "job", ask_rows("job"), by_row=by_name, most=4, missing="unknown", job=JOB),
    ),
    fresh_days=90,
)


@dataclass
class Desk:
    """Answers as told, and keeps what it was asked and what became of the rows.

    Args:
        most: what a budget allows in one request.
    """

    answers: Callable[[Question], Any]
    most: int | None = None
    asked: list[Question] = field(default_factory=list)
    outcomes: dict[int, RowOutcome] = field(default_factory=dict)
    remarks: list[StopKind] = field(default_factory=list)
    as_of: datetime = TODAY
    sync: str = "sync"
    backfill: Period | None = None

    def __call__(self, question: Question) -> Answer | None:
        if self.most and question.smaller and (question.page_size or 0) > self.most:
            question = question.smaller(self.most) or question
        answered = self.answers(question)
        if answered is None:
            return None
        self.asked.append(question)
        is_found = answered is not LOST and answered is not REFUSED
        document = answered if is_found else {}
        status = 200 if is_found else 401
        body = json.dumps(document).encode()
        number = f"request-{len(self.asked)}"
        return Answer(question, number, number, status, body, document, TODAY, found=is_found, lost=answered is LOST)

    def note_rows(self, resource: str, rows: Sequence[RowOutcome]) -> None:
        self.outcomes |= {one.row: one for one in rows}

    def remark(self, resource: str, kind: StopKind, sentence: str) -> None:
        self.remarks.append(kind)

    def give_up(self, resource: str, sentence: str) -> None:
        raise AssertionError(sentence)

    def completed(self, resource: str, window: Mapping[str, Any]) -> None:
        pass

    def begins(self, resource: str, window: str, step: int) -> None:
        pass

    def told(self) -> list[str]:
        return [self.outcomes[row].outcome for row in sorted(self.outcomes)]

    def sent(self) -> list[list[str]]:
        return [question.body["rows"] for question in self.asked if question.body]


def rows(way: str, *names: str, points: str = "a") -> list[Routed]:
    return [Routed({"name": name}, way, frozenset(points)) for name in names]


def look_up(asked: Sequence[Routed], answers: Callable[[Question], Any], state: dict[str, Any] | None = None) -> Desk:
    desk = Desk(answers)
    list(LOOKUP.walk(asked)({} if state is None else state, desk))
    return desk


def finds(*known: str) -> Callable[[Question], Any]:
    """Knows these names, and writes them in capitals."""

    def answer(question: Question) -> Any:
        if question.body is None:
            raise AssertionError("no job was started")
        found = {name.upper(): int(name in known) for name in question.body["rows"]}
        return {"found": found, "number": max(found.values())}

    return answer


def test_rows_of_one_way_and_the_same_data_points_share_a_request() -> None:
    asked = [*rows("batch", "p", "q", "r", "s"), *rows("batch", "t", points="ab"), *rows("single", "u", "v")]
    desk = look_up(asked, finds("p", "t", "v"))
    assert desk.sent() == [["p", "q", "r"], ["s"], ["t"], ["u"], ["v"]]
    assert desk.told() == ["found", "not_found", "not_found", "not_found", "found", "not_found", "found"]


@pytest.mark.parametrize("way", ["batch", "job"])
def test_a_row_that_the_answer_does_not_speak_of_is_what_its_way_says(way: str) -> None:
    def answer(question: Question) -> Any:
        return {"job": "j"} if question.starts_job else {"state": "done", "found": {"p": 1, "somebody else": 1}}

    assert look_up(rows(way, "p", "q"), answer).told() == ["found", "not_found" if way == "batch" else "unknown"]


def test_a_refused_row_is_found_by_halves_and_costs_the_others_nothing() -> None:
    def answer(question: Question) -> Any:
        return REFUSED if question.body and "bad" in question.body["rows"] else finds("p", "q", "s")(question)

    desk = look_up(rows("batch", "p", "bad", "q", "r", "s"), answer)
    assert desk.told() == ["found", "invalid", "found", "not_found", "found"]
    assert max(map(len, desk.sent())) == 3


def test_one_lost_answer_does_not_stop_the_others_and_three_in_a_row_do() -> None:
    def loses(*lost: str) -> Callable[[Question], Any]:
        return lambda question: (
            LOST if question.body and question.body["rows"][0] in lost else finds("p", "s")(question)
        )

    desk = look_up(rows("single", "p", "q", "r", "s"), loses("q", "r"))
    assert desk.told() == ["found", "unknown", "unknown", "found"]
    assert set(desk.remarks) == {StopKind.PARTIAL}
    desk = look_up(rows("single", "o", "p", "q", "r", "s", "t"), loses("p", "q", "r"))
    assert desk.told() == ["not_found", "unknown", "unknown", "unknown"], "what follows was not asked, and can be"


def test_an_answer_that_nobody_understands_is_unknown_and_the_rest_goes_on() -> None:
    def answer(question: Question) -> Any:
        return {"odd": 1} if question.body and "p" in question.body["rows"] else finds("s")(question)

    assert look_up(rows("batch", "p", "q", "r", "s"), answer).told() == ["unknown", "unknown", "unknown", "found"]


def working(times: int, known: Sequence[str] = ("p", "t")) -> Callable[[Question], Any]:
    """Jobs that are done when their result was asked for so many times."""
    polls: dict[str, int] = {}
    started: dict[str, list[str]] = {}

    def answer(question: Question) -> Any:
        if question.starts_job and question.body:
            started[f"j{len(started)}"] = question.body["rows"]
            return {"job": f"j{len(started) - 1}"}
        job = question.path.removeprefix("/")
        polls[job] = polls.get(job, 0) + 1
        if polls[job] <= times:
            return {"state": "working"}
        return {"state": "done", "found": {name.upper(): int(name in known) for name in started[job]}}

    return answer


def test_all_jobs_are_started_before_the_result_of_the_first_is_asked_for() -> None:
    desk = look_up(rows("job", "p", "q", "r", "s", "t"), working(1))
    assert [question.starts_job for question in desk.asked] == [True, True, False, False, False, False]
    assert [question.pause for question in desk.asked] == [0, 0, 0, 1, 0, 1]
    assert desk.told() == ["found", "not_found", "not_found", "not_found", "found"]
    holds = {question.job for question in desk.asked}
    assert len(holds) == 2, "each job is one job in the journal, from its start to its result"
    assert all(question.writes == "once" for question in desk.asked if question.starts_job)


def test_a_job_that_is_not_done_is_pending_and_read_by_a_later_walk() -> None:
    answers = working(4)
    desk = look_up(rows("job", "p", "q"), answers)
    assert desk.told() == ["pending", "pending"]
    assert desk.remarks == [StopKind.PENDING]
    assert {(one.result_id, one.hold) for one in desk.outcomes.values()} == {("j0", desk.asked[0].job)}
    keys = tuple(key_of({"name": name}) for name in ("p", "q"))
    pending = Pending("job", "j0", str(desk.asked[0].job), keys, frozenset("a"))
    later = Desk(answers)
    list(LOOKUP.job_walk(pending)({}, later))
    assert later.told() == ["found", "not_found"]
    assert {question.job for question in later.asked} == {desk.asked[0].job}
    assert {question.selection for question in later.asked} == {desk.asked[-1].selection}, (
        "what it was asked for is kept"
    )


@pytest.mark.parametrize("state", ["failed", None], ids=["failed", "odd"])
def test_the_rows_of_a_job_that_failed_or_is_not_understood_are_unknown(state: str | None) -> None:
    def answer(question: Question) -> Any:
        return {"job": "j"} if question.starts_job else {"state": state} if state else {"nothing": "known"}

    desk = look_up(rows("job", "p", "q"), answer)
    assert desk.told() == ["unknown", "unknown"]
    assert desk.remarks == [StopKind.PARTIAL]


@pytest.mark.parametrize("answered", [LOST, {"status": "QUEUED"}], ids=["lost", "names no job"])
def test_a_start_that_was_lost_or_names_no_job_is_unknown_and_never_sent_again(answered: Any) -> None:
    desk = look_up(rows("job", "p", "q"), lambda question: answered)
    assert desk.told() == ["unknown", "unknown"]
    assert len(desk.asked) == 1


def test_where_a_budget_allows_no_whole_batch_the_rest_follows_in_its_order() -> None:
    desk = Desk(finds("p", "r"), most=2)
    list(LOOKUP.walk(rows("batch", "p", "q", "r", "s"))({}, desk))
    assert desk.sent() == [["p", "q"], ["r", "s"]]
    assert desk.told() == ["found", "not_found", "found", "not_found"]


def test_what_is_to_come_is_known_before_anything_is_asked() -> None:
    asked = [*rows("job", "p", "q", "r", "s", "t"), *rows("batch", "u", "v"), *rows("single", "w")]
    walk = LOOKUP.walk(asked)
    assert walk.forecast.coming is not None
    coming = list(walk.forecast.coming({"id": "w1", "step": 0, "position": None}))
    assert [dict(question.at_most).get("record", 0) for question in coming] == [4, 1, 2, 1, 0, 0]
