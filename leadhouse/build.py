"""The build: staging, dictionaries, intermediate, identity, marts, publish; one process, one dbt manifest."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import dlt
import pyarrow as pa
from dlt.extract import DltResource

from sources.landing import linkedin_page
from transforms.dbt import Dbt, Step
from transforms.dictionaries import KINDS, Dictionaries
from transforms.identity import COMPANIES, PEOPLE, Assignment, Identifier, RecordKey, Rules, resolve
from transforms.publish import PublishedTable, publish
from transforms.survivorship import wrong_rules

from . import staged
from .warehouse import Warehouse

PROJECT = Path(__file__).resolve().parent.parent / "dbt_project"
DICTIONARIES = "leadhouse_dictionaries"
IDENTITY = "leadhouse_identity"
MARTS = "marts"
RULES = "_rules"
"""The column of a dictionary that says by which rules a value was read."""
ARROW = {"text": pa.string(), "boolean": pa.bool_(), "integer": pa.int64(), "number": pa.float64()}
ASSIGNMENTS = pa.schema(
    [
        ("entity", pa.string()), ("provider", pa.string()), ("provider_record_id", pa.string()), ("id", pa.string()),
        ("matched_by", pa.string()), ("generation", pa.int64()), ("assigned_at", pa.timestamp("us")),
    ]
)  # fmt: skip
EVENTS = pa.schema(
    [
        ("entity", pa.string()), ("id", pa.string()), ("change", pa.string()), ("into_id", pa.string()),
        ("generation", pa.int64()), ("effective_at", pa.timestamp("us")),
    ]
)  # fmt: skip


@dataclass
class Built:
    """How a build ended.

    Attributes:
        stopped: whether a stop was asked for before it was finished.
        published: the published file; None when it was not finished, and the older copy is still there.
    """

    failed: bool = False
    stopped: bool = False
    published: str | None = None
    notes: list[str] = field(default_factory=list)


def build(
    warehouse: Warehouse, as_of: datetime, stage: Callable[[str], None], goes_on: Callable[[], bool] = lambda: True
) -> Built:
    """Builds all models from raw and publishes the marts; asks no provider.

    Args:
        goes_on: asked before each step; when it says no, the build ends there and can be repeated.
    """
    built = Built()
    if not goes_on():
        return _stopped(built)
    (warehouse.instance.folder / "tmp").mkdir(exist_ok=True, mode=0o700)
    dbt = Dbt(PROJECT, warehouse.instance.folder / "dbt", warehouse.dbt_environment())
    stage("Building: reading the models")
    _prepare(warehouse)
    # Tests run as soon as all they look at is built, and not before.
    cautious = ("--indirect-selection", "cautious")
    evidence = ("--select", "path:models/intermediate", "--exclude", "tag:values", "tag:resolved")
    marts = ("--select", "tag:resolved", "path:models/marts", "test_type:singular")
    steps: tuple[tuple[str, Callable[[], Step | None]], ...] = (
        ("Building: rules", _check_rules),
        ("Building: staging", lambda: _open_loads(warehouse, dbt, cautious)),
        ("Building: dictionaries", lambda: _look_up_values(warehouse)),
        ("Building: evidence", lambda: dbt.run("build", *evidence, *cautious)),
        ("Building: identity", lambda: _resolve_all(warehouse, as_of)),
        ("Building: marts", lambda: dbt.run("build", *marts, *cautious)),
    )
    for words, run in steps:
        if not goes_on():
            return _stopped(built)
        stage(words)
        step = run()
        if step is None:
            continue
        built.notes.extend(f"dbt warns: {node}: {message}" for node, message in step.warned)
        if step.failed:
            built.failed = True
            built.notes.append(
                "The build failed; the published copy is as it was. Mend the cause, then run `leadhouse build`."
            )
            built.notes.extend(f"  {node}: {message}" for node, message in step.failed[:10])
            return built
    if not goes_on():
        return _stopped(built)
    stage("Building: publishing")
    path = warehouse.settings.published_file()
    publish(path, MARTS, _marts(warehouse, dbt.manifest))
    built.published = str(path)
    return built


def _stopped(built: Built) -> Built:
    built.stopped = True
    built.notes.append(
        "The marts were not built, since a stop was asked for; `leadhouse build` builds them from what was loaded."
    )
    return built


def _prepare(warehouse: Warehouse) -> None:
    """Creates the tables that Python fills and SQL reads."""
    columns: dict[tuple[str, str], set[str]] = {}
    for schema, table, column in warehouse.query(
        "select table_schema, table_name, column_name from information_schema.columns "
        f"where table_schema in ('{DICTIONARIES}', '{IDENTITY}')"
    ):
        columns.setdefault((str(schema), str(table)), set()).add(str(column))
    existing = set(columns)
    schemas = {kind: _dictionary_schema(kind) for kind in KINDS}
    if not all(set(schema.names) <= columns.get((DICTIONARIES, kind), set()) for kind, schema in schemas.items()):
        # A load without rows makes the tables and columns that an older Leadhouse did not know.
        _load(warehouse, "dictionaries", DICTIONARIES, {kind: schema.empty_table() for kind, schema in schemas.items()})
    if not {(IDENTITY, "assignments"), (IDENTITY, "events")} <= existing:
        _load(
            warehouse, "identity", IDENTITY, {"assignments": ASSIGNMENTS.empty_table(), "events": EVENTS.empty_table()}
        )


def _check_rules() -> Step | None:
    """Refuses rules of survivorship that cannot be followed, before anything is built by them."""
    wrong = wrong_rules(_seed("survivorship_rules"))
    return Step(tuple(("survivorship_rules", sentence) for sentence in wrong), (), 0) if wrong else None


def _open_loads(warehouse: Warehouse, dbt: Dbt, cautious: tuple[str, ...]) -> Step:
    """Brings staging up to what was loaded."""
    due = staged.due(warehouse, dbt.manifest)
    step = dbt.run("build", "--select", *due.selection, "tag:values", *cautious)
    if not step.failed:
        staged.opened(warehouse, due)
    return step


def _look_up_values(warehouse: Warehouse) -> None:
    """Normalises every value that no dictionary holds yet, or that it holds by other rules than today's."""
    warehouse.drain(warehouse.pipeline("dictionaries", DICTIONARIES))
    dictionaries = Dictionaries.read(_seed, linkedin_page)
    found: dict[str, pa.Table] = {}
    for kind in KINDS:
        rules = dictionaries.rules(kind)
        # The last row of a value counts: rules that are back again find their own rows behind those of others.
        unseen = warehouse.query(
            f"select distinct v.value, v.hint from intermediate.int_values as v left join ("
            f"select value, hint, {RULES}, row_number() over (partition by value, hint order by _dlt_load_id desc) as place "
            f"from {DICTIONARIES}.{kind}) as d on v.value = d.value and v.hint = d.hint and d.place = 1 "
            f"where v.kind = '{kind}' and (d.{RULES} is null or d.{RULES} <> '{rules}')"
        )
        if unseen:
            rows = [{**dictionaries.normalise(kind, str(value), str(hint)), RULES: rules} for value, hint in unseen]
            found[kind] = pa.Table.from_pylist(rows, schema=_dictionary_schema(kind))
    if found:
        _load(warehouse, "dictionaries", DICTIONARIES, found)


