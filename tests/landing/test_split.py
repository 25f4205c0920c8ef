"""Every record keeps the very characters it came in, and an answer can be put together again from its parts."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.landing import put_together, split
from sources.landing.rows import decode
from sources.landing.split import is_of_many

SPACE = st.sampled_from(["", "", " ", "\n", "\t\r\n  "])
WORDS = st.text(st.sampled_from('ab/~*"\\:,[]{}0 é😀\ud800\udc00\x00\n'), max_size=6)
STRINGS = WORDS.map(json.dumps) | WORDS.map(lambda words: json.dumps(words, ensure_ascii=False))
NUMBERS = st.sampled_from(["0", "-0", "1.70", "-1.0e+5", "12345678901234567890123", "1E400", "0.1000"])


def _listed(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    padded = st.tuples(SPACE, children, SPACE).map("".join)
    return st.lists(padded, min_size=1, max_size=4).map(lambda parts: f"[{','.join(parts)}]") | SPACE.map("[{}]".format)


def _mapped(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    member = st.tuples(SPACE, STRINGS, SPACE, st.just(":"), SPACE, children, SPACE)
    unique = st.lists(member, min_size=1, max_size=4, unique_by=lambda parts: json.loads(parts[1]))
    whole = unique.map(lambda members: "{" + ",".join("".join(parts) for parts in members) + "}")
    return whole | SPACE.map(lambda space: "{" + space + "}")


VALUES = st.recursive(
    STRINGS | NUMBERS | st.sampled_from(["null", "true", "false"]),
    lambda children: _listed(children) | _mapped(children),
    max_leaves=12,
)
RECORDS = _listed(VALUES) | _mapped(VALUES)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """An answer with its records in `data`, and something before and after them."""
    before, after = draw(VALUES), draw(VALUES)
    space = [draw(SPACE) for _ in range(4)]
    return (
        f'{space[0]}{{"meta":{before},{space[1]}"data"{space[2]}:{space[3]}{draw(RECORDS)},'
        f'"more":{after}{space[1]}}}{space[2]}'
    )


def exactly(value: object) -> str:
    """A value so that 1, 1.0 and true differ, and the order of members counts."""
    return json.dumps(value)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(documents())
def test_an_answer_is_put_together_again_from_its_envelope_and_its_records(text: str) -> None:
    pieces, envelope = split(text, "data/*")
    together = put_together(envelope, {piece.path: piece.payload for piece in pieces})
    assert exactly(together) == exactly(json.loads(text))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(documents())
def test_a_record_is_a_slice_of_the_answer_and_nothing_is_left_out(text: str) -> None:
    pieces, envelope = split(text, "data/*")
    data = json.loads(text)["data"]
    assert len(pieces) == len(data)
    assert sum(len(piece.payload) for piece in pieces) + len(envelope) - len("null") * len(pieces) == len(text)
    at = 0
    for piece in pieces:
        at = text.index(piece.payload, at) + len(piece.payload)
        assert exactly(json.loads(piece.payload)) == exactly(piece.value)
    expected = data if isinstance(data, list) else list(data.values())
    assert exactly([piece.value for piece in pieces]) == exactly(expected)
    assert [piece.key for piece in pieces] == (
        [str(number) for number in range(len(data))] if isinstance(data, list) else list(data)
    )


@pytest.mark.parametrize("number", ["1.70", "12345678901234567890123", "-0", "1.0E+2", "0.30000000000000004"])
def test_a_number_keeps_every_digit(number: str) -> None:
    (piece,), _ = split(f'{{"data":[{{"a": {number} }}]}}', "data/*")
    assert piece.payload == f'{{"a": {number} }}'


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("https://www.linkedin.com/in/a", "/data/https:~1~1www.linkedin.com~1in~1a"),
        ("~", "/data/~0"),
        ("~1", "/data/~01"),
        ("", "/data/"),
        ("*", "/data/*"),
        ("é", "/data/é"),
    ],
)
def test_a_map_key_is_kept_whatever_it_holds(key: str, path: str) -> None:
    (piece,), envelope = split(json.dumps({"data": {key: {"n": 1}}}), "data/*")
    assert (piece.key, piece.path) == (key, path)
    assert put_together(envelope, {piece.path: piece.payload}) == {"data": {key: {"n": 1}}}


def test_the_answer_itself_can_be_the_record() -> None:
    text = ' {"a": 1.70}\n'
    (piece,), envelope = split(text, "")
    assert (piece.path, piece.key, piece.payload, envelope) == ("", "", '{"a": 1.70}', " null\n")
    assert put_together(envelope, {"": piece.payload}) == {"a": 1.7}


def test_records_deep_in_an_answer_are_found_and_their_surroundings_stay_in_the_envelope() -> None:
    text = '{"data":{"t":{"edges":[{"cursor":"c1","node":{"id":1}},{"cursor":"c2"},{"node":null}],"more":true}}}'
    pieces, envelope = split(text, "data/t/edges/*/node")
    assert [(piece.path, piece.payload) for piece in pieces] == [
        ("/data/t/edges/0/node", '{"id":1}'),
        ("/data/t/edges/2/node", "null"),
    ]
    assert envelope == text.replace('{"id":1}', "null")


@pytest.mark.parametrize(
    ("data", "paths"),
    [
        ([{"id": 1}, {"id": 2}], ["/data/0", "/data/1"]),
        ({"contacts": [{"id": 1}, {"id": 2}], "total": 2}, ["/data/contacts/0", "/data/contacts/1"]),
        ({"contacts": []}, []),
        ({"contacts": {"a": {"id": 1}, "b": None}}, ["/data/contacts/a", "/data/contacts/b"]),
        ({"contacts": {"id": 1, "company": {}}}, ["/data/contacts"]),
        ({"a": {"id": 1}, "contacts": {"id": 2}}, ["/data/a", "/data/contacts"]),
        ({"companies": [{"id": 1}]}, ["/data/companies"]),
        ({}, []),
        (None, []),
    ],
)
def test_of_several_ways_the_first_that_leads_to_a_list_counts(data: object, paths: list[str]) -> None:
    document = {"meta": {"contacts": [1]}, "data": data, "errors": []}
    pieces, envelope = split(json.dumps(document), "data/contacts/*|data/*")
    assert [piece.path for piece in pieces] == paths
    assert put_together(envelope, {piece.path: piece.payload for piece in pieces}) == document


@pytest.mark.parametrize(
    ("document", "paths"),
    [
        ({"profile": {"n": 1}}, ["/profile"]),
        ({"profiles": {"a": {"n": 1}, "b": ["x"]}}, ["/profiles/a", "/profiles/b"]),
        ({"profiles": {"a": 1}, "meta": {}, "profile": {"profiles": {"b": 1}}}, ["/profiles/a", "/profile"]),
        ({"profile": [], "profiles": []}, []),
        ({"profile": None, "profiles": {"a": [ ], "b": None, "c": [None], "d": ""}}, ["/profiles/c", "/profiles/d"]),
        ({"profiles": [None, [], 1]}, ["/profiles/0", "/profiles/1", "/profiles/2"]),
        ({"message": "Not Found"}, []),
    ],
)  # fmt: skip
def test_records_may_stand_in_several_places_and_where_nothing_is_said_there_is_none(
    document: object, paths: list[str]
) -> None:
    pieces, envelope = split(json.dumps(document), "profile?;profiles/*?")
    assert [piece.path for piece in pieces] == paths
    assert put_together(envelope, {piece.path: piece.payload for piece in pieces}) == document


@pytest.mark.parametrize(
    ("companies", "paths"),
    [
        ([{"a.example": {"n": 1}}, {"b.example": {"n": 2}}], ["/companies/0/a.example", "/companies/1/b.example"]),
        ([{"a.example": {"n": 1}, "b.example": []}, {}], ["/companies/0/a.example"]),
        ([{"a.example": None}], []),
        ([{"n": 1, "at": {}}, {"n": None, "tags": []}], ["/companies/0", "/companies/1"]),
        ({"a.example": {"n": 1}, "b.example": {"n": None}, "c.example": []},
         ["/companies/a.example", "/companies/b.example"]),
        ([], []),
        ([7, {"a.example": {}}], ["/companies/0", "/companies/1"]),
    ],
)  # fmt: skip
def test_a_list_of_maps_is_told_from_a_list_of_records(companies: object, paths: list[str]) -> None:
    document = {"companies": companies}
    pieces, envelope = split(json.dumps(document), "companies/*/*?|companies/*?")
    assert [piece.path for piece in pieces] == paths
    assert put_together(envelope, {piece.path: piece.payload for piece in pieces}) == document


@pytest.mark.parametrize(
    ("path", "is_one"),
    [("/profiles/a", True), ("/profile", False), ("/data/result/a~1b", True), ("/data/more/a", False), ("", False)],
)
def test_a_record_is_known_to_be_one_of_many_by_its_path(path: str, is_one: bool) -> None:
    assert is_of_many(path, "profiles/*?|x/*/y;profile?;data/result/*") is is_one


@pytest.mark.parametrize(
    "text", ['{"data":null}', '{"data":5}', '{"data":[]}', '{"data":{}}', '{"Data":[1]}', "[]", "7", '{"data":"[1]"}']
)
def test_an_answer_without_records_is_all_envelope(text: str) -> None:
    assert split(text, "data/*") == ([], text)


@pytest.mark.parametrize("text", ['{"data":[1,2', '{"data":[1 2]}', '{"data":{"a" 1}}', '{"data":[1,]}', '{"data":'])
def test_what_is_not_json_is_said_to_be_none(text: str) -> None:
    with pytest.raises(ValueError):
        split(text, "data/*")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_a_body_is_read_in_any_encoding_json_may_have_and_a_byte_order_mark_is_no_character(encoding: str) -> None:
    assert decode('{"name": "Zoë 😀"}'.encode(encoding)) == '{"name": "Zoë 😀"}'


def test_half_a_surrogate_pair_becomes_the_escape_that_means_the_same() -> None:
    body = '{"name": "x\ud800y"}'.encode("utf-8", "surrogatepass")
    text = decode(body)
    text.encode()  # No warehouse takes what this cannot encode.
    assert text == '{"name": "x\\ud800y"}'
    assert json.loads(text) == json.loads(body)
