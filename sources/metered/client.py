"""The metered client: the only code that opens a connection.

An answer is committed to the journal before anyone sees it; a paid request is on record before it leaves; whatever may
have been charged counts as spent. Retrying is written here and not taken from a library, because what may be repeated
depends on whether the request was paid and whether it can have arrived (`Action`, `may_charge`), and because
`Retry-After` is honoured in full, which the libraries clamp.
"""

from __future__ import annotations

import json
import random
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

import httpx

from .budgets import Budget
from .clock import Clock
from .csv_answers import read_csv
from .errors import Action, ErrorRule, Problem, look_up
from .journal import Journal, JournalError, RequestRow, StoredAnswer, Unreadable
from .pacing import Pace
from .prices import Credits, add, price
from .providers import Provider
from .questions import Answer, Period, Question, RowOutcome, digest

MAX_MESSAGE = 400
LOST_PAID_PAUSE = 2.0
"""Seconds before a paid request is repeated: a second loss is left, so the first repeat had better succeed."""
SHORTEST_KEY = 8
"""Characters; anything shorter is no key and may stand in an answer by chance."""
LOST = 0
"""In place of a status, where nothing came back."""
LONGEST_ANSWER = 5
"""How many times `timeout_seconds` an answer may take in all when its bytes keep coming."""
STOPPED_ON_REQUEST = "stopped on request; the next sync goes on from here"
ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+\.\w+")


READERS: Mapping[str, Callable[[bytes], Any]] = {"json": json.loads, "csv": read_csv}
"""By `Question.reads`; each raises ValueError for a body that is something else."""
ACCEPT = {"json": "application/json", "csv": "text/csv, */*;q=0.5"}


NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
    httpx.LocalProtocolError,
    UnicodeEncodeError,
)
"""What goes wrong before a request is on its way."""


class Stopped(Exception):
    """Outside a Leadhouse sync: a source cannot go on; what was answered is kept in its journal for the next run."""


class StopKind(StrEnum):
    """Why a resource was not read to its end."""

    BUDGET = "budget"
    NO_CREDITS = "no_credits"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_OFFERED = "not_offered"
    INTERRUPTED = "interrupted"
    ABANDONED = "abandoned"
    PARTIAL = "partial"
    """No stop: the provider sent data and errors together."""
    SHIFTED = "shifted"
    """No stop: the result changed while it was read in pages."""
    PENDING = "pending"
    """No stop: the provider is still working on what was asked for."""
    AHEAD = "ahead"
    """No stop: the state says that everything was read up to a moment that is still to come."""
    ENDED = "ended"
    """No stop: the provider gave up what it was to do, or was told to."""

    @property
    def ends(self) -> bool:
        """Whether the resource was not read any further."""
        return self not in REMARKS


REMARKS = frozenset({StopKind.PARTIAL, StopKind.SHIFTED, StopKind.PENDING, StopKind.AHEAD, StopKind.ENDED})


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop, or a remark about how a resource was read, with its sentence for a person."""

    kind: StopKind
    sentence: str


@dataclass(frozen=True, slots=True)
class Limits:
    """How far the client goes.

    Args:
        max_paid_in_flight: paid requests under way at once, over all providers; what a kill can cost at most.
        repeat_unknown_up_to: credits (of each type) that may be risked to repeat, once, a paid request whose answer
            was lost.
        patience_seconds: the longest wait a provider may ask for; beyond it the source ends, resumable.
        attempts: how often a request is sent that fails in a way that may pass.
        answers_per_round, bytes_per_round: a round of asking ends after so much.
        timeout_seconds: for one request.
    """

    max_paid_in_flight: int = 2
    repeat_unknown_up_to: float = 30
    patience_seconds: float = 900
    attempts: int = 4
    answers_per_round: int = 2000
    bytes_per_round: int = 64_000_000
    timeout_seconds: float = 60


class Interruption:
    """A wish to stop, and how many paid requests must still be waited for."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self.paid_in_flight = 0

    def set(self) -> None:
        self._event.set()

    def is_set(self) -> bool:
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        return self._event.wait(seconds)

    def paid_began(self) -> None:
        with self._lock:
            self.paid_in_flight += 1

    def paid_ended(self) -> None:
        """Its answer, or that there was none, is in the journal."""
        with self._lock:
            self.paid_in_flight -= 1


