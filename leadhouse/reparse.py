"""`leadhouse reparse`: today's record models over the payloads that are in raw; asks nobody.

The newest version of each row is read again. Where today's model says something else, a version with a later `_parsed_at`
is appended; the newest version counts, also when it says that the record cannot be read: then the record leaves the tables
until a model reads it again, just as if it had landed today. Quarantine and drift are compared with what raw says and
brought in line with it, so that running again after a kill ends the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

import dlt
import pyarrow as pa

from sources.landing import SCHEMA, Entity, Reading, read_again
from sources.landing.resources import more_rows
from sources.metered import Clock

from . import books
from .catalogue import SOURCES, Source
from .failures import CannotDo
from .load import Loader, keep_books
from .quarantine import STANDING, check_sources, loaded_warehouse, quoted, settlement_rows
from .report import Watcher
from .settings import read_as_of
from .warehouse import Warehouse

ROWS_AT_ONCE = 5_000
"""Rows that are held in memory at a time, about."""
STRETCHES_PER_LOAD = 10
"""Each load costs seconds, whatever it holds; and what a kill undoes is read again."""
ROWS_FETCHED = 1_000

TICK = timedelta(microseconds=1)

READ_COLUMNS = ("_row_id", "record_key", "_selection", "payload", "record", "_path", "_request_id", "_fetched_at", "_parsed_at")  # fmt: skip


@dataclass(slots=True)
class Tally:
    """What reading an entity's rows again came to.

    Attributes:
        changed: rows that are read differently today, and could be read, or could not, before as well.
    """

    provider: str
    entity: str
    read: int = 0
    changed: int = 0
    newly_readable: int = 0
    newly_unreadable: int = 0

    @property
    def appended(self) -> int:
        return self.changed + self.newly_readable + self.newly_unreadable

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def run_reparse(sources: Sequence[str], only: Sequence[str], watcher: Watcher) -> tuple[list[Tally], list[str]]:
    """Reads again what was loaded; (what it came to, by entity; what else is to be said).

    Args:
        sources: by name; empty for all, connected or not.
        only: entities by name; empty for all.

    Raises:
        CannotDo: a name does not exist, a sync is open, or another data directory is bound to a source.
    """
    names = check_sources(sources)
    known = sorted(entity.name for name in names for entity in SOURCES[name].entities)
    for one in only:
        if one not in known:
            raise CannotDo(f"There is no entity {one!r} in {', '.join(names)}. The entities are {', '.join(known)}.")
    clock = Clock(read_as_of())
    with loaded_warehouse() as loader, watcher:
        _refuse_when_open(loader)
        _refuse_when_bound_elsewhere(loader, names)
        loader.drain()
        # Restores schema and state of a pipeline whose folder was lost, and creates raw tables that are new.
        loader.prepare([], clock.now(), take_over=False)
        tallies = []
        for name in names:
            loader.warehouse.pipeline(name, SOURCES[name].dataset).sync_destination()
            for entity in SOURCES[name].entities:
                if not only or entity.name in only:
                    tallies.append(_Again(loader.warehouse, SOURCES[name], entity, clock.now(), watcher.stage).run())
        return tallies, _notes(loader.warehouse, names, tallies)


def _refuse_when_open(loader: Loader) -> None:
    sync = loader.journal.open_sync()
    if sync is not None:
        raise CannotDo(
            f"The sync of {sync.as_of:%Y-%m-%d %H:%M} was broken off and part of it may not be loaded yet. "
            "Finish it with `leadhouse sync` first, then run `leadhouse reparse`."
        )


def _refuse_when_bound_elsewhere(loader: Loader, names: Sequence[str]) -> None:
    own = loader.warehouse.instance.instance_id
    rows = loader.warehouse.query(f"select source, instance_id from {books.DATASET}.instances order by bound_at")
    bound = {str(source): str(instance) for source, instance in rows}
    for name in names:
        if bound.get(name, own) != own:
            raise CannotDo(
                f"Another data directory is bound to {name} in this warehouse (instance {bound[name][:8]}). Run `leadhouse "
                "reparse` there, so that the two do not load into one table at once."
            )


def _notes(warehouse: Warehouse, names: Sequence[str], tallies: Sequence[Tally]) -> list[str]:
    notes = []
    listed = ", ".join(quoted(name) for name in names)
    ((whole,),) = warehouse.query(
        f"{STANDING} select count(*) from standing where is_open and entity = '' and provider in ({listed})"
    )
    if whole:
        notes.append(
            f"{whole:,} whole answer(s) in quarantine are in no raw table and cannot be read again; "
            "`leadhouse quarantine list` shows them."
        )
    if any(tally.newly_unreadable for tally in tallies):
        notes.append(
            "What is newly unreadable leaves the tables with the next build and is in quarantine; raw keeps what it "
            "was read as."
        )
    if any(tally.appended for tally in tallies):
        notes.append("`leadhouse build` brings the new readings into the tables.")
    return notes


@dataclass(frozen=True, slots=True)
class _Standing:
    """How a quarantined record stands, and since when; `settlement` is None while it is open."""

    settlement: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Some answers: those of the requests after `after` (None: from the first) up to `until`."""

    after: str | None
    until: str

    def condition(self, column: str) -> str:
        after = f"{column} > {quoted(self.after)} and " if self.after is not None else ""
        return f"{after}{column} <= {quoted(self.until)}"


