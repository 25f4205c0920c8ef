"""A house of its own for a test: a folder with its configuration, a sandbox, and `leadhouse` run as a process."""

from __future__ import annotations

import atexit
import base64
import csv
import fcntl
import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import httpx

from tests.processes import PROJECT as PROJECT
from tests.processes import Process, server

KEYS = ("sandbox-leadiq-key", "sandbox-contactout-token", "sandbox-letrics-key")
SHARED = "TESTS_SHARED"
"""A variable of the environment: the folder for what test processes make once."""
DAYS = ("2026-03-02", "2026-03-03", "2026-03-04")

CONFIGURATION = """
[leadhouse]
data_dir = "data"
pace_dir = "data"
attempts = 3

[sources.leadiq]
base_url = "{leadiq}/graphql"
prospector_base_url = "{prospector}"

[sources.contactout]
base_url = "{contactout}"

[sources.contactout.searches.leaders]
seniority = ["Director", "VP", "Vice President", "CXO", "Head", "Manager"]
reveal_info = true

[sources.letrics]
base_url = "{letrics}"
per_page = 50

[rates]
contactout = {{ people_search = 1200 }}
letrics = {{ default = 1200 }}
"""

UNHURRIED = {
    "RATES__LEADIQ": '{"default": 100000}',
    "RATES__CONTACTOUT": '{"default": 100000, "people_search": 100000, "contact_checker": 100000}',
    "RATES__LETRICS": '{"default": 100000}',
}
"""For a sandbox whose limits are far off (`--rate-scale 1000`)."""

SECRETS = """
[sources.leadiq]
api_key = "sandbox-leadiq-key"
[sources.contactout]
api_token = "sandbox-contactout-token"
[sources.letrics]
api_key = "sandbox-letrics-key"
"""


@dataclass
class Sandbox:
    """A running sandbox, and its control desk."""

    info: dict[str, Any]
    process: subprocess.Popen[str]
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.info["base_url"], timeout=30, trust_env=False)

    def move_to(self, day: str) -> None:
        self.http.put("/sandbox/clock", json={"date": day}).raise_for_status()

    def books(self) -> dict[str, Any]:
        found: dict[str, Any] = self.http.get("/sandbox/books").raise_for_status().json()
        return found

    def exchanges(self) -> list[dict[str, Any]]:
        """Every request and what it was answered, of a sandbox that keeps them (`--keep-exchanges`)."""
        found: list[dict[str, Any]] = self.http.get("/sandbox/exchanges").raise_for_status().json()
        return found

    def charged(self, provider: str = "contactout") -> dict[str, float]:
        found: dict[str, float] = self.books()["credits"].get(provider, {})
        return found

    def asked(self, operation: str) -> int:
        """How many requests to an operation (`contactout.people_search`) came in."""
        ours = (one for one in self.books()["requests"] if one["user"] is None)
        return sum(f"{one['provider']}.{one['operation']}" == operation for one in ours)

    def use(self, operation: str, **credits: float) -> None:
        """Another user of the account asks an operation (`contactout.people_search`) for so many credits by type."""
        provider, _, name = operation.partition(".")
        use = {"provider": provider, "operation": name, "credits": credits}
        self.http.post("/sandbox/use", json=use).raise_for_status()

    def charge(self, charges: dict[str, float]) -> None:
        """Other prices from now on: credits per record by `provider.operation.credit`; an empty one: as it began."""
        self.http.put("/sandbox/charges", json=charges).raise_for_status()

    def limit(self, quotas: dict[str, float]) -> None:
        """Other quotas from now on: credits by `provider.credit`; an empty one: as it began."""
        self.http.put("/sandbox/quotas", json=quotas).raise_for_status()

    def truth(self) -> dict[str, Any]:
        found: dict[str, Any] = self.http.get("/sandbox/truth").raise_for_status().json()
        return found

    def fault(self, **rule: Any) -> None:
        """One fault; see the sandbox's `faults.py`."""
        self.http.put("/sandbox/faults", json=[rule]).raise_for_status()

    def no_faults(self) -> None:
        self.http.delete("/sandbox/faults").raise_for_status()


@contextmanager
def running_sandbox(*options: str) -> Iterator[Sandbox]:
    """A sandbox in a process of its own on a free port."""
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--date", DAYS[0], *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT)
    try:
        assert process.stdout is not None
        yield Sandbox(json.loads(process.stdout.readline()), process)
    finally:
        process.terminate()
        process.wait(timeout=10)


