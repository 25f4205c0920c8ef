"""The main job on three simulated days, compared with the sandbox's own truth."""

from __future__ import annotations

import json
import shlex
import stat
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.app.truth import same_job_changes, truth_of
from tests.house import DAYS, PROJECT, House, Run, Sandbox, forms_of_keys, running_sandbox

OPERATIONS = {
    "trackedContacts": "leadiq",
    "trackedCompanies": "leadiq",
    "people_search": "contactout",
    "contacts": "letrics",
    "companies": "letrics",
}


@dataclass
class Story:
    """Three days, and what each left behind."""

    house: House
    sandbox: Sandbox
    runs: list[Run]
    charged: list[dict[str, float]]
    again: Run
    charged_again: dict[str, float]


@pytest.fixture(scope="module")
def story(folder: Callable[[str], Path]) -> Iterator[Story]:
    with running_sandbox() as sandbox:
        house = House(folder("three-days")).configure(sandbox.info)
        runs, charged = [], []
        for day in DAYS:
            sandbox.move_to(day)
            runs.append(house.run("sync", "--json", day=day).ok())
            charged.append(sandbox.charged())
        again = house.run("sync", "--json", "--no-build", day=DAYS[-1]).ok()
        yield Story(house, sandbox, runs, charged, again, sandbox.charged())


def test_every_person_is_one_row_and_no_row_is_two_people(story: Story) -> None:
    ours = story.house.query("select provider, provider_record_id, person_id from marts.map_person_records")
    _same_partition(story, "person", ours)


def test_every_company_is_one_row_and_no_row_is_two_companies(story: Story) -> None:
    ours = story.house.query("select provider, provider_record_id, company_id from marts.map_company_records")
    _same_partition(story, "company", ours)
    # Companies that only stand inside records of people are known by their domain.
    domains = {company["domain"]: company["truth_id"] for company in story.sandbox.truth()["companies"]}
    rows = story.house.query(
        "select domain, count(*) from marts.dim_companies where domain is not null group by domain"
    )
    assert {domain for domain, _ in rows} <= domains.keys()
    assert all(count == 1 for _, count in rows)


def test_every_reported_job_change_is_there_once_with_what_changed(story: Story) -> None:
    same_job_changes(story.house, story.sandbox)


def test_credits_charged_are_credits_in_the_ledger(story: Story) -> None:
    rows = story.house.query(
        "select requests.provider, credits.credit_type, sum(credits.credits_estimated) "
        "from marts.fct_request_credits as credits inner join marts.fct_api_requests as requests using (request_id) "
        "group by all"
    )
    assert {(provider, kind): amount for provider, kind, amount in rows} == {
        ("contactout", kind): amount for kind, amount in story.charged[-1].items()
    }
    usage = story.house.query("select credit_type, sum(credits_estimated) from marts.fct_credit_usage group by all")
    assert dict(usage) == story.charged[-1]


def test_the_ledger_holds_every_request_the_providers_saw(story: Story) -> None:
    requests = story.sandbox.books()["requests"]
    ours = story.house.query("select provider, operation, count(*) from marts.fct_api_requests group by all")
    seen: dict[tuple[str, str], int] = defaultdict(int)
    for request in requests[: len(requests) - _requests_of(story.again)]:
        seen[request["provider"], request["operation"]] += 1
    assert {(provider, operation): count for provider, operation, count in ours} == dict(seen)


def test_what_cannot_have_changed_is_not_bought_again(story: Story) -> None:
    assert story.charged[0]
    assert story.charged[1] == story.charged[0]
    assert story.charged[2] == story.charged[0]


def test_a_second_sync_on_the_same_day_spends_nothing(story: Story) -> None:
    assert story.charged_again == story.charged[-1]
    assert all(not resource["credits"] for resource in story.again.json["syncs"][0]["resources"])


def test_later_days_read_only_what_is_new(story: Story) -> None:
    first, second = (_resource(run, "leadiq", "tracked_contacts")["records"] for run in story.runs[:2])
    assert 0 < second < first


def test_companies_that_left_the_tracked_list_are_no_longer_tracked(story: Story) -> None:
    listed = {
        record["truth_id"]
        for record in story.sandbox.truth()["records"]
        if record["resource"] == "trackedCompanies" and record["entity"] == "company"
    }
    companies = truth_of(
        story.house,
        story.sandbox,
        "company",
        "select provider, provider_record_id, company_id from marts.map_company_records",
    )
    tracked = {
        companies[row[0]] for row in story.house.query("select company_id from marts.dim_companies where is_tracked")
    }
    assert tracked == listed


def test_balances_are_those_of_the_meters(story: Story) -> None:
    rows = story.house.query(
        "select credit_type, used, quota, remaining from marts.fct_credit_balances "
        "where provider = 'contactout' and read_at = (select max(read_at) from marts.fct_credit_balances) "
        "and period_start = date '2026-03-01'"
    )
    assert {row[0] for row in rows} == {"email", "phone", "search"}
    for kind, used, quota, remaining in rows:
        assert used == story.charged[-1][kind]
        assert remaining == quota - used


