"""Who is who in the warehouse: resolves the records that new evidence touches, and appends what came of it.

A record is touched when what identity reads of it changed (its fingerprint), or when it hangs together with such a record by
any value, used or refused (its component). Nothing else can change by it, so nothing else is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from transforms.identity import ASSIGNMENTS, COMPANIES, PEOPLE, RECORDS, VALUES, Resolution, Rules, resolve

if TYPE_CHECKING:
    from .warehouse import Warehouse

SCHEMA = "leadhouse_identity"
KEY: list[tuple[str, pa.DataType]] = [
    ("entity", pa.string()), ("provider", pa.string()), ("provider_record_id", pa.string()),
]  # fmt: skip
TABLES = {
    "assignments": pa.schema(
        [*KEY, ("id", pa.string()), ("matched_by", pa.string()), ("generation", pa.int64()), ("assigned_at", pa.timestamp("us"))]
    ),
    "events": pa.schema(
        [
            ("entity", pa.string()), ("id", pa.string()), ("change", pa.string()), ("into_id", pa.string()),
            ("generation", pa.int64()), ("effective_at", pa.timestamp("us")),
        ]
    ),
    "edges": pa.schema(
        [
            *KEY, ("other_provider", pa.string()), ("other_provider_record_id", pa.string()), ("rule", pa.string()),
            ("evidence", pa.string()), ("is_used", pa.bool_()), ("refused_because", pa.string()), ("generation", pa.int64()),
        ]
    ),
    "resolved": pa.schema(
        [*KEY, ("fingerprint", pa.string()), ("component", pa.string()), ("rules", pa.string()), ("generation", pa.int64())]
    ),
}  # fmt: skip
"""What is kept, all of it appended to and never changed, outside dbt, so that no full refresh can touch it."""


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity's rules, and where its records and their values stand."""

    rules: Rules
    records: str
    values: str

    @property
    def name(self) -> str:
        return self.rules.entity


ENTITIES = (
    Entity(COMPANIES, "intermediate.int_company_records", "intermediate.int_company_values"),
    Entity(PEOPLE, "intermediate.int_person_records", "intermediate.int_person_values"),
)

LAST = """
select provider, provider_record_id, fingerprint, component, rules
from
    (
        select
            resolved.*,
            row_number() over (
                partition by provider, provider_record_id order by generation desc, _dlt_load_id desc
            ) as place
        from {schema}.resolved as resolved
        where entity = '{entity}'
    ) as numbered
where place = 1 and fingerprint is not null
"""
CHANGED = """
select records.provider, records.provider_record_id, last.component
from {records} as records
left join
    last_resolved as last
    on records.provider = last.provider
    and records.provider_record_id = last.provider_record_id
where last.fingerprint is null or last.fingerprint <> records.fingerprint or last.rules <> '{version}'
union all
select last.provider, last.provider_record_id, last.component
from last_resolved as last
left join
    {records} as records
    on last.provider = records.provider
    and last.provider_record_id = records.provider_record_id
where records.provider is null
"""
COMPONENTS = """
select component from changed where component is not null
union
select last.component
from changed
inner join
    {values} as mine
    on changed.provider = mine.provider
    and changed.provider_record_id = mine.provider_record_id
inner join {values} as others on mine.kind = others.kind and mine.value = others.value and not others.is_crowded
inner join
    last_resolved as last
    on others.provider = last.provider
    and others.provider_record_id = last.provider_record_id
-- What only keeps apart (a country, a department) is shared by very many, and ties nobody.
where not mine.is_crowded and mine.kind in ({ties})
"""
TOUCHED = """
select provider, provider_record_id from changed
union
select last.provider, last.provider_record_id
from last_resolved as last
inner join components on last.component = components.component
"""
TOUCHED_RECORDS = """
select records.provider, records.provider_record_id, records.name, records.fingerprint, records.first_seen_at
from {records} as records
inner join
    touched
    on records.provider = touched.provider
    and records.provider_record_id = touched.provider_record_id
"""
TOUCHED_VALUES = """
select held.provider, held.provider_record_id, held.kind, held.value
from {values} as held
inner join
    touched
    on held.provider = touched.provider
    and held.provider_record_id = touched.provider_record_id
where not held.is_crowded
"""
HISTORY = """
select assignments.provider, assignments.provider_record_id, assignments.id, assignments.matched_by, ages.born,
    row_number() over (
        partition by assignments.provider, assignments.provider_record_id
        order by assignments.generation desc, assignments._dlt_load_id desc
    ) as place
from {schema}.assignments as assignments
inner join
    touched
    on assignments.provider = touched.provider
    and assignments.provider_record_id = touched.provider_record_id
left join
    (select id, min(generation) as born from {schema}.assignments where entity = '{entity}' group by id) as ages
    on assignments.id = ages.id
where assignments.entity = '{entity}'
"""


def prepare(warehouse: Warehouse) -> None:
    """Creates the tables, so that SQL can read them."""
    if not warehouse.tables(SCHEMA) >= set(TABLES):
        warehouse.append("identity", SCHEMA, {name: schema.empty_table() for name, schema in TABLES.items()})