@dataclass
class Run:
    """How one command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.out, f"exit code {self.code}, and nothing but {self.err}"
        return json.loads(self.out)

    def ok(self) -> Run:
        assert self.code == 0, f"exit code {self.code}\n{self.out}\n{self.err}"
        return self


@dataclass
class House:
    """A folder that `leadhouse` runs in."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def configure(self, info: dict[str, Any], more: str = "", secrets: str = SECRETS) -> House:
        settings = CONFIGURATION.format(
            **{name: info[name]["base_url"] for name in ("leadiq", "contactout", "letrics")},
            prospector=info["leadiq"]["prospector_base_url"],
        )
        (self.folder / ".dlt").mkdir(parents=True, exist_ok=True)
        (self.folder / ".dlt" / "config.toml").write_text(settings + more)
        (self.folder / ".dlt" / "secrets.toml").write_text(secrets)
        return self

    def prepare(self) -> House:
        """A DuckDB warehouse with all its tables, as a first sync and build make them; most tests are about what comes after.

        Its builds run no data tests, which take a third of their time.
        """
        shutil.copytree(_prepared(), self.folder / "data")
        self.environment.setdefault("DBT_EXCLUDE_RESOURCE_TYPES", "test")
        return self

    def csv(self, rows: list[dict[str, Any]], name: str = "rows.csv") -> str:
        """Writes a CSV file into this house, a cell empty where a row has no such column; its path."""
        path = self.folder / name
        names = list(dict.fromkeys(name for row in rows for name in row))
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, names, restval="")
            writer.writeheader()
            writer.writerows(rows)
        return str(path)

    def environment_on(self, day: str) -> dict[str, str]:
        """What a process in this house finds in its environment at 06:00 on a day."""
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("SOURCES__", "LEADHOUSE", "DESTINATION__", "BUDGET__"))
        }
        environment |= {"LEADHOUSE_AS_OF": f"{day}T06:00:00", "HOME": str(self.folder), **self.environment}
        if self._parsed_by_others.exists() and not self._parsed.exists():
            environment["DBT_PARTIAL_PARSE_FILE_PATH"] = str(self._parsed_by_others)
        return {**environment, "PYTHONPATH": str(PROJECT)}

    @property
    def _parsed(self) -> Path:
        return self.folder / "data" / "dbt" / "target" / "partial_parse.msgpack"

    @property
    def _parsed_by_others(self) -> Path:
        """What dbt understood of the project in another house: to parse it takes as long as to build it."""
        return _shared() / f"{self.environment.get('LEADHOUSE__WAREHOUSE', 'duckdb')}.msgpack"

    def keep_parsed(self) -> None:
        """Leaves to other houses what dbt has understood of the project."""
        if self._parsed.exists() and not self._parsed_by_others.exists():
            copy = _shared() / f"{os.getpid()}.msgpack"
            shutil.copyfile(self._parsed, copy)
            copy.rename(self._parsed_by_others)

    def start(self, *arguments: str, day: str = DAYS[0], plan: Mapping[str, Any] | None = None) -> Process:
        """Starts `leadhouse …` as of 06:00 on a day."""
        return server().start(arguments, self.folder, self.environment_on(day), plan)

    def run(
        self, *arguments: str, day: str = DAYS[0], timeout: float = 300, plan: Mapping[str, Any] | None = None
    ) -> Run:
        process = self.start(*arguments, day=day, plan=plan)
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        assert process.returncode is not None
        if process.returncode == 0:
            self.keep_parsed()
        return Run(process.returncode, out, err)

    def kill_when(self, condition: Callable[[], bool], *arguments: str, day: str = DAYS[0], after: float = 0) -> bool:
        """Runs a command and kills it `after` seconds after the condition first held; False when it ended before."""
        process = self.start(*arguments, day=day)
        deadline = time.monotonic() + 120
        while not condition():
            if process.poll() is not None:
                process.communicate()
                return False
            assert time.monotonic() < deadline, "the condition never held"
            time.sleep(0.01)
        time.sleep(after)
        if process.poll() is not None:
            process.communicate()
            return False
        process.send_signal(signal.SIGKILL)
        process.communicate()
        return True

    # -- what is there afterwards -------------------------------------------------------------------------------------

    @property
    def published(self) -> Path:
        return self.folder / "data" / "published" / "leadhouse.duckdb"

    @property
    def warehouse(self) -> Path:
        return self.folder / "data" / "warehouse" / "leadhouse_warehouse.duckdb"

    @property
    def journal(self) -> Path:
        return self.folder / "data" / "journal.sqlite"

    def stage(self) -> str | None:
        """How far the newest sync is, read beside the running process."""
        if not self.journal.exists():
            return None
        try:
            with sqlite3.connect(f"file:{self.journal}?mode=ro", uri=True, timeout=5) as connection:
                row = connection.execute("select stage from syncs order by rowid desc limit 1").fetchone()
        except sqlite3.OperationalError:
            return None
        return None if row is None else str(row[0])

    def query(self, sql: str, file: Path | None = None) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(file or self.published), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def raw(self) -> dict[str, list[tuple[Any, ...]]]:
        """The rows of every raw table by their id, and every answer's envelope."""
        tables = self.query(
            "select table_schema, table_name from information_schema.columns "
            "where column_name = '_row_id' and table_schema like 'raw_%'",
            self.warehouse,
        )
        found: dict[str, list[tuple[Any, ...]]] = {}
        for schema, name in tables:
            found[f"{schema}.{name}"] = self.query(
                f"select distinct _row_id, _record_hash from {schema}.{name} order by all", self.warehouse
            )
        found["envelopes"] = self.query(
            "select distinct provider, resource, window_id, step, envelope from raw_leadhouse.requests "
            "where outcome in ('ok', 'empty') order by all",
            self.warehouse,
        )
        return found

    def marts(self) -> dict[str, list[tuple[Any, ...]]]:
        """All marts, row for row; what the disturbance of a run itself must change is left out.

        A journal answers after a kill (`replayed`), a lost request is asked again (`attempt`, `unknown`) and what it may
        have cost counts, and no request takes equally long twice.
        """
        left_out = {
            "fct_api_requests": "exclude (duration_ms, attempt, request_id)",
            "fct_request_credits": "exclude (request_id)",
            "fct_lookups": "exclude (lookup_id, request_id)",
            "fct_lookup_credits": "exclude (lookup_id)",
            "fct_daily_findings": "exclude (requests)",
            "fct_syncs": "exclude (ended_at, rounds, outcome, requests)",
        }
        rows_of = {
            "fct_api_requests": "where outcome not in ('replayed', 'unknown', 'retried')",
            "fct_request_credits": "where request_id not in "
            "(select request_id from marts.fct_api_requests where outcome = 'unknown')",
            # What the journal answers after a kill is what it saves.
            "rpt_credit_savings": "where reason <> 'journal'",
        }
        marts: dict[str, list[tuple[Any, ...]]] = {}
        for (name,) in self.query("select table_name from information_schema.tables where table_schema = 'marts'"):
            rows = self.query(f"select * {left_out.get(name, '')} from marts.{name} {rows_of.get(name, '')}")
            marts[name] = sorted(rows, key=repr)
        return marts