def test_the_period_that_ends_on_a_day_that_does_not_exist_ends_on_the_months_last(story: Story) -> None:
    rows = story.house.query(
        "select distinct period_start, period_end from marts.fct_credit_balances where provider = 'contactout'"
    )
    assert {(str(start), str(end)) for start, end in rows} == {
        ("2026-03-01", "2026-03-31"),
        ("2026-02-01", "2026-02-28"),
    }


def test_every_column_of_every_mart_is_described_in_the_published_copy(story: Story) -> None:
    silent = story.house.query(
        "select table_name, column_name from duckdb_columns() where schema_name = 'marts' and coalesce(comment, '') = ''"
    )
    assert silent == []
    models = PROJECT / "dbt_project" / "models"
    marts = [*(models / "marts").glob("*.sql"), *(models / "semantic").glob("*.sql")]
    described = story.house.query("select * from duckdb_tables() where schema_name = 'marts' and comment <> ''")
    assert len(described) == len(marts)


def test_no_key_is_written_anywhere_and_everything_is_for_its_owner_alone(story: Story) -> None:
    wide, leaking = [], []
    forms = [form.encode() for form in forms_of_keys()]
    for path in (story.house.folder / "data").rglob("*"):
        if not path.is_file():
            continue
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            wide.append(str(path))
        body = path.read_bytes()
        if any(form in body for form in forms):
            leaking.append(str(path))
    assert leaking == []
    assert wide == []
    for run in [*story.runs, story.again]:
        assert not any(form in run.out + run.err for form in forms_of_keys())


def test_the_journal_keeps_no_body_that_has_landed(story: Story) -> None:
    import sqlite3

    with sqlite3.connect(story.house.journal) as connection:
        assert connection.execute("select count(*) from answers").fetchone()[0] == 0
        assert connection.execute("select count(*) from requests where landed = 1").fetchone()[0] > 0


def test_status_says_how_the_last_sync_ended_and_what_is_left(story: Story) -> None:
    found = story.house.run("status", "--json").ok().json
    assert found["last_sync"]["outcome"] == "complete"
    assert found["credits"]["contactout"] == story.charged[-1]
    balances = {one["credit_type"]: one for one in found["balances"]}
    assert balances.keys() >= {"search", "email", "phone", "uc"}
    # This month's reading counts, not last month's, which was taken after it.
    assert balances["search"]["used"] == story.charged[-1]["search"]


def _same_partition(story: Story, entity: str, ours: list[tuple[Any, ...]]) -> None:
    """Our clusters and the true ones hold the same records together."""
    truth = {
        (record["provider"], record["provider_record_id"]): record["truth_id"]
        for record in story.sandbox.truth()["records"]
        if record["entity"] == entity
    }
    found = {(row[0], row[1]): row[2] for row in ours}
    known = found.keys() & truth.keys()
    assert len(known) > 100 if entity == "person" else len(known) > 50
    seen_by = {provider for provider, _ in known}
    assert seen_by == ({"leadiq", "contactout", "letrics"} if entity == "person" else {"leadiq", "letrics"})
    true_of: dict[str, set[str]] = defaultdict(set)
    ours_of: dict[str, set[str]] = defaultdict(set)
    for record in known:
        true_of[found[record]].add(truth[record])
        ours_of[truth[record]].add(found[record])
    assert {one: names for one, names in true_of.items() if len(names) > 1} == {}
    assert {one: names for one, names in ours_of.items() if len(names) > 1} == {}


def _resource(run: Run, provider: str, resource: str) -> dict[str, Any]:
    return next(
        one
        for one in run.json["syncs"][-1]["resources"]
        if one["provider"] == provider and one["resource"] == resource
    )  # fmt: skip


def _requests_of(run: Run) -> int:
    return sum(one["answers"] for sync in run.json["syncs"] for one in sync["resources"])


def test_json_output_is_one_document(story: Story) -> None:
    for run in story.runs:
        json.loads(run.out)
        assert run.err == ""


def test_the_commands_of_the_readme_work_as_they_stand(story: Story) -> None:
    """Last in this file: it goes on with the house."""
    block = (PROJECT / "README.md").read_text().split("## Commands")[1].split("```")[1]
    lines = [shlex.split(line) for line in block.splitlines() if line.startswith("leadhouse ")]
    assert {line[1] for line in lines} == {
        *("demo", "sandbox", "check", "sync", "build", "status"),
        *("plan", "quarantine", "reparse", "explain", "credits", "dashboard"),
    }
    for line in lines:
        if line[1] == "explain":
            # The README's is somebody of the demo.
            line[2] = story.house.query("select min(person_id) from marts.dim_people")[0][0]
        if line[1] not in ("demo", "sandbox"):
            story.house.run(*line[1:], day=DAYS[-1]).ok()
    assert story.sandbox.charged() == story.charged[-1]
