"""Whatever a record holds, it lands: one row per record, in a form that every warehouse takes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.contactout.records import ENTITIES as CONTACTOUT
from sources.landing import RAW_COLUMNS, Entity, Findings, Record, Text, put_together, read_again, read_answer, tables
from sources.landing.records import columns
from sources.landing.rows import storable
from sources.leadiq.records import ENTITIES as LEADIQ
from sources.letrics.records import ENTITIES as LETRICS
from sources.metered import Answer, Question, read_csv

NOW = datetime(2026, 3, 2, 6)
ENTITIES = {f"{provider}.{one.name}": one for provider, all_of_it in
            (("leadiq", LEADIQ), ("contactout", CONTACTOUT), ("letrics", LETRICS)) for one in all_of_it
            if one.reads == "json"}  # fmt: skip
SLUG = "https://www.linkedin.com/in/ada-example"
PEOPLE = ENTITIES["contactout.people"]
CONTACTS = ENTITIES["letrics.contacts"]


def answer_with(entity: Entity, records: list[Any]) -> bytes:
    """An answer of the entity's provider that holds the records."""

    def build(steps: list[str], values: list[Any]) -> Any:
        if not steps:
            return values[0]
        if steps[0] in ("*", "*?"):
            whole = [build(steps[1:], [value]) for value in values]
            return {f"{SLUG}-{number}": one for number, one in enumerate(whole)} if entity.map_key else whole
        return {steps[0]: build(steps[1:], values), "meta": {"page": 1}}

    where = entity.where.split(";")[0].split("|")[-1]
    return json.dumps(build(where.split("/") if where else [], records)).encode()


def land(entity: Entity, body: bytes) -> tuple[list[dict[str, Any]], Findings]:
    return read_answer(entity, "question", "request", "selection", NOW, body)


def land_one(entity: Entity, record: Any) -> tuple[dict[str, Any], Findings]:
    rows, findings = land(entity, answer_with(entity, [record]))
    assert len(rows) == 1
    return rows[0], findings


def strictly(text: str) -> Any:
    """Reads JSON as the warehouses do: without NaN and Infinity, which Python's writer writes."""

    def refuse(constant: str) -> NoReturn:
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(text, parse_constant=refuse)


def assert_storable(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        for name, value in row.items():
            if isinstance(value, str):
                value.encode()
                assert "\x00" not in value, name
        if row["record"] is not None:
            assert "\\u0000" not in row["record"].replace("\\\\", "")
            strictly(row["record"])


def names_of(model: type[Record]) -> Iterator[str]:
    for name, info in model.model_fields.items():
        yield name
        yield from (str(choice) for choice in getattr(info.validation_alias, "choices", ()))
    for column in columns(model):
        for child in column.children or ():
            yield child.name


TEXT = st.text(max_size=8) | st.sampled_from(["", "\x00", "a\x00b", "\\u0000", "20204", "$5.4M", "2023-04-31", "1e999"])
LONE = st.text(st.sampled_from("a\ud800\x00"), max_size=3)
NUMBER = st.integers() | st.integers(10**22, 10**23) | st.floats(allow_nan=False, allow_infinity=False)
SCALAR = st.none() | st.booleans() | NUMBER | TEXT | LONE
JSON = st.recursive(
    SCALAR,
    lambda children: st.lists(children, max_size=3) | st.dictionaries(TEXT, children, max_size=3),
    max_leaves=6,
)


def objects_for(entity: Entity) -> st.SearchStrategy[dict[str, Any]]:
    known = st.sampled_from(sorted(set(names_of(entity.model))))
    inner = st.dictionaries(known | TEXT, JSON, max_size=4)
    return st.dictionaries(known | TEXT, JSON | inner | st.lists(inner, max_size=2), max_size=8)


@pytest.mark.parametrize("name", sorted(ENTITIES))
@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.data())
def test_any_object_lands_and_its_record_is_kept(name: str, data: st.DataObject) -> None:
    entity = ENTITIES[name]
    record = data.draw(objects_for(entity))
    row, findings = land_one(entity, record)
    assert json.loads(row["payload"]) == record
    assert findings.quarantined == []
    assert set(entity.model.model_fields) <= set(strictly(row["record"]))
    assert row["record_key"]
    assert list(row) == list(RAW_COLUMNS)
    assert_storable([row])


