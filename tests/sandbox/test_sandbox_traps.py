"""Traps are added to a population that stays what it is; each is told by providers, and its truth is known."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from sandbox.__main__ import read_settings
from sandbox.population import PROVIDERS, Person, invent
from sandbox.traps import KINDS, MOST_TRAPS, with_traps
from sandbox.vocabulary import HEAD_OFFICE_AREA_CODES

START = dt.date(2026, 3, 2)
LATER = "2026-03-12"
TWO_TURNS = 2 * len(KINDS)
# Which kinds share which contact value among people; everywhere else a value has one owner.
SHARED = {
    "email": {"recycled_email", "father_and_son", "couple", "role_mailbox", "bridge"},
    "phone": {"recycled_phone", "father_and_son", "couple", "head_office_phone", "false_chain"},
    "slug": set(),
}
ONE_PERSON_OTHER_NAME = (
    "nickname",
    "initial",
    "middle_name",
    "last_name_first",
    "title_or_suffix",
    "transliteration",
    "changed_family_name",
    "two_family_names",
)


@pytest.fixture(scope="module")
def box(module_start: Any) -> Any:
    return module_start("--rate-scale", "1000", "--traps", str(TWO_TURNS))


@pytest.fixture(scope="module")
def told(box: Any) -> dict[str, list[dict[str, Any]]]:
    """What providers tell on a day of every trap, by its kind: each record of a person with its owner."""
    box.move_to(LATER)
    found = defaultdict(list)
    labels = {record["provider_record_id"]: record for record in box.truth()["records"]}
    for record in _people(box):
        label = labels[record["id"]]
        if "trap" in label:
            found[label["trap"]].append({**record, "owner": label["truth_id"], "case": label["trap_case"]})
    return found


def _people(box: Any) -> list[dict[str, Any]]:
    """Every provider's records of people in one form."""
    events = [
        {
            "provider": "leadiq",
            "id": node["id"],
            "name": f"{node['firstName']} {node['lastName']}",
            "url": node["linkedIn"],
            "emails": [node["email"]] if node["email"] else [],
            "phones": node["phones"],
            "title": node["title"],
            "raw": node,
        }
        for node in box.events()
    ]
    profiles = [
        {
            "provider": "contactout",
            "id": f"https://www.linkedin.com/in/{_slug(url)}",
            "name": one["full_name"],
            "url": url,
            "emails": one["contact_info"]["emails"],
            "phones": one["contact_info"]["phones"],
            "title": one["title"],
            "raw": one,
        }
        for url, one in box.profiles(reveal_info=True)
    ]
    contacts = [
        {
            "provider": "letrics",
            "id": one["id"],
            "name": one["full_name"],
            "url": one["linkedin_url"],
            "emails": [*one["emails"], *one["personal_emails"]],
            "phones": [one["phone"]] if one["phone"] else [],
            "title": one["job_title"],
            "raw": one,
        }
        for one in box.collection("contacts")
    ]
    return [*events, *profiles, *contacts]


def _slug(url: str) -> str:
    """Whom a profile's URL names, in any of its spellings."""
    path = urlsplit(url if "//" in url else f"//{url}").path
    kind, name, *groups = unquote(path).strip("/").lower().split("/")
    return f"{name}-{''.join(reversed(groups))}" if kind == "pub" else name


def _line(phone: str) -> str:
    return "".join(mark for mark in phone if mark.isdigit())[-10:]


def _of(records: list[dict[str, Any]], field: str) -> dict[int, dict[str, set[Any]]]:
    """The values of a field by case and owner."""
    found: dict[int, dict[str, set[Any]]] = defaultdict(lambda: defaultdict(set))
    for record in records:
        values = record[field] if isinstance(record[field], list) else [record[field]]
        found[record["case"]][record["owner"]] |= set(values)
    return found


def test_without_traps_nothing_is_labelled(start: Any) -> None:
    truth = start("--people", "20", "--companies", "5").truth()
    assert "traps" not in truth
    entries = [*truth["people"], *truth["companies"], *truth["records"], *truth["contactout"]["records"]]
    assert not [entry for entry in entries if "trap" in entry]


def test_traps_change_nothing_of_the_population(start: Any, box: Any) -> None:
    without = start("--rate-scale", "1000")
    for each in (without, box):
        each.move_to(LATER)
    trapped = {entry["truth_id"] for trap in box.truth()["traps"] for entry in _named(trap)}
    truth = {record["provider_record_id"]: record["truth_id"] for record in box.truth()["records"]}
    before = {record["id"]: record for record in _people(without)}
    after = {record["id"]: record for record in _people(box) if truth[record["id"]] not in trapped}
    assert after == before
    companies = {one["id"]: one for one in without.collection("companies")}
    assert {one["id"]: one for one in box.collection("companies") if truth[one["id"]] not in trapped} == companies


def _named(trap: dict[str, Any]) -> list[dict[str, str]]:
    return [{"truth_id": one} for one in (*trap["people"], *trap["companies"])]


