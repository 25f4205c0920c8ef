"""Faults on order do to an answer what they say, book what they say, and leave every other answer alone."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import TRACKED_COMPANIES, TRACKED_CONTACTS

ACCOUNT = "{ account { plans { name } universalPlan { available used } } }"


def _contacts(box: Any, cursor: str | None = None, day: str = "2026-06-01") -> dict[str, Any]:
    """A page of tracked contacts on a day that has several."""
    box.move_to(day)
    page: dict[str, Any] = box.leadiq(TRACKED_CONTACTS, cursor=cursor).json()["data"]["trackedContacts"]
    return page


def _ids(page: dict[str, Any]) -> list[str]:
    return [edge["node"]["id"] for edge in page["edges"]]


def test_a_status_without_a_body_is_worded_as_contactout_documents_it(box: Any) -> None:
    box.order({"provider": "contactout", "kind": "status", "status": 403})
    answer = box.search()
    message = "You're out of credits, please email your sales manager"
    assert (answer.status_code, answer.json()) == (403, {"status_code": 403, "message": message})
    box.order({"provider": "contactout", "kind": "status", "status": 429, "headers": {"retry-after": "9"}})
    answer = box.stats_answer()
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "9")
    assert answer.json()["message"].startswith("Rate limit reached")
    box.order({"provider": "contactout", "kind": "status", "status": 503})
    answer = box.search()
    assert (answer.status_code, answer.json()) == (503, {}), "a status that ContactOut does not document"


def test_a_status_without_a_body_is_worded_as_letrics_documents_it(box: Any) -> None:
    for status in (400, 401, 402, 429, 503):
        box.order({"provider": "letrics", "kind": "status", "status": status})
        answer = box.letrics("contacts")
        assert answer.status_code == status
        error = answer.json()["errors"][0]
        assert set(error) == {"id", "code", "details"}
        assert error["code"] == status
        assert error["details"]


@pytest.mark.parametrize("form", ["http", "200"])
def test_a_status_without_a_body_comes_in_leadiqs_form_of_errors(start: Any, form: str) -> None:
    box = start("--leadiq-errors", form, "--people", "20", "--companies", "6")
    for status in (400, 401, 402, 429, 500):
        box.order({"provider": "leadiq", "kind": "status", "status": status})
        answer = box.leadiq(ACCOUNT)
        assert answer.status_code == (200 if form == "200" else status)
        assert answer.json()["errors"][0]["extensions"] == {"response": {"status": status}}
        assert answer.json()["errors"][0]["message"]
        assert box.books()["requests"][-1]["status"] == answer.status_code
    box.order({"provider": "leadiq", "kind": "status", "status": 503})
    assert (box.leadiq(ACCOUNT).status_code, box.leadiq(ACCOUNT).status_code) == (503, 200)


def test_a_status_with_a_body_keeps_it(box: Any) -> None:
    box.order({"provider": "contactout", "kind": "status", "status": 403, "body": {"message": "No access"}})
    assert box.search().json() == {"message": "No access"}


def test_a_redirect_points_elsewhere_and_is_free(box: Any) -> None:
    box.order({"provider": "contactout", "kind": "redirect", "location": "https://elsewhere.example/login"})
    answer = box.search()
    assert (answer.status_code, answer.headers["location"]) == (302, "https://elsewhere.example/login")
    assert answer.content == b""
    box.order({"provider": "letrics", "kind": "redirect", "status": 308, "location": "/letrics/companies"})
    assert box.letrics("contacts").status_code == 308
    books = box.books()
    assert books["credits"]["contactout"] == {}
    assert [request["status"] for request in books["requests"]] == [302, 308]


def test_a_fault_for_ever_ends_only_when_withdrawn(box: Any) -> None:
    box.order({"provider": "letrics", "kind": "status", "status": 500, "times": -1, "skip": 1})
    assert [box.letrics("contacts").status_code for _ in range(30)] == [200, *[500] * 29]
    box.http.delete("/sandbox/faults")
    assert box.letrics("contacts").status_code == 200


def test_errors_can_be_merged_into_a_true_answer(box: Any) -> None:
    true = box.leadiq(ACCOUNT).json()
    errors = [{"message": "Partly", "extensions": {"response": {"status": 500}}}]
    box.order({"provider": "leadiq", "operation": "account", "kind": "merge", "body": {"errors": errors}})
    answer = box.leadiq(ACCOUNT)
    assert answer.status_code == 200
    assert answer.json() == {**true, "errors": errors}
    assert box.leadiq(ACCOUNT).json() == true


def test_a_merge_changes_what_it_names_and_is_charged(box: Any) -> None:
    true = box.search().json()
    odd = {"metadata": {"total_results": "many", "more": {"deep": [1]}}}
    box.order({"provider": "contactout", "operation": "people_search", "kind": "merge", "body": odd})
    answer = box.search().json()
    assert answer["metadata"] == {"page": 1, "page_size": 25, "total_results": "many", "more": {"deep": [1]}}
    assert answer["profiles"] == true["profiles"]
    assert box.search().json() == true
    assert box.books()["credits"]["contactout"] == {"search": 75}


def test_a_connection_can_be_made_to_go_on_for_ever(box: Any) -> None:
    first = _contacts(box)
    page_info = {"hasNextPage": True, "endCursor": first["pageInfo"]["endCursor"]}
    body = {"data": {"trackedContacts": {"pageInfo": page_info}}}
    box.order({"provider": "leadiq", "operation": "trackedContacts", "kind": "merge", "body": body, "times": -1})
    for _ in range(20):
        page = _contacts(box, page_info["endCursor"])
        assert page["pageInfo"] == {**page["pageInfo"], **page_info}


def test_a_merge_may_put_an_object_where_an_empty_list_was(box: Any) -> None:
    box.order({"provider": "contactout", "kind": "merge", "body": {"profiles": {"https://x.example": {"a": None}}}})
    assert box.search(name="nobody is called this").json()["profiles"] == {"https://x.example": {"a": None}}


CHANGE = {"unheard_of": 1, "full_name": None, "company": {"size": "few"}, "seniority": "Galactic", "skills": "one"}


def test_the_first_record_can_be_changed_wherever_it_stands(box: Any) -> None:
    def struck(provider: str, operation: str) -> dict[str, Any]:
        return {"provider": provider, "operation": operation, "kind": "record", "body": CHANGE}

    true = box.search().json()["profiles"]
    box.order(struck("contactout", "people_search"))
    spoilt = box.search().json()["profiles"]
    url, *others = true
    company = {**(true[url]["company"] or {}), "size": "few"}
    assert spoilt[url] == {**true[url], **CHANGE, "company": company}
    assert list(spoilt) == [url, *others]
    assert all(spoilt[other] == true[other] for other in others)
    assert box.search().json()["profiles"] == true, "what the sandbox knows is not spoilt"

    for resource in ("contacts", "companies"):
        first, *rest = box.letrics(resource).json()["data"]
        box.order(struck("letrics", resource))
        spoilt = box.letrics(resource).json()["data"]
        assert spoilt[0]["unheard_of"] == 1
        assert spoilt[0]["id"] == first["id"]
        assert spoilt[1:] == rest
        assert box.letrics(resource).json()["data"][0] == first

    for field, query in (("trackedContacts", TRACKED_CONTACTS), ("trackedCompanies", TRACKED_COMPANIES)):
        first, *rest = box.leadiq(query).json()["data"][field]["edges"]
        box.order(struck("leadiq", field))
        edges = box.leadiq(query).json()["data"][field]["edges"]
        assert edges[0]["cursor"] == first["cursor"]
        assert edges[0]["node"] == {**first["node"], **CHANGE}
        assert edges[1:] == rest


def test_a_reading_is_its_own_record(box: Any) -> None:
    box.order(
        {"provider": "leadiq", "operation": "account", "kind": "record", "body": {"plans": "none", "odd": 1}},
        {"provider": "contactout", "operation": "stats", "kind": "record", "body": {"usage": {"count": None}}},
        {"provider": "contactout", "operation": "people_count", "kind": "record", "body": {"total_results": "1"}},
    )
    account = box.leadiq(ACCOUNT).json()["data"]["account"]
    assert (account["plans"], account["odd"]) == ("none", 1)
    assert account["universalPlan"]
    usage = box.stats()["usage"]
    assert usage["count"] is None
    assert usage["quota"]
    assert box.count().json() == {"status_code": 200, "total_results": "1"}


def test_a_record_can_be_no_object_at_all(box: Any) -> None:
    for body in (None, "text", [1, 2], 7):
        box.order({"provider": "letrics", "kind": "record", "body": body})
        data = box.letrics("contacts").json()["data"]
        assert data[0] == body
        assert len(data) == 25


def test_a_records_fault_waits_for_a_record(box: Any) -> None:
    box.order({"provider": "contactout", "operation": "people_search", "kind": "record", "body": {"odd": 1}})
    assert box.search(name="nobody is called this").json()["profiles"] == []
    assert box.search(colour="red").status_code == 401
    assert next(iter(box.search().json()["profiles"].values()))["odd"] == 1


@pytest.mark.parametrize("digits", ["12345678901234567890123", "1.70", "-0.12345678901234567890123", "1E+400", "-0"])
def test_a_number_leaves_with_the_digits_it_was_ordered_with(box: Any, digits: str) -> None:
    body = {"revenue": "DIGITS", "deep": [{"n": "DIGITS"}], "text": "12"}
    order = [{"provider": "letrics", "operation": "contacts", "kind": "record", "body": body}]
    content = json.dumps(order).replace('"DIGITS"', digits)
    assert box.http.put("/sandbox/faults", content=content).status_code == 200
    text = box.letrics("contacts").text
    assert f'"revenue":{digits},"deep":[{{"n":{digits}}}],"text":"12"' in text


def test_a_lone_surrogate_can_travel(box: Any) -> None:
    box.order({"provider": "letrics", "kind": "record", "body": {"full_name": "A\ud800B", "city": "Zürich \U0001f3d4"}})
    content = box.letrics("contacts").content
    assert b'"full_name":"A\\ud800B"' in content
    assert "Zürich \U0001f3d4".encode() in content
    assert json.loads(content)["data"][0]["full_name"] == "A\ud800B"


def test_a_record_can_be_padded_to_megabytes(box: Any) -> None:
    box.order({"provider": "contactout", "kind": "record", "pad_bytes": 5_000_000})
    first, *others = box.search().json()["profiles"].values()
    assert len(first["padding"]) == 5_000_000
    assert not any("padding" in other for other in others)
    assert first["full_name"]


@pytest.mark.parametrize("by", [1, 7, 30])
def test_records_inserted_in_front_bring_the_page_before_again(box: Any, by: int) -> None:
    before = [list(box.search(page=page).json()["profiles"]) for page in (1, 2, 3)]
    total = box.search().json()["metadata"]["total_results"]
    everyone = [url for page in before for url in page]
    box.order({"provider": "contactout", "operation": "people_search", "kind": "shift", "by": by, "skip": 1})
    assert list(box.search(page=1).json()["profiles"]) == before[0]
    second, third = (box.search(page=page).json() for page in (2, 3))
    assert list(third["profiles"]) == everyone[50 - by : 75 - by]
    assert second["metadata"]["total_results"] == third["metadata"]["total_results"] == total + by
    inserted = set(list(box.search(page=1).json()["profiles"])[:by])
    box.http.delete("/sandbox/faults")
    assert not inserted & set(dict(box.profiles())), "who is inserted is nobody that was there"


def test_records_removed_in_front_are_skipped_over(box: Any) -> None:
    first, second, third = (box.letrics("contacts", {"page": page}).json() for page in (1, 2, 3))
    ids = [one["id"] for page in (first, second, third) for one in page["data"]]
    box.order({"provider": "letrics", "operation": "contacts", "kind": "shift", "by": -4, "skip": 1})
    assert box.letrics("contacts", {"page": 1}).json() == first
    assert box.letrics("companies").json()["meta"]["total"], "another operation is as ever"
    moved = box.letrics("contacts", {"page": 2}).json()
    assert [one["id"] for one in moved["data"]] == ids[29:54]
    assert moved["meta"]["total"] == first["meta"]["total"] - 4
    requests = box.books()["requests"]
    assert [one["fault"] for one in requests] == [None, None, None, None, None, "shift"]


def test_a_result_can_go_on_shifting(box: Any) -> None:
    total = box.letrics("companies").json()["meta"]["total"]
    box.order({"provider": "letrics", "operation": "companies", "kind": "shift", "by": 2, "times": 3})
    totals = [box.letrics("companies").json()["meta"]["total"] for _ in range(5)]
    assert totals == [total + 2, total + 4, total + 6, total + 6, total + 6]
    first = box.letrics("companies").json()["data"]
    assert len({one["id"] for one in first}) == 25


def test_what_is_charged_after_a_shift_is_what_came(box: Any) -> None:
    total = box.search(job_title=["vp"]).json()["metadata"]["total_results"]
    assert total < 25
    box.http.delete("/sandbox/books")
    box.order({"provider": "contactout", "operation": "people_search", "kind": "shift", "by": -2})
    assert len(box.search(job_title=["vp"]).json()["profiles"]) == total - 2
    assert box.books()["credits"]["contactout"] == {"search": total - 2}


@pytest.mark.parametrize(("form", "status"), [("http", 400), ("200", 200)])
def test_a_cursor_expires_and_requests_without_one_do_not_notice(start: Any, form: str, status: int) -> None:
    box = start("--leadiq-errors", form)
    box.move_to("2026-06-01")
    box.order({"provider": "leadiq", "operation": None, "kind": "expire"})
    first = box.leadiq(TRACKED_CONTACTS).json()["data"]["trackedContacts"]
    assert box.leadiq(ACCOUNT).json()["data"]
    cursor = first["pageInfo"]["endCursor"]
    expired = box.leadiq(TRACKED_CONTACTS, cursor=cursor)
    assert expired.status_code == status
    assert expired.json()["data"] is None
    assert expired.json()["errors"][0]["message"] == "Cursor has expired"
    assert expired.json()["errors"][0]["extensions"] == {"response": {"status": 400}}
    assert box.leadiq(TRACKED_CONTACTS, cursor=cursor).json()["data"], "once was ordered"
    box.order({"provider": "leadiq", "operation": "trackedCompanies", "kind": "expire", "times": -1})
    after = box.leadiq(TRACKED_COMPANIES).json()["data"]["trackedCompanies"]["pageInfo"]["endCursor"]
    for _ in range(3):
        assert box.leadiq(TRACKED_COMPANIES, after=after).json()["errors"]
    assert box.books()["requests"][-1]["records"] == 0


def test_a_slow_answer_is_whole_in_the_end(box: Any) -> None:
    true = box.letrics("contacts").json()
    box.order({"provider": "letrics", "kind": "slow", "seconds": 0.6})
    began = time.monotonic()
    arrivals = []
    with box.http.stream("GET", "/letrics/contacts", headers={"Authorization": "Bearer sandbox-letrics-key"}) as answer:
        headers_came = time.monotonic() - began
        pieces = []
        for piece in answer.iter_raw():
            pieces.append(piece)
            arrivals.append(time.monotonic() - began)
    assert headers_came < 0.3
    assert 0.5 <= arrivals[-1] < 3
    assert len(pieces) >= 5
    assert json.loads(b"".join(pieces)) == true


def test_a_page_comes_again_with_the_cursor_of_the_true_one(box: Any) -> None:
    first = _contacts(box)
    second = _contacts(box, first["pageInfo"]["endCursor"])
    assert second["pageInfo"]["hasNextPage"]
    box.order({"provider": "leadiq", "operation": "trackedContacts", "kind": "repeat", "skip": 1})
    assert _contacts(box) == first
    again = _contacts(box, first["pageInfo"]["endCursor"])
    assert _ids(again) == _ids(first)
    assert again["pageInfo"] == second["pageInfo"]
    third = _contacts(box, again["pageInfo"]["endCursor"])
    assert not set(_ids(third)) & {*_ids(first), *_ids(second)}


def test_a_repeated_page_is_charged_like_the_first(box: Any) -> None:
    first = box.search(page=1).json()
    pages = -(-first["metadata"]["total_results"] // 25)
    box.order({"provider": "contactout", "operation": "people_search", "kind": "repeat", "times": 2})
    assert box.search(page=2).json() == first
    assert box.search(page=pages + 5).json() == first, "even beyond the end"
    assert box.search(page=2).json()["metadata"]["page"] == 2
    assert box.books()["credits"]["contactout"] == {"search": 100}
    assert [one["fault"] for one in box.books()["requests"]] == [None, "repeat", "repeat", None]


def test_a_repetition_waits_for_something_to_repeat(start: Any) -> None:
    box = start("--people", "60", "--companies", "6")
    box.order({"provider": "letrics", "operation": "contacts", "kind": "repeat"})
    first = box.letrics("contacts").json()
    assert box.letrics("contacts", {"page": 0}).status_code == 400
    assert box.letrics("contacts", {"page": 2}).json() == first
    assert box.letrics("contacts", {"page": 2}).json()["meta"]["page"] == 2


def test_charge_decides_what_the_books_say_of_any_fault(start: Any) -> None:
    box = start("--charge", "leadiq.trackedContacts.uc=0.1", "--people", "400")
    box.move_to("2026-06-01")
    for kind, more in (("merge", {"body": {"extra": 1}}), ("record", {"pad_bytes": 9}), ("repeat", {}), ("reset", {})):
        for charge in (True, False):
            box.http.delete("/sandbox/books")
            box.order({"provider": "leadiq", "kind": kind, "charge": charge, **more})
            try:
                box.leadiq(TRACKED_CONTACTS)
            except httpx.HTTPError:
                assert kind == "reset"
            assert box.books()["credits"]["leadiq"] == ({"uc": 2.5} if charge else {}), kind


@pytest.mark.parametrize(
    ("order", "complaint"),
    [
        ({"kind": "redirect"}, "location"),
        ({"kind": "merge"}, "body"),
        ({"kind": "record"}, "pad_bytes"),
        ({"kind": "shift"}, "by"),
        ({"kind": "slow"}, "seconds"),
        ({"kind": "status", "status": "503"}, "status"),
        ({"kind": "reset", "times": -2}, "times"),
        ({"kind": "reset", "skip": -1}, "skip"),
        ({"kind": "reset", "operation": "people"}, "no operation people"),
        ({"kind": "reset", "provider": "leadIQ"}, "no provider leadIQ"),
        ({"kind": "reset", "headers": {"retry-after": 7}}, "headers"),
        ({"kind": "expire"}, "cursors"),
        ({"kind": "shift", "by": 1, "operation": "stats"}, "shift"),
        ({"kind": "shift", "by": 1, "provider": "leadiq", "operation": "trackedContacts"}, "shift"),
        ({"kind": "reset", "shifted": 3}, "shifted"),
        ({"kind": "change"}, "what"),
        ({"kind": "change", "what": "move"}, "insert_front, insert_back, update, remove"),
        ({"kind": "change", "what": 1}, "what"),
        ({"kind": "change", "what": "remove", "by": 0}, "one record or more"),
        ({"kind": "change", "what": "update", "operation": "people_count"}, "leadiq.trackedCompanies"),
        ({"kind": "change", "what": "update", "provider": "leadiq", "operation": "account"}, "can change"),
    ],
)
def test_an_order_that_could_not_strike_is_refused_with_a_reason(
    box: Any, order: dict[str, Any], complaint: str
) -> None:
    answer = box.http.put("/sandbox/faults", json=[{"provider": "contactout", **order}])
    assert answer.status_code == 400
    assert complaint in answer.json()["error"]
