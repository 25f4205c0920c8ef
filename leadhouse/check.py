"""`leadhouse check`: is each source configured, does its key work, what is left; free requests only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sources.contactout.api import ask_stats
from sources.leadiq.api import ask_account
from sources.letrics.api import walks as letrics_walks
from sources.metered import Asking, Budget, Clock, Pace, Question, Round

from .catalogue import SOURCES
from .failures import CannotDo, Exit, worst
from .instance import open_instance
from .settings import Settings, load_settings, read_as_of
from .sync import EXIT_OF, pace_file
from .warehouse import Warehouse
from .wish import choose_sources

CHECKS = "check"


def run_check(named: tuple[str, ...]) -> tuple[Exit, list[dict[str, Any]]]:
    """One line per source: {"source", "ok", "says"}.

    Raises:
        CannotDo: configuration or warehouse cannot be used.
    """
    settings = load_settings()
    sources, skipped = choose_sources(settings, named)
    clock = Clock(read_as_of())
    lines: list[dict[str, Any]] = []
    codes: set[Exit] = set()
    with open_instance(settings) as instance:
        Warehouse(settings, instance).check()
        for name in sources:
            round = Round.begin(1, settings.leadhouse.limits())
            # Each check is its own place in the journal, so that none is answered by an earlier one.
            sync_id = f"{CHECKS}-{datetime.now():%Y%m%dT%H%M%S%f}"
            asking = Asking(
                SOURCES[name].provider(settings),
                instance.journal,
                clock,
                Pace(pace_file(settings)),
                Budget(),
                sync_id,
                clock.now(),
                round,
            )
            try:
                answer = asking(_free_question(name, settings, clock.now()))
            finally:
                asking.close()
                instance.journal.forget_answers(sync_id)
            if answer is None:
                stop = round.stopped(name, CHECKS) or next(iter(round.stops.values()))
                codes.add(EXIT_OF[stop.kind])
                lines.append({"source": name, "ok": False, "says": stop.sentence})
            else:
                lines.append(
                    {"source": name, "ok": True, "says": f"the key works; {_balance(name, settings, answer.document)}"}
                )
    lines.extend({"source": name, "ok": None, "says": f"skipped: {reason}"} for name, reason in skipped.items())
    return worst(codes), lines


def _free_question(name: str, settings: Settings, now: datetime) -> Question:
    from dataclasses import replace

    window = {"id": CHECKS, "step": 0, "position": None, "to": now.isoformat(), "from": None}
    if name == "leadiq":
        question = ask_account(window)
    elif name == "contactout":
        question = ask_stats(window)
    elif name == "letrics":
        question = letrics_walks(settings.sources.letrics)[0].question(window)
        if settings.prices.letrics.get(question.operation):
            raise CannotDo(
                "letrics has a price in this configuration and no free operation, so its key cannot be checked without spending."
            )
    else:
        raise AssertionError(f"no check for {name}")
    return replace(question, resource=CHECKS)


def _balance(name: str, settings: Settings, document: Any) -> str:
    """What the provider says about credits, in a few words."""
    read = next((walk.forecast.meters for walk in SOURCES[name].walks(settings) if walk.forecast.meters), None)
    meters = read(document) if read is not None else {}
    return "; ".join(f"{kind}: {meter.says}" for kind, meter in meters.items()) or f"{name} states no credits"
