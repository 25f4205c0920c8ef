"""LeadIQ is asked as its references say, and whatever it answers is understood."""

from __future__ import annotations

import base64
import json
from datetime import date, datetime
from typing import Any

import pytest

from sources.landing import read_answer
from sources.leadiq.api import ERRORS, _forms, counts, inspect, provider, unknown_parts, walks, without
from sources.leadiq.inputs import LeadIQInputs
from sources.leadiq.records import ENTITIES
from sources.metered import Action, Answer, Problem, Question
from sources.metered.errors import look_up
from sources.paging import CannotGoOn, Position, Walk, Window

NOW = datetime(2026, 3, 2, 6)
RAW_KEY = "an-example-key"
READY_KEY = base64.b64encode(f"{RAW_KEY}:".encode()).decode()


ENTITY = {entity.name: entity for entity in ENTITIES}


def window(position: Position | None = None, begins: str | None = None, step: int = 0) -> Window:
    return {
        "id": "w000001",
        "step": step,
        "position": position,
        "from": begins,
        "to": NOW.isoformat(),
        "partial": False,
    }


def plans(**inputs: Any) -> dict[str, Walk]:
    return {plan.resource: plan for plan in walks(LeadIQInputs.model_validate(inputs))}


def contacts_question() -> Question:
    return plans()["tracked_contacts"].question(window())


def answer(document: Any) -> Answer:
    return Answer(contacts_question(), "r", "q", 200, json.dumps(document).encode(), document, fetched_at=NOW)


def connection(nodes: list[Any], name: str = "trackedContacts", **more: Any) -> dict[str, Any]:
    return {"data": {name: {"edges": [{"cursor": f"c{n}", "node": node} for n, node in enumerate(nodes)], **more}}}


EVENT = {"id": "e1", "jobChangeType": "Promotion", "jobChangeDetected": "2026-03-01"}
"""What every event has."""


def contact(node: dict[str, Any]) -> tuple[dict[str, Any], dict[tuple[str, str], int], str]:
    """(record, drift, key) of one tracked contact."""
    rows, findings = read_answer(
        ENTITY["tracked_contacts"], "q", "r", "s", NOW, json.dumps(connection([node])).encode()
    )
    return json.loads(rows[0]["record"]), findings.drift, rows[0]["record_key"]


# -- keys --------------------------------------------------------------------------------------------------------------


def test_a_raw_key_is_tried_as_user_name_first_and_as_it_is_second() -> None:
    assert _forms(RAW_KEY) == (READY_KEY, RAW_KEY)


def test_a_ready_made_key_is_tried_as_it_is_first_and_as_user_name_second() -> None:
    assert _forms(READY_KEY) == (READY_KEY, base64.b64encode(f"{READY_KEY}:".encode()).decode())


def test_a_raw_key_that_happens_to_look_ready_made_is_tried_in_both_forms() -> None:
    assert set(_forms("dGVzdA==")) == {"dGVzdA==", base64.b64encode(b"dGVzdA==:").decode()}


def test_a_key_that_fits_no_header_is_sent_encoded_only() -> None:
    assert _forms("schlüssel") == (base64.b64encode("schlüssel:".encode()).decode(),)


def test_each_form_of_the_key_is_a_header_and_a_secret() -> None:
    made = provider(LeadIQInputs(api_key=RAW_KEY))
    assert [headers["Authorization"] for headers in made.headers] == [f"Basic {READY_KEY}", f"Basic {RAW_KEY}"]
    assert {RAW_KEY, READY_KEY} <= set(made.secrets)


def test_the_key_inside_a_ready_made_key_is_a_secret_too() -> None:
    assert RAW_KEY in provider(LeadIQInputs(api_key=READY_KEY)).secrets


def test_the_probe_that_tells_the_keys_apart_is_free() -> None:
    made = provider(LeadIQInputs(api_key=RAW_KEY))
    assert made.probe is not None
    assert made.probe.operation == "account"
    assert "account" not in made.prices


# -- questions ---------------------------------------------------------------------------------------------------------


def variables(question: Question) -> dict[str, Any]:
    assert question.body is not None
    found: dict[str, Any] = question.body["variables"]
    return found


