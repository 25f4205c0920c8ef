"""Identity over time: what new evidence touches is looked at again and nothing else, and ends as if all of it had been.

Each scenario is one full build and three increments, on a real warehouse.
"""

from __future__ import annotations

import hashlib
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from leadhouse.__main__ import DLT
from leadhouse.identity import SCHEMA, prepare, resolve_all
from leadhouse.settings import load_settings
from leadhouse.warehouse import Warehouse, open_warehouse
from tests.house import SECRETS, House, living_in, running_sandbox
from tests.postgres import running_postgres
from transforms.identity import PEOPLE, RECORDS, VALUES, resolve
from transforms.names import read_person_name

pytestmark = pytest.mark.slow

START = datetime(2026, 3, 2, 6)
KINDS = {"=": "linkedin_slug", "@": "work_email", "+": "phone"}
Parts = set[frozenset[str]]


@dataclass
class Told:
    """What providers have told so far, as the intermediate models would hold it.

    Attributes:
        looked_at: how many records the last build looked at.
        events: what happened to ids in the last build.
    """

    warehouse: Warehouse
    builds: int = 0
    first_seen: dict[str, int] = field(default_factory=dict)
    looked_at: int = 0
    events: list[tuple[str, str, str | None]] = field(default_factory=list)
    _generation: int = 0

    def build(self, records: Mapping[str, str]) -> dict[str, str]:
        """One build over records told as `Ann Lee; =slug; a@x.example; +12015550123`; the id of each."""
        self.builds += 1
        for name in records:
            self.first_seen.setdefault(name, len(self.first_seen))
        order = sorted(records, key=lambda one: self.first_seen[one])
        names = {one: _name(records[one]) for one in order}
        values = [(one, kind, value) for one in order for kind, value in _values(records[one])]
        self._write(order, names, values)
        resolve_all(self.warehouse, START + timedelta(days=self.builds))
        ids = self._ids(order)
        self._is_what_looking_at_all_would_find(order, names, values, ids)
        return ids

    def forget(self) -> None:
        """Begins anew."""
        with self.warehouse.reader() as client:
            for table in ("assignments", "events", "edges", "resolved"):
                client.execute_sql(f"delete from {SCHEMA}.{table}")
        self.first_seen, self.builds, self._generation = {}, 0, 0

    def evidence(self) -> list[tuple[str, str, str, str | None]]:
        """(record, other, rule, why not) as it stands."""
        rows = self.warehouse.query(
            f"select e.provider_record_id, e.other_provider_record_id, e.rule, e.refused_because from {SCHEMA}.edges as e "
            f"inner join (select provider_record_id, max(generation) as g from {SCHEMA}.resolved group by provider_record_id) as r "
            "on e.provider_record_id = r.provider_record_id and e.generation = r.g order by 1, 2, 3"
        )
        return [(str(row[0]), str(row[1]), str(row[2]), row[3]) for row in rows]

    def _write(self, order: list[str], names: Mapping[str, str | None], values: list[tuple[str, str, str]]) -> None:
        with self.warehouse.reader() as client:
            client.execute_sql("create schema if not exists intermediate")
            for entity in ("person", "company"):
                for table in (f"int_{entity}_records", f"int_{entity}_values"):
                    client.execute_sql(f"drop table if exists intermediate.{table}")
                client.execute_sql(
                    f"create table intermediate.int_{entity}_records (provider varchar, provider_record_id varchar, "
                    "first_seen_at timestamp, name varchar, fingerprint varchar)"
                )
                client.execute_sql(
                    f"create table intermediate.int_{entity}_values (provider varchar, provider_record_id varchar, "
                    "kind varchar, value varchar, is_crowded boolean)"
                )
            held: dict[str, list[tuple[str, str]]] = defaultdict(list)
            for one, kind, value in values:
                held[one].append((kind, value))
            rows = []
            for one in order:
                print_ = hashlib.md5(f"{names[one]} {sorted(held[one])}".encode()).hexdigest()
                seen = START + timedelta(seconds=self.first_seen[one])
                name = f"'{names[one]}'" if names[one] else "null"
                rows.append(f"('p', '{one}', timestamp '{seen:%Y-%m-%d %H:%M:%S}', {name}, '{print_}')")
            _insert(client, "intermediate.int_person_records", rows)
            _insert(
                client,
                "intermediate.int_person_values",
                [f"('p', '{one}', '{kind}', '{value}', false)" for one, kind, value in values],
            )

    def _ids(self, order: list[str]) -> dict[str, str]:
        newest = f"select max(generation) from {SCHEMA}.resolved"
        generation = int(self.warehouse.query(newest)[0][0] or 0)
        # A generation without a record is none: what is looked at is on record, whether or not it changed.
        fresh = generation > self._generation
        count = self.warehouse.query(
            f"select count(*) from {SCHEMA}.resolved where generation = {generation} and fingerprint is not null"
        )
        self.looked_at = int(count[0][0]) if fresh else 0
        rows = self.warehouse.query(
            f"select change, id, into_id from {SCHEMA}.events where generation = {generation} order by change, id"
        )
        self.events = [(str(row[0]), str(row[1]), row[2]) for row in rows] if fresh else []
        self._generation = generation
        latest: dict[str, str] = {}
        for one, id in self.warehouse.query(
            f"select provider_record_id, id from {SCHEMA}.assignments order by generation"
        ):
            latest[str(one)] = id
        return {one: latest[one] for one in order}

    @staticmethod
    def _is_what_looking_at_all_would_find(
        order: list[str], names: Mapping[str, str | None], values: list[tuple[str, str, str]], ids: Mapping[str, str]
    ) -> None:
        told = [{"provider": "p", "provider_record_id": one, "name": names[one]} for one in order]
        held = [{"provider": "p", "provider_record_id": a, "kind": b, "value": c} for a, b, c in values]
        at_once = resolve(PEOPLE, pa.Table.from_pylist(told, schema=RECORDS), pa.Table.from_pylist(held, schema=VALUES))
        assert parts(dict(zip(order, at_once.ids.to_pylist(), strict=True))) == parts(ids)


