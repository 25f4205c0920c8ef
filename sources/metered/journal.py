"""The journal: what was answered, kept on disk from before anyone sees it until it has landed.

SQLite in WAL mode with `synchronous=FULL`. All writes go through one thread that groups whatever is waiting into one
transaction, so that many concurrent requests share a disk flush. Stored-response libraries (hishel and the like) cache
what may be thrown away; a journal holds what was paid for, so its durability is written here.
"""

from __future__ import annotations

import json
import os
import queue
import sqlite3
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from .prices import Credits, add
from .questions import RowOutcome

T = TypeVar("T")

SCHEMA = """
create table if not exists meta (key text primary key, value text not null);
create table if not exists syncs (
    sync_id text primary key, as_of text not null, settings text not null, sources text not null,
    started_at text not null, stage text not null, round integer not null, stops text not null default '[]',
    closed_at text, outcome text
);
create table if not exists answers (
    question_id text primary key, sync_id text not null, provider text not null, resource text not null,
    window text not null, step integer not null, operation text not null, selection text not null,
    fingerprint text not null, request_id text not null, round integer not null, status integer not null,
    found integer not null, partial text, fetched_at text not null, body blob not null,
    page_size integer, expired text not null default ''
);
create index if not exists answers_by_round on answers (sync_id, round, provider);
create table if not exists unreadable (
    request_id text primary key, sync_id text not null, provider text not null, resource text not null,
    reason text not null, fetched_at text not null, body blob not null
);
create table if not exists jobs (
    provider text not null, job text not null, credits text not null, started_at text not null,
    primary key (provider, job)
);
create table if not exists spent_before (
    provider text not null, credit_type text not null, credits real not null, primary key (provider, credit_type)
);
create table if not exists requests (
    request_id text primary key, question_id text not null, sync_id text not null, round integer not null,
    provider text not null, operation text not null, resource text not null, window text not null, step integer not null,
    fingerprint text not null, selection text not null, attempt integer not null, started_at text not null,
    duration_ms real, outcome text not null, http_status integer, records integer not null, credits text not null,
    message text, landed integer not null default 0, units text not null default '{}'
);
create index if not exists requests_by_question on requests (question_id);
create index if not exists requests_by_fingerprint on requests (fingerprint);
create index if not exists requests_by_day on requests (provider, started_at);
create index if not exists requests_by_round on requests (sync_id, round, landed);
create index if not exists requests_by_time on requests (started_at);
create table if not exists row_outcomes (
    sync_id text not null, provider text not null, resource text not null, row integer not null,
    request_id text not null, operation text not null, outcome text not null, at text not null, result_id text,
    message text, records integer not null, hold text, landed integer not null default 0,
    primary key (sync_id, provider, resource, row)
);
create table if not exists windows (
    sync_id text not null, round integer not null, provider text not null, resource text not null,
    window text not null, kind text not null, "from" text, "to" text, completed_at text not null, steps integer not null,
    is_partial integer not null, landed integer not null default 0,
    primary key (sync_id, provider, resource, window)
);
"""

