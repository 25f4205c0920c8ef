"""Asking one provider what costs nothing, for somebody who waits for the answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sources.metered import Answer, Asking, Budget, Clock, Journal, Pace, Provider, Question, Round, price
from sources.paging import Walk, Window

from .catalogue import SOURCES
from .failures import Exit
from .settings import UNITS, Settings, read_as_of
from .sync import EXIT_OF, pace_file

ASIDE = "plan"
"""The resource that such requests have in the ledger."""
PATIENCE_SECONDS = 60.0
"""A provider that wants a longer pause is not waited for."""


def priced(provider: Provider, question: Question) -> str | None:
    """The operation that has a price among those that asking would take; None when it is free."""
    operations = [(question.operation, question.at_most)]
    if len(provider.headers) > 1 and provider.probe is not None:
        # Which form a key has may have to be asked first.
        operations.append((provider.probe.operation, {}))
    # A unit of which nothing is said may come.
    units = dict.fromkeys(UNITS, 1)
    return next((one for one, most in operations if price(provider.prices, one, units | dict(most))), None)


def ask_aside(
    provider: Provider,
    settings: Settings,
    journal: Journal,
    sync_id: str,
    place: Question,
    patience_seconds: float | None = None,
) -> tuple[Answer | None, Round]:
    """Asks one free question outside of a sync.

    Args:
        sync_id: its place in the journal; whoever asks makes the journal forget the answers.
        patience_seconds: a provider that wants a longer pause is not waited for.

    Returns:
        the answer, if there is one, and the round, whose stops say why there is none.
    """
    limits, clock = settings.leadhouse.limits(), Clock(read_as_of())
    if patience_seconds is not None:
        limits = replace(limits, patience_seconds=min(limits.patience_seconds, patience_seconds))
    round = Round.begin(1, limits)
    pace = Pace(pace_file(settings))
    asking = Asking(provider, journal, clock, pace, Budget(), sync_id, clock.now(), round)
    try:
        return asking(place), round
    finally:
        asking.close()


class FreeQuestions:
    """Asks one provider what is free, and remembers what it could not ask.

    Args:
        sync_id: the place of these questions in the journal; whoever asks makes the journal forget the answers.

    Attributes:
        problems: what could not be asked, and why, as sentences.
        codes: the exit codes that follow from that.
    """

    def __init__(self, name: str, settings: Settings, journal: Journal, sync_id: str) -> None:
        self.provider = SOURCES[name].provider(settings)
        self.problems: list[str] = []
        self.codes: set[Exit] = set()
        self._settings = settings
        self._journal = journal
        self._sync_id = sync_id
        self._refused: set[str] = set()
        self._is_lost = False

    def count(self, walk: Walk, window: Window) -> int | None:
        """How many records a window holds in all; None when that costs something or is not said."""
        assert walk.forecast.question is not None
        document = self(walk.forecast.question(window), walk)
        try:
            return walk.forecast.total(document) if document is not None else None
        except (AttributeError, KeyError, TypeError):
            return None

    def __call__(self, question: Question, walk: Walk) -> Any:
        """The document of a free question; None when it is not free or has no answer."""
        provider = self.provider
        if priced(provider, question) is not None:
            return None
        if self._is_lost or question.operation in self._refused:
            return None
        place = replace(question, resource=ASIDE, window=f"{walk.resource} {question.window}", step=0)
        answer, round = ask_aside(provider, self._settings, self._journal, self._sync_id, place, PATIENCE_SECONDS)
        if answer is not None:
            return answer.document
        self._refused.add(question.operation)
        self._is_lost = (provider.name, None) in round.stops
        stop = next(iter(round.stops.values()))
        statuses = [row.http_status for row in self._journal.requests(self._sync_id) if row.provider == provider.name]
        if statuses and statuses[-1] in walk.forecast.no_access:
            self.problems.append(
                f"this account has no access to {question.operation}, which would tell how much there is"
            )
        else:
            self.problems.append(stop.sentence)
            self.codes.add(EXIT_OF[stop.kind])
        return None
