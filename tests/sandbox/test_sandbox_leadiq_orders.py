"""What a customer orders of LeadIQ is kept, answered for day by day, and told by the truth."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import Sandbox, Start

TRACK = """
mutation ($i: TrackContactsInput!) { trackContacts(input: $i) {
  importId totalCount batchCount errors warnings contactsExceedingSubscriptionLimit
  totalSubscriptionContactsUsed totalSubscriptionContactsRemaining
} }
"""
PROCESSING = "query ($i: String) { trackedContacts(limit: 1, importId: $i) { isProcessing pageInfo { total } } }"
BALANCE = "{ contactTrackingBalance { alreadyUsed balance remaining maxCredits } }"
ADD = """
mutation ($i: AddTrackedCompaniesInput!) { addTrackedCompanies(input: $i) {
  total companies { success errors input { name domain customData } company { id name domain customData } }
} }
"""
REMOVE = """
mutation ($i: RemoveTrackedCompaniesInput!) { removeTrackedCompanies(input: $i) {
  companies { id name domain } notFound totalRemaining
} }
"""
REMOVE_ALL = "mutation { removeAllTrackedCompanies { success totalRemaining } }"
TASK = "id status createdAt monthsBack jobStartDateFrom error isCancelled"
START = f"mutation ($m: Int) {{ startCompanyTrackingTask(input: {{monthsBack: $m}}) {{ success errors task {{ {TASK} }} }} }}"
CANCEL = f'mutation ($i: ID!) {{ cancelCompanyTrackingTask(input: {{id: $i, reason: "enough"}}) {{ success error task {{ {TASK} }} }} }}'
CHANGES = f"""
query ($id: ID!, $first: Int!, $after: ID, $unique: Boolean) {{ companyTrackingTask(id: $id, uniqueOnly: $unique) {{
  {TASK} jobChanges(first: $first, after: $after) {{
    edges {{ cursor node {{ id jobChangeType matchedICPIds
      person {{ firstName lastName linkedinUrl }} currentCompany {{ id inputName inputDomain customData }}
      currentPosition {{ title function seniority startDate }}
    }} }} pageInfo {{ total endCursor hasNextPage }}
  }}
}} }}
"""
REGENERATE = "mutation ($i: RegenerateRecordInput!) { regenerate(input: $i) }"
REGENERATED = "query ($i: RegeneratedTimeInput!) { regeneratedTime(input: $i) { time } }"
FEEDBACK = "mutation ($i: ApiPersonFeedback!) { submitPersonFeedback(input: $i) }"


@pytest.fixture
def own(start: Start) -> Sandbox:
    """A sandbox of the test's own, since it will not be left as it was found."""
    return start("--rate-scale", "1000")


def _ask(box: Sandbox, query: str, /, **variables: Any) -> Any:
    answer = box.leadiq(query, **variables)
    assert answer.status_code == 200, answer.text
    return next(iter(answer.json()["data"].values()))


def _contact(person: dict[str, Any], **more: Any) -> dict[str, Any]:
    first, _, last = person["full_name"].partition(" ")
    url = f"https://www.linkedin.com/in/{person['linkedin_slug']}"
    return {"companyName": "Whatever", "firstName": first, "lastName": last, "personalLinkedInUrl": url, **more}


def _people_who_will_change(box: Sandbox, day: str) -> list[dict[str, Any]]:
    """The people whose job changes become visible between today and the day, each once."""
    known = {change["event_id"] for change in box.truth()["job_changes"]}
    people = {person["truth_id"]: person for person in box.truth()["people"]}
    box.move_to(day)
    changes = [change for change in box.truth()["job_changes"] if change["event_id"] not in known]
    return [people[one] for one in dict.fromkeys(change["person_truth_id"] for change in changes) if one in people]


def _ordered(town: Sandbox) -> list[dict[str, Any]]:
    """The tasks that were started here; one was there before."""
    return [one for one in town.truth()["leadiq"]["tasks"] if one["id"] != "first-task"]


