"""Whatever is bought, at whatever price, and however a sync is broken off: the sandbox's own books never show more than
the budget allows, and what many syncs bought in part is what one sync would have bought whole, each record once.

A sync here is the application's without the warehouse: rounds that ask in threads and land journal-only, limits and
spending as `leadhouse sync` puts them together. `SEARCHED=600 pytest …` looks at more cases (`make soak`).
"""

from __future__ import annotations

import contextlib
import copy
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, currently_in_test_context, event, given, settings
from hypothesis import strategies as st

import sources.metered.journal as journal_module
import sources.paging.strategies as strategies_module
from leadhouse.catalogue import SOURCES
from leadhouse.settings import Settings
from leadhouse.sync import budget_of
from leadhouse.wish import Wish
from sandbox.server import running
from sandbox.settings import Settings as SandboxSettings
from sources.metered import Ask, Asking, Budget, Clock, Limits, Pace, Replaying, Round, Stop, StopKind, Sync
from sources.paging import State, Walk
from sources.paging.windows import Window, open_window
from tests.disturbed import Hurried, Killed, MortalJournal, all_at_once, quick_folder

SEARCHED = int(os.environ.get("SEARCHED", "0"))
START = datetime(2026, 3, 30, 6)
SEARCHES = {
    "many": {"reveal_info": True},
    "leaders": {"reveal_info": True, "seniority": ["Director", "VP", "Vice President", "CXO", "Head"]},
    "plain": {"seniority": ["Manager"]},
}
UNITS = {"search": "record", "email": "record_with_email", "phone": "record_with_phone"}
OPERATIONS = {
    "leadiq": ("trackedContacts", "trackedCompanies"),
    "contactout": ("people_search",),
    "letrics": ("contacts", "companies"),
}
CREDIT_TYPES = {"leadiq": ("uc", "page"), "contactout": tuple(UNITS), "letrics": ("coins", "notes")}
DOCUMENTED = {"people_search": {"search": 1.0, "email": 1.0, "phone": 1.0}}
RATE = 1_000_000.0
BOUNDLESS = 1e9

Limited = dict[str, dict[str, float]]
"""credit type -> `per_sync`, `per_day`, `per_month` -> credits"""
Bought = dict[str, Counter[str]]
"""resource -> how often each record was bought, by all it holds"""


