"""The story of a sync: ask, land, ask, land, until all is read; then build and publish."""

from __future__ import annotations

import copy
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from types import FrameType

from sources.metered import (
    Ask,
    Asking,
    Budget,
    Clock,
    Credits,
    Interruption,
    Journal,
    JournalError,
    Limit,
    Pace,
    Round,
    Stop,
    StopKind,
    Sync,
    add,
)
from sources.paging import State, Walk

from .build import build
from .catalogue import SOURCES
from .failures import CannotDo, Exit, worst
from .follow_up import with_follow_up, with_pushed
from .instance import Instance
from .load import Loader
from .orders import Order
from .report import Outcome, Tally, Watcher
from .routing import JOB_DAYS
from .settings import Settings, load_settings, read_as_of
from .warehouse import Warehouse, open_warehouse
from .wish import Wish, asks_for_more, check_wish, choose_sources, left_out, walks_of

EXIT_OF = {
    StopKind.BUDGET: Exit.STOPPED,
    StopKind.NO_CREDITS: Exit.STOPPED,
    StopKind.INTERRUPTED: Exit.STOPPED,
    StopKind.FAILED: Exit.PROVIDER_FAILED,
    StopKind.UNKNOWN: Exit.PROVIDER_FAILED,
    # An account that does not offer an operation has been read as far as it goes.
    StopKind.NOT_OFFERED: Exit.COMPLETE,
    StopKind.ABANDONED: Exit.COMPLETE,
    StopKind.PARTIAL: Exit.PROVIDER_FAILED,
    # Read again by itself: by the next sync, or where that costs by the next refresh.
    StopKind.SHIFTED: Exit.COMPLETE,
    StopKind.PENDING: Exit.COMPLETE,
    StopKind.AHEAD: Exit.COMPLETE,
    # The provider has given up what it was asked to do, and says so; there is nothing left to read.
    StopKind.ENDED: Exit.COMPLETE,
}
ABANDONED = "its sync was abandoned; the next sync goes on from here"


def run_sync(
    wish: Wish,
    watcher: Watcher,
    settings: Settings | None = None,
    clock: Clock | None = None,
    order: Callable[[Warehouse], Order | None] | None = None,
) -> list[Outcome]:
    """Finishes a sync that was broken off, if there is one, and does today's.

    Args:
        settings, clock: by default those of the folder and the environment.
        order: what to look up or to write in place of reading what is new, from what the warehouse then knows; None for
            nothing.

    Returns:
        how each of them ended; the last one is the one that was asked for.

    Raises:
        CannotDo: nothing was sent; the sentence says what is wrong.
    """
    settings = settings or load_settings()
    clock = clock or Clock(read_as_of())
    if wish.abandon:
        return _abandon(settings, wish, clock, watcher)
    sources, skipped = choose_sources(settings, wish.sources)
    outcomes: list[Outcome] = []
    with open_warehouse(settings) as warehouse:
        instance = warehouse.instance
        settings = with_pushed(settings, warehouse)
        wish = check_wish(settings, sources, wish, clock)
        broken_off = instance.journal.open_sync()
        if broken_off is not None:
            outcome = _finish(broken_off, settings, wish, clock, instance, watcher)
            outcome.notes.insert(0, f"Finished the sync of {broken_off.as_of:%Y-%m-%d %H:%M} that had been broken off.")
            outcomes.append(outcome)
            goes_on = order is not None or asks_for_more(broken_off, sources, wish, clock)
            if outcome.interrupted or not goes_on:
                outcome.skipped = skipped
                return outcomes
        loader = Loader(warehouse, settings)
        loader.drain()
        if order is not None:
            wish = replace(wish, order=order(warehouse), reads=False)
        wish = with_follow_up(wish, sources, settings, warehouse, clock.now())
        if not (wish.reads or wish.orders or wish.jobs):
            return outcomes
        loader.prepare(sources, clock.now(), wish.take_over)
        frozen = settings.frozen() | wish.frozen()
        sync = instance.journal.begin_sync(clock.now().replace(microsecond=0), frozen, sources)
        outcome = _ask_and_land(sync, settings, wish, clock, instance, watcher)
        outcome.skipped = skipped | left_out(settings, sources, wish)
        outcomes.append(outcome)
    return outcomes


