"""Records are read tolerantly: what cannot be read becomes null and a line of drift, and the rest stays."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import AliasChoices, Field

from sources.landing import (
    ALWAYS,
    AN_OBJECT,
    Day,
    Flag,
    Integer,
    Json,
    Known,
    Moment,
    Number,
    Record,
    SqlType,
    Text,
    Texts,
    Unreadable,
    columns,
    many,
    read,
)
from sources.landing.records import read_day, read_flag, read_integer, read_moment, read_number, read_text


class Address(Record):
    """Where somebody is."""

    city: Text = Field(None, description="City.")
    postal_code: Text = Field(None, description="Postal code.")


def _address(value: Any) -> Any:
    return {"city": value} if isinstance(value, str) else value


class Thing(Record):
    """One field of each type."""

    name: Text = Field(None, validation_alias=AliasChoices("label", "name"), description="Name.")
    employee_count: Integer = Field(None, description="Employees.")
    revenue: Number = Field(None, description="Revenue.")
    is_open: Flag = Field(None, description="Open?")
    updated_at: Moment = Field(None, description="Updated.")
    born: Day = Field(None, description="Born.")
    extras: Json = Field(None, description="Anything.")
    tags: Texts = Field([], description="Tags.")
    colour: Annotated[Text, Known("red", "green")] = Field(None, description="Colour.")
    home: Annotated[Address | None, AN_OBJECT] = Field(None, description="Home.")
    offices: Annotated[list[Address], many(_address)] = Field([], description="Offices.")


NOTHING: dict[str, Any] = {
    "name": None,
    "employee_count": None,
    "revenue": None,
    "is_open": None,
    "updated_at": None,
    "born": None,
    "extras": None,
    "tags": [],
    "colour": None,
    "home": None,
    "offices": [],
}


def test_a_record_with_nothing_in_it_has_every_declared_field() -> None:
    canonical, drift = read(Thing, {})
    assert (canonical, drift.found) == (NOTHING, [])


def test_null_is_nothing_everywhere_and_no_drift() -> None:
    canonical, drift = read(Thing, dict.fromkeys(NOTHING))
    assert (canonical, drift.found) == (NOTHING, [])


def test_a_record_is_read_by_our_name_its_camel_case_and_the_providers_name() -> None:
    assert read(Thing, {"employeeCount": 5, "label": "A"})[0] == {**NOTHING, "employee_count": 5, "name": "A"}
    assert read(Thing, {"employee_count": 5, "name": "A"})[0] == {**NOTHING, "employee_count": 5, "name": "A"}


def test_an_unknown_field_is_kept_and_noted() -> None:
    canonical, drift = read(Thing, {"name": "A", "shoe_size": 4.50, "home": {"planet": "Earth"}, "offices": [{"x": 1}]})
    assert canonical["unknown_fields"] == {"shoe_size": 4.5}
    assert canonical["home"] == {"city": None, "postal_code": None, "unknown_fields": {"planet": "Earth"}}
    assert sorted(drift.found) == [
        ("unknown_field", "home.planet"),
        ("unknown_field", "offices[].x"),
        ("unknown_field", "shoe_size"),
    ]


def test_an_unknown_value_of_an_open_enumeration_is_kept_and_noted() -> None:
    canonical, drift = read(Thing, {"colour": "mauve"})
    assert canonical["colour"] == "mauve"
    assert drift.found == [("unknown_value", "colour")]
    assert read(Thing, {"colour": "red"})[1].found == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", [["a"]]),
        ("name", {"a": 1}),
        ("employee_count", "many"),
        ("employee_count", 12.5),
        ("employee_count", 10**23),
        ("employee_count", True),
        ("employee_count", []),
        ("revenue", "plenty"),
        ("revenue", {"usd": 1}),
        ("revenue", False),
        ("is_open", "perhaps"),
        ("is_open", 2),
        ("is_open", []),
        ("updated_at", "yesterday"),
        ("updated_at", 10**30),
        ("updated_at", True),
        ("born", "2024-13-01"),
        ("born", "2024-01-32"),
        ("born", [2024]),
        ("tags", {"a": {"b": 1}}),
        ("tags", [[1]]),
        ("home", "Rome"),
        ("home", 5),
        ("offices", 5),
        ("offices", [[]]),
    ],
)
def test_a_value_of_the_wrong_type_costs_its_field_and_nothing_else(field: str, value: Any) -> None:
    canonical, drift = read(Thing, {"extras": "here", field: value})
    assert canonical == {**NOTHING, "extras": '"here"'}
    assert drift.found == [("wrong_type", field)]


def test_a_value_of_the_wrong_type_is_named_by_its_whole_path_however_deep_it_stands() -> None:
    class House(Record):
        """Things within things."""

        main: Annotated[Thing | None, AN_OBJECT] = Field(None, description="One.")
        others: Annotated[list[Thing], many()] = Field([], description="Several.")
        is_open: Flag = Field(None, description="Open?")

    wrong = {"employeeCount": "x", "home": 5, "offices": [{"city": {"a": 1}}, {}, {"postal_code": {}}]}
    canonical, drift = read(
        House, {"is_open": "maybe", "main": wrong, "others": [{}, {"tags": [[1], "a", {}]}, wrong, 7]}
    )
    assert sorted(drift.found) == sorted(
        ("wrong_type", name)
        for name in (
            "is_open",
            "others",
            *("main.employee_count", "main.home", "main.offices[].city", "main.offices[].postal_code"),
            *("others[].tags", "others[].tags"),
            *("others[].employee_count", "others[].home", "others[].offices[].city", "others[].offices[].postal_code"),
        )
    )
    assert canonical["others"][1]["tags"] == ["a"]


@pytest.mark.parametrize("empty", [[], {}, ""])
def test_an_empty_list_map_or_text_for_an_object_is_no_object_and_no_drift(empty: Any) -> None:
    canonical, drift = read(Thing, {"home": empty})
    assert (canonical["home"], drift.found) == (None, [])


def test_a_list_of_one_for_an_object_is_that_object() -> None:
    assert read(Thing, {"home": [{"city": "Rome"}]})[0]["home"]["city"] == "Rome"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a", ["a"]),
        (["a", "b"], ["a", "b"]),
        (["a", "", " "], ["a"]),
        ([1, True, 1.5], ["1", "true", "1.5"]),
        ("", []),
        ([], []),
        (7, ["7"]),
    ],
)
def test_one_value_is_a_list_of_one_and_empty_text_is_no_value(value: Any, expected: list[str]) -> None:
    canonical, drift = read(Thing, {"tags": value})
    assert (canonical["tags"], drift.found) == (expected, [])


def test_a_null_in_a_list_of_values_does_not_cost_the_others() -> None:
    assert read(Thing, {"tags": ["a", None, "b"]})[0]["tags"] == ["a", "b"]


def test_a_null_in_a_list_of_objects_does_not_cost_the_others() -> None:
    cities = [office["city"] for office in read(Thing, {"offices": [None, {"city": "Rome"}, "Oslo"]})[0]["offices"]]
    assert cities == ["Rome", "Oslo"]


def test_one_object_where_a_list_is_expected_is_a_list_of_one() -> None:
    assert [one["city"] for one in read(Thing, {"offices": {"city": "Rome"}})[0]["offices"]] == ["Rome"]


@pytest.mark.parametrize("value", [None, [], "text", 5, 1.5, True])
def test_what_is_no_object_is_refused_with_a_reason(value: Any) -> None:
    with pytest.raises(Unreadable, match="an object was expected"):
        read(Thing, value)


def test_two_threads_of_reading_do_not_mix_their_drift() -> None:
    first = read(Thing, {"colour": "mauve"})[1]
    assert read(Thing, {"employee_count": "x"})[1].found == [("wrong_type", "employee_count")]
    assert first.found == [("unknown_value", "colour")]


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1,200", 1200), (12.0, 12), ("12.0", 12), (" 7 ", 7), ("-3", -3), (2**63 - 1, 2**63 - 1), ("", None), (0, 0)],
)
def test_a_whole_number_is_read_in_its_usual_forms(value: Any, expected: int | None) -> None:
    assert read_integer(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("$5.4M", 5_400_000),
        ("5.4m", 5_400_000),
        ("$1,200", 1200),
        ("USD 3B", 3e9),
        ("-12.5", -12.5),
        ("10 million", 10e6),
        (6101000, 6101000),
        (10**23, 1e23),
        (" ", None),
    ],
)
def test_an_amount_is_read_in_its_usual_forms(value: Any, expected: float | None) -> None:
    assert read_number(value) == expected


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("250 thousand", 250e3),
        ("5.4E+7", 5.4e7),
        ("10 to 20", None),
        ("12 kr", 12),
        ("$1M - $5M", None),
        ("1.5e3", 1500),
    ],
)
def test_an_amount_is_read_as_it_is_meant_or_not_at_all(value: str, meant: float | None) -> None:
    try:
        found = read_number(value)
    except ValueError:
        found = None
    assert found in (meant, None)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, True), ("false", False), ("Yes", True), (1, True), (0, False), ("0", False), ("", None)],
)
def test_a_flag_is_read_in_its_usual_forms(value: Any, expected: bool | None) -> None:
    assert read_flag(value) is expected


MARCH = datetime(2026, 3, 2, 6, 0)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-03-02T06:00:00Z", MARCH),
        ("2026-03-02 06:00:00", MARCH),
        ("2026-03-02T08:00:00+02:00", MARCH),
        ("2026-03-02T06:00:00.123456789Z", MARCH.replace(microsecond=123456)),
        (1772431200, MARCH),
        (1772431200000, MARCH),
        ("1772431200000", MARCH),
        ("2026-03-02", datetime(2026, 3, 2)),
        ("", None),
    ],
)
def test_a_time_is_read_as_utc_from_text_seconds_and_milliseconds(value: Any, expected: datetime | None) -> None:
    assert read_moment(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2023-04-31", date(2023, 4, 30)),
        ("2023-02-31", date(2023, 2, 28)),
        ("2024-02-30", date(2024, 2, 29)),
        ("2024-2-3", date(2024, 2, 3)),
        ("2026-03-02T23:59:59Z", date(2026, 3, 2)),
        (1772431200000, date(2026, 3, 2)),
        (" ", None),
    ],
)
def test_a_day_is_read_and_one_its_month_lacks_is_the_months_last(value: Any, expected: date | None) -> None:
    assert read_day(value) == expected


def test_a_time_is_written_with_four_digits_of_year() -> None:
    canonical, _ = read(Thing, {"updated_at": "0001-01-01T00:00:00Z", "born": "0001-01-01"})
    assert canonical["updated_at"] == "0001-01-01T00:00:00.000000Z"
    assert canonical["born"] == "0001-01-01"


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(9999, 12, 30)))
def test_a_time_survives_reading_and_writing(moment: datetime) -> None:
    assert read(Thing, {"updated_at": moment.isoformat() + "Z"})[0]["updated_at"] == moment.strftime(
        "%Y-%m-%dT%H:%M:%S.%fZ"
    )


def test_text_is_kept_as_it_came_and_numbers_become_text() -> None:
    assert read_text("  Zoë ") == "  Zoë "
    assert (read_text(20204), read_text(True), read_text(" ")) == ("20204", "true", None)


def test_a_field_of_no_fixed_shape_is_kept_as_json() -> None:
    assert read(Thing, {"extras": {"b": [1], "a": "é"}})[0]["extras"] == '{"a": "é", "b": [1]}'


def test_a_models_columns_are_flat_typed_and_described() -> None:
    found = {column.name: column for column in columns(Thing)}
    assert list(found) == [
        "name", "employee_count", "revenue", "is_open", "updated_at", "born", "extras", "tags", "colour",
        "home_city", "home_postal_code", "offices",
    ]  # fmt: skip
    assert found["home_city"].path == ("home", "city")
    assert (found["updated_at"].type, found["born"].type) == (SqlType.TIMESTAMP, SqlType.DATE)
    assert found["tags"].is_list
    assert found["tags"].children is None
    assert [child.name for child in found["offices"].children or ()] == ["city", "postal_code"]


class Named(Record):
    """A record that always has its name."""

    name: Annotated[Text, ALWAYS] = None
    inside: Annotated[Named | None, AN_OBJECT] = None


@pytest.mark.parametrize("value", [{}, {"inside": {"name": "x"}}, {"nom": "x"}])
def test_a_field_that_every_record_has_is_missed_where_it_does_not_come(value: Any) -> None:
    assert ("missing_field", "name") in read(Named, value)[1].found


@pytest.mark.parametrize("value", [{"name": None}, {"name": ""}, {"name": "x", "inside": {}}])
def test_what_comes_empty_or_is_left_out_within_a_record_is_not_missed(value: Any) -> None:
    assert read(Named, value)[1].found == []