@dataclass(frozen=True)
class Disturbance:
    """What happens to one sync.

    Args:
        days_later: since the sync before.
        kills: at which write to the journal the process dies, and whether that write still reaches the disk; one for
            each process that has a go at this sync.
        interrupted_after: Ctrl-C after so many answers.
        faults: the sandbox's, without the provider.
    """

    days_later: int = 0
    kills: tuple[tuple[int, bool], ...] = ()
    interrupted_after: int | None = None
    faults: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Scenario:
    """A provider, its prices, what may be spent, and the syncs that follow each other before the undisturbed ones.

    Args:
        people, companies: on the sandbox's first day.
        shape: of Letrics' answers; `mute` ones say neither how long a page is nor how many records there are.
        prices: operation -> credit type -> credits per unit.
    """

    provider: str
    people: int
    companies: int
    shape: str
    method: str
    page_size: int
    prices: Mapping[str, Mapping[str, float]]
    limits: Limited
    max_paid_in_flight: int = 2
    answers_per_round: int = 1000
    repeat_unknown_up_to: float = 30
    syncs: tuple[Disturbance, ...] = ()

    def settings(self, town: Town, limits: Limited, repeat_unknown_up_to: float) -> Settings:
        """What `.dlt/config.toml` would say."""
        info = town.info[self.provider]
        sources: dict[str, Any] = dict(info)
        if self.provider == "leadiq":
            sources["base_url"] += "/graphql"
            sources["tracked_contacts"] = {"page_size": self.page_size}
            sources["tracked_companies"] = {"page_size": max(1, self.page_size // 2)}
        elif self.provider == "contactout":
            sources["searches"] = SEARCHES
        else:
            sources |= {"per_page": self.page_size, "method": self.method}
        prices = {
            operation: {kind: {_unit(self.provider, kind): amount} for kind, amount in kinds.items()}
            for operation, kinds in self.prices.items()
        }
        rates = {"default": RATE} | ({"people_search": RATE} if self.provider == "contactout" else {})
        return Settings.model_validate(
            {
                "leadhouse": {
                    "max_paid_in_flight": self.max_paid_in_flight,
                    "answers_per_round": self.answers_per_round,
                    "repeat_unknown_up_to": repeat_unknown_up_to,
                    "attempts": 2,
                },
                "sources": {self.provider: sources},
                "prices": {self.provider: prices},
                "rates": {self.provider: rates},
                "budget": {self.provider: limits},
            }
        )


def _unit(provider: str, kind: str) -> str:
    return UNITS[kind] if provider == "contactout" else "record"


class Town:
    """A sandbox in this process whose prices a test may change as it goes."""

    def __init__(self, info: dict[str, Any], charges: dict[str, float]) -> None:
        self.info = info
        self._charges = charges
        self._http = httpx.Client(base_url=info["base_url"], trust_env=False)
        self._whole: dict[str, Bought] = {}

    def reset(self, scenario: Scenario) -> None:
        self.order([])
        self._http.delete("/sandbox/books").raise_for_status()
        self._charges.clear()
        for operation, kinds in scenario.prices.items():
            for kind, amount in kinds.items():
                self._charges[f"{scenario.provider}.{operation}.{kind}"] = amount

    def order(self, faults: list[dict[str, Any]]) -> None:
        self._http.put("/sandbox/faults", json=faults).raise_for_status()

    def books(self) -> dict[str, Any]:
        found: dict[str, Any] = self._http.get("/sandbox/books").json()
        return found

    def charged(self, provider: str) -> dict[str, float]:
        found: dict[str, float] = self.books()["credits"].get(provider, {})
        return found

    def everything(self, provider: str) -> Bought:
        """What one sync without a budget reads."""
        if provider not in self._whole:
            whole = Scenario(provider, 0, 0, "nested", "GET", 25, {}, {})
            self.reset(whole)
            with quick_folder() as folder:
                house = House(self, whole, folder)
                house.sync(Disturbance(), {}, 0)
            assert house.complete
            assert all(times == 1 for records in house.bought.values() for times in records.values())
            self._whole[provider] = house.bought
        return self._whole[provider]


class House:
    """A journal, and what has landed."""

    def __init__(self, town: Town, scenario: Scenario, folder: Path) -> None:
        self.town = town
        self.scenario = scenario
        self.folder = folder
        self.states: dict[str, State] = {}
        self.bought: Bought = {}
        self.stops: dict[tuple[str, str | None], Stop] = {}
        self.syncs: list[str] = []
        self.day = 0

    @property
    def complete(self) -> bool:
        """Whether every walk has read its window to its end."""
        return bool(self.states) and all(
            (state.get("window") or {}).get("complete", False) for state in self.states.values()
        )

    def sync(self, disturbance: Disturbance, limits: Limited, repeat_unknown_up_to: float) -> None:
        """One sync to its end, with as many processes as that takes."""
        provider = self.scenario.provider
        faults = [{"provider": provider, **fault} for fault in disturbance.faults]
        if self.scenario.shape == "mute":
            faults.append({"provider": "letrics", "kind": "merge", "times": -1, "body": {"meta": None}})
        self.town.order(faults)
        self.day += disturbance.days_later
        now = START + timedelta(days=self.day)
        chosen = self.scenario.settings(self.town, limits, repeat_unknown_up_to)
        kills = list(disturbance.kills)
        interrupted = Hurried(disturbance.interrupted_after)
        sync: Sync | None = None
        while True:
            journal = MortalJournal(self.folder / "journal.sqlite", *(kills.pop(0) if kills else (None,)))
            try:
                journal.lose_what_was_in_flight()
                sync = journal.open_sync() or journal.begin_sync(now, {}, [provider])
                self._rounds(journal, sync, chosen, now, interrupted)
                journal.close_sync(sync.sync_id, now, "complete")
                break
            except Killed:
                interrupted = Hurried()
            finally:
                journal.close()
        self.syncs.append(sync.sync_id)

    def ledger(self) -> list[Any]:
        journal = MortalJournal(self.folder / "journal.sqlite")
        try:
            return [row for sync in self.syncs for row in journal.requests(sync)]
        finally:
            journal.close()

    def _rounds(
        self, journal: MortalJournal, sync: Sync, chosen: Settings, now: datetime, interrupted: Hurried
    ) -> None:
        number, goes_on = sync.round, True
        self.stops = {}
        while goes_on:
            limits = chosen.leadhouse.limits()
            round = Round.begin(number, limits, interrupted, self.stops)
            states = copy.deepcopy(self.states)
            self._ask(journal, sync, chosen, now, round, states)
            self.stops |= round.stops
            goes_on = round.cut_short and not interrupted.is_set()
            # From here on a kill is the warehouse's matter.
            journal.live()
            self._land(journal, sync, chosen, number, now)
            number += 1
            journal.set_stage(sync.sync_id, "asking", number)

    def _ask(
        self,
        journal: MortalJournal,
        sync: Sync,
        chosen: Settings,
        now: datetime,
        round: Round,
        states: dict[str, State],
    ) -> None:
        provider = SOURCES[self.scenario.provider].provider(chosen)
        interrupted = round.interrupted
        assert isinstance(interrupted, Hurried)
        asking = Asking(
            provider,
            journal,
            Clock(now),
            Pace(self.folder / "pace.sqlite"),
            budget_of(chosen, Wish(), sync, journal, now),
            sync.sync_id,
            sync.as_of,
            round,
            lambda *_: interrupted.answered(),
        )
        try:
            all_at_once(
                partial(_exhaust, walk, states.setdefault(walk.resource, {}), asking) for walk in _walks(chosen)
            )
        finally:
            asking.close()

    def _land(self, journal: MortalJournal, sync: Sync, chosen: Settings, number: int, now: datetime) -> None:
        """Journal-only from the landed states, as the load does it."""
        ask = Replaying(journal, sync.sync_id, self.scenario.provider, sync.as_of)
        for walk in _walks(chosen):
            state = self.states.setdefault(walk.resource, {})
            bought = self.bought.setdefault(walk.resource, Counter())
            for answer in walk(state, ask):
                bought.update(records_of(answer.document))
        journal.landed(sync.sync_id, number, [row.request_id for row in journal.unlanded_requests()], [], [], now)


def _exhaust(walk: Walk, state: State, ask: Ask) -> None:
    for _ in walk(state, ask):
        pass


def _walks(chosen: Settings) -> list[Walk]:
    """All walks that spend, each with one window: when a resource is read again is another matter."""
    found = []
    for name in SOURCES:
        if chosen.connected(name) is None:
            found += [walk for walk in SOURCES[name].walks(chosen) if not walk.reads_meter]
    return [replace(walk, schedule=_one_window) for walk in found]


def _one_window(state: State, as_of: datetime) -> Window | None:
    return None if state.get("windows") else open_window(state, "full", None, as_of)


def records_of(document: Any) -> list[str]:
    """The records of any provider's answer, with all they hold."""
    profiles = document.get("profiles")
    if isinstance(profiles, dict):
        found = list(profiles.items())
    elif isinstance(document.get("data"), list):
        found = document["data"]
    else:
        found = [edge["node"] for part in (document.get("data") or {}).values() for edge in part["edges"]]
    return [json.dumps(one, sort_keys=True) for one in found]


# -- the promise ------------------------------------------------------------------------------------------------------


def keeps_its_promises(town: Town, scenario: Scenario) -> None:
    """Plays a scenario; asserts after each sync what was charged, and at the end what was bought."""
    whole = town.everything(scenario.provider)
    town.reset(scenario)
    with quick_folder() as folder:
        house = House(town, scenario, folder)
        spent_on: dict[str, Counter[str]] = {}
        for disturbance in scenario.syncs:
            before = Counter(town.charged(scenario.provider))
            house.sync(disturbance, scenario.limits, scenario.repeat_unknown_up_to)
            after = Counter(town.charged(scenario.provider))
            now = START + timedelta(days=house.day)
            charged = {kind: round(after[kind] - before[kind], 6) for kind in after}
            for period in ("per_sync", f"per_day {now:%d}", f"per_month {now:%m}"):
                total = spent_on.setdefault(period, Counter())
                if period == "per_sync":
                    total.clear()
                total.update(charged)
                for kind, allowed in scenario.limits.items():
                    limit = allowed.get(period.split()[0])
                    if limit is not None:
                        assert round(total[kind], 6) <= limit, f"charged {total[kind]} {kind} {period}, allowed {limit}"
            the_ledger_never_says_less(house, after)
        goes_on_to_the_end(house)
        for resource, records in house.bought.items():
            twice = [record for record, times in records.items() if times > 1]
            assert not twice, f"{resource}: {len(twice)} record(s) came more than once"
        assert house.bought == whole
        nothing_was_bought_twice(house)


def the_ledger_never_says_less(house: House, charged: Mapping[str, float]) -> None:
    ledger = house.ledger()
    written: Counter[str] = Counter()
    for row in ledger:
        written.update(row.credits)
    for kind in {*charged, *written}:
        assert round(written[kind], 6) >= round(charged.get(kind, 0), 6)
        if all(row.outcome != "unknown" for row in ledger):
            assert round(written[kind], 6) == round(charged.get(kind, 0), 6)


def goes_on_to_the_end(house: House) -> None:
    """Syncs without a budget that nobody disturbs, until everything has been read."""
    for _ in range(3):
        if house.complete:
            return
        house.sync(Disturbance(days_later=1), {}, BOUNDLESS)
    assert house.complete, f"it does not end: {house.stops}"


def nothing_was_bought_twice(house: House) -> None:
    """Every request that was charged is one that the ledger knows; only `unknown` ones were not delivered."""
    charged = sum(1 for one in house.town.books()["requests"] if one["credits"])
    outcomes = Counter(row.outcome for row in house.ledger() if row.credits)
    assert charged <= outcomes["ok"] + outcomes["unknown"]
    assert set(outcomes) <= {"ok", "unknown"}


# -- scenarios --------------------------------------------------------------------------------------------------------

AMOUNTS = (1.0, 0.1, 0.25, 0.333333, 2.5, 10.0, 0.000007)
LONG_AMOUNT = 1234.567891
SIZES = ((12, 6), (60, 20), (130, 50))


@st.composite
def scenarios(
    draw: Any, providers: tuple[str, ...] = tuple(OPERATIONS), amounts: tuple[float, ...] = (*AMOUNTS, LONG_AMOUNT)
) -> Scenario:
    provider = draw(st.sampled_from(providers))
    people, companies = draw(st.sampled_from(SIZES))
    prices: dict[str, dict[str, float]] = {}
    if provider == "contactout" and draw(st.booleans()):
        prices = DOCUMENTED
    else:
        for operation in OPERATIONS[provider]:
            kinds = CREDIT_TYPES[provider] if provider == "contactout" else draw(_some(CREDIT_TYPES[provider]))
            prices[operation] = {kind: draw(st.sampled_from(amounts)) for kind in kinds}
    limits = {kind: draw(_limits(prices, kind)) for kind in draw(_some(CREDIT_TYPES[provider])) if _sold(prices, kind)}
    return Scenario(
        provider=provider,
        people=people,
        companies=companies,
        shape=draw(st.sampled_from(("nested", "mute"))),
        method=draw(st.sampled_from(("GET", "POST"))),
        page_size=draw(st.integers(1, 30)),
        prices=prices,
        limits=limits,
        max_paid_in_flight=draw(st.integers(1, 4)),
        answers_per_round=draw(st.sampled_from((1000, 1000, 1, 3))),
        repeat_unknown_up_to=draw(st.sampled_from((30.0, 0.0, BOUNDLESS))),
        syncs=tuple(draw(st.lists(_disturbances(provider), min_size=1, max_size=4))),
    )


def _some(values: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=len(values), unique=True)


def _sold(prices: Mapping[str, Mapping[str, float]], kind: str) -> list[float]:
    return [kinds[kind] for kinds in prices.values() if kind in kinds]


@st.composite
def _limits(draw: Any, prices: Mapping[str, Mapping[str, float]], kind: str) -> dict[str, float]:
    """Room for some records and a bit more."""
    each = max(_sold(prices, kind))
    found = {}
    for period in draw(_some(("per_sync", "per_day", "per_month"))):
        room = draw(st.integers(0, 70)) * each + draw(st.sampled_from((0, 0.01, 0.5))) * each
        found[period] = round(room, 6)
    return found


@st.composite
def _disturbances(draw: Any, provider: str) -> Disturbance:
    kinds = ("reset", "truncate", "html", "malformed", "status")
    faults = []
    for kind in draw(st.lists(st.sampled_from(kinds), max_size=2)):
        fault = {
            "operation": draw(st.sampled_from(OPERATIONS[provider])),
            "kind": kind,
            "skip": draw(st.integers(0, 4)),
            "times": draw(st.integers(1, 2)),
        }
        faults.append(fault | ({"status": 500, "charge": draw(st.booleans())} if kind == "status" else {}))
    return Disturbance(
        days_later=draw(st.integers(0, 1)),
        kills=tuple(draw(st.lists(st.tuples(st.integers(1, 25), st.booleans()), max_size=2))),
        interrupted_after=draw(st.none() | st.integers(1, 8)),
        faults=tuple(faults),
    )


# -- tests ------------------------------------------------------------------------------------------------------------

Towns = Callable[[Scenario], Town]


@pytest.fixture(scope="module")
def towns() -> Iterator[Towns]:
    """One sandbox for each population, for all scenarios about it."""
    with contextlib.ExitStack() as open_towns:

        @cache
        def town(people: int, companies: int) -> Town:
            charges: dict[str, float] = {}
            chosen = SandboxSettings(
                people=people,
                companies=companies,
                rate_scale=RATE,
                charges=charges,
                contactout_quota=dict.fromkeys(UNITS, BOUNDLESS),
            )
            return Town(open_towns.enter_context(running(chosen)), charges)

        yield lambda scenario: town(scenario.people, scenario.companies)


def _searching(examples: int) -> settings:
    checks = (HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large)
    return settings(
        max_examples=SEARCHED or examples,
        deadline=None,
        suppress_health_check=checks,
        database=None,
        derandomize=not SEARCHED,
        print_blob=True,
        report_multiple_bugs=False,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
    )


@_searching(30)
@given(scenario=scenarios())
def test_no_budget_is_ever_exceeded_and_nothing_is_bought_twice(towns: Towns, scenario: Scenario) -> None:
    event(scenario.provider)
    keeps_its_promises(towns(scenario), scenario)


NAMED = re.compile(
    r"the budget of \S+ \w+\.(?P<kind>\w+) per (?P<period>\w+) .*: allow at least (?P<credits>\S+), or wait for the next \w+"
)


@_searching(12)
@given(scenario=scenarios(amounts=AMOUNTS), resource=st.integers(0, 2), room=st.integers(0, 60))
def test_with_exactly_the_budget_a_stop_names_one_more_page_is_bought(
    towns: Towns, scenario: Scenario, resource: int, room: int
) -> None:
    """One resource, so that no other takes what is left."""
    limits: Limited = {}
    for kind in CREDIT_TYPES[scenario.provider]:
        if amounts := _sold(scenario.prices, kind):
            limits[kind] = {"per_sync": round(room * max(amounts), 6)}
    what_a_stop_names_suffices(towns(scenario), scenario, resource, limits)


def test_a_long_price_is_named_in_full(towns: Towns) -> None:
    prices = {"people_search": {"search": 1.0, "email": 1.0, "phone": LONG_AMOUNT}}
    scenario = Scenario("contactout", *SIZES[0], "nested", "GET", 25, prices, {})
    what_a_stop_names_suffices(towns(scenario), scenario, 0, {"phone": {"per_sync": 0}})


def what_a_stop_names_suffices(town: Town, scenario: Scenario, resource: int, limits: Limited) -> None:
    """Raises each limit to what the sentence names until a page is bought: exactly one, and not for less."""
    town.reset(scenario)
    with quick_folder() as folder:
        desk = Desk(town, scenario, folder, resource)
        before = desk.ask(limits)
        # What is priced in several credits may have to be allowed several times over.
        for _ in range(len(limits)):
            stop = desk.stop
            if stop is None:
                return
            if currently_in_test_context():
                event(f"{scenario.provider} is stopped")
            named = NAMED.fullmatch(stop.sentence)
            assert stop.kind is StopKind.BUDGET
            assert named is not None, stop.sentence
            kind, credits = named["kind"], float(named["credits"].replace(",", ""))
            assert named["period"] == "sync"
            assert credits > limits[kind]["per_sync"]
            just_below = {**limits, kind: {"per_sync": round(credits - 0.000001, 6)}}
            assert desk.ask(just_below) == before, f"less than what is named suffices: {stop.sentence}"
            limits = {**limits, kind: {"per_sync": credits}}
            now = desk.ask(limits)
            if now > before:
                assert now == before + 1
                return
            assert desk.stop is not None
            assert f".{kind} per" not in desk.stop.sentence, f"what is named does not suffice: {stop.sentence}"
        assert not limits, "all that was named was allowed, and no page was bought"


class Desk:
    """One resource of a scenario, asked again and again in one sync."""

    def __init__(self, town: Town, scenario: Scenario, folder: Path, resource: int) -> None:
        self.town = town
        self.scenario = scenario
        self.folder = folder
        self._resource = resource
        self.stop: Stop | None = None

    def ask(self, limits: Limited) -> int:
        """How many pages this sync has by now that cost something."""
        chosen = self.scenario.settings(self.town, limits, 0)
        provider = SOURCES[self.scenario.provider].provider(chosen)
        journal = MortalJournal(self.folder / "journal.sqlite")
        sync = journal.open_sync() or journal.begin_sync(START, {}, [provider.name])
        round = Round.begin(1, Limits(), Hurried())
        budget = budget_of(chosen, Wish(), sync, journal, START)
        pace = Pace(self.folder / "pace.sqlite")
        asking = Asking(provider, journal, Clock(START), pace, budget, sync.sync_id, START, round)
        walks = _walks(chosen)
        _exhaust(walks[self._resource % len(walks)], {}, asking)
        asking.close()
        bought = sum(row.outcome == "ok" and bool(row.credits) for row in journal.requests(sync.sync_id))
        journal.close()
        self.stop = next(iter(round.stops.values()), None)
        return bought


# -- does the search notice? ------------------------------------------------------------------------------------------


def _always_yes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Budget, "_broken", lambda *_: None)


def _unknown_is_free(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(journal_module, "COUNTED", ("ok", "empty"))


def _anywhere(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(strategies_module, "_aligned", lambda offset, at_most: (offset // at_most + 1, at_most))


def _of_losses(scenario: Scenario) -> Scenario:
    """The same with lost answers that are asked again, on one day that has a limit."""
    faults = ({"operation": OPERATIONS[scenario.provider][0], "kind": "reset", "skip": 1, "times": 1},)
    limits = {kind: {"per_day": max(limit.values())} for kind, limit in scenario.limits.items()}
    syncs = tuple(replace(one, days_later=0, kills=(), faults=faults) for one in scenario.syncs)
    return replace(scenario, limits=limits, syncs=syncs, repeat_unknown_up_to=BOUNDLESS)


@pytest.mark.parametrize(
    ("defect", "among", "told"),
    [
        (_always_yes, scenarios(), "charged"),
        (_unknown_is_free, scenarios().map(_of_losses), "charged"),
        (_anywhere, scenarios(("letrics",)), "came more than once"),
    ],
    ids=["always yes", "unknown is free", "pages anywhere"],
)
def test_a_defect_does_not_pass(
    towns: Towns,
    monkeypatch: pytest.MonkeyPatch,
    defect: Callable[[pytest.MonkeyPatch], None],
    among: st.SearchStrategy[Scenario],
    told: str,
) -> None:
    """A budget that always says yes, lost answers that count for nothing, smaller pages that begin anywhere."""
    for people, companies in SIZES:
        for provider in OPERATIONS:
            towns(Scenario(provider, people, companies, "nested", "GET", 25, {}, {})).everything(provider)
    defect(monkeypatch)
    found: list[AssertionError] = []

    @settings(_searching(150), phases=[Phase.generate])
    @given(scenario=among)
    def search(scenario: Scenario) -> None:
        if not found:
            try:
                keeps_its_promises(towns(scenario), scenario)
            except AssertionError as failure:
                found.append(failure)

    search()
    assert found, "no scenario told the defect"
    assert told in str(found[0])
