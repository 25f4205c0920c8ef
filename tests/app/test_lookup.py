"""`leadhouse lookup`: what is asked is what is not known yet, and every answer is paid for once."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.house import DAYS, UNHURRIED, House, Run, Sandbox, running_sandbox


@pytest.fixture(scope="module")
def town() -> Iterator[Sandbox]:
    with running_sandbox("--people", "80", "--companies", "40", "--rate-scale", "1000") as one:
        yield one


@pytest.fixture
def own(tmp_path: Path, town: Sandbox) -> House:
    """An empty house; the sandbox's books go on from one test to the next."""
    town.no_faults()
    return House(tmp_path, dict(UNHURRIED)).configure(town.info).prepare()


def people(town: Sandbox, number: int) -> list[dict[str, Any]]:
    """People whom LeadIQ knows by their profile."""
    known = [one for one in town.truth()["leadiq"]["people"]]
    assert len(known) >= number, "the sandbox knows enough people"
    return known[:number]


def look_up(house: House, *arguments: str, day: str = DAYS[0]) -> Run:
    return house.run("lookup", "leadiq.people", "--no-build", "--json", *arguments, day=day)


def spent(town: Sandbox) -> float:
    return town.charged("leadiq").get("uc", 0)


def outcomes(house: House) -> list[tuple[Any, ...]]:
    return house.query(
        "select line, reference, outcome from raw_leadhouse.lookups order by asked_at, line", house.warehouse
    )


def test_each_row_is_bought_once_and_every_answer_stands_beside_its_own_key(own: House, town: Sandbox) -> None:
    known = people(town, 3)
    rows = [{"reference": f"crm-{n}", "id": one["id"]} for n, one in enumerate(known, 1)]
    rows.append({"reference": "crm-again", "id": known[0]["id"]})
    rows.append({"reference": "crm-nobody", "id": "000000000000000000000000"})
    file = own.csv(rows)
    before = spent(town)
    found = look_up(own, "--from", file, "--data", "profile", "--data", "emails").ok().json
    assert found["input"]["asked"] == 4
    assert found["input"]["same"] == 1
    cost = spent(town) - before
    assert cost > 0
    ledger = own.query("select sum(credits_estimated) from raw_leadhouse.request_credits", own.warehouse)
    assert ledger == [(pytest.approx(cost),)]
    assert cost <= found["input"]["at_most"]["uc"]
    assert {(reference, outcome) for _, reference, outcome in outcomes(own)} == {
        ("crm-1", "found"), ("crm-2", "found"), ("crm-3", "found"), ("crm-again", "found"), ("crm-nobody", "not_found"),
    }  # fmt: skip
    assert own.query("select count(*) from raw_leadiq.people", own.warehouse) == [(3,)]

    again = look_up(own, "--from", file, "--data", "emails").ok().json
    assert again["input"]["asked"] == 0
    assert again["input"]["fresh"] == 5, "what was answered, also with nothing, is not asked again"
    assert spent(town) - before == cost

    more = look_up(own, "--from", file, "--data", "phones").ok().json
    assert more["input"]["asked"] == 4, "a data point that was not asked for is not known"

    later = look_up(own, "--from", file, "--data", "emails", day="2026-07-01").ok().json
    assert later["input"]["asked"] == 4, "what is no longer fresh is asked again"


def test_what_cannot_identify_anyone_is_said_by_its_line_and_costs_nothing(own: House, town: Sandbox) -> None:
    rows = [
        {"linkedin_url": "https://www.linkedin.com/company/example", "colour": "green"},
        {"email": "nobody"},
        {"full_name": "Jane Example"},
        {"first_name": "Jane", "company_name": "Example"},
        {},
    ]
    before, asked = spent(town), town.asked("leadiq.searchPeople")
    found = look_up(own, "--from", own.csv(rows)).ok().json
    assert [one["line"] for one in found["input"]["refused"]] == [1, 2, 3, 4, 5][: len(found["input"]["refused"])]
    assert len(found["input"]["refused"]) == 5
    assert found["input"]["ignored_columns"] == ["colour"]
    assert (spent(town), town.asked("leadiq.searchPeople")) == (before, asked)


def test_a_dry_run_asks_nobody_and_says_what_it_can_cost(own: House, town: Sandbox) -> None:
    file = own.csv([{"id": one["id"]} for one in people(town, 4)])
    asked = town.asked("leadiq.searchPeople")
    said = own.run("lookup", "leadiq.people", "--from", file, "--data", "emails", "--dry-run").ok()
    assert "4 rows: 4 to ask." in said.out
    assert "At most 4 uc credits." in said.out
    assert town.asked("leadiq.searchPeople") == asked


@pytest.mark.parametrize("more", [(), ("--dry-run",)], ids=["asking", "dry run"])
def test_a_lookup_in_a_warehouse_that_cannot_be_opened_is_refused_in_a_sentence(
    own: House, town: Sandbox, more: tuple[str, ...]
) -> None:
    file = own.csv([{"id": one["id"]} for one in people(town, 1)])
    own.warehouse.parent.mkdir(parents=True, exist_ok=True)
    own.warehouse.write_text("This is no database.")
    asked = town.asked("leadiq.searchPeople")
    run = own.run("lookup", "leadiq.people", "--from", file, *more)
    assert run.code == 2, run.out + run.err
    assert "is not a DuckDB database" in run.err
    assert town.asked("leadiq.searchPeople") == asked


