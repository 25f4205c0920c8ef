"""The population is the same for everyone who knows the seed, and its answer key is true."""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from collections import Counter, defaultdict
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

ROLES = ("info@", "sales@")
DAYS = ("2026-01-20", "2026-03-02", "2026-03-12", "2026-07-01")
Served = dict[tuple[str, str], list[tuple[str, dict[str, Any]]]]


def _slug(url: str) -> str:
    return unquote(urlsplit(url).path.rstrip("/").rsplit("/", 1)[-1]).lower()


def _domain(text: str) -> str:
    return text.lower().split("://")[-1].split("/")[0].removeprefix("www.")


def _everything(box: Any, *, reveal: bool = True) -> Served:
    """Every record every provider serves, by provider and resource, with its id."""
    profiles = box.profiles(reveal_info=reveal, detailed_experience=True)
    return {
        ("leadiq", "trackedContacts"): [(event["id"], event) for event in box.events()],
        ("leadiq", "trackedCompanies"): [(company["id"], company) for company in box.tracked_companies()],
        ("contactout", "people_search"): [(f"https://www.linkedin.com/in/{_slug(key)}", one) for key, one in profiles],
        ("letrics", "contacts"): [(contact["id"], contact) for contact in box.collection("contacts")],
        ("letrics", "companies"): [(company["id"], company) for company in box.collection("companies")],
    }


def _person_identifiers(provider: str, record_id: str, record: dict[str, Any]) -> set[str]:
    """The identifiers that may join two records of a person: LinkedIn slugs and addresses that are no role's."""
    if provider == "leadiq":
        urls, emails = [record["linkedIn"]], [record["email"]]
    elif provider == "contactout":
        urls, emails = [record_id], record["contact_info"]["emails"]
    else:
        urls, emails = [record["linkedin_url"]], record["emails"] + record["personal_emails"]
    found = {f"in/{_slug(url)}" for url in urls if url}
    return found | {email.lower() for email in emails if email and not email.lower().startswith(ROLES)}


def _company_identifiers(company: dict[str, Any]) -> set[str]:
    urls = [company.get("linkedin_url"), company.get("url")]
    domains = [company.get("domain"), company.get("email_domain")]
    return {f"company/{_slug(url)}" for url in urls if url} | {_domain(domain) for domain in domains if domain}


def _assert_identifiers_are_sound(sets: list[tuple[str, set[str]]]) -> None:
    """Nothing is shared by two, and everything of one hangs together."""
    owners: dict[str, set[str]] = defaultdict(set)
    groups: dict[str, list[set[str]]] = defaultdict(list)
    for truth_id, identifiers in sets:
        assert identifiers, truth_id
        for identifier in identifiers:
            owners[identifier].add(truth_id)
        touching = [group for group in groups[truth_id] if group & identifiers]
        groups[truth_id] = [group for group in groups[truth_id] if not group & identifiers]
        groups[truth_id].append(identifiers.union(*touching))
    assert {one: shared for one, shared in owners.items() if len(shared) > 1} == {}
    assert {one: parts for one, parts in groups.items() if len(parts) > 1} == {}


@pytest.mark.parametrize("day", DAYS)
def test_the_truth_lists_exactly_what_is_served(box: Any, day: str) -> None:
    _assert_truth_is_what_is_served(box, day)


def _assert_truth_is_what_is_served(box: Any, day: str) -> None:
    box.move_to(day)
    told = Counter(
        (record["provider"], record["resource"], record["provider_record_id"]) for record in box.truth()["records"]
    )
    served = Counter((*resource, record_id) for resource, found in _everything(box).items() for record_id, _ in found)
    assert told == served
    assert set(told.values()) == {1}


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("reveal", [True, False], ids=["revealed", "unpaid"])
def test_identifiers_connect_all_of_one_person_and_never_two(box: Any, day: str, reveal: bool) -> None:
    _assert_all_identifiers_are_sound(box, day, reveal)


def _assert_all_identifiers_are_sound(box: Any, day: str, reveal: bool) -> None:
    box.move_to(day)
    truth = box.truth()
    whose = {
        (record["provider"], record["resource"], record["provider_record_id"]): record["truth_id"]
        for record in truth["records"]
    }
    people: list[tuple[str, set[str]]] = []
    companies: list[tuple[str, set[str]]] = []
    for (provider, resource), records in _everything(box, reveal=reveal).items():
        for record_id, record in records:
            truth_id = whose[provider, resource, record_id]
            if resource.lower().endswith("companies"):
                companies.append((truth_id, _company_identifiers(record)))
            else:
                people.append((truth_id, _person_identifiers(provider, record_id, record)))
    _assert_identifiers_are_sound(people)
    _assert_identifiers_are_sound(companies)


