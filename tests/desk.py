"""One resource at a time against a sandbox over HTTP: asked, landed, and asked again in the next sync.

What a sync does in rounds with dlt and a warehouse is done here in memory, so that hundreds of faults can be tried:
a walk asks from the landed state, the same walk replays the journal, and state and records are kept together.
"""

from __future__ import annotations

import copy
import json
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from leadhouse.catalogue import SOURCES, Source
from leadhouse.failures import Exit, worst
from leadhouse.settings import Settings
from leadhouse.sync import EXIT_OF
from sources.landing import Entity, Findings, read_answer, tables
from sources.metered import (
    Answer,
    Asking,
    Budget,
    Clock,
    Credits,
    Journal,
    Limits,
    Pace,
    Period,
    Provider,
    Question,
    Replaying,
    RequestRow,
    Round,
    Stop,
    Unreadable,
    add,
    price,
)
from sources.paging import Walk
from tests.house import Sandbox

NOW = datetime(2026, 3, 2, 6)
ATTEMPTS = 3
CREDIT_PER_RECORD = 0.1
POINTS = ["profile", "emails"]
"""A page then costs less than the credits that may be risked to repeat it."""
COUNTRIES = [
    "United States",
    "United Kingdom",
    "Germany",
    "France",
    "Sweden",
    "Singapore",
    "Australia",
    "India",
    "Netherlands",
]
NAMES = {"leadiq": "uc", "letrics": "lead"}
"""Credits that are charged where a provider documents none."""
FIRST_LIST = "3b53d7f5ff2e71a46128e1ed"
"""The Prospector list that the sandbox begins with, by its seed."""
COMPANY = "Kelpcrest"
"""A company of the sandbox's with six people, who all decide; a page of them holds two."""
PEOPLE = ("--people", "160", "--companies", "90")
"""A population of three pages, with the page sizes below."""


@dataclass(frozen=True)
class Resource:
    """A resource of the catalogue as an account may see it: free or charged, asked by GET or POST."""

    source: str
    name: str
    account: str

    def __str__(self) -> str:
        return f"{self.source}.{self.name}-{self.account}"


ACCOUNTS: Mapping[str, Mapping[str, Any]] = {"free": {"method": "POST"}, "paid": {"method": "GET"}}
"""Two accounts: one pays what is documented, the other for everything; Letrics may be asked in either way."""


def settings(account: str, info: Mapping[str, Any] | None = None, changes: Mapping[str, Any] | None = None) -> Settings:
    """Settings of an account, connected to a sandbox when its `info` is given.

    Args:
        changes: other values, by dotted key: `sources.letrics.per_page`.
    """
    urls = {name: (info or {}).get(name, {}).get("base_url", "http://127.0.0.1:1") for name in SOURCES}
    fast = 1_000_000.0
    chosen: dict[str, Any] = (
        {
            "sources": {
                "leadiq": {
                    "api_key": "sandbox-leadiq-key",
                    "base_url": f"{urls['leadiq']}/graphql",
                    "prospector_base_url": (info or {}).get("leadiq", {}).get("prospector_base_url", "http://127.0.0.1:1"),
                    "tracked_contacts": {"page_size": 18},
                    "tracked_companies": {"page_size": 20},
                    "company_tracking": {"tasks": ["first-task"], "page_size": 5},
                    "prospector": {"lists": [FIRST_LIST], "page_size": 40, "export": True},
                    "searches": {
                        "people": {"contact": {"countries": COUNTRIES}, "data": POINTS, "page_size": 20},
                        "accounts": {"grouped": True, "company": {"sizes": [{"min": 1}]}, "limit_per_company": 3, "data": POINTS, "page_size": 8},
                    },
                },
                "contactout": {
                    "api_token": "sandbox-contactout-token",
                    "base_url": urls["contactout"],
                    "searches": {"leaders": {"seniority": ["Director", "VP", "Vice President", "Manager"], "reveal_info": True}},
                    "company_searches": {"some": {"location": [*COUNTRIES, "United"]}},
                    "decision_makers": {"one": {"name": COMPANY, "reveal_info": True}},
                },
                "letrics": {
                    "api_key": "sandbox-letrics-key",
                    "base_url": urls["letrics"],
                    "per_page": 30,
                    "method": ACCOUNTS[account]["method"],
                },
            },
            "prices": charges() if account == "paid" else {},
            "rates": {
                "leadiq": {"default": fast},
                "contactout": {"default": fast, "people_search": fast},
                "letrics": {"default": fast},
            },
        }
    )  # fmt: skip
    for key, value in (changes or {}).items():
        *above, name = key.split(".")
        place = chosen
        for step in above:
            place = place.setdefault(step, {})
        place[name] = value
    return Settings.model_validate(chosen)


