"""ContactOut's searches take every documented filter, and tell of companies and who decides there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.conftest import Sandbox, Start
from tests.sandbox.contactout_calls import charged, get, post

DECIDING = {"Director", "Vice President", "CXO"}


def _slugs(box: Sandbox, **wanted: Any) -> set[str]:
    return {key.split("/in/")[1] for key, _ in box.profiles(**wanted)}


def _of(box: Sandbox, fits: Callable[[dict[str, Any]], bool], **shaped: Any) -> set[str]:
    return {key.split("/in/")[1] for key, profile in box.profiles(**shaped) if fits(profile)}


def _companies(box: Sandbox, **wanted: Any) -> list[dict[str, Any]]:
    """Every company of a search, page by page."""
    found: list[dict[str, Any]] = []
    for page in range(1, 100):
        answer = post(box, "v1/company/search", page=page, **wanted)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        found += body["companies"]
        assert body["metadata"] | {"page_size": 25, "page": page} == body["metadata"]
        if len(body["companies"]) < 25:
            assert body["metadata"]["total_results"] == len(found)
            return found
    raise AssertionError("A search without end")


def _id_of(company: dict[str, Any]) -> str:
    url: str | None = company["url"]
    domain: str = company["email_domain"]
    return f"https://www.linkedin.com/company/{url.rstrip('/').split('/')[-1]}" if url else domain


@pytest.mark.parametrize(
    ("equation", "holds"),
    [
        ("(Python AND Java) NOT ReactJS", lambda has: has("python") and has("java") and not has("reactjs")),
        ("Python OR SEO", lambda has: has("python") or has("seo")),
        ("NOT (Python OR Java)", lambda has: not (has("python") or has("java"))),
        ("Python OR Audit AND Treasury", lambda has: has("python") or (has("audit") and has("treasury"))),
        ('"Brand Strategy" AND SEO', lambda has: has("brand strategy") and has("seo")),
    ],
)
def test_boolean_equations_of_skills_are_worked_out(
    box: Sandbox, equation: str, holds: Callable[[Callable[[str], bool]], bool]
) -> None:
    def fits(profile: dict[str, Any]) -> bool:
        skills = [skill.lower() for skill in profile["skills"]]
        return holds(lambda term: any(term in skill for skill in skills))

    found = _slugs(box, skills=[equation])
    assert found == _of(box, fits)
    assert 0 < len(found) < len(_slugs(box))


def test_equations_are_taken_by_five_parameters_and_no_other(box: Sandbox) -> None:
    sales = _of(box, lambda one: "sales" in (one["title"] or "").lower() and "vp" not in (one["title"] or "").lower())
    assert _slugs(box, job_title=["Sales NOT VP"]) == sales
    retail = _of(box, lambda one: one["industry"] in ("Retail", "Financial Services"))
    assert _slugs(box, industry=["Retail OR (Financial Services)"]) == retail
    taught = _of(box, lambda one: any("MBA" in study and "Tarn" in study for study in one["education"]))
    assert _slugs(box, education=["MBA AND Tarn"]) == taught
    both = _slugs(box, keyword="kubernetes") & _slugs(box, keyword="python")
    assert _slugs(box, keyword="(kubernetes AND python)") == both
    assert all((sales, retail, taught, both))
    assert _slugs(box, location=["Germany OR Brazil"]) == set()


def test_a_title_in_brackets_is_a_title(box: Sandbox) -> None:
    found = [profile["title"] for _, profile in box.profiles(job_title=["officer ("])]
    assert found
    assert all("Officer (" in title for title in found)


@pytest.mark.parametrize("equation", ["(Python OR Java", "Python AND", "OR Python", "NOT", "Python OR ()", "A AND B)"])
def test_an_equation_that_cannot_be_read_is_a_401(box: Sandbox, equation: str) -> None:
    for wanted in ({"skills": [equation]}, {"keyword": equation}):
        answer = box.search(**wanted)
        assert (answer.status_code, charged(box)) == (401, {})
        assert equation in answer.json()["message"]


def test_titles_and_companies_are_looked_for_in_former_jobs_on_demand(box: Sandbox) -> None:
    now = _slugs(box, job_title=["Associate"])
    ever = _of(
        box, lambda one: any("associate" in job["title"].lower() for job in one["experience"]), detailed_experience=True
    )
    assert _slugs(box, job_title=["Associate"], current_titles_only=True) == now
    assert _slugs(box, job_title=["Associate"], current_titles_only=False) == ever > now
    assert _slugs(box, job_title=["Associate"], match_experience="both") == ever
    assert _slugs(box, job_title=["Associate"], match_experience="past") | now == ever
    profile = next(one for _, one in box.profiles() if one["company"] and one["company"]["domain"])
    domain = profile["company"]["email_domain"]
    assert _slugs(box, domain=[domain], current_company_only=False) == _slugs(
        box, domain=[domain], company_filter="both"
    )
    assert _slugs(box, domain=[domain], current_company_only=False) > _slugs(box, domain=[domain])


def test_related_titles_are_those_that_others_would_write(box: Sandbox) -> None:
    written = _of(box, lambda one: "vice president of" in (one["title"] or "").lower())
    meant = _of(box, lambda one: (one["title"] or "").startswith(("VP ", "Vice President")))
    assert _slugs(box, job_title=["Vice President of"]) == written
    assert _slugs(box, job_title=["Vice President of"], include_related_job_titles=True) == meant > written


def test_decision_makers_are_the_directors_and_above_of_one_company(box: Sandbox) -> None:
    decided = 0
    for company in _companies(box):
        if company["url"] is None or company["email_domain"] is None:
            continue
        domain = company["email_domain"]
        wanted = {key: one for key, one in box.profiles(domain=[domain]) if one["seniority"] in DECIDING}
        named: list[dict[str, str]] = [
            {"domain": domain},
            {"domain": f"https://www.{domain}/about"},
            {"linkedin_url": company["url"]},
            {"name": company["name"], "domain": "unheard-of.example"},
        ]
        if company["linkedin_company_id"]:
            named.append({"linkedin_url": f"https://linkedin.com/company/{company['linkedin_company_id']}"})
        for params in named:
            answer = get(box, "v1/people/decision-makers", **params).json()
            assert answer["metadata"] == {"page": 1, "page_size": 25, "total_results": len(wanted)}
            assert dict(answer["profiles"] or {}).keys() == wanted.keys()
            for key, profile in dict(answer["profiles"] or {}).items():
                told = {name: value for name, value in profile.items() if name != "company"}
                assert {name: wanted[key][name] for name in told} == told
        decided += len(wanted)
    assert decided > 20


def test_decision_makers_cost_what_a_search_costs(box: Sandbox) -> None:
    answers = []
    for company in _companies(box):
        if company["email_domain"]:
            charged(box)
            answer = get(box, "v1/people/decision-makers", domain=company["email_domain"], reveal_info="true").json()
            shown = list(dict(answer["profiles"] or {}).values())
            emails = sum(bool(one["contact_info"]["emails"]) for one in shown)
            phones = sum(bool(one["contact_info"]["phones"]) for one in shown)
            priced = {"search": len(shown), "email": emails, "phone": phones}
            assert charged(box) == {credit: amount for credit, amount in priced.items() if amount}
            answers.append(answer["profiles"])
    assert [] in answers, "a company where nobody decides is an empty list"
    busiest = _busiest(box)
    charged(box)
    assert get(box, "v1/people/decision-makers", name="Unheard of").json()["profiles"] == []
    assert get(box, "v1/people/decision-makers", domain=busiest, page="9").json()["profiles"] == []
    assert charged(box) == {}


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"reveal_info": "true"},
        {"linkedin_url": "contactout.example"},
        {"linkedin_url": "https://www.linkedin.com/in/somebody"},
        {"name": "x", "page": "0"},
        {"name": "x", "reveal_info": "perhaps"},
        {"name": "x", "colour": "red"},
    ],
)
def test_decision_makers_of_no_company_are_a_401(box: Sandbox, params: dict[str, str]) -> None:
    answer = get(box, "v1/people/decision-makers", **params)
    assert (answer.status_code, answer.json()["status_code"], charged(box)) == (401, 401, {})


def test_a_company_search_lists_each_company_once_for_one_credit(box: Sandbox) -> None:
    found = _companies(box)
    assert charged(box) == {"search": len(found)}
    told = [one for one in box.truth()["contactout"]["records"] if one["resource"] == "company_search"]
    assert sorted(_id_of(company) for company in found) == sorted(one["provider_record_id"] for one in told)
    assert len({one["truth_id"] for one in told}) == len(found) > 25


def test_company_search_filters_really_filter(box: Sandbox) -> None:
    everything = _companies(box)

    def found(**wanted: Any) -> list[dict[str, Any]]:
        companies = _companies(box, **wanted)
        assert 0 < len(companies) < len(everything), wanted
        return companies

    some = next(company for company in everything if company["domain"] and company["size"] and company["revenue"])
    assert some in found(name=[some["name"].lower()])
    for written in (some["email_domain"], f"https://www.{some['email_domain']}/", some["domain"]):
        assert found(domain=[written]) == [some]
    assert all(51 <= one["size"] <= 200 for one in found(size=["51_200"]) if one["size"])
    assert all(one["industry"] == "Retail" for one in found(industries=["retail"]))
    assert found(industries=["retail"]) == found(industry=["Retail"])
    assert all(one["revenue"] >= 10**7 for one in found(min_revenue=10**7) if one["revenue"])
    assert all(one["revenue"] <= 10**7 for one in found(max_revenue=10**7) if one["revenue"])
    assert all(one["founded_at"] >= 1990 for one in found(year_founded_from=1990) if one["founded_at"])
    assert all(one["founded_at"] <= 1990 for one in found(year_founded_to=1990) if one["founded_at"])
    anywhere, offices = found(location=["United States"]), found(location=["United States"], hq_only=True)
    assert all(one["country"] == "United States" for one in offices)
    assert {one["name"] for one in offices} < {one["name"] for one in anywhere}
    none = post(box, "v1/company/search", name=["Nobody & Sons"]).json()
    assert none == {
        "status_code": 200,
        "metadata": {"page": 1, "page_size": 25, "total_results": 0},
        "companies": [],
    }


@pytest.mark.parametrize(
    "wanted",
    [
        {"colour": "red"},
        {"name": "Example"},
        {"size": ["many"]},
        {"hq_only": "yes"},
        {"min_revenue": "1"},
        {"year_founded_from": 1984},
        {"year_founded_to": 2027},
        {"name": ["x"] * 51},
        {"page": 0},
    ],
)
def test_bad_input_to_a_company_search_is_a_401(box: Sandbox, wanted: dict[str, Any]) -> None:
    assert (post(box, "v1/company/search", **wanted).status_code, charged(box)) == (401, {})


def _enriched(box: Sandbox, domains: list[str]) -> Any:
    answer = post(box, "v1/domain/enrich", domains=domains)
    assert answer.status_code == 200, answer.text
    return answer.json()["companies"]


def test_domains_lead_to_companies_for_nothing_in_a_list_or_an_object(box: Sandbox) -> None:
    domains = [one["email_domain"] for one in _companies(box) if one["email_domain"]]
    by_slug_alone = [one["name"] for one in _companies(box) if not one["email_domain"]]
    charged(box)
    shapes = {type(_enriched(box, [domain])) for domain in domains}
    assert shapes == {list, dict}
    many = _enriched(box, [domain.upper() for domain in domains[:30]])
    listed = many.items() if isinstance(many, dict) else [pair for one in many for pair in one.items()]
    assert [domain for domain, _ in listed] == domains[:30]
    assert all(record["domain"] == domain for domain, record in listed)
    assert _enriched(box, ["unheard-of.example"]) == []
    assert by_slug_alone, "some companies are known by their page alone"
    assert charged(box) == {}


def test_a_company_is_the_same_company_everywhere(box: Sandbox) -> None:
    in_profiles = {
        one["company"]["email_domain"]: one["company"]
        for _, one in box.profiles()
        if one["company"] and one["company"]["email_domain"]
    }
    revenues, places = set(), set()
    for listed in _companies(box):
        domain = listed["email_domain"]
        if domain is None:
            continue
        companies = _enriched(box, [domain])
        enriched = companies[domain] if isinstance(companies, dict) else companies[0][domain]
        for name in ("name", "website", "logo_url", "type", "country", "size", "founded_at", "industry"):
            assert enriched[name] == listed[name], name
        assert enriched["li_vanity"] == listed["url"]
        assert enriched["description"] == listed["overview"]
        revenues.add(type(enriched["revenue"]))
        places |= {type(place) for place in (*enriched["locations"], *listed["locations"])}
        if isinstance(enriched["revenue"], str):
            amount, sign = float(enriched["revenue"][1:-1]), enriched["revenue"][-1]
            assert amount * {"K": 10**3, "M": 10**6, "B": 10**9}[sign] == pytest.approx(listed["revenue"], rel=0.1)
        if domain in in_profiles:
            told = {name: value for name, value in in_profiles[domain].items() if name != "locations"}
            assert {name: listed[name] for name in told} == told
    assert revenues == {int, str, type(None)}
    assert places == {str, dict}
    assert len(in_profiles) > 20


@pytest.mark.parametrize(
    "domains", [None, [], ["https://example.com"], ["example"], ["a b.example"], ["a.example"] * 31, "a.example", [1]]
)
def test_bad_domains_are_a_401(box: Sandbox, domains: Any) -> None:
    answer = post(box, "v1/domain/enrich", **({} if domains is None else {"domains": domains}))
    assert (answer.status_code, answer.json()["status_code"]) == (401, 401)


@pytest.mark.parametrize(
    ("operation", "ask"),
    [
        ("company_search", lambda box: post(box, "v1/company/search").json()),
        ("decision_makers", lambda box: get(box, "v1/people/decision-makers", domain=_busiest(box)).json()),
    ],
)
def test_pages_of_companies_and_decision_makers_can_shift_and_change(
    box: Sandbox, operation: str, ask: Callable[[Sandbox], dict[str, Any]]
) -> None:
    def listed() -> list[str]:
        answer = ask(box)
        if operation == "company_search":
            return [_id_of(company) for company in answer["companies"]]
        return list(answer["profiles"])

    total = ask(box)["metadata"]["total_results"]
    before = listed()
    box.order({"provider": "contactout", "operation": operation, "kind": "shift", "by": 2})
    after = listed()
    assert after[2:] == before[: len(after) - 2]
    assert not set(after[:2]) & set(before)
    assert ask(box)["metadata"]["total_results"] == total + 2
    box.order({"provider": "contactout", "operation": operation, "kind": "change", "what": "remove"})
    assert before[0] not in listed()
    box.order()
    assert listed() == before


def _busiest(box: Sandbox) -> str:
    """The domain of the company with the most decision makers."""
    deciding = [one["company"] for _, one in box.profiles() if one["seniority"] in DECIDING]
    domains: list[str] = [company["email_domain"] for company in deciding if company and company["email_domain"]]
    return max(domains, key=domains.count)


def test_lists_have_the_rate_of_other_endpoints(start: Start) -> None:
    box = start("--rate-scale", "0.05", "--people", "30", "--companies", "6")
    for _ in range(10):
        assert post(box, "v1/company/search").status_code == 200
        assert get(box, "v1/people/decision-makers", name="Unheard of").status_code == 200
    rates = box.http.get("/sandbox/rates").json()["rates"]["contactout"]
    assert [rates[name]["peak"] for name in ("people_search", "contact_checker", "other")] == [0, 0, 20]