INCREMENTAL = 2
ADDED = (
    ("answers", "page_size", "integer"),
    ("answers", "expired", "text not null default ''"),
    ("requests", "units", "text not null default '{}'"),
)
"""Columns that journals of earlier versions lack."""
COUNTS = ("credits", "units")
"""Columns of a ledger row that are JSON."""
COUNTED = ("ok", "empty", "unknown", "sent")
"""Outcomes whose credits count as spent; `sent` is a request of this very moment."""
KEPT_DAYS = 70
"""How long the journal keeps a ledger row that has landed: budgets look back to the first of the month."""
WAL_BYTES = 16_000_000


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One ledger row: one request sent, or one question the journal answered.

    Attributes:
        outcome: `ok`, `empty`, `retried`, `failed`, `unknown` (sent, answer lost), `replayed`; `sent` while in flight.
        credits: estimated credits by type; for `unknown` the most it can have cost.
        units: what was counted to estimate them, as prices name it.
        duration_ms: from sending to the last byte.
    """

    request_id: str
    question_id: str
    sync_id: str
    round: int
    provider: str
    operation: str
    resource: str
    window: str
    step: int
    fingerprint: str
    selection: str
    attempt: int
    started_at: str
    duration_ms: float | None
    outcome: str
    http_status: int | None
    records: int
    credits: Mapping[str, float]
    message: str | None
    units: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer as the journal keeps it."""

    question_id: str
    sync_id: str
    provider: str
    resource: str
    window: str
    step: int
    operation: str
    selection: str
    fingerprint: str
    request_id: str
    round: int
    status: int
    found: bool
    partial: str | None
    fetched_at: str
    body: bytes
    page_size: int | None = None
    expired: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The body of an answer that may have been paid for and cannot be read; it lands in quarantine."""

    request_id: str
    sync_id: str
    provider: str
    resource: str
    reason: str
    fetched_at: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Sync:
    """One sync: its clock, its frozen settings (without keys) and how far it is.

    Attributes:
        stage: `asking`, `landing`, `building` or `closed`.
        round: the round that is being asked or landed, from 1.
        stops: (provider, resource or None, kind, sentence) of what was not read to its end.
    """

    sync_id: str
    as_of: datetime
    settings: dict[str, Any]
    sources: list[str]
    started_at: datetime
    stage: str
    round: int
    stops: tuple[tuple[str, str | None, str, str], ...] = ()
    closed_at: datetime | None = None
    outcome: str | None = None


class JournalError(Exception):
    """The journal cannot be used as it is; the message says why and what to do."""


class Journal:
    """Answers, ledger and syncs of one data directory.

    Args:
        path: the SQLite file, created with mode 0600 when missing.

    Raises:
        JournalError: the file is no journal.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            path.touch(mode=0o600)
        os.chmod(path, 0o600)
        self._local = threading.local()
        self._has_shrunk = False
        self._writes: queue.SimpleQueue[tuple[Callable[[sqlite3.Connection], Any], Future[Any]] | None] = (
            queue.SimpleQueue()
        )
        try:
            writer = self._connect()
            if writer.execute("pragma auto_vacuum").fetchone()[0] != INCREMENTAL:
                writer.execute(f"pragma auto_vacuum = {INCREMENTAL}")
                # Takes effect on a new file at once, on an older one by this.
                writer.execute("vacuum")
            writer.executescript(SCHEMA)
            for table, column, declaration in ADDED:
                if column not in {row["name"] for row in writer.execute(f"pragma table_info({table})")}:
                    writer.execute(f"alter table {table} add column {column} {declaration}")
            writer.execute("delete from answers where body is null")  # An earlier version left the rest of the row.
        except sqlite3.DatabaseError as error:
            raise JournalError(
                f"{path} is not a Leadhouse journal ({error}). Move it away, or point data_dir at another folder."
            ) from None
        self._thread = threading.Thread(target=self._write_all, args=(writer,), name="journal", daemon=True)
        self._thread.start()

    # -- plumbing -----------------------------------------------------------------------------------------------------

    def write(self, change: Callable[[sqlite3.Connection], T]) -> T:
        """Runs `change` in the writer's transaction and returns once that is on disk."""
        done: Future[T] = Future()
        self._writes.put((change, done))
        return done.result()

    def close(self) -> None:
        """Finishes what is waiting and closes the writer."""
        self._writes.put(None)
        self._thread.join()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=30, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
        connection.execute(f"pragma journal_size_limit = {WAL_BYTES}")
        return connection

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._connect()
        yield connection

    def _write_all(self, connection: sqlite3.Connection) -> None:
        while True:
            first = self._writes.get()
            if first is None:
                connection.close()
                return
            group = [first]
            stop = False
            while not self._writes.empty():
                following = self._writes.get()
                if following is None:
                    stop = True
                    break
                group.append(following)
            self._write_group(connection, group)
            if stop:
                connection.close()
                return

    def _write_group(
        self, connection: sqlite3.Connection, group: list[tuple[Callable[[sqlite3.Connection], Any], Future[Any]]]
    ) -> None:
        results: list[tuple[Future[Any], Any, BaseException | None]] = []
        try:
            connection.execute("begin immediate")
            for change, done in group:
                connection.execute("savepoint one")
                try:
                    results.append((done, change(connection), None))
                    connection.execute("release one")
                except BaseException as error:
                    connection.execute("rollback to one")
                    connection.execute("release one")
                    results.append((done, None, error))
            connection.execute("commit")
            if self._has_shrunk:
                self._has_shrunk = False
                # As a script: Python steps a pragma without columns only once, which gives back one page.
                connection.executescript("pragma incremental_vacuum")
        except BaseException as error:
            if connection.in_transaction:
                connection.execute("rollback")
            for _, done in group:
                done.set_exception(error)
            return
        for done, result, failure in results:
            if failure is not None:
                done.set_exception(failure)
            else:
                done.set_result(result)

    # -- facts about the instance -------------------------------------------------------------------------------------

    def meta(self, key: str) -> str | None:
        with self._reading() as connection:
            row = connection.execute("select value from meta where key = ?", (key,)).fetchone()
        return None if row is None else str(row["value"])

    def set_meta(self, key: str, value: str) -> None:
        self.write(lambda c: c.execute("insert or replace into meta values (?, ?)", (key, value)) and None)

    # -- syncs --------------------------------------------------------------------------------------------------------

    def open_sync(self) -> Sync | None:
        """The sync that is not closed yet, if any; there is at most one."""
        with self._reading() as connection:
            row = connection.execute("select * from syncs where closed_at is null order by sync_id limit 1").fetchone()
        return None if row is None else _sync(row)

    def begin_sync(self, as_of: datetime, settings: Mapping[str, Any], sources: list[str]) -> Sync:
        """Opens a sync; its id is its clock and a running number, so that it sorts and reads well."""

        def insert(connection: sqlite3.Connection) -> Sync:
            number = connection.execute("select coalesce(max(rowid), 0) from syncs").fetchone()[0] + 1
            sync = Sync(f"{as_of:%Y%m%dT%H%M%S}-{number:05d}", as_of, dict(settings), sources, as_of, "asking", 1)
            connection.execute(
                "insert into syncs (sync_id, as_of, settings, sources, started_at, stage, round) values (?, ?, ?, ?, ?, ?, ?)",
                (sync.sync_id, as_of.isoformat(), json.dumps(sync.settings, default=str), json.dumps(sources),
                 as_of.isoformat(), sync.stage, sync.round),
            )  # fmt: skip
            return sync

        return self.write(insert)

    def set_stage(
        self, sync_id: str, stage: str, round: int, stops: Iterable[tuple[str, str | None, str, str]] = ()
    ) -> None:
        self.write(
            lambda c: (
                c.execute(
                    "update syncs set stage = ?, round = ?, stops = ? where sync_id = ?",
                    (stage, round, json.dumps(list(stops)), sync_id),
                )
                and None
            )
        )

    def close_sync(self, sync_id: str, at: datetime, outcome: str, forgets: Iterable[str] = ()) -> None:
        """Closes a sync.

        Args:
            forgets: keys of its settings that nobody needs any more (rows that were looked up, say).
        """
        paths = [f"$.{key}" for key in forgets]
        self.write(
            lambda c: (
                c.execute(
                    "update syncs set stage = 'closed', closed_at = ?, outcome = ?, "
                    f"settings = json_remove(settings{', ?' * len(paths)}) where sync_id = ?",
                    (at.isoformat(), outcome, *paths, sync_id),
                )
                and None
            )
        )

    # -- answers and the ledger ---------------------------------------------------------------------------------------

    def answer(self, question_id: str) -> StoredAnswer | None:
        """The stored answer to a question; None when it was never answered, or its body has landed and left."""
        with self._reading() as connection:
            row = connection.execute("select * from answers where question_id = ?", (question_id,)).fetchone()
        return None if row is None else _answer(row)

    def answers(self, sync_id: str, round: int, provider: str) -> Iterator[StoredAnswer]:
        """The answers of a round, in the order of their walks."""
        for question_id, _, _ in self.places(sync_id, round, provider):
            stored = self.answer(question_id)
            if stored is not None:
                yield stored

    def keep(
        self,
        stored: StoredAnswer,
        request: RequestRow,
        starts: tuple[str, Credits] | None = None,
        finishes: str | None = None,
    ) -> None:
        """Commits an answer and its ledger row together.

        Args:
            starts: a job this answer started, and the most it can cost.
            finishes: a job whose result this answer is.
        """

        def change(connection: sqlite3.Connection) -> None:
            values = asdict(stored) | {"body": zlib.compress(stored.body, 1)}
            _insert(connection, "answers", values, "insert or replace")
            _put_request(connection, request)
            if starts is not None:
                row = {"provider": stored.provider, "job": starts[0], "credits": json.dumps(starts[1]),
                       "started_at": stored.fetched_at}  # fmt: skip
                _insert(connection, "jobs", row, "insert or replace")
            if finishes is not None:
                connection.execute("delete from jobs where provider = ? and job = ?", (stored.provider, finishes))

        self.write(change)

    def record(self, request: RequestRow, unreadable: Unreadable | None = None) -> None:
        """Commits a ledger row, replacing the row of the same request; and what came and could not be read."""

        def change(connection: sqlite3.Connection) -> None:
            _put_request(connection, request)
            if unreadable is not None:
                values = asdict(unreadable) | {"body": zlib.compress(unreadable.body, 1)}
                _insert(connection, "unreadable", values, "insert or replace")

        self.write(change)

    def unreadable(self) -> list[Unreadable]:
        """Bodies that could not be read and have not landed."""
        with self._reading() as connection:
            rows = connection.execute("select * from unreadable order by request_id").fetchall()
        return [Unreadable(**{**dict(row), "body": _decompress_what_can_be(row["body"])}) for row in rows]

    def set_aside(self, question_id: str, reason: str) -> None:
        """An answer that can no longer be landed as what it was asked for becomes an unreadable body."""

        def change(connection: sqlite3.Connection) -> None:
            connection.execute(
                "insert or replace into unreadable (request_id, sync_id, provider, resource, reason, fetched_at, body) "
                "select request_id, sync_id, provider, resource, ?, fetched_at, body from answers where question_id = ?",
                (reason, question_id),
            )
            connection.execute("delete from answers where question_id = ?", (question_id,))

        self.write(change)

    def places(self, sync_id: str, round: int, provider: str) -> list[tuple[str, str, str]]:
        """(question id, request id, resource) of the answers of a round, in the order of their walks; reads no body."""
        with self._reading() as connection:
            rows = connection.execute(
                "select question_id, request_id, resource from answers where sync_id = ? and round = ? and provider = ? "
                "order by resource, window, step",
                (sync_id, round, provider),
            ).fetchall()
        return [(row["question_id"], row["request_id"], row["resource"]) for row in rows]

    def job(self, provider: str, job: str) -> Credits:
        """What is held for a job whose result was not read yet; nothing when there is no such job."""
        with self._reading() as connection:
            row = connection.execute(
                "select credits from jobs where provider = ? and job = ?", (provider, job)
            ).fetchone()
        return json.loads(row["credits"]) if row else {}

    def held(self, provider: str, since: datetime | None = None) -> Credits:
        """The most that the jobs can cost whose results were not read yet.

        Args:
            since: of jobs that were started then or later; of all by default.
        """
        total: Credits = {}
        begins = since.isoformat() if since is not None else ""
        with self._reading() as connection:
            for row in connection.execute(
                "select credits from jobs where provider = ? and started_at >= ?", (provider, begins)
            ).fetchall():
                add(total, json.loads(row["credits"]))
        return total

    def record_replay(self, stored: StoredAnswer, round: int, at: str, records: int) -> None:
        """A ledger row for a question the journal answered: no attempt, no credits."""

        def change(connection: sqlite3.Connection) -> None:
            times = connection.execute(
                "select count(*) from requests where question_id = ? and outcome = 'replayed'", (stored.question_id,)
            ).fetchone()[0]
            row = RequestRow(
                request_id=f"{stored.question_id}-replay-{times + 1}",
                question_id=stored.question_id,
                sync_id=stored.sync_id,
                round=round,
                provider=stored.provider,
                operation=stored.operation,
                resource=stored.resource,
                window=stored.window,
                step=stored.step,
                fingerprint=stored.fingerprint,
                selection=stored.selection,
                attempt=0,
                started_at=at,
                duration_ms=0.0,
                outcome="replayed",
                http_status=stored.status,
                records=records,
                credits={},
                message=None,
            )
            _put_request(connection, row)

        self.write(change)

    def forget(self, sync_id: str, provider: str, resource: str, window: str, step: int) -> None:
        """Outside a sync: answers before a landed place have landed."""
        self.write(
            lambda c: (
                c.execute(
                    "delete from answers where sync_id = ? and provider = ? and resource = ? "
                    "and (window <> ? or step < ?)",
                    (sync_id, provider, resource, window, step),
                )
                and None
            )
        )

    def unknown_requests(self, provider: str, resource: str, window: str, step: int, fingerprint: str) -> list[Credits]:
        """What each request to this question may have cost whose answer was lost, in whichever sync."""
        with self._reading() as connection:
            rows = connection.execute(
                "select credits from requests where fingerprint = ? and provider = ? and resource = ? and window = ? "
                "and step = ? and outcome = 'unknown'",
                (fingerprint, provider, resource, window, step),
            ).fetchall()
        return [json.loads(row["credits"]) for row in rows]

    def unknown_requests_to(self, question_id: str) -> int:
        """How often the answer to a question was lost in its own sync."""
        with self._reading() as connection:
            return int(
                connection.execute(
                    "select count(*) from requests where question_id = ? and outcome = 'unknown'", (question_id,)
                ).fetchone()[0]
            )

    def lost_request(self, question_id: str) -> RequestRow | None:
        """The latest request to a question whose answer was lost; None when none was."""
        with self._reading() as connection:
            row = connection.execute(
                "select * from requests where question_id = ? and outcome = 'unknown' order by attempt desc limit 1",
                (question_id,),
            ).fetchone()
        return None if row is None else _request(row)

    def records_of(self, request_id: str) -> int:
        """How many records a request's answer held."""
        with self._reading() as connection:
            row = connection.execute("select records from requests where request_id = ?", (request_id,)).fetchone()
        return int(row["records"]) if row else 0

    def forget_answers(self, sync_id: str) -> None:
        """Answers of something that is no sync (a check) are of no further use."""
        self.write(lambda c: c.execute("delete from answers where sync_id = ?", (sync_id,)) and None)

    def attempts(self, question_id: str) -> int:
        """How often a question was sent so far."""
        with self._reading() as connection:
            return int(
                connection.execute(
                    "select coalesce(max(attempt), 0) from requests where question_id = ? and outcome <> 'replayed'",
                    (question_id,),
                ).fetchone()[0]
            )

    def lose_what_was_in_flight(self) -> int:
        """Requests found `sent` when nobody is sending are `unknown`: their answer was lost with a killed process."""
        return self.write(
            lambda c: c.execute("update requests set outcome = 'unknown', landed = 0 where outcome = 'sent'").rowcount
        )

    def spent(self, provider: str, since: datetime | None = None, sync_id: str | None = None) -> Credits:
        """Credits by type in the ledger, of a sync or since a time."""
        where, value = ("sync_id = ?", sync_id) if sync_id else ("started_at >= ?", since.isoformat() if since else "")
        total: Credits = {}
        with self._reading() as connection:
            rows = connection.execute(
                f"select credits from requests where provider = ? and {where} and credits <> '{{}}' "
                f"and outcome in {COUNTED}",
                (provider, value),
            ).fetchall()
        for row in rows:
            add(total, json.loads(row["credits"]))
        return total

    def requests(self, sync_id: str) -> list[RequestRow]:
        """All ledger rows of a sync, in the order they were sent."""
        with self._reading() as connection:
            rows = connection.execute("select * from requests where sync_id = ? order by rowid", (sync_id,)).fetchall()
        return [_request(row) for row in rows]

    def unlanded_requests(self) -> list[RequestRow]:
        """Ledger rows that have not landed yet, of whatever sync."""
        with self._reading() as connection:
            rows = connection.execute(
                "select * from requests where landed = 0 and outcome <> 'sent' order by request_id"
            ).fetchall()
        return [_request(row) for row in rows]

    def complete_window(self, row: Mapping[str, Any]) -> None:
        """Notes that a window was read to its end."""
        self.write(lambda c: _insert(c, "windows", row, "insert or replace"))

    def unlanded_windows(self) -> list[dict[str, Any]]:
        with self._reading() as connection:
            rows = connection.execute("select * from windows where landed = 0").fetchall()
        return [{key: row[key] for key in row.keys() if key != "landed"} for row in rows]  # noqa: SIM118

    def note_rows(self, sync_id: str, provider: str, resource: str, outcomes: Iterable[RowOutcome]) -> None:
        """Notes what became of rows that somebody brought; what is known of a row later counts."""
        rows = [
            asdict(one) | {"sync_id": sync_id, "provider": provider, "resource": resource, "at": one.at.isoformat()}
            for one in outcomes
        ]

        def change(connection: sqlite3.Connection) -> None:
            for row in rows:
                _insert(connection, "row_outcomes", row, "insert or replace")

        self.write(change)

    def unlanded_rows(self, sync_id: str) -> list[tuple[str, str, RowOutcome]]:
        """(provider, resource, what became of a row) of a sync, as far as it has not landed."""
        with self._reading() as connection:
            rows = connection.execute(
                "select * from row_outcomes where sync_id = ? and landed = 0 order by resource, row", (sync_id,)
            ).fetchall()
        return [
            (
                row["provider"],
                row["resource"],
                RowOutcome(
                    row["row"], row["outcome"], row["request_id"], row["operation"],
                    datetime.fromisoformat(row["at"]), row["result_id"], row["message"], row["records"], row["hold"],
                ),
            )
            for row in rows
        ]  # fmt: skip

    def landed(
        self,
        sync_id: str,
        round: int,
        requests: list[str],
        windows: list[tuple[str, str, str, str]],
        unreadable: list[str],
        now: datetime,
    ) -> None:
        """A round is in the warehouse: its bodies leave the journal, its ledger rows are marked, old ones leave too."""
        oldest = (now - timedelta(days=KEPT_DAYS)).isoformat()

        def change(connection: sqlite3.Connection) -> None:
            connection.execute("delete from answers where sync_id = ? and round = ?", (sync_id, round))
            connection.executemany("delete from unreadable where request_id = ?", [(one,) for one in unreadable])
            connection.executemany("update requests set landed = 1 where request_id = ?", [(r,) for r in requests])
            connection.executemany(
                "delete from windows where sync_id = ? and provider = ? and resource = ? and window = ?", windows
            )
            # Only the sync that is asking notes rows, and it does not while it lands.
            connection.execute("update row_outcomes set landed = 1 where sync_id = ?", (sync_id,))
            connection.execute("delete from row_outcomes where sync_id <> ?", (sync_id,))
            _forget_old(connection, f"started_at < '{oldest}' and landed = 1 and sync_id <> '{sync_id}'")
            connection.execute(
                "delete from syncs where closed_at is not null and started_at < ? and rowid < (select max(rowid) from syncs)",
                (oldest,),
            )
            self._has_shrunk = True

        self.write(change)

    def forget_requests(self, now: datetime) -> None:
        """Outside a sync nothing lands the ledger: old rows leave it all the same."""
        oldest = (now - timedelta(days=KEPT_DAYS)).isoformat()
        self.write(lambda c: _forget_old(c, f"started_at < '{oldest}'"))

    def spent_in_all(self) -> dict[str, Credits]:
        """Credits by provider and type since this journal began."""
        with self._reading() as connection:
            return spent_in_all(connection)


