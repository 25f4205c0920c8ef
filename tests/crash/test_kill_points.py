"""SIGKILL at writes drawn by lot: nothing is paid for twice, and raw and marts are those of an undisturbed run."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable

import pytest

from tests.crash.instrument import STAGES, Point
from tests.crash.scenes import Rig, Scene

POINTS = int(os.environ.get("CRASH_POINTS", "8"))
CELLS = [
    (Scene(providers, day), stage)
    for providers in ("contactout", "leadiq", "letrics", "all")
    for day in (0, 1)
    for stage in STAGES
]
"""Every provider alone and all together, a first sync and a second day, and each kind of write."""
ORDER = random.Random(os.environ.get("CRASH_SEED")).sample(range(len(CELLS)), len(CELLS))
"""Which cells come first is drawn by lot, too."""
DRAWS = sorted((ORDER[number % len(CELLS)], number // len(CELLS)) for number in range(POINTS))


@pytest.mark.parametrize(
    ("scene", "stage", "draw"),
    [pytest.param(*CELLS[cell], draw, id=f"{CELLS[cell][0]}-{CELLS[cell][1]}-{draw}") for cell, draw in DRAWS],
)
def test_after_a_kill_the_next_sync_ends_as_if_nothing_had_happened(
    rig: Rig, scene: Scene, stage: str, draw: int, record_property: Callable[[str, object], None]
) -> None:
    lots = random.Random(f"{os.environ['CRASH_SEED']} {scene} {stage} {draw}")
    points = [point for point in rig.undisturbed(scene).points if point[0] == stage]
    for _ in range(3):
        place = drawn(points, lots)
        label = points[place][1]
        nth = [of for _, of in points[: place + 1]].count(label)
        where = f"{scene!s:18} {stage:10} {label[:110]!r} #{nth} of {points.count((stage, label))} (of {len(points)} in all)"
        print(f"killing at {where}")
        if scene.providers == "all" and stage == "journal":
            # Which answers of several threads share a commit is chance; how many writes there are is nearly the same.
            label, nth = "", place + 1
        killed = rig.kill(scene, stage, label and f"^{re.escape(label)}$", nth)
        if killed.at is not None:
            record_property("killed", f"{where}{f', {killed.lost} lost' if killed.lost else ''}")
            return
    pytest.fail("three runs ended before they came to the point they should have been killed at")


def drawn(points: list[Point], lots: random.Random) -> int:
    """The place of one of them: first the kind of write by lot, then one of that kind.

    A sync has hundreds of comments on columns, and one moment in which the published copy is replaced.
    """
    kinds: dict[str, list[int]] = {}
    for place, (_, label) in enumerate(points):
        kinds.setdefault(kind_of(label), []).append(place)
    return lots.choice(kinds[lots.choice(sorted(kinds))])


def kind_of(label: str) -> str:
    """Its label without what it is about: names, values and paths' last steps."""
    words = re.sub(r"\S*/(\S*)", lambda found: os.path.dirname(found[0]), re.sub(r"[\"'(].*", "", label)).split()
    return " ".join(words[:5])
