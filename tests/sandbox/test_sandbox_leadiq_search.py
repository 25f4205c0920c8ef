"""LeadIQ's searches find whom they are asked for, and charge for the data points that were selected and found."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.conftest import Sandbox, Start

PERSON = """
query ($i: SearchPeopleInput!) { searchPeople(input: $i) { totalResults hasMore results {
  id name { first last middle fullName } linkedin { linkedinId linkedinUrl }
  personalEmails { value status } personalPhones { value }
  currentPositions { title companyId emails { value status } phones { value status } companyInfo { id name domain } }
  pastPositions { companyId emails { value status } companyInfo { id name } }
} } }
"""
FLAT = """
query ($i: FlatSearchInput!) { flatAdvancedSearch(input: $i) { totalPeople people {
  id name title role seniority state country updatedAt verifiedWorkEmails verifiedLikelyWorkEmails linkedinUrl
  company { id name industry employeeCount city companyTechnologies fundingInfo { lastFundingUsd } }
  personJobChange { jobChangeType startedAt previousPosition { company { name } } currentPosition { title } }
} } }
"""
GROUPED = """
query ($i: GroupedSearchInput!) { groupedAdvancedSearch(input: $i) { totalCompanies companies {
  company { id name employeeCount } totalContactsInCompany people { id companyId }
} } }
"""
COMPANY = """
query ($i: SearchCompanyInput!) { searchCompany(input: $i) { totalResults hasMore results {
  source id name domain linkedinId linkedinUrl
} } }
"""


def _people(box: Sandbox, **wanted: Any) -> list[dict[str, Any]]:
    answer = box.leadiq(PERSON, i=wanted).json()["data"]["searchPeople"]
    assert answer["totalResults"] >= len(answer["results"])
    results: list[dict[str, Any]] = answer["results"]
    return results


def _flat(box: Sandbox, query: str = FLAT, **wanted: Any) -> list[dict[str, Any]]:
    """Every person of an advanced search, page by page."""
    found: list[dict[str, Any]] = []
    while True:
        answer = box.leadiq(query, i={**wanted, "skip": len(found), "limit": 100}).json()["data"]["flatAdvancedSearch"]
        assert len(answer["people"]) <= 25, "more than 25 are never given"
        found += answer["people"]
        if len(found) == answer["totalPeople"]:
            return found


def _everybody(box: Sandbox) -> list[dict[str, Any]]:
    return [_people(box, id=one["id"], includeInvalid=True)[0] for one in box.truth()["leadiq"]["people"]]


def _ids(people: list[dict[str, Any]]) -> set[str]:
    return {one["id"] for one in people}


def test_a_person_is_found_by_each_key_that_names_them(box: Sandbox) -> None:
    for person in _everybody(box)[:40]:
        keys: list[dict[str, Any]] = [{"id": person["id"]}]
        if person["linkedin"]:
            keys.append({"linkedinUrl": person["linkedin"]["linkedinUrl"] + "/?x=1"})
            keys.append({"linkedinId": person["linkedin"]["linkedinId"]})
        addresses = [
            one["value"] for job in person["currentPositions"] for one in job["emails"] if one["status"] != "Invalid"
        ]
        for address in addresses:
            keys.append({"email": address.upper()})
            keys.append({"hashedEmail": hashlib.sha256(address.lower().encode()).hexdigest()})
        keys += [{"phone": one["value"]} for one in person["personalPhones"] if one["value"] != "hidden"]
        for job in person["currentPositions"]:
            keys.append(
                {"fullName": person["name"]["fullName"].lower(), "company": {"domain": job["companyInfo"]["domain"]}}
            )
            keys.append(
                {
                    "firstName": person["name"]["first"],
                    "lastName": person["name"]["last"],
                    "company": {"name": job["companyInfo"]["name"]},
                }
            )
        for key in keys:
            assert person["id"] in _ids(_people(box, **key)), key


def test_a_company_of_the_past_is_searched_only_when_asked_for(box: Sandbox) -> None:
    person, past = next(
        (one, job)
        for one in _everybody(box)
        for job in one["pastPositions"]
        if job["companyId"] not in {held["companyId"] for held in one["currentPositions"]}
    )
    wanted = {"fullName": person["name"]["fullName"]}
    company = {"companyId": past["companyId"]}
    assert person["id"] not in _ids(_people(box, **wanted, company=company))
    assert person["id"] in _ids(_people(box, **wanted, company={**company, "searchInPastCompanies": True}))


def test_strict_asks_for_every_detail_of_the_company(box: Sandbox) -> None:
    person = next(one for one in _everybody(box) if one["currentPositions"])
    info = person["currentPositions"][0]["companyInfo"]
    details = {"domain": info["domain"], "name": "Another Name Altogether"}
    assert _ids(_people(box, id=person["id"], company=details)) == {person["id"]}
    assert _people(box, id=person["id"], company={**details, "strict": True}) == []


def test_a_weak_key_may_mean_several_people_page_by_page(box: Sandbox) -> None:
    company = max(
        (one["company"] for one in _groups(box)), key=lambda one: len(_people(box, company={"companyId": one["id"]}))
    )
    wanted = {"company": {"companyId": company["id"]}}
    everyone = _people(box, **wanted)
    assert len(everyone) > 2
    first = box.leadiq(PERSON, i={**wanted, "limit": 2}).json()["data"]["searchPeople"]
    assert (first["totalResults"], first["hasMore"], first["results"]) == (len(everyone), True, everyone[:2])
    last = box.leadiq(PERSON, i={**wanted, "skip": 2}).json()["data"]["searchPeople"]
    assert (last["hasMore"], last["results"]) == (False, everyone[2:])


def test_nobody_is_found_for_nothing(box: Sandbox) -> None:
    answer = box.leadiq(PERSON, i={"email": "nobody@example.com"}).json()["data"]["searchPeople"]
    assert answer == {"totalResults": 0, "hasMore": False, "results": []}
    box.leadiq(COMPANY, i={"domain": "nowhere.example"})
    box.leadiq(FLAT, i={"contactFilter": {"names": ["Nobody Nowhere"]}})
    assert box.books()["credits"]["leadiq"] == {}
    assert [one["records"] for one in box.books()["requests"]] == [0, 0, 0]


def test_a_search_for_nobody_in_particular_is_refused(box: Sandbox) -> None:
    nobody: list[dict[str, Any]] = [{}, {"limit": 3}, {"company": {}}, {"id": "x", "limit": 0}]
    for given in nobody:
        assert box.leadiq(PERSON, i=given).status_code == 400, given


def test_filters_of_a_person_search_let_through_what_they_say(box: Sandbox) -> None:
    everybody = _everybody(box)
    companies = {job["companyId"] for one in everybody for job in one["currentPositions"]}

    def found(**wanted: Any) -> list[dict[str, Any]]:
        return [one for company in companies for one in _people(box, company={"companyId": company}, **wanted)]

    def current(person: dict[str, Any], name: str) -> list[dict[str, Any]]:
        return [one for job in person["currentPositions"] for one in job[name]]

    plain = found()
    assert not [mail for one in plain for mail in current(one, "emails") if mail["status"] == "Invalid"]
    assert [
        mail for one in found(includeInvalid=True) for mail in current(one, "emails") if mail["status"] == "Invalid"
    ]
    verified = found(workEmailStatusIn=["Verified"])
    assert 0 < len(verified) < len(plain)
    assert {mail["status"] for one in verified for mail in current(one, "emails")} == {"Verified"}
    reachable = found(containsWorkContactInfo=True)
    assert _ids(reachable) == {one["id"] for one in plain if current(one, "emails") or current(one, "phones")}
    by_filter: dict[str, Callable[[dict[str, Any]], Any]] = {
        "HasWorkEmail": lambda one: current(one, "emails"),
        "HasVerifiedWorkEmail": lambda one: any(mail["status"] == "Verified" for mail in current(one, "emails")),
        "HasWorkPhone": lambda one: current(one, "phones"),
        "HasVerifiedWorkPhone": lambda one: any(phone["status"] == "Verified" for phone in current(one, "phones")),
        "HasPersonalEmail": lambda one: one["personalEmails"],
        "HasPersonalPhone": lambda one: one["personalPhones"],
    }
    for name, test in by_filter.items():
        wanted = {one["id"] for one in plain if test(one)}
        assert 0 < len(wanted) < len(plain), name
        assert _ids(found(profileFilter=[name])) == wanted, name


def test_a_company_is_found_by_each_of_its_keys(box: Sandbox) -> None:
    for one in box.truth()["leadiq"]["companies"][:15]:
        found = box.leadiq(COMPANY, i={"source": one["id"]}).json()["data"]["searchCompany"]["results"]
        assert [company["id"] for company in found] == [one["id"]]
        assert found[0]["source"] == one["id"]
        for key in ("domain", "name", "linkedinId", "linkedinUrl"):
            if found[0][key] is not None:
                again = box.leadiq(COMPANY, i={key: found[0][key]}).json()["data"]["searchCompany"]["results"]
                assert one["id"] in _ids(again), key
        wrong = {"domain": found[0]["domain"], "name": "Another Name", "strict": True}
        assert box.leadiq(COMPANY, i=wrong).json()["data"]["searchCompany"]["results"] == []


def _groups(box: Sandbox, **wanted: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        answer = box.leadiq(GROUPED, i={**wanted, "skip": len(found)}).json()["data"]["groupedAdvancedSearch"]
        found += answer["companies"]
        if len(found) == answer["totalCompanies"]:
            return found


def test_every_filter_of_an_advanced_search_narrows_it(box: Sandbox) -> None:
    box.move_to("2026-04-20")
    everyone = _flat(box)
    truth = box.truth()["leadiq"]
    one = next(person for person in everyone if person["company"]["fundingInfo"] and person["linkedinUrl"])
    company = one["company"]
    info = "query ($w: String) { searchCompany(input: {source: $w}) { results { domain linkedinId locationInfo { postalCode } } } }"
    details = [
        box.leadiq(info, w=known["id"]).json()["data"]["searchCompany"]["results"][0]
        for known in truth["companies"][:40]
    ]
    linkedin_id = next(detail["linkedinId"] for detail in details if detail["linkedinId"])
    contact = {"ids": [one["id"]], "names": [one["name"]], "titles": [one["title"]], "roles": [one["role"]]}
    contact |= {"seniorities": [one["seniority"]], "countries": [one["country"]], "linkedinUrls": [one["linkedinUrl"]]}
    contact |= {"containsWorkEmails": ["Verified"], "locations": [{"country": one["country"]}], "states": ["Texas"]}
    companies: dict[str, list[Any]] = {
        "ids": [company["id"]],
        "names": [company["name"]],
        "domains": [details[0]["domain"]],
        "linkedinIds": [linkedin_id],
        "industries": ["Retail"],
        "sizes": [{"min": 1, "max": 200}],
        "cities": [company["city"]],
        "states": ["California"],
        "postalCodes": [details[0]["locationInfo"]["postalCode"]],
        "countries": ["Germany"],
        "descriptions": ["SaaS"],
        "technologies": ["Stripe"],
        "technologyCategories": ["Marketing"],
        "revenueRanges": [{"start": 0, "end": 50_000_000}],
        "fundingInfoFilters": [{"lastFundingRange": {"start": company["fundingInfo"]["lastFundingUsd"]}}],
        "naicsCodeFilters": [{"code": "5112"}],
    }
    schema = box.leadiq(
        '{ a: __type(name: "ContactFilter") { inputFields { name } }'
        ' b: __type(name: "CompanyFilter") { inputFields { name } } }'
    ).json()["data"]
    others = {"linkedinIds", "updatedAt", "newHireFrom", "newPromotionFrom"}
    assert {field["name"] for field in schema["a"]["inputFields"]} == set(contact) | others
    assert {field["name"] for field in schema["b"]["inputFields"]} == set(companies)
    for name, values in contact.items():
        assert 0 < len(_flat(box, contactFilter={name: values})) < len(everyone), name
    for name, values in companies.items():
        inside = _ids(_flat(box, companyFilter={name: values}))
        assert 0 < len(inside) < len(everyone), name
        outside = _ids(_flat(box, companyExcludedFilter={name: values}))
        assert inside | outside == _ids(everyone), name
        assert not inside & outside, name


def test_an_incremental_search_by_update_finds_what_changed_since(box: Sandbox) -> None:
    before = {one["id"]: one["updatedAt"] for one in _flat(box)}
    midnight = int(dt.datetime(2026, 3, 3, tzinfo=dt.UTC).timestamp() * 1000)
    assert _flat(box, contactFilter={"updatedAt": {"start": midnight}}) == []
    box.move_to("2026-03-20")
    changed = {one["id"] for one in _flat(box) if before.get(one["id"]) != one["updatedAt"]}
    assert changed
    assert _ids(_flat(box, contactFilter={"updatedAt": {"start": midnight}})) == changed
    assert not changed & _ids(_flat(box, contactFilter={"updatedAt": {"end": midnight - 1}}))


def test_job_changes_can_be_searched_newest_first(box: Sandbox) -> None:
    box.move_to("2026-04-20")
    for kinds in ([], ["JobChange"], ["TitleChange"]):
        found = _flat(box, jobChangeFilter={"jobChangeTypes": kinds}, sortContactsBy=["JobChangeStartedAtDesc"])
        assert {one["personJobChange"]["jobChangeType"] for one in found} == set(kinds or ["JobChange", "TitleChange"])
        moments = [_moment(one["personJobChange"]["startedAt"]) for one in found]
        assert moments == sorted(moments, reverse=True)
        later = _flat(box, jobChangeFilter={"jobChangeTypes": kinds, "startedAfter": moments[3]})
        assert _ids(later) == {one["id"] for one, at in zip(found, moments, strict=True) if at > moments[3]}
    promoted = _flat(box, contactFilter={"newPromotionFrom": 0})
    assert {one["personJobChange"]["jobChangeType"] for one in promoted} == {"TitleChange"}
    hired = _flat(box, contactFilter={"newHireFrom": 0})
    assert {one["personJobChange"]["jobChangeType"] for one in hired} == {"JobChange"}


def _moment(value: Any) -> int:
    return value if isinstance(value, int) else int(dt.datetime.fromisoformat(value).timestamp() * 1000)


@pytest.mark.parametrize(("option", "key"), [("Id", "id"), ("Name", "name"), ("Title", "title"), ("Role", "role")])
def test_people_come_in_the_order_asked_for(box: Sandbox, option: str, key: str) -> None:
    rising = [one["id"] for one in _flat(box, sortContactsBy=[f"{option}Asc", "IdAsc"])]
    falling = [one["id"] for one in _flat(box, sortContactsBy=[f"{option}Desc", "IdDesc"])]
    assert rising == falling[::-1]
    assert len(set(rising)) == len(rising) > 100
    values = [one[key] for one in _flat(box, sortContactsBy=[f"{option}Asc"]) if one[key].isascii()]
    assert values == sorted(values, key=str.lower)


def test_a_grouped_search_gives_each_company_once_with_as_many_people_as_asked_for(box: Sandbox) -> None:
    groups = _groups(box, sortCompaniesBy=["SizeDesc", "IdAsc"], limitPerCompany=2)
    assert len({one["company"]["id"] for one in groups}) == len(groups)
    sizes = [one["company"]["employeeCount"] or 0 for one in groups]
    assert sizes == sorted(sizes, reverse=True)
    assert sum(one["totalContactsInCompany"] for one in groups) == len(_flat(box))
    for one in groups:
        assert len(one["people"]) == min(2, one["totalContactsInCompany"])
        assert {person["companyId"] for person in one["people"]} == {one["company"]["id"]}


PRICED = {
    "{ id currentPositions { companyId companyInfo { id source name } } }": 0,
    "{ _id __typename name { fullName } }": 0.1,
    "{ currentPositions { emails { value } } personalEmails { value } }": 1,
    "{ personalPhones { value } currentPositions { phones { value } } }": 10,
    "{ currentPositions { companyInfo { domain locationInfo { city } } } pastPositions { companyInfo { domain } } }": 3,
    "{ name { fullName } currentPositions { emails { value } phones { value } companyInfo { domain } } }": 14.1,
}


@pytest.mark.parametrize(("selection", "price"), PRICED.items())
def test_a_person_costs_what_was_selected_and_found_each_point_once(box: Sandbox, selection: str, price: float) -> None:
    rich = next(
        one
        for one in _everybody(box)
        if one["pastPositions"]
        and one["currentPositions"]
        and all(one["currentPositions"][0][name] for name in ("emails", "phones"))
        and one["currentPositions"][0]["emails"][0]["status"] != "Invalid"
        and one["personalPhones"]
    )
    box.http.delete("/sandbox/books")
    box.leadiq(
        f"query ($i: SearchPeopleInput!) {{ searchPeople(input: $i) {{ results {selection} }} }}", i={"id": rich["id"]}
    )
    assert box.books()["credits"]["leadiq"] == ({"uc": price} if price else {})
    assert box.books()["requests"][0]["records"] == 1


def test_a_fragment_or_another_name_changes_no_price(box: Sandbox) -> None:
    query = """
    query ($mails: Boolean!) {
      people: flatAdvancedSearch(input: {limit: 5, contactFilter: {containsWorkEmails: [Verified]}}) {
        people { ...Contact mails: workEmails @include(if: $mails) }
      }
    }
    fragment Contact on Person { id companyId title company { id name } }
    """
    box.leadiq(query, mails=False)
    assert box.books()["credits"]["leadiq"] == {"uc": 0.5}
    box.leadiq(query, mails=True)
    assert box.books()["credits"]["leadiq"] == {"uc": 6}


def test_what_is_hidden_or_missing_costs_nothing(box: Sandbox) -> None:
    everybody = _everybody(box)
    hidden = [one for one in everybody if any(phone["value"] == "hidden" for phone in one["personalPhones"])]
    missing = [one for one in everybody if not one["personalPhones"]]
    assert hidden
    assert missing
    box.http.delete("/sandbox/books")
    for one in hidden + missing:
        box.leadiq(
            "query ($w: String) { searchPeople(input: {id: $w}) { results { id personalPhones { value type } } } }",
            w=one["id"],
        )
    assert box.books()["credits"]["leadiq"] == {}


def test_a_company_and_a_group_cost_three_each(box: Sandbox) -> None:
    source = box.truth()["leadiq"]["companies"][0]["id"]
    box.leadiq("query ($w: String) { searchCompany(input: {source: $w}) { results { id source name } } }", w=source)
    assert box.books()["credits"]["leadiq"] == {}
    box.leadiq(
        "query ($w: String) { searchCompany(input: {source: $w}) { results { name domain country } } }", w=source
    )
    assert box.books()["credits"]["leadiq"] == {"uc": 3}
    box.leadiq("{ groupedAdvancedSearch(input: {limit: 4}) { companies { company { domain } people { id } } } }")
    assert box.books()["credits"]["leadiq"] == {"uc": 15}


def test_a_search_that_cannot_be_paid_is_refused_and_charges_nothing(start: Start) -> None:
    box = start("--quota", "leadiq.uc=5")
    titles = "{ flatAdvancedSearch(input: {limit: 25}) { people { title } } }"
    assert [box.leadiq(titles).status_code for _ in range(3)] == [200, 200, 402]
    assert box.books()["credits"]["leadiq"] == {"uc": 5}


def test_a_price_of_ones_own_is_for_each_person(start: Start) -> None:
    box = start("--charge", "leadiq.searchPeople.uc=1")
    who = box.truth()["leadiq"]["people"][0]["id"]
    box.leadiq(
        "query ($w: String) { searchPeople(input: {id: $w}) { results { name { fullName } personalEmails { value } } } }",
        w=who,
    )
    assert box.books()["credits"]["leadiq"] == {"uc": 1}
