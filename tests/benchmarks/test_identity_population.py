"""The population that speed is measured on is as large as it says, the same every time, and no easy one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from benchmarks.identity.population import draw

RECORDS = 10_000


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("population") / "people.duckdb"
    assert draw(path, RECORDS, seed=7).records == RECORDS
    return path


def asked(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_every_record_is_of_one_person_and_no_directory_lists_a_person_twice(drawn: Path) -> None:
    rows = asked(drawn, "select count(*), count(distinct provider_record_id), count(person) from truth")
    assert rows == [(RECORDS, RECORDS, RECORDS)]
    twice = "select provider from truth where provider <> 'leadiq' group by provider, person having count(*) > 1"
    assert asked(drawn, twice) == []


def test_a_seed_draws_the_same_rows(drawn: Path, tmp_path: Path) -> None:
    draw(tmp_path / "again.duckdb", RECORDS, seed=7)
    draw(tmp_path / "other.duckdb", RECORDS, seed=8)
    for table in ("records", '"values"', "employers", "truth"):
        rows = f"select * from {table} order by all"
        assert asked(drawn, rows) == asked(tmp_path / "again.duckdb", rows)
        assert asked(drawn, rows) != asked(tmp_path / "other.duckdb", rows)


@pytest.mark.parametrize("kind", ["work_email", "personal_email", "phone", "family_at"])
def test_values_are_shared_by_different_people(drawn: Path, kind: str) -> None:
    shared = (
        'select value from "values" inner join truth using (provider, provider_record_id) '
        f"where kind = '{kind}' group by value having count(distinct person) > 1"
    )
    assert asked(drawn, shared)


def test_some_have_two_pages_and_some_have_none(drawn: Path) -> None:
    pages = (
        'select person, count(distinct value) from truth left join "values" as held '
        "on truth.provider_record_id = held.provider_record_id and kind = 'linkedin_slug' group by person"
    )
    assert {0, 1, 2} <= {count for _, count in asked(drawn, pages)}
