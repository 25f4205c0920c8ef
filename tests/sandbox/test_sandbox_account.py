"""Another user of the account, new prices and new quotas: what the control desk turns, every meter and bill shows."""

from __future__ import annotations

from typing import Any

import pytest

ACCOUNT = "{ account { universalPlan { available used nextBillingPeriod } } }"
BALANCE = "{ contactTrackingBalance { alreadyUsed balance remaining maxCredits } }"
USAGE = "{ usage { planUsage { creditType units cap } } }"
COMPANIES = "{ trackedCompanies(first: 25) { edges { cursor } } }"


def _use(box: Any, provider: str, operation: str, **credits: float) -> Any:
    return box.http.post("/sandbox/use", json={"provider": provider, "operation": operation, "credits": credits})


def _plan(box: Any) -> dict[str, Any]:
    plan: dict[str, Any] = box.leadiq(ACCOUNT).json()["data"]["account"]["universalPlan"]
    return plan


def test_anothers_use_is_booked_apart_and_counts_in_every_meter(start: Any) -> None:
    box = start("--charge", "leadiq.trackedCompanies.uc=0.5", "--charge", "leadiq.trackedCompanies.page=1")
    companies = len(box.leadiq(COMPANIES).json()["data"]["trackedCompanies"]["edges"])
    assert _use(box, "leadiq", "searchPeople", uc=7.25, page=2, tracking=3).status_code == 200
    assert _use(box, "contactout", "email_enrich", email=4, phone=1).status_code == 200
    box.search()
    assert _plan(box)["used"] == companies / 2 + 7.25
    units = {row["creditType"]: row["units"] for row in box.leadiq(USAGE).json()["data"]["usage"]["planUsage"]}
    assert units["Page"] == companies + 2
    stats = box.stats()["usage"]
    assert (stats["count"], stats["phone_count"], stats["search_count"]) == (4, 1, 25)
    books = box.books()
    assert [one["user"] for one in books["requests"] if one["credits"]] == [None, "another user", "another user", None]
    assert books["served"] == {"leadiq.trackedCompanies": companies, **books["served"]}
    assert "contactout.email_enrich" not in books["served"]
    assert books["credits"]["contactout"] == {"email": 4, "phone": 1, "search": 25}


def test_anothers_contacts_take_places_for_good(box: Any) -> None:
    before = box.leadiq(BALANCE).json()["data"]["contactTrackingBalance"]
    _use(box, "leadiq", "trackContacts", tracking=10)
    for day in ("2026-03-02", "2026-04-02", "2026-12-31"):
        box.move_to(day)
        balance = box.leadiq(BALANCE).json()["data"]["contactTrackingBalance"]
        used = before["balance"] + 10
        assert balance == {**before, "alreadyUsed": used, "balance": used, "remaining": before["remaining"] - 10}
    box.move_to("2026-03-01")
    assert box.leadiq(BALANCE).json()["data"]["contactTrackingBalance"] == before, "nobody had handed them in yet"


def test_tracked_contacts_tell_the_balance_of_the_account(start: Any) -> None:
    box = start("--quota", "leadiq.tracking=60.5")
    _use(box, "leadiq", "trackContacts", tracking=10)
    balance = box.leadiq(BALANCE).json()["data"]["contactTrackingBalance"]
    told = "{ trackedContacts(limit: 1) { totalSubscriptionContactsUsed totalSubscriptionContactsRemaining } }"
    assert balance["remaining"] == 50
    assert box.leadiq(told).json()["data"]["trackedContacts"] == {
        "totalSubscriptionContactsUsed": balance["balance"],
        "totalSubscriptionContactsRemaining": balance["remaining"],
    }


def test_meters_of_a_month_begin_again_with_the_next_for_everybody(box: Any) -> None:
    _use(box, "leadiq", "searchPeople", uc=40)
    _use(box, "contactout", "people_search", search=30)
    assert _plan(box) == {"available": 10000, "used": 40, "nextBillingPeriod": "2026-04-01T00:00:00.000Z"}
    box.move_to("2026-03-31")
    assert _plan(box)["used"] == 40
    assert box.stats()["usage"]["search_remaining"] == 1_000_000 - 30
    box.move_to("2026-04-01")
    assert _plan(box) == {"available": 10000, "used": 0, "nextBillingPeriod": "2026-05-01T00:00:00.000Z"}
    assert box.stats()["usage"]["search_count"] == 0
    assert box.stats(period="2026-03")["usage"]["search_count"] == 30
    box.move_to("2026-12-31")
    assert _plan(box)["nextBillingPeriod"] == "2027-01-01T00:00:00.000Z"


def test_a_quota_that_another_has_used_up_is_used_up(start: Any) -> None:
    box = start("--contactout-search-quota", "60")
    assert _use(box, "contactout", "people_search", search=36).status_code == 200
    assert box.search().status_code == 403
    refused = _use(box, "contactout", "people_search", search=25)
    assert refused.status_code == 409
    assert (refused.json()["status"], refused.json()["credits"]) == (403, {})
    assert _use(box, "contactout", "people_search", search=24).status_code == 200
    assert box.stats()["usage"]["search_remaining"] == 0
    box.move_to("2026-04-01")
    assert box.search().status_code == 200


