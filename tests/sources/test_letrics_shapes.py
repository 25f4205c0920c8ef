"""Letrics names no field of its answers: every plausible shape is read, and nothing is taken for something else."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from sources.landing import put_together, read_answer
from sources.letrics.records import ENTITIES

NOW = datetime(2026, 3, 2, 6)
CONTACTS, COMPANIES = ENTITIES


def land(record: Any, entity: Any = CONTACTS) -> tuple[dict[str, Any], dict[tuple[str, str], int], str]:
    """(record, drift, key) of one record."""
    rows, findings = read_answer(entity, "q", "r", "s", NOW, json.dumps({"data": [record]}).encode())
    assert findings.quarantined == []
    return json.loads(rows[0]["record"]), findings.drift, rows[0]["record_key"]


def contact(record: Any) -> dict[str, Any]:
    found, drift, _ = land({"id": 1, **record})
    assert drift == {}
    return found


# -- keys --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "key"),
    [
        ({"id": 17, "linkedin_url": "https://www.linkedin.com/in/ada"}, "17"),
        ({"uuid": "u1"}, "u1"),
        ({"linkedin": "linkedin.com/in/Ada/", "email": "a@example.com"}, "linkedin:ada"),
        ({"linkedin": "https://www.linkedin.com/company/x", "email": " A@Example.com "}, "email:a@example.com"),
        ({"emails": [], "personal_email": "a@example.com"}, "email:a@example.com"),
        ({"name": "Ada Example", "company": {"domain": "Example.com"}}, "name:ada example@example.com"),
        (
            {"first_name": "Ada", "last_name": "Example", "company_domain": "example.com"},
            "name:ada example@example.com",
        ),
    ],
)
def test_a_contact_is_known_by_the_strongest_key_it_has(record: Any, key: str) -> None:
    assert land(record)[2] == key


@pytest.mark.parametrize("record", [{"name": "Ada Example"}, {"company": {"domain": "example.com"}}, {}])
def test_a_contact_that_nothing_names_has_a_weak_key(record: Any) -> None:
    assert land(record)[2].startswith("weak:")


def test_two_people_with_one_name_in_old_public_urls_stay_two() -> None:
    first, second = (
        land({"linkedin_url": f"https://www.linkedin.com/pub/ada-example/{groups}"})[2]
        for groups in ("1/2b/3c4", "5/6d/7e8")
    )
    assert first != second


@pytest.mark.parametrize(
    ("record", "key"),
    [
        ({"_id": 5, "domain": "example.com"}, "5"),
        ({"tld": " Example.com "}, "domain:example.com"),
        ({"linkedin": "https://www.linkedin.com/company/X"}, "linkedin:https://www.linkedin.com/company/x"),
    ],
)
def test_a_company_is_known_by_the_strongest_key_it_has(record: Any, key: str) -> None:
    assert land(record, COMPANIES)[2] == key


def test_an_id_that_is_null_gives_way_to_the_other() -> None:
    assert land({"id": None, "uuid": "u1"})[2] == "u1"


# -- shapes ------------------------------------------------------------------------------------------------------------


def test_a_company_is_nested_flat_or_a_bare_name() -> None:
    nested = contact({"id": 1, "company": {"name": "Example", "domain": "example.com"}})
    assert nested["company"]["name"] == "Example"
    assert contact({"id": 1, "company_name": "Example", "company_domain": "example.com"}) == nested
    assert contact({"id": 1, "company": "Example", "company_domain": "example.com"}) == nested
    assert contact({"id": 1, "organization": {"name": "Example", "tld": "example.com"}}) == nested


@pytest.mark.parametrize("company", [None, [], {}, ""])
def test_a_contact_without_a_company_has_none(company: Any) -> None:
    assert contact({"id": 1, "company": company})["company"] is None


def test_a_flat_size_in_words_is_kept_as_words() -> None:
    record, _, _ = land({"id": 1, "company_name": "Example", "company_size": "51-200"})
    assert record["company"]["employee_range"] == "51-200"


@pytest.mark.parametrize(
    "location",
    [
        {"city": "London", "country": "United Kingdom"},
        {"location": {"city": "London", "country": "United Kingdom"}},
        {"address": {"city": "London", "country_name": "United Kingdom"}},
    ],
)
def test_a_location_is_nested_or_flat(location: dict[str, Any]) -> None:
    record = contact({"id": 1, **location})
    assert (record["city"], record["country"]) == ("London", "United Kingdom")


def test_a_flat_location_counts_before_a_nested_one() -> None:
    assert contact({"id": 1, "city": "Leeds", "location": {"city": "London"}})["city"] == "Leeds"


def test_the_id_and_the_name_of_a_location_are_not_the_contacts() -> None:
    location = {"id": 7, "name": "London office", "city": "London"}
    record, _, key = land({"uuid": "u1", "first_name": "Ada", "last_name": "Example", "location": location})
    assert key == "u1"
    assert record["full_name"] is None


def test_a_location_in_one_line_is_kept() -> None:
    record, drift, _ = land({"id": 1, "location": "London, United Kingdom"})
    assert record["unknown_fields"] == {"location": "London, United Kingdom"}
    assert drift == {("unknown_field", "location"): 1}


@pytest.mark.parametrize("name", ["emails", "email", "work_emails", "work_email", "business_email"])
@pytest.mark.parametrize("value", ["a@example.com", ["a@example.com"]])
def test_an_address_has_several_names_and_is_a_list_or_one(name: str, value: Any) -> None:
    assert contact({name: value})["work_emails"] == ["a@example.com"]


@pytest.mark.parametrize("empty", [None, [], ""])
def test_an_empty_list_of_addresses_does_not_hide_the_address_beside_it(empty: Any) -> None:
    assert land({"id": 1, "emails": empty, "email": "a@example.com"})[0]["work_emails"] == ["a@example.com"]


@pytest.mark.parametrize("name", ["personal_emails", "personal_email"])
def test_a_personal_address_is_not_taken_for_one_of_work(name: str) -> None:
    record = contact({name: "a@example.com"})
    assert (record["personal_emails"], record["work_emails"]) == (["a@example.com"], [])


@pytest.mark.parametrize("name", ["phones", "phone", "phone_numbers", "phone_number", "mobile"])
def test_a_phone_number_has_several_names(name: str) -> None:
    assert contact({name: 12015550123})["phones"] == ["12015550123"]


@pytest.mark.parametrize("name", ["department", "departments"])
@pytest.mark.parametrize("value", ["Sales", ["Sales"]])
def test_a_department_is_text_or_a_list_of_one(name: str, value: Any) -> None:
    assert contact({name: value})["department"] == "Sales"


@pytest.mark.parametrize("name", ["job_title", "title", "position", "jobTitle"])
def test_a_title_has_several_names(name: str) -> None:
    assert contact({name: "CEO"})["title"] == "CEO"


@pytest.mark.parametrize(("value", "expected"), [(True, True), ("false", False), (1, True), (None, None)])
def test_a_decision_maker_is_marked_in_several_ways(value: Any, expected: bool | None) -> None:
    assert contact({"is_decision_maker": value})["is_decision_maker"] is expected


@pytest.mark.parametrize(
    ("given", "field", "expected"),
    [
        ({"employees": "1,200"}, "employee_count", 1200),
        ({"headcount": 12.0}, "employee_count", 12),
        ({"company_size": "51-200"}, "employee_range", "51-200"),
        ({"annual_revenue": "$5.4M"}, "revenue_usd", 5_400_000),
        ({"founded": "1999"}, "founded_year", 1999),
        ({"industries": "Software"}, "industries", ["Software"]),
        ({"tech_stack": ["a", "b"]}, "technologies", ["a", "b"]),
        ({"function": "Retail"}, "functions", ["Retail"]),
        ({"headquarters": {"city": "London"}}, "city", "London"),
        ({"added_at": "2026-02-01T00:00:00Z"}, "created_at", "2026-02-01T00:00:00.000000Z"),
        ({"createdAt": 1769904000}, "created_at", "2026-02-01T00:00:00.000000Z"),
    ],
)
def test_a_company_is_read_by_its_plausible_names(given: Any, field: str, expected: Any) -> None:
    record, drift, _ = land({"id": 1, **given}, COMPANIES)
    assert (record[field], drift) == (expected, {})


def test_records_in_a_map_land_as_those_in_a_list() -> None:
    body = json.dumps({"data": {"x": {"id": 1}, "y": {"id": 2}}}).encode()
    rows, _ = read_answer(CONTACTS, "q", "r", "s", NOW, body)
    assert [(row["record_key"], row["_path"]) for row in rows] == [("1", "/data/x"), ("2", "/data/y")]


@pytest.mark.parametrize(("entity", "other"), [(CONTACTS, COMPANIES), (COMPANIES, CONTACTS)])
def test_records_in_a_list_under_the_collections_name_land_as_those_in_a_list(entity: Any, other: Any) -> None:
    document = {"data": {entity.name: [{"id": 1}, {"id": 2}], other.name: [{"id": 3}], "page": 1}, "meta": {}}
    rows, findings = read_answer(entity, "q", "r", "s", NOW, json.dumps(document).encode())
    assert [(row["record_key"], row["_path"]) for row in rows] == [
        ("1", f"/data/{entity.name}/0"),
        ("2", f"/data/{entity.name}/1"),
    ]
    assert (findings.records, findings.quarantined) == (2, [])
    assert put_together(findings.envelope, {row["_path"]: row["payload"] for row in rows}) == document


@pytest.mark.parametrize(
    "record",
    [
        {"company": {"domain": "example.com"}, "organization": "Example"},
        {"company": "Example", "organization": {"domain": "example.com"}},
        {"organization": "Example", "company_domain": "example.com"},
    ],
)
def test_what_two_names_say_of_the_company_is_put_together(record: Any) -> None:
    found = contact(record)["company"]
    assert (found["name"], found["domain"]) == ("Example", "example.com")
