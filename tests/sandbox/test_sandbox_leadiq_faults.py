"""Faults on order strike every operation of LeadIQ, in its own words, and book what they say."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from sandbox.settings import OPERATIONS
from tests.sandbox.conftest import Sandbox, Start

CONTACT = '{firstName: "A", lastName: "B", companyName: "C"}'
# A question for each operation, the place of its first record (None: a single value), and what it costs.
ASKED: dict[str, tuple[str, tuple[Any, ...] | None, dict[str, float]]] = {
    "flatAdvancedSearch": ("{ F(input: {limit: 3}) { people { id title } } }", ("people", 0), {"uc": 0.3}),
    "groupedAdvancedSearch": (
        "{ F(input: {limit: 2}) { companies { company { city } } } }",
        ("companies", 0),
        {"uc": 6},
    ),
    "searchPeople": (
        '{ F(input: {company: {country: "Germany"}, limit: 2}) { results { name { first } } } }',
        ("results", 0),
        {"uc": 0.2},
    ),
    "searchCompany": ('{ F(input: {domain: "DOMAIN"}) { results { domain } } }', ("results", 0), {"uc": 3}),
    "regeneratedTime": ('{ F(input: {personId: "x"}) { time } }', (), {}),
    "companyTrackingTask": (
        '{ F(id: "TASK") { id jobChanges { edges { node { id } } } } }',
        ("jobChanges", "edges", 0, "node"),
        {},
    ),
    "trackContacts": (
        f'mutation {{ F(input: {{importId: "i", contacts: [{CONTACT}]}}) {{ importId }} }}',
        (),
        {"tracking": 1},
    ),
    "addTrackedCompanies": (
        'mutation { F(input: {companies: [{name: "C", domain: "c.example"}]}) { companies { success } } }',
        ("companies", 0),
        {},
    ),
    "removeTrackedCompanies": ('mutation { F(input: {ids: ["4"]}) { notFound } }', (), {}),
    "removeAllTrackedCompanies": ("mutation { F { success } }", (), {}),
    "startCompanyTrackingTask": ("mutation { F(input: {}) { success } }", (), {}),
    "cancelCompanyTrackingTask": ('mutation { F(input: {id: "4"}) { success error } }', (), {}),
    "regenerate": ('mutation { F(input: {personId: "x"}) }', None, {}),
    "submitPersonFeedback": ('mutation { F(input: {value: "x"}) }', None, {}),
}
READ_BEFORE = {"account", "contactTrackingBalance", "trackedCompanies", "trackedContacts", "usage"}
PROSPECTOR = {"addProspect", "createList", "exportList", "listProspects"}


def _question(box: Sandbox, operation: str) -> str:
    query = ASKED[operation][0].replace("F", operation, 1)
    if "TASK" in query:
        box.move_to("2026-05-01")
        started = box.leadiq("mutation { startCompanyTrackingTask(input: {}) { task { id } } }").json()
        query = query.replace("TASK", started["data"]["startCompanyTrackingTask"]["task"]["id"])
        box.move_to("2026-05-03")
    query = query.replace("DOMAIN", box.truth()["companies"][0]["domain"])
    box.http.delete("/sandbox/books")
    return query


def test_every_operation_is_struck_here_or_in_a_test_of_its_own() -> None:
    assert set(ASKED) | READ_BEFORE | PROSPECTOR == set(OPERATIONS["leadiq"])


@pytest.mark.parametrize("operation", ASKED)
def test_every_operation_of_leadiq_can_be_refused_lost_changed_and_charged(start: Start, operation: str) -> None:
    box = start("--rate-scale", "1000")
    query, (_, place, price) = _question(box, operation), ASKED[operation]
    who = {"provider": "leadiq", "operation": operation}
    box.order({**who, "kind": "status", "status": 402})
    refused = box.leadiq(query)
    assert refused.status_code == 402
    assert "out of credits" in refused.json()["errors"][0]["message"]
    assert box.books()["credits"]["leadiq"] == {}
    box.order({**who, "kind": "truncate"})
    with pytest.raises(httpx.RemoteProtocolError):
        box.leadiq(query)
    assert box.books()["credits"]["leadiq"] == price
    assert {one["operation"] for one in box.books()["requests"]} == {operation}
    if place is None:
        return
    box.order({**who, "kind": "record", "body": {"odd": 1}})
    struck = box.leadiq(query).json()["data"][operation]
    for step in place:
        struck = struck[step]
    assert struck["odd"] == 1
    assert [one["fault"] for one in box.books()["requests"]] == ["status", "truncate", "record"]


@pytest.mark.parametrize("operation", ["flatAdvancedSearch", "groupedAdvancedSearch", "searchCompany", "searchPeople"])
def test_a_search_by_number_can_shift(box: Sandbox, operation: str) -> None:
    query = ASKED[operation][0].replace("F", operation, 1).replace("DOMAIN", box.truth()["companies"][0]["domain"])
    query = query.replace(") {", ") { TOTAL", 1).replace(
        "TOTAL", {"flat": "totalPeople", "grou": "totalCompanies"}.get(operation[:4], "totalResults")
    )

    def total() -> int:
        found = box.leadiq(query).json()["data"][operation]
        return next(int(value) for name, value in found.items() if name.startswith("total"))

    before = total()
    box.order({"provider": "leadiq", "operation": operation, "kind": "shift", "by": 3, "times": 2})
    assert [total() - before for _ in range(3)] == [3, 6, 6]


def test_a_tasks_cursor_can_expire(start: Start) -> None:
    box = start("--rate-scale", "1000")
    query = _question(box, "companyTrackingTask")
    box.order({"provider": "leadiq", "operation": "companyTrackingTask", "kind": "expire"})
    assert box.leadiq(query).status_code == 200
    expired = box.leadiq(query.replace("jobChanges {", 'jobChanges(first: 5, after: "0") {'))
    assert (expired.status_code, expired.json()["errors"][0]["message"]) == (400, "Cursor has expired")