def _insert(client: object, table: str, rows: list[str]) -> None:
    for begin in range(0, len(rows), 1000):
        chunk = rows[begin : begin + 1000]
        client.execute_sql(f"insert into {table} values {', '.join(chunk)}")  # type: ignore[attr-defined]


def _name(told: str) -> str | None:
    first = told.split("; ")[0]
    name = read_person_name(first) if first and not any(sign in first for sign in KINDS) else None
    return name.key if name else None


def _values(told: str) -> Iterator[tuple[str, str]]:
    for word in told.split("; "):
        sign = next((one for one in KINDS if one in word), None)
        if sign is not None:
            yield KINDS[sign], word.lstrip("=")


def parts(ids: Mapping[str, str]) -> Parts:
    by_id: dict[str, set[str]] = defaultdict(set)
    for name, id in ids.items():
        by_id[id].add(name)
    return {frozenset(names) for names in by_id.values()}


def together(*groups: str) -> Parts:
    return {frozenset(group.split()) for group in groups}


@contextmanager
def opened(engine: str, place: Path) -> Iterator[Warehouse]:
    """An empty warehouse of a house that asks nobody."""
    with running_postgres() if engine == "postgres" else nullcontext() as url, pytest.MonkeyPatch.context() as patch:
        secrets = SECRETS + (f'\n[destination.postgres]\ncredentials = "{url}"\n' if url else "")
        with running_sandbox("--people", "3", "--companies", "3") as sandbox:
            House(place).configure(sandbox.info, secrets=secrets)
        for name, value in (DLT | {"HOME": str(place), "LEADHOUSE__WAREHOUSE": engine}).items():
            patch.setenv(name, value)
        with living_in(place), open_warehouse(load_settings()) as warehouse:
            prepare(warehouse)
            yield warehouse


# Postgres opens a connection in a fraction of the time; both engines are held to the same end below.
@pytest.fixture(scope="module")
def warehouse(folder: Callable[[str], Path]) -> Iterator[Warehouse]:
    with opened("postgres", folder("identity")) as one:
        yield one


