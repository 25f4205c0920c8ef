"""Whatever LeadIQ's operations bring of a person, a company or a job change is known in the marts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.handmade import Raw

pytestmark = pytest.mark.slow

SLUG = "https://www.linkedin.com/in/{}-example"


def position(company: Any, **more: Any) -> Any:
    return {"companyId": company["source"], "companyInfo": company, "updatedAt": "2026-01-01T00:00:00Z", **more}


EXAMPLE = {
    "source": "co1", "name": "Example One", "domain": "one.example", "industry": "Software",
    "numberOfEmployees": 120, "revenue": 5000000, "foundedYear": 1999,
    "linkedinUrl": "https://www.linkedin.com/company/example-one",
    "locationInfo": {"city": "Dover", "areaLevel1": "New Hampshire", "country": "United States"},
}  # fmt: skip
PAST = {"source": "co2", "name": "Example Two", "domain": "two.example", "industry": "Fishing"}


@pytest.fixture(scope="module")
def raw(folder: Callable[[str], Path]) -> Raw:
    """One person (or company) through each table, each of their own, and what ties two of them together."""
    raw = Raw(folder("marts"), "leadiq")
    ada = {
        "_id": "p-ada", "name": {"first": "Ada", "last": "Example", "fullName": "Ada Example"},
        "currentPositions": [
            position(
                EXAMPLE, title="VP Sales", seniority="VP", function="Sales",
                dateRange={"start": "2025-05-01T00:00:00.000Z"},
                emails=[{"type": "WorkEmail", "status": "Verified", "value": "Ada@one.example"}, {"value": "hidden"}],
                phones=[
                    {"type": "WorkPhone", "verificationStatus": "LikelyAccurate", "value": "+1 212 555 0101"},
                    {"type": "Fax", "value": "+1 212 555 0199"},
                ],
            )
        ],
        "pastPositions": [
            position(PAST, title="Analyst", emails=[{"type": "WorkEmail", "value": "ada@two.example"}])
        ],
        "linkedin": {"linkedinUrl": SLUG.format("ada")},
        "location": {"city": "Dover", "areaLevel1": "New Hampshire", "country": "United States"},
        "personalEmails": [{"type": "PersonalEmail", "status": "VerifiedLikely", "value": "ada@mail.example"}],
        "personalPhones": [{"type": "PersonalMobile", "value": "hidden"}, {"value": "+1 212 555 0102"}],
    }  # fmt: skip
    raw.land("people", {"data": {"searchPeople": {"results": [ada]}}})
    raw.land("companies", {"data": {"searchCompany": {"results": [{"source": "co3", "name": "Example Three",
        "domain": "three.example", "industry": "Mining", "numberOfEmployees": 7, "foundedYear": 2001}]}}})  # fmt: skip
    raw.land("regenerated_times", {"data": {"regeneratedTime": {"time": "2026-01-01T00:00:00Z"}}})
    bob = {
        "id": "p-bob", "companyId": "co4", "name": "Bob Example", "linkedinUrl": SLUG.format("bob"), "title": "Head",
        "workEmails": ["bob@four.example", "old@four.example"], "verifiedWorkEmails": ["bob@four.example"],
        "personalPhones": ["hidden"], "workPhones": ["+1 212 555 0103"], "updatedAt": "2026-02-01T00:00:00Z",
        "company": {"id": "co4", "name": "Example Four", "domain": "four.example", "employeeCount": 40},
        "personJobChange": {
            "jobChangeType": "JobChange", "startedAt": 1769904000000,
            "previousPosition": {"title": "Analyst", "company": {"id": "co2", "name": "Example Two"}},
            "currentPosition": {"title": "Head", "company": {"id": "co4", "name": "Example Four"}},
        },
    }  # fmt: skip
    # Once with what was paid for, later without it: nothing bought is hidden by a cheaper answer.
    raw.land("search_people", {"data": {"flatAdvancedSearch": {"people": [bob]}}})
    raw.land(
        "search_people",
        {"data": {"flatAdvancedSearch": {"people": [{"id": "p-bob", "companyId": "co4"}]}}},
        at=datetime(2026, 3, 3, 6),
        selection="ids",
    )
    cleo = {
        "id": "p-cleo", "companyId": "co5", "name": "Cleo Example", "linkedinUrl": SLUG.format("cleo"),
        "title": "Director", "workEmails": ["hidden", "cleo@five.example"], "personalPhones": ["+1 212 555 0104"],
    }  # fmt: skip
    grouped = {
        "company": {"id": "co5", "name": "Example Five", "domain": "five.example", "industry": "Toys"},
        "people": [cleo, {"id": "p-dan", "name": "Dan Example", "title": "Clerk"}],
        "totalContactsInCompany": 12,
    }
    raw.land("search_companies", {"data": {"groupedAdvancedSearch": {"companies": [grouped]}}})
    raw.land("company_tracking_tasks", {"data": {"companyTrackingTask": {"id": "4", "status": "Successful"}}})
    event = {
        "id": "4", "jobChangeType": "TitleChange",
        "person": {
            "firstName": "Eve", "lastName": "Example", "linkedinUrl": SLUG.format("eve"), "email": "eve@six.example",
            "emailStatus": "Verified", "personalPhones": ["+1 212 555 0105"], "workPhones": ["hidden"],
        },
        "currentCompany": {"id": "co6", "inputName": "Example Six", "inputDomain": "six.example", "customData": None},
        "currentPosition": {"title": "CEO", "function": "Executive", "seniority": "Executive", "startDate": "2026-02-15"},
    }  # fmt: skip
    raw.land("company_job_changes",
        {"data": {"companyTrackingTask": {"id": "4", "jobChanges": {"edges": [{"node": event}]}}}})  # fmt: skip
    # An event of the other kind with the same id is another event, about somebody else.
    other = {"id": "4", "firstName": "Finn", "lastName": "Example", "linkedIn": SLUG.format("finn"),
        "jobChangeType": "Promotion", "jobChangeDetected": "2026-02-20", "company": "Example Seven", "title": "Chief",
        "companyDomain": "seven.example"}  # fmt: skip
    raw.land("tracked_contacts", {"data": {"trackedContacts": {"edges": [{"node": other}]}}})
    gail = {
        "id": "x1", "name": "Gail Example", "firstName": "Gail", "lastName": "Example", "title": "Manager",
        "workEmail": "gail@eight.example", "emailStatus": "Verified", "mobilePhone": "+1 212 555 0106",
        "linkedinUrl": SLUG.format("gail"), "company": {"name": "Example Eight", "domain": "eight.example"},
    }  # fmt: skip
    # Ada is on the list, too; her address says so.
    raw.land("prospects", {"items": [gail, {"id": "x2", "name": "A. Example", "workEmail": "ada@one.example"}]})
    return raw.build()


def test_each_person_is_one_row_however_many_answers_named_them(raw: Raw) -> None:
    found = raw.query("select full_name from marts.dim_people order by full_name")
    names = ["Ada", "Bob", "Cleo", "Dan", "Eve", "Finn", "Gail"]
    people = raw.query("select count(*), count(distinct person_id) from marts.dim_people")
    assert people == [(7, 7)]
    assert [name.split()[0] for (name,) in found if name is not None] == names


@pytest.mark.parametrize(
    ("name", "title", "company", "work_email", "status", "personal_email", "phone"),
    [
        (
            "Ada Example",
            "VP Sales",
            "Example One",
            "ada@one.example",
            "verified",
            "ada@mail.example",
            "+12125550101",
        ),
        ("Bob Example", "Head", "Example Four", "bob@four.example", "verified", None, "+12125550103"),
        ("Cleo Example", "Director", "Example Five", "cleo@five.example", "unknown", None, "+12125550104"),
        ("Dan Example", "Clerk", "Example Five", None, None, None, None),
        ("Eve Example", "CEO", "Example Six", "eve@six.example", "verified", None, "+12125550105"),
        ("Gail Example", "Manager", "Example Eight", "gail@eight.example", "verified", None, "+12125550106"),
    ],
)
def test_a_person_is_known_with_employment_and_contacts(
    raw: Raw,
    name: str,
    title: str,
    company: str,
    work_email: str | None,
    status: str | None,
    personal_email: str | None,
    phone: str | None,
) -> None:
    found = raw.query(
        "select people.title, companies.name, people.work_email, people.work_email_status, people.personal_email, "
        "people.phone from marts.dim_people as people left join marts.dim_companies as companies using (company_id) "
        f"where people.full_name = '{name}'"
    )
    assert found == [(title, company, work_email, status, personal_email, phone)]


def test_what_is_hidden_a_fax_or_of_a_position_of_the_past_reaches_nobody(raw: Raw) -> None:
    values = {value for (value,) in raw.query("select value from marts.dim_contact_points")}
    assert "+12125550102" in values
    assert not {value for value in values if "hidden" in value or value in ("+12125550199", "ada@two.example")}


def test_a_status_is_the_lists_that_an_address_stood_in(raw: Raw) -> None:
    found = raw.query("select value, status from marts.dim_contact_points where value like '%@four.example' order by 1")
    assert found == [("bob@four.example", "verified"), ("old@four.example", "unknown")]


def test_where_a_position_began_and_where_a_person_is_are_known(raw: Raw) -> None:
    found = raw.query(
        "select cast(position_started_on as varchar), city, country_code, seniority, department, linkedin_url "
        "from marts.dim_people where full_name = 'Ada Example'"
    )
    assert found[0][:3] == ("2025-05-01", "Dover", "US")
    assert None not in found[0]


def test_each_company_is_one_row_with_what_was_bought_of_it(raw: Raw) -> None:
    found = raw.query("select name, domain, industry, employee_count, founded_year from marts.dim_companies order by 1")
    facts = {name: rest for name, *rest in found}
    assert len(facts) == len(found) == 8
    assert facts["Example One"] == ["one.example", "Software", 120, 1999]
    # Its id alone ties the past position of one person to the job change of another.
    assert facts["Example Two"] == ["two.example", "Fishing", None, None]
    assert facts["Example Three"] == ["three.example", "Mining", 7, 2001]
    assert facts["Example Four"] == ["four.example", None, 40, None]
    assert facts["Example Five"] == ["five.example", "Toys", None, None]


def test_a_job_change_is_known_whichever_operation_told_of_it(raw: Raw) -> None:
    found = raw.query(
        "select people.full_name, changes.change_type, changes.from_company_name, changes.from_title, "
        "companies.name, changes.to_title, cast(changes.effective_on as varchar), "
        "cast(changes.reported_on as varchar) from marts.fct_job_changes as changes "
        "inner join marts.dim_people as people using (person_id) "
        "inner join marts.dim_companies as companies on changes.to_company_id = companies.company_id order by 1"
    )
    assert found == [
        ("Bob Example", "new_company", "Example Two", "Analyst", "Example Four", "Head", "2026-02-01", "2026-03-02"),
        ("Eve Example", "title_change", None, None, "Example Six", "CEO", "2026-02-15", "2026-03-02"),
        ("Finn Example", "promotion", None, None, "Example Seven", "Chief", None, "2026-02-20"),
    ]


def test_a_record_is_found_by_leadiqs_id_of_the_person(raw: Raw) -> None:
    found = raw.query(
        "select provider_record_id, count(*) over (partition by person_id) from marts.map_person_records "
        "where provider = 'leadiq' order by 1"
    )
    assert ("p-ada", 2) in found
    assert ("prospect:x2", 2) in found
    assert {name for name, _ in found} >= {"p-bob", "p-cleo", "p-dan", "company_job_change:4", "4", "prospect:x1"}
