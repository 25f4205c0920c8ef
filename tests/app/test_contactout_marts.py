"""Whatever ContactOut endpoint a person, a company or a verdict comes from, the marts know it, and nothing hides another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.handmade import Raw
from tests.postgres import running_postgres

pytestmark = pytest.mark.slow

ADA = "https://www.linkedin.com/in/ada-example"
BOB = "https://www.linkedin.com/in/bob-example"
CLEO = "https://www.linkedin.com/in/cleo-example"
DAN = "https://www.linkedin.com/in/dan-example"
EVE = "https://www.linkedin.com/in/eve-example"
FINN = "https://www.linkedin.com/in/finn-example"
HAL = "https://www.linkedin.com/in/hal-example"
ONE = {
    "name": "Example One", "url": "https://www.linkedin.com/company/example-one", "domain": "one.example",
    "email_domain": "one.example", "size": 50, "country": "United States", "revenue": 6101000, "founded_at": 2007,
    "industry": "Healthcare", "headquarter": "Dover, New Hampshire, United States", "website": "http://www.one.example",
    "specialties": [], "locations": ["Dover, New Hampshire, United States"],
}  # fmt: skip
NO_CONTACTS: dict[str, list[str]] = {
    "emails": [],
    "personal_emails": [],
    "work_emails": [],
    "work_email_status": [],
    "phones": [],
}


def march(day: int) -> datetime:
    return datetime(2026, 3, day, 6)


def searched(name: str, **more: Any) -> dict[str, Any]:
    """A profile as a search shows it."""
    return {
        "full_name": name, "title": "Chief Executive Officer", "headline": f"{name}, at Example One", "company": ONE,
        "location": "Boston, Massachusetts, United States", "country": "United States", "seniority": "CXO",
        "job_function": "Operations", "updated_at": "2026-01-15 00:00:00",
        "contact_availability": {"personal_email": True, "work_email": True, "phone": True}, "contact_info": NO_CONTACTS,
        "experience": [{"title": "Chief Executive Officer", "company_name": "Example One", "start_date_year": 2021,
            "start_date_month": 5, "end_date_year": None, "end_date_month": None, "is_current": True}],
        **more,
    }  # fmt: skip


def profiles(found: dict[str, Any]) -> dict[str, Any]:
    return {
        "status_code": 200,
        "metadata": {"page": 1, "page_size": 25, "total_results": len(found)},
        "profiles": found,
    }


def batch(result: dict[str, Any]) -> dict[str, Any]:
    return {"data": {"uuid": "96d1d610-f163-484e-a433-3006c862c14d", "status": "DONE", "result": result}}


def land_ada(raw: Raw) -> None:
    """One person through nine endpoints, the most expensive answer first."""
    bought = {
        "emails": ["ada@example.com", "ada@ada.example", "Ada@one.example"],
        "personal_emails": ["ada@example.com", "ada@ada.example"], "work_emails": ["Ada@one.example"],
        "work_email_status": {"ada@one.example": "Verified"}, "phones": ["+1 212 555 0101"],
    }  # fmt: skip
    raw.land("people", profiles({"https://linkedin.com/in/ada-example": searched("Ada Example", contact_info=bought)}),
        march(2), "people_search profile contact_info")  # fmt: skip
    raw.land("people", profiles({ADA: searched("Ada Example")}), march(3), "decision_makers profile")
    enriched = {
        "url": ADA, "github": [], "twitter": [], "full_name": "Ada Example", "headline": "At Example One",
        "company": ONE, "location": "Boston, Massachusetts, United States", "experience": [], "country": "United States",
        "updated_at": "2026-01-15 00:00:00",
    }  # fmt: skip
    raw.land("people", {"status_code": 200, "profile": enriched}, march(4), "linkedin_enrich profile")
    raw.land(
        "people",
        {"status_code": 200, "profile": {"url": ADA, "email": [], "work_email": [], "work_email_status": [],
            "personal_email": [], "phone": ["+12125550101"], "github": []}},
        march(5),
        "people_linkedin phone",
    )  # fmt: skip
    raw.land(
        "people",
        {"status_code": 200, "profiles": {
            "https://linkedin.com/in/ada-example":
                ["ada@one.example", "ada@ada.example", "ada@example.com", "a.example@one.example", "ada2@example.com"],
            "https://linkedin.com/in/bob-example": ["bob@two.example"],
            "https://linkedin.com/in/gail-example": [],
        }},
        march(6),
        "people_linkedin_batch work_email personal_email",
    )  # fmt: skip
    raw.land(
        "people",
        batch({ADA: {"emails": ["ada@one.example"], "personal_emails": [], "work_emails": ["ada@one.example"],
            "phones": ["+12125550101"]}, BOB: {"emails": [], "personal_emails": [], "work_emails": [], "phones": []}}),
        march(7),
        "people_linkedin_batch_v2 work_email personal_email phone",
    )  # fmt: skip
    camel_case = {
        "email": "ada3@three.example", "workEmail": "", "workEmailStatus": "", "fullName": "Ada Example",
        "headline": "", "linkedinUrl": ADA, "confidenceLevel": "", "altMatches": [], "phone": " +1.2125550101",
        "twitter": "", "github": "", "company": [], "location": "Boston, Massachusetts, United States",
        "updatedAt": "2026-01-15 00:00:00",
    }  # fmt: skip
    raw.land(
        "people", {"status_code": 200, "profile": camel_case}, march(8), "email_enrich profile personal_email phone"
    )
    raw.land("people", {"status_code": 200, "profile": enriched}, march(9), "people_enrich profile")
    raw.land("people", {"status_code": 200, "profile": {"email": "ada.old@four.example", "linkedin": ADA}}, march(10),
        "people_person linkedin_url")  # fmt: skip


def land_others(raw: Raw) -> None:
    cleo = {"emails": ["cleo@one.example", "c@one.example"], "personal_emails": [],
        "work_emails": ["cleo@one.example", "c@one.example"],
        "work_email_status": {"cleo@one.example": "Verified", "c@one.example": "Unverified"}, "phones": []}  # fmt: skip
    raw.land("people", profiles({CLEO: searched("Cleo Example", contact_info=cleo)}), march(2),
        "people_search profile contact_info")  # fmt: skip
    # A lookup of one profile tells the title in the history alone, and nobody has bought this person otherwise.
    dan = {"url": DAN, "full_name": "Dan Example", "headline": "Making things", "company": ONE, "experience": [
        {"start_date": "20204", "end_date": None, "title": "Director of Sales", "company_name": "Example One",
         "start_date_year": 2020, "start_date_month": 4, "is_current": True},
        {"start_date": "20184", "end_date": "20203", "title": "Analyst", "company_name": "Example Nine",
         "start_date_year": 2018, "start_date_month": 4, "is_current": False}]}  # fmt: skip
    raw.land("people", {"status_code": 200, "profile": dan}, march(2), "linkedin_enrich profile")
    raw.land("people", {"status_code": 200, "profile": {"email": "eve@five.example", "linkedin": EVE}}, march(2),
        "people_person linkedin_url")  # fmt: skip
    finn = {"id": "4", "firstName": "Finn", "lastName": "Example", "linkedIn": FINN, "jobChangeType": "Promotion",
        "jobChangeDetected": "2026-02-20", "company": "Example Six", "title": "Chief", "email": "finn@six.example",
        "emailStatus": "Unverified", "companyDomain": "six.example", "workPhones": ["+1 212 555 0103"]}  # fmt: skip
    raw.land(
        "tracked_contacts", {"data": {"trackedContacts": {"edges": [{"node": finn}]}}}, march(20), provider="leadiq"
    )
    raw.land("people", {"status_code": 200, "profile": {"url": FINN, "phone": ["+12125550103"]}}, march(21),
        "people_linkedin phone")  # fmt: skip

    hal = {**NO_CONTACTS, "emails": ["hal@one.example"], "work_emails": ["hal@one.example"]}
    raw.land("people", profiles({HAL: searched("Hal Example", contact_info=hal)}), march(2),
        "people_search profile contact_info")  # fmt: skip
    raw.land("people", {"status_code": 200, "profile": {"email": "hal@old.example", "linkedin": HAL}}, march(3),
        "people_person linkedin_url")  # fmt: skip


def land_verifications(raw: Raw) -> None:
    for day, email, status in (
        (11, "ada@one.example", "valid"),
        (12, "Ada@one.example", "unknown"),
        (11, "ada@ada.example", "valid"),
        (12, "ada@ada.example", "accept_all"),
        (11, "cleo@one.example", "valid"),
        (11, "c@one.example", "unknown"),
        (11, "finn@six.example", "valid"),
        (11, "hal@one.example", "invalid"),
        (11, "hal@old.example", "accept_all"),
        (11, "nobody@seven.example", "valid"),
    ):
        raw.land(
            "email_verifications", {"status_code": 200, "data": {"status": status}}, march(day), f"email_verify {email}"
        )
    raw.land(
        "email_verification_results",
        batch({"cleo@one.example": "invalid", "ada@example.com": "disposable", "nobody@eight.example": "valid"}),
        march(13),
        "email_verify_batch",
    )


def land_companies(raw: Raw) -> None:
    one = {**ONE, "size": 96, "location": "Dover US", "overview": "Makes examples."}
    two = {"name": "Example Two", "url": "https://linkedin.com/company/example-two", "domain": "two.example", "size": 7,
        "country": "Germany", "revenue": "$5.4M", "founded_at": 2015, "industry": "Toys", "headquarter": None,
        "website": None, "location": "Bonn", "specialties": [], "locations": [
            {"city": "Berlin", "line1": "", "state": "Berlin", "country": "Germany", "description": "Branch"},
            {"city": "Bonn", "state": "North Rhine-Westphalia", "country": "Germany", "isPrimary": True}]}  # fmt: skip
    raw.land(
        "companies", {"status_code": 200, "metadata": {"page": 1}, "companies": [one, two]}, march(14), "company_search"
    )
    raw.land(
        "companies",
        {"status_code": 200, "companies": [
            # Found under another domain than its own, which is the one that counts.
            {"old-one.example": {"li_vanity": "https://www.linkedin.com/company/example-one", "name": "Example One",
                "domain": "one.example", "type": "Privately Held", "locations": []}},
            {"ten.example": {"li_vanity": "https://www.linkedin.com/company/example-ten", "name": "Example Ten",
                "headquarter": "80 Harbour Road, Munich, DE", "country": "Germany", "size": 89, "revenue": "$5.4M",
                "locations": []}},
        ]},
        march(15),
        "domain_enrich",
    )  # fmt: skip


@pytest.fixture(scope="module", params=["duckdb", pytest.param("postgres", marks=pytest.mark.soak)])
def raw(request: pytest.FixtureRequest, folder: Callable[[str], Path]) -> Iterator[Raw]:
    with running_postgres() if request.param == "postgres" else nullcontext() as url:
        raw = Raw(folder(request.param), "contactout", url)
        for land in (land_ada, land_others, land_verifications, land_companies):
            land(raw)
        yield raw.build()


def points(raw: Raw, slug: str) -> dict[str, tuple[Any, ...]]:
    """Kind, status, source and verification of each contact point of the person behind a profile."""
    rows = raw.query(
        "select value, points.kind, status, status_source, verification_status, cast(verified_at as varchar), is_current "
        "from marts.dim_contact_points as points inner join marts.dim_people as people using (person_id) "
        f"where linkedin_url = '{slug}' order by value"
    )
    found = {value: tuple(rest) for value, *rest in rows}
    assert len(found) == len(rows), "a contact point is there twice"
    return found


def test_a_person_asked_for_through_every_endpoint_is_one_person(raw: Raw) -> None:
    assert raw.query(
        f"select count(*), min(full_name), min(record_count) from marts.dim_people where linkedin_url = '{ADA}'"
    ) == [(1, "Ada Example", 1)]
    # ContactOut has no id of a person: every answer about a profile is a version of one record.
    assert raw.query(
        "select count(*) from marts.map_person_records inner join marts.dim_people using (person_id) "
        f"where provider_record_id = '{ADA}' and linkedin_url = '{ADA}'"
    ) == [(1,)]
    seen = "select cast(first_seen_at as varchar), cast(last_seen_at as varchar) from marts.dim_people"
    assert raw.query(f"{seen} where linkedin_url = '{ADA}'") == [("2026-03-02 06:00:00", "2026-03-10 06:00:00")]


def test_a_cheap_lookup_after_an_expensive_one_hides_nothing(raw: Raw) -> None:
    found = raw.query(
        "select people.full_name, title, seniority, companies.domain, people.city, people.country_code, "
        "cast(position_started_on as varchar), work_email, work_email_status, personal_email, phone "
        "from marts.dim_people as people inner join marts.dim_companies as companies using (company_id) "
        f"where people.linkedin_url = '{ADA}'"
    )
    assert found == [
        ("Ada Example", "Chief Executive Officer", "c_level", "one.example", "Boston", "US", "2021-05-01",
         "ada@one.example", "verified", "ada@ada.example", "+12125550101")
    ]  # fmt: skip
    assert all(is_current for *_, is_current in points(raw, ADA).values())


def test_each_contact_point_is_there_once_and_of_one_kind(raw: Raw) -> None:
    assert {value: kind for value, (kind, *_) in points(raw, ADA).items()} == {
        "ada@one.example": "work_email",
        # Not at a mail provider, and yet known as personal from the other answers.
        "ada@ada.example": "personal_email",
        "ada@example.com": "personal_email",
        # Known from a list without kinds alone: a company's domain, and a mail provider's.
        "a.example@one.example": "work_email",
        "ada2@example.com": "personal_email",
        # The endpoint is documented to give a personal one.
        "ada3@three.example": "personal_email",
        "ada.old@four.example": "work_email",
        "+12125550101": "personal_phone",
    }
    # A number of which ContactOut says no kind is of the kind that LeadIQ states.
    assert points(raw, FINN)["+12125550103"][0] == "work_phone"


def test_who_is_known_by_a_profile_and_an_address_alone_is_a_person_without_a_name(raw: Raw) -> None:
    people = (
        "select linkedin_url, full_name, title, company_id, work_email from marts.dim_people where full_name is null"
    )
    assert raw.query(f"{people} order by 1") == [
        (BOB, None, None, None, "bob@two.example"),
        (EVE, None, None, None, "eve@five.example"),
    ]


def test_a_title_that_stands_in_the_history_alone_is_known(raw: Raw) -> None:
    assert raw.query(
        "select title, seniority, department, company_name, cast(position_started_on as varchar) "
        f"from marts.dim_people where linkedin_url = '{DAN}'"
    ) == [("Director of Sales", "director", "sales", "Example One", "2020-04-01")]


@pytest.mark.parametrize(
    ("slug", "value", "expected"),
    [
        # What could not be found out hides no verdict.
        (ADA, "ada@one.example", ("verified", "contactout", "verified", "2026-03-11 06:00:00")),
        # The latest verdict counts, whichever way it was asked for.
        (ADA, "ada@ada.example", ("accept_all", "contactout", "accept_all", "2026-03-12 06:00:00")),
        (ADA, "ada@example.com", ("disposable", "contactout", "disposable", "2026-03-13 06:00:00")),
        (CLEO, "cleo@one.example", ("invalid", "contactout", "invalid", "2026-03-13 06:00:00")),
        # Nothing was found out, and what the record says stands.
        (CLEO, "c@one.example", ("unverified", "contactout", "unknown", "2026-03-11 06:00:00")),
        # Another provider's person, and its later word that nobody has verified the address.
        (FINN, "finn@six.example", ("verified", "contactout", "verified", "2026-03-11 06:00:00")),
        (ADA, "a.example@one.example", ("unknown", "contactout", None, None)),
    ],
)
def test_a_verification_is_known_with_its_date(
    raw: Raw, slug: str, value: str, expected: tuple[str | None, ...]
) -> None:
    assert points(raw, slug)[value][1:5] == expected


def test_an_address_that_was_found_invalid_is_nobodys_best_one(raw: Raw) -> None:
    best = "select work_email, work_email_status from marts.dim_people where linkedin_url"
    assert raw.query(f"{best} = '{CLEO}'") == [("c@one.example", "unverified")]
    assert raw.query(f"{best} = '{FINN}'") == [("finn@six.example", "verified")]


def test_an_address_at_another_company_that_nobody_says_is_of_work_is_not_the_work_address(raw: Raw) -> None:
    assert points(raw, HAL)["hal@old.example"][:2] == ("work_email", "accept_all")
    assert raw.query(f"select work_email from marts.dim_people where linkedin_url = '{HAL}'") == [(None,)]


def test_a_verified_address_that_nobody_has_reaches_nobody(raw: Raw) -> None:
    assert raw.query("select * from marts.dim_contact_points where value like 'nobody@%'") == []
    assert raw.query("select * from marts.dim_people where work_email like 'nobody@%'") == []


def test_a_company_is_known_from_a_search_and_from_its_domain(raw: Raw) -> None:
    found = raw.query(
        "select domain, name, linkedin_url, industry, employee_count, revenue_usd, founded_year, city, state, "
        "country_code, record_count from marts.dim_companies order by 1"
    )
    page = "https://www.linkedin.com/company/example-{}".format
    assert found == [
        ("one.example", "Example One", page("one"), "Healthcare", 96, 6101000, 2007, "Dover", "New Hampshire", "US", 1),
        ("six.example", "Example Six", None, None, None, None, None, None, None, None, 1),
        # Its record names no domain: the one it was asked for by is its own.
        ("ten.example", "Example Ten", page("ten"), None, 89, 5400000, None, "Munich", None, "DE", 1),
        (
            "two.example",
            "Example Two",
            page("two"),
            "Toys",
            7,
            5400000,
            2015,
            "Bonn",
            "North Rhine-Westphalia",
            "DE",
            1,
        ),
    ]
    assert raw.query("select * from marts.map_company_records where provider_record_id like '%old-one%'") == []
