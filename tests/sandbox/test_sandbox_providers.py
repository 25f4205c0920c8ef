"""Each provider answers, refuses, counts and charges in its documented way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

OUT_OF_CREDITS = "You're out of credits, please email your sales manager"


def test_a_wrong_key_is_refused_in_each_providers_own_way(box: Any) -> None:
    leadiq = box.http.post("/leadiq/graphql", headers={"Authorization": "Basic d3Jvbmc6"}, json={"query": "{usage}"})
    assert leadiq.status_code == 401
    assert leadiq.json()["errors"][0]["extensions"] == {"response": {"status": 401}}
    contactout = box.http.get("/contactout/v1/stats", headers={"token": "wrong"})
    assert contactout.status_code == 400
    assert contactout.json() == {"status_code": 400, "message": "Bad credentials"}
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        letrics = box.http.get("/letrics/contacts", headers=headers)
        assert letrics.status_code == 401
        assert {"id", "code", "details"} == set(letrics.json()["errors"][0])
        assert letrics.json()["errors"][0]["code"] == 401
    assert box.books()["credits"]["contactout"] == {}


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ("{ account { colour } }", "Cannot query field 'colour' on type 'Account'."),
        ("{ trackedContacts(limit: 5, colour: 1) { isProcessing } }", "Unknown argument 'colour'"),
        ("{ trackedContacts { isProcessing } }", "limit"),
        ('{ trackedContacts(limit: 5, detectedAfter: "soon") { isProcessing } }', "LocalDate"),
        ("{ account {", "Syntax Error"),
        ('{ trackedContacts(limit: 5, cursor: "none of ours") { isProcessing } }', "cursor"),
    ],
)
def test_a_wrong_graphql_query_is_refused_with_a_reason(box: Any, query: str, complaint: str) -> None:
    answer = box.leadiq(query)
    assert answer.status_code == 400
    assert complaint in answer.json()["errors"][0]["message"]


def test_leadiq_errors_may_come_as_200(start: Any) -> None:
    box = start("--leadiq-errors", "200", "--people", "20", "--companies", "6")
    unauthorised = box.http.post("/leadiq/graphql", json={"query": "{usage{subscription{status}}}"})
    invalid = box.leadiq("{ nothing }")
    statuses = [answer.json()["errors"][0]["extensions"]["response"]["status"] for answer in (unauthorised, invalid)]
    assert [unauthorised.status_code, invalid.status_code] == [200, 200]
    assert statuses == [401, 400]


def test_leadiqs_free_readings_are_answered(box: Any) -> None:
    plan = "name product status nextBillingPeriod"
    account = box.leadiq(
        f"{{ account {{ plans {{ {plan} }} dataHubPlan {{ {plan} available used }}"
        f" universalPlan {{ {plan} available used }} }} }}"
    ).json()["data"]["account"]
    assert account["plans"]
    assert account["universalPlan"]["nextBillingPeriod"].startswith("2026-04-01T")
    balance = box.leadiq("{ contactTrackingBalance { alreadyUsed balance remaining maxCredits } }").json()
    credits = balance["data"]["contactTrackingBalance"]
    assert credits["remaining"] == credits["maxCredits"] - credits["balance"]
    usage = box.leadiq("{ usage { planUsage { name creditType units cap } trialUsage { units } } }").json()
    assert {row["creditType"] for row in usage["data"]["usage"]["planUsage"]} == {"Page", "ExactMatch", "PremiumMobile"}


def test_the_schema_can_be_asked_for(box: Any) -> None:
    names = box.leadiq("{ __schema { types { name } } }").json()["data"]["__schema"]["types"]
    assert {"TrackedContact", "LocalDate", "ZonedDateTime", "Cursor"} <= {kind["name"] for kind in names}


def test_tracked_contacts_can_be_narrowed_and_never_widened(box: Any) -> None:
    events = box.events()
    day = events[len(events) // 2]["jobChangeDetected"]
    later = box.events(detectedAfter=day)
    assert later == [event for event in events if event["jobChangeDetected"] >= day]
    box.move_to("2026-06-01")
    everything, latest = box.events(), box.events(uniqueOnly=True)
    assert len(latest) < len(everything)
    imports = [box.events(importId=name) for name in ("crm-2025-10", "crm-2026-01", "unheard of")]
    assert [len(found) > 0 for found in imports] == [True, True, False]
    assert sum(map(len, imports)) == len(everything)


def test_paging_through_everything_gives_each_record_exactly_once(box: Any) -> None:
    for ids in (
        [event["id"] for event in box.events()],
        [company["id"] for company in box.tracked_companies()],
        [key for key, _ in box.profiles()],
        [contact["id"] for contact in box.collection("contacts")],
        [company["id"] for company in box.collection("companies")],
    ):
        assert len(ids) > 20
        assert len(ids) == len(set(ids))


def test_leadiq_clamps_a_page_silently(box: Any) -> None:
    answer = box.leadiq("{ trackedContacts(limit: 500) { edges { cursor } pageInfo { total hasNextPage } } }").json()
    page = answer["data"]["trackedContacts"]
    assert len(page["edges"]) == 25
    assert page["pageInfo"]["total"] > 25
    assert page["pageInfo"]["hasNextPage"]


def test_people_search_charges_what_it_reveals_and_the_books_say_so(box: Any) -> None:
    hidden = box.search().json()["profiles"].values()
    assert box.books()["credits"]["contactout"] == {"search": 25}
    info = [profile["contact_info"] for profile in hidden]
    nothing: dict[str, list[str]] = {
        name: [] for name in ("emails", "personal_emails", "work_emails", "work_email_status", "phones")
    }
    assert all(one == nothing for one in info)
    shown = box.search(reveal_info=True).json()["profiles"].values()
    emails = sum(bool(profile["contact_info"]["emails"]) for profile in shown)
    phones = sum(bool(profile["contact_info"]["phones"]) for profile in shown)
    assert 0 < emails < 25
    assert 0 < phones < 25
    books = box.books()
    assert books["credits"]["contactout"] == {"search": 50, "email": emails, "phone": phones}
    assert books["served"] == {"contactout.people_search": 50}
    assert [request["credits"] for request in books["requests"]] == [
        {"search": 25},
        {"search": 25, "email": emails, "phone": phones},
    ]
    assert len({request["fingerprint"] for request in books["requests"]}) == 2


def test_availability_tells_what_revealing_would_find(box: Any) -> None:
    for _, profile in box.profiles(reveal_info=True):
        info = profile["contact_info"]
        assert profile["contact_availability"] == {
            "personal_email": bool(info["personal_emails"]),
            "work_email": bool(info["work_emails"]),
            "phone": bool(info["phones"]),
        }
        assert isinstance(info["work_email_status"], dict) == bool(info["work_emails"])
        assert info["emails"] == info["personal_emails"] + info["work_emails"]


def test_stats_reflect_charges_of_their_month_and_end_on_a_31st(box: Any) -> None:
    box.search(reveal_info=True)
    box.move_to("2026-04-10")
    box.search()
    charged = box.books()["requests"][0]["credits"]
    march, april = box.stats(period="2026-03"), box.stats()
    assert april["period"] == {"start": "2026-04-01", "end": "2026-04-31"}
    assert april["usage"]["search_count"] == 25
    assert march["usage"]["search_count"] == 25
    assert march["usage"]["count"] == charged["email"]
    assert march["usage"]["phone_count"] == charged["phone"]
    assert march["usage"]["remaining"] == march["usage"]["quota"] - charged["email"]
    assert box.stats(period="2026-01")["usage"]["search_count"] == 0


def test_a_prepaid_quota_is_what_remains(start: Any) -> None:
    box = start("--contactout-plan", "prepaid", "--contactout-search-quota", "60")
    box.search()
    usage = box.stats()["usage"]
    assert usage["search_quota"] == 35
    assert set(usage) == {"count", "quota", "phone_count", "phone_quota", "search_count", "search_quota"}
    box.move_to("2026-04-02")
    assert box.stats()["usage"]["search_count"] == 0
    assert box.stats()["usage"]["search_quota"] == 35


def test_an_exhausted_quota_answers_403_and_charges_nothing(start: Any) -> None:
    box = start("--contactout-search-quota", "30")
    assert box.search(page=1).status_code == 200
    refused = box.search(page=2)
    assert refused.status_code == 403
    assert refused.json() == {"status_code": 403, "message": OUT_OF_CREDITS}
    assert box.books()["credits"]["contactout"] == {"search": 25}
    assert box.search(name="nobody is called this").json()["profiles"] == []


def test_people_search_filters_really_filter(box: Any) -> None:
    everyone = dict(box.profiles())

    def found(**wanted: Any) -> list[dict[str, Any]]:
        profiles = [profile for _, profile in box.profiles(**wanted)]
        assert 0 < len(profiles) < len(everyone), wanted
        return profiles

    assert all("vp" in profile["title"].lower() for profile in found(job_title=["vp"]))
    assert all(profile["seniority"] == "Director" for profile in found(seniority=["director"]))
    assert all(profile["job_function"] == "Sales" for profile in found(job_function=["sales"]))
    assert all("Germany" in profile["location"] for profile in found(location=["germany"]))
    assert all("Python" in profile["skills"] for profile in found(skills=["python"]))
    assert all(profile["industry"] == "Retail" for profile in found(industry=["retail"]))
    some = next(profile for profile in everyone.values() if profile["company"] and profile["company"]["domain"])
    domain = some["company"]["email_domain"]
    for written in (domain, f"https://www.{domain}/about", domain.upper()):
        assert {profile["company"]["email_domain"] for profile in found(domain=[written])} == {domain}
    assert all(profile["contact_availability"]["phone"] for profile in found(data_types=["phone"]))
    assert all(
        51 <= profile["company"]["size"] <= 200
        for profile in found(company_size=["51_200"])
        if profile["company"]["size"]
    )
    remaining = found(exclude_job_titles=["manager"])
    assert not any("manager" in (profile["title"] or "").lower() for profile in remaining)
    assert found(name=some["full_name"].lower())
    assert found(keyword="kubernetes")
    assert box.search(seniority=["Galactic"]).json()["profiles"] == []


@pytest.mark.parametrize("wanted", [{}, {"job_title": ["vp"]}, {"location": ["Germany"]}, {"seniority": ["Galactic"]}])
def test_a_count_is_the_total_of_its_search_and_free(box: Any, wanted: dict[str, Any]) -> None:
    total = box.search(**wanted).json()["metadata"]["total_results"]
    paid = box.books()["credits"]
    answer = box.count(**wanted)
    assert answer.status_code == 200
    assert answer.json() == {"status_code": 200, "total_results": total}
    books = box.books()
    assert books["credits"] == paid
    assert [one["operation"] for one in books["requests"]] == ["people_search", "people_count"]


def test_a_count_takes_filters_but_neither_pages_nor_what_costs(box: Any) -> None:
    for wanted in ({"page": 1}, {"data_types": ["phone"]}, {"reveal_info": False}, {"colour": "red"}, {"job_title": 1}):
        answer = box.count(**wanted)
        assert (answer.status_code, answer.json()["status_code"]) == (401, 401), wanted
    assert box.count(output_fields=["title"]).status_code == 200
    assert box.http.post("/contactout/v1/people/count", headers={"token": "wrong"}, json={}).status_code == 400


def test_an_account_may_have_no_access_to_the_count(start: Any) -> None:
    box = start("--contactout-no-count", "--people", "20", "--companies", "6")
    answer = box.count()
    assert answer.status_code == 403
    assert answer.json() == {"status_code": 403, "message": "No access to endpoint"}
    assert box.search().status_code == 200


def test_counts_have_the_rate_of_other_endpoints_not_that_of_searches(start: Any) -> None:
    box = start("--rate-scale", "0.05", "--people", "30", "--companies", "6")
    assert [box.search().status_code for _ in range(4)] == [200, 200, 200, 429]
    assert [box.count().status_code for _ in range(50)] == [200] * 50
    assert box.count().status_code == 429


def test_people_search_is_shaped_as_asked(box: Any) -> None:
    sentence = next(iter(box.search().json()["profiles"].values()))
    assert isinstance(sentence["experience"][0], str)
    detailed = box.search(detailed_experience=True, detailed_education=True).json()["profiles"].values()
    assert all(isinstance(job["is_current"], bool) for profile in detailed for job in profile["experience"])
    assert all(isinstance(study["end_date_year"], str) for profile in detailed for study in profile["education"])
    few = next(iter(box.search(output_fields=["title", "li_vanity"]).json()["profiles"].values()))
    assert set(few) == {"title", "li_vanity", "contact_availability", "contact_info"}
    everyone = box.profiles()
    assert {key.split("/in/")[0] for key, _ in everyone} == {"https://www.linkedin.com", "https://linkedin.com"}
    assert any(profile["li_vanity"] not in key for key, profile in everyone)


@pytest.mark.parametrize(
    "wanted",
    [
        {"colour": "red"},
        {"job_title": "VP"},
        {"page": "2"},
        {"page": 0},
        {"reveal_info": "yes"},
        {"name": ["x"]},
        {"skills": ["x"] * 51},
        {"data_types": ["fax"]},
        {"company_size": ["many"]},
    ],
)
def test_bad_input_to_people_search_is_a_401_and_costs_nothing(box: Any, wanted: dict[str, Any]) -> None:
    answer = box.search(**wanted)
    assert answer.status_code == 401
    assert answer.json()["status_code"] == 401
    assert box.books()["credits"]["contactout"] == {}


def test_a_path_that_is_not_there_is_a_404_in_the_providers_shape(box: Any) -> None:
    assert box.http.get("/contactout/v1/nothing").json()["status_code"] == 404
    assert box.http.get("/letrics/nothing").json()["errors"][0]["code"] == 404


def test_letrics_filters_really_filter(box: Any) -> None:
    everyone = box.collection("contacts")

    def found(**wanted: Any) -> list[dict[str, Any]]:
        contacts: list[dict[str, Any]] = box.collection("contacts", **wanted)
        assert 0 < len(contacts) < len(everyone), wanted
        return contacts

    assert all("manager" in contact["job_title"].lower() for contact in found(job_titles=["MANAGER"]))
    assert all(contact["department"] == "Finance" for contact in found(departments=["Finance"]))
    assert all(contact["seniority"] in {"vp", "director"} for contact in found(seniorities=["vp", "director"]))
    assert all(contact["personal_emails"] for contact in found(has_personal_emails="true"))
    assert all(contact["linkedin_url"] for contact in found(has_linkedin_profile="true"))
    assert all(contact["is_decision_maker"] for contact in found(is_decision_maker="true"))
    for place in ("state:California||United States", "country:Brazil", "city:London||||United Kingdom"):
        wanted = {part for part in place.split(":")[1].split("||") if part}
        for contact in found(**{"locations[]": [place]}):
            seat = contact["company"]
            assert wanted <= {seat["city"], seat["state"], seat["country"]}
    industry = everyone[0]["company"]["industry"]
    assert all(contact["company"]["industry"] == industry for contact in found(industries=[industry]))
    technology = next(
        contact["company"]["technologies"][0] for contact in everyone if contact["company"]["technologies"]
    )
    assert all(technology in contact["company"]["technologies"] for contact in found(technologies=[technology]))
    bare = [contact["company"]["domain"] for contact in everyone if contact["company"]["domain"].islower()]
    domains = sorted({domain for domain in bare if "/" not in domain and not domain.startswith("www.")})[:2]
    assert {contact["company"]["domain"] for contact in found(tlds=domains)} == set(domains)


def test_letrics_added_after_and_before_are_inclusive_and_about_the_company(box: Any) -> None:
    companies = box.collection("companies")
    moment = companies[len(companies) // 2]["created_at"]
    later = box.collection("companies", added_after=moment)
    earlier = box.collection("companies", added_before=moment)
    assert len(later) + len(earlier) == len(companies) + sum(one["created_at"] == moment for one in companies)
    for contact in box.collection("contacts", added_after=moment):
        assert contact["company"]["created_at"] >= moment


def test_letrics_takes_a_json_body_as_well(box: Any) -> None:
    wanted = {"departments": ["Sales"], "is_decision_maker": True, "per_page": 100}
    by_post = box.http.post("/letrics/contacts", headers={"Authorization": "Bearer sandbox-letrics-key"}, json=wanted)
    by_get = box.letrics("contacts", {**wanted, "is_decision_maker": "true"})
    assert by_post.json() == by_get.json()
    assert by_post.json()["meta"] == {"page": 1, "per_page": 100, "total": len(by_post.json()["data"])}


@pytest.mark.parametrize(
    "params", [{"colour": "red"}, {"per_page": 101}, {"page": 0}, {"locations": "London"}, {"added_after": "soon"}]
)
def test_letrics_names_invalid_input(box: Any, params: dict[str, Any]) -> None:
    answer = box.letrics("contacts", params)
    assert answer.status_code == 400
    error = answer.json()["errors"][0]
    assert (error["id"], error["code"]) == ("invalid_input", 400)
    assert error["details"]


def test_letrics_other_shapes_can_be_had(start: Any) -> None:
    flat = start("--letrics-shape", "flat", "--people", "30").letrics("contacts").json()
    assert "company" not in flat["data"][0]
    assert flat["data"][0]["company_domain"]
    bare = start("--letrics-shape", "bare", "--people", "30").letrics("contacts").json()
    assert bare["data"][0]["company"]["domain"]
    assert "total" not in bare["meta"]


def test_too_many_requests_are_told_when_to_come_back(start: Any) -> None:
    box = start("--rate-scale", "0.05", "--people", "30", "--companies", "6")
    assert [box.search().status_code for _ in range(4)] == [200, 200, 200, 429]
    late = box.search()
    assert late.json()["status_code"] == 429
    assert 1 <= int(late.headers["retry-after"]) <= 60
    assert [box.letrics("contacts").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert 1 <= int(box.letrics("companies").headers["Retry-After"]) <= 60
    assert box.stats()["usage"]["search_count"] > 0, "other endpoints have a rate of their own"
    assert box.books()["violations"] == 4


EXAMPLE_REQUESTS = {
    "leadiq.account": "{ account { plans { name } universalPlan { used } } }",
    "leadiq.trackedContacts": "{ trackedContacts(limit: 25) { edges { node { id } } } }",
    "leadiq.trackedCompanies": "{ trackedCompanies(first: 25) { edges { node { id } } } }",
    "leadiq.usage": "{ usage { subscription { status } } }",
    "leadiq.contactTrackingBalance": "{ contactTrackingBalance { remaining } }",
}


def _example(box: Any, name: str) -> bytes:
    if name in EXAMPLE_REQUESTS:
        answer = box.leadiq(EXAMPLE_REQUESTS[name], at="/examples/leadiq/graphql")
    elif name == "contactout.people_search":
        url = "/examples/contactout/v1/people/search"
        answer = box.http.post(url, headers={"token": "sandbox-contactout-token"}, json={"page": 1})
    elif name == "contactout.stats":
        url = "/examples/contactout/v1/stats"
        answer = box.http.get(url, headers={"token": "sandbox-contactout-token"})
    else:
        url = f"/examples/letrics/{name.removeprefix('letrics.')}"
        answer = box.http.get(url, headers={"Authorization": "Bearer sandbox-letrics-key"})
    assert answer.status_code == 200, answer.text
    content: bytes = answer.content
    return content


def test_documented_examples_are_served_byte_for_byte(box: Any) -> None:
    folder = Path(__file__).parents[2] / "sandbox" / "examples"
    names = sorted(path.stem for path in folder.glob("*.json"))
    assert len(names) == 9
    for name in names:
        assert _example(box, name) == (folder / f"{name}.json").read_bytes(), name


def test_a_users_own_examples_come_first(start: Any, tmp_path: Path) -> None:
    mine = b'{ "status_code":200,   "period": null }\n'
    (tmp_path / "contactout.stats.json").write_bytes(mine)
    box = start("--examples-dir", str(tmp_path), "--people", "20", "--companies", "6")
    assert _example(box, "contactout.stats") == mine
    assert json.loads(_example(box, "letrics.contacts"))["data"]


def test_examples_check_the_request_and_end_after_one_page(box: Any) -> None:
    assert box.leadiq("{ account { colour } }", at="/examples/leadiq/graphql").status_code == 400
    assert box.http.get("/examples/letrics/contacts").status_code == 401
    second = box.http.post(
        "/examples/contactout/v1/people/search", headers={"token": "sandbox-contactout-token"}, json={"page": 2}
    )
    assert second.json()["profiles"] == []
    headers = {"Authorization": "Bearer sandbox-letrics-key"}
    assert box.http.get("/examples/letrics/companies?page=2", headers=headers).json()["data"] == []
    assert box.books()["credits"]["contactout"] == {}
