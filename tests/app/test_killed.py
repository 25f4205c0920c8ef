"""SIGKILL while asking, landing and building: nothing is paid for twice, and the marts are those of an undisturbed run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.house import DAYS, House, Sandbox, running_sandbox

pytestmark = pytest.mark.soak


class Undisturbed:
    """The marts and the charges of a run that nobody disturbed."""

    def __init__(self, house: House, sandbox: Sandbox) -> None:
        house.run("sync", day=DAYS[0]).ok()
        self.marts = house.marts()
        self.raw = house.raw()
        self.charged = sandbox.charged()
        self.pages = sandbox.asked("contactout.people_search")


@pytest.fixture(scope="module")
def undisturbed(folder: Callable[[str], Path]) -> Iterator[Undisturbed]:
    with running_sandbox() as sandbox:
        yield Undisturbed(House(folder("undisturbed")).configure(sandbox.info), sandbox)


def test_killed_while_asking_the_next_sync_pays_for_nothing_that_was_answered(
    undisturbed: Undisturbed, house: House, sandbox: Sandbox
) -> None:
    # A free answer is held back until everything that costs has been answered.
    sandbox.fault(provider="letrics", operation="contacts", skip=1, times=1, kind="stall", seconds=60)
    pages = undisturbed.pages
    killed = house.kill_when(lambda: sandbox.asked("contactout.people_search") >= pages, "sync", after=0.5)
    assert killed
    assert house.stage() == "asking"
    sandbox.no_faults()

    second = house.run("sync", "--json").ok()

    assert sandbox.charged() == undisturbed.charged
    replayed = sum(one["replayed"] for one in second.json["syncs"][0]["resources"])
    assert replayed >= pages
    assert house.raw() == undisturbed.raw
    assert house.marts() == undisturbed.marts


def test_a_paid_answer_lost_with_the_kill_is_unknown_and_asked_again_once(
    undisturbed: Undisturbed, house: House, sandbox: Sandbox
) -> None:
    sandbox.fault(provider="contactout", operation="people_search", skip=2, times=1, kind="stall", seconds=60)
    killed = house.kill_when(lambda: sandbox.asked("contactout.people_search") >= 3, "sync", after=0.3)
    assert killed
    sandbox.no_faults()

    house.run("sync").ok()

    # Exactly the page in flight was charged twice, and the ledger says so.
    assert sandbox.charged()["search"] == undisturbed.charged["search"] + 25
    unknown = house.query(
        "select requests.outcome, credits.credit_type, credits.credits_estimated from marts.fct_request_credits as credits "
        "inner join marts.fct_api_requests as requests using (request_id) where requests.outcome = 'unknown'"
    )
    assert ("unknown", "search", 25.0) in unknown
    marts = house.marts()
    for name in ("dim_people", "dim_companies", "dim_contact_points", "fct_job_changes", "map_person_records"):
        assert marts[name] == undisturbed.marts[name]


def test_killed_again_and_again_while_landing_the_end_is_the_same(
    undisturbed: Undisturbed, house: House, sandbox: Sandbox
) -> None:
    def extracted(provider: str) -> bool:
        """Whether a provider's round was extracted: its package may be loaded, half loaded, or not yet."""
        state = house.folder / "data" / "pipelines" / f"leadhouse_{provider}" / "state.json"
        return house.stage() == "landing" and state.exists() and '"landed"' in state.read_text()

    kills = [
        house.kill_when(lambda: house.stage() == "landing", "sync", after=0.02),
        house.kill_when(lambda: extracted("leadiq"), "sync"),
        house.kill_when(lambda: extracted("contactout"), "sync", after=0.1),
        house.kill_when(lambda: extracted("letrics"), "sync"),
        house.kill_when(lambda: extracted("letrics"), "sync", after=2.0),
    ]
    assert sum(kills) >= 4

    house.run("sync").ok()

    assert sandbox.charged() == undisturbed.charged
    assert house.raw() == undisturbed.raw
    assert house.marts() == undisturbed.marts


def test_killed_again_and_again_while_building_the_end_is_the_same(
    undisturbed: Undisturbed, house: House, sandbox: Sandbox
) -> None:
    kills = [house.kill_when(lambda: house.stage() == "building", "sync", after=after) for after in (0.5, 6.0, 9.0)]
    assert sum(kills) >= 2
    assert not house.published.exists()

    house.run("sync").ok()

    assert sandbox.charged() == undisturbed.charged
    assert house.raw() == undisturbed.raw
    assert house.marts() == undisturbed.marts


def test_a_sync_of_yesterday_is_finished_first_and_todays_follows(house: House, sandbox: Sandbox) -> None:
    sandbox.fault(provider="letrics", operation="contacts", skip=0, times=1, kind="stall", seconds=60)
    assert house.kill_when(lambda: sandbox.asked("letrics.contacts") >= 1, "sync", "--no-build", after=0.3)
    sandbox.no_faults()
    sandbox.move_to(DAYS[1])

    ended = house.run("sync", "--json", "--no-build", day=DAYS[1]).ok()

    assert [sync["as_of"][:10] for sync in ended.json["syncs"]] == [DAYS[0], DAYS[1]]


def test_killed_while_landing_with_pages_left_nothing_is_bought_again(
    undisturbed: Undisturbed, house: House, sandbox: Sandbox
) -> None:
    """A round that was half landed is landed as it was asked, before anything is asked anew."""
    house.environment["LEADHOUSE__ANSWERS_PER_ROUND"] = "3"

    def contactout_extracted() -> bool:
        state = house.folder / "data" / "pipelines" / "leadhouse_contactout" / "state.json"
        return house.stage() == "landing" and state.exists() and '"landed"' in state.read_text()

    kills = [house.kill_when(contactout_extracted, "sync", "--no-build", after=after) for after in (0.0, 0.25, 0.6)]
    assert any(kills)

    house.run("sync", "--no-build").ok()

    assert sandbox.charged() == undisturbed.charged
    rows = house.query("select count(*), count(distinct record_key) from raw_contactout.people", house.warehouse)
    assert rows[0][1] == undisturbed.charged["search"]


def test_a_budget_stop_is_still_said_after_a_kill_in_the_build(house: House, sandbox: Sandbox) -> None:
    limits = ("sync", "contactout", "--max-credits", "contactout.search=30")
    assert house.kill_when(lambda: house.stage() == "building", *limits, after=0.5)
    finished = house.run(*limits)
    assert finished.code == 3
    assert sandbox.charged()["search"] == 25


def test_a_sync_that_should_build_builds_although_the_broken_one_should_not(house: House, sandbox: Sandbox) -> None:
    sandbox.fault(provider="letrics", operation="contacts", skip=0, times=1, kind="stall", seconds=60)
    assert house.kill_when(lambda: sandbox.asked("letrics.contacts") >= 1, "sync", "letrics", "--no-build", after=0.2)
    sandbox.no_faults()
    house.run("sync", "letrics").ok()
    assert house.published.exists()