def test_a_contact_that_is_tracked_brings_the_job_changes_from_then_on(own: Sandbox) -> None:
    people = _people_who_will_change(own, "2026-03-12")
    own.move_to("2026-03-02")
    before = own.events()
    given = [_contact(one, referenceId=f"ref-{n}", externalRecordId=f"ext-{n}") for n, one in enumerate(people)]
    told = _ask(own, TRACK, i={"importId": "spring", "contacts": given})
    assert (told["importId"], told["totalCount"], told["batchCount"]) == ("spring", len(people), len(people))
    assert told["errors"] == told["warnings"] == []
    assert own.events() == before, "what was before is not told again"
    own.move_to("2026-03-12")
    events = own.events(importId="spring")
    assert {one["referenceId"] for one in events} == {one["referenceId"] for one in given}
    assert {one["externalRecordId"] for one in events} == {one["externalRecordId"] for one in given}
    assert all(one["jobChangeDetected"] >= "2026-03-02" for one in events)
    assert len({one["id"] for one in own.events()}) == len(own.events())
    whose = {one["provider_record_id"]: one["truth_id"] for one in own.truth()["records"]}
    assert {whose[one["id"]] for one in events} == {one["truth_id"] for one in people}
    assert len(own.events(uniqueOnly=True)) < len(own.events())


def test_an_import_is_processed_in_its_first_day(own: Sandbox) -> None:
    assert _ask(own, PROCESSING)["isProcessing"] is False
    contact = {"companyName": "Nowhere", "firstName": "No", "lastName": "Body"}
    told = _ask(own, TRACK, i={"importId": "", "contacts": [contact]})
    name = told["importId"]
    assert name
    assert told["warnings"]
    assert _ask(own, PROCESSING, i=name) == {"isProcessing": True, "pageInfo": {"total": 0}}
    assert _ask(own, PROCESSING)["isProcessing"] is True
    assert _ask(own, PROCESSING, i="crm-2025-10")["isProcessing"] is False
    own.move_to("2026-03-03")
    assert _ask(own, PROCESSING, i=name)["isProcessing"] is False


def test_whoever_is_tracked_twice_is_counted_and_paid_twice(own: Sandbox) -> None:
    before = _ask(own, BALANCE)
    contact = {"companyName": "Nowhere", "firstName": "No", "lastName": "Body"}
    for n in (1, 2):
        told = _ask(own, TRACK, i={"importId": "spring", "contacts": [contact, {**contact, "lastName": " "}]})
        assert (told["totalCount"], told["batchCount"], len(told["errors"])) == (n, 1, 1)
    assert own.books()["credits"]["leadiq"] == {"tracking": 2}
    after = _ask(own, BALANCE)
    assert after["balance"] == after["alreadyUsed"] == before["balance"] + 2
    assert after["remaining"] == before["remaining"] - 2
    assert after["maxCredits"] == before["maxCredits"]
    (spring,) = own.truth()["leadiq"]["imports"]
    assert [one["input"] for one in spring["contacts"]] == [contact, contact]


def test_more_contacts_than_can_be_paid_are_not_tracked_at_all(start: Start) -> None:
    box = start("--quota", "leadiq.tracking=3")
    contact = {"companyName": "Nowhere", "firstName": "No", "lastName": "Body"}
    assert box.leadiq(TRACK, i={"importId": "a", "contacts": [contact] * 2}).status_code == 200
    refused = box.leadiq(TRACK, i={"importId": "a", "contacts": [contact] * 2})
    assert (refused.status_code, refused.json()["data"]) == (402, None)
    assert [len(one["contacts"]) for one in box.truth()["leadiq"]["imports"]] == [2]
    remaining = _ask(box, BALANCE)["remaining"]
    assert box.leadiq(TRACK, i={"importId": "a", "contacts": [contact] * (remaining + 1)}).status_code == 402


