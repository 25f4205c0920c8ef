"""Stopping well: budgets, failing providers, signals and broken builds end with their exit code, and go on from there."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from tests.house import PROJECT, House, Sandbox, running_sandbox
from tests.processes import Process

ROWS = "select count(*) from raw_contactout.people"


def test_a_budget_stops_with_exit_code_3_and_the_next_sync_completes_it(house: House, sandbox: Sandbox) -> None:
    first = house.run("sync", "contactout", "--no-build", "--max-credits", "contactout.search=60")
    assert first.code == 3
    assert "the budget of 60 contactout.search per sync has 10 left" in " ".join(first.out.split())
    assert sandbox.charged()["search"] == 50
    house.run("sync", "contactout", "--no-build").ok()
    rows = house.query("select count(distinct record_key), count(*) from raw_contactout.people", house.warehouse)
    assert rows == [(sandbox.charged()["search"], sandbox.charged()["search"])]


@pytest.mark.slow
def test_a_configured_budget_holds_over_the_syncs_of_a_day(house: House, sandbox: Sandbox) -> None:
    path = house.folder / ".dlt" / "config.toml"
    path.write_text(path.read_text() + "\n[budget.contactout]\nsearch = { per_day = 60 }\n")
    for _ in range(2):
        assert house.run("sync", "contactout", "--no-build").code == 3
    assert sandbox.charged()["search"] == 50
    # The next day has a budget of its own.
    house.run("sync", "contactout", "--no-build", day="2026-03-03")
    assert 50 < sandbox.charged()["search"] <= 110


def test_a_price_set_for_tracking_is_held_to_its_budget(tmp_path: Path) -> None:
    with running_sandbox("--charge", "leadiq.trackedContacts.uc=0.1") as sandbox:
        house = House(tmp_path).configure(
            sandbox.info,
            "\n[prices.leadiq]\ntrackedContacts = { uc = { record = 0.1 } }\n[budget.leadiq]\nuc = { per_sync = 3 }\n",
        )
        planned = house.run("plan", "leadiq", "--json").ok().json["syncs"][0]["sources"][0]
        assert sandbox.charged("leadiq") == {}
        assert house.run("sync", "leadiq", "--no-build").code == 3
        charged = sandbox.charged("leadiq")["uc"]
        assert 0 < charged <= 3
        (line,) = [one for one in planned["resources"] if one["resource"] == "tracked_contacts"]
        assert charged <= line["credits"]["uc"]["at_most"] <= 3


INTERRUPTED = """
import sys
class WhileItIsImported:
    def find_spec(self, name, path=None, target=None):
        if name == "leadhouse.cli":
            raise KeyboardInterrupt
