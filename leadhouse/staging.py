"""Writes dbt's staging from the record models: names, types and descriptions stand once, in the records.

The tables of keys and names in the sources' READMEs are written from their models, too.

python -m leadhouse.staging           writes dbt_project/models/staging, and the tables in sources/*/README.md
python -m leadhouse.staging --check   exits 1 when what is there differs
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from sources.landing import RAW_COLUMNS, Column, Entity, columns

from . import books, readmes
from .catalogue import SOURCES

FOLDER = Path(__file__).resolve().parent.parent / "dbt_project" / "models" / "staging"
HEADER = "Written by `make staging` from the record models in sources/; change it there."
CARRIED = (
    "_row_id",
    "record_key",
    "_selection",
    "_record_hash",
    "_request_id",
    "_fetched_at",
    "_parsed_at",
    "_dlt_load_id",
)
FRESHNESS = {"warn_after": {"count": 36, "period": "hour"}, "error_after": {"count": 7, "period": "day"}}
LOAD_ID = "The dlt load that brought it."
READABLE = ("_is_readable", "Whether the record model could read it; null is true.")
CONFIG = (
    "{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='append_new_columns') }}"
)
"""A record model that learns a field gives its base a column; rows from before have it once they are read again."""


def files() -> dict[str, str]:
    """All generated files, by path below `models/staging`."""
    written: dict[str, str] = {}
    for source in SOURCES.values():
        models: list[dict[str, Any]] = []
        for entity in source.entities:
            for name, sql, described in _models(source.name, entity):
                written[f"{source.name}/{name}.sql"] = sql
                models.append(described)
        written[f"{source.name}/_{source.name}__models.yml"] = _yaml({"version": 2, "models": models})
        written[f"{source.name}/_{source.name}__sources.yml"] = _yaml(
            _source(source.name, source.dataset, source.entities)
        )
    models = []
    for table, (description, declared) in books.TABLES.items():
        name = f"stg_leadhouse__{table}"
        written[f"leadhouse/{name}.sql"] = _book(table, list(declared))
        models.append(
            _described(name, description, [(column, text) for column, (_, text) in declared.items()], BOOK_KEYS[table])
        )
    written["leadhouse/_leadhouse__models.yml"] = _yaml({"version": 2, "models": models})
    written["leadhouse/_leadhouse__sources.yml"] = _yaml(_book_source())
    return written


BOOK_KEYS = {
    "requests": ("request_id",),
    "request_credits": ("request_id", "credit_type"),
    "request_units": ("request_id", "credit_type", "unit"),
    "windows": ("sync_id", "provider", "resource", "window_id"),
    "drift": ("request_id", "entity", "kind", "field"),
    "quarantine": ("row_id",),
    "quarantine_settlements": ("row_id", "settlement", "settled_at"),
    "lookups": ("request_id", "line"),
    "pushes": ("sync_id", "provider", "push", "line"),
    "savings": ("saving_id", "reason", "credit_type"),
    "syncs": ("sync_id",),
    "instances": ("source", "instance_id", "bound_at"),
}
"""What makes a row of the books one row: loads are at-least-once."""
BOOK_CONDITIONS = {"drift": " and occurrences > 0"}
"""What was counted once and is found no more is no surprise."""


def _models(provider: str, entity: Entity) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(name, SQL, yml) of an entity's models: a base that opens each raw row once, and a view that holds each row once."""
    declared = list(columns(entity.model))
    plain = [column for column in declared if not column.is_list]
    stem = f"{provider}__{entity.name}"
    yield from _pair(stem, _base(provider, entity, plain), entity.description, plain)
    for column in declared:
        if column.is_list:
            child = f"{stem}__{column.name}"
            fields = list(column.children) if column.children else [
                Column("value", (), column.type, column.description)
            ]  # fmt: skip
            opened = [replace(field, is_list=False, description=_nested(field)) for field in fields]
            description = f"One row per entry of `{column.name}` of each row of `stg_{stem}`. {column.description}"
            yield from _pair(child, _list_base(provider, entity, column, opened), description, opened, parent=stem)


def _nested(field: Column) -> str:
    return f"{field.description} A list, as JSON text." if field.is_list else field.description


