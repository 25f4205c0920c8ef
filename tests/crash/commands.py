"""A command that is killed at one of its writes, and then given once more."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.crash.instrument import Point, read_points
from tests.crash.scenes import Rig, Scene, hold
from tests.house import DAYS, House, Sandbox

POINTS = max(int(os.environ.get("CRASH_POINTS", "8")) // 8, 1)
"""Kills by lot of each command."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command in a house of its own.

    Args:
        name: e.g. `push`, for the report.
        bring: puts into the house what the command reads.
        ends: exit codes with which it may end after a kill.
    """

    name: str
    scene: Scene
    arguments: tuple[str, ...]
    bring: Callable[[House, Sandbox], None]
    ends: tuple[int, ...] = (0,)

    @contextmanager
    def killed(
        self, rig: Rig, stage: str, label: str, nth: int, without: tuple[str, ...] = ()
    ) -> Iterator[tuple[House, Sandbox, Point | None]]:
        """Kills it, and gives it once more.

        Yields:
            the house, the sandbox, and where it was killed; None when it ended before it came there.

        Raises:
            Broken: it ended otherwise.
        """
        with rig.house(self.scene) as (house, sandbox):
            self.bring(house, sandbox)
            plan = rig.plan(stage=stage, label=label, nth=nth, without=without)
            first = rig.run(house, *self.arguments, day=DAYS[0], plan=plan)
            point = None if first.code == 0 else read_points(Path(plan.points))[-1]
            if point is not None:
                hold("only the kill ends the run", first.code == -9, f"{first.out}{first.err}")
                again = rig.run(house, *self.arguments, day=DAYS[0], plan=rig.plan(without=without))
                said = f"exit code {again.code}\n{again.out}{again.err}"
                hold(f"the next {self.name} finishes it", again.code in self.ends, said)
            yield house, sandbox, point

    def points(self, rig: Rig) -> list[Point]:
        """Every write of one that nobody disturbs."""
        with rig.house(self.scene) as (house, sandbox):
            self.bring(house, sandbox)
            plan = rig.plan()
            rig.run(house, *self.arguments, day=DAYS[0], plan=plan).ok()
            return read_points(Path(plan.points))

    def kill_by_lot(
        self,
        rig: Rig,
        kill: Callable[[Rig, str, str, int], Point | None],
        record_property: Callable[[str, object], None],
        journal: int = 1,
    ) -> None:
        """Kills it at writes of each stage in turn.

        Args:
            journal: how many more of them are the journal's.
        """
        lots = random.Random(f"{os.environ['CRASH_SEED']} {self.name}")
        by_stage: dict[str, list[int]] = {}
        for place, (stage, _) in enumerate(reached := self.points(rig)):
            by_stage.setdefault(stage, []).append(place)
        stages = (*["journal"] * journal, *sorted(by_stage))
        for n in range(POINTS):
            stage = stages[n % len(stages)]
            nth = lots.randrange(len(by_stage[stage])) + 1
            label = reached[by_stage[stage][nth - 1]][1]
            print(f"killing a {self.name} at {stage} #{nth}: {label}")
            if kill(rig, stage, "", nth) is not None:
                record_property("killed", f"{self.name:18} {stage:10} {label[:110]!r}")
