"""SIGKILL at writes of a push: each contact is tracked once, whatever moment it was killed in."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable

import pytest

from tests.crash.commands import Command
from tests.crash.instrument import Point
from tests.crash.scenes import Broken, Rig, Scene, hold
from tests.house import House, Sandbox

CONTACTS = 1000
COMMAND = ("push", "leadiq.track_contacts", "--no-build", "--from", "contacts.csv", "--set", "import_id=crm")


def bring(house: House, _: Sandbox) -> None:
    with (house.folder / "contacts.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["first_name", "last_name", "company_name", "email"])
        writer.writerows([f"Ada{n}", "Example", "Example Works", f"ada{n}@example.com"] for n in range(CONTACTS))


def tracked(sandbox: Sandbox) -> Counter[str]:
    imports = sandbox.truth()["leadiq"]["imports"]
    return Counter(row["input"]["email"] for one in imports if one["import_id"] == "crm" for row in one["contacts"])


PUSH = Command("push", Scene("leadiq", builds=False), COMMAND, bring)


def kill(rig: Rig, stage: str, label: str, nth: int, without: tuple[str, ...] = ()) -> Point | None:
    """Kills a push, pushes the same once more, and compares.

    Returns:
        where it was killed; None when it ended before it came there.

    Raises:
        Broken: a contact is missing, or is tracked twice.
    """
    with PUSH.killed(rig, stage, label, nth, without) as (house, sandbox, killed):
        found = tracked(sandbox)
        wrong = {address: count for address, count in found.items() if count != 1}
        hold("each contact is tracked once", len(found) == CONTACTS and not wrong, f"{len(found)} tracked, {wrong}")
        rows = house.query(
            "select line, arg_max(outcome, (pushed_at, sync_id, _dlt_load_id)) from raw_leadhouse.pushes group by line",
            house.warehouse,
        )
        hold("the books say so", Counter(outcome for _, outcome in rows) == {"done": CONTACTS}, rows[:5])
        return killed


def test_a_push_of_a_thousand_contacts_that_was_killed_anywhere_ends_with_each_tracked_once(
    rig: Rig, record_property: Callable[[str, object], None]
) -> None:
    PUSH.kill_by_lot(rig, kill, record_property, journal=2)


SENT, ANSWERED = ("^after commit of requests sent", 3), ("^before commit of answers; requests ok", 6)
"""The third batch. Before each, the credits that are left are read, and their answer is kept."""


@pytest.mark.parametrize("place", [SENT, ANSWERED], ids=["before it was sent", "before its answer was kept"])
def test_a_push_that_was_killed_with_a_request_on_its_way_finds_out_what_became_of_it(
    rig: Rig, place: tuple[str, int]
) -> None:
    assert kill(rig, "journal", *place) is not None


def test_without_a_record_before_it_leaves_contacts_are_tracked_twice(rig: Rig) -> None:
    with pytest.raises(Broken, match="each contact is tracked once"):
        kill(rig, "journal", *ANSWERED, without=("intent",))