def _resolve_all(warehouse: Warehouse, as_of: datetime) -> None:
    """Gives every record its person or company, and appends what changed."""
    warehouse.drain(warehouse.pipeline("identity", IDENTITY))
    rows = warehouse.query(f"select max(generation) from {IDENTITY}.assignments")
    generation = int(rows[0][0] or 0) + 1 if rows else 1
    changed: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    for rules, records_of, identifiers_of in (
        (PEOPLE, "int_person_records", "int_person_identifiers"),
        (COMPANIES, "int_company_records", "int_company_identifiers"),
    ):
        records: list[RecordKey] = [
            (str(row[0]), str(row[1]))
            for row in warehouse.query(
                f"select provider, provider_record_id from intermediate.{records_of} "
                "order by first_seen_at, provider, provider_record_id"
            )
        ]
        identifiers = [
            Identifier((str(row[0]), str(row[1])), str(row[2]), str(row[3]))
            for row in warehouse.query(
                f"select provider, provider_record_id, kind, value from intermediate.{identifiers_of}"
            )
        ]
        before, given = _before(warehouse, rules)
        now, happened = resolve(rules, records, identifiers, before, given)
        changed.extend(
            {"entity": rules.entity, "provider": one.record[0], "provider_record_id": one.record[1], "id": one.id,
             "matched_by": one.matched_by, "generation": generation, "assigned_at": as_of}
            for one in now
        )  # fmt: skip
        events.extend(
            {"entity": rules.entity, "id": event.id, "change": event.change, "into_id": event.into_id,
             "generation": generation, "effective_at": as_of}
            for event in happened
        )  # fmt: skip
    if changed or events:
        tables = {
            "assignments": pa.Table.from_pylist(changed, schema=ASSIGNMENTS),
            "events": pa.Table.from_pylist(events, schema=EVENTS),
        }
        _load(warehouse, "identity", IDENTITY, tables)


def _before(warehouse: Warehouse, rules: Rules) -> tuple[dict[RecordKey, Assignment], set[str]]:
    """The latest assignment of each record, the oldest first; and every id that was ever given."""
    latest: dict[RecordKey, Assignment] = {}
    given: set[str] = set()
    for provider, record_id, id, matched_by in warehouse.query(
        f"select provider, provider_record_id, id, matched_by from {IDENTITY}.assignments "
        f"where entity = '{rules.entity}' order by generation, provider, provider_record_id"
    ):
        record = (str(provider), str(record_id))
        latest[record] = Assignment(record, id, str(matched_by))
        given |= {id} if id is not None else set()
    return latest, given


def _marts(warehouse: Warehouse, manifest: Any) -> Iterator[PublishedTable]:
    nodes = [node for node in manifest.nodes.values() if node.resource_type == "model" and node.schema == MARTS]
    for node in sorted(nodes, key=lambda node: str(node.name)):
        comments = {name: str(column.description) for name, column in node.columns.items()}
        yield PublishedTable(
            node.name, warehouse.arrow(f"select * from {MARTS}.{node.name}"), str(node.description), comments
        )


def _load(warehouse: Warehouse, name: str, dataset: str, tables: dict[str, pa.Table]) -> None:
    pipeline = warehouse.pipeline(name, dataset)
    warehouse.run(pipeline, dlt.source(lambda: [_resource(table, rows) for table, rows in tables.items()], name=name)())


def _resource(name: str, rows: pa.Table) -> DltResource:
    hints: Any = {
        field.name: {"data_type": "timestamp", "timezone": False, "precision": 6}
        for field in rows.schema
        if pa.types.is_timestamp(field.type)
    }
    if "hint" in rows.schema.names:
        # Loaded as CSV, empty text is null where null is allowed; a value without a hint has the empty text.
        hints["hint"] = {"data_type": "text", "nullable": False}
    return dlt.resource([rows], name=name, write_disposition="append", columns=hints)


def _dictionary_schema(kind: str) -> pa.Schema:
    columns = {"value": "text", "hint": "text", **KINDS[kind], RULES: "text"}
    return pa.schema([(name, ARROW[type]) for name, type in columns.items()])


def _seed(name: str) -> list[dict[str, str]]:
    with open(PROJECT / "seeds" / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
