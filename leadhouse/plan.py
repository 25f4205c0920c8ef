"""`leadhouse plan`: what the next sync will ask and cost; free requests only, and nothing is changed."""

from __future__ import annotations

import copy
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sources.metered import Budget, Clock, Credits, Limit, Period, Replaying, Sync, add
from sources.paging import (
    Incremental,
    Meter,
    Refresh,
    State,
    UntilDone,
    Walk,
    Window,
    complete_window,
    next_window,
    state_of,
)

from .catalogue import SOURCES
from .estimate import Amount, Line, Purse, Stretch, estimate, spent_by
from .failures import Exit, worst
from .follow_up import with_follow_up, with_pushed
from .free import FreeQuestions
from .history import History
from .instance import Instance, open_instance
from .load import Loader
from .settings import Settings, load_settings, read_as_of
from .sync import budget_of, thaw
from .warehouse import Warehouse
from .wish import Wish, asks_for_more, check_wish, choose_sources, left_out, walks_of

PLAN = "plan"


@dataclass
class SourcePlan:
    """One source's part.

    Attributes:
        meters: what is left by credit type, as read now.
        budgets: (limit, credits left of it before this sync).
        waits: by rate class (requests, requests a minute, seconds; None when the number is not known).
        problems: what the provider could not be asked, and why; what is said then is what the house knew before.
    """

    source: str
    lines: list[Line]
    meters: dict[str, Meter]
    budgets: list[tuple[Limit, float]]
    waits: dict[str, tuple[Amount, float, float | None]]
    usd: dict[str, float]
    problems: list[str] = field(default_factory=list)


@dataclass
class SyncPlan:
    """One sync to come: the one that was broken off, or the one that is asked for."""

    as_of: datetime
    broken_off: Sync | None
    sources: list[SourcePlan] = field(default_factory=list)


@dataclass
class Plan:
    """All that the next `leadhouse sync` will do."""

    exit_code: Exit
    syncs: list[SyncPlan]
    skipped: dict[str, str]


def run_plan(wish: Wish) -> Plan:
    """Plans what `run_sync` would do with the same wish.

    Raises:
        CannotDo: configuration or warehouse cannot be used; nothing was asked.
    """
    settings = load_settings()
    clock = Clock(read_as_of())
    sources, skipped = choose_sources(settings, wish.sources)
    with open_instance(settings) as instance, _copied(instance) as copied:
        if _has_warehouse(settings):
            settings = with_pushed(settings, Warehouse(settings, copied))
        wish = check_wish(settings, sources, wish, clock)
        if _has_warehouse(settings):
            wish = with_follow_up(wish, sources, settings, Warehouse(settings, copied), clock.now())
        planner = _Planner(instance, copied, settings, clock)
        try:
            syncs = []
            broken_off = instance.journal.open_sync()
            if broken_off is not None:
                thawed, own = thaw(broken_off, settings, wish)
                syncs.append(planner.plan(broken_off, thawed, own, broken_off))
            if broken_off is None or asks_for_more(broken_off, sources, wish, clock):
                now = clock.now().replace(microsecond=0)
                syncs.append(planner.plan(Sync(PLAN, now, {}, sources, now, "asking", 1), settings, wish))
        finally:
            instance.journal.forget_answers(planner.sync_id)
    return Plan(worst(planner.codes), syncs, skipped | left_out(settings, sources, wish))


@contextmanager
def _copied(instance: Instance) -> Iterator[Instance]:
    """The instance with a copy of dlt's folders: reading the landed state may restore it, and that is left to a sync."""
    with tempfile.TemporaryDirectory(prefix="leadhouse-plan-") as folder:
        if instance.pipelines_dir.exists():
            shutil.copytree(instance.pipelines_dir, Path(folder) / "pipelines")
        yield replace(instance, folder=Path(folder))


def _has_warehouse(settings: Settings) -> bool:
    return settings.leadhouse.warehouse != "duckdb" or settings.warehouse_file().exists()


