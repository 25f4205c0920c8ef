"""What must hold of every fault: complete, or partial with the right exit code and then complete; never wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from leadhouse.failures import Exit
from leadhouse.sync import EXIT_OF
from sources.metered import Action, Credits, ErrorRule, Stop, StopKind, add
from tests.desk import ATTEMPTS, Desk, Kept, Undisturbed, Visit
from tests.faults.lines import ADDRESS, KEYS, STALLED_SECONDS, Line, Order

HOUR = timedelta(hours=1)
NUMBERED = {
    "contactout": ("people_search", "company_search", "decision_makers"),
    "letrics": ("contacts", "companies"),
}
"""Operations whose pages have numbers."""
OF_ANOTHER_SERVER = ("listProspects", "exportList")
ANOTHER_SEASON = timedelta(days=40)
"""After so long everything is due again."""

WAIT_ASKED = "3600"
SECRETS = (ADDRESS, *(form for forms in KEYS.values() for form in forms))


@dataclass(frozen=True)
class Case:
    """A fault: which line it provokes and how, from which request on, and whether it passes by itself."""

    line: Line
    order: Order
    skip: int
    passes: bool

    @property
    def rule(self) -> ErrorRule:
        return self.line.rule

    def provoke(self, desk: Desk) -> None:
        """Orders it."""
        if self.order.fault is None:
            desk.shut_the_gate(self.skip, once=self.passes)
            return
        headers = {}
        if self.rule.action is Action.WAIT:
            headers = {"retry-after": "0.05" if self.passes else WAIT_ASKED}
        times = 1 if self.passes else -1
        desk.order({**self.order.fault, "headers": headers, "skip": self.skip, "times": times})

    def limits(self) -> dict[str, Any]:
        if self.rule.kind != "timeout":
            return {}
        # Where every answer stalls none can be late by chance.
        return {"timeout_seconds": STALLED_SECONDS / (2 if self.passes or self.skip else 10)}


@dataclass(frozen=True)
class Expected:
    """How the disturbed sync must end.

    Attributes:
        disturbed: outcomes of the requests that brought nothing, in order.
        begins_again: whether the window was read from its beginning after the fault.
        says: whether the line's own sentence is said.
    """

    stop: StopKind | None
    disturbed: tuple[str, ...] = ()
    whole_source: bool = False
    begins_again: bool = False
    says: bool = True


def expected(case: Case, paid: bool, source: str, operation: str) -> Expected:
    """What a table's line promises, in words of its action; written without looking at the client."""
    rule = case.rule
    lost = paid and rule.may_charge
    nothing_there = rule.action is Action.NOTHING_FOUND or (case.order.fault or {}).get("status") == 404
    if case.skip and nothing_there and operation in NUMBERED.get(source, ()):
        # No page behind this one, although more records were promised: that is no end.
        return Expected(StopKind.FAILED, says=False)
    match rule.action:
        case Action.RETRY if case.passes:
            return Expected(None, ("unknown" if lost else "retried",))
        case Action.RETRY if lost:
            return Expected(StopKind.UNKNOWN, ("unknown", "unknown"))
        case Action.RETRY:
            return Expected(StopKind.FAILED, (*["retried"] * (ATTEMPTS - 1), "failed"))
        case Action.WAIT if case.passes:
            return Expected(None, ("retried",))
        case Action.WAIT:
            return Expected(StopKind.FAILED, ("failed",), whole_source=True)
        case Action.NOTHING_FOUND:
            return Expected(None)
        case Action.STOP_RESOURCE:
            return Expected(StopKind.FAILED, ("failed",))
        case Action.STOP_SOURCE:
            # What Prospector refuses says nothing of the rest of LeadIQ.
            return Expected(StopKind.FAILED, ("failed",), whole_source=operation not in OF_ANOTHER_SERVER)
        case Action.NO_CREDITS:
            return Expected(StopKind.NO_CREDITS, ("failed",))
        case Action.ASK_FOR_LESS if case.passes:
            return Expected(None, ("retried",))
        case Action.ASK_FOR_LESS:
            return Expected(StopKind.FAILED, ("retried", "failed"))
        case Action.EXPIRED if case.skip and not paid:
            return Expected(None, ("retried",), begins_again=True)
        case Action.EXPIRED:
            return Expected(StopKind.FAILED, ("retried",))
    raise AssertionError(f"nobody has said what {rule.action} promises")


def passes_and_stays(rule: ErrorRule) -> Iterable[tuple[int, bool]]:
    """(answers before the fault, whether it passes by itself) that tell something about a line."""
    if rule.action in (Action.RETRY, Action.WAIT, Action.ASK_FOR_LESS):
        return ((0, False), (1, True), (1, False)) if rule.kind != "timeout" else ((0, False), (1, True))
    if rule.action in (Action.EXPIRED, Action.NOTHING_FOUND):
        return ((0, True), (1, True))
    return ((0, False), (1, False))


def check_line(desk: Desk, case: Case, whole: Undisturbed) -> None:
    """The whole story of a fault: the disturbed sync, the next ones, and the money."""
    should = expected(case, desk.paid, desk.resource.source, desk.operation)
    case.provoke(desk)
    visit = desk.sync(**case.limits())
    check_end(visit, case, should)
    check_records(visit, case, should, whole)
    check_ledger(desk, visit, case)
    desk.no_faults()

    repeats = case.rule.action in (Action.NOTHING_FOUND, Action.EXPIRED) and not desk.walk.reads_meter
    if should.stop is not None and case.rule.action is Action.WAIT:
        check_pause_is_kept(desk)
    final = desk.sync(after=ANOTHER_SEASON if repeats else HOUR)
    kept = [*visit.kept, *final.kept]
    if should.stop is StopKind.UNKNOWN and final.stops:
        # A risk that somebody must allow.
        check_said(final.stop(), {StopKind.UNKNOWN})
        assert "repeat_unknown_up_to" in (final.stop() or Stop(StopKind.FAILED, "")).sentence
        final = desk.sync(repeat_unknown_up_to=1000)
        kept += final.kept
    assert (final.stops, final.exit_code) == ({}, Exit.COMPLETE)
    check_complete(kept, whole, by_key=case.rule.action is Action.ASK_FOR_LESS)
    bought_again = whole.charged if case.rule.action is Action.EXPIRED else {}
    check_money(desk, whole, bought_again)


