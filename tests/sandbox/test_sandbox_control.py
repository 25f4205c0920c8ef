"""The control desk turns the clock, breaks answers on order, and ends the process cleanly."""

from __future__ import annotations

import json
import signal
import time
from typing import Any

import httpx
import pytest

from sandbox import Settings, running
from sandbox.rates import SlidingWindow


def test_a_status_on_order_skips_then_strikes_and_is_free(box: Any) -> None:
    fault = {
        "provider": "contactout",
        "operation": "people_search",
        "skip": 1,
        "times": 2,
        "kind": "status",
        "status": 503,
        "headers": {"retry-after": "7"},
        "body": {"status_code": 503},
    }
    box.order(fault)
    answers = [box.search() for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 503, 503, 200]
    assert answers[1].headers["retry-after"] == "7"
    assert answers[1].json() == {"status_code": 503}
    assert box.books()["credits"]["contactout"] == {"search": 50}
    assert [request["status"] for request in box.books()["requests"]] == [200, 503, 503, 200]


def test_a_fault_meets_only_its_provider_and_operation(box: Any) -> None:
    box.order({"provider": "leadiq", "operation": "trackedCompanies", "kind": "status", "status": 500, "times": 9})
    assert box.search().status_code == 200
    assert box.leadiq("{ usage { subscription { status } } }").status_code == 200
    assert box.leadiq("{ trackedCompanies { pageInfo { total } } }").status_code == 500
    box.http.delete("/sandbox/faults")
    assert box.leadiq("{ trackedCompanies { pageInfo { total } } }").status_code == 200


@pytest.mark.parametrize(("charge", "charged"), [(True, {"search": 25}), (False, {})])
def test_a_reset_loses_the_answer_but_not_the_charge(box: Any, charge: bool, charged: dict[str, int]) -> None:
    box.order({"provider": "contactout", "operation": None, "kind": "reset", "charge": charge})
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        box.search()
    books = box.books()
    assert books["credits"]["contactout"] == charged
    assert books["requests"][0]["status"] == 0
    assert books["requests"][0]["fault"] == "reset"
    assert box.search().status_code == 200


def test_a_truncated_answer_breaks_off_half_way(box: Any) -> None:
    box.order({"provider": "letrics", "operation": "contacts", "kind": "truncate"})
    with pytest.raises(httpx.RemoteProtocolError, match="incomplete|closed"):
        box.letrics("contacts")
    assert box.letrics("contacts").status_code == 200


def test_a_stalled_answer_is_charged_and_comes_late(box: Any) -> None:
    box.order({"provider": "contactout", "kind": "stall", "seconds": 0.7})
    with pytest.raises(httpx.ReadTimeout):
        box.http.post(
            "/contactout/v1/people/search", headers={"token": "sandbox-contactout-token"}, json={}, timeout=0.2
        )
    assert box.books()["credits"]["contactout"] == {"search": 25}
    box.order({"provider": "contactout", "kind": "stall", "seconds": 0.3})
    began = time.monotonic()
    assert len(box.search().json()["profiles"]) == 25
    assert time.monotonic() - began >= 0.3


def test_answers_may_be_no_json_or_another_body(box: Any) -> None:
    box.order(
        {"provider": "letrics", "kind": "html", "status": 502},
        {"provider": "letrics", "kind": "malformed"},
        {"provider": "letrics", "kind": "body", "body": {"data": None}},
    )
    html, malformed, body = (box.letrics("companies") for _ in range(3))
    assert html.status_code == 502
    assert html.headers["content-type"].startswith("text/html")
    assert malformed.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        malformed.json()
    assert body.json() == {"data": None}


@pytest.mark.parametrize(
    "orders",
    [
        {},
        [{"provider": "leadiq"}],
        [{"provider": "leadiq", "kind": "flood"}],
        [{"kind": "reset"}],
        [{"provider": "leadiq", "kind": "reset", "colour": 1}],
    ],
)
def test_an_unreadable_order_is_refused_with_a_reason(box: Any, orders: Any) -> None:
    answer = box.http.put("/sandbox/faults", json=orders)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_the_clock_tells_and_takes_any_day(box: Any) -> None:
    assert box.http.get("/sandbox/clock").json() == {"date": "2026-03-02"}
    box.move_to("2025-12-31")
    box.search()
    assert box.books()["requests"][0]["simulated_date"] == "2025-12-31"
    assert box.http.put("/sandbox/clock", json={"date": "tomorrow"}).status_code == 400


