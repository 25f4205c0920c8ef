"""Letrics is asked in the forms its documentation leaves open, and its errors are understood."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from sources.letrics.api import ERRORS, counts, inspect, provider, walks
from sources.letrics.inputs import LetricsInputs, Location
from sources.metered import Action, Answer, Problem, Question
from sources.metered.errors import look_up
from sources.paging import Position, Walk, Window

NOW = datetime(2026, 3, 2, 6)


def window(position: Position | None = None, begins: str | None = None) -> Window:
    return {"id": "w000001", "step": 0, "position": position, "from": begins, "to": NOW.isoformat(), "partial": False}


def contacts(**inputs: Any) -> Walk:
    return walks(LetricsInputs.model_validate(inputs))[0]


def answer(document: Any) -> Answer:
    return Answer(QUESTION, "r", "q", 200, json.dumps(document).encode(), document, fetched_at=NOW)


QUESTION = contacts().question(window())
FILTERS = {
    "job_titles": ["CEO", "Head of Sales"],
    "has_personal_emails": True,
    "locations": [{"city": "London", "country": "United Kingdom"}, {"country": "Brazil"}],
}


# -- questions ---------------------------------------------------------------------------------------------------------


def test_a_list_is_written_with_repeated_keys_by_default() -> None:
    question = contacts(contacts=FILTERS, per_page=50).question(window())
    assert (question.method, question.path, question.body) == ("GET", "/contacts", None)
    assert sorted(question.params) == [
        ("has_personal_emails", "true"),
        ("job_titles", "CEO"),
        ("job_titles", "Head of Sales"),
        ("locations", "city:London||||United Kingdom"),
        ("locations", "country:Brazil"),
        ("page", "1"),
        ("per_page", "50"),
    ]


def test_a_list_is_written_with_brackets_when_that_is_set() -> None:
    question = contacts(contacts=FILTERS, list_keys="brackets").question(window({"page": 3}))
    assert [value for name, value in question.params if name == "job_titles[]"] == ["CEO", "Head of Sales"]
    assert ("page", "3") in question.params
    assert {name for name, _ in question.params} == {
        "job_titles[]", "locations[]", "has_personal_emails", "page", "per_page",
    }  # fmt: skip


def test_a_question_may_be_posted_with_its_types() -> None:
    question = contacts(contacts=FILTERS, method="POST", list_keys="brackets").question(window({"page": 2}))
    assert (question.method, question.params) == ("POST", ())
    assert question.body == {
        "job_titles": ["CEO", "Head of Sales"],
        "has_personal_emails": True,
        "locations": ["city:London||||United Kingdom", "country:Brazil"],
        "page": 2,
        "per_page": 100,
    }


def test_an_increment_is_bounded_on_both_sides_and_a_first_reading_is_not() -> None:
    bounded = dict(contacts().question(window(begins="2026-02-27T06:00:00")).params)
    assert (bounded["added_after"], bounded["added_before"]) == ("2026-02-27T06:00:00Z", "2026-03-02T06:00:00Z")
    assert {name for name, _ in QUESTION.params} == {"page", "per_page"}


def test_pages_of_one_window_ask_for_the_same_stretch() -> None:
    first, third = (
        dict(contacts().question(window(position, "2026-02-27T06:00:00")).params) for position in (None, {"page": 3})
    )
    assert {**first, "page": "3"} == third


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ({"city": "San Francisco", "state": "California", "country": "United States"},
         "city:San Francisco||California||United States"),
        ({"state": "California", "country": "United States"}, "state:California||United States"),
        ({"city": "London", "country": "United Kingdom"}, "city:London||||United Kingdom"),
        ({"country": "Brazil"}, "country:Brazil"),
    ],
)  # fmt: skip
def test_a_location_has_the_documented_form(place: dict[str, str], text: str) -> None:
    assert Location.model_validate(place).text() == text


@pytest.mark.parametrize(
    "place", [{"city": "London"}, {"country": "a||b"}, {"city": "||", "country": "b"}, {"country": "b", "town": "c"}]
)
def test_a_location_that_cannot_be_written_is_refused(place: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Location.model_validate(place)


@pytest.mark.parametrize("table", ["contacts", "companies"])
def test_an_undocumented_filter_is_refused_by_name_and_sent_when_that_is_allowed(table: str) -> None:
    inputs = {table: {"exclude_tlds": ["example.com"]}}
    with pytest.raises(ValidationError, match=f"{table}: exclude_tlds is no documented filter"):
        LetricsInputs.model_validate(inputs)
    plans = {
        plan.resource: plan for plan in walks(LetricsInputs.model_validate({**inputs, "allow_unknown_filters": True}))
    }
    assert ("exclude_tlds", "example.com") in plans[table].question(window()).params


def test_a_filter_of_contacts_is_no_filter_of_companies() -> None:
    with pytest.raises(ValidationError, match="job_titles"):
        LetricsInputs.model_validate({"companies": {"job_titles": ["CEO"]}})


@pytest.mark.parametrize("inputs", [{"per_page": 101}, {"per_page": 0}, {"contacts": {"has_personal_emails": False}}])
def test_what_letrics_does_not_offer_is_refused(inputs: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        LetricsInputs.model_validate(inputs)


@pytest.mark.parametrize("change", [{"contacts": {"tlds": ["example.com"]}}, {"start": date(2020, 1, 1)}])
def test_another_filter_is_another_question(change: dict[str, Any]) -> None:
    assert contacts().asks != contacts(**change).asks


def test_another_form_of_asking_is_the_same_question() -> None:
    assert contacts().asks == contacts(method="POST", per_page=10, overlap_days=5).asks


def test_everything_is_read_again_at_its_interval() -> None:
    schedule = contacts(full_refresh_days=10, overlap_days=1, start="2020-01-01").schedule
    state = {"watermark": "2026-03-01T06:00:00", "full_at": "2026-02-21T06:00:00"}
    increment, whole = schedule(dict(state), NOW), schedule({**state, "full_at": "2026-02-20T06:00:00"}, NOW)
    assert increment is not None
    assert whole is not None
    assert (increment["kind"], increment["from"]) == ("increment", "2026-02-28T06:00:00")
    assert (whole["kind"], whole["from"]) == ("full", "2020-01-01T00:00:00")


def test_the_key_is_a_bearer_token_and_a_secret() -> None:
    made = provider(LetricsInputs(api_key="an-example-key", base_url="https://api.example.com"))
    assert made.headers == ({"Authorization": "Bearer an-example-key"},)
    assert made.secrets == ("an-example-key",)


# -- pages -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "ends"),
    [
        ({"data": []}, True),
        ({"data": None}, True),
        ({}, True),
        ({"data": [1, 2], "meta": {"per_page": 2}}, False),
        ({"data": [1, 2], "meta": {"per_page": "2"}}, False),
        ({"data": [1], "meta": {"per_page": 2}}, True),
        ({"data": [1, 2], "meta": {"per_page": 2, "total": 2}}, True),
        ({"data": [1, 2], "meta": {"per_page": 2, "total": "3"}}, False),
        ({"data": [1, 2], "meta": {"pagination": {"total": 2}}}, True),
        ({"data": [1, 2], "meta": {"pagination": {"total_count": 3}}}, False),
        ({"data": [1, 2], "meta": {"page": {"total": 2}}}, True),
        ({"data": [1, 2], "meta": {"total": None, "per_page": 2}}, False),
        ({"data": [1, 2], "meta": [], "errors": []}, False),
        ({"data": {"a": {}, "b": {}}, "meta": {"total": 2}}, True),
        ({"data": {"contacts": [1, 2]}, "meta": {"per_page": 2}}, False),
        ({"data": {"contacts": [1]}, "meta": {"per_page": 2}}, True),
        ({"data": {"contacts": {"a": {}, "b": {}}}, "meta": {"per_page": 2}}, False),
        ({"data": {"contacts": []}, "meta": {"total": 5}}, True),
    ],
)
def test_a_window_ends_where_the_answer_says_or_shows_it(document: Any, ends: bool) -> None:
    assert (contacts().following(window(), answer(document)) is None) is ends


@pytest.mark.parametrize(
    ("data", "records"),
    [
        ([{}, {}], 2),
        ([], 0),
        (None, 0),
        ({"a": {}}, 1),
        ("text", 0),
        ([None], 1),
        ({"contacts": [{}, {}], "page": 1}, 2),
    ],
)
def test_records_are_counted_in_a_list_or_a_map(data: Any, records: int) -> None:
    assert counts(QUESTION, {"data": data}) == {"record": records}


# -- errors ------------------------------------------------------------------------------------------------------------

ERROR = {"id": "invalid_input", "code": 400, "details": "per_page is too large"}


def test_an_error_with_its_status_is_told_in_letrics_words() -> None:
    problem, partial = inspect(QUESTION, 400, {"errors": [ERROR, {"id": "other", "details": "x"}]})
    assert problem == Problem("status", 400, "invalid_input 400 per_page is too large; other x")
    assert partial is None


@pytest.mark.parametrize("errors", [[ERROR], ERROR])
@pytest.mark.parametrize("data", [None, [], {}, {"contacts": []}])
def test_an_error_inside_a_200_counts_by_its_code(errors: Any, data: Any) -> None:
    problem, _ = inspect(QUESTION, 200, {"errors": errors, "data": data})
    assert problem == Problem("status", 400, "invalid_input 400 per_page is too large")


def test_an_error_whose_code_is_text_counts_by_its_code_too() -> None:
    problem, _ = inspect(QUESTION, 200, {"errors": [{**ERROR, "code": "429"}]})
    assert problem is not None
    assert problem.status == 429


def test_errors_beside_data_are_kept_as_words_and_the_data_counts() -> None:
    assert inspect(QUESTION, 200, {"data": [{"id": 1}], "errors": [{"id": "slow", "details": "half is missing"}]}) == (
        None,
        "slow half is missing",
    )


@pytest.mark.parametrize("errors", [None, [], {}, ""])
def test_no_errors_are_no_error(errors: Any) -> None:
    assert inspect(QUESTION, 200, {"data": [], "errors": errors}) == (None, None)


@pytest.mark.parametrize("document", [[], None, "busy"])
def test_an_answer_that_is_no_object_may_pass_and_is_asked_again(document: Any) -> None:
    problem, _ = inspect(QUESTION, 200, document)
    assert problem is not None
    assert look_up(ERRORS, problem)[0].action is Action.RETRY


@pytest.mark.parametrize(
    ("status", "action"),
    [
        (400, Action.STOP_RESOURCE),
        (401, Action.STOP_SOURCE),
        (402, Action.NO_CREDITS),
        (404, Action.STOP_SOURCE),
        (408, Action.RETRY),
        (422, Action.STOP_RESOURCE),
        (429, Action.WAIT),
        (500, Action.RETRY),
    ],
)
def test_each_status_has_its_action(status: int, action: Action) -> None:
    assert look_up(ERRORS, Problem("status", status, "words"))[0].action is action


def test_a_question_is_the_same_whenever_it_is_asked() -> None:
    assert isinstance(QUESTION, Question)
    assert QUESTION.fingerprint == contacts().question(window()).fingerprint
