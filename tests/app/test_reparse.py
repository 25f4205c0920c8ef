"""Today's record models over what was loaded with older ones: the warehouse ends as if it had landed today."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import psycopg2
import pytest

from leadhouse.books import quarantine_id
from leadhouse.catalogue import SOURCES
from tests.house import DAYS, SECRETS, House, Run, running_sandbox
from tests.postgres import running_postgres

pytestmark = pytest.mark.slow

ODD_PROFILE = "https://linkedin.com/in/no-object"
TABLES = [(source.dataset, entity.name) for source in SOURCES.values() for entity in source.entities]
EDITED = ("raw_letrics.contacts", "raw_letrics.companies", "raw_contactout.people", "raw_leadiq.tracked_contacts")
COMPARED = "_row_id, record_key, _selection, payload, record, _model, _record_hash, _path, _request_id, _fetched_at"
Query = Callable[[str], list[tuple[Any, ...]]]


@dataclass
class Loaded:
    """A house that was loaded and never built, and what was asked for it."""

    house: House
    requests: int


@pytest.fixture(scope="module")
def loaded(folder: Callable[[str], Path]) -> Loaded:
    with running_sandbox() as sandbox:
        house = House(folder("loaded")).configure(sandbox.info)
        # One page of profiles holds one that is no object; a page of contacts holds two.
        profiles = {ODD_PROFILE: "oops", "https://linkedin.com/in/ada-example": {"full_name": "Ada Example"}}
        people = {
            "status_code": 200,
            "metadata": {"page": 1, "page_size": 25, "total_results": 2},
            "profiles": profiles,
        }
        contacts = {"data": [{"id": f"c{n}", "phones": ["1", "2"], "shoe": n} for n in range(5)] + ["oops", 7]}
        rules = [
            {"provider": "contactout", "operation": "people_search", "kind": "body", "body": people},
            {"provider": "letrics", "operation": "contacts", "kind": "body", "body": contacts},
        ]
        sandbox.http.put("/sandbox/faults", json=rules).raise_for_status()
        house.run("sync", "--no-build").ok()
        return Loaded(house, len(sandbox.books()["requests"]))


@pytest.fixture
def house(loaded: Loaded, tmp_path: Path) -> House:
    """A copy of it; nobody answers any more."""
    shutil.copytree(loaded.house.folder, tmp_path / "house")
    return House(tmp_path / "house")


def change(house: House, *statements: str) -> None:
    with duckdb.connect(str(house.warehouse)) as connection:
        for statement in statements:
            connection.execute(statement)


def reader(house: House) -> Query:
    return lambda sql: house.query(sql, house.warehouse)


def newest(query: Query) -> dict[str, list[tuple[Any, ...]]]:
    """The newest version of every raw row, but for when it was read."""
    return {
        f"{schema}.{table}": query(
            f"select {COMPARED} from (select *, row_number() over (partition by _row_id order by _parsed_at desc) as n "
            f"from {schema}.{table}) as versions where n = 1 order by _row_id"
        )
        for schema, table in TABLES
    }


def standing(query: Query) -> list[tuple[Any, ...]]:
    """Quarantine as the person sees it."""
    return query(
        "select q.row_id, max(q.seen_at) > coalesce(max(s.settled_at), timestamp '1970-01-01') as is_open "
        "from raw_leadhouse.quarantine as q left join raw_leadhouse.quarantine_settlements as s on q.row_id = s.row_id "
        "group by q.row_id order by q.row_id"
    )


def drift(query: Query) -> list[tuple[Any, ...]]:
    """Drift as staging shows it."""
    return query(
        "select request_id, entity, kind, field, occurrences from (select *, row_number() over (partition by request_id, "
        "entity, kind, field order by _dlt_load_id desc) as n from raw_leadhouse.drift) as counts "
        "where n = 1 and occurrences > 0 order by 1, 2, 3, 4"
    )


def read_by_an_older_model(query: Query, execute: Callable[[str, tuple[Any, ...]], object], now: str) -> int:
    """Changes what landing wrote to what older record models would have written; returns how many rows.

    They could not read some, left a field out, knew a longer list, had another key, and read what is no object.
    """
    dice = random.Random(7)
    changed = 0
    for name in EDITED:
        provider, entity = name.removeprefix("raw_").split(".")
        # An older model of contacts read every one of them differently.
        kinds = ("unreadable", "shorter", "longer", "key", *(() if entity == "contacts" else ("same",)))
        for row_id, request_id, path, payload, record in query(
            f"select _row_id, _request_id, _path, payload, record from {name} order by _row_id"
        ):
            kind = dice.choice(kinds)
            older: str | None = '{"id": "no object"}'
            key = "older"
            if record is not None:
                if kind == "same":
                    continue
                canonical = json.loads(record)
                lists = [field for field, value in canonical.items() if isinstance(value, list)]
                if kind == "shorter":
                    canonical = {field: value for field, value in canonical.items() if field not in ("title", "name")}
                if kind == "longer":
                    canonical |= {field: 2 * canonical[field] for field in lists}
                older = None if kind == "unreadable" else record if kind == "key" else json.dumps(canonical)
            execute(
                f"update {name} set record = %s, record_key = %s, _record_hash = 'older' where _row_id = %s",
                (older, key, row_id),
            )
            line = quarantine_id(request_id, path)
            execute("delete from raw_leadhouse.quarantine where row_id = %s", (line,))
            if older is None:
                execute(
                    "insert into raw_leadhouse.quarantine (row_id, request_id, provider, entity, path, reason, payload, "
                    "seen_at, _dlt_load_id) values (%s, %s, %s, %s, %s, 'an older model', %s, %s, '1')",
                    (line, request_id, provider, entity, path, payload, now),
                )
            changed += 1
    return changed


def age(house: House) -> int:
    """The same in a DuckDB file."""
    with duckdb.connect(str(house.warehouse)) as connection:
        connection.begin()
        changed = read_by_an_older_model(
            lambda sql: connection.execute(sql).fetchall(),
            lambda sql, values: connection.execute(sql.replace("%s", "?"), list(values)),
            f"{DAYS[0]} 06:00:00",
        )
        connection.commit()
        return changed


def refused(ended: Run, says: str) -> None:
    assert (ended.code, ended.out) == (2, "")
    assert says in " ".join(ended.err.split())
    assert "Traceback" not in ended.err


def test_what_todays_models_wrote_is_left_as_it_is(house: House, loaded: Loaded) -> None:
    before = newest(reader(house))
    ended = house.run("reparse", "--json", day=DAYS[1]).ok()
    for entity in ended.json["entities"]:
        name = f"raw_{entity['provider']}.{entity['entity']}"
        assert entity["read"] == len(before[name])
        assert (entity["changed"], entity["newly_readable"], entity["newly_unreadable"]) == (0, 0, 0)
        assert house.query(f"select count(*) from {name}", house.warehouse) == [(entity["read"],)]
    read = {(entity["provider"], entity["entity"]) for entity in ended.json["entities"] if entity["read"]}
    assert read >= {("leadiq", "tracked_contacts"), ("contactout", "people"), ("letrics", "contacts")}
    assert (ended.json["exit_code"], ended.json["notes"]) == (0, [])
    assert house.query("select count(*) from raw_leadhouse.quarantine_settlements", house.warehouse) == [(0,)]


def test_what_older_models_wrote_becomes_exactly_what_landing_writes_today(house: House) -> None:
    query = reader(house)
    expected, quarantined, surprises = newest(query), standing(query), drift(query)
    states = query("select * from raw_letrics._dlt_pipeline_state")
    aged = age(house)
    assert newest(query) != expected
    open_before = sum(is_open for _, is_open in standing(query))

    ended = house.run("reparse", "--json", day=DAYS[1]).ok()

    assert newest(query) == expected
    tallies = {f"raw_{one['provider']}.{one['entity']}": one for one in ended.json["entities"]}
    kinds = ("changed", "newly_readable", "newly_unreadable")
    assert sum(one[kind] for one in tallies.values() for kind in kinds) == aged
    for name, one in tallies.items():
        appended = query(f"select count(*) from {name}")[0][0] - len(expected[name])
        assert appended == sum(one[kind] for kind in kinds), name
    assert all(any(one[kind] for one in tallies.values()) for kind in kinds)
    # Quarantine is what it was: what can be read is settled, what cannot is in it again.
    now_open = {id for id, is_open in standing(query) if is_open}
    assert now_open == {id for id, is_open in quarantined if is_open}
    assert open_before > len(now_open)
    assert query("select distinct settlement, settled_at from raw_leadhouse.quarantine_settlements") == [
        ("read", query(f"select timestamp '{DAYS[1]} 06:00:00'")[0][0])
    ]
    # Nothing is counted twice, and the walks know nothing of it.
    assert drift(query) == surprises
    assert query("select * from raw_letrics._dlt_pipeline_state") == states
    again = house.run("reparse", "--json", day=DAYS[1]).ok()
    assert all(one[kind] == 0 for one in again.json["entities"] for kind in kinds)


def test_a_later_version_is_later_even_where_the_clock_stands_still(house: House) -> None:
    age(house)
    house.run("reparse", day="2026-01-01").ok()
    for name in EDITED:
        versions = house.query(
            f"select _row_id, count(*), count(distinct _parsed_at), min(_fetched_at) = max(_fetched_at) from {name} "
            "group by _row_id having count(*) > 1",
            house.warehouse,
        )
        assert versions
        assert all(count == moments == 2 and same for _, count, moments, same in versions)


def test_what_a_person_sees_fits_80_columns_and_says_what_comes_next(house: House) -> None:
    age(house)
    ended = house.run("reparse", "letrics", "--only", "contacts").ok()
    assert all(len(line) <= 80 for line in ended.out.splitlines())
    words = " ".join(ended.out.split())
    assert re.search(r"newly readable newly unreadable letrics\.contacts \d+ \d+ \d+ 2 ", words)
    assert "companies" not in words
    assert "What is newly unreadable leaves the tables with the next build" in words
    assert "`leadhouse build` brings the new readings into the tables." in words


@pytest.mark.soak
def test_the_next_build_has_what_a_build_from_today_has(house: House, tmp_path: Path) -> None:
    """Fields, lists that became shorter or longer, records that became readable or are so no more."""
    shutil.copytree(house.folder, tmp_path / "today")
    today = House(tmp_path / "today")
    today.run("build").ok()
    age(house)
    house.run("build").ok()
    assert house.marts() != today.marts()
    # The older Leadhouse knew neither a column that its successor has, nor of unreadable versions.
    change(
        house,
        "alter table staging.base_letrics__contacts drop column _is_readable",
        "alter table staging.base_letrics__contacts drop column title",
    )

    house.run("reparse").ok()
    house.run("build").ok()

    views = today.query(
        "select table_name from information_schema.views where table_schema = 'staging'", today.warehouse
    )
    assert len(views) > 20
    for (view,) in views:
        if view.startswith(("stg_leadiq", "stg_contactout", "stg_letrics")):
            sql = f"select * exclude (_parsed_at, _dlt_load_id) from staging.{view} order by all"
            assert house.query(sql, house.warehouse) == today.query(sql, today.warehouse), view


def test_a_drift_that_todays_models_do_not_find_is_counted_no_more_and_a_new_one_once(house: House) -> None:
    query = reader(house)
    expected = drift(query)
    assert ("unknown_field", "shoe", 5) in [one[2:] for one in expected]
    change(
        house,
        "update raw_leadhouse.drift set field = 'older_name' where field = 'shoe'",
        "update raw_leadhouse.drift set occurrences = occurrences + 3 where entity = 'people'",
    )
    for _ in range(2):
        house.run("reparse").ok()
        assert drift(query) == expected


def test_a_discarded_record_is_read_once_it_can_be(house: House) -> None:
    age(house)
    house.run("quarantine", "discard", "--everything").ok()
    house.run("reparse", day=DAYS[1]).ok()
    found = house.run("quarantine", "list", "--all", "--json").ok().json["lines"]
    assert {one["settlement"] for one in found} == {"read", None}
    assert all("older model" in one["reason"] for one in found if one["settlement"] == "read")


def test_nobody_is_asked_and_no_key_is_needed(house: House) -> None:
    (house.folder / ".dlt" / "secrets.toml").unlink()
    age(house)
    # The sandbox is gone: a request would fail.
    assert house.run("reparse", "--json").ok().json["notes"]
    assert house.query("select count(*) from raw_leadhouse.requests where outcome = 'failed'", house.warehouse) == [
        (0,)
    ]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("hubspot",), "There is no source 'hubspot'. The sources are contactout, leadiq, letrics."),
        (
            ("letrics", "--only", "people"),
            "There is no entity 'people' in letrics. The entities are companies, contacts.",
        ),
    ],
)
def test_what_does_not_exist_is_named_with_what_does(house: House, arguments: tuple[str, ...], says: str) -> None:
    refused(house.run("reparse", *arguments), says)


def test_a_sync_that_was_broken_off_is_finished_first(tmp_path: Path) -> None:
    with running_sandbox() as sandbox:
        house = House(tmp_path).configure(sandbox.info)
        house.run("sync", "letrics", "--no-build").ok()
        sandbox.fault(provider="letrics", operation="contacts", skip=0, times=1, kind="stall", seconds=60)
        before = sandbox.asked("letrics.contacts")
        assert house.kill_when(
            lambda: sandbox.asked("letrics.contacts") > before, "sync", "letrics", "--no-build", day=DAYS[1], after=0.3
        )
        refused(house.run("reparse", day=DAYS[1]), "Finish it with `leadhouse sync` first")
        sandbox.no_faults()
        house.run("sync", "letrics", "--no-build", day=DAYS[1]).ok()
        house.run("reparse", day=DAYS[1]).ok()


def test_a_source_of_another_data_directory_is_left_to_it(house: House) -> None:
    change(
        house,
        "insert into raw_leadhouse.instances (source, instance_id, bound_at, _dlt_load_id) "
        "values ('letrics', 'another0one', timestamp '2027-01-01', '1')",
    )
    refused(house.run("reparse", "letrics"), "Another data directory is bound to letrics in this warehouse")
    house.run("reparse", "contactout").ok()


def test_the_next_sync_goes_on_as_if_nothing_had_been_read_again(tmp_path: Path) -> None:
    with running_sandbox() as sandbox:
        house = House(tmp_path).configure(sandbox.info)
        house.run("sync", "--no-build").ok()
        age(house)
        # Schema and state of a pipeline whose folder was lost come back from the warehouse.
        shutil.rmtree(house.folder / "data" / "pipelines" / "leadhouse_contactout")
        house.run("reparse").ok()
        charged = sandbox.charged()
        asked = sandbox.asked("contactout.people_search")
        sandbox.move_to(DAYS[1])
        house.run("sync", "--no-build", day=DAYS[1]).ok()
        assert (sandbox.charged(), sandbox.asked("contactout.people_search")) == (charged, asked)


@dataclass
class Undisturbed:
    """A house as older models left it, and what it comes to when nobody disturbs a reparse."""

    aged: House
    ends: tuple[Any, ...]


@pytest.fixture(scope="module")
def undisturbed(loaded: Loaded, folder: Callable[[str], Path]) -> Undisturbed:
    aged, whole = folder("older") / "aged", folder("older") / "whole"
    shutil.copytree(loaded.house.folder, aged)
    age(House(aged))
    shutil.copytree(aged, whole)
    House(whole).run("reparse", day=DAYS[1]).ok()
    return Undisturbed(House(aged), end_of(House(whole)))


def end_of(house: House) -> tuple[Any, ...]:
    query = reader(house)
    return newest(query), standing(query), drift(query)


def killed_while(
    undisturbed: Undisturbed, tmp_path: Path, pipeline: str, stage: str, after: float
) -> tuple[House, Path]:
    """A house whose reparse was killed after a pipeline had a package in a stage, and the folder of that stage."""
    for attempt in range(4):
        # Some moments are short; what ended before it was killed is tried on a fresh copy.
        house = House(tmp_path / f"attempt-{attempt}")
        shutil.copytree(undisturbed.aged.folder, house.folder)
        packages = house.folder / "data" / "pipelines" / f"leadhouse_{pipeline}" / stage

        def holds_a_package(packages: Path = packages) -> bool:
            return packages.exists() and any(packages.iterdir())

        assert not holds_a_package()
        if house.kill_when(holds_a_package, "reparse", day=DAYS[1], after=after):
            return house, packages
    pytest.fail("it always ended before it could be killed")


@pytest.mark.soak
@pytest.mark.parametrize(
    ("pipeline", "stage", "after"),
    [
        ("leadiq", "normalize/extracted", 0.0),
        ("contactout", "load/normalized", 0.1),
        ("books", "load/normalized", 0.0),
        ("letrics", "load/normalized", 0.25),
    ],
)
def test_killed_in_the_middle_and_run_again_it_ends_the_same(
    undisturbed: Undisturbed, tmp_path: Path, pipeline: str, stage: str, after: float
) -> None:
    house, _ = killed_while(undisturbed, tmp_path, pipeline, stage, after)
    house.run("reparse", day=DAYS[1]).ok()
    assert end_of(house) == undisturbed.ends


@pytest.mark.soak
def test_killed_between_a_package_and_the_removal_of_what_it_came_from_it_ends_the_same(
    undisturbed: Undisturbed, tmp_path: Path
) -> None:
    house, packages = killed_while(undisturbed, tmp_path, "contactout", "load/normalized", 0.0)
    (package,) = packages.iterdir()
    # As a kill leaves it that came when half of it was removed.
    (packages.parent.parent / "normalize" / "extracted" / package.name / "new_jobs").mkdir(parents=True, exist_ok=True)
    house.run("reparse", day=DAYS[1]).ok()
    assert end_of(house) == undisturbed.ends


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with running_postgres() as url:
        yield url


@pytest.mark.soak
def test_on_postgres_it_ends_the_same(postgres: str, tmp_path: Path) -> None:
    secrets = SECRETS + f'\n[destination.postgres]\ncredentials = "{postgres}"\n'
    with running_sandbox() as sandbox:
        house = House(tmp_path, {"LEADHOUSE__WAREHOUSE": "postgres"}).configure(sandbox.info, secrets=secrets)
        refused(house.run("quarantine", "list"), "Nothing has been loaded here yet.")
        sandbox.fault(
            provider="letrics", operation="contacts", kind="body",
            body={"data": [{"id": "c1", "phones": ["1"], "shoe": 1}, "oops \u0000 \\", 7]},
        )  # fmt: skip
        house.run("sync", "--no-build").ok()
    connection = psycopg2.connect(postgres)
    connection.autocommit = True
    with connection.cursor() as cursor:

        def query(sql: str) -> list[tuple[Any, ...]]:
            cursor.execute(sql)
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

        expected, quarantined, surprises = newest(query), standing(query), drift(query)
        aged = read_by_an_older_model(query, cursor.execute, f"{DAYS[0]} 06:00:00")
        house.run("build").ok()

        ended = house.run("reparse", "--json", day=DAYS[1]).ok()

        assert newest(query) == expected
        kinds = ("changed", "newly_readable", "newly_unreadable")
        assert sum(one[kind] for one in ended.json["entities"] for kind in kinds) == aged
        open_lines = {id for id, is_open in quarantined if is_open}
        assert {id for id, is_open in standing(query) if is_open} == open_lines
        assert drift(query) == surprises
        listed = house.run("quarantine", "list", "--json").ok().json["lines"]
        assert {one["id"] for one in listed} == open_lines
        shown = [house.run("quarantine", "show", one["id"], "--json").ok().json["payload"] for one in listed]
        assert sorted(json.loads(payload) for payload in shown if payload != "7") == ["oops \x00 \\"]
        house.run("quarantine", "discard", "--everything").ok()
        assert house.run("quarantine", "list", "--json").ok().json["lines"] == []
        house.run("build", day=DAYS[1]).ok()
        readable = [json.loads(one[4]) for one in expected["raw_letrics.contacts"] if one[4] is not None]
        assert query("select count(*) from staging.stg_letrics__contacts") == [(len(readable),)]
        phones = sum(len(record["phones"]) for record in readable)
        assert query("select count(*) from staging.stg_letrics__contacts__phones") == [(phones,)]
    connection.close()
