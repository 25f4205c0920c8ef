"""SIGKILL at writes of a push: each contact is tracked once, whatever moment it was killed in."""

from __future__ import annotations

import csv
import os
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.crash.instrument import Point, read_points
from tests.crash.scenes import Broken, Rig, Scene, hold
from tests.house import DAYS, House, Sandbox

CONTACTS = 1000
POINTS = max(int(os.environ.get("CRASH_POINTS", "8")) // 8, 1)
SCENE = Scene("leadiq", builds=False)
COMMAND = ("push", "leadiq.track_contacts", "--no-build", "--from", "contacts.csv", "--set", "import_id=crm")


def bring(house: House) -> None:
    with (house.folder / "contacts.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["first_name", "last_name", "company_name", "email"])
        writer.writerows([f"Ada{n}", "Example", "Example Works", f"ada{n}@example.com"] for n in range(CONTACTS))


def tracked(sandbox: Sandbox) -> Counter[str]:
    imports = sandbox.truth()["leadiq"]["imports"]
    return Counter(row["input"]["email"] for one in imports if one["import_id"] == "crm" for row in one["contacts"])


def kill(rig: Rig, stage: str, label: str, nth: int, without: tuple[str, ...] = ()) -> Point | None:
    """Kills a push, pushes the same once more, and compares.

    Returns:
        where it was killed; None when it ended before it came there.

    Raises:
        Broken: a contact is missing, or is tracked twice.
    """
    with rig.house(SCENE) as (house, sandbox):
        bring(house)
        plan = rig.plan(stage=stage, label=label, nth=nth, without=without)
        first = rig.run(house, *COMMAND, day=DAYS[0], plan=plan)
        killed = None if first.code == 0 else read_points(Path(plan.points))[-1]
        if killed is not None:
            hold("only the kill ends the run", first.code == -9, f"{first.out}{first.err}")
            second = rig.run(house, *COMMAND, day=DAYS[0], plan=rig.plan(without=without))
            hold("the next push finishes it", second.code == 0, f"exit code {second.code}\n{second.out}{second.err}")
        found = tracked(sandbox)
        wrong = {address: count for address, count in found.items() if count != 1}
        hold("each contact is tracked once", len(found) == CONTACTS and not wrong, f"{len(found)} tracked, {wrong}")
        rows = house.query(
            "select line, arg_max(outcome, (pushed_at, sync_id, _dlt_load_id)) from raw_leadhouse.pushes group by line",
            house.warehouse,
        )
        hold("the books say so", Counter(outcome for _, outcome in rows) == {"done": CONTACTS}, rows[:5])
    return killed


def points(rig: Rig) -> list[Point]:
    """Every write of a push that nobody disturbs."""
    with rig.house(SCENE) as (house, _):
        bring(house)
        plan = rig.plan()
        rig.run(house, *COMMAND, day=DAYS[0], plan=plan).ok()
        return read_points(Path(plan.points))


def test_a_push_of_a_thousand_contacts_that_was_killed_anywhere_ends_with_each_tracked_once(
    rig: Rig, record_property: Callable[[str, object], None]
) -> None:
    lots = random.Random(f"{os.environ['CRASH_SEED']} push")
    by_stage: dict[str, list[int]] = {}
    for place, (stage, _) in enumerate(reached := points(rig)):
        by_stage.setdefault(stage, []).append(place)
    for n in range(POINTS):
        stage = ("journal", "journal", *sorted(by_stage))[n % (2 + len(by_stage))]
        nth = lots.randrange(len(by_stage[stage])) + 1
        label = reached[by_stage[stage][nth - 1]][1]
        print(f"killing a push at {stage} #{nth}: {label}")
        if kill(rig, stage, "", nth) is not None:
            record_property("killed", f"push               {stage:10} {label[:110]!r}")


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