@pytest.fixture
def told(warehouse: Warehouse) -> Told:
    one = Told(warehouse)
    one.forget()
    return one


def test_a_chain_that_grows_link_by_link_keeps_its_first_id(told: Told) -> None:
    first = told.build({"a": "=ada", "z": "=zoe"})
    world = {"a": "=ada", "z": "=zoe", "b": "=ada; b@x.example"}
    assert told.build(world)["b"] == first["a"]
    assert told.looked_at == 2, "nobody was looked at but the new record and the one it is tied to"
    world["c"] = "b@x.example; c@x.example"
    assert told.build(world)["c"] == first["a"]
    world["d"] = "c@x.example"
    assert told.build(world) == {**dict.fromkeys("abcd", first["a"]), "z": first["z"]}
    assert told.events == []


def test_a_build_without_news_looks_at_nobody(told: Told) -> None:
    world = {"a": "=ada; a@x.example", "b": "a@x.example", "c": "=cid"}
    before = told.build(world)
    for _ in range(3):
        assert told.build(world) == before
        assert (told.looked_at, told.events) == (0, [])


def test_a_record_that_ties_many_makes_them_one(told: Told) -> None:
    world = {one: f"{one}@x.example" for one in "abcd"}
    before = told.build(world)
    assert len(set(before.values())) == 4
    world["hub"] = "; ".join(f"{one}@x.example" for one in "abcd")
    after = told.build(world)
    assert set(after.values()) == {before["a"]}
    assert [event[0] for event in told.events] == ["merged"] * 3
    assert {event[2] for event in told.events} == {before["a"]}
    assert told.build({**world, "e": "=eve"})["hub"] == before["a"]
    assert told.build({**world, "e": "=eve; a@x.example"})["e"] == before["a"]


def test_a_diamond_is_one_person_whichever_way_it_closes(told: Told) -> None:
    world = {"top": "=ada", "low": "l@x.example; r@x.example"}
    assert parts(told.build(world)) == together("top", "low")
    world["left"] = "=ada; l@x.example"
    assert parts(told.build(world)) == together("top left low")
    world["right"] = "=ada; r@x.example"
    ids = told.build(world)
    assert parts(ids) == together("top left right low")
    world["left"] = "=ada"
    assert told.build(world) == ids, "one way is enough"


def test_a_chain_of_two_thousand_is_one_person_and_is_cut_where_a_link_goes(told: Told) -> None:
    world = {f"r{n:04}": f"m{n:04}@x.example; m{n + 1:04}@x.example" for n in range(2000)}
    ids = told.build(world)
    assert len(set(ids.values())) == 1
    assert told.build({**world, "z": "=zoe"})["r1999"] == ids["r0000"]
    assert told.looked_at == 1
    cut = {**world, "z": "=zoe", "r0500": "m0500@x.example"}
    after = told.build(cut)
    assert len(set(after.values())) == 3
    assert after["r1000"] == ids["r0000"] != after["r0000"], "the larger part keeps the id"
    assert set(told.build({**world, "z": "=zoe"}).values()) == {ids["r0000"], after["z"]}


def test_a_conflict_that_turns_up_later_parts_what_it_proves_two_and_stays_on_record(told: Told) -> None:
    world = {"a": "Ann Lee; team@x.example", "b": "Ann Lee; team@x.example; =ann"}
    before = told.build(world)
    assert before["a"] == before["b"]
    world["c"] = "Ann Lee; =annie; team@x.example"
    assert parts(told.build(world)) == together("a", "b", "c")
    assert {row[3] for row in told.evidence() if row[2] == "work_email"} == {"other_linkedin_slug"}
    world["c"] = "Ann Lee; =annie"
    assert parts(told.build(world)) == together("a b", "c")
    assert {row[3] for row in told.evidence() if row[2] == "work_email"} == {None}
    assert told.build(world)["b"] in {before["a"]}