def test_contacts_are_asked_for_from_the_day_of_the_window_and_only_with_what_was_set() -> None:
    plan = plans()["tracked_contacts"]
    assert variables(plan.question(window())) == {"limit": 25}
    assert variables(plan.question(window(begins="2026-02-23T06:00:00"))) == {
        "limit": 25,
        "detectedAfter": "2026-02-23",
    }
    chosen = plans(tracked_contacts={"import_id": "i1", "unique_only": False, "page_size": 50})["tracked_contacts"]
    assert variables(chosen.question(window({"cursor": "c9"}, step=1))) == {
        "limit": 50,
        "importId": "i1",
        "uniqueOnly": False,
        "cursor": "c9",
    }


def test_companies_are_asked_for_page_by_page() -> None:
    plan = plans()["tracked_companies"]
    assert variables(plan.question(window())) == {"first": 25}
    assert variables(plan.question(window({"cursor": "c9"}, step=1))) == {"first": 25, "after": "c9"}


def test_the_days_that_are_read_again_are_those_that_were_set() -> None:
    schedule = plans(tracked_contacts={"overlap_days": 3})["tracked_contacts"].schedule
    due = schedule({"watermark": "2026-03-02T06:00:00"}, datetime(2026, 3, 3, 6))
    assert due is not None
    assert due["from"] == "2026-02-27T06:00:00"


@pytest.mark.parametrize("change", [{"import_id": "i1"}, {"unique_only": True}, {"start": date(2020, 1, 1)}])
def test_another_filter_is_another_question(change: dict[str, Any]) -> None:
    assert plans()["tracked_contacts"].asks != plans(tracked_contacts=change)["tracked_contacts"].asks


def test_another_page_size_is_the_same_question() -> None:
    assert plans()["tracked_contacts"].asks == plans(tracked_contacts={"page_size": 99})["tracked_contacts"].asks


def test_the_meters_are_read_after_everything_else() -> None:
    assert [plan.resource for plan in plans().values() if plan.reads_meter] == [
        "account",
        "usage",
        "contact_tracking_balance",
    ]


def test_a_field_the_account_does_not_know_is_left_out_and_a_filter_never() -> None:
    question = plans(tracked_contacts={"import_id": "i1"})["tracked_contacts"].question(window())
    problem = Problem("status", 400, 'Cannot query field "titleDomain" on type "TrackedContact". Did you mean "title"?')
    assert look_up(ERRORS, problem)[0].action is Action.ASK_FOR_LESS
    parts = unknown_parts(problem)
    assert parts == {"TrackedContact.titleDomain"}
    less = without(question, parts)
    assert less is not None
    assert less.body is not None
    assert "titleDomain" not in less.body["query"]
    assert "titleLevel" in less.body["query"]
    assert "importId" in less.body["query"]
    assert variables(less) == variables(question)
    assert less.selection != question.selection


def test_an_operation_the_account_does_not_know_is_not_asked() -> None:
    assert without(contacts_question(), frozenset({"Query.trackedContacts"})) is None


def test_nothing_unknown_leaves_the_question_as_it_is() -> None:
    question = contacts_question()
    assert without(question, frozenset()) == question
    assert without(question, frozenset({"TrackedCompany.domain"})) == question


# -- answers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 401, 402, 429, 500])
@pytest.mark.parametrize("in_a_200", [True, False], ids=["inside a 200", "as HTTP status"])
def test_an_error_counts_whether_it_comes_as_status_or_inside_a_200(status: int, in_a_200: bool) -> None:
    errors = [{"message": "No.", "extensions": {"response": {"status": status}}}]
    document = {"errors": errors, "data": None}
    problem, partial = inspect(contacts_question(), 200 if in_a_200 else status, document)
    assert problem == Problem("status", status, "No.")
    assert partial is None


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ({"message": "No.", "extensions": {"status": 402}}, 402),
        ({"message": "No.", "extensions": {"statusCode": 429}}, 429),
        ({"message": "No.", "extensions": {"code": "UNAUTHENTICATED"}}, 401),
        ({"message": "No.", "extensions": {"response": {"status": 200}}}, 502),
        ({"message": "No.", "extensions": []}, 502),
        ({"message": "No.", "extensions": {"response": "down"}}, 502),
        ({"message": 'Cannot query field "a" on type "B".'}, 400),
        ({"message": 'Unknown argument "uniqueOnly" on field "Query.trackedContacts".'}, 400),
        ({"message": 'Variable "$limit" got invalid value.'}, 400),
        ("No.", 502),
    ],
)
def test_the_status_of_an_error_is_found_wherever_it_stands(error: Any, status: int) -> None:
    problem, _ = inspect(contacts_question(), 200, {"errors": [error]})
    assert problem is not None
    assert problem.status == status


