"""What a kill must leave behind: a run that is killed at a point and finished by one more, beside one nobody disturbed."""

from __future__ import annotations

import fcntl
import json
import pickle
import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.crash.instrument import Plan, Point, read_points
from tests.house import DAYS, SECRETS, House, Run, Sandbox, running_sandbox

PATIENCE = 180.0
"""Seconds a run may take."""
MAX_PAID_IN_FLIGHT = 2
"""The default of `leadhouse.max_paid_in_flight`; what a kill can cost at most, in requests."""

WORLD = ("--people", "90", "--companies", "12", "--rate-scale", "200")

SEARCHES = """
[sources.contactout.searches.everyone]
reveal_info = true
refresh_days = 0.5

[sources.contactout.searches.directors]
seniority = ["Director"]
"""
"""Beside the house's own: three pages that are bought every day, and a third search that pays at the same time."""

ENVIRONMENT = {
    "SOURCES__LETRICS__PER_PAGE": "15",
    "RATES__LEADIQ": '{"default": 12000}',
    "RATES__CONTACTOUT": '{"people_search": 12000}',
    "RATES__LETRICS": '{"default": 12000}',
    "OPENBLAS_NUM_THREADS": "1",
}
WITH_DATA_TESTS: dict[str, str] = {"DBT_EXCLUDE_RESOURCE_TYPES": "exposure"}
WITHOUT_DATA_TESTS = {"DBT_EXCLUDE_RESOURCE_TYPES": "test"}
"""Data tests write nothing and take a third of the time, and the marts are compared row for row: scenes with all
providers run them, the others do not. There are no exposures."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a kill happens.

    Args:
        providers: the one that is connected, or `all`.
        day: 0 for a first sync into an empty folder, 1 for a second day on the warehouse of the first.
        builds: whether the sync also builds.
    """

    providers: str
    day: int = 0
    builds: bool = True

    def __str__(self) -> str:
        return f"{self.providers}-{('first', 'second')[self.day]}"

    @property
    def date(self) -> str:
        return DAYS[self.day]

    @property
    def secrets(self) -> str:
        if self.providers == "all":
            return SECRETS
        tables = re.split(r"(?=\[sources)", SECRETS)
        return "".join(table for table in tables if f".{self.providers}]" in table)

    @property
    def environment(self) -> dict[str, str]:
        is_whole = self.providers == "all"
        # So few answers a round that a sync takes several rounds.
        rounds = {"LEADHOUSE__ANSWERS_PER_ROUND": "8" if is_whole else "3"}
        return ENVIRONMENT | rounds | (WITH_DATA_TESTS if is_whole else WITHOUT_DATA_TESTS)


Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Charges:
    """What the sandbox charged: credits by type, and how often by question."""

    credits: dict[str, float]
    answers: Counter[str]

    @classmethod
    def of(cls, sandbox: Sandbox) -> Charges:
        books = sandbox.books()
        paid = (one["fingerprint"] for one in books["requests"] if any(one["credits"].values()))
        return cls(books["credits"].get("contactout", {}), Counter(paid))


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """What a run that nobody disturbed reached and left behind."""

    points: list[Point]
    raw: Rows
    books: Rows
    marts: Rows
    charges: Charges


class Broken(AssertionError):
    """A promise did not hold."""


def hold(promise: str, kept: bool, found: object = "") -> None:
    if not kept:
        raise Broken(f"{promise}: {found}"[:2000])


@dataclass
class Killed:
    """How a scene went.

    Attributes:
        at: the point it was killed at; None when it ended before it came there.
        lost: paid requests whose answer was lost, by the journal.
        second: the sync that finished it; None when the kill came after the sync's end.
    """

    at: Point | None = None
    lost: int = 0
    second: Run | None = None


