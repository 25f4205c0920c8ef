"""What the metered client takes for its promises: rate left unused, time added, bytes kept, memory.

    python -m benchmarks.metered [--long] [rate] [cursor] [overhead] [growth]

Everything is measured beside a peer or a limit in the same run. The exit code is 1 when a limit is broken that does not
depend on how busy the machine is, or when one that does is missed more than twofold.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import httpx

from sources.landing.rows import read_answer
from sources.leadiq import api as leadiq
from sources.leadiq.inputs import LeadIQInputs
from sources.letrics import api as letrics
from sources.letrics.inputs import LetricsInputs
from sources.letrics.records import ENTITIES
from sources.metered import (
    Asking,
    Budget,
    Clock,
    Journal,
    Limit,
    Limits,
    Pace,
    PriceList,
    Provider,
    Question,
    Round,
)
from sources.metered.journal import WAL_BYTES
from sources.metered.pacing import WINDOW_SECONDS

PROJECT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 3, 2, 6)
FAST = 1_000_000.0
CONTACTS = next(entity for entity in ENTITIES if entity.name == "contacts")

UNUSED_SHARE = 0.05
ADDED_MS = 10.0
MEMORY_GROWTH = 1.3
JOURNAL_BYTES = Limits().bytes_per_round + WAL_BYTES
"""A round's bodies, were they not compressed, and what the write-ahead log may keep."""
LANDED_BYTES_PER_REQUEST = 2_000
"""What stays of a request when it has landed: its ledger row and its places in five indexes."""
EMPTY_JOURNAL_BYTES = 200_000


@dataclass(frozen=True)
class Line:
    """One figure beside its limit; `noisy` ones depend on how busy the machine is."""

    name: str
    figure: float
    limit: float | None
    unit: str
    noisy: bool = False

    @property
    def kept(self) -> bool:
        return self.limit is None or self.figure <= self.limit

    @property
    def broken(self) -> bool:
        """Whether this is no noise."""
        return self.limit is not None and self.figure > self.limit * (2 if self.noisy else 1)

    def __str__(self) -> str:
        limit = "" if self.limit is None else f"{self.limit:,.6g}"
        verdict = "" if self.limit is None else "ok" if self.kept else "BROKEN" if self.broken else "missed"
        return f"{self.name:52} {self.figure:12,.6g} {self.unit:8} {limit:>12} {verdict}"


# -- servers ----------------------------------------------------------------------------------------------------------


@contextmanager
def serving(*command: str) -> Iterator[dict[str, Any]]:
    """A server in a process of its own; what it says of itself when it is ready."""
    process = subprocess.Popen([sys.executable, "-m", *command], stdout=subprocess.PIPE, text=True, cwd=PROJECT)
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(timeout=10)


def letrics_at(info: dict[str, Any], rate: float = FAST, prices: PriceList | None = None) -> Provider:
    inputs = LetricsInputs(api_key=info.get("api_key", "key"), base_url=info["base_url"])
    return letrics.provider(inputs, prices or {}, {"default": rate})


def question(number: int, size: int = 25, resource: str = "companies") -> Question:
    """One that does not depend on another's answer."""
    return Question(
        operation=resource,
        resource=resource,
        window="w000001",
        step=number,
        method="GET",
        path=f"/{resource}",
        params=(("page", "1"), ("per_page", str(size))),
        selection=resource,
        at_most={"record": size},
        page_size=size,
    )


def asking(
    provider: Provider, folder: Path, clock: Clock, journal: Journal, limits: Limits | None = None, sync: str = "sync"
) -> Asking:
    budget = Budget((Limit(provider.name, "coins", "sync", 1e12),))
    pace = Pace(folder / "pace.sqlite")
    return Asking(provider, journal, clock, pace, budget, sync, NOW, Round.begin(1, limits or ENOUGH))


ENOUGH = Limits(max_paid_in_flight=64, answers_per_round=10**9, bytes_per_round=10**15)


def at_once(threads: int, work: Callable[[int], object], count: int) -> float:
    """Seconds for so many pieces of work in so many threads."""
    began = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(work, range(count)):
            pass
    return time.perf_counter() - began


# -- the allowed rate -------------------------------------------------------------------------------------------------