def _abandon(settings: Settings, wish: Wish, clock: Clock, watcher: Watcher) -> list[Outcome]:
    """Lands what the sync that was broken off has bought, and closes it."""
    with open_warehouse(settings) as warehouse:
        instance = warehouse.instance
        broken_off = instance.journal.open_sync()
        if broken_off is None:
            raise CannotDo("There is no sync to abandon: the last one was closed. `leadhouse sync` begins a new one.")
        outcome = _finish(broken_off, settings, wish, clock, instance, watcher)
        outcome.notes.insert(
            0, f"Abandoned the sync of {broken_off.as_of:%Y-%m-%d %H:%M}: what it had bought was landed."
        )
        return [outcome]


def _finish(sync: Sync, settings: Settings, wish: Wish, clock: Clock, instance: Instance, watcher: Watcher) -> Outcome:
    """Finishes a sync that was broken off, with its own clock and settings and today's keys."""
    thawed, own = thaw(sync, settings, wish)
    loader = Loader(Warehouse(thawed, instance), thawed)
    loader.drain()
    loader.prepare(sync.sources, clock.now(), wish.take_over)
    return _ask_and_land(sync, thawed, own, clock, instance, watcher)


def thaw(sync: Sync, settings: Settings, wish: Wish) -> tuple[Settings, Wish]:
    """The settings and the wish of a sync that was broken off, with today's keys and limits.

    Raises:
        CannotDo: a source of it is no longer connected.
    """
    wished = wish.frozen()
    thawed = settings.thawed({key: value for key, value in sync.settings.items() if key not in wished})
    for name in sync.sources:
        reason = thawed.connected(name)
        if reason and not wish.abandon:
            raise CannotDo(
                f"The sync of {sync.as_of:%Y-%m-%d %H:%M} was broken off and must be finished first, but {reason}. "
                "Or run `leadhouse sync --abandon`: it lands what was bought and closes that sync."
            )
    return thawed, wish.thawed(sync.settings)


def _ask_and_land(
    sync: Sync, settings: Settings, wish: Wish, clock: Clock, instance: Instance, watcher: Watcher
) -> Outcome:
    """Rounds of asking and landing until nothing is left to ask, then the build.

    Raises:
        CannotDo: the journal does not fit what is asked; exit code 1.
    """
    try:
        return _rounds(sync, settings, wish, clock, instance, watcher)
    except JournalError as error:
        raise CannotDo(str(error), Exit.BUG) from None


