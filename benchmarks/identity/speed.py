"""How long it takes to say who is who among so many staged records: ours and the peer's, each in a process of its own.

    python -m benchmarks.identity.speed {ours|peer|increments} FILE

prints what one of them took as a line of JSON; FILE is of `benchmarks.identity.population`. `increments` is what a build takes
of it: for all records but one percent, then for that percent; it runs in a house's folder.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from benchmarks.identity.metrics import Labels, measure
from benchmarks.identity.population import Drawn, draw
from leadhouse.__main__ import DLT
from tests.house import DAYS, House

NOWHERE = {
    name: {"base_url": "http://127.0.0.1:9", "prospector_base_url": "http://127.0.0.1:9"}
    for name in ("leadiq", "contactout", "letrics")
}


@dataclass(frozen=True, slots=True)
class Took:
    """One run over staged rows, from opening their file to the cluster of each record.

    Attributes:
        steps: seconds of each.
        memory: the process's peak, in MB.
        f1: pairwise, by the population's truth.
    """

    steps: dict[str, float]
    memory: float
    precision: float
    recall: float
    f1: float

    @property
    def seconds(self) -> float:
        return sum(self.steps.values())


@dataclass(frozen=True, slots=True)
class Speed:
    """Both on the same rows, one after the other."""

    drawn: Drawn
    ours: Took
    peer: Took
    increments: dict[str, float]
    """seconds in the warehouse for `all` but one percent, for what is `new`, and where there is `nothing`"""

    @property
    def ratio(self) -> float:
        return self.peer.seconds / self.ours.seconds

    @property
    def ratio_trained(self) -> float:
        """Where the peer's model had been trained before."""
        return (self.peer.seconds - self.peer.steps["training"]) / self.ours.seconds

    @property
    def share_of_all(self) -> float:
        return self.increments["new"] / self.increments["all"]


def compare(records: int, seed: int) -> Speed:
    """Draws a population and resolves it twice."""
    with tempfile.TemporaryDirectory() as folder:
        drawn = draw(Path(folder) / "people.duckdb", records, seed)
        house = House(Path(folder) / "house").configure(NOWHERE)
        return Speed(
            drawn,
            Took(**_in_a_process(house, "ours", drawn.path)),
            Took(**_in_a_process(house, "peer", drawn.path)),
            _in_a_process(house, "increments", drawn.path),
        )


def _in_a_process(house: House, who: str, path: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.identity.speed", who, str(path)]
    run = subprocess.run(command, capture_output=True, text=True, cwd=house.folder, env=house.environment_on(DAYS[0]))
    if run.returncode != 0:
        raise SystemExit(f"{who} ended with {run.returncode}:\n{run.stderr[-3000:]}")
    told: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return told


def _ours(path: Path) -> tuple[dict[str, float], Labels]:
    from benchmarks.identity import kernel
    from benchmarks.identity.rows import read

    began = time.perf_counter()
    with duckdb.connect(str(path), read_only=True) as connection:
        staged = read(connection)
    was_read = time.perf_counter()
    found = kernel.resolved(staged)
    steps = {"rows": was_read - began, "resolving": time.perf_counter() - was_read}
    return steps, found


def _peer(path: Path) -> tuple[dict[str, float], Labels]:
    from benchmarks.identity import peer

    with duckdb.connect(str(path)) as connection:
        splink = peer.people(connection).train().compare(peer.weight_of(peer.FIXED))
        labels = splink.clusters(peer.weight_of(peer.FIXED))
    return {one.step: one.seconds for one in splink.times}, labels


def _increments(path: Path) -> dict[str, float]:
    os.environ.update(DLT)
    from benchmarks.identity import kernel

    with duckdb.connect(str(path), read_only=True) as connection:
        records = int(connection.execute("select count(*) from records").fetchall()[0][0])
    return kernel.in_steps(path, records, max(records // 100, 1))


def _peak() -> float:
    """MB; `getrusage` would count what the process that forked this one held."""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.identity.speed")
    parser.add_argument("who", choices=("ours", "peer", "increments"))
    parser.add_argument("file", type=Path)
    arguments = parser.parse_args()
    if arguments.who == "increments":
        print(json.dumps(_increments(arguments.file)))
        return 0
    steps, labels = (_ours if arguments.who == "ours" else _peer)(arguments.file)
    memory = _peak()
    with duckdb.connect(str(arguments.file), read_only=True) as connection:
        people: Any = connection.execute("select person from truth order by rowid").fetchnumpy()["person"]
    score = measure(np.asarray(people, dtype=np.int64), labels).pairs.score
    took = {"steps": steps, "memory": memory, "precision": score.precision, "recall": score.recall, "f1": score.f1}
    print(json.dumps(took))
    return 0


if __name__ == "__main__":
    sys.exit(main())