PREPARE = """
import os
from datetime import datetime
from leadhouse.__main__ import DLT
os.environ.update(DLT)
from leadhouse.build import build
from leadhouse.load import Loader
from leadhouse.settings import load_settings
from leadhouse.warehouse import open_warehouse
settings = load_settings()
with open_warehouse(settings) as warehouse:
    now = datetime.fromisoformat(os.environ["LEADHOUSE_AS_OF"])
    Loader(warehouse, settings).prepare([], now, take_over=False)
    # Three of four models of a first build are staging's; of what a test then loads, few are.
    built = build(warehouse, now, lambda words: None)
    assert not built.failed, built.notes
os.remove(settings.published_file())
"""


@contextmanager
def living_in(place: Path) -> Iterator[None]:
    """In a folder as a process would be that begins there.

    dlt reads a folder's configuration and keys once and keeps them: whoever came later would find those of this one.
    """
    from dlt.common.configuration.container import Container
    from dlt.common.configuration.specs.pluggable_run_context import PluggableRunContext

    def go(there: Path) -> None:
        os.chdir(there)
        Container()[PluggableRunContext].reload(str(there))

    home = Path.cwd()
    go(place)
    try:
        yield
    finally:
        go(home)


def state_of_the_code() -> str:
    """A word that is another one when anything has changed that tables are made with."""
    state = hashlib.sha256()
    for place in ("dbt_project", "leadhouse", "sources", "transforms", "requirements", "tests/house.py"):
        root = PROJECT / place
        for path in [root] if root.is_file() else sorted(root.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                state.update(str(path.relative_to(PROJECT)).encode() + b"\0" + path.read_bytes())
    return state.hexdigest()[:16]


@cache
def _shared() -> Path:
    """A folder for what test processes make once; see `tests/conftest.py`."""
    if SHARED in os.environ:
        return Path(os.environ[SHARED])
    folder = Path(tempfile.mkdtemp(prefix="leadhouse-shared-"))
    atexit.register(shutil.rmtree, folder)
    return folder


@cache
def _prepared() -> Path:
    """The data directory of a house that was prepared and asked nobody; one for all test processes."""
    folder = _shared() / "prepared"
    with open(_shared() / "prepared.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            making = House(Path(tempfile.mkdtemp(dir=_shared())))
            nowhere = {"base_url": "http://127.0.0.1:9", "prospector_base_url": "http://127.0.0.1:9"}
            making.configure({name: nowhere for name in ("leadiq", "contactout", "letrics")})
            command = [sys.executable, "-c", PREPARE]
            subprocess.run(command, cwd=making.folder, env=making.environment_on(DAYS[0]), check=True)
            making.keep_parsed()
            making.folder.rename(folder)
    return folder / "data"


def forms_of_keys() -> tuple[str, ...]:
    """Every form in which a key of the sandbox could leak."""
    return (*KEYS, *(base64.b64encode(f"{key}:".encode()).decode() for key in KEYS))