def _rounds(sync: Sync, settings: Settings, wish: Wish, clock: Clock, instance: Instance, watcher: Watcher) -> Outcome:
    journal = instance.journal
    warehouse = Warehouse(settings, instance)
    loader = Loader(warehouse, settings)
    tallies: dict[tuple[str, str], Tally] = {
        (name, walk.resource): Tally() for name in sync.sources for walk in walks_of(name, settings, wish)
    }
    stops = {(one[0], one[1]): Stop(StopKind(one[2]), one[3]) for one in sync.stops}
    outcome = Outcome(sync.sync_id, sync.as_of.isoformat(), Exit.COMPLETE, tallies)
    with watcher, _stop_signals() as interrupted:
        while sync.stage != "building":
            if sync.stage == "landing" or wish.abandon:
                # Broken off in the middle of landing: this round is landed as it was asked, before anything is asked anew.
                round = Round.begin(sync.round, settings.leadhouse.limits(), interrupted, stops)
                round.cut_short = True
                if wish.abandon:
                    stops |= {(name, None): Stop(StopKind.ABANDONED, ABANDONED) for name in sync.sources}
            else:
                watcher.stage(f"Asking (round {sync.round})")
                round = _ask(sync, settings, wish, clock, loader, interrupted, stops, tallies, watcher)
                stops |= round.stops
                journal.set_stage(sync.sync_id, "landing", sync.round, _noted(stops, final=False))
            watcher.stage(f"Landing (round {sync.round})")
            goes_on = round.cut_short and not interrupted.is_set() and not wish.abandon
            found = loader.land(sync, wish, stops, clock.now(), is_last=not goes_on)
            for key, count in found.items():
                tallies.setdefault(key, Tally()).quarantined += count
            following = sync.round + 1 if goes_on else sync.round
            sync = replace(sync, stage="asking" if goes_on else "building", round=following)
            journal.set_stage(sync.sync_id, sync.stage, sync.round, _noted(stops, final=not goes_on))
        codes = {EXIT_OF[stop.kind] for stop in stops.values()}
        if wish.order is not None and StopKind.NOT_OFFERED in {stop.kind for stop in stops.values()}:
            # Read as far as it goes is well; what was to be written is not.
            codes.add(Exit.PROVIDER_FAILED)
        for (provider, resource), stop in stops.items():
            for key in [key for key in tallies if key[0] == provider and resource in (None, key[1])]:
                if stop.kind.ends:
                    tallies[key].stopped = tallies[key].stopped or stop.sentence
                else:
                    tallies[key].remark = stop.sentence
        if wish.backfill is not None and any(tally.stopped for tally in tallies.values()):
            outcome.notes.append("The period is not read to its end; the same --from and --to go on from here.")
        unknown = [row for row in journal.requests(sync.sync_id) if row.outcome == "unknown"]
        if unknown:
            outcome.notes.append(
                f"{len(unknown)} request(s) that buy or write were sent and their answer was lost; the most they can have cost "
                "counts as spent, and they are `unknown` in the ledger."
            )
        wants_build = wish.build and settings.leadhouse.build_after_sync
        if wants_build:
            built = build(warehouse, clock.now(), watcher.stage, lambda: not interrupted.is_set())
            outcome.published = built.published
            outcome.notes.extend(built.notes)
            codes |= {Exit.BUILD_FAILED} if built.failed else set()
            codes |= {Exit.STOPPED} if built.stopped else set()
        outcome.interrupted = interrupted.is_set()
    outcome.exit_code = worst(codes)
    # What somebody brought is in raw and in the books by now.
    journal.close_sync(sync.sync_id, clock.now(), outcome.exit_code.name.lower(), forgets=("order", "also", "jobs"))
    return outcome


def _ask(
    sync: Sync,
    settings: Settings,
    wish: Wish,
    clock: Clock,
    loader: Loader,
    interrupted: Interruption,
    stops: dict[tuple[str, str | None], Stop],
    tallies: dict[tuple[str, str], Tally],
    watcher: Watcher,
) -> Round:
    """One round: the walks of all sources at once, each from its landed position; meters last."""
    journal = loader.journal
    round = Round.begin(sync.round, settings.leadhouse.limits(), interrupted, stops)
    budget = budget_of(settings, wish, sync, journal, clock.now())
    pace = Pace(pace_file(settings))
    lock = threading.Lock()
    askings: list[Asking] = []
    spending: list[Callable[[], None]] = []
    meters: list[Callable[[], None]] = []
    for name in sync.sources:
        resource_states = loader.state(name).get("resources", {})

        def on_answer(resource: str, records: int, credits: Credits, replayed: bool, name: str = name) -> None:
            with lock:
                tally = tallies.setdefault((name, resource), Tally())
                tally.answers += 1
                tally.records += records
                tally.replayed += int(replayed)
                add(tally.credits, credits)
            watcher.answer(name, resource, tally)

        provider = SOURCES[name].provider(settings)
        asking = Asking(
            provider, journal, clock, pace, budget, sync.sync_id, sync.as_of, round, on_answer, backfill=wish.backfill
        )
        askings.append(asking)
        for walk in walks_of(name, settings, wish):
            state = copy.deepcopy(resource_states.get(walk.resource, {}))
            (meters if walk.reads_meter else spending).append(partial(_exhaust, walk, state, asking))
    _all_at_once(spending)
    if not round.cut_short:
        # Meters are read when nothing spends any more, so that reading and ledger speak of the same moment.
        _all_at_once(meters)
    for asking in askings:
        asking.close()
    return round