def check_end(visit: Visit, case: Case, should: Expected) -> None:
    """The action that was taken, as the stop and the exit code tell."""
    stop = visit.stop()
    assert (stop.kind if stop else None) is should.stop, f"{stop}"
    assert visit.exit_code is (EXIT_OF[should.stop] if should.stop else Exit.COMPLETE)
    assert visit.proven == (should.stop is None), "what was not read to its end proves nothing"
    if stop is None:
        return
    assert (None in visit.stops) == should.whole_source
    check_said(stop, {should.stop} if should.stop else set(), case if should.says else None)


def check_said(stop: Stop | None, kinds: set[StopKind], case: Case | None = None) -> None:
    """The line's own sentence with the provider's words: no braces, no key, no address."""
    assert stop is not None
    assert stop.kind in kinds
    assert len(stop.sentence) > 20
    assert not set("{}") & set(stop.sentence)
    for secret in SECRETS:
        assert secret not in stop.sentence
    if case is not None and stop.kind is not StopKind.UNKNOWN and case.rule.action is not Action.EXPIRED:
        for part in re.split(r"\{\w+\}", case.rule.sentence):
            assert part.strip() in stop.sentence, "the line's own sentence is said"
        if "{message}" in case.rule.sentence:
            assert case.order.words.partition(" (")[0] in stop.sentence, "the provider's own words are said"


def check_records(visit: Visit, case: Case, should: Expected, whole: Undisturbed) -> None:
    """What was read is the beginning of the whole, record for record."""
    before = sum(whole.pages[: case.skip])
    if should.begins_again:
        assert visit.kept == [*whole.kept[:before], *whole.kept]
    elif case.rule.action is Action.ASK_FOR_LESS:
        wanted = whole.kept if should.stop is None else whole.kept[:before]
        assert [one.key for one in visit.kept] == [one.key for one in wanted]
    elif should.stop is None and case.rule.action is not Action.NOTHING_FOUND:
        assert visit.kept == whole.kept
    elif should.stop is not None:
        assert visit.kept == whole.kept[:before]
    else:
        # A walk goes on after "nothing" where each step stands for itself (one month, and another); in the middle of
        # pages it cannot be all.
        assert set(visit.kept) < set(whole.kept)
        assert not before or len(visit.pages) == len(whole.pages), "what was promised never came, and nobody says so"


def check_ledger(desk: Desk, visit: Visit, case: Case) -> None:
    """Each request is on record with its outcome, and nothing a provider said too much of."""
    should = expected(case, desk.paid, desk.resource.source, desk.operation)
    disturbed = visit.disturbed()
    assert tuple(disturbed) == should.disturbed
    if case.rule.action is Action.NOTHING_FOUND:
        assert [row.outcome for row in visit.rows].count("empty") == 1
    nobody_there = [row for row in visit.rows if row.http_status is None and case.rule.kind == "connect"]
    desk.waits_until_sent(len(visit.rows) - len(nobody_there))
    assert all(row.credits == {} for row in visit.rows if row.outcome in ("retried", "failed", "empty"))
    for secret in SECRETS:
        assert secret not in desk.told()
    fault = case.order.fault or {}
    came = fault.get("kind") in ("html", "malformed", "truncate") or fault.get("status") == 200
    lost = disturbed.count("unknown") if came else 0
    assert len(visit.unreadable) == lost, "what may be paid for and cannot be read is kept"


def check_pause_is_kept(desk: Desk) -> None:
    """Before the provider's time is over nothing is sent, in the next sync either."""
    sent = desk.sent()
    visit = desk.sync()
    stop = visit.stop()
    check_said(stop, {StopKind.FAILED})
    assert visit.kept == []
    assert desk.sent() == sent
    desk.later()


def check_complete(kept: Iterable[Kept], whole: Undisturbed, by_key: bool = False) -> None:
    """All syncs together hold what an undisturbed one holds: nothing less, and nothing else."""
    if by_key:
        assert {one.key for one in kept} == {one.key for one in whole.kept}
    else:
        assert set(kept) == set(whole.kept)


def check_money(desk: Desk, whole: Undisturbed, bought_again: Mapping[str, float] | None = None) -> None:
    """The ledger says no less than was charged; what is charged twice is what the ledger calls unknown."""
    charged, spent, unknown = desk.charged(), desk.spent(), desk.unknown()
    for name, amount in charged.items():
        assert spent.get(name, 0) >= amount - 1e-6, f"{name}: charged {amount}, and the ledger says {spent}"
    for name, amount in spent.items():
        assert amount - charged.get(name, 0) <= unknown.get(name, 0) + 1e-6
    most: Credits = dict(whole.charged)
    for _ in desk.syncs[1:]:
        add(most, whole.charged_again)
    add(most, unknown)
    add(most, bought_again or {})
    for name, amount in charged.items():
        assert amount <= most.get(name, 0) + 1e-6, f"{name}: bought twice; charged {amount} of at most {most}"
    if not desk.paid:
        assert (charged, spent) == ({}, {})
