"""ContactOut is asked as its reference says, nothing costs more than was reserved, and its errors are understood."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from sources.contactout.api import ERRORS, PRICES, counts, inspect, provider, walks
from sources.contactout.inputs import ContactOutInputs
from sources.contactout.searches import PAGE_SIZE
from sources.metered import Action, Answer, Problem, Question, price
from sources.metered.errors import look_up
from sources.paging import Position, Walk, Window

NOW = datetime(2026, 3, 2, 6)


def window(position: Position | None = None, step: int = 0, to: datetime = NOW) -> Window:
    return {"id": "w000001", "step": step, "position": position, "from": None, "to": to.isoformat(), "partial": False}


def search(**filters: Any) -> Walk:
    inputs = ContactOutInputs.model_validate({"searches": {"leaders": {"seniority": ["vp"], **filters}}})
    return walks(inputs)[1]


def answer(plan: Walk, document: Any, found: bool = True) -> Answer:
    body = json.dumps(document).encode()
    return Answer(plan.question(window()), "r", "q", 200, body, document, fetched_at=NOW, found=found)


def profiles(count: int, first: int = 0, total: int | None = None, size: int | None = 25) -> dict[str, Any]:
    metadata = {"page": 1, "page_size": size, "total_results": total}
    found = {f"https://linkedin.com/in/example-{n}": {"full_name": f"Example {n}"} for n in range(first, first + count)}
    return {"status_code": 200, "metadata": metadata, "profiles": found}


QUESTION = search(reveal_info=True).question(window())


# -- prices ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("info", "emails", "phones"),
    [
        ({"emails": ["a@example.com"], "phones": []}, 1, 0),
        ({"emails": [], "personal_emails": ["a@example.com"]}, 1, 0),
        ({"work_emails": ["a@example.com"], "phones": ["+12015550123"]}, 1, 1),
        ({"emails": "a@example.com", "phones": "+12015550123"}, 1, 1),
        ({"emails": [], "personal_emails": [], "work_emails": [], "work_email_status": [], "phones": []}, 0, 0),
        ({}, 0, 0),
        ([], 0, 0),
        (None, 0, 0),
    ],
)
def test_a_profile_costs_a_search_and_what_it_shows(info: Any, emails: int, phones: int) -> None:
    document = {"profiles": {"https://linkedin.com/in/example-1": {"contact_info": info}}}
    found = counts(QUESTION, document)
    assert found == {"record": 1, "record_with_email": emails, "record_with_phone": phones}
    expected = {"search": 1.0} | ({"email": 1.0} if emails else {}) | ({"phone": 1.0} if phones else {})
    assert price(PRICES, "people_search", found) == expected


def test_several_addresses_of_one_profile_cost_one_credit() -> None:
    info = {"emails": ["a@example.com", "b@example.com"], "personal_emails": ["b@example.com"], "phones": ["1", "2"]}
    document = {"profiles": {"a": {"contact_info": info}, "b": {"contact_info": info}, "c": {}}}
    assert counts(QUESTION, document) == {"record": 3, "record_with_email": 2, "record_with_phone": 2}


def test_what_was_not_asked_for_is_not_charged_though_an_answer_shows_it() -> None:
    document = {"profiles": {"a": {"contact_info": {"emails": ["a@example.com"], "phones": ["1"]}}}}
    assert counts(search().question(window()), document) == {"record": 1}


@pytest.mark.parametrize("empty", [[], {}, None])
def test_no_profiles_cost_nothing(empty: Any) -> None:
    found = counts(QUESTION, {"profiles": empty})
    assert price(PRICES, "people_search", found) == {}
    assert counts(QUESTION, {}) == found


def test_the_meters_are_free() -> None:
    question = walks(ContactOutInputs())[0].question(window())
    assert price(PRICES, question.operation, counts(question, {"usage": {}})) == {}


def test_what_is_reserved_for_contact_details_depends_on_whether_they_are_shown() -> None:
    assert price(PRICES, "people_search", search().question(window()).at_most) == {"search": 25}
    shown = search(reveal_info=True).question(window())
    assert price(PRICES, "people_search", shown.at_most) == {"search": 25, "email": 25, "phone": 25}


@pytest.mark.parametrize(
    ("position", "most"),
    [
        (None, 25),
        ({"page": 2, "seen": 25, "total": 51, "size": 25}, 25),
        ({"page": 3, "seen": 50, "total": 51, "size": 25}, 25),
        ({"page": 2, "seen": 25, "total": None, "size": 25}, 25),
        ({"page": 2, "seen": 10, "total": 500, "size": 10}, 10),
    ],
)
def test_a_whole_page_is_reserved_since_the_result_may_have_grown(position: Position | None, most: int) -> None:
    assert search(reveal_info=True).question(window(position)).at_most == {
        "record": most,
        "record_with_email": most,
        "record_with_phone": most,
    }


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(0, 130), st.integers(1, 30), st.booleans())
def test_a_steady_search_is_read_whole_and_never_costs_more_than_was_reserved(
    total: int, size: int, says_all: bool
) -> None:
    size = size if says_all else PAGE_SIZE
    plan, place, got = search(), window(), 0
    for _ in range(total // size + 3):
        question = plan.question(place)
        assert question.body is not None
        first = (question.body["page"] - 1) * size
        count = max(0, min(size, total - first))
        document = profiles(count, first, total if says_all else None, size if says_all else None)
        if place["position"] is not None or size <= PAGE_SIZE:
            assert counts(question, document)["record"] <= question.at_most["record"]
        got += count
        place["position"] = plan.following(place, answer(plan, document))
        if place["position"] is None:
            break
    assert got == total


# -- questions ---------------------------------------------------------------------------------------------------------


def test_only_what_was_set_is_asked_and_the_page() -> None:
    question = search(location="London", reveal_info=True, refresh_days=7).question(window({"page": 3, "seen": 50}))
    assert question.body == {"page": 3, "seniority": ["vp"], "location": ["London"], "reveal_info": True}
    assert (question.method, question.path, question.rate_class) == ("POST", "/v1/people/search", "people_search")


def test_what_was_asked_for_is_on_record() -> None:
    selections = {
        search(**filters).question(window()).selection
        for filters in ({}, {"reveal_info": True}, {"output_fields": ["title", "company"]})
    }
    assert selections == {
        "people_search profile",
        "people_search contact_info",
        "people_search profile fields:company,title",
    }


@pytest.mark.parametrize("change", [{"reveal_info": True}, {"location": ["London"]}, {"output_fields": ["title"]}])
def test_another_filter_is_another_question_and_another_interval_is_not(change: dict[str, Any]) -> None:
    assert search().asks != search(**change).asks
    assert search().asks == search(refresh_days=3).asks


def test_a_saved_search_is_bought_again_after_its_interval() -> None:
    schedule = search(refresh_days=7).schedule
    assert schedule({"completed_at": "2026-02-24T06:00:00"}, NOW) is None
    assert schedule({"completed_at": "2026-02-23T06:00:00"}, NOW) is not None


@pytest.mark.parametrize(
    ("today", "months"),
    [(NOW, ["2026-03", "2026-02"]), (datetime(2026, 1, 31), ["2026-01", "2025-12"])],
)
def test_the_meters_of_this_month_and_the_last_are_read(today: datetime, months: list[str]) -> None:
    plan, place = walks(ContactOutInputs())[0], window(to=today)
    asked = []
    while True:
        question = plan.question(place)
        asked.append(dict(question.params)["period"])
        place["position"] = plan.following(place, answer(plan, {"usage": {}}))
        if place["position"] is None:
            break
    assert asked == months
    assert plan.reads_meter


def test_the_token_is_a_header_and_a_secret() -> None:
    made = provider(ContactOutInputs(api_token="an-example-token"))
    assert made.headers[0]["token"] == "an-example-token"
    assert made.secrets == ("an-example-token",)
    assert "an-example-token" not in repr(ContactOutInputs(api_token="an-example-token"))


@pytest.mark.parametrize(
    "searches",
    [
        {"Leaders": {}},
        {"two words": {}},
        {"a": {"senority": ["vp"]}},
        {"a": {"seniority": ["x"] * 51}},
        {"a": {"refresh_days": 0}},
        {"a": {"data_types": ["fax"]}},
    ],
)
def test_a_search_that_cannot_be_meant_is_refused_before_it_is_bought(searches: Any) -> None:
    with pytest.raises(ValidationError):
        ContactOutInputs.model_validate({"searches": searches})


# -- pages -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "document",
    [
        profiles(0, total=0),
        {"status_code": 200, "profiles": []},
        {"status_code": 200, "metadata": [], "profiles": []},
        {"status_code": 404, "message": "Not Found"},
        profiles(8, total=8),
        profiles(8, total=None),
        {},
    ],
)
def test_a_search_ends_at_an_empty_short_or_last_page(document: Any) -> None:
    plan = search()
    assert plan.following(window(), answer(plan, document)) is None


def test_after_a_page_with_gaps_a_whole_page_is_reserved_again() -> None:
    plan = search()
    position = plan.following(window(), answer(plan, profiles(20, total=100)))
    assert position is not None
    assert plan.question(window(position)).at_most["record"] == 25


def test_a_search_whose_total_comes_as_text_is_followed() -> None:
    plan = search()
    document = {**profiles(25), "metadata": {"page_size": "25", "total_results": "45"}}
    position = plan.following(window(), answer(plan, document))
    assert position is not None
    assert (position["total"], position["seen"]) == (45, 25)


# -- errors ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "words", "action"),
    [
        (400, "Bad credentials", Action.STOP_SOURCE),
        (401, "The page must be an integer.", Action.STOP_RESOURCE),
        (402, "", Action.NO_CREDITS),
        (403, "You're out of credits, please email your sales manager", Action.NO_CREDITS),
        (403, "No access to endpoint", Action.STOP_RESOURCE),
        (404, "Not Found", Action.NOTHING_FOUND),
        (408, "", Action.RETRY),
        (429, "Too Many Requests", Action.WAIT),
        (500, "", Action.RETRY),
        (503, "<html>", Action.RETRY),
    ],
)
@pytest.mark.parametrize("in_a_200", [True, False], ids=["inside a 200", "as HTTP status"])
def test_each_documented_error_has_its_action(status: int, words: str, action: Action, in_a_200: bool) -> None:
    problem, partial = inspect(QUESTION, 200 if in_a_200 else status, {"status_code": status, "message": words})
    assert problem == Problem("status", status, words)
    assert partial is None
    assert look_up(ERRORS, problem)[0].action is action


@pytest.mark.parametrize("status", [403, "403"])
def test_an_error_in_the_body_counts_before_the_data_beside_it(status: Any) -> None:
    problem, _ = inspect(QUESTION, 200, {**profiles(1), "status_code": status, "error": "No access to endpoint"})
    assert problem == Problem("status", 403, "No access to endpoint")


@pytest.mark.parametrize("status", [200, "200", None, True, "ok"])
def test_a_body_that_names_no_error_is_an_answer(status: Any) -> None:
    assert inspect(QUESTION, 200, {**profiles(1), "status_code": status, "message": "Success"}) == (None, None)


@pytest.mark.parametrize("document", [[], None, "busy", 5])
def test_an_answer_that_is_no_object_may_pass_and_is_asked_again(document: Any) -> None:
    problem, _ = inspect(QUESTION, 200, document)
    assert problem is not None
    assert look_up(ERRORS, problem)[0].action is Action.RETRY
    assert inspect(QUESTION, 404, document)[0] == Problem("status", 404, "the answer is not an object")


def test_a_lost_paid_answer_may_have_been_charged() -> None:
    for problem in (Problem("timeout"), Problem("reset"), Problem("not_json", 200), Problem("status", 502)):
        assert look_up(ERRORS, problem)[0].may_charge
    assert not look_up(ERRORS, Problem("connect", reached=False))[0].may_charge


def test_a_question_has_the_same_fingerprint_whenever_it_is_asked() -> None:
    assert isinstance(QUESTION, Question)
    assert QUESTION.fingerprint == search(reveal_info=True).question(window()).fingerprint
    assert QUESTION.fingerprint != search().question(window({"page": 2, "seen": 25})).fingerprint