@dataclass(slots=True)
class _Found:
    """What the books are to be told of some answers.

    Attributes:
        read: quarantined records that can be read, and since when they stand as they do.
        drift: occurrences by (request, kind, field).
    """

    lines: list[dict[str, Any]] = field(default_factory=list)
    read: dict[str, datetime] = field(default_factory=dict)
    drift: dict[tuple[str, str, str], int] = field(default_factory=dict)


class _Again:
    """Reads one raw table again, some answers at a time: each time raw first, then the books, as on landing."""

    def __init__(
        self, warehouse: Warehouse, source: Source, entity: Entity, now: datetime, stage: Callable[[str], None]
    ) -> None:
        self._warehouse = warehouse
        self._source = source
        self._entity = entity
        self._now = now
        self._stage = stage
        self._table = f"{source.dataset}.{entity.name}"
        self._place = f"provider = {quoted(source.name)} and entity = {quoted(entity.name)}"
        self._tally = Tally(source.name, entity.name)
        self._quarantined = self._standing()

    def run(self) -> Tally:
        stretches = self._stretches()
        for first in range(0, len(stretches), STRETCHES_PER_LOAD):
            self._load(stretches[first : first + STRETCHES_PER_LOAD])
        return self._tally

    def _load(self, stretches: list[_Stretch]) -> None:
        found = _Found()
        tables = self._tables(stretches, found)
        # A load without rows would be a load all the same.
        head = next(tables, None)
        if head is not None:
            pipeline = self._warehouse.pipeline(self._source.name, self._source.dataset)
            rows = more_rows(self._entity, chain([head], tables))
            self._warehouse.run(pipeline, dlt.source(lambda: [rows], name=self._source.name)())
        kept = {
            "quarantine": found.lines,
            "quarantine_settlements": settlement_rows(found.read, "read", self._now),
            "drift": self._drift(_Stretch(stretches[0].after, stretches[-1].until), found.drift),
        }
        if any(kept.values()):
            keep_books(self._warehouse, kept)

    def _tables(self, stretches: list[_Stretch], found: _Found) -> Iterator[pa.Table]:
        """Arrow tables of the versions to append; tells `found` and the tally of every row."""
        with self._warehouse.reader() as client:
            for stretch in stretches:
                self._stage(f"Reading {self._tally.provider}.{self._tally.entity} again ({self._tally.read:,})")
                rows = [version for row in self._newest(client, stretch) if (version := self._read(row, found))]
                if rows:
                    yield pa.Table.from_pylist(rows, schema=SCHEMA)

    def _read(self, row: dict[str, Any], found: _Found) -> dict[str, Any] | None:
        """The version to append; None when today's model says what stands there."""
        again = read_again(self._entity, row["_path"], row["payload"])
        for kind, name in again.drift:
            place = (row["_request_id"], kind, name)
            found.drift[place] = found.drift.get(place, 0) + 1
        self._compare_quarantine(row, again, found)
        self._tally.read += 1
        if (again.record, again.record_key) == (row["record"], row["record_key"]):
            return None
        if (again.record is None) == (row["record"] is None):
            self._tally.changed += 1
        elif again.record is None:
            self._tally.newly_unreadable += 1
        else:
            self._tally.newly_readable += 1
        return row | {
            "record": again.record,
            "record_key": again.record_key,
            "_model": self._entity.model.__name__,
            "_record_hash": again.record_hash,
            # The newest version counts, even where the clock stands still.
            "_parsed_at": max(self._now, row["_parsed_at"] + TICK),
        }

    def _compare_quarantine(self, row: dict[str, Any], again: Reading, found: _Found) -> None:
        id = books.quarantine_id(row["_request_id"], row["_path"])
        standing = self._quarantined.get(id)
        if again.reason is None:
            if standing is not None and standing.settlement != "read":
                found.read[id] = standing.at
        elif standing is None or standing.settlement == "read":
            # Never in quarantine before, or read in between. What a person discarded stays discarded.
            found.lines.append(
                {
                    "row_id": id,
                    "request_id": row["_request_id"],
                    "provider": self._source.name,
                    "entity": self._entity.name,
                    "path": row["_path"],
                    "reason": again.reason,
                    "payload": row["payload"],
                    "seen_at": self._now if standing is None else max(self._now, standing.at + TICK),
                }
            )

    def _stretches(self) -> list[_Stretch]:
        """All answers, in stretches of about `ROWS_AT_ONCE` rows; no answer is cut."""
        rows = self._warehouse.query(
            f"with answers as (select _request_id, count(*) as held from {self._table} group by _request_id), "
            "places as (select _request_id, sum(held) over (order by _request_id rows unbounded preceding) - held as place "
            "from answers) "
            f"select max(_request_id) from places group by floor(place / {ROWS_AT_ONCE}) order by 1"
        )
        ends = [str(row[0]) for row in rows]
        return [_Stretch(after, until) for after, until in zip([None, *ends], ends, strict=False)]

    def _newest(self, client: Any, stretch: _Stretch) -> Iterator[dict[str, Any]]:
        """The newest version of each row, as staging takes it."""
        names = ", ".join(READ_COLUMNS)
        sql = (
            f"with versions as (select {names}, row_number() over (partition by _row_id order by _parsed_at desc, "
            f"_dlt_load_id desc) as version from {self._table} where {stretch.condition('_request_id')}) "
            f"select {names} from versions where version = 1 order by _request_id, _row_id"
        )
        with client.execute_query(sql) as cursor:
            while rows := cursor.fetchmany(ROWS_FETCHED):
                for row in rows:
                    yield dict(zip(READ_COLUMNS, row, strict=True))

    def _standing(self) -> dict[str, _Standing]:
        rows = self._warehouse.query(
            f"{STANDING} select row_id, seen_at, last_settlement, last_settled_at, is_open from standing where {self._place}"
        )
        return {
            str(id): _Standing(None, seen_at) if is_open else _Standing(str(settlement), settled_at)
            for id, seen_at, settlement, settled_at, is_open in rows
        }

    def _drift(self, stretch: _Stretch, found: dict[tuple[str, str, str], int]) -> list[dict[str, Any]]:
        """Rows of drift that replace what was counted before; 0 where nothing is found any more."""
        rows = self._warehouse.query(
            "with counts as (select *, row_number() over (partition by request_id, kind, field order by _dlt_load_id desc) "
            f"as version from {books.DATASET}.drift where {self._place} and {stretch.condition('request_id')}) "
            "select request_id, kind, field, occurrences from counts where version = 1"
        )
        before = {(str(row[0]), str(row[1]), str(row[2])): int(row[3]) for row in rows}
        return [
            {"request_id": place[0], "provider": self._source.name, "entity": self._entity.name, "kind": place[1],
             "field": place[2], "occurrences": found.get(place, 0), "seen_at": self._now}
            for place in sorted(found.keys() | before.keys())
            if found.get(place, 0) != before.get(place, 0)
        ]  # fmt: skip


def print_tallies(tallies: Sequence[Tally], notes: Sequence[str]) -> None:
    """What it came to, in 80 columns."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, markup=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("entity", overflow="fold")
    for name in ("read", "changed", "newly readable", "newly unreadable"):
        table.add_column(name, justify="right", no_wrap=True)
    for tally in tallies:
        counts = (tally.read, tally.changed, tally.newly_readable, tally.newly_unreadable)
        table.add_row(f"{tally.provider}.{tally.entity}", *(f"{count:,}" for count in counts))
    console.print(table)
    for note in notes:
        console.print(note)