def test_errors_beside_data_are_kept_as_words_and_the_data_counts() -> None:
    document = {**connection([{"id": "e1"}]), "errors": [{"message": "One is missing."}, {"message": "So is another."}]}
    assert inspect(contacts_question(), 200, document) == (None, "One is missing.; So is another.")


def test_errors_beside_data_of_another_operation_are_errors() -> None:
    problem, partial = inspect(contacts_question(), 200, {"data": {"account": {}}, "errors": [{"message": "No."}]})
    assert problem is not None
    assert partial is None


@pytest.mark.parametrize("errors", [None, []])
def test_no_errors_are_no_error(errors: Any) -> None:
    assert inspect(contacts_question(), 200, {**connection([]), "errors": errors}) == (None, None)


@pytest.mark.parametrize("document", [None, [], "busy", {}, {"data": None}, {"data": []}])
def test_an_answer_that_is_none_may_pass_and_is_asked_again(document: Any) -> None:
    problem, _ = inspect(contacts_question(), 200, document)
    assert problem is not None
    assert look_up(ERRORS, problem)[0].action is Action.RETRY


@pytest.mark.parametrize(
    ("status", "action"),
    [
        (400, Action.STOP_RESOURCE),
        (401, Action.STOP_SOURCE),
        (402, Action.NO_CREDITS),
        (408, Action.RETRY),
        (429, Action.WAIT),
        (500, Action.RETRY),
    ],
)
def test_each_documented_status_has_its_action(status: int, action: Action) -> None:
    assert look_up(ERRORS, Problem("status", status, "the words {of} LeadIQ"))[0].action is action


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (connection([{}, {}]), 2),
        (connection([]), 0),
        ({"data": {"trackedContacts": None}}, 0),
        ({"data": {"trackedContacts": {"edges": None}}}, 0),
        ({"data": {"trackedContacts": {}}}, 0),
        ({"data": {}}, 0),
    ],
)
def test_the_records_of_an_answer_are_counted(document: Any, expected: int) -> None:
    assert counts(contacts_question(), document) == {"record": expected}


def test_a_reading_of_the_account_is_one_record() -> None:
    question = plans()["account"].question(window())
    assert counts(question, {"data": {"account": {"plans": []}}}) == {"record": 1}


@pytest.mark.parametrize(
    ("more", "cursor"),
    [
        ({"pageInfo": {"hasNextPage": True, "endCursor": "c7"}}, "c7"),
        ({"pageInfo": {"hasNextPage": True, "endCursor": None}}, "c1"),
        ({"pageInfo": {"hasNextPage": True}}, "c1"),
        ({"pageInfo": {"hasNextPage": True, "endCursor": 7}}, "7"),
    ],
)
def test_the_next_page_begins_at_the_cursor_of_the_page_or_of_its_last_record(more: Any, cursor: str) -> None:
    following = plans()["tracked_contacts"].following(window(), answer(connection([{}, {}], **more)))
    assert following is not None
    assert following["cursor"] == cursor


@pytest.mark.parametrize(
    "document",
    [
        connection([{}], pageInfo={"hasNextPage": False, "endCursor": "c7"}),
        connection([{}]),
        {"data": {"trackedContacts": {"edges": None, "pageInfo": {"hasNextPage": False}}}},
    ],
)
def test_a_walk_ends_where_no_next_page_is_promised(document: Any) -> None:
    assert plans()["tracked_contacts"].following(window(), answer(document)) is None


@pytest.mark.parametrize("info", [None, [], {}, {"hasNextPage": None, "endCursor": "c7"}, {"hasNextPage": "perhaps"}])
def test_not_to_say_whether_there_is_another_page_is_no_end(info: Any) -> None:
    with pytest.raises(CannotGoOn, match="does not say whether"):
        plans()["tracked_contacts"].following(window(), answer(connection([{}], pageInfo=info)))


