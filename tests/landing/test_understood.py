"""What is said of undocumented records is so: which path feeds which field, and which feeds none."""

from __future__ import annotations

import json
import time
from typing import Annotated, Any

import pytest
from pydantic import AliasChoices, Field

from sources.contactout.records import ENTITIES as CONTACTOUT
from sources.landing import (
    Entity,
    Finding,
    Moment,
    Record,
    Text,
    Texts,
    Understanding,
    declared,
    many,
    split,
    understand,
)
from sources.letrics.records import ENTITIES

CONTACTS, COMPANIES = ENTITIES
TYPES = {"text", "number", "true/false"}


def understood(*records: Any, entity: Entity = CONTACTS) -> Understanding:
    return understand(entity, split(json.dumps({"data": records}), entity.where)[0])


def feeds(found: Understanding) -> dict[str, tuple[str, ...]]:
    return {one.path: one.fields for one in found.understood}


# -- what is understood ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"id": 1}, {"id": "id"}),
        ({"jobTitle": "CEO"}, {"jobTitle": "title"}),
        ({"emails": ["a@example.com"]}, {"emails[]": "work_emails"}),
        ({"emails": [{"value": "a@example.com"}]}, {"emails[].value": "work_emails"}),
        ({"company": "Acme"}, {"company": "company.name"}),
        ({"company": {"name": "Acme"}}, {"company.name": "company.name"}),
        ({"company_name": "Acme"}, {"company_name": "company.name"}),
        ({"organization": {"tld": "a.example"}}, {"organization.tld": "company.domain"}),
        ({"location": {"city": "Bath"}}, {"location.city": "city"}),
        ({"company": {"headquarters": {"city": "Bath"}}}, {"company.headquarters.city": "company.city"}),
        ({"company_size": "11-50"}, {"company_size": "company.employee_range"}),
        ({"departments": ["Sales", "Service"]}, {"departments[]": "department"}),
    ],
)
def test_each_path_is_said_to_feed_what_it_feeds(record: Any, expected: dict[str, str]) -> None:
    assert feeds(understood(record)) == {path: (name,) for path, name in expected.items()}


def test_what_one_record_shows_and_another_does_not_is_put_together() -> None:
    found = understood(
        {"id": 1, "size": 5}, {"id": 2, "size": "11-50", "phone": None}, {"phone": "1"}, entity=COMPANIES
    )
    assert feeds(found) == {"id": ("id",), "size": ("employee_count", "employee_range"), "phone": ("phone",)}
    assert [(one.path, one.records, one.types) for one in found.understood if one.path == "size"] == [
        ("size", 2, ("number", "text"))
    ]
    assert found.always_empty == []


def test_every_field_is_either_fed_or_said_not_to_be_seen() -> None:
    found = understood({"id": 1, "company": {"name": "Acme"}})
    fed = {name for one in found.understood for name in one.fields}
    assert fed | set(found.not_seen) == set(declared(CONTACTS.model))
    assert fed & set(found.not_seen) == set()


# -- what is not -------------------------------------------------------------------------------------------------------


def test_a_path_that_feeds_nothing_is_not_understood_and_its_types_are_told() -> None:
    found = understood({"id": 1, "score": 5, "company": {"mood": True}}, {"id": 2, "score": "high", "tags": ["a"]})
    assert found.not_understood == [
        Finding("score", ("number", "text"), 2),
        Finding("company.mood", ("true/false",), 1),
        Finding("tags[]", ("text",), 1),
    ]


@pytest.mark.parametrize("empty", [None, "", "  ", [], {}])
def test_a_path_without_a_value_in_any_record_is_always_empty(empty: Any) -> None:
    found = understood({"id": 1, "mood": empty}, {"id": 2, "mood": empty})
    assert found.always_empty == ["mood"]
    assert found.not_understood == []


def test_what_is_empty_here_and_an_object_there_is_not_always_empty() -> None:
    found = understood({"company": None, "emails": []}, {"company": {"name": "Acme"}, "emails": ["a@example.com"]})
    assert found.always_empty == []


def test_of_two_names_of_one_field_the_one_that_is_not_used_is_told_with_the_one_that_is() -> None:
    found = understood({"emails": ["a@example.com"], "email": "b@example.com"})
    assert feeds(found) == {"emails[]": ("work_emails",)}
    assert found.not_used == [Finding("email", ("text",), 1, ("work_emails",), ("emails[]",))]