sys.meta_path.insert(0, WhileItIsImported())
from leadhouse.__main__ import main
main()
"""


def test_a_person_may_change_their_mind_while_the_command_is_still_starting() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", INTERRUPTED], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 3
    assert ended.stderr.startswith("Stopped.")
    assert "Traceback" not in ended.stderr


def test_a_provider_that_fails_ends_with_exit_code_4_and_the_rest_is_loaded(house: House, sandbox: Sandbox) -> None:
    sandbox.fault(provider="letrics", operation=None, skip=0, times=99, kind="status", status=503)
    ended = house.run("sync", "--no-build", "--json")
    assert ended.code == 4
    stopped = {one["resource"] for one in ended.json["syncs"][0]["resources"] if one["stopped"]}
    assert stopped == {"contacts", "companies"}
    assert house.query("select count(*) > 0 from raw_leadiq.tracked_contacts", house.warehouse) == [(True,)]
    sandbox.no_faults()
    house.run("sync", "--no-build").ok()
    assert house.query("select count(*) > 0 from raw_letrics.contacts", house.warehouse) == [(True,)]


def test_one_signal_lands_what_was_bought_and_the_next_sync_goes_on(house: House, sandbox: Sandbox) -> None:
    sandbox.fault(provider="contactout", operation="people_search", skip=2, times=1, kind="stall", seconds=2)
    process = house.start("sync", "contactout", "--no-build")
    while sandbox.asked("contactout.people_search") < 3:
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 3, out + err
    # The page in flight was waited for.
    assert house.query(ROWS, house.warehouse) == [(75,)]
    house.run("sync", "contactout", "--no-build").ok()
    assert house.query(ROWS, house.warehouse) == [(sandbox.charged()["search"],)]


@pytest.mark.slow
def test_a_build_that_fails_ends_with_exit_code_5_and_leaves_the_published_copy(house: House) -> None:
    house.run("sync", "letrics").ok()
    before = house.published.read_bytes()
    with duckdb.connect(str(house.warehouse)) as connection:
        connection.execute("drop table raw_contactout.stats")
    ended = house.run("build")
    assert ended.code == 5
    assert "the published copy is as it was" in ended.out
    assert house.published.read_bytes() == before


@pytest.mark.slow
def test_a_round_that_is_full_lands_and_the_sync_goes_on(house: House, sandbox: Sandbox) -> None:
    house.environment["LEADHOUSE__ANSWERS_PER_ROUND"] = "3"
    ended = house.run("sync", "--no-build", "--json").ok()
    assert house.query("select rounds from raw_leadhouse.syncs", house.warehouse)[0][0] > 3
    assert house.query(ROWS, house.warehouse) == [(sandbox.charged()["search"],)]
    assert all(one["replayed"] == 0 for one in ended.json["syncs"][0]["resources"])
    twice = house.query(
        "select provider, resource, window_id, step, count(*) from raw_leadhouse.requests group by all having count(*) > 1",
        house.warehouse,
    )
    assert twice == []


def test_a_search_that_was_changed_is_a_new_search(house: House, sandbox: Sandbox) -> None:
    house.run("sync", "contactout", "--no-build").ok()
    bought = sandbox.charged()["search"]
    path = house.folder / ".dlt" / "config.toml"
    path.write_text(path.read_text().replace('"Head", "Manager"]', '"Head"]'))
    house.run("sync", "contactout", "--no-build").ok()
    assert bought < sandbox.charged()["search"] < 2 * bought


def in_flight(house: House, sandbox: Sandbox, seconds: float) -> Process:
    """A sync whose third paid page is on its way."""
    sandbox.fault(provider="contactout", operation="people_search", skip=2, times=1, kind="stall", seconds=seconds)
    process = house.start("sync", "contactout", "--no-build")
    while sandbox.asked("contactout.people_search") < 3:
        time.sleep(0.02)
    return process


def test_ctrl_c_twice_leaves_without_landing_and_loses_nothing_paid_for(house: House, sandbox: Sandbox) -> None:
    process = in_flight(house, sandbox, seconds=3)
    process.send_signal(signal.SIGINT)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 3
    assert "Leaving as soon as the paid requests in flight are answered" in err
    assert "Nothing that was paid for is lost" in err
    assert house.stage() == "asking"
    house.run("sync", "contactout", "--no-build").ok()
    # Not even the page in flight was asked for again.
    rows = house.query("select count(*), count(distinct record_key) from raw_contactout.people", house.warehouse)
    assert rows == [(sandbox.charged()["search"],) * 2]
    outcomes = house.query("select distinct outcome from raw_leadhouse.requests", house.warehouse)
    assert ("unknown",) not in outcomes


def test_ctrl_c_three_times_leaves_now_and_what_was_in_flight_is_unknown(house: House, sandbox: Sandbox) -> None:
    process = in_flight(house, sandbox, seconds=60)
    for _ in range(3):
        process.send_signal(signal.SIGINT)
        time.sleep(0.2)
    process.communicate(timeout=10)
    assert process.returncode == 3
    sandbox.no_faults()
    house.run("sync", "contactout", "--no-build").ok()
    unknown = house.query("select count(*) from raw_leadhouse.requests where outcome = 'unknown'", house.warehouse)
    assert unknown == [(1,)]
    status = house.run("status", "--json").json
    assert status["unknown_requests"] == 1


def test_a_second_sigterm_is_no_second_ctrl_c(house: House, sandbox: Sandbox) -> None:
    process = in_flight(house, sandbox, seconds=2)
    for _ in range(3):
        process.send_signal(signal.SIGTERM)
        time.sleep(0.1)
    process.communicate(timeout=60)
    assert process.returncode == 3
    assert house.query(ROWS, house.warehouse) == [(75,)]


@pytest.mark.slow
def test_one_ctrl_c_while_building_ends_the_build_between_two_steps(house: House) -> None:
    process = house.start("sync", "letrics")
    while house.stage() != "building":
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 3, out + err
    assert "`leadhouse build` builds them from what was loaded" in " ".join(out.split())
    assert not house.published.exists()
    house.run("build").ok()
    assert house.published.exists()


def test_data_that_comes_with_errors_ends_with_exit_code_4_and_the_next_sync_reads_the_rest(
    house: House, sandbox: Sandbox
) -> None:
    body = {"errors": [{"message": "some contacts could not be read"}]}
    sandbox.fault(provider="leadiq", operation="trackedContacts", skip=0, times=1, kind="merge", body=body)
    ended = house.run("sync", "leadiq", "--no-build", "--json")
    assert ended.code == 4
    (contacts,) = [one for one in ended.json["syncs"][0]["resources"] if one["resource"] == "tracked_contacts"]
    assert contacts["stopped"] is None
    assert "came with data and errors (some contacts could not be read)" in contacts["remark"]
    rows = "select count(distinct record_key) from raw_leadiq.tracked_contacts"
    kept = house.query(rows, house.warehouse)
    assert kept[0][0] > 0
    house.run("sync", "leadiq", "--no-build", day="2026-03-03").ok()


def test_an_unreadable_paid_answer_is_in_quarantine_as_it_came(house: House, sandbox: Sandbox) -> None:
    sandbox.fault(provider="contactout", operation="people_search", skip=1, times=1, kind="html")
    house.run("sync", "contactout", "--no-build").ok()
    found = house.query(
        "select quarantine.entity, quarantine.reason, quarantine.payload, requests.outcome "
        "from raw_leadhouse.quarantine join raw_leadhouse.requests using (request_id)",
        house.warehouse,
    )
    assert len(found) == 1
    entity, reason, payload, outcome = found[0]
    assert (entity, outcome) == ("", "unknown")
    assert "people_search_leaders: the answer to people_search cannot be read: text/html" in reason
    assert payload == "<!doctype html><title>Sandbox</title><h1>This is not the answer</h1>"