def test_what_arrives_late_joins_whom_it_belongs_to(told: Told) -> None:
    world = {"new": "Ann Lee; =ann; a@x.example"}
    before = told.build(world)
    world["old"] = "Ann Lee; a@x.example"
    told.first_seen = {"old": -5, **told.first_seen}
    assert told.build(world) == {"new": before["new"], "old": before["new"]}
    world["older"] = "A. Lee; a@x.example"
    assert told.build(world)["older"] == before["new"]
    assert told.build({**world, "other": "Bob Fox; a@x.example"})["other"] != before["new"]


def test_what_is_said_again_changes_nothing(told: Told) -> None:
    world = {"a": "Ann Lee; =ann; a@x.example", "b": "Ann Lee; a@x.example"}
    before = told.build(world)
    world["b"] = "Ann M. Lee; a@x.example"
    assert told.build(world) == before
    assert (told.looked_at, told.events) == (2, [])
    world["b"] = "Ann Lee; a@x.example"
    assert told.build(world) == before
    assert told.build(dict(reversed(world.items()))) == before


def test_an_identifier_that_others_come_to_share_is_evidence_no_more(told: Told) -> None:
    world = {"a": "Ann Lee; +12015550123", "b": "Ann Lee; +12015550123"}
    before = told.build(world)
    assert before["a"] == before["b"]
    world["c"] = "Bob Fox; +12015550123"
    assert told.build(world)["b"] == before["a"], "a household has one telephone"
    world["d"] = "Cid Roy; +12015550123"
    assert parts(told.build(world)) == together("a", "b", "c", "d")
    assert {row[3] for row in told.evidence()} == {"shared_by_many"}
    del world["d"]
    assert told.build(world)["b"] == told.build(world)["a"]


def test_what_was_merged_by_an_error_is_split_when_it_is_mended(told: Told) -> None:
    world = {"a": "=ada", "b": "b@x.example", "c": "b@x.example"}
    before = told.build(world)
    merged = told.build({**world, "a": "=ada; b@x.example"})
    assert len(set(merged.values())) == 1
    after = told.build(world)
    assert parts(after) == together("a", "b c")
    assert after["b"] == merged["b"]
    assert told.events == [("split", after["a"], merged["a"])]
    assert after["a"] not in {before["a"], before["b"]} or after["a"] == before["a"] != before["b"]
    assert told.build(world) == after


def test_an_erased_person_is_retired_and_an_erased_record_takes_its_evidence_along(told: Told) -> None:
    world = {"a": "=ada; x@x.example", "b": "x@x.example; y@x.example", "c": "y@x.example", "z": "=zoe"}
    before = told.build(world)
    without = {one: words for one, words in world.items() if one != "b"}
    assert parts(told.build(without)) == together("a", "c", "z")
    gone = {one: words for one, words in without.items() if one != "z"}
    told.build(gone)
    assert told.events == [("retired", before["z"], None)]
    again = told.build({**gone, "z": "=zoe"})
    assert again["z"] != before["z"], "an id that was retired is not given again"


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_through_any_days_the_end_is_that_of_looking_at_all(tmp_path: Path, engine: str) -> None:
    chance = random.Random(engine)
    names = ["Ann Lee", "A. Lee", "Annie Lee", "Bob Fox", "Cid Roy", "Dan Poe", ""]

    def record() -> str:
        words = [chance.choice(names)]
        words += [f"={chance.choice('uvw')}"] if chance.random() < 0.3 else []
        words += [f"{chance.choice('abcdefgh')}@x.example" for _ in range(chance.randrange(3))]
        words += [f"+1201555010{chance.randrange(4)}"] if chance.random() < 0.4 else []
        return "; ".join(filter(None, words))

    with opened(engine, tmp_path) as warehouse:
        for _ in range(2):
            told, world = Told(warehouse), dict[str, str]()
            told.forget()
            for _ in range(6):
                for _ in range(4):
                    world[f"r{chance.randrange(16)}"] = record()
                for one in [one for one in world if chance.random() < 0.08]:
                    del world[one]
                told.build(world)