def spent_in_all(connection: sqlite3.Connection) -> dict[str, Credits]:
    """Credits by provider and type in a journal, rows that have left it included."""
    total: dict[str, Credits] = {}
    for row in connection.execute("select provider, credit_type, credits from spent_before"):
        add(total.setdefault(row[0], {}), {row[1]: row[2]})
    for row in connection.execute(
        f"select provider, credits from requests where credits <> '{{}}' and outcome in {COUNTED}"
    ):
        add(total.setdefault(row[0], {}), json.loads(row[1]))
    return total


def _forget_old(connection: sqlite3.Connection, where: str) -> None:
    """Ledger rows leave; what they cost stays as a sum. A lost answer stays known, since its question may come again."""
    where = f"{where} and outcome <> 'unknown'"
    spent: dict[str, Credits] = {}
    for row in connection.execute(
        f"select provider, credits from requests where {where} and credits <> '{{}}' and outcome in {COUNTED}"
    ):
        add(spent.setdefault(row["provider"], {}), json.loads(row["credits"]))
    connection.executemany(
        "insert into spent_before values (?, ?, ?) on conflict (provider, credit_type) "
        "do update set credits = round(credits + excluded.credits, 6)",
        [(provider, kind, amount) for provider, credits in spent.items() for kind, amount in credits.items()],
    )
    connection.execute(f"delete from requests where {where}")