def test_a_page_promised_without_any_cursor_is_said() -> None:
    with pytest.raises(CannotGoOn):
        plans()["tracked_contacts"].following(window(), answer(connection([], pageInfo={"hasNextPage": True})))


def test_an_edge_that_is_null_does_not_end_the_sync() -> None:
    document: Any = {"data": {"trackedContacts": {"edges": [{"node": {}}, None], "pageInfo": {"hasNextPage": True}}}}
    with pytest.raises(CannotGoOn):
        plans()["tracked_contacts"].following(window(), answer(document))


@pytest.mark.parametrize(("processing", "partial"), [(True, True), (False, False), (None, False)])
def test_an_import_still_being_processed_proves_nothing(processing: bool | None, partial: bool) -> None:
    place = window()
    plans()["tracked_contacts"].following(place, answer(connection([{}], isProcessing=processing)))
    assert place["partial"] is partial


# -- records -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["id", "_id"])
def test_a_job_change_is_known_by_either_id(name: str) -> None:
    assert contact({name: "e1"})[2] == "e1"


def test_an_id_that_is_null_gives_way_to_the_other() -> None:
    assert contact({"id": None, "_id": "e1"})[2] == "e1"


@pytest.mark.parametrize("value", ["2026-02-28", "2026-02-28T10:00:00Z", 1772272800000, "1772272800000"])
def test_a_job_start_is_a_day_from_text_and_from_milliseconds(value: Any) -> None:
    assert contact({"jobStartDate": value})[0]["job_start_date"] == "2026-02-28"


@pytest.mark.parametrize("kind", ["Departure", "JobChange", "Promotion", "TitleChange"])
def test_the_kinds_of_job_change_of_both_references_are_known(kind: str) -> None:
    record, drift, _ = contact({**EVENT, "jobChangeType": kind})
    assert (record["job_change_type"], drift) == (kind, {})


def test_a_new_kind_of_job_change_is_kept_and_noted() -> None:
    record, drift, _ = contact({**EVENT, "jobChangeType": "Sabbatical"})
    assert (record["job_change_type"], drift) == ("Sabbatical", {("unknown_value", "job_change_type"): 1})


def test_a_customers_own_keys_come_back_whatever_their_form() -> None:
    record, drift, _ = contact(
        {**EVENT, "referenceId": 17, "externalRecordId": "x", "duplicateRecordIds": "a", "duplicateAccountIds": None}
    )
    assert (record["reference_id"], record["external_record_id"]) == ("17", "x")
    assert (record["duplicate_record_ids"], record["duplicate_account_ids"]) == (["a"], [])
    assert drift == {}


def test_a_null_among_phone_numbers_does_not_cost_the_others() -> None:
    assert contact({"phones": [None, "+12015550123"]})[0]["phones"] == ["+12015550123"]


@pytest.mark.parametrize("name", ["id", "source"])
def test_a_tracked_company_is_known_by_either_id_and_keeps_its_custom_data(name: str) -> None:
    body = json.dumps(connection([{name: "c1", "customData": {"tier": 1.50}}], "trackedCompanies")).encode()
    (row,), _ = read_answer(ENTITY["tracked_companies"], "q", "r", "s", NOW, body)
    assert row["record_key"] == "c1"
    assert json.loads(json.loads(row["record"])["custom_data"]) == {"tier": 1.5}


@pytest.mark.parametrize("plan", [None, [], {}, ""])
def test_an_account_without_a_plan_is_read(plan: Any) -> None:
    body = json.dumps({"data": {"account": {"plans": None, "universalPlan": plan}}}).encode()
    (row,), findings = read_answer(ENTITY["account"], "q", "r", "s", NOW, body)
    record = json.loads(row["record"])
    assert (record["plans"], record["universal_plan"], row["record_key"], findings.drift) == ([], None, "account", {})


def test_a_cap_in_text_is_a_number() -> None:
    body = json.dumps({"data": {"account": {"universalPlan": {"available": "1,000", "used": 0.1}}}}).encode()
    (row,), _ = read_answer(ENTITY["account"], "q", "r", "s", NOW, body)
    plan = json.loads(row["record"])["universal_plan"]
    assert (plan["available"], plan["used"]) == (1000, 0.1)
