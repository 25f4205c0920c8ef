"""Whole runs against the sandbox, seed by seed: who is who in the marts, beside the truth and beside the peer."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

from benchmarks.identity import kernel, peer
from benchmarks.identity.metrics import Labels, Measured, Trapped, kept_ids, measure, numbered, pairwise, trapped
from benchmarks.identity.rows import RecordKey, Staged, write
from tests.house import DAYS, UNHURRIED, House, Sandbox, running_sandbox

LONGEST = 1800.0
"""Seconds a command may take."""
BUILT = ("staging", "intermediate", "marts")
"""The schemas that dbt makes, and a full refresh makes again."""


@dataclass(frozen=True, slots=True)
class World:
    """What is invented for one seed."""

    seed: int
    people: int
    traps: int

    def options(self) -> tuple[str, ...]:
        companies = max(60, self.people // 5)
        traps = ("--traps", str(self.traps)) if self.traps else ()
        return (
            *("--seed", str(self.seed), "--people", str(self.people), "--companies", str(companies)),
            *("--rate-scale", "1000", *traps),
        )


@dataclass(frozen=True, slots=True)
class Truth:
    """What the sandbox says that its records are about, over all days that were looked at."""

    people: dict[RecordKey, str]
    companies: dict[RecordKey, str]
    domains: dict[str, str | None]
    """the company of a domain; None where several have it"""
    traps: dict[str, dict[str, set[str]]]
    """by kind: the true entities of each case"""


@dataclass(frozen=True, slots=True)
class Stability:
    """How ids lasted: clusters that were the same before and after, and of these those that kept their id.

    Attributes:
        daily: from each sync to the next.
        refreshed: from before to after a full refresh: all that dbt makes is made again, and every record is looked at anew.
        again: pairwise F1 between the clusters as they came about and the same rows resolved from nothing.
    """

    days: int
    daily: tuple[int, int]
    refreshed: tuple[int, int]
    again: float


@dataclass(frozen=True, slots=True)
class Quality:
    """One world. Of companies, the peer is not asked."""

    world: World
    people: Measured
    companies: Measured
    peer: peer.Swept
    traps: dict[str, Trapped]
    peer_traps: dict[str, Trapped]
    """at the threshold of its best F1"""
    stability: Stability | None = None


@contextmanager
def lived(world: World, days: int) -> Iterator[tuple[House, Truth, list[dict[RecordKey, str]]]]:
    """A house after so many daily syncs: the truth, and the person of each record after each day."""
    with running_sandbox(*world.options()) as sandbox, tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder), dict(UNHURRIED)).configure(sandbox.info)
        truth = Truth({}, {}, {}, {})
        ids = []
        for number in range(days):
            day = (date.fromisoformat(DAYS[0]) + timedelta(days=number)).isoformat()
            sandbox.move_to(day)
            run = house.run("sync", "--json", day=day, timeout=LONGEST)
            if run.code != 0:
                raise SystemExit(f"{world}: leadhouse ended with {run.code}:\n{run.out[-2000:]}\n{run.err[-2000:]}")
            _learn(truth, sandbox)
            ids.append(assigned(house, "person"))
        yield house, truth, ids


def assigned(house: House, entity: str) -> dict[RecordKey, str]:
    """The id of each record in the marts."""
    rows = house.query(f"select provider, provider_record_id, {entity}_id from marts.map_{entity}_records")
    return {(str(provider), str(record)): str(id) for provider, record, id in rows}


def judge(world: World, days: int = 1, stability: bool = False) -> Quality:
    """Lives in a world and measures what came of it."""
    with lived(world, days) as (house, truth, ids):
        with duckdb.connect(str(house.warehouse), read_only=True) as warehouse:
            everybody = kernel.staged(warehouse)
        staged = everybody.only(truth.people)
        true, strong = staged.labels(truth.people), staged.strong()

        def measured(found: Labels) -> Measured:
            return measure(true, found, *strong)

        with duckdb.connect() as connection:
            write(connection, staged)
            splink = peer.people(connection).train().compare(min(peer.WEIGHTS))
            swept = peer.sweep(splink, measured)
            theirs = dict(zip(staged.keys(), splink.clusters(swept.weight).astype(str).tolist(), strict=True))
        every_record = {**truth.people, **companies_of(house, truth)}
        companies = assigned(house, "company")
        both = {**ids[-1], **companies}
        return Quality(
            world,
            measured(staged.labels(ids[-1])),
            _measured(every_record, companies),
            swept,
            {kind: trapped(every_record, both, cases.values()) for kind, cases in truth.traps.items()},
            {
                kind: trapped(truth.people, theirs, cases.values())
                for kind, cases in truth.traps.items()
                if any(entity in truth.people.values() for entities in cases.values() for entity in entities)
            },
            _stability(house, ids, everybody) if stability else None,
        )


def companies_of(house: House, truth: Truth) -> dict[RecordKey, str]:
    """The true company of each record that has one: as the sandbox says, else by a domain that is one company's.

    Companies that only stand inside records of people have no record of their own in the sandbox's truth.
    """
    stated: dict[RecordKey, set[str]] = defaultdict(set)
    sql = "select distinct provider, provider_record_id, domain from intermediate.int_company_statements where domain is not null"
    for provider, record, domain in house.query(sql, house.warehouse):
        stated[str(provider), str(record)].add(str(domain))
    found = {}
    for key, domains in stated.items():
        owners = {truth.domains.get(domain) for domain in domains}
        if len(owners) == 1 and (owner := owners.pop()) is not None:
            found[key] = owner
    return {**found, **truth.companies}


def _measured(true: Mapping[RecordKey, str], found: Mapping[RecordKey, str]) -> Measured:
    keys = [key for key in found if key in true]
    return measure(numbered(true[key] for key in keys), numbered(found[key] for key in keys))


def _stability(house: House, ids: list[dict[RecordKey, str]], everybody: Staged) -> Stability:
    steps = [kept_ids(before, after) for before, after in zip(ids, ids[1:], strict=False)]
    again = pairwise(everybody.labels(ids[-1]), kernel.resolved(everybody)).score.f1
    with duckdb.connect(str(house.warehouse)) as warehouse:
        for schema in BUILT:
            warehouse.execute(f"drop schema if exists {schema} cascade")
    last = (date.fromisoformat(DAYS[0]) + timedelta(days=len(ids) - 1)).isoformat()
    run = house.run("build", "--identity-anew", "--json", day=last, timeout=LONGEST)
    if run.code != 0:
        raise SystemExit(f"a full refresh ended with {run.code}:\n{run.out[-2000:]}\n{run.err[-2000:]}")
    return Stability(
        len(ids),
        (sum(kept for kept, _ in steps), sum(unchanged for _, unchanged in steps)),
        kept_ids(ids[-1], assigned(house, "person")),
        again,
    )


def _learn(truth: Truth, sandbox: Sandbox) -> None:
    """What is true of today's records; yesterday's stay."""
    told = sandbox.truth()
    for record in told["records"]:
        key = (str(record["provider"]), str(record["provider_record_id"]))
        (truth.people if record["entity"] == "person" else truth.companies)[key] = str(record["truth_id"])
    for company in told["companies"]:
        known = truth.domains.setdefault(company["domain"], company["truth_id"])
        if known != company["truth_id"]:
            truth.domains[company["domain"]] = None
    for case in told.get("traps", ()):
        of_kind = truth.traps.setdefault(case["trap"], {})
        of_kind[str(case["trap_case"])] = {*case["people"], *case["companies"]}
