"""A published file is whole or not there, is for its owner only, and carries its comments."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from transforms.publish import PublishedTable, publish


def mart(*ids: str, name: str = "dim_people", comment: str = "One row per person.") -> PublishedTable:
    rows = pa.table({"person_id": pa.array(ids, pa.string())})
    return PublishedTable(name, rows, comment, {"person_id": "The person's id."})


def read(path: Path, sql: str = "select person_id from marts.dim_people order by 1") -> list[tuple[Any, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_what_was_published_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "down" / "leads.duckdb"
    publish(path, "marts", [mart("a", "b"), mart(name="dim_nothing")])
    assert read(path) == [("a",), ("b",)]
    assert read(path, "select * from marts.dim_nothing") == []


def test_a_reader_of_the_old_file_keeps_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "leads.duckdb"
    many = [str(number) for number in range(50_000)]
    publish(path, "marts", [mart(*many)])
    with duckdb.connect(str(path), read_only=True) as reader:
        publish(path, "marts", [mart("new")])
        assert reader.execute("select count(*), max(person_id) from marts.dim_people").fetchall() == [(50_000, "9999")]
    assert read(path) == [("new",)]


def test_a_publication_that_fails_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "leads.duckdb"
    publish(path, "marts", [mart("old")])

    def breaking() -> Iterator[PublishedTable]:
        yield mart("new")
        raise RuntimeError("the warehouse went away")

    with pytest.raises(RuntimeError, match="went away"):
        publish(path, "marts", breaking())
    assert read(path) == [("old",)]
    assert [one.name for one in tmp_path.iterdir()] == ["leads.duckdb"]


def test_the_old_file_stands_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "leads.duckdb"
    publish(path, "marts", [mart("old")])
    meanwhile: list[bytes] = []
    before = path.read_bytes()

    def watching() -> Iterator[PublishedTable]:
        yield mart("new")
        meanwhile.append(path.read_bytes())

    publish(path, "marts", watching())
    assert meanwhile == [before]
    assert path.read_bytes() != before


def test_only_the_owner_can_read_what_was_published(tmp_path: Path) -> None:
    path = tmp_path / "inner" / "leads.duckdb"
    publish(path, "marts", [mart("a")])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_only_the_owner_can_read_what_is_being_published(tmp_path: Path) -> None:
    path = tmp_path / "inner" / "leads.duckdb"
    modes: set[int] = set()

    def watching() -> Iterator[PublishedTable]:
        yield mart("a")
        modes.update(stat.S_IMODE(one.stat().st_mode) for one in path.parent.iterdir())

    publish(path, "marts", watching())
    assert modes == {0o600}


def test_what_a_killed_publication_left_does_not_stop_the_next(tmp_path: Path) -> None:
    path = tmp_path / "leads.duckdb"
    left: list[Path] = []

    def watching() -> Iterator[PublishedTable]:
        yield mart("a")
        left.extend(one for one in tmp_path.iterdir() if one != path and one.suffix != ".wal")

    publish(path, "marts", watching())
    # In a container every process may have the number the killed one had.
    with duckdb.connect(str(left[0])) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.dim_people as select 'half' as person_id")
    publish(path, "marts", [mart("b")])
    assert read(path) == [("b",)]


def test_comments_arrive_whatever_they_hold(tmp_path: Path) -> None:
    path = tmp_path / "leads.duckdb"
    rows = pa.table({'odd "name"': [1], "plain": [1.5]})
    table = PublishedTable('a "mart"', rows, "It's one; row -- per 'thing'.", {'odd "name"': "It's odd.", "plain": "é"})
    publish(path, "marts", [table, mart("a")])
    tables: dict[str, str] = dict(
        read(path, "select table_name, comment from duckdb_tables() where schema_name = 'marts'")
    )
    columns: dict[str, str] = dict(
        read(path, "select column_name, comment from duckdb_columns() where schema_name = 'marts'")
    )
    assert tables == {'a "mart"': "It's one; row -- per 'thing'.", "dim_people": "One row per person."}
    assert columns == {'odd "name"': "It's odd.", "plain": "é", "person_id": "The person's id."}


def test_types_arrive_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "leads.duckdb"
    rows = pa.table({
        "on_day": pa.array([None], pa.date32()),
        "at": pa.array([0], pa.timestamp("us")),
        "n": pa.array([1], pa.int64()),
        "is_it": [True],
    })  # fmt: skip
    publish(path, "marts", [PublishedTable("t", rows, "T.", {})])
    types: dict[str, str] = dict(
        read(path, "select column_name, data_type from duckdb_columns() where schema_name = 'marts'")
    )
    assert types == {"on_day": "DATE", "at": "TIMESTAMP", "n": "BIGINT", "is_it": "BOOLEAN"}
