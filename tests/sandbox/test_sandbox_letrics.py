"""Letrics' collections: in which order they come, which moments a window holds, and that GET and POST say the same."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.sandbox.conftest import HEADERS, Sandbox, Start

SMALL = ("--people", "60", "--companies", "40", "--rate-scale", "1000")
RESOURCES = ("contacts", "companies")


def _ids(box: Sandbox, resource: str, page: int = 1, **params: Any) -> list[str]:
    answer = box.letrics(resource, {"page": page, "per_page": 100, **params})
    return [one["id"] for one in answer.json()["data"]]


def _created(record: dict[str, Any]) -> str:
    moment: str = record.get("company", record)["created_at"]
    return moment


def test_letrics_gives_the_oldest_companies_first_unless_told_otherwise(start: Start) -> None:
    plain, oldest = start(*SMALL), start(*SMALL, "--letrics-order", "oldest")
    created = [_created(one) for one in plain.collection("companies")]
    assert created == sorted(created)
    for resource in RESOURCES:
        assert _ids(plain, resource) == _ids(oldest, resource)


@pytest.mark.parametrize("resource", RESOURCES)
def test_letrics_can_give_the_newest_companies_first(start: Start, resource: str) -> None:
    plain, newest = start(*SMALL), start(*SMALL, "--letrics-order", "newest")
    records = newest.collection(resource)
    created = [_created(one) for one in records]
    assert created == sorted(created, reverse=True)
    assert len(set(created)) > 1
    assert {one["id"] for one in records} == {one["id"] for one in plain.collection(resource)}
    newest.move_to("2026-03-20")
    assert _created(newest.collection(resource)[0]) > created[0], "who is new comes in front"


@pytest.mark.parametrize("resource", RESOURCES)
def test_letrics_can_be_without_an_order(start: Start, resource: str) -> None:
    plain, shuffled, again = start(*SMALL), *(start(*SMALL, "--letrics-order", "shuffled") for _ in range(2))
    other = start(*SMALL, "--letrics-order", "shuffled", "--seed", "8")
    orders = [_ids(shuffled, resource) for _ in range(3)]
    assert len({tuple(order) for order in orders}) == 3, "every request has an order of its own"
    assert all(sorted(order) == sorted(_ids(plain, resource)) for order in orders)
    assert [_ids(again, resource) for _ in range(3)] == orders, "the seed and the number of the request decide"
    assert _ids(other, resource) != orders[0]
    pages = [_ids(shuffled, resource, page, per_page=10) for page in (1, 2, 3)]
    assert len({one for page in pages for one in page}) < 30, "pages of different orders do not fit together"


def test_letrics_without_an_order_keeps_its_totals_and_its_truth(start: Start) -> None:
    box = start(*SMALL, "--letrics-order", "shuffled")
    truth = {one["provider_record_id"] for one in box.truth()["records"] if one["resource"] == "companies"}
    for _ in range(3):
        answer = box.letrics("companies", {"per_page": 100}).json()
        assert answer["meta"]["total"] == len(truth)
        assert {one["id"] for one in answer["data"]} == truth


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_window_holds_the_second_it_begins_with_and_the_one_it_ends_with(box: Sandbox, resource: str) -> None:
    records = box.collection(resource)
    created = sorted({_created(one) for one in records})
    moment = dt.datetime.fromisoformat(created[len(created) // 2])

    def found(after: int, before: int) -> set[str]:
        window = {"added_after": _text(moment, after), "added_before": _text(moment, before)}
        return {one["id"] for one in box.collection(resource, **window)}

    born_then = {one["id"] for one in records if _created(one) == _text(moment, 0)}
    assert born_then
    assert found(0, 0) == born_then
    assert born_then <= found(0, 1)
    assert born_then <= found(-1, 0)
    assert not born_then & (found(1, 60) | found(-60, -1))


def _text(moment: dt.datetime, seconds: int) -> str:
    return (moment + dt.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


COMPANY_FILTERS: dict[str, Any] = {
    "added_after": "2025-06-01T00:00:00Z",
    "added_before": "2026-01-01T00:00:00+00:00",
    "locations": ["country:Germany", "city:London||||United Kingdom"],
    "functions": ["SaaS", "B2B"],
    "industries": ["Retail", "Software"],
    "tlds": ["example"],
    "technologies": ["Salesforce", "Snowflake"],
    "page": 2,
    "per_page": 7,
}
CONTACT_FILTERS: dict[str, Any] = {
    **COMPANY_FILTERS,
    "job_titles": ["manager", "vp"],
    "departments": ["Sales", "Finance"],
    "seniorities": ["vp", "director"],
    "has_personal_emails": True,
    "has_linkedin_profile": True,
    "is_decision_maker": True,
}


@pytest.mark.parametrize(
    ("resource", "name", "value"),
    [
        *(("companies", name, value) for name, value in COMPANY_FILTERS.items()),
        *(("contacts", name, value) for name, value in CONTACT_FILTERS.items()),
    ],
)
def test_get_and_post_take_the_same_filters(box: Sandbox, resource: str, name: str, value: Any) -> None:
    answers = [box.http.post(f"/letrics/{resource}", headers=HEADERS["letrics"], json={name: value})]
    for key in (name, f"{name}[]") if isinstance(value, list) else (name,):
        written = str(value).lower() if isinstance(value, bool) else value
        answers.append(box.letrics(resource, {key: written}))
    assert {answer.status_code for answer in answers} == {200}
    first, *others = [answer.json() for answer in answers]
    assert first["data"]
    assert all(other == first for other in others)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_companies_do_not_take_the_filters_of_contacts(box: Sandbox, method: str) -> None:
    for name in set(CONTACT_FILTERS) - set(COMPANY_FILTERS):
        value = CONTACT_FILTERS[name]
        if method == "POST":
            answer = box.http.post("/letrics/companies", headers=HEADERS["letrics"], json={name: value})
        else:
            answer = box.letrics("companies", {name: str(value).lower() if isinstance(value, bool) else value})
        assert (answer.status_code, answer.json()["errors"][0]["id"]) == (400, "invalid_input"), name


@pytest.mark.parametrize("order", ["newest", "shuffled"])
@pytest.mark.parametrize("what", ["insert_front", "update", "remove"])
def test_what_changes_stays_the_same_records_in_any_order(start: Start, order: str, what: str) -> None:
    box = start(*SMALL, "--letrics-order", order)
    whole = {one["id"]: one for one in box.letrics("companies", {"per_page": 100}).json()["data"]}
    box.order({"provider": "letrics", "operation": "companies", "kind": "change", "what": what, "by": 2})
    seen = []
    for _ in range(3):
        now = {one["id"]: one for one in box.letrics("companies", {"per_page": 100}).json()["data"]}
        seen.append({name for name in now.keys() | whole.keys() if now.get(name) != whole.get(name)})
    assert len(seen[0]) == 2
    assert seen[1:] == seen[:1] * 2
