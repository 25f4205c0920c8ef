"""Asking outside a Leadhouse sync: for sources used as ordinary dlt sources in somebody's own pipeline."""

from __future__ import annotations

from pathlib import Path

from .budgets import Budget
from .client import Asking, Limits, Round
from .clock import Clock
from .journal import Journal
from .pacing import Pace
from .providers import Provider, refuse_base_url

DIRECT = "direct"
"""The sync id of questions asked outside a sync."""


def standalone_ask(provider: Provider) -> Asking:
    """A metered client with its journal in the active dlt pipeline's working directory.

    What was answered and did not land (the extract failed, the process was killed) is answered from that journal in
    the next run, whose state stands where the last load left it.

    Raises:
        ValueError: a server is to be reached without encryption, or its URL is none; the key would go there.
    """
    import dlt

    for url in provider.base_urls:
        if reason := refuse_base_url(url):
            raise ValueError(f"{provider.name}: {reason}; nothing was sent")

    folder = Path(dlt.current.pipeline().working_dir)
    clock = Clock()
    journal = Journal(folder / f"{provider.name}_journal.sqlite")
    journal.lose_what_was_in_flight()
    journal.forget_requests(clock.now())
    limits = Limits(answers_per_round=10**9, bytes_per_round=10**15)
    return Asking(
        provider,
        journal,
        clock,
        Pace(folder / "pace.sqlite"),
        Budget(),
        DIRECT,
        clock.now(),
        Round.begin(1, limits),
        forgets=True,
    )
