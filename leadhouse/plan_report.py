"""A plan for a person, in 80 columns, and for machines."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from .estimate import NOTHING, Amount
from .plan import Plan, SourcePlan, SyncPlan


def as_document(plan: Plan) -> dict[str, Any]:
    """The whole plan; each number with its `bound`: exact, about, at_most or unknown."""
    return {
        "exit_code": int(plan.exit_code),
        "syncs": [
            {
                "as_of": sync.as_of.isoformat(),
                "finishes": sync.broken_off.sync_id if sync.broken_off else None,
                "sources": [_source(source) for source in sync.sources],
            }
            for sync in plan.syncs
        ],
        "credits": {
            provider: {kind: amount.as_json() for kind, amount in credits.items()}
            for provider, credits in _totals(plan).items()
        },
        "skipped": plan.skipped,
    }


def _source(source: SourcePlan) -> dict[str, Any]:
    return {
        "source": source.source,
        "resources": [
            {
                "resource": line.resource,
                "windows": [
                    {key: stretch.window[key] for key in ("id", "kind", "from", "to", "step")}
                    for stretch in line.stretches
                ],
                "fresh_until": line.fresh_until.isoformat() if line.fresh_until else None,
                "answers_waiting": line.waiting,
                "requests": line.requests.as_json(),
                "requests_due": line.requests_due.as_json(),
                "records": line.records.as_json(),
                "credits": {kind: amount.as_json() for kind, amount in line.credits.items()},
                "credits_due": {kind: amount.as_json() for kind, amount in line.credits_due.items()},
                "usd": None if (usd := _dollars(line.credits, source.usd)) is None else usd.as_json(),
                "stopped": line.stopped,
                "notes": line.notes,
            }
            for line in source.lines
        ],
        "balances": {kind: {"left": meter.left, "says": meter.says} for kind, meter in source.meters.items()},
        "budgets": [
            {"credit_type": limit.credit_type, "period": limit.period, "credits": limit.credits, "left": left}
            for limit, left in source.budgets
        ],
        "time": [
            {"rate_class": name, "requests": requests.as_json(), "per_minute": per_minute, "seconds": seconds}
            for name, (requests, per_minute, seconds) in source.waits.items()
        ],
        "problems": source.problems,
    }


def print_plan(plan: Plan) -> None:
    """One table a source, what limits it below, and the total at the end; in 80 columns."""
    from rich.console import Console

    console = Console()

    def say(text: str, indent: str = "") -> None:
        lines = textwrap.wrap(
            text, console.width, initial_indent=indent, subsequent_indent=indent, break_long_words=False
        )
        console.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)

    for number, sync in enumerate(plan.syncs):
        if number:
            say("")
        say(_heading(sync, is_last=number + 1 == len(plan.syncs)))
        for source in sync.sources:
            say("")
            console.print(_table(source))
            for text in _remarks(source):
                say(text, "  ")
    say("")
    for name, reason in plan.skipped.items():
        say(f"{name} is skipped: {reason}")
    dollars = {source.source: source.usd for sync in plan.syncs for source in sync.sources}
    costs = {provider: credits for provider, credits in _totals(plan).items() if credits}
    for provider, credits in costs.items():
        usd = _dollars(credits, dollars[provider])
        money = f"; US$ {words(usd, '{:,.2f}')}" if usd is not None else ""
        say(
            f"Total at {provider}: {'; '.join(f'{words(amount)} {kind}' for kind, amount in sorted(credits.items()))}{money}."
        )
    if not costs:
        say("Total: it costs nothing.")


def _heading(sync: SyncPlan, is_last: bool) -> str:
    if sync.broken_off is None:
        return f"The next sync, as of {sync.as_of:%Y-%m-%d %H:%M} UTC"
    waiting = sum(line.waiting for source in sync.sources for line in source.lines)
    return (
        f"The sync of {sync.as_of:%Y-%m-%d %H:%M} UTC was broken off while {sync.broken_off.stage} (round "
        f"{sync.broken_off.round}) and is finished first{'' if is_last else ', before the one planned below'}. "
        f"{waiting:,} answer(s) in its journal wait to land and cost nothing more."
    )


def _table(source: SourcePlan) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(source.source, min_width=24, overflow="fold")
    for name in ("requests", "records"):
        table.add_column(name, justify="right", max_width=10)
    table.add_column("credits", justify="right", max_width=16)
    costs = any(line.credits for line in source.lines)
    if costs:
        table.add_column("at most", justify="right")
    if costs and source.usd:
        table.add_column("US$", justify="right", max_width=12)
    for line in source.lines:
        first = [f"  {line.resource}", _short(line.requests), _short(line.records)]
        for kind, amount in sorted(line.credits.items()):
            usd = _dollars({kind: amount}, source.usd)
            bound = "" if amount.at_most is None or amount.bound == "exact" else f"{amount.at_most:,.10g}"
            cost = kind if amount.bound == "at_most" else f"{_short(amount)} {kind}"
            table.add_row(
                *first,
                cost,
                bound,
                *(
                    [_short(usd, "{:,.2f}").replace("at most", "≤").replace("about", "≈") if usd else ""]
                    if source.usd
                    else []
                ),
            )
            first = ["", "", ""]
        if not line.credits:
            table.add_row(*first, "0")
    return table


def _remarks(source: SourcePlan) -> Iterator[str]:
    for line in source.lines:
        if line.fresh_until == datetime.max:
            yield f"{line.resource}: was read to its end, and is not read again."
        elif line.fresh_until is not None:
            yield f"{line.resource}: nothing is due until {line.fresh_until:%Y-%m-%d %H:%M}."
        if line.waiting:
            yield f"{line.resource}: {line.waiting:,} answer(s) wait in the journal and are not paid for again."
        for note in line.notes:
            yield f"{line.resource}: {note}."
        if line.stopped is not None:
            about = "" if line.requests.bound == "exact" else "about "
            yield (
                f"{line.resource}: stops after {about}{line.requests.expected:,.10g} of {_short(line.requests_due)} requests: "
                f"{line.stopped}."
            )
    yield from _limits(source)
    slowest = max(source.waits.items(), key=lambda item: item[1][2] or 0, default=None)
    if any(seconds is None for _, _, seconds in source.waits.values()):
        yield "time: unknown."
    elif slowest is not None and slowest[1][0] != NOTHING:
        name, (requests, per_minute, seconds) = slowest
        took = "under a minute" if (seconds or 0) < 60 else f"about {math.ceil((seconds or 0) / 60):,} min"
        yield f"time: {took} ({name}: {_short(requests)} requests at {per_minute:,.10g} a minute)."
    for problem in source.problems:
        yield f"{problem}."


def _limits(source: SourcePlan) -> Iterator[str]:
    due, takes = _sums(line.credits_due for line in source.lines), _sums(line.credits for line in source.lines)
    numbers = {kind: meter.left for kind, meter in source.meters.items() if meter.left is not None}
    if numbers:
        left = ", ".join(f"{number:,.10g} {kind}" for kind, number in numbers.items())
        verdicts = {_verdict(due[kind], number) for kind, number in numbers.items() if kind in due}
        verdict = next((one for one in ("", "probably enough", "enough") if one in verdicts), "")
        yield f"left: {left}{'; ' if verdict else ''}{verdict}."
    for kind, number in numbers.items():
        needed = due.get(kind, NOTHING)
        if needed.expected is not None and needed.expected > number:
            yield f"{kind}: {words(needed)} to buy, {number:,.10g} left: not enough."
        elif needed.at_most is not None and needed.at_most > number:
            yield f"{kind}: {words(needed)} to buy, {number:,.10g} left: maybe not enough."
    for kind, meter in source.meters.items():
        if meter.left is None:
            yield f"{kind}: {meter.says}."
    for limit, rest in source.budgets:
        yield (
            f"budget {limit.credit_type} per {limit.period}: {rest:,.10g} of {limit.credits:,.10g} left, the plan takes "
            f"{words(takes.get(limit.credit_type, NOTHING))}."
        )


def _verdict(needed: Amount, left: float) -> str:
    """Whether what is left will do; nothing when that is not to be said in a word."""
    if needed.expected is None and needed.at_most == left:
        return ""  # How much is to be bought is unknown, and what is left is all that bounds it.
    if needed.at_most is not None and needed.at_most <= left:
        return "enough"
    return "probably enough" if needed.expected is not None and needed.expected <= left else ""


def words(amount: Amount, form: str = "{:,.10g}") -> str:
    """`101`, `about 44, at most 101`, `about 44`, `at most 101`, `unknown`."""
    short = _short(amount, form)
    if amount.bound == "about" and amount.at_most is not None:
        return f"{short}, at most {form.format(amount.at_most)}"
    return short


def _short(amount: Amount, form: str = "{:,.10g}") -> str:
    """The same without the bound of a guess; a guess has no decimals, unless it is small or money."""
    if amount.expected is None:
        return "unknown" if amount.at_most is None else f"at most {form.format(amount.at_most)}"
    if amount.bound == "exact":
        return form.format(amount.expected)
    return f"about {form.format(round(amount.expected) if amount.expected >= 10 and '2f' not in form else amount.expected)}"


def _sums(credits: Iterable[Mapping[str, Amount]]) -> dict[str, Amount]:
    total: dict[str, Amount] = {}
    for one in credits:
        for kind, amount in one.items():
            total[kind] = total.get(kind, NOTHING) + amount
    return total


def _totals(plan: Plan) -> dict[str, dict[str, Amount]]:
    """Credits by provider and type over all syncs of the plan."""
    names = dict.fromkeys(source.source for sync in plan.syncs for source in sync.sources)
    return {
        name: _sums(
            line.credits
            for sync in plan.syncs
            for source in sync.sources
            if source.source == name
            for line in source.lines
        )
        for name in names
    }


def _dollars(credits: dict[str, Amount], usd: dict[str, float]) -> Amount | None:
    """What credits come to in dollars; None when one of them has no price."""
    if not usd or any(kind not in usd for kind in credits):
        return None
    return sum((amount.times(usd[kind]) for kind, amount in credits.items()), NOTHING)