def _pair(
    stem: str, base_sql: str, description: str, declared: list[Column], parent: str | None = None
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Base and view of an entity, or of a list in the rows of `parent`."""
    described = [(name, RAW_COLUMNS.get(name, LOAD_ID)) for name in CARRIED]
    if parent is not None:
        described.append(("position", "Place in the list, from 1."))
    described.extend((column.name, column.description) for column in declared)
    in_base = described if parent is not None else [*described, READABLE]
    versions = "Holds every version of a row, and loads may repeat rows."
    yield f"base_{stem}", base_sql, _described(f"base_{stem}", f"{description} {versions}", in_base, ())
    names = ",\n    ".join(name for name, _ in described)
    sql = _current(stem, names) if parent is None else _current_entries(stem, parent, names)
    keys = ("_row_id",) if parent is None else ("_row_id", "position")
    yield f"stg_{stem}", sql, _described(f"stg_{stem}", description, described, keys)


def _current(stem: str, names: str) -> str:
    """The newest version of each row, unless that one could not be read."""
    return (
        f"-- {HEADER}\n"
        "with numbered as (\n\n"
        "    select\n"
        "        *,\n"
        "        row_number() over (partition by _row_id order by _parsed_at desc, _dlt_load_id desc) as version\n"
        f"    from {{{{ ref('base_{stem}') }}}}\n\n"
        ")\n\n"
        f"select\n    {names}\nfrom numbered\nwhere version = 1 and coalesce(_is_readable, true)\n"
    )


def _current_entries(stem: str, parent: str, names: str) -> str:
    """The entries of the very version that counts; an older one may have had more of them."""
    same = "\n        and ".join(f"entries.{key} = parents.{key}" for key in ("_row_id", "_parsed_at", "_dlt_load_id"))
    return (
        f"-- {HEADER}\n"
        "with numbered as (\n\n"
        "    select\n"
        "        entries.*,\n"
        "        row_number() over (partition by entries._row_id, entries.position order by entries._parsed_at) as repetition\n"
        f"    from {{{{ ref('base_{stem}') }}}} as entries\n"
        f"    inner join {{{{ ref('stg_{parent}') }}}} as parents\n"
        f"        on {same}\n\n"
        ")\n\n"
        f"select\n    {names}\nfrom numbered\nwhere repetition = 1\n"
    )


def _base(provider: str, entity: Entity, declared: list[Column]) -> str:
    fields = (f"{_field('record', column)} as {column.name}" for column in declared)
    lines = [*CARRIED, *fields, f"record is not null as {READABLE[0]}"]
    selected = ",\n    ".join(lines)
    return (
        f"-- {HEADER}\n"
        f"{CONFIG}\n\n"
        f"select\n    {selected}\n"
        f"from {{{{ source('raw_{provider}', '{entity.name}') }}}}\n"
        f"where {{{{ complete_and_new_loads('raw_{provider}') }}}}\n"
    )


def _list_base(provider: str, entity: Entity, column: Column, declared: list[Column]) -> str:
    carried = ",\n    ".join((*CARRIED, "position"))
    fields = ",\n    ".join(f"{_field('element', field)} as {field.name}" for field in declared)
    path = ", ".join(f"'{step}'" for step in column.path)
    return (
        f"-- {HEADER}\n"
        f"{CONFIG}\n\n"
        "with opened as (\n\n"
        f"    {{{{ record_list(source('raw_{provider}', '{entity.name}'), [{path}], {list(CARRIED)!r}, "
        f"complete_and_new_loads('raw_{provider}')) }}}}\n\n"
        ")\n\n"
        f"select\n    {carried},\n    {fields}\nfrom opened\n"
    )


def _field(column: str, field: Column) -> str:
    path = ", ".join(f"'{step}'" for step in field.path)
    return f"{{{{ record_field('{column}', [{path}], '{field.type}') }}}}"


def _book(table: str, declared: list[str]) -> str:
    keys = ", ".join(BOOK_KEYS[table])
    names = ",\n    ".join(declared)
    return (
        f"-- {HEADER}\n"
        "with numbered as (\n\n"
        "    select\n"
        "        *,\n"
        f"        row_number() over (partition by {keys} order by _dlt_load_id desc) as version\n"
        f"    from {{{{ source('{books.DATASET}', '{table}') }}}}\n\n"
        ")\n\n"
        f"select\n    {names}\nfrom numbered\nwhere version = 1{BOOK_CONDITIONS.get(table, '')}\n"
    )


def _source(provider: str, dataset: str, entities: tuple[Entity, ...]) -> dict[str, Any]:
    tables: list[dict[str, Any]] = [
        {
            "name": entity.name,
            "description": entity.description,
            "config": {"loaded_at_field": "_fetched_at", "freshness": FRESHNESS},
            "columns": [
                {"name": name, "description": text} for name, text in (*RAW_COLUMNS.items(), ("_dlt_load_id", LOAD_ID))
            ],
        }
        for entity in entities
    ]
    tables.append({"name": "_dlt_loads", "description": "One row per dlt load; status 0 is complete."})
    return {
        "version": 2,
        "sources": [{"name": dataset, "description": f"What {provider} answered, word for word.", "tables": tables}],
    }


def _book_source() -> dict[str, Any]:
    tables = [
        {
            "name": name,
            "description": description,
            "columns": [{"name": column, "description": text} for column, (_, text) in declared.items()],
        }
        for name, (description, declared) in books.TABLES.items()
    ]
    return {
        "version": 2,
        "sources": [{"name": books.DATASET, "description": "The books of Leadhouse itself.", "tables": tables}],
    }


def _described(name: str, description: str, described: list[tuple[str, str]], keys: tuple[str, ...]) -> dict[str, Any]:
    model: dict[str, Any] = {"name": name, "description": description}
    if len(keys) > 1:
        model["data_tests"] = [{"unique_together": {"arguments": {"columns": list(keys)}}}]
    model["columns"] = [
        {"name": column, "description": text}
        | (
            {"data_tests": ["unique", "not_null"]}
            if (column,) == keys
            else {"data_tests": ["not_null"]}
            if column in keys
            else {}
        )
        for column, text in described
    ]
    return model


def _yaml(document: dict[str, Any]) -> str:
    import yaml

    text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120)
    return f"# {HEADER}\n{text}"


def main(arguments: list[str]) -> int:
    wanted = files()
    there = {
        str(path.relative_to(FOLDER)): path.read_text() for path in FOLDER.rglob("*") if path.suffix in (".sql", ".yml")
    }
    stale = sorted(name for name in {*wanted, *there} if wanted.get(name) != there.get(name))
    stale += [f"sources/{name}" for name in readmes.stale()]
    if "--check" in arguments:
        if stale:
            print("This is not what the record models say; run `make staging`:", *stale, sep="\n  ")  # noqa: T201
        return 1 if stale else 0
    for name in there.keys() - wanted.keys():
        (FOLDER / name).unlink()
    for name, text in wanted.items():
        (FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / name).write_text(text)
    readmes.write()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
