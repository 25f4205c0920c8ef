"""What of staging a build needs to touch: what was loaded since the last one, or all of it when its models changed.

Three of four models of a build are staging's, and from one sync to the next most raw tables get no row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sources.metered import digest

from .warehouse import Warehouse

STAGING = "staging"
OPENED = f"{STAGING}.opened_loads"
"""(dataset, load_id) of each load that staging holds; with the dataset `models`, the models it was built with."""
MODELS = "models"
LOADS = "_dlt_loads"
BETWEEN = "intermediate"
DICTIONARY = "dictionary"
"""The tag of the views on dictionaries."""
EVERYTHING = ("resource_type:seed", "path:models/staging", f"tag:{DICTIONARY}")


@dataclass(frozen=True, slots=True)
class Due:
    """What the next build does of staging.

    Attributes:
        selection: dbt's node selection.
        opens: the rows of `opened_loads` that are true once it is done.
        models: see `opened_loads`.
        anew: whether nothing of `opened_loads` counts any more.
    """

    selection: tuple[str, ...]
    opens: tuple[tuple[str, str], ...]
    models: str
    anew: bool


def due(warehouse: Warehouse, manifest: Any) -> Due:
    """What is due by what the warehouse holds; `opened` notes that it is done."""
    models = _models(manifest)
    feeds = dict(_feeds(manifest))
    tables = {
        (str(row[0]), str(row[1]))
        for row in warehouse.query(
            "select table_schema, table_name from information_schema.tables "
            f"where table_schema in ('{STAGING}', '{BETWEEN}', 'seeds') or table_name = '{LOADS}'"
        )
    }
    complete = _complete(warehouse, sorted({dataset for dataset, _ in feeds.values() if (dataset, LOADS) in tables}))
    before = {(str(row[0]), str(row[1])) for row in warehouse.query(f"select dataset, load_id from {OPENED}")}
    standing = {name for schema, name in tables if schema in (STAGING, BETWEEN, "seeds")}
    if (MODELS, models) not in before or not _names(manifest) <= standing:
        return Due(EVERYTHING, tuple(sorted(complete)), models, anew=True)
    new = complete - before
    fed = _fed(warehouse, sorted(set(feeds.values())), new)
    return Due(
        tuple(sorted(name for name, table in feeds.items() if table in fed)), tuple(sorted(new)), models, anew=False
    )


def opened(warehouse: Warehouse, done: Due) -> None:
    """Notes that what was due is done."""
    rows = [*done.opens, *([(MODELS, done.models)] if done.anew else [])]
    with warehouse.reader() as client, client.begin_transaction():
        client.execute_sql(f"create table if not exists {OPENED} (dataset varchar, load_id varchar)")
        if done.anew:
            client.execute_sql(f"delete from {OPENED}")
        if rows:
            # Written out: DuckDB takes a dozen times as long for a statement with parameters.
            values = ", ".join(f"('{dataset}', '{load_id}')" for dataset, load_id in rows)
            client.execute_sql(f"insert into {OPENED} values {values}")


def _complete(warehouse: Warehouse, datasets: list[str]) -> set[tuple[str, str]]:
    """(dataset, load_id) of each load that is in the warehouse whole."""
    asked = [f"select '{dataset}', load_id from {dataset}.{LOADS} where status = 0" for dataset in datasets]
    if not asked:
        return set()
    return {(str(row[0]), str(row[1])) for row in warehouse.query(" union all ".join(asked))}


def _fed(warehouse: Warehouse, tables: list[tuple[str, str]], loads: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The raw tables that have rows of these loads."""
    asked = []
    for dataset, table in tables:
        ids = ", ".join(f"'{load_id}'" for name, load_id in sorted(loads) if name == dataset)
        if ids:
            asked.append(
                f"select '{dataset}', '{table}' where exists (select 1 from {dataset}.{table} where _dlt_load_id in ({ids}))"
            )
    if not asked:
        return set()
    return {(str(row[0]), str(row[1])) for row in warehouse.query(" union all ".join(asked))}


def _staging(manifest: Any) -> Iterator[Any]:
    for node in manifest.nodes.values():
        if node.resource_type == "model" and node.schema == STAGING:
            yield node


def _views(manifest: Any) -> Iterator[Any]:
    """The views on dictionaries: what they show changes with no build."""
    for node in manifest.nodes.values():
        if node.resource_type == "model" and DICTIONARY in node.tags:
            yield node


def _names(manifest: Any) -> set[str]:
    seeds = {str(node.alias) for node in manifest.nodes.values() if node.resource_type == "seed"}
    return {str(node.alias) for node in (*_staging(manifest), *_views(manifest))} | seeds


def _feeds(manifest: Any) -> Iterator[tuple[str, tuple[str, str]]]:
    """The raw table (dataset, name) that each model of staging is made of, itself or by way of another."""
    nodes: Mapping[str, Any] = manifest.nodes
    for node in _staging(manifest):
        at = node
        while not (raw := [manifest.sources[one] for one in at.depends_on.nodes if one in manifest.sources]):
            at = nodes[at.depends_on.nodes[0]]
        table = next(one for one in raw if one.identifier != LOADS)
        yield str(node.name), (str(table.schema), str(table.identifier))


def _models(manifest: Any) -> str:
    """Changes with whatever makes staging: its models, seeds and macros."""
    made = (*_staging(manifest), *_views(manifest))
    parts = [f"{node.name} {node.checksum.checksum} {node.config.materialized}" for node in made]
    parts += [
        f"{node.name} {node.checksum.checksum}" for node in manifest.nodes.values() if node.resource_type == "seed"
    ]
    parts += [
        f"{macro.name} {macro.macro_sql}" for macro in manifest.macros.values() if macro.package_name == "leadhouse"
    ]
    return digest(*sorted(parts))
