"""Whoever reads the marts from outside: a role of Postgres that may read them alone, and a copy that is replaced."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from tests.house import DAYS, PROJECT
from tests.semantic.conftest import Built
from transforms.publish import PublishedTable, publish

TEXT = (PROJECT / "docs" / "bi.md").read_text()


@pytest.mark.slow
@pytest.mark.parametrize("built", ["postgres"], indirect=True)
def test_the_readers_role_reads_the_marts_of_every_build_and_nothing_else(built: Built) -> None:
    import psycopg2
    from psycopg2.errors import InsufficientPrivilege, ReadOnlySqlTransaction

    assert built.postgres is not None
    (role,) = re.findall(r"```sql\n(.*?)```", TEXT, re.DOTALL)
    with closing(psycopg2.connect(built.postgres)) as server, server, server.cursor() as cursor:
        cursor.execute(role)
    as_reader = built.postgres.replace("postgres:a%20password@", "leadhouse_reader:change-me@")
    people = built.query("select count(*) as people from marts.dim_people")

    def read() -> list[dict[str, int]]:
        with closing(psycopg2.connect(as_reader)) as server, server.cursor() as cursor:
            cursor.execute("select count(*) from dim_people")
            return [{"people": count} for (count,) in cursor.fetchall()]

    assert read() == people
    built.house.run("build", day=DAYS[1]).ok()
    assert read() == people
    with closing(psycopg2.connect(as_reader)) as server, server.cursor() as cursor:
        cursor.execute("select table_name from information_schema.tables where table_schema = 'marts'")
        tables = [name for (name,) in cursor.fetchall()]
        assert len(tables) > 20
        for name in tables:
            cursor.execute(f"select * from marts.{name} limit 1")
        for forbidden in ("select * from raw_leadiq.people", "select * from intermediate.int_values"):
            with pytest.raises(InsufficientPrivilege):
                cursor.execute(forbidden)
            server.rollback()
        with pytest.raises(ReadOnlySqlTransaction):
            cursor.execute("delete from marts.dim_people")
        server.rollback()
        cursor.execute("set transaction read write")
        with pytest.raises(InsufficientPrivilege):
            cursor.execute("delete from marts.dim_people")


def _publish(path: Path, number: int) -> None:
    rows = pa.table({"number": pa.array([number], pa.int64())})
    publish(path, "marts", [PublishedTable("copies", rows, "One row.", {"number": "Which copy."})])


def test_a_process_reads_the_new_copy_once_it_has_closed_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "leadhouse.duckdb"

    def read(connection: duckdb.DuckDBPyConnection) -> list[tuple[int]]:
        return connection.execute("select number from leadhouse.marts.copies").fetchall()

    _publish(path, 1)
    with duckdb.connect(str(path), read_only=True) as pooled:
        _publish(path, 2)
        assert read(pooled) == [(1,)]
        with duckdb.connect(str(path), read_only=True) as joined:
            assert read(joined) == [(1,)]
    with duckdb.connect(str(path), read_only=True) as opened:
        assert read(opened) == [(2,)]


@pytest.mark.skipif(not duckdb.__version__.startswith("1."), reason="DuckDB 2 writes files of its own format")
def test_the_published_copy_has_a_format_that_older_drivers_read(tmp_path: Path) -> None:
    path = tmp_path / "leadhouse.duckdb"
    _publish(path, 1)
    with duckdb.connect(str(path), read_only=True) as connection:
        asked = "select tags['storage_version'] from duckdb_databases() where database_name = 'leadhouse'"
        assert connection.execute(asked).fetchall() == [("v1.0.0+",)]