@dataclass
class Round:
    """What all asking threads of one round share."""

    number: int
    limits: Limits
    paid: threading.Semaphore
    interrupted: Interruption = field(default_factory=Interruption)
    stops: dict[tuple[str, str | None], Stop] = field(default_factory=dict)
    answers: int = 0
    bytes: int = 0
    cut_short: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def begin(
        cls,
        number: int,
        limits: Limits,
        interrupted: Interruption | None = None,
        stops: Mapping[tuple[str, str | None], Stop] | None = None,
    ) -> Round:
        """A new round; what stopped in an earlier round of the same sync stays stopped."""
        paid = threading.Semaphore(limits.max_paid_in_flight)
        return cls(number, limits, paid, interrupted or Interruption(), dict(stops or {}))

    def is_full(self) -> bool:
        """Whether this round has its answers; who is told so stops and goes on in the next round."""
        with self._lock:
            if self.answers < self.limits.answers_per_round and self.bytes < self.limits.bytes_per_round:
                return False
            self.cut_short = True
            return True

    def count(self, size: int) -> None:
        with self._lock:
            self.answers += 1
            self.bytes += size

    def stop(self, provider: str, resource: str | None, stop: Stop) -> None:
        """Notes a stop; of a resource (None: of the whole provider) the first is kept, and a stop before a remark."""
        with self._lock:
            noted = self.stops.setdefault((provider, resource), stop)
            if stop.kind.ends and not noted.kind.ends:
                self.stops[provider, resource] = stop

    def stopped(self, provider: str, resource: str) -> Stop | None:
        """Why a resource is not read any further; None while it is."""
        for stop in (self.stops.get((provider, None)), self.stops.get((provider, resource))):
            if stop is not None and stop.kind.ends:
                return stop
        return None


class Ask(Protocol):
    """What a page walk needs: something to ask, and the sync's clock."""

    @property
    def as_of(self) -> datetime: ...

    @property
    def sync(self) -> str:
        """Which sync this is; each opens at most one window per resource."""

    @property
    def backfill(self) -> Period | None:
        """The period to read in place of what is new; None for what is new."""

    def __call__(self, question: Question) -> Answer | None:
        """The answer; None when the walk must stop here, for a reason the client keeps."""

    def give_up(self, resource: str, sentence: str) -> None:
        """The walk found that it cannot go on (a cursor that goes round in circles, say)."""

    def remark(self, resource: str, kind: StopKind, sentence: str) -> None:
        """The walk goes on, and a person should know this of it."""

    def completed(self, resource: str, window: Mapping[str, Any]) -> None:
        """A window was read to its end."""

    def begins(self, resource: str, window: str, step: int) -> None:
        """A walk starts at this landed place; what stands before it will not be asked for again."""

    def note_rows(self, resource: str, rows: Sequence[RowOutcome]) -> None:
        """This became of rows that were to be written at the provider."""


class Replaying:
    """Journal-only: answers what this sync was answered before, sends nothing, stops where the journal ends.

    Args:
        lenient: stop, too, where the journal holds another question's answer or a damaged one.
        backfill: see `Ask`.
    """

    def __init__(
        self,
        journal: Journal,
        sync_id: str,
        provider: str,
        as_of: datetime,
        lenient: bool = False,
        backfill: Period | None = None,
    ) -> None:
        self.backfill = backfill
        self._lenient = lenient
        self._journal = journal
        self._sync_id = sync_id
        self._provider = provider
        self.as_of = as_of
        self.sync = sync_id

    def __call__(self, question: Question) -> Answer | None:
        question_id = identify(self._sync_id, self._provider, question)
        try:
            stored = self._journal.answer(question_id)
            if stored is None:
                is_told = self._lenient and (question.writes == "once" or question.is_row)
                lost = self._journal.lost_request(question_id) if is_told else None
                return None if lost is None else _as_answer(_lost_answer(question, lost), question, replayed=True)
            refuse_other(stored, question, self._provider)
        except JournalError:
            if self._lenient:
                return None
            raise
        return _as_answer(stored, question, replayed=True)

    def give_up(self, resource: str, sentence: str) -> None:
        """Said already when it was asked."""

    def remark(self, resource: str, kind: StopKind, sentence: str) -> None:
        """Said already when it was asked."""

    def completed(self, resource: str, window: Mapping[str, Any]) -> None:
        """Noted already when it was asked."""

    def begins(self, resource: str, window: str, step: int) -> None:
        """Nothing to forget: a round's bodies leave together."""

    def note_rows(self, resource: str, rows: Sequence[RowOutcome]) -> None:
        """Noted already when it was asked; save what was in flight when its sync was broken off, and abandoned since."""
        if self._lenient:
            self._journal.note_rows(self._sync_id, self._provider, resource, rows)


