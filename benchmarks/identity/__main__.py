"""Who is who, in numbers: against the sandbox's truth, and beside Splink 5 on the same rows.

    python -m benchmarks.identity [--seeds 11,12,13] [--people 400] [--traps 300] [--records 1000000] [--long] [--json FILE]

The exit code is 1 when a target is missed; the time of both is measured one after the other, so that only their ratio counts.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.identity import febrl, report
from benchmarks.identity.quality import World, judge
from benchmarks.identity.report import Target
from benchmarks.identity.speed import compare

SECTIONS = ("quality", "febrl", "speed")
SEEDS, PEOPLE, TRAPS, RECORDS = "11", 160, 70, 100_000
LONG_SEEDS, LONG_PEOPLE, LONG_TRAPS, LONG_RECORDS = "11,12,13", 400, 300, 1_000_000
DAYS = 20


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.identity", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"of {', '.join(SECTIONS)}; by default all")
    parser.add_argument("--seeds", help=f"worlds, by default {SEEDS}, with --long {LONG_SEEDS}")
    parser.add_argument("--people", type=int, help=f"in each, by default {PEOPLE}, with --long {LONG_PEOPLE}")
    parser.add_argument(
        "--traps", type=int, help=f"cases of traps in each, by default {TRAPS}, with --long {LONG_TRAPS}"
    )
    parser.add_argument("--records", type=int, help=f"for speed: {RECORDS:,}, with --long {LONG_RECORDS:,}")
    parser.add_argument("--days", type=int, help=f"of daily syncs: 1, with --long {DAYS} in the first world")
    parser.add_argument("--long", action="store_true", help="the whole proof, most of an hour")
    parser.add_argument("--json", type=Path, metavar="FILE", help="writes all figures there, too")
    arguments = parser.parse_args()
    if unknown := set(arguments.sections) - set(SECTIONS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    sections = arguments.sections or list(SECTIONS)
    long = arguments.long
    seeds = [int(seed) for seed in (arguments.seeds or (LONG_SEEDS if long else SEEDS)).split(",")]
    people = arguments.people or (LONG_PEOPLE if long else PEOPLE)
    days = arguments.days or (DAYS if long else 1)
    traps = (LONG_TRAPS if long else TRAPS) if arguments.traps is None else arguments.traps
    told: dict[str, Any] = {}
    targets: list[Target] = []
    began = time.perf_counter()
    if "quality" in sections:
        worlds = []
        for number, seed in enumerate(seeds):
            # One world shows whether ids last; the others are asked for the first day only.
            lasting = days > 1 and number == 0
            print(f"seed {seed}: {'a day' if not lasting else f'{days} days'}", file=sys.stderr, flush=True)
            worlds.append(judge(World(seed, people, traps), days if lasting else 1, stability=lasting))
        _show("who is who in the sandbox", report.of_qualities(worlds))
        targets += report.targets_of_qualities(worlds)
        told["quality"] = [report.of_quality(one) for one in worlds]
    if "febrl" in sections:
        sets = list(febrl.both())
        _show("febrl, report only", report.of_febrl(sets))
        told["febrl"] = {
            one.name: {"ours": report.of_measured(one.ours), "splink": report.of_swept(one.peer)} for one in sets
        }
    if "speed" in sections:
        speed = compare(arguments.records or (LONG_RECORDS if long else RECORDS), seeds[0])
        _show("speed", report.of_speed(speed))
        targets += report.targets_of_speed(speed)
        told["speed"] = report.of_timed(speed)
    _show("targets", map(str, targets))
    print(f"\n{time.perf_counter() - began:,.0f} s in all")
    if arguments.json is not None:
        told["targets"] = [
            {"name": one.name, "figure": one.figure, "limit": one.limit, "kept": one.kept} for one in targets
        ]
        arguments.json.write_text(json.dumps(told, indent=2) + "\n")
    return 0 if all(one.kept for one in targets) else 1


def _show(title: str, lines: Any) -> None:
    print(f"\n{title}")
    for line in lines:
        print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
