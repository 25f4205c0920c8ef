"""Every shape LeadIQ sends is read: either id, open enumerations, values that are held back, lists of Prospector."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from sources.landing import Entity, Findings, put_together, read_answer
from sources.leadiq.records import ENTITIES
from tests.reference import leadiq_example, reference_is_there

NOW = datetime(2026, 3, 2, 6)
BY_NAME = {entity.name: entity for entity in ENTITIES}


def land(name: str, document: Any) -> tuple[list[dict[str, Any]], Findings]:
    return read_answer(BY_NAME[name], "q", "r", "s", NOW, json.dumps(document).encode())


def answer(entity: Entity, record: Any) -> Any:
    document = record
    for step in reversed(entity.where.split("|")[0].split("/")):
        document = [document] if step == "*" else {step: document}
    return document


def one(name: str, record: Any) -> tuple[dict[str, Any], str, dict[Any, int]]:
    """(record, key, drift) of a record that lands alone."""
    (row,), findings = land(name, answer(BY_NAME[name], record))
    assert findings.quarantined == []
    return json.loads(row["record"]), row["record_key"], findings.drift


@pytest.mark.parametrize("given", [{"_id": "p1"}, {"id": "p1"}, {"_id": "p1", "id": "p1"}, {"_id": None, "id": "p1"}])
def test_a_person_is_known_by_either_id(given: Any) -> None:
    record, key, drift = one("people", given)
    assert (record["id"], key, drift) == ("p1", "p1", {})


@pytest.mark.parametrize("given", [{"source": "c1"}, {"id": "c1"}, {"source": "c1", "id": "c1"}])
def test_a_company_is_known_by_either_id(given: Any) -> None:
    record, key, drift = one("companies", given)
    assert (record["id"], key, drift) == ("c1", "c1", {})


def test_a_company_of_a_grouped_search_is_known_by_its_own_id() -> None:
    record, key, drift = one(
        "search_companies",
        {"company": {"id": "c1"}, "people": [{"id": "p1"}, {"id": "p2"}], "totalContactsInCompany": 7},
    )
    assert (key, [person["id"] for person in record["people"]], record["total_contacts_in_company"], drift) == (
        "c1",
        ["p1", "p2"],
        7,
        {},
    )


def test_positions_keep_their_addresses_numbers_and_company() -> None:
    position = {
        "companyId": "c1", "title": "Analyst", "dateRange": {"start": "2021-10-02T00:00:00.000Z", "end": None},
        "emails": [{"type": "WorkEmail", "status": "Verified", "value": "ada@example.com"}],
        "phones": [{"type": "WorkHQ", "verificationStatus": "None", "value": "hidden"}],
        "companyInfo": {"source": "c1", "name": "Example", "locationInfo": {"areaLevel1": "Ohio"}}, "function": "Design",
    }  # fmt: skip
    record, _, drift = one("people", {"_id": "p1", "currentPositions": [position]})
    (found,) = record["current_positions"]
    assert found["emails"][0]["value"] == "ada@example.com"
    assert (found["phones"][0]["verification_status"], found["phones"][0]["value"]) == ("None", "hidden")
    assert (found["company"]["id"], found["company"]["location"]["state"]) == ("c1", "Ohio")
    assert (found["held"]["start"], found["job_function"]) == ("2021-10-02T00:00:00.000000Z", "Design")
    assert drift == {}


def test_addresses_and_numbers_may_stand_without_their_object() -> None:
    record, _, drift = one(
        "people", {"_id": "p1", "personalEmails": ["ada@example.com"], "personalPhones": "+15550100"}
    )
    assert record["personal_emails"][0]["value"] == "ada@example.com"
    assert record["personal_phones"][0]["value"] == "+15550100"
    assert drift == {}


def test_a_name_in_one_line_is_a_full_name() -> None:
    record, _, drift = one("people", {"_id": "p1", "name": "Ada Example"})
    assert (record["name"]["full"], drift) == ("Ada Example", {})


@pytest.mark.parametrize("network", ["Twitter", "Mastodon"])
def test_a_new_value_of_an_enumeration_is_kept_and_noted(network: str) -> None:
    record, _, drift = one("people", {"_id": "p1", "profiles": [{"network": network}]})
    assert record["profiles"][0]["network"] == network
    assert bool(drift) == (network == "Mastodon")


@pytest.mark.parametrize("started", [1772409600000, "1772409600000", "2026-03-02T00:00:00.000Z", "2026-03-02"])
def test_the_beginning_of_a_job_change_is_milliseconds_or_text(started: Any) -> None:
    change = {
        "jobChangeType": "JobChange",
        "startedAt": started,
        "previousPosition": {"title": "Analyst", "company": {"id": "c1", "name": "Example"}},
        "currentPosition": {"title": "Head", "role": "Design", "seniority": "VP", "company": {"id": "c2"}},
    }
    record, _, drift = one("search_people", {"id": "p1", "personJobChange": change})
    assert record["job_change"]["started_at"] == "2026-03-02T00:00:00.000000Z"
    assert (record["job_change"]["previous"]["company"]["id"], record["job_change"]["current"]["title"]) == (
        "c1",
        "Head",
    )
    assert drift == {}


def test_a_task_and_its_job_changes_come_from_one_operation_and_are_put_together_again() -> None:
    change = {
        "id": "j1", "person": {"firstName": "Ada", "linkedinUrl": "https://www.linkedin.com/in/ada-example"},
        "currentCompany": {"id": "c1", "inputName": "Example", "inputDomain": "example.com", "customData": {"a": [1.50]}},
        "currentPosition": {"title": "Head", "startDate": "2026-02-01"}, "jobChangeType": "TitleChange",
        "matchedICPIds": ["i1"], "duplicateRecordIds": [],
    }  # fmt: skip
    document = {
        "data": {
            "companyTrackingTask": {
                "id": "t1",
                "status": "Successful",
                "jobChanges": {"edges": [{"cursor": "x", "node": change}], "pageInfo": {"hasNextPage": False}},
            }
        }
    }
    (row,), findings = land("company_job_changes", document)
    record = json.loads(row["record"])
    assert (row["record_key"], record["matched_icp_ids"], record["current_company"]["custom_data"]) == (
        "j1",
        ["i1"],
        '{"a": [1.5]}',
    )
    assert findings.drift == {}
    assert put_together(findings.envelope, {row["_path"]: row["payload"]}) == document


def test_a_task_that_is_not_there_is_no_record() -> None:
    for name in ("company_tracking_tasks", "company_job_changes"):
        assert land(name, {"data": {"companyTrackingTask": None}})[0] == []
    assert land("company_job_changes", {"data": {"companyTrackingTask": {"jobChanges": None}}})[0] == []


def test_a_time_of_regeneration_may_be_never() -> None:
    assert one("regenerated_times", {"time": "2021-10-02T00:00:00.000Z"})[0]["regenerated_at"] is not None
    assert one("regenerated_times", {"time": None})[0]["regenerated_at"] is None


def test_a_prospect_is_read_as_the_samples_show_it() -> None:
    record, key, drift = one(
        "prospects",
        {
            "id": "6627e3f1a2b3c4d5e6f70001", "name": "Ada Example", "firstName": "Ada", "lastName": "Example",
            "title": "Head", "workEmail": "ada@example.com", "emailStatus": "Verified", "mobilePhone": "+15550100",
            "location": {"city": "Dover", "state": "New Hampshire", "country": "United States"},
            "company": {"name": "Example", "domain": "example.com", "industry": "Software", "employees": 12},
            "listIds": ["l1"], "updatedAt": "2026-01-01T00:00:00Z",
        },
    )  # fmt: skip
    assert (key, record["company"]["employees"], record["location"]["state"], drift) == (
        "6627e3f1a2b3c4d5e6f70001",
        "12",
        "New Hampshire",
        {},
    )


def test_a_prospect_is_read_in_other_plausible_shapes() -> None:
    record, _, drift = one(
        "prospects",
        {
            "_id": "x", "fullName": "Ada Example", "company": "Example", "companyDomain": "example.com",
            "location": "Dover, New Hampshire", "emails": ["ada@example.com"],
            "phones": [{"value": "+15550100", "type": "WorkPhone"}], "linkedInUrl": "https://www.linkedin.com/in/ada",
        },
    )  # fmt: skip
    assert (record["company"]["name"], record["employer_domain"]) == ("Example", "example.com")
    assert (record["location"]["text"], record["work_emails"][0]["value"]) == (
        "Dover, New Hampshire",
        "ada@example.com",
    )
    assert (record["work_phones"][0]["value"], drift) == ("+15550100", {})


@pytest.mark.skipif(not reference_is_there(), reason="the reference documents are not beside this checkout")
@pytest.mark.parametrize("entity", [one for one in ENTITIES if one.where.startswith("data/")], ids=lambda one: one.name)
def test_the_references_examples_are_read_whole(entity: Entity) -> None:
    # The references show no response of `account`; the guide shows its query alone.
    examples = leadiq_example(entity.operation)
    assert bool(examples) == (entity.operation != "account")
    for example in examples:
        rows, findings = read_answer(entity, "q", "r", "s", NOW, example.encode())
        assert findings.quarantined == []
        assert put_together(findings.envelope, {row["_path"]: row["payload"] for row in rows}) == json.loads(example)
        assert len(rows) == 1
        # One example holds the name of a type where a time should stand, and the task shows its job changes in itself.
        expected = {
            ("wrong_type", "created_at"): 1,
            ("unknown_field", "job_changes"): 1,
            ("unknown_field", "jobChanges"): 1,
        }
        assert {found for found in findings.drift if found not in expected} == set()
        if entity.name != "company_tracking_tasks":
            assert findings.drift == {}