class Asking:
    """Asks one provider: journal first, then the network.

    Args:
        sync_id: the sync whose questions these are.
        on_answer: told (resource, records, credits, replayed) for each answer.
        forgets: outside a Leadhouse sync: nothing is frozen, and what has landed leaves the journal as walks begin.
        backfill: see `Ask`.
    """

    def __init__(
        self,
        provider: Provider,
        journal: Journal,
        clock: Clock,
        pace: Pace,
        budget: Budget,
        sync_id: str,
        as_of: datetime,
        round: Round,
        on_answer: Callable[[str, int, Credits, bool], None] = lambda *_: None,
        forgets: bool = False,
        backfill: Period | None = None,
    ) -> None:
        self.provider = provider
        self.backfill = backfill
        self.as_of = as_of
        self.sync = f"{sync_id} {as_of.isoformat()}" if forgets else sync_id
        self._journal = journal
        self._clock = clock
        self._pace = pace
        self._budget = budget
        self._sync_id = sync_id
        self._round = round
        self._on_answer = on_answer
        self._forgets = forgets
        self._who = _who(provider)
        self._headers_lock = threading.Lock()
        self._learning = threading.Lock()
        self._form: int | None = None
        # A proxy from the environment is for the outside, not for a server on this machine.
        self._http = {
            trusts: httpx.Client(
                timeout=httpx.Timeout(round.limits.timeout_seconds, connect=15),
                follow_redirects=False,
                trust_env=trusts,
            )
            for trusts in {_is_outside(url) for url in provider.base_urls}
        }

    def close(self) -> None:
        for http in self._http.values():
            http.close()

    # -- the walk's side ----------------------------------------------------------------------------------------------

    def __call__(self, question: Question) -> Answer | None:
        """Asks; see `Ask`.

        Raises:
            JournalError: the journal holds another question's answer at this place.
        """
        if self._round.stopped(self.provider.name, question.resource):
            return None
        question_id = identify(self._sync_id, self.provider.name, question)
        stored = self._journal.answer(question_id)
        if stored is not None and self._forgets and stored.fingerprint != question.fingerprint:
            stored = None  # Outside a sync nothing is frozen: a question that changed is a new one.
        if stored is not None:
            refuse_other(stored, question, self.provider.name)
            return self._replay(stored, question)
        if self._round.interrupted.is_set():
            self._stop(question.resource, StopKind.INTERRUPTED, STOPPED_ON_REQUEST)
            return None
        if self._round.is_full():
            return None
        headers = self._authenticated(question)
        if headers is None:
            return None
        outcome = self._send_until_answered(question, question_id, headers)
        if isinstance(outcome, Refused):
            if outcome.problem.status == 401 and len(self.provider.headers) > 1 and not question.server:
                # What was found out about the key's form no longer holds.
                self._journal.set_meta(f"authentication {self._who}", "")
            self._stop(None if outcome.whole_source else question.resource, outcome.kind, self._words(outcome.sentence))
            return None
        return outcome

    def give_up(self, resource: str, sentence: str) -> None:
        self._stop(resource, StopKind.FAILED, sentence)

    def remark(self, resource: str, kind: StopKind, sentence: str) -> None:
        self._round.stop(self.provider.name, resource, Stop(kind, sentence))

    def completed(self, resource: str, window: Mapping[str, Any]) -> None:
        self._journal.complete_window(
            {
                "sync_id": self._sync_id,
                "round": self._round.number,
                "provider": self.provider.name,
                "resource": resource,
                "window": window["id"],
                "kind": window["kind"],
                "from": window.get("from"),
                "to": window.get("to"),
                "completed_at": self._clock.now().isoformat(),
                "steps": window["step"],
                "is_partial": int(bool(window.get("partial"))),
            }
        )

    def begins(self, resource: str, window: str, step: int) -> None:
        if self._forgets:
            self._journal.forget(self._sync_id, self.provider.name, resource, window, step)

    def note_rows(self, resource: str, rows: Sequence[RowOutcome]) -> None:
        self._journal.note_rows(self._sync_id, self.provider.name, resource, rows)

    # -- authentication -----------------------------------------------------------------------------------------------

    def _authenticated(self, question: Question) -> Mapping[str, str] | None:
        """The headers to send; where two forms of a key are possible, one free request tells which."""
        form = self._right_form(question)
        return None if form is None else self.provider.headers_of(question, form)

    def _right_form(self, question: Question) -> int | None:
        provider = self.provider
        if len(provider.headers) == 1 or provider.probe is None:
            return 0
        with self._headers_lock:
            if self._form is not None:
                return self._form
            if self._round.stopped(provider.name, question.resource):
                return None
            known = self._journal.meta(f"authentication {self._who}")
            if known:
                self._form = int(known)
                return self._form
            refused: Refused | None = None
            for number, headers in enumerate(provider.headers):
                probe = replace(provider.probe, window=f"form-{number}")
                probe_id = identify(self._sync_id, provider.name, probe)
                # An answer without a note of it is one that a kill came after; a note that says nothing is a refusal.
                stored = self._journal.answer(probe_id) if known is None else None
                outcome: Answer | Refused | None = None if stored is None else self._replay(stored, probe)
                if outcome is None:
                    outcome = self._send_until_answered(probe, probe_id, headers)
                if outcome is None:
                    return None
                status = outcome.problem.status if isinstance(outcome, Refused) else 200
                if isinstance(outcome, Refused) and status in (401, 403):
                    # The key was not accepted in this form; there may be another.
                    refused = outcome
                    continue
                looked = isinstance(outcome, Answer) or outcome.problem.kind == "status"
                if isinstance(outcome, Refused) and (not looked or status is None or status >= 500 or status == 429):
                    # Nobody looked at the key.
                    self._stop(None, outcome.kind, self._words(outcome.sentence))
                    return None
                # Whatever else was answered, the key was accepted.
                self._journal.set_meta(f"authentication {self._who}", str(number))
                self._form = number
                return number
            assert refused is not None
            self._stop(None, refused.kind, self._words(refused.sentence))
        return None

    # -- sending ------------------------------------------------------------------------------------------------------

    def _send_until_answered(
        self, question: Question, question_id: str, headers: Mapping[str, str]
    ) -> Answer | Refused | None:
        """The answer; why there is none; or None when the walk stops for a reason that is noted already."""
        limits = self._round.limits
        if question.writes == "once" and (lost := self._journal.lost_request(question_id)) is not None:
            # A kill came between sending and the answer.
            return self._keep_lost(question, lost)
        number = self._journal.attempts(question_id)
        tries, waited = 0, 0.0
        if question.pause:
            self._round.interrupted.wait(question.pause)
        while True:
            if self._round.stopped(self.provider.name, question.resource):
                return None
            paused = self._pace.paused_for(self._rate_of(question))
            if paused > limits.patience_seconds:
                return self._too_long(
                    "the provider asked everybody with this key to wait", paused, Problem("status", 429)
                )
            # Read once: another thread may find out at any time that the account does not know one more.
            unknown = self._unknown_parts()
            if self.provider.without(question, unknown) is None:
                return Refused(
                    StopKind.NOT_OFFERED, f"this account does not offer {question.operation}", Problem("status")
                )
            wanted = self._within_budget(question, question_id)
            if wanted is None:
                is_lost = question.is_row and not self._round.stopped(self.provider.name, question.resource)
                lost = self._journal.lost_request(question_id) if is_lost else None
                return self._keep_lost(question, lost) if lost is not None else None
            asked = self.provider.without(wanted, unknown)
            assert asked is not None
            most = price(self.provider.prices, wanted.operation, wanted.at_most)
            number, tries = number + 1, tries + 1
            attempt = Attempt(question, question_id, wanted, asked, most, number, tries, waited)
            try:
                sent = self._send_once(attempt, headers)
                if sent is None:
                    self._stop(question.resource, StopKind.INTERRUPTED, STOPPED_ON_REQUEST)
                    return None
                try:
                    outcome = self._judge(attempt, *sent)
                finally:
                    if attempt.is_noted:
                        self._round.interrupted.paid_ended()
            finally:
                if not attempt.is_settled:
                    self._settle(attempt, {})
            if not isinstance(outcome, Repeat):
                return outcome
            if outcome.asks_for_less:
                tries -= 1
            elif outcome.waits:
                waited += outcome.pause
            else:
                self._round.interrupted.wait(outcome.pause)

    def _judge(self, attempt: Attempt, row: RequestRow, response: Reply | Problem) -> Answer | Refused | Repeat:
        """What follows from what came back; on record, and the budget settled, when this returns."""
        if isinstance(response, Reply) and response.problem is None:
            return self._keep(attempt, row, response, found=True)
        most = attempt.most
        problem = response if isinstance(response, Problem) else response.problem
        assert problem is not None
        rule, sentence = look_up(self.provider.errors, problem, self.provider.setting_of(attempt.question))
        is_answer = (
            rule.action is Action.NOTHING_FOUND
            or (rule.of_input and attempt.question.is_row)
            or (_is_missing(problem, rule) and attempt.question.may_be_missing)
        )
        if is_answer and isinstance(response, Reply):
            return self._keep(attempt, row, response, found=False)
        if rule.action is Action.EXPIRED and isinstance(response, Reply):
            return self._keep(attempt, row, response, found=False, expired="paid" if most else "free")
        # Charged, or written.
        may_have_acted = attempt.is_noted and rule.may_charge and problem.reached
        pause, told = self._pause(rule, response, attempt.tries)
        if may_have_acted:
            pause = max(pause, LOST_PAID_PAUSE)
        waits = rule.action is Action.WAIT or (told and rule.action is Action.RETRY)
        too_long = waits and attempt.waited + pause > self._round.limits.patience_seconds
        if rule.action is Action.ASK_FOR_LESS:
            is_news = self._learn(self.provider.unknown_parts(problem))
            # Another question may have learned it while this one was under way.
            repeats = is_news or self.provider.without(attempt.wanted, self._unknown_parts()) != attempt.asked
        else:
            again = rule.action is Action.RETRY and attempt.tries < self._round.limits.attempts
            repeats = (again or rule.action is Action.WAIT) and not too_long
        outcome = "unknown" if may_have_acted else "retried" if repeats else "failed"
        credits = most if may_have_acted else {}
        units = row.units if may_have_acted else {}
        ended = replace(row, outcome=outcome, credits=credits, units=units, message=self._words(problem.message))
        self._journal.record(ended, self._unreadable(row, response, problem) if may_have_acted else None)
        self._settle(attempt, credits)
        if waits:
            # Also when this walk does not wait for it: nobody who uses the key comes back sooner.
            self._pace.pause(self._rate_of(attempt.question), pause)
        if may_have_acted and attempt.question.writes == "once":
            # What was sent may still be taking effect.
            self._round.interrupted.wait(pause)
            return self._keep_lost(attempt.question, ended)
        if repeats:
            return Repeat(pause, waits, rule.action is Action.ASK_FOR_LESS)
        if may_have_acted and attempt.question.is_row:
            return self._keep_lost(attempt.question, ended)
        if too_long:
            return self._too_long(sentence, pause, problem)
        kind = StopKind.NO_CREDITS if rule.action is Action.NO_CREDITS else StopKind.FAILED
        # What another server refuses says nothing of the provider's own.
        whole_source = rule.action is Action.STOP_SOURCE and not attempt.question.server
        return Refused(kind, sentence, problem, whole_source)

    def _too_long(self, why: str, seconds: float, problem: Problem) -> Refused:
        sentence = (
            f"{why}: the provider asks to wait {seconds:.0f} s, longer than patience_seconds "
            f"({self._round.limits.patience_seconds:,.10g}) allows; run the sync again later"
        )
        return Refused(StopKind.FAILED, sentence, problem, whole_source=True)

    def _within_budget(self, question: Question, question_id: str) -> Question | None:
        """The question, asked for less where only that fits; None when nothing does, or it must not be risked again.

        Credits are reserved when this returns a question that costs.
        """
        most = price(self.provider.prices, question.operation, question.at_most)
        if not most:
            return question
        options = [question]
        taken = self._budget.reserve(self.provider.name, [most], self._goes_on)
        if isinstance(taken, str) and question.smaller is not None:
            while (smaller := options[-1].page_size) and smaller > 1:
                less = question.smaller(smaller - 1)
                if less is None or not less.page_size or less.page_size >= smaller:
                    break
                options.append(less)
            costs = [price(self.provider.prices, one.operation, one.at_most) for one in options]
            taken = self._budget.reserve(self.provider.name, costs, self._goes_on)
        if isinstance(taken, str):
            self._stop(question.resource, StopKind.BUDGET, taken)
            return None
        wanted = options[taken]
        most = price(self.provider.prices, wanted.operation, wanted.at_most)
        if not self._may_repeat(question, question_id, most):
            self._budget.settle(self.provider.name, most, {})
            return None
        return wanted

    def _settle(self, attempt: Attempt, credits: Credits) -> None:
        """Replaces what was reserved for an attempt by what it cost."""
        attempt.is_settled = True
        if attempt.most:
            self._budget.settle(self.provider.name, attempt.most, credits)

    def _goes_on(self) -> bool:
        return not self._round.interrupted.is_set()

    def _unreadable(self, row: RequestRow, response: Reply | Problem, problem: Problem) -> Unreadable | None:
        """What came of an answer that may have been paid for and cannot be read; None when nothing came."""
        body = response.body if isinstance(response, Reply) else problem.body
        status = row.http_status
        if not body or (status is not None and not 200 <= status < 300):
            return None
        return Unreadable(
            request_id=row.request_id,
            sync_id=row.sync_id,
            provider=row.provider,
            resource=row.resource,
            reason=f"the answer to {row.operation} cannot be read: {self._words(problem.message)}",
            fetched_at=self._clock.now().isoformat(),
            body=body,
        )

    def _unknown_parts(self) -> frozenset[str]:
        """What this account was found not to know, in this sync or an earlier one."""
        return learned_parts(self._journal, self.provider)

    def _learn(self, parts: frozenset[str]) -> bool:
        """Remembers parts of a selection that the account does not know; False when that is no news."""
        with self._learning:
            known = self._unknown_parts()
            if parts <= known:
                return False
            self._journal.set_meta(f"unknown parts {self._who}", json.dumps(sorted(known | parts)))
            return True

    def _may_repeat(self, question: Question, question_id: str, most: Credits) -> bool:
        """Whether a paid question may be asked although its answer was lost before; if not, why is noted.

        Of a row's question nothing is noted when it was lost just now: the walk is told, and goes on to other rows.
        """
        lost = self._journal.unknown_requests(
            self.provider.name, question.resource, question.window, question.step, question.fingerprint
        )
        if not lost:
            return True
        allowed = self._round.limits.repeat_unknown_up_to
        # The first loss cannot be helped; every repeat after it is a risk that was taken, or is about to be.
        risk = dict(most)
        for repeat in lost[1:]:
            add(risk, repeat)
        here = self._journal.unknown_requests_to(question_id)
        if here < 2 and max(risk.values()) <= allowed:
            return True
        if question.is_row and here:
            return False
        spent = ", ".join(f"{amount:,.10g} {name}" for name, amount in most.items())
        if here < 2:
            reason = (
                f"it is not asked again, since repeats would have risked {max(risk.values()):,.10g} credits and "
                f"repeat_unknown_up_to allows {allowed:,.10g}; raise that to ask again"
            )
        else:
            reason = "it is not asked a third time in one sync"
        self._stop(
            question.resource,
            StopKind.UNKNOWN,
            f"the answer to {question.operation} (step {question.step}) was lost {len(lost)} time(s) and may each time have "
            f"cost {spent}; {reason}",
        )
        return False

    def _send_once(self, attempt: Attempt, headers: Mapping[str, str]) -> tuple[RequestRow, Reply | Problem] | None:
        """Sends when pace and the limit of paid requests allow; None when interrupted before it left."""
        question, most = attempt.question, attempt.most
        slot = self._round.paid if attempt.is_noted else None
        if slot is not None:
            slot.acquire()
        try:
            rate = self.provider.rates.get(question.rate_class) or self.provider.rates.get("default") or 60
            place = self._pace.wait(self._rate_of(question), rate, self._goes_on)
            if place is None:
                return None
            row = RequestRow(
                request_id=f"{attempt.question_id}-{attempt.number}",
                question_id=attempt.question_id,
                sync_id=self._sync_id,
                round=self._round.number,
                provider=self.provider.name,
                operation=question.operation,
                resource=question.resource,
                window=question.window,
                step=question.step,
                fingerprint=question.fingerprint,
                selection=attempt.asked.selection,
                attempt=attempt.number,
                started_at=self._clock.now().isoformat(),
                duration_ms=None,
                outcome="sent",
                http_status=None,
                records=0,
                credits=most,
                message=None,
                units=attempt.wanted.at_most if most else {},
            )
            if attempt.is_noted:
                self._round.interrupted.paid_began()
            try:
                if attempt.is_noted:
                    # On record before it leaves, so that a kill in this moment is known to have risked it.
                    self._journal.record(row)
                began = time.monotonic()
                response = self._exchange(attempt.asked, headers)
            except BaseException:
                if attempt.is_noted:
                    self._round.interrupted.paid_ended()
                raise
            finally:
                self._pace.answered(place)
            duration = round((time.monotonic() - began) * 1000, 3)
            return replace(row, duration_ms=duration, http_status=response.status), response
        finally:
            if slot is not None:
                slot.release()

    def _exchange(self, question: Question, headers: Mapping[str, str]) -> Reply | Problem:
        base_url = self.provider.base_url_of(question)
        url = base_url.rstrip("/") + question.path
        body = bytearray()
        status: int | None = None
        deadline = time.monotonic() + self._round.limits.timeout_seconds * LONGEST_ANSWER
        try:
            with self._http[_is_outside(base_url)].stream(
                question.method,
                url,
                params=list(question.params) or None,
                json=dict(question.body) if question.body is not None else None,
                headers={"Accept": ACCEPT[question.reads], "User-Agent": "leadhouse", **headers},
            ) as response:
                status = response.status_code
                if response.is_redirect:
                    target = urlsplit(urljoin(url, response.headers.get("location", "")))
                    return Problem("redirect", status, f"{target.scheme}://{target.netloc}")
                for chunk in response.iter_bytes():
                    body += chunk
                    if time.monotonic() > deadline:
                        return Problem("timeout", status, "it was still coming", body=self._without_keys(body))
        except NEVER_LEFT as error:
            return Problem("connect", message=type(error).__name__, reached=False)
        except httpx.TimeoutException as error:
            return Problem("timeout", status, type(error).__name__, body=self._without_keys(body))
        except httpx.HTTPError as error:
            return Problem("reset", status, type(error).__name__, body=self._without_keys(body))
        return self._read(question, response.status_code, response.headers, self._without_keys(body))

    def _read(self, question: Question, status: int, headers: Mapping[str, str], body: bytes) -> Reply:
        retry_after = headers.get("retry-after")
        what_came = f"{headers.get('content-type', 'no content type').split(';')[0]} of {len(body)} bytes"
        says_when = read_retry_after(retry_after) is not None
        is_success = 200 <= status < 300
        reads = question.reads if is_success else "json"
        try:
            document = READERS[reads](body)
        except (ValueError, RecursionError):
            kind = f"not_{reads}" if is_success else "status"
            return Reply(status, body, None, retry_after, Problem(kind, status, what_came, says_when=says_when))
        try:
            problem, partial = self.provider.inspect(question, status, document)
        except Exception as error:
            # An answer nobody foresaw is kept all the same: it may have been paid for.
            problem = Problem("status", status, what_came) if status >= 400 else None
            partial = f"the answer has a shape that is not understood ({type(error).__name__})"
        if problem is not None:
            problem = replace(problem, says_when=says_when)
        return Reply(status, body, document, retry_after, problem, partial)

    def _keep(self, attempt: Attempt, row: RequestRow, reply: Reply, found: bool, expired: str = "") -> Answer:
        """Journal first; only then is the answer anyone's."""
        question, wanted, most = attempt.question, attempt.wanted, attempt.most
        counts: Mapping[str, int] = {"record": 0}
        credits: Credits = {}
        held = self._journal.job(self.provider.name, question.job) if question.job and not question.starts_job else {}
        if found:
            try:
                counts = self.provider.counts(wanted, reply.document)
                credits = price(self.provider.prices, wanted.operation, counts)
            except Exception:
                # What cannot be counted counts as the most it can have cost.
                credits = dict(most or held)
        starts = (question.job, most) if question.job and question.starts_job and found and most else None
        finishes = question.job if held and not counts.get("pending") else None
        units = {unit: n for unit, n in counts.items() if n and unit != "pending"}
        if starts:
            credits, units = {}, {}
        row = replace(
            row,
            outcome="retried" if expired else "ok" if counts.get("record", 0) else "empty",
            records=counts.get("record", 0),
            credits=credits,
            units=units,
            message=self._words(reply.partial) if reply.partial else None,
        )
        stored = StoredAnswer(
            question_id=attempt.question_id,
            sync_id=self._sync_id,
            provider=self.provider.name,
            resource=question.resource,
            window=question.window,
            step=question.step,
            operation=question.operation,
            selection=attempt.asked.selection,
            fingerprint=question.fingerprint,
            request_id=row.request_id,
            round=self._round.number,
            status=reply.status,
            found=found,
            partial=reply.partial,
            fetched_at=self._clock.now().isoformat(),
            body=reply.body,
            page_size=wanted.page_size if wanted is not question else None,
            expired=expired,
        )
        self._journal.keep(stored, row, starts, finishes)
        self._settle(attempt, most if starts else credits)
        if finishes:
            self._budget.finish_job(self.provider.name, held, credits)
        self._round.count(len(reply.body))
        self._on_answer(question.resource, row.records, credits, False)
        self._remark_partial(stored)
        return _as_answer(stored, question, replayed=False)

    def _keep_lost(self, question: Question, request: RequestRow) -> Answer:
        """The answer was lost, and stays so: that is what the journal answers from now on."""
        stored = _lost_answer(question, request)
        self._journal.keep(stored, request)
        self._round.count(0)
        return _as_answer(stored, question, replayed=False)

    def _remark_partial(self, stored: StoredAnswer) -> None:
        if stored.partial:
            sentence = (
                f"{stored.operation} came with data and errors ({self._words(stored.partial)}): the data was kept, and the "
                "rest is asked for again when its window is next read"
            )
            self.remark(stored.resource, StopKind.PARTIAL, sentence)

    def _replay(self, stored: StoredAnswer, question: Question) -> Answer:
        answer = _as_answer(stored, question, replayed=True)
        records = self._journal.records_of(stored.request_id)
        self._journal.record_replay(stored, self._round.number, self._clock.now().isoformat(), records)
        self._round.count(len(stored.body))
        self._on_answer(question.resource, records, {}, True)
        self._remark_partial(stored)
        return answer

    # -- small matters ------------------------------------------------------------------------------------------------

    def _pause(self, rule: ErrorRule, response: Reply | Problem, tries: int) -> tuple[float, bool]:
        """Seconds until the next attempt, and whether the provider named them."""
        asked = read_retry_after(response.retry_after) if isinstance(response, Reply) else None
        backoff = float(min(0.5 * 2.0 ** (tries - 1), 30.0)) * random.uniform(0.8, 1.2)
        if asked:
            return asked, True
        # "At once" is honoured with a breath: a provider that always says so would be asked for ever.
        return backoff * (4 if rule.action is Action.WAIT and asked is None else 1), False

    def _rate_of(self, question: Question) -> str:
        return f"{self._who} {question.rate_class}"

    def _stop(self, resource: str | None, kind: StopKind, sentence: str) -> None:
        self._round.stop(self.provider.name, resource, Stop(kind, sentence))
        if self._forgets and kind in (StopKind.FAILED, StopKind.NO_CREDITS, StopKind.UNKNOWN):
            # Nobody reads the round's stops in somebody else's pipeline.
            raise Stopped(f"{self.provider.name}.{resource or '*'}: {sentence}")

    def _without_keys(self, body: bytearray) -> bytes:
        """A body as it came, save that a key somebody echoes (a proxy's page, say) is kept nowhere."""
        kept = bytes(body)
        for secret in self.provider.secrets:
            if len(secret) >= SHORTEST_KEY:
                kept = kept.replace(secret.encode(), b"***")
        return kept

    def _words(self, message: str) -> str:
        """The provider's words without keys and addresses, and not endless."""
        for secret in filter(None, self.provider.secrets):
            message = message.replace(secret, "***")
        return ADDRESS.sub("<address>", message)[:MAX_MESSAGE]


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a question has no answer.

    Attributes:
        whole_source: whether nothing of this provider can go on.
    """

    kind: StopKind
    sentence: str
    problem: Problem
    whole_source: bool = False


@dataclass(slots=True)
class Attempt:
    """One attempt at a question.

    Attributes:
        question: as the walk put it.
        wanted: the same or, to stay within a budget, less of it.
        asked: `wanted` as far as the account knows it; what is sent.
        most: what it can cost at most; reserved.
        number: of all attempts at this question; `tries` are those of now, and `waited` the seconds waited between.
        is_settled: whether the budget holds what it cost, and no longer the most it can cost.
    """

    question: Question
    question_id: str
    wanted: Question
    asked: Question
    most: Credits
    number: int
    tries: int
    waited: float
    is_settled: bool = False

    @property
    def is_noted(self) -> bool:
        """Whether it is on record before it leaves, since it costs or changes something."""
        return bool(self.most or self.question.writes)


@dataclass(frozen=True, slots=True)
class Repeat:
    """A question is asked again.

    Attributes:
        waits: whether everybody who uses the key waits, since the provider said so.
        asks_for_less: whether parts of the selection are left out this time; the attempt then does not count.
    """

    pause: float
    waits: bool
    asks_for_less: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, and what was read in it."""

    status: int
    body: bytes
    document: Any
    retry_after: str | None = None
    problem: Problem | None = None
    partial: str | None = None