def _decompress(row: sqlite3.Row) -> bytes:
    try:
        return zlib.decompress(row["body"])
    except zlib.error:
        raise JournalError(
            f"An answer of {row['provider']}.{row['resource']} in the journal is damaged (request {row['request_id']}). Restore "
            "journal.sqlite from a backup; or run `leadhouse sync --abandon`, which lands what can be read and closes the sync."
        ) from None


def _decompress_what_can_be(body: bytes) -> bytes:
    """A damaged body as it stands: somebody may still find something in it."""
    try:
        return zlib.decompress(body)
    except zlib.error:
        return body


def _insert(connection: sqlite3.Connection, table: str, row: Mapping[str, Any], verb: str = "insert") -> None:
    columns = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join("?" for _ in row)
    connection.execute(f"{verb} into {table} ({columns}) values ({marks})", tuple(row.values()))


def _put_request(connection: sqlite3.Connection, request: RequestRow) -> None:
    values = asdict(request) | {name: json.dumps(dict(getattr(request, name))) for name in COUNTS}
    _insert(connection, "requests", values, "insert or replace")


def _request(row: sqlite3.Row) -> RequestRow:
    values = {key: row[key] for key in row.keys() if key != "landed"}  # noqa: SIM118
    return RequestRow(**(values | {name: json.loads(values[name]) for name in COUNTS}))


def _answer(row: sqlite3.Row) -> StoredAnswer:
    names = StoredAnswer.__dataclass_fields__
    return StoredAnswer(
        **({name: row[name] for name in names} | {"body": _decompress(row), "found": bool(row["found"])})
    )


def _sync(row: sqlite3.Row) -> Sync:
    return Sync(
        sync_id=row["sync_id"],
        as_of=datetime.fromisoformat(row["as_of"]),
        settings=json.loads(row["settings"]),
        sources=json.loads(row["sources"]),
        started_at=datetime.fromisoformat(row["started_at"]),
        stage=row["stage"],
        round=row["round"],
        stops=tuple((one[0], one[1], one[2], one[3]) for one in json.loads(row["stops"])),
        closed_at=datetime.fromisoformat(row["closed_at"]) if row["closed_at"] else None,
        outcome=row["outcome"],
    )