@pytest.mark.parametrize("name", sorted(ENTITIES))
@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.data())
def test_any_json_in_a_records_place_lands(name: str, data: st.DataObject) -> None:
    entity = ENTITIES[name]
    nothing: tuple[Any, ...] = (None, []) if entity.where.endswith("?") else (None,) if "*" not in entity.where else ()
    record = data.draw(JSON.filter(lambda value: value not in nothing))
    row, findings = land_one(entity, record)
    assert json.loads(row["payload"]) == record
    assert (row["record"] is None) == (not isinstance(record, dict)) == bool(findings.quarantined)
    assert_storable([row])


@pytest.mark.parametrize("name", sorted(ENTITIES))
def test_every_field_has_a_column_of_its_own_that_every_warehouse_can_name(name: str) -> None:
    provider, entity = name.split(".")
    whole = list(columns(ENTITIES[name].model))
    for level in (whole, *(column.children for column in whole if column.children)):
        names = [column.name for column in level]
        assert len(names) == len(set(names))
    # Postgres knows 63 characters of a name.
    tables = [f"base_{provider}__{entity}", *(f"base_{provider}__{entity}__{one.name}" for one in whole if one.is_list)]
    assert [one for one in tables if len(one) > 63] == []


@pytest.mark.parametrize("name", sorted(ENTITIES))
def test_what_is_no_object_is_quarantined_with_its_reason_and_its_payload(name: str) -> None:
    row, findings = land_one(ENTITIES[name], "Ada")
    assert (row["record"], row["payload"]) == (None, '"Ada"')
    assert findings.quarantined == [(row["_path"], "an object was expected, text came", '"Ada"')]


@pytest.mark.parametrize("name", sorted(ENTITIES))
def test_a_record_too_deep_to_read_is_quarantined_and_its_neighbours_land(name: str) -> None:
    deep: Any = {}
    for _ in range(200):
        deep = {"a": deep}
    row, findings = land_one(ENTITIES[name], deep)
    assert json.loads(row["payload"]) == deep
    assert (row["record"] is None) == bool(findings.quarantined)


@pytest.mark.parametrize("name", sorted(ENTITIES))
@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.data())
def test_a_payload_that_is_read_again_gives_what_landing_gave(name: str, data: st.DataObject) -> None:
    entity = ENTITIES[name]
    row, findings = land_one(entity, data.draw(objects_for(entity) | SCALAR.filter(lambda value: value is not None)))
    again = read_again(entity, row["_path"], row["payload"])
    assert (again.record, again.record_key, again.record_hash) == (
        row["record"],
        row["record_key"],
        row["_record_hash"],
    )
    assert (again.reason is None) == (not findings.quarantined)
    assert {found: again.drift.count(found) for found in again.drift} == findings.drift


@pytest.mark.parametrize("key", [f"{SLUG}/~1~0~u0041", f"{SLUG}\ud800", f"{SLUG}\x00é", "7", ""])
def test_the_key_of_a_map_is_found_again_in_the_path(key: str) -> None:
    (row,), _ = land(PEOPLE, json.dumps({"profiles": {key: {"full_name": "Ada Example"}}}).encode())
    again = read_again(PEOPLE, row["_path"], row["payload"])
    assert (again.record, again.record_key) == (row["record"], row["record_key"])


def test_a_payload_that_is_no_json_is_unreadable_and_says_so() -> None:
    again = read_again(CONTACTS, "/data/0", "{")
    assert (again.record, again.reason) == (None, "the payload is not JSON")


@pytest.mark.parametrize("field", ["a\ud800", "\udfff"])
def test_a_field_name_with_half_a_surrogate_pair_costs_no_record(field: str) -> None:
    row, findings = land_one(CONTACTS, {"id": "c1", field: 1})
    assert findings.quarantined == []
    assert json.loads(row["record"])["id"] == "c1"