def _is_outside(base_url: str) -> bool:
    """Whether a server is none of this machine's, which alone may be reached without encryption."""
    return base_url.startswith("https:")


def _is_missing(problem: Problem, rule: ErrorRule) -> bool:
    return problem.kind == "status" and problem.status in (404, 410) and rule.action is Action.STOP_RESOURCE


def learned_parts(journal: Journal, provider: Provider) -> frozenset[str]:
    """What of our selections the account was found not to know: `Type.field`; by its key, over all syncs."""
    kept = journal.meta(f"unknown parts {_who(provider)}")
    return frozenset(json.loads(kept)) if kept else frozenset()


def _who(provider: Provider) -> str:
    """Stands for a provider and its key."""
    return digest(provider.name, *provider.secrets)[:16]


def identify(sync_id: str, provider: str, question: Question) -> str:
    """The id of a question's place."""
    return digest(sync_id, provider, question.resource, question.window, str(question.step))[:32]


def refuse_other(stored: StoredAnswer, question: Question, provider: str) -> None:
    """Raises JournalError when a stored answer belongs to another question than is asked at its place."""
    if stored.fingerprint != question.fingerprint:
        raise JournalError(
            f"The journal's answer to {provider}.{question.resource} (window {question.window}, step {question.step}) belongs "
            "to a different question than is asked now. Either the journal was edited or this is a bug in Leadhouse; "
            "nothing more was sent. Restore journal.sqlite from a backup; or run `leadhouse sync --abandon`, which keeps such "
            "answers in quarantine, lands the others and closes the sync."
        )


