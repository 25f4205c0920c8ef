"""Finds every write of a `leadhouse` process, and kills the process at one of them.

Nothing is listed by hand: the hooks sit below the product, where SQLite, DuckDB and the file system are reached, so that
a write that is added tomorrow is a point tomorrow. Of the product only two names are used, to tell dbt and publishing
from loading, which all write with DuckDB.
"""

from __future__ import annotations

import builtins
import functools
import json
import os
import re
import signal
import sqlite3
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from dlt.common import utils
from dlt.common.storages import file_storage

Point = tuple[str, str]
"""A stage, and what was about to be written or had just been."""

STAGES = ("journal", "package", "warehouse", "dbt", "publish")
"""Where a write goes: the journal; dlt's packages and states on disk; the warehouse by dlt, and by dbt; the published copy."""

WRITES = re.compile(
    r"(?:/\*.*?\*/|--[^\n]*\n|\s)*(insert|update|delete|create|drop|alter|copy|comment|truncate|merge|commit|checkpoint)\b",
    re.I | re.S,
)
COMMENT = re.compile(r"/\*.*?\*/|--[^\n]*\n", re.S)
JOURNAL_WRITE = re.compile(r"(insert or replace into|insert into|update|delete from) (\w+)")
RUNNING_NUMBER = re.compile(r"\d{9,}(\.\d+)?[0-9a-f]*|[0-9a-f]{8,}|(?<=duckdb\.)\d+")
NAME = re.compile(r'"(?!leadhouse_warehouse")(\w+)"')


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is to suffer.

    Args:
        points: the file that gets a line (JSON: stage, label) for each point; the last is where it was killed.
        stage, label, nth: killed at the nth point (from 1) of this stage whose label matches this pattern; nth 0 for
            never.
        without: protections to switch off, see `defects.py`.
    """

    points: str
    stage: str = ""
    label: str = ""
    nth: int = 0
    without: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, read: dict[str, Any]) -> Plan:
        return cls(**(read | {"without": tuple(read["without"])}))


@dataclass
class Points:
    """Counts points, and kills at the planned one."""

    plan: Plan
    folder: Path
    stage: str = "warehouse"
    _file: int = field(init=False)
    _matched: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._file = os.open(self.plan.points, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def reach(self, stage: str, label: str) -> None:
        label = " ".join(label.split()).replace(f"{self.folder}/", "")
        label = RUNNING_NUMBER.sub("*", label)[:160]
        with self._lock:
            os.write(self._file, (json.dumps([stage, label]) + "\n").encode())
            if not self.plan.nth or stage != self.plan.stage or not re.search(self.plan.label, label):
                return
            self._matched += 1
            if self._matched == self.plan.nth:
                os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def around(self, stage: str, label: str) -> Iterator[None]:
        self.reach(stage, f"before {label}")
        yield
        self.reach(stage, f"after {label}")

    @contextmanager
    def within(self, stage: str) -> Iterator[None]:
        """What DuckDB writes in the meantime belongs to this stage."""
        before, self.stage = self.stage, stage
        try:
            yield
        finally:
            self.stage = before

    def stage_of(self, path: object, dir_fd: object = None) -> tuple[str, str] | None:
        """The stage a file belongs to, and its name below the data directory."""
        if not isinstance(path, str | bytes | os.PathLike):
            return None
        name = os.fsdecode(path)
        if isinstance(dir_fd, int) and dir_fd >= 0 and not os.path.isabs(name):
            name = os.path.join(os.readlink(f"/proc/self/fd/{dir_fd}"), name)
        try:
            below = Path(os.path.abspath(name)).relative_to(self.folder)
        except ValueError:
            return None
        steps = below.parts
        if steps[:1] == ("pipelines",):
            return "package", str(Path(*steps[1:]))
        if steps[:1] == ("published",):
            return "publish", str(below)
        if steps[:2] == ("dbt", "target") and len(steps) == 3:
            # Compiled models are for people to read; dbt itself reads what stands beside them.
            return "dbt", str(below)
        if steps and steps[0].startswith("journal.sqlite"):
            return "journal", str(below)
        return None


def install(plan: Plan) -> Points:
    """Hooks into this process; its working directory is the house."""
    points = Points(plan, Path.cwd() / "data")
    _watch_journal(points)
    _watch_files(points)
    _watch_duckdb(points)
    _tell_stages_apart(points)
    _draw_the_worst_names()
    return points


def _watch_journal(points: Points) -> None:
    class Watched(sqlite3.Connection):
        said: tuple[str, ...] = ()

        def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
            if sql == "begin immediate":
                self.said = ()
                points.reach("journal", "before begin")
            elif sql == "commit":
                with points.around("journal", f"commit of {'; '.join(dict.fromkeys(self.said))}"):
                    return super().execute(sql)
            self._note(sql, parameters)
            return super().execute(sql, parameters)

        def executemany(self, sql: str, parameters: Any, /) -> sqlite3.Cursor:
            self._note(sql, ())
            return super().executemany(sql, parameters)

        def executescript(self, script: str, /) -> sqlite3.Cursor:
            with points.around("journal", "script"):
                return super().executescript(script)

        def _note(self, sql: str, parameters: Any) -> None:
            found = JOURNAL_WRITE.match(sql)
            if found is None:
                return
            words = [one for one in parameters if one in OUTCOMES] if isinstance(parameters, tuple) else []
            self.said += (" ".join([found[2], *words]),)

    connect = sqlite3.connect

    @functools.wraps(connect)
    def watched(database: Any, *arguments: Any, **options: Any) -> sqlite3.Connection:
        if os.path.basename(os.fspath(database)) == "journal.sqlite":
            options["factory"] = Watched
        opened: sqlite3.Connection = connect(database, *arguments, **options)
        return opened

    _put(sqlite3, "connect", watched)


OUTCOMES = frozenset(
    ["sent", "ok", "empty", "unknown", "retried", "failed", "replayed"]
    + ["asking", "landing", "building", "closed"]
    + ["people_search", "stats", "trackedContacts", "trackedCompanies", "account", "contacts", "companies"]
)
"""Words of a journal's row that say what it is about."""


