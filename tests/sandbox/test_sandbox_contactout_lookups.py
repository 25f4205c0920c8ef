"""ContactOut finds a person by whatever identifies them, tells the same of them everywhere, and charges as documented."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import chain
from typing import Any
from urllib.parse import quote, unquote

import pytest

from tests.sandbox.conftest import Sandbox, Start
from tests.sandbox.contactout_calls import charged, get, only, people, post

KINDS = ["work_email", "personal_email", "phone"]
NOT_FOUND = {"status_code": 404, "message": "Not Found"}
SNAKE = {"full_name": "fullName", "job_function": "jobFunction", "updated_at": "updatedAt", "url": "linkedinUrl"}


def _revealed(box: Sandbox) -> dict[str, dict[str, Any]]:
    """Every profile of today with its contact points, by its plain URL, as a search tells it."""
    found = box.profiles(reveal_info=True, detailed_experience=True)
    box.http.delete("/sandbox/books")
    return {f"https://www.linkedin.com/in/{unquote(key.split('/in/')[1])}": {**one, "key": key} for key, one in found}


def _line(phone: str) -> str:
    return re.sub(r"\D", "", phone)[-10:]


def _lower(emails: list[str]) -> list[str]:
    return [email.lower() for email in emails]


def test_a_person_is_the_same_person_through_every_endpoint(box: Sandbox) -> None:
    searched = _revealed(box)
    for known in people(box):
        url = known["id"]
        expected = searched[url]
        info = expected["contact_info"]
        assert _lower(info["emails"]) == known["emails"]
        enriched = only(get(box, "v1/linkedin/enrich", profile=url))
        assert [enriched[name] for name in ("personal_email", "work_email", "email", "phone")] == [
            info["personal_emails"],
            info["work_emails"],
            info["emails"],
            info["phones"],
        ]
        assert enriched["url"] == expected["key"]
        for name in ("full_name", "headline", "company", "location", "skills", "summary", "seniority", "updated_at"):
            assert enriched[name] == expected[name], name
        assert [job["title"] for job in enriched["experience"]] == [job["title"] for job in expected["experience"]]
        described = only(post(box, "v1/people/enrich", linkedin_url=url, include=KINDS))
        if "fullName" in described:
            for snake, camel in SNAKE.items():
                assert described[camel] == enriched[snake]
            assert [described["email"], described["workEmail"]] == [
                next(iter(info[name]), "") for name in ("personal_emails", "work_emails")
            ]
            assert _line(described["phone"]) == _line(next(iter(info["phones"]), ""))
        else:
            assert described == enriched
        (batched,) = post(box, "v1/people/linkedin/batch", profiles=[url]).json()["profiles"].values()
        assert batched == info["emails"]
        statuses = [only(get(box, f"v1/people/linkedin/{kind}_status", profile=url)) for kind in KINDS]
        assert statuses[0]["email"] == bool(info["work_emails"])
        assert statuses[1] == {"email": bool(info["personal_emails"])}
        assert statuses[2] == {"phone": bool(info["phones"])}
        for email in known["known_by"]:
            assert only(get(box, "v1/people/person", email=email.upper())) == {
                "email": email.upper(),
                "linkedin": expected["key"],
            }
            by_email = only(get(box, "v1/email/enrich", email=email))
            assert by_email["linkedinUrl"] == expected["key"]
            assert by_email["fullName"] == expected["full_name"]
            assert by_email["email"] == next(iter(info["personal_emails"]), "")
            assert _line(by_email["phone"]) == _line(next(iter(info["phones"]), ""))
        for line in known["phones"]:
            found = only(post(box, "v1/people/enrich", phone=f"+1 ({line[:3]}) {line[3:]}"))
            assert expected["key"] in (found.get("url"), found.get("linkedinUrl"))


@pytest.mark.parametrize("day", ["2026-01-20", "2026-03-02", "2026-07-01"])
def test_the_answer_key_tells_what_each_endpoint_answers_with(box: Sandbox, day: str) -> None:
    box.move_to(day)
    told: dict[str, set[str]] = {}
    for one in box.truth()["contactout"]["records"]:
        assert one["truth_id"][0] == one["entity"][0]
        told.setdefault(one["resource"], set()).add(one["provider_record_id"])

    def is_found(answer: Any) -> bool:
        assert answer.status_code in (200, 404)
        return answer.status_code == 200 and bool(answer.json()["profile"])

    served: dict[str, set[str]] = {name: set() for name in told}
    for known in people(box):
        url = known["id"]
        answers = {
            "linkedin_enrich": [get(box, "v1/linkedin/enrich", profile=url)],
            "people_enrich": [post(box, "v1/people/enrich", linkedin_url=url)],
            "people_linkedin": [
                get(box, "v1/people/linkedin", profile=url, email_type="personal,work", include_phone="true")
            ],
            "email_enrich": [get(box, "v1/email/enrich", email=email) for email in known["known_by"]],
            "people_person": [get(box, "v1/people/person", email=email) for email in known["known_by"]],
        }
        for endpoint, given in answers.items():
            if given and all(map(is_found, given)):
                served[endpoint].add(url)
        if any(post(box, "v1/people/linkedin/batch", profiles=[url]).json()["profiles"].values()):
            served["people_linkedin_batch"].add(url)
    for company in box.truth()["companies"]:
        domain = company["domain"]
        found = post(box, "v1/domain/enrich", domains=[domain]).json()["companies"]
        served["domain_enrich"] |= {domain} if found else set()
        deciding = get(box, "v1/people/decision-makers", domain=domain, name=company["name"]).json()["profiles"]
        slugs = {unquote(key.split("/in/")[1]) for key in deciding}
        served["decision_makers"] |= {f"https://www.linkedin.com/in/{slug}" for slug in slugs}
    # Which companies a search lists is told with the searches.
    del told["company_search"], served["company_search"]
    assert served == told


def test_contact_info_is_given_by_kind_and_charged_by_what_is_shown(box: Sandbox) -> None:
    searched = _revealed(box)
    asked: dict[str, tuple[str, ...]] = {
        "": ("personal_emails", "work_emails"),
        "personal": ("personal_emails",),
        "work": ("work_emails",),
        "personal,work": ("personal_emails", "work_emails"),
        "none": (),
    }
    answered = set()
    for url, expected in list(searched.items())[:60]:
        info = expected["contact_info"]
        for email_type, kinds in asked.items():
            for with_phone in (False, True):
                params = {"profile": url, **({"email_type": email_type} if email_type else {})}
                answer = get(box, "v1/people/linkedin", **params, **({"include_phone": "true"} if with_phone else {}))
                answered.add(answer.status_code)
                cost = charged(box)
                if answer.status_code == 404:
                    assert (answer.json(), cost) == (NOT_FOUND, {})
                    assert not any(info[kind] for kind in kinds)
                    continue
                profile = only(answer)
                if not ("work" in email_type and not info["work_emails"]):
                    stored = list(chain.from_iterable(info[kind] for kind in kinds))
                    assert profile["email"] == stored == profile["personal_email"] + profile["work_email"]
                assert profile.get("phone", []) == (info["phones"] if with_phone else [])
                status = profile["work_email_status"]
                assert list(status) == profile["work_email"]
                assert isinstance(status, list) == (not profile["work_email"])
                priced = {"email": int(bool(profile["email"])), "phone": int(bool(profile.get("phone")))}
                assert cost == {credit: amount for credit, amount in priced.items() if amount}
    assert answered == {200, 404}


def test_a_work_address_is_looked_for_in_real_time_only_when_asked_for_by_name(box: Sandbox) -> None:
    hidden = [one for one in people(box) if one["found_emails"]]
    found = []
    for known in hidden:
        (email,) = known["found_emails"]
        assert email not in known["emails"]
        stored = get(box, "v1/people/linkedin", profile=known["id"])
        assert stored.status_code == 404 or only(stored)["work_email"] == []
        assert only(get(box, "v1/people/linkedin/work_email_status", profile=known["id"])) == {
            "email": False,
            "email_status": None,
        }
        assert only(get(box, "v1/email/enrich", email=known["known_by"][0]))["workEmail"] == ""
        charged(box)
        looked = get(box, "v1/people/linkedin", profile=known["id"], email_type="work")
        cost = charged(box)
        by_email = only(get(box, "v1/email/enrich", email=known["known_by"][0], include="work_email"))
        if looked.status_code == 200 and only(looked)["work_email"]:
            assert _lower(only(looked)["work_email"]) == [email] == [by_email["workEmail"].lower()]
            assert list(only(looked)["work_email_status"].values()) == ["Verified"] == [by_email["workEmailStatus"]]
            assert cost == {"email": 1}
            assert get(box, "v1/email/verify", email=email).json()["data"]["status"] in ("valid", "accept_all")
            found.append(email)
        else:
            assert cost == {}
            assert by_email["workEmail"] == by_email["workEmailStatus"] == ""
    assert len(found) > 3


def test_linkedin_enrich_costs_its_contact_points_or_else_one_search(box: Sandbox) -> None:
    seen = set()
    for url, expected in _revealed(box).items():
        info = expected["contact_info"]
        profile = only(get(box, "v1/linkedin/enrich", profile=url))
        priced = {"email": int(bool(info["emails"])), "phone": int(bool(info["phones"]))}
        cost = {credit: amount for credit, amount in priced.items() if amount} or {"search": 1}
        assert charged(box) == cost
        seen.add(frozenset(cost))
        bare = only(get(box, "v1/linkedin/enrich", profile=url, profile_only="true"))
        assert charged(box) == {"search": 1}
        contact_info = {"email", "work_email", "personal_email", "phone"}
        assert bare == {name: value for name, value in profile.items() if name not in contact_info}
    assert seen == {frozenset(one) for one in (["email"], ["phone"], ["email", "phone"], ["search"])}


def test_people_enrich_costs_one_search_and_what_it_includes(box: Sandbox) -> None:
    styles = set()
    for url, expected in _revealed(box).items():
        info = expected["contact_info"]
        plain = only(post(box, "v1/people/enrich", linkedin_url=url))
        assert charged(box) == {"search": 1}
        assert not any(plain.get(name) for name in ("email", "workEmail", "work_email", "personal_email", "phone"))
        profile = only(post(box, "v1/people/enrich", linkedin_url=url, include=["phone", "work_email"]))
        styles.add("fullName" in profile)
        priced = {"search": 1, "email": int(bool(info["work_emails"])), "phone": int(bool(info["phones"]))}
        assert charged(box) == {credit: amount for credit, amount in priced.items() if amount}
        assert profile.get("workEmail", "") == "" or profile["workEmail"] in info["work_emails"]
    assert styles == {True, False}, "the reference documents one style and shows the other"


def test_reverse_lookups_cost_one_email_credit_for_a_profile(box: Sandbox) -> None:
    known = next(one for one in people(box) if one["emails"] and one["phones"])
    only(get(box, "v1/people/person", email=known["known_by"][0]))
    assert charged(box) == {"email": 1}
    shown = only(get(box, "v1/email/enrich", email=known["known_by"][0], include="work_email"))
    priced = {"email": int(bool(shown["email"] or shown["workEmail"])), "phone": 1}
    assert charged(box) == {credit: amount for credit, amount in priced.items() if amount}


def test_a_batch_of_thirty_costs_one_email_credit_for_each_profile_with_one(box: Sandbox) -> None:
    searched = _revealed(box)
    urls = list(searched)[:29]
    with_email = sum(bool(searched[url]["contact_info"]["emails"]) for url in urls)
    answer = post(box, "v1/people/linkedin/batch", profiles=[*urls, "https://linkedin.com/in/nobody-at-all"])
    assert charged(box) == {"email": with_email}
    assert with_email < 29
    assert answer.json()["profiles"] == {
        **{url: searched[url]["contact_info"]["emails"] for url in urls},
        "https://linkedin.com/in/nobody-at-all": [],
    }
    twice = post(box, "v1/people/linkedin/batch", profiles=[urls[0], urls[0].replace("www.", "")]).json()
    assert len(twice["profiles"]) == 2
    assert charged(box) == {"email": 2 * bool(searched[urls[0]]["contact_info"]["emails"])}, "spellings are paid each"


def test_a_profile_is_found_under_every_spelling_of_its_url(box: Sandbox) -> None:
    known = next(one for one in people(box) if not one["id"].isascii())
    slug = known["id"].split("/in/")[1]
    for url in (
        f"https://www.linkedin.com/in/{quote(slug)}",
        f"https://www.linkedin.com/in/{quote(slug).lower()}/",
        f"http://uk.linkedin.com/in/{slug}?trk=x",
        f"https://linkedin.com/in/{slug.upper()}",
        f"https://www.linkedin.com/pub/{quote(slug)}",
    ):
        assert only(get(box, "v1/linkedin/enrich", profile=url))["url"].endswith(quote(slug))


def test_nobody_found_costs_nothing_and_is_said_in_each_endpoints_way(box: Sandbox) -> None:
    url, email = "https://www.linkedin.com/in/nobody-at-all", "nobody@example.com"
    assert get(box, "v1/linkedin/enrich", profile=url).json() == {"status_code": 200, "profile": []}
    assert post(box, "v1/people/linkedin/batch", profiles=[url]).json()["profiles"] == {url: []}
    for answer in (
        get(box, "v1/people/linkedin", profile=url),
        get(box, "v1/email/enrich", email=email),
        get(box, "v1/people/person", email=email),
        post(box, "v1/people/enrich", linkedin_url=url, include=KINDS),
        post(box, "v1/people/enrich", full_name="Nobody At All", location="Berlin"),
    ):
        assert (answer.status_code, answer.json()) == (404, NOT_FOUND)
    said = set()
    for n in range(8):
        answer = get(box, "v1/people/linkedin/phone_status", profile=f"{url}-{n}")
        said.add(answer.text)
        assert answer.json() in (NOT_FOUND, {"status_code": 200, "profile": {"phone": False}})
    assert len(said) == 2, "what a checker says of a stranger is not documented"
    assert charged(box) == {}


def test_a_name_finds_a_person_only_together_with_something_else(box: Sandbox) -> None:
    searched = _revealed(box)
    names = [one["full_name"].casefold() for one in searched.values()]
    expected = next(
        one
        for one in searched.values()
        if names.count(one["full_name"].casefold()) == 1
        and one["company"]
        and one["company"]["domain"]
        and one["education"]
    )
    name, company = expected["full_name"].upper(), expected["company"]
    first, last = name.split()
    school = expected["education"][0].split(" at ")[1].split(" in ")[0]
    for wanted in (
        {"full_name": name, "company": ["Nobody & Sons", company["email_domain"].removesuffix(".example")]},
        {"full_name": name, "company_domain": f"http://{company['email_domain']}"},
        {"first_name": first, "last_name": last, "company_domain": [company["email_domain"]]},
        {"full_name": name, "location": f"{expected['location'].split(',')[0]}, XX", "job_title": "Anything"},
        {"full_name": name, "education": [school]},
        {"full_name": "Somebody Else", "email": next(iter(expected["contact_info"]["emails"]), "")},
    ):
        if wanted.get("email") == "":
            continue
        profile = only(post(box, "v1/people/enrich", **wanted))
        assert expected["key"] in (profile.get("url"), profile.get("linkedinUrl")), wanted
    for wanted in (
        {"full_name": name, "company": ["Nobody & Sons"]},
        {"full_name": name, "location": "Atlantis"},
        {"full_name": name, "education": [school], "company_domain": ["unheard-of.example"]},
        {"full_name": name, "first_name": "Some", "last_name": "One", "education": [school]},
    ):
        assert post(box, "v1/people/enrich", **wanted).status_code == 404


def test_colleagues_of_one_name_are_told_apart_by_url_only(start: Start) -> None:
    box = start("--people", "600", "--companies", "40", "--rate-scale", "1000")
    colleagues: dict[tuple[str, str], list[str]] = {}
    for one in _revealed(box).values():
        if one["company"] and one["company"]["email_domain"]:
            who = one["full_name"].casefold(), one["company"]["email_domain"]
            colleagues.setdefault(who, []).append(one["key"])
    alike = {who: keys for who, keys in colleagues.items() if len(keys) > 1}
    assert alike
    for (name, domain), keys in alike.items():
        profile = only(post(box, "v1/people/enrich", full_name=name, company_domain=domain))
        assert {profile["linkedinUrl"], *profile["altMatches"]} == set(keys)
        assert profile["confidenceLevel"] == "low"
        for key in keys:
            profile = only(post(box, "v1/people/enrich", linkedin_url=key))
            assert key in (profile.get("url"), profile.get("linkedinUrl"))


ONE_URL: dict[str, str] = {"profile": "https://www.linkedin.com/in/somebody"}
WRONG: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "v1/linkedin/enrich", {}),
    ("GET", "v1/linkedin/enrich", {"profile": "www.linkedin.com/in/somebody"}),
    ("GET", "v1/linkedin/enrich", {"profile": "https://www.linkedin.com/sales/lead/ACwAA,x"}),
    ("GET", "v1/linkedin/enrich", {"profile": "https://www.linkedin.com/talent/profile/AEMAA"}),
    ("GET", "v1/linkedin/enrich", {**ONE_URL, "profile_only": "perhaps"}),
    ("GET", "v1/people/linkedin", {"profile": "https://www.linkedin.com/company/somebody"}),
    ("GET", "v1/people/linkedin", {**ONE_URL, "email_type": "home"}),
    ("GET", "v1/people/linkedin", {**ONE_URL, "colour": "red"}),
    ("GET", "v1/people/linkedin/phone_status", {}),
    ("GET", "v1/people/linkedin/work_email_status", {"profile": "somebody"}),
    ("GET", "v1/email/enrich", {}),
    ("GET", "v1/email/enrich", {"email": "nobody"}),
    ("GET", "v1/email/enrich", {"email": "a@example.com", "include": "phone"}),
    ("GET", "v1/people/person", {"email": "a@b@example.com"}),
    ("GET", "v1/email/verify", {"email": "a b@example.com"}),
    ("POST", "v1/people/enrich", {}),
    ("POST", "v1/people/enrich", {"full_name": "A B"}),
    ("POST", "v1/people/enrich", {"full_name": "A B", "job_title": "VP"}),
    ("POST", "v1/people/enrich", {"company": ["Example"], "location": "Berlin"}),
    ("POST", "v1/people/enrich", {"first_name": "A", "company": ["Example"]}),
    ("POST", "v1/people/enrich", {"email": "a@example.com", "include": ["fax"]}),
    ("POST", "v1/people/enrich", {"email": "a@example.com", "include": "phone"}),
    ("POST", "v1/people/enrich", {"full_name": "A B", "company": ["x"] * 11}),
    ("POST", "v1/people/enrich", {"linkedin_url": "https://www.linkedin.com/sales/people/x"}),
    ("POST", "v1/people/linkedin/batch", {}),
    ("POST", "v1/people/linkedin/batch", {"profiles": []}),
    ("POST", "v1/people/linkedin/batch", {"profiles": [ONE_URL["profile"]] * 31}),
    ("POST", "v1/people/linkedin/batch", {"profiles": ["https://www.linkedin.com/in/a", "nobody"]}),
    ("POST", "v2/people/linkedin/batch", {"profiles": [ONE_URL["profile"]] * 1001}),
    ("POST", "v2/people/linkedin/batch", {"profiles": ["nobody"]}),
    ("POST", "v2/people/linkedin/batch", {"profiles": [ONE_URL["profile"]], "include_phone": "yes"}),
    ("POST", "v1/email/verify/batch", {"emails": []}),
    ("POST", "v1/email/verify/batch", {"emails": ["nobody"]}),
    ("POST", "v1/email/verify/batch", {"emails": ["a@example.com"] * 1001}),
]


@pytest.mark.parametrize(("method", "path", "wanted"), WRONG, ids=lambda one: str(one)[:60])
def test_bad_input_is_a_401_with_a_reason_and_costs_nothing(
    box: Sandbox, method: str, path: str, wanted: dict[str, Any]
) -> None:
    answer = get(box, path, **wanted) if method == "GET" else post(box, path, **wanted)
    assert answer.status_code == 401
    assert answer.json()["status_code"] == 401
    assert answer.json()["message"]
    assert charged(box) == {}


def _values(box: Sandbox, ask: Callable[[dict[str, Any]], Any]) -> list[Any]:
    return [ask(known) for known in people(box)]


def test_shapes_change_from_person_to_person_as_they_do_in_the_reference(box: Sandbox) -> None:
    enriched = _values(box, lambda one: only(get(box, "v1/linkedin/enrich", profile=one["id"])))
    by_email = [
        only(get(box, "v1/email/enrich", email=one["known_by"][0], include="work_email"))
        for one in people(box)
        if one["known_by"]
    ]
    jobs = [job for profile in enriched for job in profile["experience"]]
    assert any(re.fullmatch(r"\d{5}", job["start_date"]) for job in jobs), "a month that is not padded"
    assert any("start_date_year" not in job for job in jobs), "a date as text and nothing else"
    for job in jobs:
        if "start_date_year" in job:
            assert job["start_date"] == f"{job['start_date_year']}{job['start_date_month']}"
    assert {type(one["company"]["locations"][0]) for one in enriched if one["company"]} == {str, dict}
    assert all(isinstance(one["company"]["locations"][0], dict) for one in by_email if one["company"])
    labels = {
        label for one in enriched for label in ("name", "title") if any(label in c for c in one["certifications"])
    }
    assert labels == {"name", "title"}
    assert all("title" in certificate for one in by_email for certificate in one["certifications"])
    assert any(re.fullmatch(r" \+\d+\.\d{10}", one["phone"]) for one in by_email)
    assert all(isinstance(one[name], str) for one in by_email for name in ("email", "workEmail", "phone", "github"))
    assert {one["workEmailStatus"] for one in by_email} == {"", "Verified", "Unverified", "Verified | Unverified"}
    statuses = {
        only(get(box, "v1/people/linkedin/work_email_status", profile=one["id"]))["email_status"] for one in people(box)
    }
    assert statuses == {None, "Verified", "Unverified", "Verified | Unverified"}
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d 00:00:00", one["updatedAt"]) for one in by_email), "no zone is given"
    assert any(one["github"] for one in enriched)
    assert any(one["twitter"] for one in by_email)


def test_only_reserved_domains_occur_in_what_is_looked_up(box: Sandbox) -> None:
    texts = [get(box, "v1/linkedin/enrich", profile=one["id"]).text for one in people(box)]
    texts += [get(box, "v1/email/enrich", email=one["known_by"][0]).text for one in people(box) if one["known_by"]]
    texts += [post(box, "v1/company/search").text]
    hosts = {host.lower() for text in texts for host in re.findall(r'(?:https?://|@)([^/"\\\s]+)', text)}
    reserved = re.compile(r"(.+\.)?(example\.(com|org|net)|example|linkedin\.com)")
    assert len(hosts) > 20
    assert {host for host in hosts if not reserved.fullmatch(host)} == set()


def test_the_same_seed_answers_the_same_in_every_process(start: Start) -> None:
    told = []
    for seed in ("11", "11", "12"):
        box = start("--seed", seed, "--people", "60", "--companies", "12", "--rate-scale", "1000")
        texts = [post(box, "v1/company/search").text]
        for known in people(box):
            url = known["id"]
            texts.append(get(box, "v1/linkedin/enrich", profile=url).text)
            texts.append(post(box, "v1/people/enrich", linkedin_url=url, include=KINDS).text)
            texts.append(get(box, "v1/people/linkedin", profile=url, email_type="work").text)
            texts += [get(box, "v1/email/verify", email=email).text for email in known["known_by"]]
        told.append(texts)
    assert told[0] == told[1] != told[2]
