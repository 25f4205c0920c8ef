"""Publishing: an atomically replaced, read-only DuckDB file with the marts, for whoever reads."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """One mart: its rows, and the comments that travel with it."""

    name: str
    rows: pa.Table
    comment: str
    column_comments: Mapping[str, str]


def publish(path: Path, schema: str, tables: Iterable[PublishedTable]) -> None:
    """Writes all tables beside `path` and puts the file in its place in one step; readers of the old one keep reading it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    # A killed publication may have left its own; the data directory's lock is held, so nobody else is at work.
    for left in path.parent.glob(f".{path.name}.*"):
        left.unlink(missing_ok=True)
    before = os.umask(0o077)
    try:
        with duckdb.connect(str(unfinished)) as connection:
            os.chmod(unfinished, 0o600)
            connection.execute(f"create schema {_name(schema)}")
            connection.execute("begin")
            for table in tables:
                target = f"{_name(schema)}.{_name(table.name)}"
                rows = table.rows  # noqa: F841  DuckDB finds it by name.
                connection.execute(f"create table {target} as select * from rows")
                connection.execute(f"comment on table {target} is {_text(table.comment)}")
                for column, comment in table.column_comments.items():
                    connection.execute(f"comment on column {target}.{_name(column)} is {_text(comment)}")
            connection.execute("commit")
            connection.execute("checkpoint")
        descriptor = os.open(unfinished, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
        os.replace(unfinished, path)
    finally:
        os.umask(before)
        unfinished.unlink(missing_ok=True)
        unfinished.with_name(f"{unfinished.name}.wal").unlink(missing_ok=True)


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _text(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"
