"""What the credit marts say of lookups and findings is what was asked, what was charged and what is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from leadhouse.failures import Exit
from tests.house import DAYS, House, Sandbox, running_sandbox

pytestmark = pytest.mark.slow

SEARCHES = """
[sources.leadiq.searches.vps]
data = ["profile", "emails"]
contact = { seniorities = ["VP"] }

[prices.usd]
leadiq = { uc = 0.05 }
"""
LOOKED_UP = 12
POINTS = ("--data", "profile", "--data", "emails")


@dataclass
class Told:
    """A house after a sync and lookups, and what the sandbox knows."""

    house: House
    sandbox: Sandbox
    profiles: list[str]

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        return self.house.query(sql)


@pytest.fixture(scope="module")
def told(folder: Callable[[str], Path]) -> Iterator[Told]:
    with running_sandbox("--people", "120", "--companies", "30", "--rate-scale", "1000") as sandbox:
        house = House(folder("credit-marts")).configure(sandbox.info, SEARCHES)
        house.environment["SOURCES__CONTACTOUT__LOOKUPS__JOBS_FROM"] = "5"
        house.environment["SOURCES__CONTACTOUT__LOOKUPS__POLL_SECONDS"] = "0.05"
        house.run("sync", "--no-build").ok()
        people = sandbox.truth()["leadiq"]["people"]
        named = {one["truth_id"]: one["linkedin_slug"] for one in sandbox.truth()["people"]}
        slugs = [named[one["truth_id"]] for one in people if one["truth_id"] in named][:LOOKED_UP]
        profiles = [f"https://www.linkedin.com/in/{slug}" for slug in slugs]
        rows = house.csv([{"linkedin_url": url, "reference": f"crm-{n}"} for n, url in enumerate(profiles)])
        house.run("lookup", "leadiq.people", "--from", rows, *POINTS, "--no-build").ok()
        house.run("lookup", "contactout.people", "--from", rows, "--data", "work_email", "--no-build").ok()
        # The same again: all of it is fresh.
        house.run("lookup", "leadiq.people", "--from", rows, *POINTS, "--no-build").ok()
        house.run("build").ok()
        yield Told(house, sandbox, profiles)


def test_every_question_is_there_once_with_the_person_it_found(told: Told) -> None:
    rows = told.query(
        "select lookups.provider, lookups.customer_references, lookups.outcome, people.linkedin_url "
        "from marts.fct_lookups as lookups left join marts.dim_people as people using (person_id) "
        "where lookups.lookup = 'people' order by all"
    )
    for provider in ("contactout", "leadiq"):
        asked = [row[1:] for row in rows if row[0] == provider]
        found = [row for row in asked if row[1] == "found"]
        assert {row[0] for row in asked} <= {f"crm-{n}" for n in range(LOOKED_UP)}
        assert found
        for reference, _, url in found:
            assert url == told.profiles[int(reference.removeprefix("crm-"))], (provider, reference)
        assert all(url is None for _, outcome, url in asked if outcome != "found")
    assert len([row for row in rows if row[0] == "leadiq"]) == LOOKED_UP


def test_what_lookups_cost_adds_up_to_their_requests_also_in_batches(told: Told) -> None:
    shared = told.query(
        "select lookups.provider, credits.credit_type, round(sum(credits.credits_estimated), 6) "
        "from marts.fct_lookup_credits as credits inner join marts.fct_lookups as lookups using (lookup_id) "
        "group by all order by all"
    )
    charged = told.query(
        "select requests.provider, credits.credit_type, round(sum(credits.credits_estimated), 6) "
        "from marts.fct_request_credits as credits inner join marts.fct_api_requests as requests using (request_id) "
        "where requests.resource like 'lookup_%' group by all order by all"
    )
    assert shared == charged
    assert {row[:2] for row in shared} >= {("leadiq", "uc"), ("contactout", "email")}
    ways = told.query("select distinct way from marts.fct_lookups where provider = 'contactout' and lookup = 'people'")
    assert len(ways) == 1


def test_findings_add_up_to_what_is_known(told: Told) -> None:
    found = told.query(
        "select sum(people_found), sum(companies_found), sum(contact_points_found), sum(job_changes_found) "
        "from marts.fct_daily_findings"
    )
    known = told.query(
        "select (select count(*) from marts.dim_people), (select count(*) from marts.dim_companies), "
        "(select count(distinct (person_id, value)) from marts.dim_contact_points), "
        "(select count(*) from marts.fct_job_changes)"
    )
    assert found == known
    assert min(found[0]) > 0


def test_what_is_fresh_is_told_as_saved(told: Told) -> None:
    bought = told.query(
        "select count(*) from marts.fct_lookups where provider = 'leadiq' and lookup = 'people' and outcome = 'found'"
    )
    saved = told.query(
        "select questions, credits_saved, round(usd_saved, 6) from marts.rpt_credit_savings "
        "where provider = 'leadiq' and reason = 'fresh'"
    )
    # At most 1.1 credits for each who was found; who was not found would cost nothing again.
    credits = 1.1 * bought[0][0]
    assert saved == [(LOOKED_UP, pytest.approx(credits), pytest.approx(credits * 0.05))]


def test_hit_rates_are_of_those_who_were_asked_about(told: Told) -> None:
    rows = told.query(
        "select asked, found, hit_rate from marts.rpt_hit_rates where operation = 'searchPeople' and kind = 'work_email'"
    )
    with_email = told.query(
        "select count(distinct lookups.lookup_id) from marts.fct_lookups as lookups "
        "inner join marts.dim_contact_points as points using (person_id) "
        "where lookups.provider = 'leadiq' and lookups.lookup = 'people' and points.kind = 'work_email' "
        "and points.providers like '%leadiq%'"
    )
    assert rows[0][0] == LOOKED_UP
    assert 0 < rows[0][1] <= with_email[0][0]
    assert rows[0][2] == pytest.approx(rows[0][1] / LOOKED_UP)


def test_freshness_tells_what_was_read_to_its_end(told: Told) -> None:
    rows = dict(
        (row[0], row[1:])
        for row in told.query("select resource, last_success_at, lag_hours, last_outcome from marts.rpt_freshness")
    )
    assert f"{rows['tracked_contacts'][0]:%Y-%m-%d}" == DAYS[0]
    assert rows["tracked_contacts"][1:] == (0.0, "ok")


def test_a_row_that_goes_missing_between_raw_and_staging_fails_the_build(told: Told) -> None:
    """Last in this file: it breaks the warehouse."""
    assert told.query("select sum(missing), sum(raw) > 100 from marts.rpt_record_reconciliation") == [(0, True)]
    with duckdb.connect(str(told.house.warehouse)) as connection:
        connection.execute(
            "delete from staging.base_letrics__contacts where _row_id = (select min(_row_id) from staging.base_letrics__contacts)"
        )
    ended = told.house.run("build")
    assert ended.code == Exit.BUILD_FAILED
    assert "assert_nothing_goes_missing" in ended.out
