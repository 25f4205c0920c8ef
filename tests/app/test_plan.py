"""A plan says what the next sync will ask and cost, costs nothing, and changes nothing."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.house import SECRETS, House, Run, Sandbox, running_sandbox

pytestmark = pytest.mark.slow

SEARCH = "people_search_leaders"
USD = "\n[prices.usd]\ncontactout = { search = 0.05, email = 0.2, phone = 0.5 }\n"


def _source(planned: Run, name: str = "contactout", number: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in planned.json["syncs"][number]["sources"] if one["source"] == name)
    return found


def _line(planned: Run, resource: str = SEARCH, source: str = "contactout", number: int = 0) -> dict[str, Any]:
    lines = _source(planned, source, number)["resources"]
    found: dict[str, Any] = next(one for one in lines if one["resource"] == resource)
    return found


def _exactly(number: float) -> dict[str, Any]:
    return {"expected": number, "at_most": number, "bound": "exact"}


def _state_of(house: House) -> dict[str, Any]:
    """All that must not change: the warehouse's bytes, dlt's folders, the syncs and windows of the journal."""
    folder = house.folder / "data"
    files = [house.warehouse, *sorted(path for path in (folder / "pipelines").rglob("*") if path.is_file())]
    with sqlite3.connect(f"file:{house.journal}?mode=ro", uri=True) as journal:
        kept = {name: journal.execute(f"select * from {name}").fetchall() for name in ("syncs", "answers", "windows")}
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files if path.exists()} | kept


def _paid_by(sandbox: Sandbox, before: dict[str, float]) -> dict[str, float]:
    return {kind: credits - before.get(kind, 0) for kind, credits in sandbox.charged().items()}


def _add(house: House, text: str) -> None:
    path = house.folder / ".dlt" / "config.toml"
    path.write_text(path.read_text() + text)


@pytest.fixture
def no_count() -> Iterator[Sandbox]:
    with running_sandbox("--contactout-no-count") as one:
        yield one


def test_the_first_plan_is_what_the_first_sync_asks_and_is_charged(house: House, sandbox: Sandbox) -> None:
    planned = house.run("plan", "--json").ok()
    assert sandbox.charged() == {}
    asked_before = len(sandbox.books()["requests"])
    house.run("sync", "--no-build").ok()
    requests = sandbox.books()["requests"][asked_before:]
    charged = sandbox.charged()
    assert charged["search"] > 50
    assert charged["email"] > 0
    line = _line(planned)
    assert line["credits"]["search"] == _exactly(charged["search"])
    for kind in ("email", "phone"):
        assert line["credits"][kind]["bound"] == "at_most"
        assert charged[kind] <= line["credits"][kind]["at_most"] <= charged["search"]
    for source in ("leadiq", "contactout", "letrics"):
        lines = _source(planned, source)["resources"]
        assert all(one["requests"]["bound"] == one["records"]["bound"] == "exact" for one in lines)
        came = [one for one in requests if one["provider"] == source]
        assert sum(one["requests"]["expected"] for one in lines) == len(came)
    for source, resource in (("leadiq", "tracked_contacts"), ("leadiq", "tracked_companies"), ("letrics", "contacts")):
        rows = house.query(f"select count(*) from raw_{source}.{resource}", house.warehouse)
        assert rows == [(_line(planned, resource, source)["records"]["expected"],)]


def test_planning_costs_nothing_and_changes_nothing(house: House, sandbox: Sandbox) -> None:
    house.run("sync", "--no-build", "--max-credits", "contactout.search=60")
    before, charged = _state_of(house), sandbox.charged()
    house.run("plan", "--json").ok()
    house.run("plan").ok()
    assert _state_of(house) == before
    assert sandbox.charged() == charged
    # The free requests are on record.
    with sqlite3.connect(house.journal) as journal:
        found = journal.execute("select distinct operation, credits from requests where resource = 'plan'").fetchall()
    assert {operation for operation, _ in found} >= {"people_count", "stats", "account", "trackedContacts", "contacts"}
    assert {credits for _, credits in found} == {"{}"}


def test_a_plan_in_an_empty_folder_leaves_no_warehouse(tmp_path: Path, sandbox: Sandbox) -> None:
    house = House(tmp_path).configure(sandbox.info)
    house.run("plan").ok()
    assert not house.warehouse.exists()
    assert not (house.folder / "data" / "pipelines").exists()


def test_after_a_sync_nothing_is_due_before_its_day_and_it_costs_nothing(house: House, sandbox: Sandbox) -> None:
    house.run("sync", "--no-build").ok()
    planned = house.run("plan", "--json", day="2026-03-03").ok()
    line = _line(planned)
    assert line["requests"] == _exactly(0)
    assert line["fresh_until"] == "2026-04-01T06:00:00"
    assert all(credits == {} for credits in planned.json["credits"].values())
    said = house.run("plan", day="2026-03-03").ok().out
    assert f"{SEARCH}: nothing is due until 2026-04-01 06:00" in said
    assert "it costs nothing" in said


def test_a_refresh_is_planned_from_the_count_and_what_the_last_one_found(house: House, sandbox: Sandbox) -> None:
    house.run("sync", "contactout", "--no-build").ok()
    first = sandbox.charged()
    sandbox.move_to("2026-04-02")
    planned = house.run("plan", "contactout", "--json", day="2026-04-02").ok()
    house.run("sync", "contactout", "--no-build", day="2026-04-02").ok()
    paid = _paid_by(sandbox, first)
    credits = _line(planned)["credits"]
    assert credits["search"] == _exactly(paid["search"])
    for kind in ("email", "phone"):
        assert credits[kind]["bound"] == "about"
        assert credits[kind]["expected"] == pytest.approx(paid[kind], rel=0.15)
        assert paid[kind] <= credits[kind]["at_most"]


@pytest.mark.parametrize("budget", ["contactout.search=60", "contactout.email=60", "contactout.search=10"])
def test_it_says_where_a_budget_stops_the_sync(house: House, sandbox: Sandbox, budget: str) -> None:
    planned = house.run("plan", "contactout", "--json", "--max-credits", budget).ok()
    line = _line(planned)
    assert line["stopped"].startswith(f"the budget of {budget.split('=')[1]} {budget.split('=')[0]} per sync has")
    assert house.run("sync", "contactout", "--no-build", "--max-credits", budget).code == 3
    charged = sandbox.charged()
    if "search" in budget:
        assert line["requests"] == _exactly(sandbox.asked("contactout.people_search"))
        assert line["credits"].get("search", _exactly(0)) == _exactly(charged.get("search", 0))
    else:
        # How many have an address is not known, so that where it stops is a guess, within bounds.
        assert line["requests"]["bound"] == "about"
        assert line["requests"]["expected"] <= sandbox.asked("contactout.people_search") <= line["requests"]["at_most"]
        assert charged["email"] <= line["credits"]["email"]["at_most"] <= 60
    assert line["requests_due"]["expected"] > line["requests"]["expected"]


def test_a_budget_of_the_day_counts_what_the_day_has_cost(house: House, sandbox: Sandbox) -> None:
    _add(house, "\n[budget.contactout]\nsearch = { per_day = 80 }\n")
    house.run("sync", "contactout", "--no-build", "--max-credits", "contactout.search=30")
    planned = house.run("plan", "contactout", "--json").ok()
    assert _source(planned)["budgets"] == [{"credit_type": "search", "period": "day", "credits": 80, "left": 55}]
    before = sandbox.charged()
    assert house.run("sync", "contactout", "--no-build").code == 3
    assert _line(planned)["credits"]["search"] == _exactly(_paid_by(sandbox, before)["search"])


def test_what_is_left_is_held_against_it(tmp_path: Path) -> None:
    with running_sandbox("--contactout-search-quota", "60") as sandbox:
        house = House(tmp_path).configure(sandbox.info).prepare()
        planned = house.run("plan", "contactout", "--json").ok()
        assert _source(planned)["balances"]["search"]["left"] == 60
        line = _line(planned)
        assert line["stopped"].startswith("the account has 10 contactout.search left")
        assert "60 left: not enough" in " ".join(house.run("plan", "contactout").ok().out.split())
        assert house.run("sync", "contactout", "--no-build").code == 3
        assert line["credits"]["search"] == _exactly(sandbox.charged()["search"])


def test_a_search_that_was_read_by_half_is_planned_as_the_rest(house: House, sandbox: Sandbox) -> None:
    assert house.run("sync", "contactout", "--no-build", "--max-credits", "contactout.search=60").code == 3
    before, asked = sandbox.charged(), sandbox.asked("contactout.people_search")
    planned = house.run("plan", "contactout", "--json").ok()
    house.run("sync", "contactout", "--no-build").ok()
    assert _line(planned)["credits"]["search"] == _exactly(_paid_by(sandbox, before)["search"])
    assert _line(planned)["requests"] == _exactly(sandbox.asked("contactout.people_search") - asked)
    assert _line(planned)["notes"][0].startswith("goes on after 50 records of ")


def test_a_sync_that_was_broken_off_comes_first_with_what_it_holds(house: House, sandbox: Sandbox) -> None:
    sandbox.fault(provider="contactout", operation="people_search", skip=3, times=1, kind="stall", seconds=5)
    killed = house.kill_when(
        lambda: sandbox.asked("contactout.people_search") >= 4, "sync", "contactout", "--no-build", after=0.5
    )
    assert killed
    sandbox.no_faults()
    before, asked = sandbox.charged(), sandbox.asked("contactout.people_search")
    planned = house.run("plan", "contactout", "--json").ok()
    rest = planned.json["syncs"][0]
    assert rest["finishes"] == "20260302T060000-00001"
    assert _line(planned)["answers_waiting"] == 3
    said = " ".join(house.run("plan", "contactout").ok().out.split())
    assert "The sync of 2026-03-02 06:00 UTC was broken off while asking (round 1) and is finished first" in said
    house.run("sync", "contactout", "--no-build").ok()
    assert _line(planned)["requests"]["expected"] == sandbox.asked("contactout.people_search") - asked
    assert _line(planned)["credits"]["search"] == _exactly(_paid_by(sandbox, before)["search"])
    # The meters are read by the sync that is finished, and by the one that is asked for: it builds.
    assert len(planned.json["syncs"]) == 2
    assert _line(planned, number=1)["requests"] == _exactly(0)


def test_without_access_to_the_count_it_says_so_and_bounds_it_by_what_is_left(
    tmp_path: Path, no_count: Sandbox
) -> None:
    house = House(tmp_path).configure(no_count.info).prepare()
    planned = house.run("plan", "contactout", "--json").ok()
    line = _line(planned)
    assert line["requests"]["bound"] == line["records"]["bound"] == "unknown"
    assert line["credits"]["search"] == {"expected": None, "at_most": 1_000_000, "bound": "at_most"}
    assert "no access to people_count" in _source(planned)["problems"][0]
    capped = house.run("plan", "contactout", "--json", "--max-credits", "contactout.search=60").ok()
    assert _line(capped)["credits"]["search"]["at_most"] == 60
    # What was learnt by reading it once is the expectation from then on.
    house.run("sync", "contactout", "--no-build").ok()
    later = house.run("plan", "contactout", "--json", day="2026-04-02").ok()
    assert _line(later)["credits"]["search"] == {
        "expected": no_count.charged()["search"],
        "at_most": None,
        "bound": "about",
    }


def test_a_priced_provider_is_asked_nothing(house: House, sandbox: Sandbox) -> None:
    _add(house, "\n[prices.letrics]\ncontacts = { credit = { record = 1 } }\ncompanies = { credit = { record = 1 } }\n")
    planned = house.run("plan", "letrics", "--json").ok()
    assert sandbox.books()["requests"] == []
    assert _line(planned, "contacts", "letrics")["credits"]["credit"]["bound"] == "unknown"
    house.run("sync", "letrics", "--no-build").ok()
    (held,) = house.query("select count(*) from raw_letrics.contacts", house.warehouse)[0]
    asked = len(sandbox.books()["requests"])
    # A month later all is due again, and the last time is all that is known.
    later = house.run("plan", "letrics", "--json", day="2026-04-02").ok()
    assert len(sandbox.books()["requests"]) == asked
    credits = _line(later, "contacts", "letrics")["credits"]["credit"]
    assert credits == {"expected": held, "at_most": None, "bound": "about"}


def test_configured_prices_and_dollars_count(house: House) -> None:
    _add(house, USD + "[prices.contactout]\npeople_search = { search = { record = 2 } }\n")
    line = _line(house.run("plan", "contactout", "--json").ok())
    profiles = line["records"]["expected"]
    assert line["credits"] == {"search": _exactly(2 * profiles)}
    assert line["usd"] == _exactly(round(2 * profiles * 0.05, 6))


def test_filters_the_count_does_not_take_make_it_a_bound(house: House, sandbox: Sandbox) -> None:
    path = house.folder / ".dlt" / "config.toml"
    path.write_text(path.read_text().replace("reveal_info = true", 'data_types = ["phone"]'))
    planned = house.run("plan", "contactout", "--json").ok()
    house.run("sync", "contactout", "--no-build").ok()
    credits = _line(planned)["credits"]["search"]
    assert credits["bound"] == "at_most"
    assert 0 < sandbox.charged()["search"] < credits["at_most"]


def test_the_time_follows_from_the_rate(house: House) -> None:
    path = house.folder / ".dlt" / "config.toml"
    path.write_text(path.read_text().replace("people_search = 1200", "people_search = 2"))
    planned = house.run("plan", "contactout", "--json").ok()
    (search,) = [one for one in _source(planned)["time"] if one["rate_class"] == "people_search"]
    assert search["per_minute"] == 2
    assert search["seconds"] == search["requests"]["expected"] * 30
    assert "about 3 min (people_search: 5 requests at 2 a minute)" in house.run("plan", "contactout").ok().out


def test_a_lost_pipeline_folder_is_read_from_the_warehouse_and_stays_lost(house: House) -> None:
    house.run("sync", "contactout", "--no-build").ok()
    shutil.rmtree(house.folder / "data" / "pipelines")
    planned = house.run("plan", "contactout", "--json").ok()
    assert _line(planned)["fresh_until"] == "2026-04-01T06:00:00"
    assert not (house.folder / "data" / "pipelines").exists()


def test_a_name_that_does_not_exist_is_refused_and_nothing_is_sent(house: House, sandbox: Sandbox) -> None:
    for arguments in (
        ["hubspot"],
        ["contactout", "--only", "people_search_x"],
        ["--max-credits", "contactout.serch=1"],
    ):
        assert house.run("plan", *arguments).code == 2
    assert sandbox.books()["requests"] == []


def test_with_a_wrong_key_it_exits_with_4_and_says_what_it_knows(house: House, sandbox: Sandbox) -> None:
    house.run("sync", "--no-build").ok()
    secrets = house.folder / ".dlt" / "secrets.toml"
    secrets.write_text(SECRETS.replace("sandbox-contactout-token", "wrong").replace("sandbox-letrics-key", "wrong"))
    planned = house.run("plan", "--json", day="2026-03-03")
    assert planned.code == 4, planned.err
    assert _line(planned)["fresh_until"] == "2026-04-01T06:00:00"
    assert "does not accept the token" in _source(planned)["problems"][0]
    assert "does not accept the key" in _source(planned, "letrics")["problems"][0]
    assert _line(planned, "contacts", "letrics")["requests"]["bound"] == "unknown"
    assert _line(planned, "tracked_companies", "leadiq")["requests"]["bound"] == "exact"
    assert sum(one["operation"] == "contacts" for one in sandbox.books()["requests"][-20:]) <= 4
    assert house.run("plan", day="2026-03-03").code == 4


def test_it_fits_80_columns(house: House) -> None:
    _add(house, USD + "[budget.contactout]\nsearch = { per_day = 80 }\n")
    house.run("sync", "--no-build")
    for day in ("2026-03-02", "2026-04-02"):
        said = house.run("plan", day=day).ok().out
        assert "contactout" in said
        assert max(len(line) for line in said.splitlines()) <= 80
