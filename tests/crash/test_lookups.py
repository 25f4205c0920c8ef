"""SIGKILL at writes of a lookup: no job is started twice, every row is told, and what was charged is in the ledger."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.crash.commands import Command
from tests.crash.instrument import Point
from tests.crash.scenes import Broken, Rig, Scene, hold
from tests.house import House, Sandbox

PROFILES, ADDRESSES = 40, 5
WANTED = ("--data", "work_email", "--data", "personal_email")
COMMAND = ("lookup", "contactout.people", "--no-build", "--from", "people.csv", *WANTED)
JOB = "contactout.people_linkedin_batch_v2"


def bring(house: House, sandbox: Sandbox) -> None:
    """Profiles, which go by one job, and addresses of other people, which are asked one by one."""
    people = sandbox.truth()["contactout"]["people"]
    others = [one["emails"][0] for one in people[PROFILES:] if one["emails"]][:ADDRESSES]
    rows = [{"linkedin_url": one["id"]} for one in people[:PROFILES]] + [{"email": email} for email in others]
    assert len(rows) == PROFILES + ADDRESSES, "the sandbox knows enough people"
    house.csv(rows, "people.csv")
    house.environment["SOURCES__CONTACTOUT__LOOKUPS__JOBS_FROM"] = "20"
    house.environment["SOURCES__CONTACTOUT__LOOKUPS__POLL_SECONDS"] = "0.05"


LOOKUP = Command("lookup", Scene("contactout", builds=False), COMMAND, bring, ends=(0, 4))


def kill(rig: Rig, stage: str, label: str, nth: int, without: tuple[str, ...] = ()) -> Point | None:
    """Kills a lookup, asks for the same once more, and looks at the books of both sides.

    Returns:
        where it was killed; None when it ended before it came there.

    Raises:
        Broken: a job was started twice, a row is not told, or the ledger lacks a credit.
    """
    with LOOKUP.killed(rig, stage, label, nth, without) as (house, sandbox, killed):
        hold("the job is started once at most", sandbox.asked(JOB) <= 1, f"{sandbox.asked(JOB)} times")
        told = house.query(
            "select line, arg_max(outcome, (outcome <> 'pending', asked_at)) from raw_leadhouse.lookups group by line",
            house.warehouse,
        )
        hold("every row is told", len(told) == PROFILES + ADDRESSES, f"{len(told)} rows")
        outcomes = {outcome for _, outcome in told}
        hold("nothing is left pending", outcomes <= {"found", "not_found", "unknown"}, outcomes)
        unknown = sum(outcome == "unknown" for _, outcome in told)
        hold("only what was on its way is unknown", unknown in (0, 1, PROFILES), f"{unknown} rows")
        ledger = house.query(
            "select credit_type, sum(credits_estimated) from raw_leadhouse.request_credits group by 1", house.warehouse
        )
        charged, known = sandbox.charged("contactout"), dict(ledger)
        short = {kind: credits for kind, credits in charged.items() if credits > known.get(kind, 0)}
        hold("what was charged is in the ledger", not short, f"charged {charged}, ledger {known}")
        return killed


def test_a_lookup_that_was_killed_anywhere_starts_no_job_twice_and_loses_no_row(
    rig: Rig, record_property: Callable[[str, object], None]
) -> None:
    LOOKUP.kill_by_lot(rig, kill, record_property)


SENT, ANSWERED = ("^after commit of requests sent", 1), ("^before commit of answers; requests.*jobs", 1)


@pytest.mark.parametrize("place", [SENT, ANSWERED], ids=["before it was sent", "before its answer was kept"])
def test_a_lookup_that_was_killed_while_its_job_was_started_does_not_start_it_again(
    rig: Rig, place: tuple[str, int]
) -> None:
    assert kill(rig, "journal", *place) is not None


def test_without_a_record_before_it_leaves_a_job_is_started_twice(rig: Rig) -> None:
    with pytest.raises(Broken, match="the job is started once"):
        kill(rig, "journal", *ANSWERED, without=("intent",))