def rate(long: bool) -> Iterator[Line]:
    """Two processes of four threads each, with one key, want more than is allowed."""
    windows = 4 if long else 2
    with (
        tempfile.TemporaryDirectory() as folder,
        serving("sandbox", "--rate-scale", "10") as info,
        ThreadPoolExecutor(2) as pool,
    ):
        desk = httpx.Client(base_url=info["base_url"], trust_env=False)
        allowed = int(desk.get("/sandbox/rates").json()["rates"]["letrics"]["default"]["limit"])
        share = allowed * windows // 2
        context = get_context("spawn")
        with context.Pool(2) as processes:
            running = [
                pool.submit(processes.apply, ask_paced, (info["letrics"], allowed, share, folder, name))
                for name in "ab"
            ]
            sent = sorted(moment for one in running for moment in one.result())
        measured = desk.get("/sandbox/rates").json()["rates"]["letrics"]["default"]
        assert len(sent) == share * 2
    # The nth request after another may leave a window later and not sooner.
    turns = [later - earlier for earlier, later in zip(sent, sent[allowed:], strict=False)]
    used = WINDOW_SECONDS / statistics.median(turns)
    yield Line("rate: requests sent", len(sent), None, "")
    yield Line("rate: allowed rate left unused, two processes", 1 - used, UNUSED_SHARE, "share", noisy=True)
    yield Line("rate: most requests in any 60 s, of those allowed", measured["peak"] / allowed, 1, "share")
    yield Line("rate: refused by the provider", measured["violations"], 0, "")


def ask_paced(info: dict[str, Any], allowed: int, count: int, folder: str, name: str) -> list[float]:
    """In a process of its own: when each request began, in seconds."""
    place = Path(folder) / name
    journal = Journal(place / "journal.sqlite")
    # The key's pace is one file for both.
    ask = asking(letrics_at(info, allowed), Path(folder), Clock(), journal)
    at_once(4, lambda number: ask(question(number, size=1)), count)
    sent = [datetime.fromisoformat(row.started_at).timestamp() for row in journal.requests("sync")]
    ask.close()
    journal.close()
    return sent


# -- a chain of cursors -----------------------------------------------------------------------------------------------


def cursor(long: bool) -> Iterator[Line]:
    """The same chain by the walk and by bare httpx, in turns."""
    turns = 10 if long else 4
    bare: list[float] = []
    walked: dict[str, list[float]] = {"free": [], "paid": []}
    with serving("sandbox", "--companies", "400") as info, tempfile.TemporaryDirectory() as folder:
        commits = _commit_ms(Path(folder))
        for turn in range(turns):
            bare += _bare_chain(info)
            for kind, steps in walked.items():
                steps += _walked_chain(info, Path(folder) / f"{kind}-{turn}", paid=kind == "paid")
    yield Line("cursor: bare httpx, a step, median", statistics.median(bare), None, "ms")
    yield Line("cursor: a commit to this disk, median", commits, None, "ms")
    for kind, steps in walked.items():
        for name, nth in (("median", 50), ("95th percentile", 95)):
            added = _percentile(steps, nth) - _percentile(bare, nth)
            yield Line(f"cursor: added a step, {kind}, {name}", added, ADDED_MS, "ms", noisy=True)


def _percentile(values: list[float], nth: int) -> float:
    return statistics.quantiles(values, n=100)[nth - 1]


def _commit_ms(folder: Path) -> float:
    """What one durable SQLite transaction takes here."""
    connection = sqlite3.connect(folder / "commit.sqlite", isolation_level=None)
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = full")
    connection.execute("create table one (text)")
    times = []
    for _ in range(100):
        began = time.perf_counter()
        connection.execute("insert into one values (?)", ("x" * 500,))
        times.append((time.perf_counter() - began) * 1000)
    connection.close()
    return statistics.median(times)


PAGE = 2


def _companies(info: dict[str, Any]) -> tuple[LeadIQInputs, Any]:
    place = info["leadiq"]
    inputs = LeadIQInputs.model_validate(
        {
            "api_key": place["api_key"],
            "base_url": place["base_url"] + "/graphql",
            "tracked_companies": {"page_size": PAGE},
        }
    )
    return inputs, next(walk for walk in leadiq.walks(inputs) if walk.resource == "tracked_companies")


