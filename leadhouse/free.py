"""Asking one provider what costs nothing, for somebody who waits for the answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sources.metered import Asking, Budget, Clock, Journal, Pace, Provider, Question, Round, price
from sources.paging import Walk, Window

from .catalogue import SOURCES
from .failures import Exit
from .settings import UNITS, Settings
from .sync import EXIT_OF, pace_file

ASIDE = "plan"
"""The resource that such requests have in the ledger."""
PATIENCE_SECONDS = 60.0
"""A provider that wants a longer pause is not waited for."""


def priced(provider: Provider, question: Question) -> str | None:
    """The operation that has a price among those that asking would take; None when it is free."""
    operations = [question.operation]
    if len(provider.headers) > 1 and provider.probe is not None:
        # Which form a key has may have to be asked first.
        operations.append(provider.probe.operation)
    return next((one for one in operations if price(provider.prices, one, dict.fromkeys(UNITS, 1))), None)


class FreeQuestions:
    """Asks one provider what is free, and remembers what it could not ask.

    Args:
        sync_id: the place of these questions in the journal; whoever asks makes the journal forget the answers.

    Attributes:
        problems: what could not be asked, and why, as sentences.
        codes: the exit codes that follow from that.
    """

    def __init__(self, name: str, settings: Settings, journal: Journal, clock: Clock, sync_id: str) -> None:
        self.provider = SOURCES[name].provider(settings)
        self.problems: list[str] = []
        self.codes: set[Exit] = set()
        self._settings = settings
        self._journal = journal
        self._clock = clock
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
        limits = self._settings.leadhouse.limits()
        limits = replace(limits, patience_seconds=min(limits.patience_seconds, PATIENCE_SECONDS))
        round = Round.begin(1, limits)
        place = replace(question, resource=ASIDE, window=f"{walk.resource} {question.window}", step=0)
        asking = Asking(
            provider,
            self._journal,
            self._clock,
            Pace(pace_file(self._settings)),
            Budget(),
            self._sync_id,
            self._clock.now(),
            round,
        )
        try:
            answer = asking(place)
        finally:
            asking.close()
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