def test_companies_named_inside_people_always_lead_to_one_company(box: Any) -> None:
    _assert_mentions_are_sound(box, "2026-06-15")


def _assert_mentions_are_sound(box: Any, day: str) -> None:
    box.move_to(day)
    domains = {company["domain"]: company["truth_id"] for company in box.truth()["companies"]}
    slugs: dict[str, str] = {}
    served = _everything(box)
    for _, company in served["letrics", "companies"]:
        for identifier in _company_identifiers(company):
            slugs[identifier] = domains[_domain(company["domain"])]
    mentions = [profile["company"] for _, profile in served["contactout", "people_search"] if profile["company"]]
    mentions += [contact["company"] for _, contact in served["letrics", "contacts"]]
    mentions += [
        {"domain": event["companyDomain"], "url": event["companyLinkedIn"]}
        for _, event in served["leadiq", "trackedContacts"]
        if event["company"]
    ]
    for mention in mentions:
        identifiers = _company_identifiers(mention)
        known = {domains.get(one) or slugs.get(one) for one in identifiers} - {None}
        assert len(known) == 1, mention


def test_role_mailboxes_and_equal_names_are_there_to_mislead(box: Any) -> None:
    box.move_to("2026-07-01")
    truth, served = box.truth(), _everything(box)
    whose = {record["provider_record_id"]: record["truth_id"] for record in truth["records"]}
    addresses: dict[str, set[str]] = defaultdict(set)
    for record_id, event in served["leadiq", "trackedContacts"]:
        addresses[(event["email"] or "").lower()].add(whose[record_id])
    for record_id, contact in served["letrics", "contacts"]:
        for email in contact["emails"]:
            addresses[email.lower()].add(whose[record_id])
    shared = [address for address, owners in addresses.items() if address.startswith(ROLES) and len(owners) > 1]
    assert shared
    names = Counter(person["full_name"] for person in truth["people"])
    assert any(count > 1 for count in names.values())


def test_providers_disagree_about_how_things_are_written(box: Any) -> None:
    served = _everything(box)
    by_domain: dict[str, set[str]] = defaultdict(set)
    for resource in (("leadiq", "trackedCompanies"), ("letrics", "companies")):
        for _, company in served[resource]:
            by_domain[_domain(company["domain"])].add(company["name"])
    assert sum(len(names) > 1 for names in by_domain.values()) > 3
    urls = [contact["linkedin_url"] for _, contact in served["letrics", "contacts"] if contact["linkedin_url"]]
    urls += [event["linkedIn"] for _, event in served["leadiq", "trackedContacts"] if event["linkedIn"]]
    for form in ("^http:", "^https://linkedin", "/$", "^https://uk", "[A-Z]", "%C3", "[À-ÿ]"):
        assert any(re.search(form, url) for url in urls), form
    events = [event for _, event in served["leadiq", "trackedContacts"]]
    for field in ("linkedIn", "title", "email", "jobStartDate", "companySize", "titleLevel", "referenceId"):
        assert any(event[field] is None for event in events), field
        assert any(event[field] is not None for event in events), field


def test_only_reserved_domains_and_numbers_occur(box: Any) -> None:
    box.move_to("2026-09-01")
    served = _everything(box)
    text = json.dumps(list(served.values()), ensure_ascii=False)
    hosts = {host.lower() for host in re.findall(r"https?://([^/\"\s]+)", text)}
    hosts |= {host.lower() for host in re.findall(r"@([\w.-]+)", text)}
    reserved = re.compile(r"(.+\.)?(example\.(com|org|net)|example|linkedin\.com)")
    assert {host for host in hosts if not reserved.fullmatch(host)} == set()
    numbers = [contact["phone"] for _, contact in served["letrics", "contacts"]]
    numbers += [number for _, event in served["leadiq", "trackedContacts"] for number in event["phones"]]
    numbers += [number for _, event in served["leadiq", "trackedContacts"] for number in event["workPhones"]]
    numbers += [
        one for _, profile in served["contactout", "people_search"] for one in profile["contact_info"]["phones"]
    ]
    digits = {re.sub(r"\D", "", number) for number in numbers if number}
    assert len(digits) > 50
    assert {one for one in digits if not re.fullmatch(r"1?\d{3}55501\d\d|(44|0)207946\d{4}", one)} == set()