def resolve_all(warehouse: Warehouse, as_of: datetime, anew: bool = False) -> None:
    """Gives every record its person or company, and appends what changed since the last time.

    Args:
        as_of: the time of what happens to ids.
        anew: whether to look at every record again; ids stay.
    """
    warehouse.drain(warehouse.pipeline("identity", SCHEMA))
    generations = (
        warehouse.query(f"select max(generation) from {SCHEMA}.{name}") for name in ("resolved", "assignments")
    )
    generation = 1 + max(int(found[0][0] or 0) if found else 0 for found in generations)
    parts = [_resolve(warehouse, entity, generation, as_of, anew) for entity in ENTITIES]
    tables = {name: pa.concat_tables([part[name] for part in parts]).combine_chunks() for name in TABLES}
    if any(len(table) for table in tables.values()):
        warehouse.append("identity", SCHEMA, tables)


CORRECTED = "select distinct entity from seeds.identity_corrections"
UNKNOWN = """
select distinct said.provider, said.provider_record_id
from
    (
        select entity, provider, provider_record_id from seeds.identity_corrections
        union
        select entity, other_provider, other_provider_record_id from seeds.identity_corrections
    ) as said
left join {records} as records
    on said.provider = records.provider and said.provider_record_id = records.provider_record_id
where said.entity = '{entity}' and records.provider is null
order by 1, 2
"""


def unknown_corrections(warehouse: Warehouse) -> list[str]:
    """A sentence for each record that a correction by hand names and that is not there."""
    corrected = {str(entity) for (entity,) in warehouse.query(CORRECTED)}
    return [
        f"identity_corrections.csv names the {entity.name} record {provider} {record}, which is not here; that correction does nothing."
        for entity in ENTITIES
        if entity.name in corrected
        for provider, record in warehouse.query(UNKNOWN.format(records=entity.records, entity=entity.name))
    ]


def _resolve(warehouse: Warehouse, entity: Entity, generation: int, as_of: datetime, anew: bool) -> dict[str, pa.Table]:
    records, values, history = _touched(warehouse, entity, anew)
    last = history.filter(pc.equal(history["place"], 1))
    given = {id for id in pc.unique(history["id"]).to_pylist() if id is not None}
    before = last.select(ASSIGNMENTS.names).cast(ASSIGNMENTS)
    found = resolve(entity.rules, records.select(RECORDS.names), values, before, given)
    return _tables(entity, found, records, generation, as_of)


def _touched(warehouse: Warehouse, entity: Entity, anew: bool) -> tuple[pa.Table, pa.Table, pa.Table]:
    """The touched records with name and fingerprint, their values, and every assignment they ever had."""
    places = {
        "schema": SCHEMA, "entity": entity.name, "records": entity.records, "values": entity.values,
        "ties": ", ".join(f"'{rule.kind}'" for rule in entity.rules.rules),
        "version": "" if anew else entity.rules.version,
    }  # fmt: skip
    steps = {"last_resolved": LAST, "changed": CHANGED, "components": COMPONENTS, "touched": TOUCHED}
    with warehouse.reader() as client:
        for name, sql in steps.items():
            client.execute_sql(f"create temporary table {name} as {sql.format(**places)}")
        tables = [_arrow(client, sql.format(**places)) for sql in (TOUCHED_RECORDS, TOUCHED_VALUES, HISTORY)]
        for name in steps:
            client.execute_sql(f"drop table {name}")
    records, values, history = tables
    text = pa.schema([(name, pa.string()) for name in (*RECORDS.names, "fingerprint")])
    # Sorted here, by bytes: databases sort texts each in their own way, and new ids are named by this order.
    records, history = _sorted(records, "first_seen_at"), _sorted(history, "born")
    return records.select(text.names).cast(text), values.cast(VALUES), history


def _sorted(table: pa.Table, first: str) -> pa.Table:
    return table.sort_by([(name, "ascending") for name in (first, "provider", "provider_record_id")])


def _arrow(client: Any, sql: str) -> pa.Table:
    with client.execute_query(sql) as cursor:
        rows: pa.Table = cursor.arrow()
        return rows


def _tables(
    entity: Entity, found: Resolution, records: pa.Table, generation: int, as_of: datetime
) -> dict[str, pa.Table]:
    gone = found.changed.filter(pc.is_null(found.changed["id"]))
    looked_at = pa.concat_tables(
        # Of records that are gone, fingerprint and component are null.
        [records.append_column("component", found.components), gone.select(["provider", "provider_record_id"])],
        promote_options="default",
    )
    events = [
        {"entity": entity.name, "id": one.id, "change": one.change, "into_id": one.into_id, "generation": generation,
         "effective_at": as_of}
        for one in found.events
    ]  # fmt: skip
    return {
        "assignments": _table(
            "assignments", found.changed, entity=entity.name, generation=generation, assigned_at=as_of
        ),
        "events": pa.Table.from_pylist(events, schema=TABLES["events"]),
        "edges": _table("edges", found.evidence, entity=entity.name, generation=generation),
        "resolved": _table(
            "resolved", looked_at, entity=entity.name, rules=entity.rules.version, generation=generation
        ),
    }


def _table(name: str, rows: pa.Table, **everywhere: Any) -> pa.Table:
    """Rows in the form of one of `TABLES`, with what all of them have."""
    schema = TABLES[name]
    columns: Sequence[Any] = [
        pa.repeat(pa.scalar(everywhere[field.name], field.type), len(rows))
        if field.name in everywhere
        else rows[field.name].cast(field.type)
        for field in schema
    ]
    return pa.table(list(columns), schema=schema)