def test_every_kind_takes_its_turn_and_the_same_seed_sets_the_same_traps(box: Any) -> None:
    traps = box.truth()["traps"]
    assert [trap["trap"] for trap in traps] == [*KINDS, *KINDS]
    assert [trap["trap_case"] for trap in traps] == list(range(1, TWO_TURNS + 1))
    once, again = (with_traps(invent(7, 30, 8, START), TWO_TURNS) for _ in range(2))
    assert [_plain(person) for person in once.people] == [_plain(person) for person in again.people]


def _plain(person: Person) -> tuple[object, ...]:
    views = [
        (provider, view.full_name, view.url, view.work_emails, view.personal_emails, view.phone, view.title, view.since)
        for provider in person.views
        for view in person.views[provider]
    ]
    return person.truth_id, person.full_name, person.slug, person.personal_email, person.phone, person.trap, views


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_is_part_of_a_trap_is_seen(told: dict[str, list[dict[str, Any]]], box: Any, kind: str) -> None:
    traps = [trap for trap in box.truth()["traps"] if trap["trap"] == kind]
    for trap in traps:
        records = [record for record in told[kind] if record["case"] == trap["trap_case"]]
        assert {record["owner"] for record in records} == set(trap["people"])
        assert len({record["provider"] for record in records}) > 1


@pytest.mark.parametrize("day", ["2026-03-02", "2026-03-04", LATER])
def test_truth_knows_whose_each_record_is(box: Any, day: str) -> None:
    box.move_to(day)
    owners = defaultdict(set)
    for record in box.truth()["records"]:
        owners[record["provider"], record["entity"], record["provider_record_id"]].add(record["truth_id"])
    assert all(len(found) == 1 for found in owners.values())
    assert {(one["provider"], "person", one["id"]) for one in _people(box)} <= set(owners)
    listed = {("leadiq", "company", one["id"]) for one in box.tracked_companies()}
    known = {("letrics", "company", one["id"]) for one in box.collection("companies")}
    employers = {
        ("contactout", "company", _company(one["company"]["url"], one["company"]["domain"]))
        for _, one in box.profiles()
        if one["company"]
    }
    joined = {
        ("leadiq", "company", _company(one["companyLinkedIn"], one["companyDomain"]))
        for one in box.events()
        if one["company"]
    }
    assert listed | known | employers | joined <= set(owners)


def _company(url: str | None, domain: str | None) -> str:
    if url:
        return f"https://www.linkedin.com/company/{url.rstrip('/').rsplit('/', 1)[-1]}"
    assert domain
    return domain.lower().split("://")[-1].removeprefix("www.")


@pytest.mark.parametrize("kind", ONE_PERSON_OTHER_NAME)
def test_one_person_has_another_name_in_one_provider(told: dict[str, list[dict[str, Any]]], kind: str) -> None:
    for people in _of(told[kind], "name").values():
        ((_, names),) = people.items()
        assert len(names) > 1
    ties = [_of(told[kind], field) for field in ("emails", "url", "phones")]
    assert all(any(tie[case] for tie in ties) for case in _of(told[kind], "name"))


@pytest.mark.parametrize("value", SHARED)
def test_a_value_is_shared_where_the_trap_says_so_and_nowhere_else(box: Any, value: str) -> None:
    box.move_to(LATER)
    labels = {record["provider_record_id"]: record for record in box.truth()["records"]}
    owners: dict[str, set[str]] = defaultdict(set)
    kinds: dict[str, set[str]] = defaultdict(set)
    for record in _people(box):
        label = labels[record["id"]]
        values = {
            "email": [one.lower() for one in record["emails"]],
            "phone": [_line(one) for one in record["phones"]],
            "slug": [_slug(record["url"])] if record["url"] else [],
        }[value]
        for one in values:
            owners[one].add(label["truth_id"])
            kinds[one].add(label.get("trap", ""))
    roles = ("info@", "sales@")
    shared = {one for one, found in owners.items() if len(found) > 1}
    of_traps = {kind for one in shared for kind in kinds[one] if kind}
    assert of_traps == SHARED[value]
    assert all(kinds[one] == {""} and one.startswith(roles) or "" not in kinds[one] for one in shared)


def test_one_page_is_written_in_many_ways(told: dict[str, list[dict[str, Any]]]) -> None:
    for people in _of(told["linkedin_spelling"], "url").values():
        ((_, urls),) = people.items()
        assert len(urls) == len(PROVIDERS)
        assert len({_slug(url) for url in urls}) == 1
    forms = {
        url for people in _of(told["linkedin_spelling"], "url").values() for urls in people.values() for url in urls
    }
    assert any("/pub/" in url for url in forms)


def test_a_changed_page_is_stated_by_a_record_with_an_id_or_a_key(box: Any) -> None:
    box.move_to("2026-03-02")
    cases = [trap for trap in box.truth()["traps"] if trap["trap"] == "changed_slug"]
    owners = {person: trap["trap_case"] for trap in cases for person in trap["people"]}
    pages: dict[tuple[int, str], set[str]] = defaultdict(set)
    for day in ("2026-03-02", LATER):
        box.move_to(day)
        labels = {record["provider_record_id"]: record["truth_id"] for record in box.truth()["records"]}
        for record in _people(box):
            owner = labels[record["id"]]
            if owner in owners:
                key = record["raw"].get("externalRecordId") or record["id"]
                pages[owners[owner], key].add(_slug(record["url"]))
    for trap in cases:
        assert any(case == trap["trap_case"] and len(found) == 2 for (case, _), found in pages.items())