def test_the_same_seed_invents_the_same_world_in_every_process(start: Any) -> None:
    one, same, other = start("--seed", "11"), start("--seed", "11"), start("--seed", "12")
    for box in (one, same, other):
        box.move_to("2026-05-20")
    assert one.truth() == same.truth()
    assert _everything(one) == _everything(same)
    assert one.truth() != other.truth()


@pytest.mark.parametrize("seed", ["1", "2", "3", "4"])
def test_other_seeds_keep_the_same_promises(start: Any, seed: str) -> None:
    box = start("--seed", seed, "--people", "400", "--companies", "40", "--rate-scale", "1000")
    _assert_all_identifiers_are_sound(box, "2026-06-01", False)
    _assert_mentions_are_sound(box, "2026-01-20")
    _assert_truth_is_what_is_served(box, "2026-02-01")


def test_names_of_the_answer_key_are_those_served(box: Any) -> None:
    names = {person["truth_id"]: person["full_name"] for person in box.truth()["people"]}
    slugs = {person["linkedin_slug"] for person in box.truth()["people"]}
    whose = {record["provider_record_id"]: record["truth_id"] for record in box.truth()["records"]}
    for record_id, profile in _everything(box)["contactout", "people_search"]:
        assert profile["full_name"].casefold() == names[whose[record_id]].casefold()
        assert _slug(record_id) in slugs
    assert all(slug == unicodedata.normalize("NFC", slug).lower() for slug in slugs)


def test_each_of_the_first_days_brings_job_changes_of_every_awkward_kind(box: Any) -> None:
    day, seen = dt.date(2026, 3, 2), {event["id"] for event in box.events()}
    kinds: set[str] = set()
    for offset in range(1, 8):
        box.move_to((day + dt.timedelta(days=offset)).isoformat())
        today = (day + dt.timedelta(days=offset)).isoformat()
        new = [event for event in box.events() if event["id"] not in seen]
        seen |= {event["id"] for event in new}
        kinds |= {event["jobChangeType"] for event in new}
        assert len(new) >= 3
        assert any(event["jobChangeDetected"] < today for event in new), "one is back-dated"
        assert any(event["jobStartDate"] is None for event in new), "one has no start"
        for event in new:
            assert event["jobChangeDetected"] <= today
            assert (event["company"] is None) == (event["jobChangeType"] == "Departure") == (event["title"] is None)
    assert kinds == {"Departure", "JobChange", "Promotion"}


def test_the_calendar_brings_and_takes_away_and_can_be_turned_back(box: Any) -> None:
    before = _everything(box)
    box.move_to("2026-04-15")
    after = _everything(box)
    for resource in before:
        old, new = {one for one, _ in before[resource]}, {one for one, _ in after[resource]}
        assert new - old, resource
        assert bool(old - new) == (resource == ("leadiq", "trackedCompanies")), resource
    box.move_to("2026-03-02")
    assert _everything(box) == before


def test_other_providers_follow_a_job_change_with_a_lag(box: Any) -> None:
    box.move_to("2026-03-12")
    moved = {
        change["person_truth_id"]: change for change in box.truth()["job_changes"] if change["type"] == "JobChange"
    }
    names = {company["truth_id"]: company["domain"] for company in box.truth()["companies"]}

    def followed() -> int:
        whose = {record["provider_record_id"]: record["truth_id"] for record in box.truth()["records"]}
        found = 0
        for record_id, profile in _everything(box)["contactout", "people_search"]:
            change = moved.get(whose[record_id])
            if change and profile["company"] and profile["company"]["email_domain"]:
                found += profile["company"]["email_domain"] == names[change["to_company_truth_id"]]
        return found

    soon = followed()
    box.move_to("2026-04-20")
    assert soon < followed()


def test_job_changes_of_the_answer_key_are_those_announced(box: Any) -> None:
    box.move_to("2026-03-20")
    changes = {change["event_id"]: change for change in box.truth()["job_changes"]}
    events = {event["id"]: event for event in box.events()}
    assert set(changes) == set(events)
    for event_id, change in changes.items():
        event = events[event_id]
        assert change["type"] == event["jobChangeType"]
        assert change["reported_on"] == event["jobChangeDetected"]
        assert event["jobStartDate"] in (None, change["effective_on"])
        assert change["effective_on"] <= change["reported_on"] <= change["visible_on"] <= "2026-03-20"
        assert (change["to_company_truth_id"] is None) == (change["type"] == "Departure")