def test_statistics_count_requests_where_the_account_is_counted_so(start: Any) -> None:
    box = start("--contactout-counts", "requests")
    box.search()
    box.search(page=2)
    box.search(name="nobody is called this")
    _use(box, "contactout", "people_search", search=5)
    usage = box.stats()["usage"]
    assert (usage["search_count"], usage["count"]) == (3, 0)
    assert usage["search_remaining"] == usage["search_quota"] - 3
    box.move_to("2026-04-01")
    assert box.stats()["usage"]["search_count"] == 0
    assert box.stats(period="2026-03")["usage"]["search_count"] == 3


def test_a_price_changes_when_it_is_told_to_and_back(start: Any) -> None:
    box = start("--charge", "contactout.people_search.search=2", "--charge", "letrics.companies.record=1")
    box.search()
    ordered = box.http.put("/sandbox/charges", json={"contactout.people_search.search": 3})
    assert ordered.json() == {"contactout.people_search.search": 3, "letrics.companies.record": 1}
    box.search()
    box.letrics("companies", {"per_page": 4})
    assert box.http.delete("/sandbox/charges").status_code == 204
    box.search()
    charged = [one["credits"] for one in box.books()["requests"]]
    assert charged == [{"search": 50}, {"search": 75}, {"record": 4}, {"search": 50}]
    assert box.http.get("/sandbox/charges").json()["contactout.people_search.search"] == 2


def test_a_price_of_universal_credits_is_one_per_record_while_it_is_in_force(box: Any) -> None:
    question = """{ flatAdvancedSearch(input: {limit: 5}) { people { name title } } }"""
    people = len(box.leadiq(question).json()["data"]["flatAdvancedSearch"]["people"])
    box.http.put("/sandbox/charges", json={"leadiq.flatAdvancedSearch.uc": 2})
    box.leadiq(question)
    box.http.delete("/sandbox/charges")
    box.leadiq(question)
    assert [one["credits"]["uc"] for one in box.books()["requests"]] == [people / 10, 2 * people, people / 10]


def test_quotas_change_when_they_are_told_to_and_back(start: Any) -> None:
    box = start("--contactout-search-quota", "30", "--quota", "leadiq.uc=50")
    assert box.search().status_code == 200
    assert box.search(page=2).status_code == 403
    assert box.http.put("/sandbox/quotas", json={"contactout.search": 55, "leadiq.page": 9}).status_code == 200
    assert box.search(page=2).status_code == 200
    usage = box.stats()["usage"]
    assert (usage["search_quota"], usage["search_remaining"], usage["search_over_quota"]) == (55, 5, 0)
    assert box.http.get("/sandbox/quotas").json() == {
        "leadiq.uc": 50,
        "leadiq.page": 9,
        "contactout.email": 100_000,
        "contactout.phone": 100_000,
        "contactout.search": 55,
    }
    rows = {row["creditType"]: row["cap"] for row in box.leadiq(USAGE).json()["data"]["usage"]["planUsage"]}
    assert (rows["Page"], rows["ExactMatch"]) == (9, 5000)
    assert box.http.delete("/sandbox/quotas").status_code == 204
    usage = box.stats()["usage"]
    assert (usage["search_quota"], usage["search_remaining"], usage["search_over_quota"]) == (30, -20, 20)


def test_the_summary_of_the_books_adds_up_by_day_operation_credit_and_user(box: Any) -> None:
    box.search()
    box.search(page=2)
    box.search(name="nobody is called this")
    _use(box, "contactout", "people_search", search=5)
    box.move_to("2026-03-05")
    box.order({"provider": "contactout", "kind": "status", "status": 503})
    box.search()
    box.search()
    line = {"provider": "contactout", "operation": "people_search", "credit_type": "search"}
    assert box.books()["summary"] == [
        {"simulated_date": "2026-03-02", **line, "user": None, "requests": 2, "credits": 50},
        {"simulated_date": "2026-03-02", **line, "user": "another user", "requests": 1, "credits": 5},
        {"simulated_date": "2026-03-05", **line, "user": None, "requests": 1, "credits": 25},
    ]
    box.http.delete("/sandbox/books")
    assert box.books()["summary"] == []


@pytest.mark.parametrize(
    ("method", "at", "order"),
    [
        ("POST", "use", {"provider": "leadiq"}),
        ("POST", "use", {"provider": "leadiq", "operation": "searchPeople", "credits": {"uc": -1}}),
        ("POST", "use", {"provider": "leadiq", "operation": "searchPeople", "credits": 3}),
        ("POST", "use", {"provider": "leadiq", "operation": "findPeople", "credits": {"uc": 1}}),
        ("POST", "use", {"provider": "nobody", "operation": "searchPeople", "credits": {"uc": 1}}),
        ("POST", "use", {"provider": "leadiq", "operation": "usage", "credits": {"uc": 1}, "user": ""}),
        ("PUT", "charges", ["leadiq.searchPeople.uc"]),
        ("PUT", "charges", {"leadiq.findPeople.uc": 1}),
        ("PUT", "charges", {"leadiq.searchPeople.uc": True}),
        ("PUT", "quotas", {"leadiq.searchPeople.uc": 1}),
        ("PUT", "quotas", {"leadiq.uc": "lots"}),
        ("PUT", "quotas", {"leadiq.uc": None}),
    ],
)
def test_an_unreadable_order_changes_nothing_and_says_why(box: Any, method: str, at: str, order: Any) -> None:
    before = [box.http.get(f"/sandbox/{one}").json() for one in ("charges", "quotas")]
    answer = box.http.request(method, f"/sandbox/{at}", json=order)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert [box.http.get(f"/sandbox/{one}").json() for one in ("charges", "quotas")] == before
    assert box.books()["requests"] == []