def read_retry_after(value: str | None, now: datetime | None = None) -> float | None:
    """Seconds to wait: from whole or fractional seconds, or an HTTP date; None when it says nothing readable."""
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            until = parsedate_to_datetime(value)
        except ValueError:
            return None
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        seconds = (until - (now or datetime.now(UTC))).total_seconds()
    return max(seconds, 0.0) if seconds == seconds and seconds != float("inf") else None


def _lost_answer(question: Question, request: RequestRow) -> StoredAnswer:
    """What stands in place of an answer that was lost with its request."""
    page_size = question.page_size
    sent: Question | None = question
    while sent is not None and not _begins_with(request.selection, sent.selection) and page_size and page_size > 1:
        # A budget made it smaller; its selection says so.
        page_size -= 1
        sent = question.smaller(page_size) if question.smaller else None
    return StoredAnswer(
        question_id=request.question_id,
        sync_id=request.sync_id,
        provider=request.provider,
        resource=request.resource,
        window=request.window,
        step=request.step,
        operation=request.operation,
        selection=request.selection,
        fingerprint=request.fingerprint,
        request_id=request.request_id,
        round=request.round,
        status=LOST,
        found=False,
        partial=None,
        fetched_at=request.started_at,
        body=b"",
        page_size=page_size if page_size != question.page_size else None,
    )


def _begins_with(selection: str, wanted: str) -> bool:
    """Whether a request had this selection; what the account does not know was left out and is named behind it."""
    return f"{selection} ".startswith(f"{wanted} ")


def _as_answer(stored: StoredAnswer, question: Question, replayed: bool) -> Answer:
    asked = question
    if stored.page_size is not None and question.smaller is not None:
        asked = question.smaller(stored.page_size) or question
    return Answer(
        question=asked,
        request_id=stored.request_id,
        question_id=stored.question_id,
        status=stored.status,
        body=stored.body,
        lost=stored.status == LOST,
        # "Nothing found" may come as anything; what was found was read before it was kept.
        document=READERS[question.reads](stored.body) if stored.found else {},
        fetched_at=datetime.fromisoformat(stored.fetched_at),
        selection=stored.selection,
        found=stored.found,
        partial=stored.partial,
        smaller=stored.page_size is not None,
        expired=stored.expired,
        replayed=replayed,
    )
