"""Landing a round: each source's answers through its dlt pipeline, then the books."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import dlt

from sources.landing import Entity, Findings, examine
from sources.landing.resources import empty_tables, resources
from sources.metered import JournalError, PriceList, Replaying, RowOutcome, Stop, StoredAnswer, Sync

from . import books
from .catalogue import SOURCES, Source
from .failures import CannotDo, Exit
from .settings import Settings
from .warehouse import Warehouse
from .wish import Wish, walks_of

if TYPE_CHECKING:
    from sources.metered import Journal
    from sources.paging import Walk


ABANDONED = "its sync was abandoned, and it could not be landed as a part of it"


@dataclass(frozen=True, slots=True)
class Loader:
    """Lands rounds of one sync."""

    warehouse: Warehouse
    settings: Settings

    @property
    def journal(self) -> Journal:
        return self.warehouse.instance.journal

    def prepare(self, sources: list[str], now: datetime, take_over: bool) -> None:
        """Creates what the first load will need before anything is paid for, and binds this instance to its sources.

        dlt wipes a package that was extracted before its dataset existed; so the datasets exist first.

        Raises:
            CannotDo: another instance is bound to one of the sources in this warehouse.
        """
        bound = self._bound()
        instance = self.warehouse.instance.instance_id
        for name in sources:
            if bound.get(name, instance) != instance and not take_over:
                raise CannotDo(
                    f"Another data directory is bound to {name} in this warehouse (instance {bound[name][:8]}). Two would pay for "
                    "the same answers twice. Run the sync there; or, if that directory is gone for good, run this one once "
                    "with --take-over."
                )
        existing = {
            (str(row[0]), str(row[1]))
            for row in self.warehouse.query(
                "select table_schema, table_name from information_schema.tables where table_schema like 'raw_%'"
            )
        }
        for source in SOURCES.values():
            pipeline = self.warehouse.pipeline(source.name, source.dataset)
            if not all((source.dataset, entity.name) in existing for entity in source.entities):
                self.warehouse.run(pipeline, dlt.source(lambda s=source: empty_tables(s.entities), name=source.name)())
            elif source.name in sources:
                # Restores schema and state when the pipeline's folder was lost.
                pipeline.sync_destination()
        unbound = [name for name in sources if bound.get(name) != instance]
        if unbound or not all((books.DATASET, name) in existing for name in books.TABLES):
            rows = [{"source": name, "instance_id": instance, "bound_at": now} for name in unbound]
            keep_books(self.warehouse, {"instances": rows})

    def drain(self) -> None:
        """Loads what an earlier process left extracted, in every pipeline."""
        for source in SOURCES.values():
            self.warehouse.drain(self.warehouse.pipeline(source.name, source.dataset))
        self.warehouse.drain(self.warehouse.pipeline("books", books.DATASET))

    def state(self, source: str) -> dict[str, Any]:
        """A source's landed state: {"resources": {name: state}, "landed": [sync, round]}."""
        pipeline = self.warehouse.pipeline(source, SOURCES[source].dataset)
        state: dict[str, Any] = pipeline.state.get("sources", {}).get(source, {})
        return state

    def land(
        self,
        sync: Sync,
        wish: Wish,
        stops: dict[tuple[str, str | None], Stop],
        now: datetime,
        is_last: bool,
    ) -> dict[tuple[str, str], int]:
        """Lands a round and closes it; may be repeated after a kill, and then lands nothing twice.

        Args:
            wish: what the sync was asked for. Of an abandoned one, an answer that cannot be landed as what it was asked for
                goes to quarantine, whole.

        Returns:
            quarantined records by (provider, resource).
        """
        findings: dict[str, dict[str, Findings]] = {}
        for name in sync.sources:
            findings[name] = self._land_source(SOURCES[name], sync, wish)
        unreadable = self.journal.unreadable()
        requests = self.journal.unlanded_requests()
        windows = self.journal.unlanded_windows()
        by_request = {key: found for of_source in findings.values() for key, found in of_source.items()}
        rows: dict[str, list[dict[str, Any]]] = {
            "requests": books.request_rows(requests, by_request),
            "request_credits": books.credit_rows(requests, self.settings.prices.usd),  # type: ignore[arg-type]
            "request_units": books.unit_rows(requests, self._prices()),
            "windows": books.window_rows(windows),
            "drift": [],
            "quarantine": [],
        }
        rows |= self._rows_of_orders(sync, wish)
        for name, of_source in findings.items():
            for table, found_rows in books.finding_rows(name, of_source.values(), sync.as_of).items():
                rows[table].extend(found_rows)
        rows["quarantine"].extend(books.unreadable_rows(unreadable))
        if is_last:
            rows["syncs"] = [self._sync_row(sync, stops, now)]
        keep_books(self.warehouse, rows)
        self.journal.landed(
            sync.sync_id,
            sync.round,
            [request.request_id for request in requests],
            [(window["sync_id"], window["provider"], window["resource"], window["window"]) for window in windows],
            [one.request_id for one in unreadable],
            now,
        )
        resources = {request.request_id: (request.provider, request.resource) for request in requests}
        quarantined: dict[tuple[str, str], int] = {}
        for key, found in by_request.items():
            if found.quarantined and key in resources:
                quarantined[resources[key]] = quarantined.get(resources[key], 0) + len(found.quarantined)
        return quarantined

    def _land_source(self, source: Source, sync: Sync, wish: Wish) -> dict[str, Findings]:
        walks = walks_of(source.name, self.settings, wish)
        pipeline = self.warehouse.pipeline(source.name, source.dataset)
        self.warehouse.drain(pipeline)
        found: dict[str, Findings] = {}
        mark = [sync.sync_id, sync.round]
        if self.state(source.name).get("landed") == mark:
            # A kill came between this load and the books: the rows are there, what was found is found again.
            for stored, entity in self._stored(source, walks, sync, set(), wish.abandon):
                found[stored.request_id] = examine(stored, entity)
            return found

        def note(findings: Findings) -> None:
            found[findings.request_id] = findings

        ask = Replaying(
            self.journal, sync.sync_id, source.name, sync.as_of, lenient=wish.abandon, backfill=wish.backfill
        )
        landed = [*resources(walks, source.entities, ask, note), _mark(mark)]
        self.warehouse.run(pipeline, dlt.source(lambda: landed, name=source.name)())
        for stored, _ in self._stored(source, walks, sync, set(found), wish.abandon):
            if wish.abandon:
                self.journal.set_aside(stored.question_id, ABANDONED)
                continue
            raise CannotDo(
                f"An answer of {source.name}.{stored.resource} (window {stored.window}, step {stored.step}) is in the "
                "journal, but the warehouse's state has gone past it without loading it. Nothing was removed from the "
                "journal. Was the warehouse fed by another data directory in between? `leadhouse sync --abandon` keeps such "
                "answers in quarantine and closes the sync.",
                Exit.BUG,
            )
        return found

    def _stored(
        self, source: Source, walks: list[Walk], sync: Sync, done: set[str], abandoned: bool
    ) -> Iterator[tuple[StoredAnswer, Entity]]:
        """The round's answers that hold records of a raw table, save those of the requests in `done`."""
        for question_id, request_id, resource in self.journal.places(sync.sync_id, sync.round, source.name):
            entity = source.entity_of(walks, resource)
            if entity is None or request_id in done:
                continue
            try:
                stored = self.journal.answer(question_id)
            except JournalError:
                if not abandoned:
                    raise
                self.journal.set_aside(question_id, ABANDONED)
                continue
            if stored is not None:
                yield stored, entity

    def _rows_of_orders(self, sync: Sync, wish: Wish) -> dict[str, list[dict[str, Any]]]:
        """What became of the rows that somebody brought, by table of the books."""
        noted: dict[tuple[str, str], list[RowOutcome]] = {}
        for provider, resource, outcome in self.journal.unlanded_rows(sync.sync_id):
            noted.setdefault((provider, resource), []).append(outcome)
        rows: dict[str, list[dict[str, Any]]] = {"lookups": [], "pushes": []}
        for order in wish.orders:
            outcomes = noted.get((order.source, order.resource), [])
            if order.kind == "push":
                rows["pushes"].extend(books.push_rows(order, sync.sync_id, outcomes))
            else:
                rows["lookups"].extend(books.lookup_rows(order, outcomes))
        for job in wish.jobs:
            resource = job.walk(self.settings).resource
            rows["lookups"].extend(books.job_rows(job, noted.get((job.source, resource), [])))
        return rows

    def _prices(self) -> dict[str, PriceList]:
        return {name: source.provider(self.settings).prices for name, source in SOURCES.items()}

    def _bound(self) -> dict[str, str]:
        rows = self.warehouse.query(f"select source, instance_id from {books.DATASET}.instances order by bound_at")
        return {str(row[0]): str(row[1]) for row in rows}

    def _sync_row(self, sync: Sync, stops: dict[tuple[str, str | None], Stop], now: datetime) -> dict[str, Any]:
        outcome = "; ".join(f"{provider}.{resource or '*'}: {stop.kind}" for (provider, resource), stop in sorted(
            stops.items(), key=lambda item: (item[0][0], item[0][1] or "")
        ))  # fmt: skip
        return {
            "sync_id": sync.sync_id,
            "instance_id": self.warehouse.instance.instance_id,
            "as_of": sync.as_of,
            "sources": ",".join(sync.sources),
            "rounds": sync.round,
            "ended_at": now,
            "outcome": outcome or "complete",
        }


def keep_books(warehouse: Warehouse, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Appends rows to the books, by table."""
    pipeline = warehouse.pipeline("books", books.DATASET)
    warehouse.run(pipeline, dlt.source(lambda: books.tables(rows), name="leadhouse")())


def _mark(mark: list[Any]) -> Any:
    """A resource without rows that writes (sync, round) into the state that is committed with the round's rows."""

    def nothing() -> Iterator[Any]:
        dlt.current.source_state()["landed"] = mark
        yield from ()

    return dlt.resource(nothing, name="landed")
