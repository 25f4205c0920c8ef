"""The build: staging, dictionaries, intermediate, identity, marts, publish; one process, one dbt manifest."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from sources.landing import linkedin_page
from transforms.dbt import Dbt, Step
from transforms.dictionaries import KINDS, Dictionaries
from transforms.identity import wrong_corrections
from transforms.publish import PublishedTable, publish
from transforms.survivorship import wrong_rules

from . import staged
from .failures import CannotDo
from .identity import prepare, resolve_all, unknown_corrections
from .settings import Settings
from .warehouse import Warehouse

PROJECT = Path(__file__).resolve().parent.parent / "dbt_project"
DICTIONARIES = "leadhouse_dictionaries"
MARTS = "marts"
DIFFERS = "warn_of_credits_that_differ_from_the_meter"
"""The data test that warns where ledger and meters differ and the ledger cannot tell why."""
RULES = "_rules"
"""The column of a dictionary that says by which rules a value was read."""
ARROW = {"text": pa.string(), "boolean": pa.bool_(), "integer": pa.int64(), "number": pa.float64()}


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
    warehouse: Warehouse,
    as_of: datetime,
    stage: Callable[[str], None],
    goes_on: Callable[[], bool] = lambda: True,
    *,
    identity_anew: bool = False,
) -> Built:
    """Builds all models from raw and publishes the marts; asks no provider.

    Args:
        goes_on: asked before each step; when it says no, the build ends there and can be repeated.
        identity_anew: whether to look at the identity of every record again, not only of those that new evidence touches.
    """
    built = Built()
    if not goes_on():
        return _stopped(built)
    (warehouse.instance.folder / "tmp").mkdir(exist_ok=True, mode=0o700)
    dbt = Dbt(PROJECT, warehouse.instance.folder / "dbt", warehouse.dbt_environment(), warehouse.dbt_names())
    stage("Building: reading the models")
    _prepare(warehouse)
    # Tests run as soon as all they look at is built, and not before.
    cautious = ("--indirect-selection", "cautious")
    evidence = ("--select", "path:models/intermediate", "--exclude", "tag:values", "tag:resolved", "tag:dictionary")
    marts = ("--select", "tag:resolved", "path:models/marts", "path:models/semantic", "test_type:singular")
    steps: tuple[tuple[str, Callable[[], Step | None]], ...] = (
        ("Building: rules", _check_rules),
        ("Building: staging", lambda: _open_loads(warehouse, dbt, cautious)),
        ("Building: dictionaries", lambda: _look_up_values(warehouse)),
        ("Building: evidence", lambda: dbt.run("build", *evidence, *cautious)),
        ("Building: identity", lambda: resolve_all(warehouse, as_of, identity_anew)),
        ("Building: marts", lambda: dbt.run("build", *marts, *cautious)),
    )
    for words, run in steps:
        if not goes_on():
            return _stopped(built)
        stage(words)
        step = run()
        if step is None:
            continue
        built.notes.extend(_warning(*warned) for warned in step.warned)
        if step.failed:
            built.failed = True
            built.notes.append(
                "The build failed; the published copy is as it was. Mend the cause, then run `leadhouse build`."
            )
            built.notes.extend(f"  {node}: {message}" for node, message in step.failed[:10])
            return built
    if not goes_on():
        return _stopped(built)
    built.notes.extend(unknown_corrections(warehouse))
    stage("Building: publishing")
    path = warehouse.settings.published_file()
    publish(path, MARTS, _marts(warehouse, dbt.manifest))
    built.published = str(path)
    if warehouse.settings.dashboard.after_build:
        stage("Building: the dashboard")
        built.notes.extend(_write_dashboard(warehouse.settings, as_of))
    return built


def _write_dashboard(settings: Settings, as_of: datetime) -> list[str]:
    """What was published is published, whether or not a page of it can be written."""
    from .dashboard import write_dashboard

    try:
        written = write_dashboard(settings, as_of)
    except CannotDo as problem:
        return [f"The marts were published, but not the dashboard. {problem.sentence}"]
    return [*written.notes(), f"Dashboard: {written.path}"]


def _warning(node: str, message: str, count: int) -> str:
    """What a data test that warns says, as a sentence where there is one."""
    if node == DIFFERS:
        where = "In 1 interval" if count == 1 else f"In {count} intervals"
        return f"{where} of the last month a provider's meter and the ledger differ: `leadhouse credits` says why."
    return f"dbt warns: {node}: {message}"


def _stopped(built: Built) -> Built:
    built.stopped = True
    built.notes.append(
        "The marts were not built, since a stop was asked for; `leadhouse build` builds them from what was loaded."
    )
    return built


def _prepare(warehouse: Warehouse) -> None:
    """Creates the tables that Python fills and SQL reads."""
    columns: dict[str, set[str]] = {}
    for table, column in warehouse.query(
        f"select table_name, column_name from information_schema.columns where table_schema = '{DICTIONARIES}'"
    ):
        columns.setdefault(str(table), set()).add(str(column))
    schemas = {kind: _dictionary_schema(kind) for kind in KINDS}
    if not all(set(schema.names) <= columns.get(kind, set()) for kind, schema in schemas.items()):
        # A load without rows makes the tables and columns that an older Leadhouse did not know.
        empty = {kind: schema.empty_table() for kind, schema in schemas.items()}
        warehouse.append("dictionaries", DICTIONARIES, empty)
    prepare(warehouse)


def _check_rules() -> Step | None:
    """Refuses rules and corrections that cannot be followed, before anything is built by them."""
    checks: dict[str, Callable[[list[dict[str, str]]], list[str]]] = {
        "survivorship_rules": wrong_rules,
        "identity_corrections": wrong_corrections,
    }
    wrong = tuple((seed, sentence) for seed, check in checks.items() for sentence in check(_seed(seed)))
    return Step(wrong, (), 0) if wrong else None


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
        warehouse.append("dictionaries", DICTIONARIES, found)


def _marts(warehouse: Warehouse, manifest: Any) -> Iterator[PublishedTable]:
    nodes = [node for node in manifest.nodes.values() if node.resource_type == "model" and node.schema == MARTS]
    for node in sorted(nodes, key=lambda node: str(node.name)):
        comments = {name: str(column.description) for name, column in node.columns.items()}
        yield PublishedTable(
            node.name, warehouse.arrow(f"select * from {MARTS}.{node.name}"), str(node.description), comments
        )


def _dictionary_schema(kind: str) -> pa.Schema:
    columns = {"value": "text", "hint": "text", **KINDS[kind], RULES: "text"}
    return pa.schema([(name, ARROW[type]) for name, type in columns.items()])


def _seed(name: str) -> list[dict[str, str]]:
    with open(PROJECT / "seeds" / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