def _bare_chain(info: dict[str, Any]) -> list[float]:
    """Milliseconds from one answer to the next."""
    inputs, walk = _companies(info)
    one = leadiq.provider(inputs)
    window: dict[str, Any] = {"id": "w1", "step": 0, "position": None, "from": None, "to": None}
    asked = walk.question(window)
    assert asked.body is not None
    headers = {"Accept": "application/json", **one.headers[0]}
    more = True
    times = []
    with httpx.Client(trust_env=False) as http:
        before: float | None = None
        while more:
            body = http.post(one.base_url, json=asked.body, headers=headers).raise_for_status().json()
            now = time.perf_counter()
            if before is not None:
                times.append((now - before) * 1000)
            before = now
            page = body["data"]["trackedCompanies"]["pageInfo"]
            more = page["hasNextPage"]
            window["position"] = {"cursor": page["endCursor"]}
            asked = walk.question(window)
    return times


def _walked_chain(info: dict[str, Any], folder: Path, paid: bool) -> list[float]:
    inputs, walk = _companies(info)
    prices = {"trackedCompanies": {"coins": {"record": 1.0}}} if paid else {}
    journal = Journal(folder / "journal.sqlite")
    ask = asking(leadiq.provider(inputs, prices, {"default": FAST}), folder, Clock(), journal)
    times: list[float] = []
    before: float | None = None
    for _ in walk({}, ask):
        now = time.perf_counter()
        if before is not None:
            times.append((now - before) * 1000)
        before = now
    ask.close()
    journal.close()
    return times


# -- what a request costs in time -------------------------------------------------------------------------------------


class CountingJournal(Journal):
    """Counts how many writes shared a transaction."""

    groups: list[int]

    def __init__(self, path: Path) -> None:
        self.groups = []
        super().__init__(path)

    def _write_group(self, connection: sqlite3.Connection, group: list[tuple[Any, Future[Any]]]) -> None:
        self.groups.append(len(group))
        super()._write_group(connection, group)


def overhead(long: bool) -> Iterator[Line]:
    """Independent requests for 25 contacts each: bare httpx, then the client, free and paid; then reading the answers."""
    count = 2_000 if long else 400
    with serving("benchmarks.records", "25") as info, tempfile.TemporaryDirectory() as folder:
        asked = question(0, resource="contacts")
        for threads in (1, 8):
            with httpx.Client(trust_env=False, base_url=info["base_url"]) as http:

                def bare(number: int, http: httpx.Client = http) -> object:
                    return http.get(asked.path, params=list(asked.params)).raise_for_status().json()

                at_once(threads, bare, 20)
                peer = at_once(threads, bare, count) / count * 1000
            yield Line(f"overhead: bare httpx, {threads} thread(s), a request", peer, None, "ms")
            for kind, prices in (("free", {}), ("paid", {"contacts": {"coins": {"record": 1.0}}})):
                place = Path(folder) / f"{kind}-{threads}"
                journal = CountingJournal(place / "journal.sqlite")
                ask = asking(letrics_at(info, prices=prices), place, Clock(), journal)
                ask(question(count, resource="contacts"))
                journal.groups.clear()

                def metered(number: int, ask: Asking = ask) -> object:
                    return ask(question(number, resource="contacts"))

                took = at_once(threads, metered, count)
                ask.close()
                writes, flushes = sum(journal.groups), len(journal.groups)
                yield Line(
                    f"overhead: {kind}, {threads} thread(s), times bare httpx", took / count * 1000 / peer, None, "x"
                )
                yield Line(f"overhead: {kind}, {threads} thread(s), added a request", took / count * 1000 - peer, ADDED_MS, "ms", noisy=True)  # fmt: skip
                yield Line(f"overhead: {kind}, {threads} thread(s), commits", flushes / took, None, "/s")
                yield Line(f"overhead: {kind}, {threads} thread(s), writes a flush", writes / flushes, None, "")
                if threads == 8 and kind == "free":
                    yield from _reading(journal, peer)
                journal.close()


def _reading(journal: Journal, peer: float) -> Iterator[Line]:
    """Splitting, validating and writing the answers canonically, as landing does."""
    bodies = [stored.body for stored in journal.answers("sync", 1, "letrics")]
    began = time.perf_counter()
    for body in bodies:
        read_answer(CONTACTS, "q", "r", "s", NOW, body)
    each = (time.perf_counter() - began) / len(bodies) * 1000
    yield Line("overhead: reading 25 records of an answer, in landing", each, None, "ms")


# -- how it grows -----------------------------------------------------------------------------------------------------

CONFIGURATION = """
[leadhouse]
data_dir = "data"
pace_dir = "data"
[sources.letrics]
base_url = "{base_url}"
api_key = "key"
per_page = 100
[rates]
letrics = {{ default = 1000000 }}
"""