def test_a_new_profile_is_another_page_of_the_same_address(told: dict[str, list[dict[str, Any]]]) -> None:
    for people in _of(told["new_profile"], "url").values():
        ((_, urls),) = people.items()
        assert len({_slug(url) for url in urls if url}) == 2
    for people in _of(told["new_profile"], "emails").values():
        ((_, emails),) = people.items()
        assert len({email.lower() for email in emails}) == 1


def test_namesakes_and_equal_names_are_two_and_more(told: dict[str, list[dict[str, Any]]]) -> None:
    for kind in ("namesakes", "equal_names", "father_and_son"):
        for people in _of(told[kind], "name").values():
            names = [{name.removesuffix(" Jr.").removesuffix(" Sr.") for name in found} for found in people.values()]
            assert len(names) > 1
            assert all(found == names[0] for found in names)


def test_a_company_changes_its_name_under_one_id(box: Any) -> None:
    seen: dict[str, set[tuple[str, str | None]]] = defaultdict(set)
    for day in ("2026-03-02", LATER):
        box.move_to(day)
        labels = {record["provider_record_id"]: record for record in box.truth()["records"]}
        for one in (*box.collection("companies"), *box.tracked_companies()):
            if labels[one["id"]].get("trap") in ("rebrand", "renamed_company"):
                seen[one["id"]].add((one["name"], one["domain"]))
    assert len(seen) == 2 * 2 * 2
    assert all(len({name for name, _ in found}) == 2 for found in seen.values())


def test_companies_are_told_alike_and_are_not(box: Any) -> None:
    box.move_to(LATER)
    labels = {record["provider_record_id"]: record for record in box.truth()["records"]}
    told: dict[str, dict[int, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for one in box.collection("companies"):
        label = labels[one["id"]]
        if "trap" in label:
            told[label["trap"]][label["trap_case"]].append(one)
    for one, other in told["equal_company_names"].values():
        assert one["name"] == other["name"]
        assert one["country"] != other["country"]
    for houses in told["franchise"].values():
        assert len({house["domain"] for house in houses}) == 1
        assert len({house["city"] for house in houses}) == 3
    for hosted in told["hosted_domain"].values():
        assert len({one["domain"].split("/")[-2 if "/" in one["domain"] else 0] for one in hosted}) == 1
    for parent, child in told["subsidiary"].values():
        fields = ("linkedin_url", "website", "domain")
        assert any(parent[field] is not None and parent[field] == child[field] for field in fields)
    for (spelt,) in told["company_spelling"].values():
        assert spelt["domain"] is None
        assert spelt["linkedin_url"] is None


def test_jobs_are_told_otherwise_without_a_change(told: dict[str, list[dict[str, Any]]], box: Any) -> None:
    changes: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for change in box.truth()["job_changes"]:
        changes[change["person_truth_id"]].append(change)

    def of(kind: str) -> list[str]:
        return sorted({record["owner"] for record in told[kind]})

    for kind in ("retitled", "concurrent", "lagging_provider", "renamed_company"):
        assert [len(changes[person]) for person in of(kind)] == [1] * len(of(kind))
    for person in of("return"):
        first, *_, last = changes[person]
        assert first["to_company_truth_id"] == last["to_company_truth_id"]
    for kind in ("concurrent", "lagging_provider", "stale_record"):
        for people in _of([{**one, "at": _employer(one)} for one in told[kind]], "at").values():
            ((_, employers),) = people.items()
            assert len(employers) > 1


def _employer(record: dict[str, Any]) -> str:
    raw = record["raw"]
    domain = raw["companyDomain"] if record["provider"] == "leadiq" else raw["company"]["domain"]
    return _company(None, domain)


def test_as_many_traps_as_there_may_be_share_no_number_by_chance() -> None:
    population = with_traps(invent(3, 1, 2, START), MOST_TRAPS)
    people = [person for person in population.people if person.trap is not None]
    assert len({person.slug for person in population.people}) == len(population.people)
    owners: dict[str, set[str]] = defaultdict(set)
    for person in people:
        assert person.trap is not None
        if person.phone is not None and person.phone[2:5] not in HEAD_OFFICE_AREA_CODES:
            owners[person.phone].add(f"{person.trap.kind} {person.trap.case}")
        views = [view for told in person.views.values() for view in told]
        hosts = {mail.partition("@")[2] for view in views for mail in (*view.work_emails, *view.personal_emails)}
        assert all(host.rpartition(".")[2] == "example" or host.startswith("example.") for host in hosts)
    assert all(len(cases) == 1 for cases in owners.values())


@pytest.mark.parametrize("number", ["-1", str(MOST_TRAPS + 1)])
def test_a_number_of_traps_that_cannot_be_is_refused(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        read_settings(["--traps", number])
    assert "--traps" in capsys.readouterr().err