def budget_of(settings: Settings, wish: Wish, sync: Sync, journal: Journal, now: datetime) -> Budget:
    """The limits of configuration and command line, and what the ledger holds against them."""
    limits = [
        Limit(provider, credit_type, period, credits)
        for provider, types in settings.budget.items()
        for credit_type, limit in types.items()
        for period, credits in (("sync", limit.per_sync), ("day", limit.per_day), ("month", limit.per_month))
        if credits is not None
    ]
    limits.extend(Limit(provider, kind, "sync", credits) for (provider, kind), credits in wish.max_credits.items())
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    spent: dict[tuple[str, str], Credits] = {}
    for name in SOURCES:
        spent[name, "sync"] = journal.spent(name, sync_id=sync.sync_id)
        spent[name, "day"] = journal.spent(name, since=midnight)
        spent[name, "month"] = journal.spent(name, since=midnight.replace(day=1))
        for period in ("sync", "day", "month"):
            # A job is charged when its result is read, whenever that is.
            add(spent[name, period], journal.held(name, now - timedelta(days=JOB_DAYS)))
    return Budget(tuple(limits), spent)


def pace_file(settings: Settings) -> Path:
    """Shared by all instances of this user, since they may use the same key; our own where there is no such place."""
    if settings.leadhouse.pace_dir:
        return Path(settings.leadhouse.pace_dir) / "pace.sqlite"
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "leadhouse"
    try:
        cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        writable = os.access(cache, os.W_OK)
    except OSError:
        writable = False
    return (cache if writable else settings.data_dir()) / "pace.sqlite"


def _exhaust(walk: Walk, state: State, ask: Ask) -> None:
    for _ in walk(state, ask):
        pass


def _all_at_once(work: list[Callable[[], None]]) -> None:
    """Runs each in a thread of its own; raises what one raises when all have ended."""
    with ThreadPoolExecutor(max_workers=max(len(work), 1), thread_name_prefix="ask") as pool:
        for running in [pool.submit(one) for one in work]:
            running.result()


def _noted(stops: dict[tuple[str, str | None], Stop], final: bool) -> list[tuple[str, str | None, str, str]]:
    """Stops for the journal; until all is asked only remarks, since what stopped is tried again after a kill."""
    return [
        (name, resource, stop.kind, stop.sentence)
        for (name, resource), stop in stops.items()
        if final or not stop.kind.ends
    ]


@contextmanager
def _stop_signals() -> Iterator[Interruption]:
    """Ctrl-C once (or SIGTERM): finish what is in flight and land it. Twice: leave as soon as no paid request is in
    flight, with its answer in the journal. Three times: leave now; what was in flight is then `unknown`.
    """
    interrupted = Interruption()
    if threading.current_thread() is not threading.main_thread():
        yield interrupted
        return
    presses = 0

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal presses
        presses = max(presses, 1) if number == signal.SIGTERM else presses + 1
        interrupted.set()
        if presses == 1:
            _say("Stopping: what is in flight is finished and landed. Ctrl-C again leaves without landing.")
        elif presses == 2:
            if interrupted.paid_in_flight:
                _say("Leaving as soon as the paid requests in flight are answered. Ctrl-C again leaves now.")
            while interrupted.paid_in_flight and presses == 2:
                time.sleep(0.02)
            _leave()
        else:
            _leave()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interrupted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say(words: str) -> None:
    # Not through a stream: a signal may come in the middle of writing to it.
    os.write(2, f"\n{words}\n".encode())


def _leave() -> None:
    """Ends the process as a kill would, which loses nothing that is in the journal."""
    show_cursor = b"\x1b[?25h" if os.isatty(2) else b""
    os.write(
        2, show_cursor + b"\nStopped. Nothing that was paid for is lost; the next `leadhouse sync` goes on from here.\n"
    )
    os._exit(Exit.STOPPED)