class _Planner:
    """Plans one sync after the other, each from where the one before will have left everything."""

    def __init__(self, instance: Instance, copied: Instance, settings: Settings, clock: Clock) -> None:
        self.clock = clock
        self.codes: set[Exit] = set()
        # Each plan is its own place in the journal, so that none is answered by an earlier one.
        self.sync_id = f"{PLAN}-{datetime.now():%Y%m%dT%H%M%S%f}"
        self._journal = instance.journal
        self._loader = Loader(Warehouse(settings, copied), settings)
        self._history = History()
        self._states: dict[str, dict[str, State]] = {}
        self._meters: dict[str, dict[str, Meter]] = {}
        self._spent: dict[str, Credits] = {}
        if _has_warehouse(settings):
            self._loader.warehouse.check()
            self._history = History.read(self._loader.warehouse)
            self._states = {name: self._landed_state(name) for name in SOURCES}
        self._history.add_unlanded(self._journal.unlanded_requests())

    def plan(self, sync: Sync, settings: Settings, wish: Wish, broken_off: Sync | None = None) -> SyncPlan:
        """What a sync will do; the states stand afterwards where it will leave them."""
        budget = budget_of(settings, wish, sync, self._journal, self.clock.now())
        for name, credits in self._spent.items():
            for period in ("day", "month"):
                add(budget.spent[name, period], credits)
        planned = SyncPlan(sync.as_of, broken_off)
        for name in sync.sources:
            asker = FreeQuestions(name, settings, self._journal, self.sync_id)
            lines = [
                self._line(name, walk, sync, asker, wish.backfill)
                for walk in walks_of(name, settings, wish)
                if sync.stage != "building"
            ]
            if name not in self._meters:
                self._meters[name] = self._read_meters(name, settings, asker)
            left = {
                kind: meter.left - self._spent.get(name, {}).get(kind, 0)
                for kind, meter in self._meters[name].items()
                if meter.left is not None
            }
            purse = Purse.of(asker.provider, budget, left)
            limits = [limit for limit in budget.limits if limit.provider == name]
            before = [(limit, _left_of(limit, budget)) for limit in limits]
            estimate(lines, purse)
            add(self._spent.setdefault(name, {}), spent_by(lines))
            usd = settings.prices.usd.get(name, {})  # type: ignore[call-overload]
            planned.sources.append(
                SourcePlan(name, lines, self._meters[name], before, _waits(lines, purse), usd, asker.problems)
            )
            self.codes |= asker.codes
        return planned

    def _landed_state(self, name: str) -> dict[str, State]:
        pipeline = self._loader.warehouse.pipeline(name, SOURCES[name].dataset)
        if not pipeline.has_pending_data:
            pipeline.sync_destination()
        states: dict[str, State] = copy.deepcopy(self._loader.state(name).get("resources", {}))
        return states

    def _line(self, name: str, walk: Walk, sync: Sync, asker: FreeQuestions, backfill: Period | None) -> Line:
        """What is due of one resource; what the journal already holds of it is walked first."""
        state = self._states.setdefault(name, {}).setdefault(walk.resource, {})
        line = Line(walk.resource, "default", notes=list(walk.remarks))
        replaying = Replaying(self._journal, sync.sync_id, name, sync.as_of, backfill=backfill)
        line.waiting = sum(1 for _ in walk(state, replaying))
        state = state_of(walk, state, backfill)
        while (window := next_window(walk, state, sync.sync_id, sync.as_of, backfill)) is not None:
            line.rate_class = walk.question(window).rate_class
            line.stretches.append(self._stretch(name, walk, state, window, asker, line))
            window["complete"] = True
            complete_window(state, window, sync.as_of)
        if not line.stretches and not line.waiting and isinstance(walk.schedule, Refresh | Incremental | UntilDone):
            line.fresh_until = walk.schedule.fresh_until(state)
        return line

    def _stretch(
        self, name: str, walk: Walk, state: State, window: Window, asker: FreeQuestions, line: Line
    ) -> Stretch:
        """How much of a window is still to be read, by the best that is known of it."""
        forecast, history = walk.forecast, self._history
        seen, total = forecast.progress(window["position"]) if window["position"] else (0, None)
        said_seen = seen is not None
        begun = history.of(name, walk.resource, window["id"]) if window["position"] else None
        if seen is None:
            seen = begun.records if begun else 0
        # What was reached with other filters says nothing about these.
        last = history.last(name, walk.resource, window["kind"]) if state.get("completed_at") else None
        counted = asker.count(walk, window) if forecast.question is not None else None
        guess = total if total is not None else last.records if last else None
        expected, at_most = guess, None
        if counted is not None and forecast.is_exact:
            expected, at_most = counted, counted if said_seen else None
        elif counted is not None:
            expected, at_most = None if guess is None else min(guess, counted), counted
        elif forecast.requests is None and total is None and last:
            line.notes.append("as many as last time are expected")
        if window["position"]:
            line.notes.append(f"goes on after {seen:,} records" + (f" of {total:,}" if total else ""))
        size = forecast.page_size or history.page_size(name, walk.resource)
        like = begun or last
        credits = like.credits if like is not None and like.records else {}
        return Stretch(
            walk,
            copy.deepcopy(window),
            Amount(
                None if expected is None else max(expected - seen, 0),
                None if at_most is None else max(at_most - seen, 0),
            ),
            seen,
            size or walk.question(window).at_most.get("record", 1),
            forecast.page_size is not None,
            {kind: amount / like.records for kind, amount in credits.items()} if like is not None else {},
        )

    def _read_meters(self, name: str, settings: Settings, asker: FreeQuestions) -> dict[str, Meter]:
        found: dict[str, Meter] = {}
        for walk in SOURCES[name].walks(settings):
            if walk.forecast.meters is not None:
                now = self.clock.now().isoformat()
                window = {"id": PLAN, "step": 0, "position": None, "from": None, "to": now}
                document = asker(walk.question(window), walk)
                found |= walk.forecast.meters(document) if document is not None else {}
        return found


def _left_of(limit: Limit, budget: Budget) -> float:
    return max(limit.credits - budget.spent.get((limit.provider, limit.period), {}).get(limit.credit_type, 0), 0)


def _waits(lines: list[Line], purse: Purse) -> dict[str, tuple[Amount, float, float | None]]:
    """How long the allowed rates make the requests take; resources of one rate class share it."""
    rates = purse.provider.rates
    waits: dict[str, tuple[Amount, float, float | None]] = {}
    for rate_class in dict.fromkeys(line.rate_class for line in lines):
        requests = sum((line.requests for line in lines if line.rate_class == rate_class), Amount.exactly(0))
        per_minute = rates.get(rate_class) or rates.get("default") or 60
        number = requests.expected if requests.expected is not None else requests.at_most
        waits[rate_class] = (requests, per_minute, None if number is None else number / per_minute * 60)
    return waits
