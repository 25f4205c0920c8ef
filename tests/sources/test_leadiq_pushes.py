"""LeadIQ's writes: what of a row is sent, and what an answer says became of it, in whatever shape it comes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sources.leadiq.documents import schema
from sources.leadiq.pushes import pushes
from sources.paging import Push

PUSHES: dict[str, Push] = {push.name: push for push in pushes()}
WINDOW: dict[str, Any] = {"id": "w000001", "step": 0, "position": None}
CONTACT = {"import_id": "i", "first_name": "Ada", "last_name": "Example", "company_name": "Example Works"}


def sent(name: str, /, **row: Any) -> dict[str, Any]:
    found: dict[str, Any] = PUSHES[name].row(**row).sent()
    return found


@pytest.mark.parametrize(
    ("name", "row", "says"),
    [
        ("track_contacts", {}, "import_id, first_name, last_name and company_name must be given"),
        ("track_contacts", CONTACT | {"email": "nobody"}, "email is no e-mail address"),
        ("track_contacts", CONTACT | {"linkedin_url": "example.com"}, "linkedin_url is not the page of a person"),
        ("add_tracked_companies", {"name": "X", "domain": "x.example", "custom_data": "{"}, "custom_data is not JSON"),
        ("remove_tracked_companies", {}, "id must be given"),
        ("cancel_company_tracking_task", {"reason": "x"}, "id must be given"),
        ("regenerate", {}, "give person_id or linkedin_url"),
        ("submit_person_feedback", {"value": "a@example.com"}, "nothing says whose it is"),
        ("submit_person_feedback", {"value": "x", "person_id": "p", "type": "Pigeon"}, "type is one of PersonalMobile"),
        ("create_prospect_list", {"description": "x"}, "name must be given"),
        ("add_prospects", {"list_id": "../x", "first_name": "A", "last_name": "B"}, "list_id is no id of a list"),
    ],
)
def test_a_row_that_cannot_be_written_says_why(name: str, row: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says.replace("?", r"\?")):
        sent(name, **row)


def test_what_is_sent_is_what_the_schema_takes() -> None:
    rows = {
        "track_contacts": CONTACT | {"title": "VP", "linkedin_url": "linkedin.com/in/ada", "reference_id": "r"},
        "add_tracked_companies": {"name": "X", "domain": "x.example", "custom_data": '{"tier": 1}'},
        "remove_tracked_companies": {"id": "c"},
        "remove_all_tracked_companies": {},
        "start_company_tracking_task": {"months_back": "6"},
        "cancel_company_tracking_task": {"id": "t", "reason": "r"},
        "regenerate": {"person_id": "p"},
        "submit_person_feedback": {
            "person_id": "p",
            "value": "a@example.com",
            "status": "Correct",
            "type": "WorkEmail",
        },
    }
    from graphql import GraphQLError, parse, validate
    from graphql.execution.values import get_variable_values

    for name, row in rows.items():
        body = PUSHES[name].question(WINDOW, [sent(name, **row)]).body
        assert body is not None
        document = parse(body["query"])
        assert validate(schema(), document) == [], name
        operation = next(iter(document.definitions))
        given = get_variable_values(schema(), operation.variable_definitions or (), body["variables"])  # type: ignore[attr-defined]
        assert not (isinstance(given, list) and any(isinstance(one, GraphQLError) for one in given)), (name, given)


def results(name: str, rows: list[dict[str, Any]], data: Any) -> list[tuple[str, str | None, str | None]]:
    return list(PUSHES[name].results(rows, {"data": data}))


def test_contacts_of_a_batch_that_was_taken_in_part_are_said_to_be_so() -> None:
    rows = [{"importId": "i"}] * 3
    whole = {"trackContacts": {"importId": "i", "batchCount": 3, "errors": [], "warnings": ["one is unknown"]}}
    assert results("track_contacts", rows, whole) == [("done", "i", None)] * 3
    some = {"trackContacts": {"importId": "i", "batchCount": 2, "errors": ["Contact 2: no"]}}
    assert results("track_contacts", rows, some) == [("partly", "i", "Contact 2: no")] * 3
    none = {"trackContacts": {"importId": "i", "batchCount": 0, "errors": ["no"]}}
    assert results("track_contacts", rows, none) == [("refused", "i", "no")] * 3
    assert results("track_contacts", rows[:1], {"trackContacts": {"batchCount": 0}})[0][0] == "refused"


def test_companies_are_told_apart_by_place_or_by_domain() -> None:
    rows = [{"name": "A", "domain": "a.example"}, {"name": "B", "domain": "B.example"}]
    one = {"input": {"domain": "b.example"}, "company": {"id": "c2"}, "success": True, "errors": []}
    other = {"input": {"domain": "a.example"}, "company": None, "success": False, "errors": ["no"]}
    assert results("add_tracked_companies", rows, {"addTrackedCompanies": {"companies": [other, one]}}) == [
        ("refused", None, "no"), ("done", "c2", None),
    ]  # fmt: skip
    assert results("add_tracked_companies", rows, {"addTrackedCompanies": {"companies": [one]}}) == [
        ("refused", None, "LeadIQ does not say what became of it"), ("done", "c2", None),
    ]  # fmt: skip
    assert {one[0] for one in results("add_tracked_companies", rows, {"addTrackedCompanies": None})} == {"refused"}


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("remove_tracked_companies", {"removeTrackedCompanies": {"companies": [{"id": "c"}], "notFound": []}}, ("done", "c", None)),
        ("remove_tracked_companies", {"removeTrackedCompanies": {"notFound": ["c"]}}, ("refused", None, "it is not on the list")),
        ("remove_all_tracked_companies", {"removeAllTrackedCompanies": {"success": True}}, ("done", None, None)),
        ("start_company_tracking_task", {"startCompanyTrackingTask": {"success": True, "task": {"id": "t"}}}, ("done", "t", None)),
        ("start_company_tracking_task", {"startCompanyTrackingTask": {"success": False, "errors": ["no"]}}, ("refused", None, "no")),
        ("start_company_tracking_task", {"startCompanyTrackingTask": None}, ("refused", None, None)),
        ("cancel_company_tracking_task", {"cancelCompanyTrackingTask": {"success": False, "error": "over"}}, ("refused", None, "over")),
        ("regenerate", {"regenerate": "Started"}, ("done", None, "Started")),
        ("regenerate", {"regenerate": "NOT_FOUND"}, ("refused", None, "NOT_FOUND")),
        ("submit_person_feedback", {"submitPersonFeedback": 4}, ("done", "4", None)),
    ],
)  # fmt: skip
def test_what_became_of_a_row_is_read_from_the_answer(name: str, data: Any, expected: tuple[str, Any, Any]) -> None:
    assert results(name, [{"id": "c"}], data) == [expected]


@pytest.mark.parametrize("answer", [{"id": "l1"}, {"data": {"id": "l1"}}, {"list": {"_id": "l1"}}])
def test_what_was_made_is_found_wherever_its_id_stands(answer: Any) -> None:
    assert list(PUSHES["create_prospect_list"].results([{}], answer)) == [("done", "l1", None)]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"errors": [{"message": "no"}, "never"]}', "no; never"),
        (b'{"message": "no"}', "no"),
        (b'{"error": {"message": "no"}}', "no"),
        (b"<html>", "LeadIQ refuses it, and does not say why"),
        (json.dumps([]).encode(), "LeadIQ refuses it, and does not say why"),
    ],
)
def test_a_refusal_is_told_in_its_own_words(body: bytes, words: str) -> None:
    assert PUSHES["track_contacts"].words(body) == words
