"""The dlt resources of a source: each walks its window and yields raw rows, state and rows together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

import dlt
import pyarrow as pa
from dlt.extract import DltResource

from sources.metered import Answer, Ask

from .rows import SCHEMA, Entity, Findings, tables

OnFindings = Callable[[Findings], None] | None

COLUMNS: Any = {
    "_fetched_at": {"data_type": "timestamp", "timezone": False, "precision": 6},
    "_parsed_at": {"data_type": "timestamp", "timezone": False, "precision": 6},
    # Loaded as CSV, empty text is null where null is allowed; the path of a whole answer is the empty text.
    "_path": {"data_type": "text", "nullable": False},
}
"""Times are UTC without a zone on every warehouse."""


class Walkable(Protocol):
    """What this room needs of a page walk; `sources.paging` provides it."""

    @property
    def resource(self) -> str: ...

    @property
    def entity(self) -> str: ...

    def __call__(self, state: dict[str, Any], ask: Ask) -> Iterator[Answer]: ...


def resources(
    walks: Iterable[Walkable], entities: Iterable[Entity], ask: Ask, on_findings: OnFindings = None
) -> list[DltResource]:
    """One append-only dlt resource per walk, in its entity's raw table."""
    by_name = {entity.name: entity for entity in entities}
    return [_resource(plan, by_name[plan.entity], ask, on_findings) for plan in walks]


def _resource(plan: Walkable, entity: Entity, ask: Ask, on_findings: OnFindings) -> DltResource:
    def rows() -> Iterator[pa.Table]:
        state = dlt.current.resource_state()
        yield from tables(plan(state, ask), entity, on_findings or (lambda _: None))

    return dlt.resource(rows, name=plan.resource, table_name=entity.name, write_disposition="append", columns=COLUMNS)


def empty_tables(entities: Iterable[Entity]) -> list[DltResource]:
    """Creates every raw table, for a warehouse that is new or a provider that is not connected."""

    def make(entity: Entity) -> DltResource:
        def nothing() -> Iterator[pa.Table]:
            yield SCHEMA.empty_table()

        return dlt.resource(
            nothing, name=f"create_{entity.name}", table_name=entity.name, write_disposition="append", columns=COLUMNS
        )

    return [make(entity) for entity in entities]


def more_rows(entity: Entity, rows: Iterable[pa.Table]) -> DltResource:
    """Appends rows to an entity's raw table; no walk's state is touched."""

    def more() -> Iterator[pa.Table]:
        yield from rows

    return dlt.resource(
        more, name=f"more_{entity.name}", table_name=entity.name, write_disposition="append", columns=COLUMNS
    )