@dataclass
class Rig:
    """One house at one place for one scene after another.

    Args:
        folder: of this test process.
        shared: of all test processes, for what is compared with.
    """

    folder: Path
    shared: Path
    _went_well: set[tuple[Any, ...]] = field(default_factory=set)

    # -- running ------------------------------------------------------------------------------------------------------

    def run(self, house: House, *arguments: str, day: str, plan: Plan | None = None) -> Run:
        """`leadhouse …` in a process of its own, killed where the plan says."""
        return house.run(*arguments, day=day, plan=plan.to_json() if plan else None, timeout=PATIENCE)

    def plan(self, **where: Any) -> Plan:
        """A plan with a fresh file for its points."""
        points = self.folder / "points"
        points.unlink(missing_ok=True)
        return Plan(str(points), **where)

    @contextmanager
    def house(self, scene: Scene) -> Iterator[tuple[House, Sandbox]]:
        """The house as it is before the scene, and a sandbox with empty books."""
        folder = self.folder / "house"
        if scene.day:
            # Lives in the same folder, so that it comes first.
            self.undisturbed(Scene(scene.providers))
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        if scene.day:
            shutil.copytree(self._day_before(scene), folder / "data")
        with running_sandbox(*WORLD) as sandbox:
            sandbox.move_to(scene.date)
            house = House(folder).configure(sandbox.info, SEARCHES, scene.secrets)
            house.environment |= scene.environment
            yield house, sandbox

    def _day_before(self, scene: Scene) -> Path:
        return self.shared / f"{scene.providers}-data"

    def undisturbed(self, scene: Scene) -> Undisturbed:
        """What the scene leaves when nobody disturbs it; whichever test process comes first finds out."""
        scene = Scene(scene.providers, scene.day)
        kept = self.shared / f"{scene}.pickle"
        with open(self.shared / f"{scene}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if kept.exists():
                found: Undisturbed = pickle.loads(kept.read_bytes())
                return found
            with self.house(scene) as (house, sandbox):
                plan = self.plan()
                self.run(house, "sync", day=scene.date, plan=plan).ok()
                found = Undisturbed(
                    read_points(Path(plan.points)), house.raw(), books_of(house), house.marts(), Charges.of(sandbox)
                )
                if scene.day == 0:
                    shutil.copytree(house.folder / "data", self._day_before(scene))
            kept.write_bytes(pickle.dumps(found))
        return found

    # -- the scene ----------------------------------------------------------------------------------------------------

    def kill(
        self,
        scene: Scene,
        stage: str,
        label: str,
        nth: int = 1,
        without: tuple[str, ...] = (),
        fault: dict[str, Any] | None = None,
        environment: dict[str, str] | None = None,
    ) -> Killed:
        """Kills a sync at a point, finishes it with one more, and compares.

        Args:
            label: pattern of the point's label.
            without: protections to do without.
            fault: what goes wrong at the provider until the kill.
            environment: settings of this scene alone.

        Raises:
            Broken: a promise did not hold.
        """
        undisturbed = self.undisturbed(scene)
        before = self.undisturbed(Scene(scene.providers)).marts if scene.day else None
        arguments = ("sync",) if scene.builds else ("sync", "--no-build")
        with self.house(scene) as (house, sandbox):
            house.environment |= environment or {}
            if fault:
                sandbox.fault(**fault)
            plan = self.plan(stage=stage, label=label, nth=nth, without=without)
            first = self.run(house, *arguments, day=scene.date, plan=plan)
            if first.code == 0 and not without:
                return Killed()
            hold("only the kill ends the run", first.code == -9, f"exit code {first.code}\n{first.out}{first.err}")
            killed = Killed(read_points(Path(plan.points))[-1])
            sandbox.no_faults()
            journal_is_whole(house)
            published_is_whole(house, [marts for marts in (before, undisturbed.marts) if marts is not None])
            if not sync_is_closed(house, scene):
                plan = self.plan(without=without)
                killed.second = self.run(house, *arguments, day=scene.date, plan=plan)
                hold("the next sync finishes it", killed.second.code == 0, f"exit code {killed.second}")
            killed.lost = compare(house, sandbox, undisturbed, scene.builds)
        return killed

    def kill_without(
        self, protection: str, scene: Scene, stage: str, label: str, breaks: str, nth: int = 1, **more: Any
    ) -> None:
        """The scene goes well as it is, and breaks a promise once the protection is gone."""
        went_well = (scene, stage, label, nth, repr(more))
        if went_well not in self._went_well and self.kill(scene, stage, label, nth, **more).at is None:
            pytest.fail(f"no sync came to {stage}: {label}")
        self._went_well.add(went_well)
        with pytest.raises(Broken, match=breaks) as broken:
            self.kill(scene, stage, label, nth, without=(protection,), **more)
        print(f"without {protection}: {str(broken.value)[:300]}")


# -- what is compared -------------------------------------------------------------------------------------------------


def books_of(house: House) -> Rows:
    """What else is known of each answer, each once."""
    columns = {
        "windows": "* exclude (_dlt_load_id, _dlt_id)",
        "drift": "* exclude (_dlt_load_id, _dlt_id)",
        "quarantine": "* exclude (_dlt_load_id, _dlt_id)",
        "syncs": "sync_id, as_of, sources, outcome",
    }
    found: Rows = {}
    for table, chosen in columns.items():
        known = {name for (name,) in house.query(
            f"select column_name from information_schema.columns where table_schema = 'raw_leadhouse' and table_name = '{table}'",
            house.warehouse,
        )}  # fmt: skip
        if "_dlt_id" not in known:
            chosen = chosen.replace(", _dlt_id", "")
        rows = house.query(f"select distinct {chosen} from raw_leadhouse.{table}", house.warehouse)
        found[table] = sorted(rows, key=repr)
    return found


def journal_is_whole(house: House) -> None:
    if not house.journal.exists():
        return
    aside = house.folder / "journal"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    for file in house.journal.parent.glob("journal.sqlite*"):
        shutil.copyfile(file, aside / file.name)
    with sqlite3.connect(aside / house.journal.name) as journal:
        found = journal.execute("pragma integrity_check").fetchall()
    hold("the journal opens and is whole", found == [("ok",)], found)


def published_is_whole(house: House, allowed: list[Rows]) -> None:
    """The copy that analysts read is there and is the old one or the new one, if there ever was one."""
    if not house.published.exists():
        hold("the published copy stays where it was", len(allowed) < 2)
        return
    try:
        marts = house.marts()
    except duckdb.Error as error:
        raise Broken(f"the published copy opens: {error}") from error
    hold("the published copy is the old one or the new one", marts in allowed, differences(allowed[-1], marts))


def sync_is_closed(house: House, scene: Scene) -> bool:
    """Whether the kill came after the end of the sync."""
    if not house.journal.exists():
        return False
    with sqlite3.connect(house.journal) as journal:
        if not journal.execute("select 1 from sqlite_master where name = 'syncs'").fetchall():
            return False
        rows = journal.execute("select as_of, closed_at from syncs order by rowid desc limit 1").fetchall()
    return bool(rows) and str(rows[0][0]).startswith(scene.date) and rows[0][1] is not None


def lost_requests(house: House) -> list[dict[str, float]]:
    """What each paid request may have cost whose answer was lost, in the newest sync."""
    with sqlite3.connect(house.journal) as journal:
        rows = journal.execute(
            "select credits from requests where outcome = 'unknown' and sync_id = (select max(sync_id) from syncs)"
        ).fetchall()
    return [json.loads(credits) for (credits,) in rows]


SPENT_MARTS = {"fct_credit_usage", "rpt_credit_reconciliation", "rpt_credit_runway", "rpt_credit_worth"}
"""They show what a lost request counts for."""


def compare(house: House, sandbox: Sandbox, undisturbed: Undisturbed, with_marts: bool) -> int:
    """Raw by `_row_id`, marts row for row, charges one by one.

    Returns:
        how many paid requests were lost with the kill.

    Raises:
        Broken: something differs that a kill does not excuse.
    """
    lost = lost_requests(house)
    hold("a kill loses no more than what may be in flight", len(lost) <= MAX_PAID_IN_FLIGHT, f"{len(lost)} lost")
    charges = Charges.of(sandbox)
    again = charges.answers - undisturbed.charges.answers
    missing = undisturbed.charges.answers - charges.answers
    hold("everything is bought", not missing, missing)
    hold(
        "nothing is paid twice but what was in flight",
        again.total() <= len(lost),
        f"{again.total()} more, {len(lost)} lost",
    )
    for kind, credits in charges.credits.items():
        known = undisturbed.charges.credits.get(kind, 0) + sum(one.get(kind, 0) for one in lost)
        hold("the ledger knows of every credit", credits <= known, f"{credits} {kind} charged, {known} known")
    # A meter shows what was charged twice.
    meters = {"raw_contactout.stats", "envelopes", "fct_credit_balances"} | SPENT_MARTS if again else set()
    for what, ours, theirs in (
        ("raw", house.raw(), undisturbed.raw),
        ("the ledger", books_of(house), undisturbed.books),
    ):
        ours, theirs = without(ours, meters), without(theirs, meters)
        hold(f"{what} is that of an undisturbed run", ours == theirs, differences(theirs, ours))
    if with_marts:
        marts = house.marts()
        if lost:
            usage = {kind: credits for kind, credits in house.query(
                "select credit_type, sum(credits_estimated) from marts.fct_credit_usage group by all"
            )}  # fmt: skip
            for kind, credits in charges.credits.items():
                hold("the usage mart knows of every credit", credits <= usage.get(kind, 0), usage)
            meters |= SPENT_MARTS
        ours, theirs = without(marts, meters), without(undisturbed.marts, meters)
        hold("the marts are those of an undisturbed run", ours == theirs, differences(theirs, ours))
        left = sorted(one.name for one in house.published.parent.iterdir())
        hold("nothing unfinished is left beside the published copy", left == [house.published.name], left)
    return len(lost)


def without(rows: Rows, names: set[str]) -> Rows:
    """The tables that hold rows, but these."""
    return {name: found for name, found in rows.items() if found and name not in names}


def differences(expected: Rows, found: Rows) -> str:
    """By table: how many rows are missing and too many, and one of each."""
    said = []
    for name in sorted(expected.keys() | found.keys()):
        before, after = Counter(expected.get(name, [])), Counter(found.get(name, []))
        missing, extra = before - after, after - before
        if missing or extra:
            examples = [str(next(iter(one)))[:300] for one in (missing, extra) if one]
            said.append(f"{name}: {missing.total()} missing, {extra.total()} too many, e.g. {examples}")
    return "; ".join(said)
