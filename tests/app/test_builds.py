"""A build costs what has changed, and ends where a build of everything would."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.house import DAYS, House, running_sandbox

pytestmark = pytest.mark.slow

WATCHED = ("stg_leadiq__tracked_contacts", "stg_leadiq__tracked_companies", "stg_letrics__contacts")


@pytest.mark.soak
def test_a_build_opens_what_was_loaded_alone_and_ends_where_a_build_of_everything_would(
    folder: Callable[[str], Path],
) -> None:
    with running_sandbox("--people", "60", "--companies", "30") as sandbox:
        house = House(folder("builds")).configure(sandbox.info)
        house.run("sync", day=DAYS[0]).ok()
        _mark(house)
        house.run("build", day=DAYS[0]).ok()
        assert _marked(house) == set(WATCHED), "nothing was loaded, and staging was built again"
        sandbox.move_to(DAYS[1])
        house.run("sync", "leadiq", day=DAYS[1]).ok()
        assert _marked(house) == {"stg_letrics__contacts"}, "what was loaded was not opened, or more was"
        marts = house.marts()
    _write(house, "delete from staging.opened_loads where dataset = 'models'")
    house.run("build", day=DAYS[1]).ok()
    assert _marked(house) == set(), "what staging is made with is not known, and it was not built anew"
    assert house.marts() == marts


def test_a_warehouse_that_has_moved_is_no_reason_to_parse_the_project_anew(house: House) -> None:
    house.run("build").ok()
    read = json.loads((house.folder / "data" / "dbt" / "target" / "perf_info.json").read_text())
    assert read["path_count"] > 300
    assert read["parsed_path_count"] == 0


def _mark(house: House) -> None:
    """A comment on a view goes when the view is made again."""
    for name in WATCHED:
        _write(house, f"comment on view staging.{name} is 'still the same'")


def _marked(house: House) -> set[str]:
    sql = "select view_name from duckdb_views() where comment = 'still the same'"
    return {name for (name,) in house.query(sql, house.warehouse)}


def _write(house: House, sql: str) -> None:
    with duckdb.connect(str(house.warehouse)) as warehouse:
        warehouse.execute(sql)