def test_a_budget_stops_a_lookup_and_the_same_command_goes_on(own: House, town: Sandbox) -> None:
    file = own.csv([{"id": one["id"]} for one in people(town, 5)])
    before = spent(town)
    stopped = look_up(own, "--from", file, "--data", "company", "--max-credits", "leadiq.uc=7")
    assert stopped.code == 3
    assert 0 < spent(town) - before <= 7
    rest = look_up(own, "--from", file, "--data", "company").ok().json
    done = len(outcomes(own))
    assert rest["input"]["fresh"] + rest["input"]["asked"] == 5
    assert 0 < rest["input"]["fresh"] < 5
    assert done == 5, "each row was asked once"


@pytest.mark.soak
def test_a_lookup_that_was_killed_is_finished_by_the_next_sync_and_nothing_is_bought_twice(
    own: House, town: Sandbox
) -> None:
    file = own.csv([{"id": one["id"]} for one in people(town, 6)])
    town.fault(provider="leadiq", operation="searchPeople", kind="stall", seconds=8, skip=3, times=1)
    before = town.asked("leadiq.searchPeople")
    killed = own.kill_when(
        lambda: town.asked("leadiq.searchPeople") >= before + 3,
        "lookup",
        "leadiq.people",
        "--no-build",
        "--from",
        file,
        after=0.5,
    )
    assert killed
    town.no_faults()
    own.environment["LEADHOUSE__REPEAT_UNKNOWN_UP_TO"] = "30"
    own.run("sync", "leadiq", "--no-build", "--only", "account").ok()
    rows = outcomes(own)
    assert sorted({line for line, _, outcome in rows if outcome == "found"}) == [1, 2, 3, 4, 5, 6]
    charged = own.query("select sum(credits_estimated) from raw_leadhouse.request_credits", own.warehouse)
    assert charged[0][0] <= 6 * 0.1 + 0.1, "but what was in flight"


def test_a_row_that_the_provider_refuses_does_not_stop_the_others(own: House, town: Sandbox) -> None:
    file = own.csv([{"id": one["id"]} for one in people(town, 3)])
    body = {"errors": [{"message": "The id is not well-formed."}], "data": None}
    town.fault(provider="leadiq", operation="searchPeople", kind="status", status=400, skip=1, times=1, body=body)
    look_up(own, "--from", file).ok()
    assert [outcome for _, _, outcome in outcomes(own)] == ["found", "invalid", "found"]


@pytest.mark.slow
def test_an_answer_that_was_lost_is_asked_again_on_request_alone(own: House, town: Sandbox) -> None:
    own.environment["LEADHOUSE__REPEAT_UNKNOWN_UP_TO"] = "0"
    file = own.csv([{"id": one["id"]} for one in people(town, 2)])
    town.fault(provider="leadiq", operation="searchPeople", kind="reset", times=1)
    assert look_up(own, "--from", file).code == 4
    town.no_faults()
    rest = look_up(own, "--from", file).ok().json
    assert rest["input"]["unknown"] == [1]
    assert (rest["input"]["asked"], rest["input"]["fresh"]) == (0, 1), "one lost answer does not stop the others"
    last = look_up(own, "--from", file, "--repeat-unknown").ok().json
    assert last["input"]["asked"] == 1
    assert {outcome for _, _, outcome in outcomes(own)} == {"found", "unknown"}


def test_an_address_can_be_kept_out_of_the_request(own: House, town: Sandbox) -> None:
    own.environment["SOURCES__LEADIQ__LOOKUPS__HASH_EMAILS"] = "true"
    file = own.csv([{"email": "Jane.Roe@example.com"}])
    look_up(own, "--from", file).ok()
    frozen = json.dumps(town.books())
    assert "jane.roe@example.com" not in frozen.lower()
    with sqlite3.connect(own.journal) as journal:
        kept = journal.execute("select settings from syncs").fetchall()
    assert kept
    assert "example.com" not in str(kept), "what was brought is not kept in the journal once it is answered"
    assert [outcome for _, _, outcome in outcomes(own)] == ["not_found"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("lookup", "leadiq.person", "--from", "x.csv"), "leadiq.companies, leadiq.people"),
        (("lookup", "leadiq.people"), "either --from FILE or --sql QUERY"),
        (("lookup", "leadiq.people", "--from", "nowhere.csv"), "nowhere.csv cannot be read"),
        (("lookup", "leadiq.people", "--from", "x.csv", "--data", "shoes"), "profile, emails, phones, company"),
        (("lookup", "leadiq.people", "--sql", "select * from marts.nothing"), "--sql"),
        (("lookup", "leadiq.people", "--sql", "selec"), "--sql"),
    ],
)
def test_a_lookup_that_cannot_be_made_is_refused_in_a_sentence(
    own: House, arguments: tuple[str, ...], says: str
) -> None:
    (own.folder / "x.csv").write_text("id\n1\n")
    run = own.run(*arguments)
    assert run.code == 2, run.out + run.err
    assert says in run.err
    assert "Traceback" not in run.err


def test_rows_come_from_a_query_on_the_warehouse(own: House, town: Sandbox) -> None:
    one = people(town, 1)[0]
    sql = f"select 'crm-1' as reference, '{one['id']}' as \"Id\""
    found = look_up(own, "--sql", sql).ok().json
    assert found["input"]["asked"] == 1
    assert outcomes(own) == [(1, "crm-1", "found")]