def _watch_files(points: Points) -> None:
    def note(verb: str, path: object, dir_fd: object = None) -> None:
        found = points.stage_of(path, dir_fd)
        if found is not None:
            points.reach(found[0], f"{verb} {found[1]}")

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, flags = arguments
            writes = any(letter in mode for letter in "wax+") if isinstance(mode, str) else flags & WRITING
            if writes:
                note("before opening", path)
        elif event in ("os.rename", "os.link", "os.symlink"):
            note("before renaming to", arguments[1], arguments[3])
        elif event in ("os.remove", "os.rmdir"):
            note(f"before {event}", arguments[0], arguments[1])
        elif event == "os.mkdir" and not os.path.isdir(arguments[0]):
            note("before os.mkdir", arguments[0], arguments[2])
        elif event == "os.truncate":
            note("before os.truncate", arguments[0])

    opened = builtins.open

    @functools.wraps(opened)
    def watched(file: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
        stream = opened(file, mode, *arguments, **options)
        if any(letter in mode for letter in "wax"):
            # There, and nothing in it yet.
            note("after opening", file)
        return stream

    _put(builtins, "open", watched)
    sys.addaudithook(audit)


WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


def _watch_duckdb(points: Points) -> None:
    import duckdb

    connection = duckdb.DuckDBPyConnection
    log = points.folder / "warehouse" / "leadhouse_warehouse.duckdb.wal"
    written: list[str] = []

    def statements(name: str) -> None:
        unwatched = getattr(connection, name)

        @functools.wraps(unwatched)
        def watched(self: Any, *arguments: Any, **options: Any) -> Any:
            sql = arguments[0] if arguments else options.get("query")
            if not isinstance(sql, str) or WRITES.match(sql) is None:
                return unwatched(self, *arguments, **options)
            # DuckDB looks for a table of this name in the frame that calls it.
            rows = sys._getframe(1).f_locals.get("rows")  # noqa: F841
            with writing(COMMENT.sub(" ", sql).strip()):
                return unwatched(self, *arguments, **options)

        setattr(connection, name, watched)

    def methods(name: str) -> None:
        unwatched = getattr(connection, name)

        @functools.wraps(unwatched)
        def watched(self: Any) -> Any:
            with writing(name):
                return unwatched(self)

        setattr(connection, name, watched)

    @contextmanager
    def writing(sql: str) -> Iterator[None]:
        """Nothing is written by committing nothing."""
        commits = sql.lower().startswith("commit") and not sql.lower().startswith("comment")
        if commits and not written:
            yield
            return
        said = f"commit of {', '.join(sorted(set(written)))}" if commits else sql
        if commits:
            written.clear()
        else:
            written.extend(NAME.findall(sql[:200])[:1])
        with points.around(points.stage, said):
            yield

    for name in ("execute", "executemany", "sql", "query"):
        statements(name)
    for name in ("commit", "checkpoint"):
        methods(name)
    close = connection.close

    @functools.wraps(close)
    def watched_close(self: Any) -> None:
        had_log = log.exists()
        close(self)
        if had_log and not log.exists():
            # The last one to close a file writes its log into it.
            points.reach(points.stage, "after close with checkpoint")

    _put(connection, "close", watched_close)
    connect = duckdb.connect

    @functools.wraps(connect)
    def watched(database: Any = ":memory:", *arguments: Any, **options: Any) -> Any:
        is_new = str(database) != ":memory:" and not os.path.exists(database)
        if not is_new:
            return connect(database, *arguments, **options)
        with points.around(points.stage, f"creation of {os.path.basename(database)}"):
            return connect(database, *arguments, **options)

    _put(duckdb, "connect", watched)


def _tell_stages_apart(points: Points) -> None:
    import leadhouse.build
    from transforms.dbt import Dbt
    from transforms.publish import publish

    run = Dbt.run

    @functools.wraps(run)
    def watched_run(self: Dbt, *arguments: Any) -> Any:
        with points.within("dbt"):
            return run(self, *arguments)

    @functools.wraps(publish)
    def watched_publish(*arguments: Any) -> None:
        with points.within("publish"):
            publish(*arguments)

    _put(Dbt, "run", watched_run)
    _put(leadhouse.build, "publish", watched_publish)


def _draw_the_worst_names() -> None:
    """dlt writes under a name drawn by lot first. One that begins with a digit it cannot take for a schema's name."""
    drawn = utils.uniq_id
    _put(file_storage, "uniq_id", lambda *length: f"0{drawn(*length)[1:]}")


def _put(owner: Any, name: str, value: Any) -> None:
    setattr(owner, name, value)


def read_points(file: Path) -> list[Point]:
    """(stage, label) of every point a run reached, in order."""
    return [(stage, label) for stage, label in map(json.loads, file.read_text().splitlines())]


def count(points: list[Point]) -> Counter[str]:
    return Counter(stage for stage, _ in points)