@pytest.mark.parametrize(
    ("used", "other", "value", "field"),
    [
        ("full_name", "name", "Ada Example", "full_name"),
        ("created_at", "added_at", "2026-03-01T12:00:59Z", "created_at"),
        ("created_at", "added_at", 1772366400, "created_at"),
        ("is_decision_maker", "decision_maker", True, "is_decision_maker"),
    ],
)
def test_two_names_that_say_the_same_are_told_apart_all_the_same(used: str, other: str, value: Any, field: str) -> None:
    for record in ({used: value, other: value}, {other: value, used: value}):
        found = understood(record)
        assert feeds(found) == {used: (field,)}
        assert [(one.path, one.fields, one.taken_from) for one in found.not_used] == [(other, (field,), (used,))]
        assert found.not_understood == []


def test_a_name_that_is_used_in_some_record_is_used() -> None:
    found = understood({"emails": ["a@example.com"], "email": "b@example.com"}, {"email": "c@example.com"})
    assert set(feeds(found)) == {"emails[]", "email"}
    assert found.not_used == []


def test_a_value_that_cannot_be_read_as_its_field_is_told_apart_from_a_name_nobody_knows() -> None:
    found = understood({"company": {"employees": "many"}}, {"company": {"employees": 5}})
    assert found.misread == [Finding("company.employees", ("number", "text"), 1, ("company.employee_count",))]
    assert feeds(found) == {"company.employees": ("company.employee_count",)}
    assert found.not_understood == []


def test_a_record_that_cannot_be_read_is_counted_with_its_reason_and_the_others_are_read() -> None:
    found = understood("a", {"id": 1}, "b", None)
    assert found.unreadable == {"an object was expected, text came": 2, "an object was expected, null came": 1}
    assert feeds(found) == {"id": ("id",)}
    assert found.records == 4


# -- nothing leaks, and nothing takes forever --------------------------------------------------------------------------


def test_keys_that_are_data_are_not_shown() -> None:
    found = understood(
        {
            "scores": {
                "ada@example.com": 1,
                "+44 20 7946 0000": 2,
                "7946123": 3,
                "9f8b2c4d-1e2f-4a5b": 4,
                "Ada Example": 5,
            }
        }
    )
    assert found.not_understood == [Finding("scores.*", ("number",), 1)]


def test_a_record_of_thousands_of_names_does_not_hold_up_the_check() -> None:
    record = {
        "id": 1,
        **{f"field_{chr(97 + n // 676)}{chr(97 + n // 26 % 26)}{chr(97 + n % 26)}": n for n in range(3000)},
    }
    began = time.monotonic()
    found = understood(*[record] * 40)
    assert time.monotonic() - began < 20
    assert found.records == 25
    assert found.left_out == 2801


# -- any model ---------------------------------------------------------------------------------------------------------


class Job(Record):
    title: Text = Field(None, description="Title.")
    skills: Texts = Field([], description="Skills.")


class Worker(Record):
    name: Text = Field(None, validation_alias=AliasChoices("name", "handle"), description="Name.")
    jobs: Annotated[list[Job], many()] = Field([], description="Jobs.")
    born_at: Moment = Field(None, description="Birth.")


WORKERS = Entity("workers", "workers", Worker, "data/*", lambda one: "", "One row per worker.", map_key="handle")


def test_lists_of_objects_and_the_key_of_a_map_are_understood_as_well() -> None:
    text = json.dumps({"data": {"ada": {"jobs": [{"title": "CEO", "skills": ["a"], "pay": 5}, {"title": "CTO"}]}}})
    found = understand(WORKERS, split(text, WORKERS.where)[0])
    assert feeds(found) == {
        "jobs[].title": ("jobs[].title",),
        "jobs[].skills[]": ("jobs[].skills",),
        "handle": ("name",),
    }
    assert [one.path for one in found.not_understood] == ["jobs[].pay"]
    assert found.not_seen == ["born_at"]


@pytest.mark.parametrize("entity", [*CONTACTOUT, *ENTITIES], ids=lambda entity: entity.name)
def test_every_model_of_ours_can_be_asked(entity: Entity) -> None:
    text = json.dumps({"id": "x"})
    found = understand(entity, split(text, "")[0])
    assert found.records == 1
    assert found.not_seen