@cache
def charges() -> dict[str, dict[str, dict[str, dict[str, float]]]]:
    """Prices for every resource that spends and has none; a reading of a meter, or a file, is free everywhere."""
    prices: dict[str, dict[str, dict[str, dict[str, float]]]] = {}
    free = settings("free")
    for name, source in SOURCES.items():
        documented = source.provider(free).prices
        for walk in source.walks(free):
            operation = first_question(walk).operation
            # Of a file nobody knows before it comes how many records it holds.
            if not walk.reads_meter and "volume" not in walk.cannot and operation not in documented:
                prices.setdefault(name, {})[operation] = {NAMES[name]: {"record": CREDIT_PER_RECORD}}
    return prices


def sandbox_options(account: str) -> list[str]:
    """How a sandbox must be started to charge what an account's settings say."""
    options = ["--rate-scale", "100000", *PEOPLE, "--contactout-decision-makers", "2", "--contactout-all-decide"]
    if account == "paid":
        for name, operations in charges().items():
            for operation, kinds in operations.items():
                options += ["--charge", f"{name}.{operation}.{next(iter(kinds))}={CREDIT_PER_RECORD}"]
    return options


def first_question(walk: Walk) -> Question:
    window = walk.schedule({}, NOW)
    assert window is not None, "a resource that was never read is due"
    return walk.question(window)


@cache
def resources() -> tuple[Resource, ...]:
    """Every resource of every source: where it is free, and where it is paid for."""
    found = []
    for account in ACCOUNTS:
        of_account = settings(account)
        for name, source in SOURCES.items():
            prices = source.provider(of_account).prices
            for walk in source.walks(of_account):
                question = first_question(walk)
                if bool(price(prices, question.operation, question.at_most)) == (account == "paid"):
                    found.append(Resource(name, walk.resource, account))
    return tuple(found)


@dataclass(frozen=True)
class Kept:
    """A record as it lands: its key, its characters, and what its model read (None where it could not)."""

    key: str
    payload: str
    record: str | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Landed:
    """One answer as it came, and what raw keeps of it: the envelope, and the payloads by path."""

    body: bytes
    envelope: str
    payloads: dict[str, str]


@dataclass
class Visit:
    """What one sync of one resource did."""

    stops: dict[str | None, Stop]
    kept: list[Kept]
    pages: list[int]
    rows: list[RequestRow]
    findings: list[Findings]
    unreadable: list[Unreadable]
    state: dict[str, Any]
    documents: list[Any]
    answers: list[Landed] = field(default_factory=list)

    @property
    def exit_code(self) -> Exit:
        return worst({EXIT_OF[stop.kind] for stop in self.stops.values()})

    def stop(self) -> Stop | None:
        assert len(self.stops) <= 1, self.stops
        return next(iter(self.stops.values()), None)

    def disturbed(self) -> list[str]:
        """Outcomes of the requests that brought nothing."""
        return [row.outcome for row in self.rows if row.outcome not in ("ok", "empty")]

    @property
    def proven(self) -> bool:
        """Whether a window was read to its end and counts as read."""
        window = self.state.get("window")
        return bool(window and window["complete"] and not window["partial"])


@dataclass
class Undisturbed:
    """What two syncs find that nobody disturbs, and what each is charged."""

    kept: list[Kept]
    pages: list[int]
    documents: list[Any]
    charged: Credits
    charged_again: Credits


class Pauses:
    """In place of `random` in the client: pauses a fiftieth as long; and somebody may act while it waits."""

    def __init__(self) -> None:
        self.meanwhile: Callable[[], None] = lambda: None

    def uniform(self, _low: float, _high: float) -> float:
        self.meanwhile()
        return 0.02