def test_half_a_surrogate_pair_in_a_value_is_replaced_in_the_record_and_kept_in_the_payload() -> None:
    row, _ = land_one(CONTACTS, {"id": "c1", "title": "VP\ud83d", "odd": "\ud83d"})
    assert json.loads(row["record"])["title"] == "VP\ufffd"
    assert json.loads(row["payload"])["title"] == "VP\ud83d"
    assert_storable([row])


def test_a_nul_is_replaced_in_the_record_and_kept_in_the_payload() -> None:
    row, _ = land_one(CONTACTS, {"id": "c\x001", "title": "a\x00\x00b", "backslash": "\\u0000"})
    record = json.loads(row["record"])
    assert (record["id"], record["title"]) == ("c\ufffd1", "a\ufffd\ufffdb")
    assert record["unknown_fields"]["backslash"] == "\\u0000"
    assert row["record_key"] == "c\ufffd1"
    assert json.loads(row["payload"])["title"] == "a\x00\x00b"


@pytest.mark.parametrize("key", [f"{SLUG}\ud800", f"{SLUG}\x00"])
def test_no_map_key_can_stop_a_load(key: str) -> None:
    body = json.dumps({"profiles": {key: {"full_name": "Ada Example"}}}).encode()
    rows, findings = land(PEOPLE, body)
    assert_storable(rows)
    assert len(list(tables([answer_of(PEOPLE, body)], PEOPLE))) == 2
    together = put_together(findings.envelope, {row["_path"]: row["payload"] for row in rows})
    assert list(together["profiles"].values()) == [{"full_name": "Ada Example"}]


def test_a_field_named_with_nul_can_be_counted_as_drift() -> None:
    _, findings = land_one(CONTACTS, {"id": "c1", "a\x00": 1})
    assert all("\x00" not in field for _, field in findings.drift)


@pytest.mark.parametrize("number", ["1e999", "-1E+400"])
def test_a_number_too_large_for_a_float_does_not_make_a_record_that_is_no_json(number: str) -> None:
    rows, _ = land(CONTACTS, f'{{"data":[{{"id":"c1","score":{number},"created_at":{number}}}]}}'.encode())
    assert strictly(rows[0]["record"])["id"] == "c1"
    assert number in rows[0]["payload"]


def test_a_linkedin_url_that_is_no_url_costs_no_record() -> None:
    row, findings = land_one(CONTACTS, {"linkedin_url": "http://[linkedin.com/in/ada", "email": "ada@example.com"})
    assert findings.quarantined == []
    assert row["record_key"] == "email:ada@example.com"


def test_a_map_key_that_is_no_url_costs_no_record() -> None:
    rows, findings = land(PEOPLE, json.dumps({"profiles": {"http://[x": {"full_name": "Ada Example"}}}).encode())
    assert findings.quarantined == []
    assert json.loads(rows[0]["record"])["full_name"] == "Ada Example"


def test_drift_is_counted_per_field_over_an_answer() -> None:
    records = [{"id": "1", "shoe": 1}, {"id": "2", "shoe": 2, "is_decision_maker": "perhaps"}, 7]
    rows, findings = land(CONTACTS, answer_with(CONTACTS, records))
    assert findings.drift == {("unknown_field", "shoe"): 2, ("wrong_type", "is_decision_maker"): 1}
    assert (findings.records, len(findings.quarantined), len(rows)) == (3, 1, 3)


@pytest.mark.parametrize("name", ["leadiq.account"])
def test_an_object_that_is_not_there_is_no_record(name: str) -> None:
    assert land(ENTITIES[name], answer_with(ENTITIES[name], [None]))[0] == []


def test_the_same_record_of_the_same_answer_always_has_the_same_row_id_and_no_other_has() -> None:
    body = answer_with(CONTACTS, [{"id": "1"}, {"id": "1"}])
    first, second = (read_answer(CONTACTS, "q1", request, "s", NOW, body)[0] for request in ("r1", "r2"))
    other = read_answer(CONTACTS, "q2", "r1", "s", NOW, body)[0]
    assert [row["_row_id"] for row in first] == [row["_row_id"] for row in second]
    assert len({row["_row_id"] for row in (*first, *other)}) == 4


