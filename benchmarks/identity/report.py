"""What was measured, as a table of 80 columns beside the targets, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.identity.febrl import Febrl
from benchmarks.identity.metrics import Measured, Trapped, totals
from benchmarks.identity.peer import Swept
from benchmarks.identity.quality import Quality
from benchmarks.identity.speed import Speed, Took

PRECISION, RECALL, STRONG_RECALL, COMPANY_RECALL, TRAP_SHARE = 0.998, 0.97, 0.995, 0.97, 0.01
TIMES_FASTER, SHARE_OF_ALL = 5.0, 0.15
MEANT_FOR = 1_000_000
"""Records from which on a share of the time says something: with few, it is the time of an empty load."""


@dataclass(frozen=True, slots=True)
class Target:
    """A figure beside what it must be.

    Attributes:
        least: whether the limit is the least that it may be, or the most.
    """

    name: str
    figure: float
    limit: float
    least: bool = True

    @property
    def kept(self) -> bool:
        return self.figure >= self.limit if self.least else self.figure <= self.limit

    def __str__(self) -> str:
        sign = ">=" if self.least else "<="
        return f"{self.name:48} {self.figure:9.4f}  {sign} {self.limit:7.4f}  {'ok' if self.kept else 'MISSED'}"


HEAD = f"{'':22}{'records':>8}{'precision':>10}{'recall':>8}{'F1':>8}{'B3 F1':>8}{'exact':>8}{'largest':>8}"


def line(name: str, one: Measured) -> str:
    score = one.pairs.score
    return (
        f"{name:22}{one.records:8,}{score.precision:10.4f}{score.recall:8.4f}{score.f1:8.4f}"
        f"{one.b_cubed.f1:8.4f}{one.exact:8.4f}{one.largest:8,}"
    )


def of_qualities(worlds: Sequence[Quality]) -> Iterator[str]:
    """Seed by seed, then all together, told apart by strength of evidence, then the traps."""
    yield HEAD
    for world in worlds:
        yield line(f"seed {world.world.seed}", world.people)
        yield line("  Splink at 0.95", world.peer.fixed)
        yield line(f"  Splink, best ({world.peer.weight:+.1f})", world.peer.best)
        yield line("  companies", world.companies)
    yield ""
    everybody = totals([one.people for one in worlds])
    fixed, best = (totals([getattr(one.peer, which) for one in worlds]) for which in ("fixed", "best"))
    yield line("all people", everybody)
    yield line("  Splink at 0.95", fixed)
    yield line("  Splink, best each", best)
    yield line("all companies", totals([one.companies for one in worlds]))
    yield ""
    yield f"{'pairs':42}{'true':>8}{'found':>8}{'precision':>11}{'recall':>9}"
    for name, one in (("ours", everybody), ("Splink, best", best)):
        for words, pairs in (("share a page or address", one.strong), ("share neither", one.weak)):
            score = pairs.score
            yield f"  {name + ', ' + words:40}{pairs.true:8,}{pairs.found:8,}{score.precision:11.4f}{score.recall:9.4f}"
    traps = _traps(worlds, "traps")
    if traps:
        theirs = _traps(worlds, "peer_traps")
        yield ""
        yield f"{'traps':32}{'cases':>7}{'merged':>8}{'split':>7}   {'Splink, best: merged':>20}{'split':>6}"
        for kind, ours in sorted(traps.items()):
            peer = theirs.get(kind)
            beside = f"{peer.merged:23,}{peer.split:6,}" if peer is not None else ""
            yield f"  {kind:30}{ours.cases:7,}{ours.merged:8,}{ours.split:7,}{beside}"
    for world in worlds:
        if (ids := world.stability) is not None:
            yield ""
            yield f"ids over {ids.days} daily syncs, seed {world.world.seed}"
            yield f"  from day to day, unchanged clusters that kept theirs      {ids.daily[0]:9,} of {ids.daily[1]:,}"
            yield f"  through a full refresh                                    {ids.refreshed[0]:9,} of {ids.refreshed[1]:,}"
            yield f"  F1 between these clusters and those resolved from nothing {ids.again:9.4f}"


def targets_of_qualities(worlds: Sequence[Quality]) -> Iterator[Target]:
    people = totals([one.people for one in worlds])
    companies = totals([one.companies for one in worlds])
    best = totals([one.peer.best for one in worlds])
    yield Target("people: precision", people.pairs.score.precision, PRECISION)
    yield Target("people: recall", people.pairs.score.recall, RECALL)
    yield Target("people: recall of pairs that share page/address", people.strong.score.recall, STRONG_RECALL)
    yield Target("people: F1, at least the best of Splink", people.pairs.score.f1, best.pairs.score.f1)
    yield Target("companies: precision", companies.pairs.score.precision, PRECISION)
    yield Target("companies: recall", companies.pairs.score.recall, COMPANY_RECALL)
    shares = [(trap.merged / trap.cases, kind) for kind, trap in _traps(worlds, "traps").items() if trap.cases]
    if shares:
        worst, kind = max(shares)
        name = f"traps: false merges, the most ({kind})" if worst else "traps: false merges, of any kind"
        yield Target(name, worst, TRAP_SHARE, least=False)
    for world in worlds:
        if (ids := world.stability) is not None:
            yield Target(f"ids kept from day to day, seed {world.world.seed}", _share(ids.daily), 1.0)
            yield Target(f"ids kept through a full refresh, seed {world.world.seed}", _share(ids.refreshed), 1.0)


def _traps(worlds: Iterable[Quality], which: str) -> dict[str, Trapped]:
    found: dict[str, Trapped] = {}
    for world in worlds:
        for kind, trap in getattr(world, which).items():
            found[kind] = found.get(kind, Trapped(0, 0, 0)) + trap
    return found


def _share(kept: tuple[int, int]) -> float:
    return kept[0] / kept[1] if kept[1] else 1.0


def of_febrl(sets: Iterable[Febrl]) -> Iterator[str]:
    yield HEAD
    for one in sets:
        yield line(one.name, one.ours)
        yield line("  Splink at 0.95", one.peer.fixed)
        yield line(f"  Splink, best ({one.peer.weight:+.1f})", one.peer.best)


def of_speed(speed: Speed) -> Iterator[str]:
    drawn = speed.drawn
    yield f"{drawn.records:,} records of {drawn.people:,} people with {drawn.values:,} values"
    for name, took in (("ours", speed.ours), ("Splink", speed.peer)):
        yield f"  {name:8}{took.seconds:8.2f} s, {took.memory:7,.0f} MB: {_steps(took)}"
        yield f"  {'':8}precision {took.precision:.4f}, recall {took.recall:.4f}, F1 {took.f1:.4f}"
    yield f"  {speed.ratio:.1f} times faster; {speed.ratio_trained:.1f} times than a Splink that was trained before"
    steps = ", ".join(f"{step} {seconds:.2f}" for step, seconds in speed.increments.items())
    yield f"  in the warehouse, with reading and appending, in s: {steps}"
    yield f"  one percent of new records takes {speed.share_of_all:.1%} of the time of all"


def _steps(took: Took) -> str:
    return ", ".join(f"{step} {seconds:.2f}" for step, seconds in took.steps.items())


def targets_of_speed(speed: Speed) -> Iterator[Target]:
    yield Target("speed: times faster than Splink", speed.ratio, TIMES_FASTER)
    if speed.drawn.records >= MEANT_FOR:
        yield Target("speed: 1% of new records, share of all", speed.share_of_all, SHARE_OF_ALL, least=False)


def of_measured(one: Measured) -> dict[str, Any]:
    """For JSON."""
    told: dict[str, Any] = asdict(one)
    for name, pairs in (("pairs", one.pairs), ("strong", one.strong), ("weak", one.weak)):
        score = pairs.score
        told[name] = {**asdict(pairs), "precision": score.precision, "recall": score.recall, "f1": score.f1}
    told["b_cubed"] = {**asdict(one.b_cubed), "f1": one.b_cubed.f1}
    return told


def of_swept(swept: Swept) -> dict[str, Any]:
    return {"fixed": of_measured(swept.fixed), "best": of_measured(swept.best), "weight": swept.weight}


def of_quality(one: Quality) -> dict[str, Any]:
    return {
        "world": asdict(one.world),
        "people": of_measured(one.people),
        "companies": of_measured(one.companies),
        "splink": of_swept(one.peer),
        "traps": {kind: asdict(trap) for kind, trap in one.traps.items()},
        "splink_traps": {kind: asdict(trap) for kind, trap in one.peer_traps.items()},
        "stability": asdict(one.stability) if one.stability is not None else None,
    }


def of_timed(speed: Speed) -> dict[str, Any]:
    return {
        "records": speed.drawn.records,
        "people": speed.drawn.people,
        "ours": {**asdict(speed.ours), "seconds": speed.ours.seconds},
        "splink": {**asdict(speed.peer), "seconds": speed.peer.seconds},
        "increments": speed.increments,
        "ratio": speed.ratio,
        "ratio_without_training": speed.ratio_trained,
    }
