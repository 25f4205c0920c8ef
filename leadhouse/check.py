"""`leadhouse check`: is each source configured, does its key work, what is left; free requests only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sources.contactout.api import ask_stats
from sources.landing.records import read_number
from sources.leadiq.api import ask_account
from sources.letrics.api import walks as letrics_walks
from sources.metered import Asking, Budget, Clock, Pace, Question, Round

from .catalogue import SOURCES
from .failures import CannotDo, Exit, worst
from .instance import open_instance
from .settings import Settings, load_settings, read_as_of
from .sync import EXIT_OF, choose_sources, pace_file
from .warehouse import Warehouse

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
                lines.append({"source": name, "ok": True, "says": f"the key works; {_balance(name, answer.document)}"})
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


def _balance(name: str, document: Any) -> str:
    """What the provider says about credits, in a few words."""
    if name == "leadiq":
        plan = (document["data"].get("account") or {}).get("universalPlan") or {}
        used, available = _number(plan.get("used")), _number(plan.get("available"))
        if used is None:
            return "LeadIQ states no universal credits"
        stated = "an unstated number" if available is None else f"{available:,.10g}"
        return f"{used:,.10g} UC used, {stated} available (the cap or the rest, LeadIQ does not say which)"
    if name == "contactout":
        usage = document.get("usage") or {}
        parts = []
        for credit_type, prefix in (("search", "search_"), ("email", ""), ("phone", "phone_")):
            left = usage.get(f"{prefix}remaining", usage.get(f"{prefix}quota"))
            number = _number(left)
            if number is not None:
                parts.append(f"{number:,.10g} {credit_type}")
        return f"left this month: {', '.join(parts)}" if parts else "ContactOut states no credits"
    return "Letrics states no credits"


def _number(value: Any) -> float | None:
    try:
        return read_number(value) if value is not None else None
    except ValueError:
        return None