def test_a_request_that_is_refused_for_free_changes_nothing_and_one_that_is_lost_does(own: Sandbox) -> None:
    contact = {"importId": "a", "contacts": [{"companyName": "Nowhere", "firstName": "No", "lastName": "Body"}]}
    own.order({"provider": "leadiq", "operation": "trackContacts", "kind": "status", "status": 500})
    assert own.leadiq(TRACK, i=contact).status_code == 500
    assert own.truth()["leadiq"]["imports"] == []
    own.order({"provider": "leadiq", "operation": "trackContacts", "kind": "reset"})
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        own.leadiq(TRACK, i=contact)
    assert len(own.truth()["leadiq"]["imports"]) == 1
    assert own.books()["credits"]["leadiq"] == {"tracking": 1}


def test_companies_are_added_once_and_say_why_not(own: Sandbox) -> None:
    listed = own.tracked_companies()
    new = {"name": "Nowhere", "domain": "nowhere.example", "customData": {"crm": [1, {"a": "ü"}]}}
    again = {
        "name": "Known",
        "domain": "https://www." + listed[0]["domain"].lower().removeprefix("https://").removeprefix("www."),
    }
    told = _ask(own, ADD, i={"companies": [new, new, again, {"name": " ", "domain": "nothing"}]})
    assert told["total"] == 1
    assert [one["success"] for one in told["companies"]] == [True, False, False, False]
    assert [len(one["errors"]) for one in told["companies"]] == [0, 1, 1, 2]
    assert told["companies"][0]["input"] == new
    company = told["companies"][0]["company"]
    assert company == {**new, "id": company["id"]}
    assert told["companies"][1]["company"] is None
    assert sorted(one["id"] for one in own.tracked_companies()) == sorted(
        [company["id"], *(one["id"] for one in listed)]
    )
    assert company in own.tracked_companies()


def test_companies_leave_the_list_when_they_are_removed(own: Sandbox) -> None:
    listed = own.tracked_companies()
    told = _ask(own, REMOVE, i={"ids": [listed[0]["id"], "4", listed[1]["id"]]})
    assert told["companies"] == [{name: one[name] for name in ("id", "name", "domain")} for one in listed[:2]]
    assert (told["notFound"], told["totalRemaining"]) == (["4"], len(listed) - 2)
    assert own.tracked_companies() == listed[2:]
    back = {"name": "Back", "domain": listed[0]["domain"]}
    assert _ask(own, ADD, i={"companies": [back]})["total"] == 1
    whose = {one["id"]: one["truth_id"] for one in own.truth()["leadiq"]["tracked_companies"]}
    assert len(set(whose.values()) - {None}) == 2, "one that comes back is the company it was"
    assert _ask(own, REMOVE_ALL) == {"success": True, "totalRemaining": 0}
    assert own.tracked_companies() == []
    refused = _ask(own, START)
    assert (refused["success"], refused["task"]) == (False, None)
    assert "no tracked companies" in refused["errors"][0]