def test_a_request_sent_twice_has_one_fingerprint(box: Any) -> None:
    box.search(page=1)
    box.search(page=1)
    box.search(page=2)
    one, again, other = (request["fingerprint"] for request in box.books()["requests"])
    assert one == again != other


def test_the_desk_tells_how_well_each_rate_was_used(start: Any) -> None:
    box = start("--rate-scale", "0.05", "--people", "30", "--companies", "6")
    for _ in range(5):
        box.search()
        box.leadiq("{ usage { subscription { status } } }")
    for _ in range(2):
        box.letrics("contacts")
        box.letrics("companies")
    box.stats()
    box.http.post("/contactout/v1/people/search", headers={"token": "wrong"}, json={})
    box.http.post("/leadiq/graphql", json={"query": "{ usage { subscription { status } } }"})
    assert box.http.get("/sandbox/rates").json() == {
        "window_seconds": 60,
        "rates": {
            "leadiq": {"default": {"limit": None, "peak": 5, "violations": 0}},
            "contactout": {
                "people_search": {"limit": 3, "peak": 5, "violations": 2},
                "contact_checker": {"limit": 7, "peak": 0, "violations": 0},
                "other": {"limit": 50, "peak": 1, "violations": 0},
            },
            "letrics": {"default": {"limit": 3, "peak": 4, "violations": 1}},
        },
    }
    assert box.books()["violations"] == 3
    box.http.delete("/sandbox/books")
    assert box.search().status_code == 429, "closed books give nobody a new minute"
    searches = box.http.get("/sandbox/rates").json()["rates"]["contactout"]["people_search"]
    assert searches == {"limit": 3, "peak": 1, "violations": 1}


def test_a_peak_is_of_any_sixty_seconds_not_of_all_time() -> None:
    arrivals = [0.0, 30.0, 59.9, 60.0, 200.0]
    window = SlidingWindow(2, clock=iter(arrivals).__next__)
    assert [window.refused_for() for _ in arrivals] == [0, 0, 1, 0, 0]
    assert (window.peak, window.violations) == (3, 1)


def test_closed_books_are_empty(box: Any) -> None:
    box.search()
    assert box.http.delete("/sandbox/books").status_code == 204
    assert box.books()["requests"] == []
    assert box.stats()["usage"]["search_count"] == 0


@pytest.mark.parametrize("wish", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_sandbox_promptly_quietly_and_with_success(start: Any, wish: signal.Signals) -> None:
    box = start("--people", "20", "--companies", "6")
    assert box.info["leadiq"]["base_url"] == box.info["base_url"] + "/leadiq"
    box.search()
    box.process.send_signal(wish)
    output, complaints = box.process.communicate(timeout=5)
    assert (box.process.returncode, output, complaints) == (0, "", "")


def test_a_sandbox_can_run_inside_a_process() -> None:
    with running(Settings(people=20, companies=6)) as info:
        assert httpx.get(f"{info['control']}/clock").json() == {"date": "2026-03-02"}
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{info['control']}/clock")


def test_what_went_over_the_wire_is_kept_for_whoever_asks_to_have_it_kept(start: Any) -> None:
    box = start("--keep-exchanges")
    box.http.post("/sandbox/use", json={"provider": "contactout", "operation": "stats", "credits": {"search": 1}})
    found = box.search(name="nobody is called this")
    box.http.put("/sandbox/faults", json=[{"provider": "letrics", "operation": "companies", "kind": "reset"}])
    with pytest.raises(httpx.TransportError):
        box.letrics("companies", {"page": "1"})
    asked, lost = box.http.get("/sandbox/exchanges").json()
    assert (asked["n"], asked["method"], asked["path"]) == (2, "POST", "/contactout/v1/people/search")
    assert json.loads(asked["asked"]) == {"name": "nobody is called this"}
    assert asked["answered"] == found.text
    assert (lost["n"], lost["query"], lost["asked"], lost["answered"]) == (3, "page=1", "", "")
    box.http.delete("/sandbox/books")
    assert box.http.get("/sandbox/exchanges").json() == []


def test_nothing_of_what_went_over_the_wire_is_kept_otherwise(box: Any) -> None:
    box.search()
    assert box.http.get("/sandbox/exchanges").json() == []
