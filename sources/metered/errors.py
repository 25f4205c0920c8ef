"""Errors are a table: from what a provider did to what is done about it, and a sentence a person can act on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """What is done about an error."""

    RETRY = "retry"
    """Ask again after a growing pause, a few times."""
    WAIT = "wait"
    """Ask again after the pause the provider names."""
    NOTHING_FOUND = "nothing_found"
    """No error: the provider knows nothing."""
    STOP_RESOURCE = "stop_resource"
    """This resource cannot go on; the others can."""
    STOP_SOURCE = "stop_source"
    """Nothing of this provider can go on."""
    ASK_FOR_LESS = "ask_for_less"
    """The provider does not know a part of what was selected: ask again without it."""
    NO_CREDITS = "no_credits"
    """The provider says its credits are used up."""
    EXPIRED = "expired"
    """The provider no longer knows the cursor: begin again where that is free."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong: an HTTP status (or one carried inside a 200), or the kind of a failed connection.

    Attributes:
        kind: `status`, `timeout`, `reset`, `connect`, `redirect`, `not_json`, `not_csv`.
        message: the provider's own words, shortened; never a key.
        reached: whether the request may have reached the provider.
        says_when: whether the provider named a time to come back.
        body: what came of an answer that broke off.
    """

    kind: str
    status: int | None = None
    message: str = ""
    reached: bool = True
    says_when: bool = False
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class ErrorRule:
    """One line of an error table; the first line that matches counts.

    Args:
        sentence: for a person; `{message}` is replaced by the provider's words, `{status}` by the status, `{base_url}` by the
            configuration key of the address that was asked.
        may_charge: whether a paid request that ended so may have been charged; it is then never repeated blindly.
        of_input: whether the provider refuses what was asked about, and not how: of a lookup, other rows may do.
    """

    action: Action
    sentence: str
    kind: str = "status"
    status: int | range | None = None
    message: str = ""
    may_charge: bool = False
    of_input: bool = False

    def matches(self, problem: Problem) -> bool:
        if self.kind != problem.kind:
            return False
        if isinstance(self.status, range):
            if problem.status not in self.status:
                return False
        elif self.status is not None and self.status != problem.status:
            return False
        return not self.message or re.search(self.message, problem.message, re.IGNORECASE) is not None


EVERYWHERE: tuple[ErrorRule, ...] = (
    ErrorRule(Action.WAIT, "the rate limit is reached", status=429),
    ErrorRule(
        Action.RETRY, "the provider failed with status {status}: {message}", status=range(500, 600), may_charge=True
    ),
    ErrorRule(Action.RETRY, "the request took too long (408): {message}", status=408, may_charge=True),
    ErrorRule(
        Action.STOP_SOURCE,
        "the answer is a redirect ({status}) to {message}; redirects are not followed, since the key would go along: correct {base_url}",
        kind="redirect",
    ),
    ErrorRule(
        Action.RETRY, "no connection could be made ({message}): check {base_url} and the network", kind="connect"
    ),
    ErrorRule(
        Action.RETRY,
        "no answer came in time ({message}): run the sync again, or raise leadhouse.timeout_seconds",
        kind="timeout",
        may_charge=True,
    ),
    ErrorRule(
        Action.RETRY,
        "the connection broke before the answer was complete ({message}): run the sync again; if it goes on, check the network and any proxy",
        kind="reset",
        may_charge=True,
    ),
    ErrorRule(
        Action.RETRY,
        "the answer is not JSON but {message}; a proxy may stand between here and the provider, or {base_url} is wrong",
        kind="not_json",
        may_charge=True,
    ),
    ErrorRule(
        Action.RETRY,
        "the answer is not CSV but {message}; a proxy may stand between here and the provider, or {base_url} is wrong",
        kind="not_csv",
        may_charge=True,
    ),
    ErrorRule(Action.STOP_RESOURCE, "the provider answered with status {status}: {message}"),
)
"""The last lines of every provider's table."""


CREDITS_USED_UP = re.compile(
    r"(?:out of|no (?:more|remaining)|not enough|insufficient|run out of|exceed\w*|exhaust\w*|used (?:up )?all)[^.;]{0,40}\bcredits?\b"
    r"|\bcredits?\b[^.;]{0,40}(?:exhausted|exceeded|used up|insufficient|ran out|run out|depleted|limit reached|have expired)"
    r"|\b(?:monthly|account|plan|search|usage) (?:quota|balance|limit)\b[^.;]{0,30}(?:exceeded|reached|exhausted|used up)"
    r"|\bpayment required\b",
    re.IGNORECASE,
)
"""How a refusal speaks of used-up credits where no document records it."""

UNRECORDED = ErrorRule(
    Action.NO_CREDITS,
    "the provider refuses ({status}) with words about credits, which its documentation does not record; taken for used-up credits: {message}",
)


def look_up(table: tuple[ErrorRule, ...], problem: Problem, setting: str = "base_url") -> tuple[ErrorRule, str]:
    """The rule for a problem and its sentence, filled in; `setting` is the configuration key of the address asked.

    A refusal that speaks of used-up credits and is not recorded as such is taken for one.
    """
    for rule in (*table, *EVERYWHERE):
        if rule.matches(problem):
            stops = rule.action in (Action.STOP_RESOURCE, Action.STOP_SOURCE)
            waits = rule.action is Action.WAIT and not problem.says_when
            if problem.kind == "status" and (stops or waits) and CREDITS_USED_UP.search(problem.message):
                rule = UNRECORDED
            # Not str.format: the provider's words may hold braces.
            sentence = rule.sentence.replace("{status}", str(problem.status)).replace("{base_url}", setting)
            return rule, sentence.replace("{message}", problem.message or "no further word")
    raise AssertionError(f"the table has no line for {problem.kind}")