@dataclass
class Watched:
    """A whole sync, seen from outside."""

    records: int
    seconds: float
    peak_rss: int
    peak_journal: int
    landed_journal: int
    landed_requests: int


def growth(long: bool) -> Iterator[Line]:
    """`leadhouse sync --no-build` over ever more records: memory and journal must not follow."""
    sizes = (50_000, 200_000, 1_000_000) if long else (50_000,)
    first: Watched | None = None
    for records in sizes:
        one = watch(records)
        name = f"growth: {records:,} records"
        yield Line(f"{name}, whole sync", records / one.seconds, None, "rec/s")
        yield Line(f"{name}, peak memory", one.peak_rss / 1e6, None, "MB")
        yield Line(f"{name}, journal at its largest", one.peak_journal / 1e6, JOURNAL_BYTES / 1e6, "MB")
        allowed = EMPTY_JOURNAL_BYTES + LANDED_BYTES_PER_REQUEST * one.landed_requests
        yield Line(f"{name}, journal after landing", one.landed_journal / 1e6, allowed / 1e6, "MB")
        if first is None:
            first = one
        else:
            grown = one.peak_rss / first.peak_rss
            yield Line(f"{name}, memory beside {first.records:,}", grown, MEMORY_GROWTH, "x")


def watch(records: int) -> Watched:
    """Runs one sync in a process; its memory is read from the kernel, its journal from the disk."""
    with tempfile.TemporaryDirectory() as name, serving("benchmarks.records", str(records)) as info:
        folder = Path(name)
        (folder / ".dlt").mkdir()
        (folder / ".dlt" / "config.toml").write_text(CONFIGURATION.format(**info))
        journal = folder / "data" / "journal.sqlite"
        began = time.perf_counter()
        with (folder / "output").open("w") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "leadhouse", "sync", "--no-build", "letrics"],
                cwd=folder,
                env={
                    **os.environ,
                    **SMALL_CACHE,
                    "PYTHONPATH": str(PROJECT),
                    "HOME": name,
                    "LEADHOUSE_AS_OF": NOW.isoformat(),
                },
                stdout=output,
                stderr=output,
            )
            largest, stop = [0], threading.Event()
            watcher = threading.Thread(target=_watch_size, args=(journal, largest, stop))
            watcher.start()
            _, status, used = os.wait4(process.pid, 0)
            stop.set()
            watcher.join()
        seconds = time.perf_counter() - began
        if os.waitstatus_to_exitcode(status) != 0:
            raise SystemExit(f"the sync of {records:,} records failed:\n{(folder / 'output').read_text()}")
        process.returncode = 0
        with sqlite3.connect(journal) as connection:
            landed = connection.execute("select sum(records), count(*) from requests where landed = 1").fetchone()
        assert landed[0] == records, f"{landed[0]:,} records landed, {records:,} were served"
        return Watched(records, seconds, used.ru_maxrss * RSS_UNIT, largest[0], _size(journal), landed[1])


SMALL_CACHE = {"LEADHOUSE__MEMORY_LIMIT": "150MB"}
"""DuckDB keeps as many pages of the warehouse in memory as it may; what is measured is what the sync itself takes."""
RSS_UNIT = 1 if sys.platform == "darwin" else 1024


def _watch_size(journal: Path, largest: list[int], stop: threading.Event) -> None:
    while not stop.wait(0.05):
        largest[0] = max(largest[0], _size(journal))


def _size(journal: Path) -> int:
    """With the write-ahead log."""
    total = 0
    for path in (journal, journal.with_name(journal.name + "-wal")):
        try:
            total += path.stat().st_size
        except FileNotFoundError:
            continue
    return total


SECTIONS: dict[str, Callable[[bool], Iterator[Line]]] = {
    "rate": rate,
    "cursor": cursor,
    "overhead": overhead,
    "growth": growth,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.metered", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--long", action="store_true", help="more of everything, up to a million records")
    parser.add_argument("section", nargs="*", choices=[*SECTIONS, []], help="by default all of them")
    given = parser.parse_args()
    print(f"{'':52} {'figure':>12} {'':8} {'limit':>12}")
    broken = 0
    for name in given.section or SECTIONS:
        for line in SECTIONS[name](given.long):
            print(line, flush=True)
            broken += line.broken
    if broken:
        print(f"\n{broken} limit(s) broken.", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