def _job_changes(box: Sandbox, task: str, unique: bool = False) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = None
    while True:
        page = _ask(box, CHANGES, id=task, first=4, after=after, unique=unique)["jobChanges"]
        assert len(page["edges"]) <= 4
        found += [edge["node"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            assert page["pageInfo"]["total"] == len(found)
            return found
        after = page["pageInfo"]["endCursor"]


def test_a_task_takes_two_days_and_then_tells_the_job_changes_of_its_companies(own: Sandbox) -> None:
    own.move_to("2026-05-01")
    listed = {one["id"]: one for one in own.tracked_companies()}
    task = _ask(own, START, m=2)["task"]
    assert (task["status"], task["monthsBack"], task["jobStartDateFrom"]) == ("Processing", 2, "2026-03-01")
    assert task["createdAt"].startswith("2026-05-01T")
    assert _job_changes(own, task["id"]) == []
    own.move_to("2026-05-02")
    assert _ask(own, CHANGES, id=task["id"], first=1)["status"] == "Processing"
    own.move_to("2026-05-03")
    assert _ask(own, CHANGES, id=task["id"], first=1)["status"] == "Successful"
    found = _job_changes(own, task["id"])
    companies = {one["truth_id"]: one for one in own.truth()["records"] if one["resource"] == "trackedCompanies"}
    expected = [
        change
        for change in own.truth()["job_changes"]
        if change["to_company_truth_id"] in companies and change["effective_on"] >= "2026-03-01"
    ]
    assert len(expected) > 5
    assert len(found) == len(expected)
    assert {one["jobChangeType"] for one in found} == {"JobChange", "TitleChange"}
    for one in found:
        company = listed[one["currentCompany"]["id"]]
        assert one["currentCompany"]["inputName"] == company["name"]
        assert one["currentCompany"]["customData"] == company["customData"]
    unique = _job_changes(own, task["id"], unique=True)
    assert len(unique) == len({change["person_truth_id"] for change in expected})
    own.move_to("2026-06-20")
    assert _job_changes(own, task["id"]) == found, "a result stays what it was"
    assert own.books()["credits"]["leadiq"] == {}
    assert _ask(own, CHANGES, id="4", first=1) is None


def test_a_task_can_be_cancelled_until_it_has_ended(own: Sandbox) -> None:
    first, second = (_ask(own, START)["task"]["id"] for _ in range(2))
    told = _ask(own, CANCEL, i=first)
    assert (told["success"], told["error"], told["task"]["isCancelled"]) == (True, None, True)
    assert (told["task"]["status"], told["task"]["error"]) == ("Failed", "Cancelled: enough")
    assert _ask(own, CANCEL, i=first)["success"] is False
    assert _ask(own, CANCEL, i="4") == {"success": False, "error": "There is no such task.", "task": None}
    own.move_to("2026-03-04")
    late = _ask(own, CANCEL, i=second)
    assert (late["success"], late["task"]["status"]) == (False, "Successful")
    assert [one["status"] for one in _ordered(own)] == ["Failed", "Successful"]


def test_a_record_is_regenerated_by_the_next_day(own: Sandbox) -> None:
    who = {"personId": own.truth()["leadiq"]["people"][0]["id"]}
    assert [_ask(own, REGENERATE, i=who) for _ in range(2)] == ["Started", "InProgress"]
    assert _ask(own, REGENERATE, i={"linkedinUrl": "https://www.linkedin.com/in/nobody-nowhere"}) == "NotFound"
    before = _ask(own, REGENERATED, i=who)["time"]
    assert before is None or before < "2026-03-02"
    own.move_to("2026-03-05")
    assert _ask(own, REGENERATED, i=who) == {"time": "2026-03-03T00:00:00.000Z"}
    assert _ask(own, REGENERATED, i={"personId": "nobody"}) == {"time": None}
    assert own.truth()["leadiq"]["regenerated"] == {who["personId"]: ["2026-03-02"]}
    for wrong in ({}, {"personId": "a", "linkedinUrl": "b"}):
        assert own.leadiq(REGENERATE, i=wrong).status_code == 400


def test_feedback_is_kept_under_an_id_of_its_own(own: Sandbox) -> None:
    given = {
        "personId": "p",
        "value": "ana@example.com",
        "status": "Invalid",
        "invalidReason": "EmailBounceCode511",
        "type": "WorkEmail",
        "lastSeen": "2026-02-01T00:00:00.000Z",
    }
    ids = [_ask(own, FEEDBACK, i=given) for _ in range(2)]
    assert len(set(ids)) == 2
    assert own.truth()["leadiq"]["feedback"] == [{"id": one, "on": "2026-03-02", "input": given} for one in ids]
    assert own.leadiq(FEEDBACK, i={**given, "status": "Perhaps"}).status_code == 400


def test_what_was_ordered_on_a_day_is_not_known_the_day_before(own: Sandbox) -> None:
    own.move_to("2026-03-05")
    _ask(own, ADD, i={"companies": [{"name": "Nowhere", "domain": "nowhere.example"}]})
    task = _ask(own, START)["task"]["id"]
    own.move_to("2026-03-04")
    assert "Nowhere" not in {one["name"] for one in own.tracked_companies()}
    assert _ask(own, CHANGES, id=task, first=1) is None
    assert _ordered(own) == []
