"""What was held when, and what of it is a change, is told from everything that anybody said of a person's jobs."""

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

NOTHING: dict[str, list[str]] = {
    "emails": [],
    "personal_emails": [],
    "work_emails": [],
    "work_email_status": [],
    "phones": [],
}


def on(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T06:00:00")


def page(who: str) -> str:
    return f"https://www.linkedin.com/in/{who}-example"


def company(name: str) -> dict[str, Any]:
    return {"name": f"Example {name}", "domain": f"{name.lower()}.example"}


def contact(who: str, title: str, at: str, updated: str, **more: Any) -> dict[str, Any]:
    """A contact as Letrics gives it."""
    return {"data": [{
        "id": f"l-{who}", "full_name": f"{who.title()} Example", "job_title": title, "linkedin_url": page(who),
        "emails": [], "personal_emails": [], "updated_at": f"{updated}T04:00:00Z",
        "company": {"id": f"co-{at}", **company(at), **more},
    }], "meta": {"page": 1, "per_page": 25, "total": 1}, "errors": []}  # fmt: skip


def announced(event: str, who: str, kind: str, was: tuple[str, str], now: tuple[str, str] | None, detected: str,
    started: str | None = None) -> dict[str, Any]:  # fmt: skip
    """A tracked contact's event as LeadIQ tells it; jobs are (title, company)."""
    node = {
        "id": event, "firstName": who.title(), "lastName": "Example", "linkedIn": page(who), "jobChangeType": kind,
        "jobChangeDetected": detected, "jobStartDate": started, "lastKnownTitle": was[0],
        "lastKnownCompany": company(was[1])["name"], "lastKnownCompanyDomain": company(was[1])["domain"],
    }  # fmt: skip
    if now is not None:
        node |= {"title": now[0], "company": company(now[1])["name"], "companyDomain": company(now[1])["domain"]}
    return {"data": {"trackedContacts": {"edges": [{"node": node}]}}}


def held(
    title: str, at: str, start: tuple[int, int | None], end: tuple[int, int | None] | None = None
) -> dict[str, Any]:
    """A position of a ContactOut profile, its days in months or years."""
    return {
        "title": title, "company_name": company(at)["name"], "start_date_year": start[0], "start_date_month": start[1],
        "end_date_year": end and end[0], "end_date_month": end and end[1], "is_current": end is None,
    }  # fmt: skip


def profile(
    who: str, updated: str, *jobs: dict[str, Any], domain: str | None = None, main: bool = True
) -> dict[str, Any]:
    """A profile as ContactOut's search shows it; its company is that of the first job that is held, or missing."""
    now = next((job for job in jobs if main and job["is_current"]), None)
    employer = now and {
        "name": now["company_name"],
        "domain": domain or f"{now['company_name'].split()[1].lower()}.example",
    }
    return {"status_code": 200, "metadata": {"page": 1, "page_size": 25, "total_results": 1}, "profiles": {page(who): {
        "full_name": f"{who.title()} Example", "title": now and now["title"], "headline": None, "company": employer,
        "experience": list(jobs), "updated_at": f"{updated} 00:00:00", "contact_info": NOTHING,
        "contact_availability": {"personal_email": False, "work_email": False, "phone": False},
    }}}  # fmt: skip


@pytest.fixture(scope="module", params=["duckdb", pytest.param("postgres", marks=pytest.mark.soak)])
def raw(folder: Callable[[str], Path], request: pytest.FixtureRequest) -> Iterator[Raw]:
    """Each person lives through one rule."""
    with running_postgres() if request.param == "postgres" else nullcontext() as postgres:
        raw = Raw(folder(request.param), "letrics", postgres)

        def letrics(day: str, *given: Any, **more: Any) -> None:
            raw.land("contacts", contact(*given, **more), on(day), provider="letrics")

        def leadiq(day: str, *given: Any) -> None:
            raw.land("tracked_contacts", announced(*given), on(day), provider="leadiq")

        def contactout(day: str, *given: Any, **more: Any) -> None:
            raw.land("people", profile(*given, **more), on(day), "people_search profile", provider="contactout")

        # Told by one provider, taken in late by two others.
        letrics("2026-01-05", "lag", "Sales Director", "Ash", "2025-06-01")
        contactout("2026-01-05", "lag", "2025-06-01", held("Director of Sales", "Ash", (2020, 3)))
        leadiq(
            "2026-02-01",
            "e1",
            "lag",
            "JobChange",
            ("Director, Sales", "Ash"),
            ("VP Sales", "Birch"),
            "2026-01-30",
            None,
        )
        contactout("2026-02-20", "lag", "2026-02-18", held("VP of Sales", "Birch", (2026, 1)),
            held("Director of Sales", "Ash", (2020, 3), (2026, 1)))  # fmt: skip
        letrics("2026-03-25", "lag", "Vice President of Sales", "Birch", "2026-03-24")
        # The older state returns from another provider's record, and from its own.
        letrics("2026-01-05", "stale", "Analyst", "Ash", "2025-06-01")
        letrics("2026-02-05", "stale", "Analyst", "Birch", "2026-02-01")
        letrics("2026-03-05", "stale", "Analyst", "Ash", "2025-06-01")
        contactout("2026-03-06", "stale", "2025-05-01", held("Analyst", "Ash", (2021, 4)))
        # Another spelling of a title, and another name of a company.
        letrics("2026-01-05", "retitled", "VP Sales", "Ash", "2025-06-01")
        letrics("2026-02-05", "retitled", "Vice-President, Sales", "Ash", "2026-02-01")
        letrics("2026-01-05", "renamed", "VP Sales", "Cedar", "2025-06-01")
        letrics("2026-02-05", "renamed", "VP Sales", "Cedar", "2026-02-01", name="Example Spruce")
        letrics("2026-01-05", "restyled", "VP Sales", "Ash", "2025-06-01")
        leadiq("2026-02-01", "e3", "restyled", "JobChange", ("VP Sales", "Ash"), ("Vice President of Sales", "Ash"),
            "2026-01-30", "2026-01-15")  # fmt: skip
        # A promotion that versions reveal, a change of title beside it, and a promotion announced.
        letrics("2026-01-05", "risen", "Sales Manager", "Ash", "2025-06-01")
        letrics("2026-02-05", "risen", "Sales Director", "Ash", "2026-02-01")
        letrics("2026-01-05", "moved", "Sales Manager", "Ash", "2025-06-01")
        letrics("2026-02-05", "moved", "Marketing Manager", "Ash", "2026-02-01")
        leadiq(
            "2026-02-01",
            "e2",
            "stated",
            "Promotion",
            ("Analyst", "Ash"),
            ("Manager", "Ash"),
            "2026-01-30",
            "2026-01-10",
        )
        # Gone, and back again.
        contactout("2026-01-05", "gone", "2025-06-01", held("Analyst", "Ash", (2021, 4)))
        contactout("2026-02-05", "gone", "2026-02-01", held("Analyst", "Ash", (2021, 4), (2026, 1)))
        for day, at in (("2026-01-05", "Ash"), ("2026-02-20", "Birch"), ("2026-04-20", "Ash")):
            letrics(day, "back", "Analyst", at, day)
        # The same job twice, which another provider takes for one time.
        contactout("2026-01-05", "again", "2026-01-01", held("VP Sales", "Ash", (2025, 1)),
            held("VP Sales", "Ash", (2018, 3), (2023, 1)))  # fmt: skip
        leadiq("2026-02-01", "e4", "again", "JobChange", ("Analyst", "Birch"), ("VP Sales", "Ash"),
            "2026-01-30", "2018-03-01")  # fmt: skip
        # Two jobs at once; two that follow each other within a month; and a life before anybody looked.
        contactout("2026-01-05", "both", "2025-06-01", held("Analyst", "Ash", (2021, 4)))
        contactout(
            "2026-02-05", "both", "2026-02-01", held("Analyst", "Ash", (2021, 4)), held("Advisor", "Birch", (2026, 1))
        )
        contactout("2026-01-05", "torn", "2025-06-01", held("Analyst", "Ash", (2021, 4)))
        contactout("2026-02-05", "torn", "2026-02-01", held("Analyst", "Ash", (2021, 4)),
            held("Advisor", "Birch", (2022, 1)), main=False)  # fmt: skip
        contactout("2026-01-05", "month", "2025-06-01", held("Analyst", "Birch", (2025, 5)),
            held("Analyst", "Ash", (2021, 4), (2025, 5)), held("Analyst", "Birch", (2020, 1), (2021, 4)))  # fmt: skip
        # What only a history tells, of a job that began after the person was first seen.
        letrics("2026-01-05", "history", "Analyst", "Ash", "2026-01-01")
        contactout("2026-04-05", "history", "2026-04-01", held("Manager", "Birch", (2026, 3)),
            held("Analyst", "Ash", (2021, 4), (2026, 3)))  # fmt: skip
        raw.build()
        yield raw


def changes(raw: Raw, who: str) -> list[tuple[Any, ...]]:
    return raw.query(
        "select change_type, origins.domain, from_title, goals.domain, to_title, cast(effective_on as varchar), "
        "effective_precision, cast(reported_on as varchar), cast(cast(detected_at as date) as varchar), reported_by "
        "from marts.fct_job_changes as changes inner join marts.dim_people as people using (person_id) "
        "left join marts.dim_companies as origins on origins.company_id = from_company_id "
        "left join marts.dim_companies as goals on goals.company_id = to_company_id "
        f"where people.full_name = '{who.title()} Example' order by reported_on, change_type"
    )


def spells(raw: Raw, who: str) -> list[tuple[Any, ...]]:
    return raw.query(
        "select companies.domain, spells.title, cast(started_on as varchar), started_precision, "
        "cast(ended_on as varchar), ended_precision, is_current, providers from marts.fct_employment_spells as spells "
        "inner join marts.dim_people as people using (person_id) left join marts.dim_companies as companies "
        "on companies.company_id = spells.company_id "
        f"where people.full_name = '{who.title()} Example' order by started_on nulls last, spells.first_seen_at, is_current"
    )


def test_a_provider_that_lags_behind_tells_of_the_same_change(raw: Raw) -> None:
    assert changes(raw, "lag") == [
        ("new_company", "ash.example", "Director, Sales", "birch.example", "VP Sales", "2026-01-01", "month",
         "2026-01-30", "2026-02-01", "contactout,leadiq,letrics")
    ]  # fmt: skip


def test_one_job_under_the_words_of_three_providers_is_one_spell(raw: Raw) -> None:
    found = spells(raw, "lag")
    assert [(row[0], *row[2:]) for row in found] == [
        ("ash.example", "2020-03-01", "month", "2026-01-01", "month", False, "contactout,leadiq,letrics"),
        ("birch.example", "2026-01-01", "month", None, "unknown", True, "contactout,leadiq,letrics"),
    ]


def test_a_stale_record_that_is_seen_later_changes_nothing(raw: Raw) -> None:
    found = changes(raw, "stale")
    assert [(row[0], row[1], row[3]) for row in found] == [("new_company", "ash.example", "birch.example")]
    assert [(row[0], row[6]) for row in spells(raw, "stale")] == [("ash.example", False), ("birch.example", True)]


@pytest.mark.parametrize("who", ["retitled", "renamed", "restyled"])
def test_another_spelling_is_no_change_and_no_second_spell(raw: Raw, who: str) -> None:
    assert changes(raw, who) == []
    assert [row[6] for row in spells(raw, who)] == [True]
    assert raw.query(
        "select company_id is not null from marts.dim_people as people "
        f"where people.full_name = '{who.title()} Example'"
    ) == [(True,)]


@pytest.mark.parametrize(
    ("who", "kind"), [("risen", "promotion"), ("moved", "title_change"), ("stated", "promotion"), ("gone", "departure")]
)
def test_promotions_changes_of_title_and_departures_are_told_apart(raw: Raw, who: str, kind: str) -> None:
    found = changes(raw, who)
    assert [(row[0], row[1]) for row in found] == [(kind, "ash.example")]
    assert found[0][3] == (None if kind == "departure" else "ash.example")


def test_a_job_that_ended_is_not_current_and_has_its_end(raw: Raw) -> None:
    assert spells(raw, "gone") == [
        ("ash.example", "Analyst", "2021-04-01", "month", "2026-01-01", "month", False, "contactout")
    ]


def test_whoever_returns_has_a_second_spell_and_a_second_change(raw: Raw) -> None:
    assert [(row[1], row[3]) for row in changes(raw, "back")] == [
        ("ash.example", "birch.example"), ("birch.example", "ash.example")
    ]  # fmt: skip
    found = spells(raw, "back")
    assert sorted(row[0] for row in found) == ["ash.example", "ash.example", "birch.example"]
    assert [row[0] for row in found if row[6]] == ["ash.example"]


def test_of_one_job_held_twice_only_the_last_time_is_current(raw: Raw) -> None:
    found = [(row[2], row[4], row[6]) for row in spells(raw, "again") if row[0] == "ash.example"]
    assert found == [("2018-03-01", "2023-01-01", False), ("2025-01-01", None, True)]


@pytest.mark.parametrize("who", ["both", "torn"])
def test_two_jobs_at_once_are_both_held_and_no_change(raw: Raw, who: str) -> None:
    assert changes(raw, who) == []
    assert [(row[0], row[6]) for row in spells(raw, who)] == [("ash.example", True), ("birch.example", True)]


def test_a_month_gives_no_order_and_a_past_before_the_first_sight_is_no_change(raw: Raw) -> None:
    assert changes(raw, "month") == []
    assert spells(raw, "month") == [
        ("birch.example", "Analyst", "2020-01-01", "month", "2021-04-01", "month", False, "contactout"),
        ("ash.example", "Analyst", "2021-04-01", "month", "2025-05-01", "month", False, "contactout"),
        ("birch.example", "Analyst", "2025-05-01", "month", None, "unknown", True, "contactout"),
    ]


def test_a_history_tells_of_a_change_since_the_first_sight(raw: Raw) -> None:
    assert changes(raw, "history") == [
        ("new_company", "ash.example", "Analyst", "birch.example", "Manager", "2026-03-01", "month", "2026-04-01",
         "2026-04-05", "contactout")
    ]  # fmt: skip


def test_ids_stay_when_more_evidence_arrives(raw: Raw) -> None:
    """Last in this file: it goes on with the warehouse."""
    before = raw.query("select job_change_id, person_id from marts.fct_job_changes order by 1")
    held_before = {row[0] for row in raw.query("select spell_id from marts.fct_employment_spells")}
    raw.land("tracked_contacts", announced("e9", "risen", "Promotion", ("Sales Manager", "Ash"),
        ("Director, Sales", "Ash"), "2026-01-20", "2026-01-15"), on("2026-05-01"), provider="leadiq")  # fmt: skip
    raw.build()
    assert raw.query("select job_change_id, person_id from marts.fct_job_changes order by 1") == before
    assert held_before <= {row[0] for row in raw.query("select spell_id from marts.fct_employment_spells")}
    assert [(row[5], row[9]) for row in changes(raw, "risen")] == [("2026-01-15", "leadiq,letrics")]