class Gate:
    """A way to the sandbox that can be shut: then nobody listens at its address."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._connections: list[socket.socket] = []
        self._listener = self._listen(0)
        self.port: int = self._listener.getsockname()[1]

    def open(self) -> None:
        if self._listener.fileno() < 0:
            self._listener = self._listen(self.port)

    def shut(self) -> None:
        # A thread that waits in accept() would hold the port open.
        _hang_up(self._listener)
        for one in self._connections:
            _hang_up(one)
        self._connections.clear()

    def _listen(self, port: int) -> socket.socket:
        listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        return listener

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                one, _ = listener.accept()
                other = socket.create_connection(("127.0.0.1", self._to))
            except OSError:
                return
            self._connections += [one, other]
            for source, target in ((one, other), (other, one)):
                threading.Thread(target=_pump, args=(source, target), daemon=True).start()


def _hang_up(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    for one in (source, target):
        _hang_up(one)


@dataclass
class Desk:
    """One resource, its landed state, and the journal it shares with nobody.

    Args:
        changes: other settings, see `settings`.
        source: another source than the catalogue's of that name.
        read: who makes raw rows of an answer.
    """

    resource: Resource
    town: Sandbox
    folder: Path
    pauses: Pauses
    changes: Mapping[str, Any] = field(default_factory=dict)
    source: Source | None = None
    read: Callable[..., tuple[list[dict[str, Any]], Findings]] = read_answer
    state: dict[str, Any] = field(default_factory=dict)
    now: datetime = NOW
    syncs: list[str] = field(default_factory=list)
    walk: Walk = field(init=False)
    provider: Provider = field(init=False)

    def __post_init__(self) -> None:
        source = self.source or SOURCES[self.resource.source]
        of_account = settings(self.resource.account, self.town.info, self.changes)
        self.provider = source.provider(of_account)
        self.walk = next(walk for walk in source.walks(of_account) if walk.resource == self.resource.name)
        found = source.entity_of([self.walk], self.resource.name)
        assert found is not None
        self.entity: Entity = found
        self.operation = first_question(self.walk).operation
        self.paid = self.resource.account == "paid"
        self.journal = Journal(self.folder / "journal.sqlite")
        self.gate: Gate | None = None
        self._after_an_answer: Callable[[], None] = lambda: None
        self._books_at_begin = len(self.town.books()["requests"])
        self._charged_at_begin = self.town.charged(self.resource.source)

    def close(self) -> None:
        self.journal.close()
        if self.gate is not None:
            self.gate.shut()

    # -- faults -------------------------------------------------------------------------------------------------------

    def order(self, *faults: Mapping[str, Any]) -> None:
        """Orders faults for the requests of this resource."""
        who = {"provider": self.resource.source, "operation": self.operation}
        text = json.dumps([{**who, **one} for one in faults])
        self.town.http.put("/sandbox/faults", content=text).raise_for_status()

    def shut_the_gate(self, after: int, once: bool) -> None:
        """Nobody listens after so many answers; `once`: until the client tries again."""
        gate = self.gate = Gate(int(self.town.info["base_url"].rpartition(":")[2]))
        self.provider = replace(
            self.provider,
            base_url=self._through(gate, self.provider.base_url),
            servers={
                name: replace(server, base_url=self._through(gate, server.base_url))
                for name, server in self.provider.servers.items()
            },
        )
        left = after

        def count() -> None:
            nonlocal left
            left -= 1
            if left == 0:
                gate.shut()

        self._after_an_answer = count
        if not after:
            gate.shut()
        if once:
            self.pauses.meanwhile = gate.open

    def _through(self, gate: Gate, url: str) -> str:
        return url.replace(self.town.info["base_url"], f"http://127.0.0.1:{gate.port}")

    def no_faults(self) -> None:
        self.town.no_faults()
        self.pauses.meanwhile = lambda: None
        self._after_an_answer = lambda: None
        if self.gate is not None:
            self.gate.open()

    def later(self) -> None:
        """Time passes: whatever a provider asked to wait for is over."""
        for name in ("pace.sqlite", "pace.sqlite-wal", "pace.sqlite-shm"):
            (self.folder / name).unlink(missing_ok=True)

    def streams(self) -> Iterator[tuple[int, pa.Table]]:
        """Asks and reads everything from the beginning and keeps nothing: (answers so far, rows as they land)."""
        self.syncs.append(f"stream-{len(self.syncs) + 1}")
        round = Round.begin(1, Limits(answers_per_round=10**9, bytes_per_round=10**15, timeout_seconds=120))
        pace, answers = Pace(self.folder / "pace.sqlite"), 0

        def count(*_: object) -> None:
            nonlocal answers
            answers += 1

        asking = Asking(
            self.provider,
            self.journal,
            Clock(self.now),
            pace,
            Budget(),
            self.syncs[-1],
            self.now,
            round,
            on_answer=count,
        )
        try:
            for table in tables(self.walk({}, asking), self.entity):
                yield answers, table
        finally:
            asking.close()
        assert round.stops == {}, round.stops

    # -- syncs --------------------------------------------------------------------------------------------------------

    def sync(self, after: timedelta = timedelta(hours=1), backfill: Period | None = None, **limits: Any) -> Visit:
        """One sync: asks, lands, and leaves the state where the next one begins."""
        self.syncs.append(f"sync-{len(self.syncs) + 1}")
        sync_id = self.syncs[-1]
        self.now += after
        allowed = Limits(**{"attempts": ATTEMPTS, "patience_seconds": 0.5, "timeout_seconds": 20, **limits})
        round = Round.begin(1, allowed)
        pace = Pace(self.folder / "pace.sqlite")
        asking = Asking(
            self.provider, self.journal, Clock(self.now), pace, Budget(), sync_id, self.now, round,
            on_answer=lambda *_: self._after_an_answer(), backfill=backfill,
        )  # fmt: skip
        try:
            asked = list(self.walk(copy.deepcopy(self.state), asking))
        finally:
            asking.close()
        replaying = Replaying(self.journal, sync_id, self.provider.name, self.now, backfill=backfill)
        answers = list(self.walk(self.state, replaying))
        assert [one.body for one in answers] == [one.body for one in asked], "what lands is what was asked for"
        self.state = json.loads(json.dumps(self.state))
        visit = self._visit(sync_id, round, answers)
        self.journal.landed(
            sync_id, 1, [row.request_id for row in visit.rows],
            [(one["sync_id"], one["provider"], one["resource"], one["window"]) for one in self.journal.unlanded_windows()],
            [one.request_id for one in visit.unreadable], self.now,
        )  # fmt: skip
        return visit

    def _visit(self, sync_id: str, round: Round, answers: Iterable[Answer]) -> Visit:
        kept: list[Kept] = []
        pages: list[int] = []
        findings: list[Findings] = []
        documents: list[Any] = []
        landed: list[Landed] = []
        for one in answers:
            documents.append(one.document)
            rows, found = self.read(
                self.entity, one.question_id, one.request_id, one.selection, one.fetched_at, one.body, one.found
            )
            kept += [Kept(row["record_key"], row["payload"], row["record"]) for row in rows]
            pages.append(len(rows))
            findings.append(found)
            landed.append(Landed(one.body, found.envelope, {row["_path"]: row["payload"] for row in rows}))
        requests = [row for row in self.journal.requests(sync_id) if row.resource == self.resource.name]
        stops = {resource: stop for (_, resource), stop in round.stops.items()}
        return Visit(
            stops, kept, pages, requests, findings, self.journal.unreadable(), copy.deepcopy(self.state), documents,
            landed,
        )  # fmt: skip

    def undisturbed(self) -> Undisturbed:
        """Two syncs without a fault."""
        first = self.sync()
        assert first.stops == {}
        charged = self.charged()
        second = self.sync()
        assert second.stops == {}
        return Undisturbed(first.kept, first.pages, first.documents, charged, _less(self.charged(), charged))

    # -- books --------------------------------------------------------------------------------------------------------

    def sent(self) -> int:
        """How many requests for this resource's operation came in."""
        mine = self.town.books()["requests"][self._books_at_begin :]
        return sum(one["operation"] == self.operation for one in mine)

    def waits_until_sent(self, number: int) -> None:
        """Exactly so many requests came in; a request that nobody waited for may still be on its way."""
        deadline = time.monotonic() + 5
        while (sent := self.sent()) < number and time.monotonic() < deadline:
            time.sleep(0.02)
        assert sent == number, f"{sent} requests and {number} rows"

    def charged(self) -> Credits:
        return _less(self.town.charged(self.resource.source), self._charged_at_begin)

    def spent(self) -> Credits:
        """What the ledger says was spent, over all syncs."""
        total: Credits = {}
        for sync_id in self.syncs:
            add(total, self.journal.spent(self.provider.name, sync_id=sync_id))
        return total

    def unknown(self) -> Credits:
        """What the ledger says may have been charged for nothing."""
        total: Credits = {}
        for sync_id in self.syncs:
            for row in self.journal.requests(sync_id):
                if row.outcome == "unknown":
                    add(total, row.credits)
        return total

    def told(self) -> str:
        """All words that a ledger keeps."""
        return " ".join(str(row.message) for sync_id in self.syncs for row in self.journal.requests(sync_id))


def _less(total: Mapping[str, float], before: Mapping[str, float]) -> Credits:
    return {name: amount for name in total if (amount := round(total[name] - before.get(name, 0), 6))}


def prepare_journal(town: Sandbox, path: Path) -> Path:
    """A journal that has found out the form of the keys."""
    journal = Journal(path)
    of_account = settings("free", town.info)
    for source in SOURCES.values():
        provider = source.provider(of_account)
        if provider.probe is None:
            continue
        pace = Pace(path.with_name("pace-of-preparation.sqlite"))
        asking = Asking(provider, journal, Clock(NOW), pace, Budget(), "prepare", NOW, Round.begin(1, Limits()))
        answer = asking(provider.probe)
        asking.close()
        assert answer is not None
    journal.forget_answers("prepare")
    journal.close()
    with closing(sqlite3.connect(path)) as connection:
        # What is copied is the file alone.
        connection.execute("pragma wal_checkpoint(truncate)")
    return path
