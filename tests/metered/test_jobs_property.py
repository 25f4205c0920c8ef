"""Asynchronous jobs: what they can cost at most stays reserved until their results are read, over as many syncs as that
takes, and no job is started twice unless the ledger says `unknown`.

The provider here is a small server of the test's own, asked over HTTP, so that its jobs can end in any way.
"""

from __future__ import annotations

import json
import os
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from leadhouse.settings import Settings
from leadhouse.sync import budget_of
from leadhouse.wish import Wish
from sources.metered import (
    Answer,
    Ask,
    Asking,
    Budget,
    Clock,
    Journal,
    Limits,
    Pace,
    Problem,
    Provider,
    Question,
    Round,
    Stop,
    Sync,
)
from tests.disturbed import Hurried, Killed, MortalJournal, all_at_once, quick_folder

SEARCHED = int(os.environ.get("SEARCHED", "0"))
START = datetime(2026, 3, 30, 6)
PROVIDER = "letrics"
"""The books of a sync know the catalogue's sources only, so the provider borrows a name."""
OPERATION = "contacts"
BOUNDLESS = 1e9


# -- a provider with jobs ---------------------------------------------------------------------------------------------


@dataclass
class Bureau:
    """The provider's side: jobs, and what was charged for them.

    Args:
        price: credits per record found.
        pending: how often a job says that it is not done.
        charges_at: `start`, `done` (with the last poll before the result) or `result`.
        lost: which requests, counted from 1, are worked on and never answered.
    """

    price: float = 1
    pending: int = 0
    charges_at: str = "start"
    lost: frozenset[int] = frozenset()
    charged: float = 0
    requests: int = 0
    starts: Counter[str] = field(default_factory=Counter)
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, key: str, size: int) -> dict[str, Any]:
        self.starts[key] += 1
        job = f"job-{len(self.jobs) + 1}"
        self.jobs[job] = {"found": [f"{key}-{n}" for n in range(size - len(key) * size // 7 % 3)], "polls": 0}
        self.jobs[job]["found"] = self.jobs[job]["found"][:size]
        self._charge(job, "start")
        return {"job": job}

    def poll(self, job: str) -> dict[str, Any]:
        one = self.jobs[job]
        one["polls"] += 1
        if one["polls"] >= self.pending:
            self._charge(job, "done")
        if one["polls"] <= self.pending:
            return {"pending": True}
        self._charge(job, "result")
        return {"records": one["found"]}

    def _charge(self, job: str, moment: str) -> None:
        if moment == self.charges_at or (moment == "result" and not self.jobs[job].get("charged")):
            if not self.jobs[job].get("charged"):
                self.charged = round(self.charged + self.price * len(self.jobs[job]["found"]), 6)
            self.jobs[job]["charged"] = True


class Counters(BaseHTTPRequestHandler):
    """One bureau over HTTP."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    bureau: Bureau

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self._answer(partial(self.bureau.start, asked["key"], asked["size"]))

    def do_GET(self) -> None:
        self._answer(partial(self.bureau.poll, self.path.removeprefix("/jobs/")))

    def _answer(self, work: Any) -> None:
        with self.bureau.lock:
            self.bureau.requests += 1
            lost = self.bureau.requests in self.bureau.lost
            body = json.dumps(work()).encode()
        if lost:
            self.close_connection = True
            return
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return None


class Place:
    """Where the bureau of the moment answers."""

    def __init__(self) -> None:
        self.handler = type("Handler", (Counters,), {"bureau": Bureau()})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler)
        self.server.daemon_threads = True

    def open(self, bureau: Bureau) -> None:
        self.handler.bureau = bureau  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    one = Place()
    threading.Thread(target=one.server.serve_forever, daemon=True).start()
    yield one
    one.server.shutdown()
    one.server.server_close()


def provider(place: Place, price: float) -> Provider:
    def inspect(question: Question, status: int, document: Any) -> tuple[Problem | None, str | None]:
        return (Problem("status", status) if status >= 400 else None), None

    def counts(question: Question, document: Any) -> Mapping[str, int]:
        return {"record": len(document.get("records", ())), "pending": int(bool(document.get("pending")))}

    return Provider(
        name=PROVIDER,
        base_url=f"http://127.0.0.1:{place.server.server_port}",
        secrets=(),
        headers=({},),
        errors=(),
        inspect=inspect,
        counts=counts,
        prices={OPERATION: {"coins": {"record": price}}},
        rates={"default": 1_000_000.0},
    )


# -- a sync with jobs -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Disturbance:
    """What happens to one sync; see `test_budget_property`."""

    days_later: int
    kills: tuple[tuple[int, bool], ...]
    interrupted_after: int | None


@dataclass(frozen=True)
class Scenario:
    """Jobs by their sizes, and the syncs that follow each other before the undisturbed ones."""

    sizes: tuple[int, ...]
    price: float
    pending: int
    charges_at: str
    lost: frozenset[int]
    polls_per_sync: int
    limits: Mapping[str, float]
    max_paid_in_flight: int
    repeat_unknown_up_to: float
    syncs: tuple[Disturbance, ...]


class House:
    """A journal, and what has landed."""

    def __init__(self, place: Place, scenario: Scenario, folder: Path) -> None:
        self.scenario = scenario
        self.provider = provider(place, scenario.price)
        self.folder = folder
        self.states: dict[str, dict[str, Any]] = {f"batch{n}": {} for n in range(len(scenario.sizes))}
        self.stops: dict[tuple[str, str | None], Stop] = {}
        self.syncs: list[str] = []
        self.day = 0

    @property
    def complete(self) -> bool:
        return all("records" in state for state in self.states.values())

    def sync(
        self, disturbance: Disturbance, limits: Mapping[str, float], repeat_unknown_up_to: float, polls: int
    ) -> None:
        self.day += disturbance.days_later
        now = START + timedelta(days=self.day)
        kills = list(disturbance.kills)
        interrupted = Hurried(disturbance.interrupted_after)
        while True:
            journal = MortalJournal(self.folder / "journal.sqlite", *(kills.pop(0) if kills else (None,)))
            try:
                journal.lose_what_was_in_flight()
                sync = journal.open_sync() or journal.begin_sync(now, {}, [PROVIDER])
                states = self._ask(journal, sync, now, interrupted, limits, repeat_unknown_up_to, polls)
                journal.live()
                self.states = states
                landed = [row.request_id for row in journal.unlanded_requests()]
                journal.landed(sync.sync_id, 1, landed, [], [], now)
                journal.close_sync(sync.sync_id, now, "complete")
                self.syncs.append(sync.sync_id)
                return
            except Killed:
                interrupted = Hurried()
            finally:
                journal.close()

    def unknown(self) -> Counter[str]:
        """How many requests of each job were lost that may have been charged."""
        journal = Journal(self.folder / "journal.sqlite")
        rows = [row for sync in self.syncs for row in journal.requests(sync)]
        journal.close()
        return Counter(row.resource for row in rows if row.outcome == "unknown")

    def held(self) -> Mapping[str, float]:
        journal = Journal(self.folder / "journal.sqlite")
        held = journal.held(PROVIDER)
        journal.close()
        return held

    def _ask(
        self,
        journal: Journal,
        sync: Sync,
        now: datetime,
        interrupted: Hurried,
        limits: Mapping[str, float],
        repeat_unknown_up_to: float,
        polls: int,
    ) -> dict[str, dict[str, Any]]:
        prices = {PROVIDER: self.provider.prices}
        chosen = Settings.model_validate({"prices": prices, "budget": {PROVIDER: {"coins": limits}}})
        budget: Budget = budget_of(chosen, Wish(), sync, journal, now)
        round = Round.begin(
            1,
            Limits(
                max_paid_in_flight=self.scenario.max_paid_in_flight,
                repeat_unknown_up_to=repeat_unknown_up_to,
                attempts=2,
            ),
            interrupted,
        )
        asking = Asking(
            self.provider,
            journal,
            Clock(now),
            Pace(self.folder / "pace.sqlite"),
            budget,
            sync.sync_id,
            now,
            round,
            lambda *_: interrupted.answered(),
        )
        states = {key: dict(state) for key, state in self.states.items()}
        try:
            all_at_once(
                partial(work_on, key, size, polls, states[key], asking)
                for key, size in zip(states, self.scenario.sizes, strict=True)
            )
        finally:
            asking.close()
        self.stops = round.stops
        return states


def work_on(key: str, size: int, polls: int, state: dict[str, Any], ask: Ask) -> None:
    """Starts a job unless it was, and asks for its result so many times."""

    def put(method: str, path: str, **more: Any) -> Answer | None:
        question = Question(OPERATION, key, "w000001", state.get("step", 0), method, path, job=key, **more)
        answer = ask(question)
        state["step"] = state.get("step", 0) + (answer is not None)
        return answer

    if "records" in state:
        return
    if "job" not in state:
        started = put("POST", "/jobs", body={"key": key, "size": size}, at_most={"record": size}, starts_job=True)
        if started is None:
            return
        state["job"] = started.document["job"]
    for _ in range(polls):
        answer = put("GET", f"/jobs/{state['job']}")
        if answer is None:
            return
        if not answer.document.get("pending"):
            state["records"] = answer.document["records"]
            return


# -- the promise ------------------------------------------------------------------------------------------------------


def keeps_its_promises(place: Place, scenario: Scenario) -> None:
    bureau = Bureau(scenario.price, scenario.pending, scenario.charges_at, scenario.lost)
    place.open(bureau)
    with quick_folder() as folder:
        house = House(place, scenario, folder)
        spent_on: dict[str, float] = {}
        for disturbance in scenario.syncs:
            before = bureau.charged
            house.sync(disturbance, scenario.limits, scenario.repeat_unknown_up_to, scenario.polls_per_sync)
            now = START + timedelta(days=house.day)
            for period in ("per_sync", f"per_day {now:%d}", f"per_month {now:%m}"):
                already = 0 if period == "per_sync" else spent_on.get(period, 0)
                spent_on[period] = round(already + bureau.charged - before, 6)
                limit = scenario.limits.get(period.split()[0])
                if limit is not None:
                    assert spent_on[period] <= limit, f"charged {spent_on[period]} {period}, allowed {limit}"
            no_job_was_started_twice(bureau, house)
        bureau.lost = frozenset()
        for _ in range(scenario.pending + 3):
            if not house.complete:
                house.sync(Disturbance(1, (), None), {}, BOUNDLESS, polls=1)
        assert house.complete, f"it does not end: {house.stops}"
        no_job_was_started_twice(bureau, house)
        assert house.held() == {}
        for state in house.states.values():
            assert state["records"] == bureau.jobs[state["job"]]["found"]


def no_job_was_started_twice(bureau: Bureau, house: House) -> None:
    unknown = house.unknown()
    for key, times in bureau.starts.items():
        assert times <= 1 + unknown[key], f"{key} was started {times} times, {unknown[key]} of them unknown"


# -- scenarios and tests ----------------------------------------------------------------------------------------------


@st.composite
def scenarios(draw: Any) -> Scenario:
    price = draw(st.sampled_from((1.0, 0.1, 0.333333, 2.5)))
    sizes = tuple(draw(st.lists(st.integers(1, 9), min_size=1, max_size=7)))
    periods = draw(st.lists(st.sampled_from(("per_sync", "per_day", "per_month")), min_size=1, unique=True))
    return Scenario(
        sizes=sizes,
        price=price,
        pending=draw(st.integers(0, 4)),
        charges_at=draw(st.sampled_from(("start", "done", "result"))),
        lost=frozenset(draw(st.lists(st.integers(1, 30), max_size=3))),
        polls_per_sync=draw(st.integers(0, 3)),
        limits={
            period: round(draw(st.integers(0, sum(sizes))) * price + draw(st.sampled_from((0, price / 2))), 6)
            for period in periods
        },
        max_paid_in_flight=draw(st.integers(1, 4)),
        repeat_unknown_up_to=draw(st.sampled_from((30.0, 0.0, BOUNDLESS))),
        syncs=tuple(draw(st.lists(_disturbances(), min_size=1, max_size=5))),
    )


def _disturbances() -> st.SearchStrategy[Disturbance]:
    kills = st.lists(st.tuples(st.integers(1, 20), st.booleans()), max_size=2).map(tuple)
    return st.builds(Disturbance, st.integers(0, 1), kills, st.none() | st.integers(1, 8))


def _searching(examples: int) -> settings:
    return settings(
        max_examples=SEARCHED or examples,
        deadline=None,
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.function_scoped_fixture),
        database=None,
        derandomize=not SEARCHED,
        print_blob=True,
        report_multiple_bugs=False,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
    )


@_searching(40)
@given(scenario=scenarios())
def test_jobs_stay_within_the_budget_and_are_never_started_twice(place: Place, scenario: Scenario) -> None:
    keeps_its_promises(place, scenario)


def _jobs_are_free(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Journal, "held", lambda *_: {})


def _starts_are_settled(patch: pytest.MonkeyPatch) -> None:
    settle = Budget.settle
    patch.setattr(Budget, "settle", lambda self, name, most, _: settle(self, name, most, {}))


def _always_yes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Budget, "_broken", lambda *_: None)


def _long_jobs(scenario: Scenario) -> Scenario:
    """The same on one day with a limit, with jobs that are still at work when a sync ends."""
    syncs = tuple(replace(one, days_later=0, kills=()) for one in (*scenario.syncs, *scenario.syncs))
    return replace(scenario, limits={"per_day": max(scenario.limits.values())}, polls_per_sync=0, syncs=syncs)


@pytest.mark.parametrize("defect", [_jobs_are_free, _starts_are_settled, _always_yes])
def test_a_defect_does_not_pass(place: Place, monkeypatch: pytest.MonkeyPatch, defect: Any) -> None:
    """Jobs that hold nothing over syncs, jobs that hold nothing once they are started, a budget that always says yes."""
    defect(monkeypatch)
    found: list[AssertionError] = []

    @settings(_searching(200), phases=[Phase.generate])
    @given(scenario=scenarios().map(_long_jobs))
    def search(scenario: Scenario) -> None:
        if not found:
            try:
                keeps_its_promises(place, scenario)
            except AssertionError as failure:
                found.append(failure)

    search()
    assert found, "no scenario told the defect"
    assert str(found[0]).startswith("charged")