def test_the_record_hash_follows_the_record_and_not_its_spelling() -> None:
    rows, _ = land(CONTACTS, b'{"data":[{"id":"1","title":"CEO"},{"title": "CEO", "id": 1},{"id":"1","title":"CTO"}]}')
    one, same, other = (row["_record_hash"] for row in rows)
    assert one == same != other


def test_a_record_without_a_key_has_a_weak_one_from_its_payload() -> None:
    one, same, other = (
        land_one(CONTACTS, record)[0]["record_key"] for record in ({"title": "a"}, {"title": "a"}, {"title": "b"})
    )
    assert one.startswith("weak:")
    assert one == same != other


def test_an_answer_comes_together_again_from_what_landed() -> None:
    document = {"data": [{"id": "1", "n": 1.5}, {"id": "2"}, None], "meta": {"total": 3}, "errors": []}
    rows, findings = land(CONTACTS, json.dumps(document).encode("utf-8-sig"))
    assert put_together(findings.envelope, {row["_path"]: row["payload"] for row in rows}) == document


def answer_of(entity: Entity, body: bytes, found: bool = True) -> Answer:
    question = Question(entity.operation, entity.name, "w000001", 0, "GET", "/", selection="everything")
    document = json.loads(body) if found else {}
    return Answer(
        question, "request", "question", 200, body, document, fetched_at=NOW, selection="profile", found=found
    )


@pytest.mark.parametrize(
    "body", [b"Not Found", b"", b'{"message": "Not Found"}', b'{"data": [{"id": "1"}]}', b"\xff\x00"]
)
def test_nothing_found_is_no_record_whatever_it_says_and_the_table_exists(body: bytes) -> None:
    found = list(tables([answer_of(CONTACTS, body, found=False)], CONTACTS))
    assert [table.num_rows for table in found] == [0]
    assert found[0].column_names == list(RAW_COLUMNS)


def test_answers_are_gathered_into_one_table_in_their_order_and_their_findings_are_told() -> None:
    noted: list[Findings] = []
    bodies = [answer_with(CONTACTS, [{"id": str(number)}, {"id": f"{number}b"}]) for number in range(3)]
    _, table = tables([answer_of(CONTACTS, body) for body in bodies], CONTACTS, noted.append)
    assert table.column("record_key").to_pylist() == ["0", "0b", "1", "1b", "2", "2b"]
    assert table.column("_selection").to_pylist() == ["profile"] * 6
    assert [found.records for found in noted] == [2, 2, 2]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text(st.sampled_from("\\u0\x00\ud800a"), max_size=12))
def test_making_text_storable_changes_nothing_but_what_is_not(text: str) -> None:
    expected = "".join("\ufffd" if character in "\x00\ud800" else character for character in text)
    assert storable(text) == expected


def test_rows_of_csv_land_as_their_cells_by_column_and_are_put_together_again() -> None:
    class Person(Record):
        name: Text = None

    entity = Entity("people", "export", Person, "rows/*", lambda one: one["name"] or "", "", reads="csv")
    body = '\ufeffname;Notes\r\n"Zoë ""Zo"" Example";"two\r\nlines"\r\nMax\r\nMia;x;y\r\n'.encode()
    rows, findings = land(entity, body)
    assert [row["_path"] for row in rows] == ["/rows/0", "/rows/1", "/rows/2"]
    assert [row["record_key"] for row in rows] == ['Zoë "Zo" Example', "Max", "Mia"]
    assert [json.loads(row["payload"]) for row in rows] == [
        {"name": 'Zoë "Zo" Example', "Notes": "two\r\nlines"},
        {"name": "Max"},
        {"name": "Mia", "Notes": "x", "_surplus": ["y"]},
    ]
    assert findings.drift == {("unknown_field", "Notes"): 2, ("unknown_field", "_surplus"): 1}
    together = put_together(findings.envelope, {row["_path"]: row["payload"] for row in rows})
    assert together == read_csv(body)
    assert together["columns"] == ["name", "Notes"]
    for row in rows:
        again = read_again(entity, row["_path"], row["payload"])
        assert (again.record, again.record_key, again.record_hash) == (
            row["record"],
            row["record_key"],
            row["_record_hash"],
        )
