"""Protections switched off, in the process that is killed and in the one that finishes it; the product has no such switch.

Each function takes one protection away, as a slip in the code would.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast


def replay() -> None:
    """Answers in the journal are not used when a sync goes on."""
    from sources.metered.client import Asking

    begin = Asking.__init__

    def forgetful(self: Asking, provider: Any, journal: Any, *more: Any, **named: Any) -> None:
        begin(self, provider, cast(Any, Forgetful(journal)), *more, **named)

    _put(Asking, "__init__", forgetful)


class Forgetful:
    """A journal that knows no answer."""

    def __init__(self, journal: Any) -> None:
        self._journal = journal

    def __getattr__(self, name: str) -> Any:
        return getattr(self._journal, name)

    def answer(self, question_id: str) -> None:
        return None


def intent() -> None:
    """A paid request leaves without being on record."""
    from sources.metered import Journal

    record = Journal.record

    def careless(self: Journal, request: Any, *more: Any) -> None:
        if request.outcome != "sent":
            record(self, request, *more)

    _put(Journal, "record", careless)


def unknown() -> None:
    """Nobody looks what was in flight when the process was killed."""
    from sources.metered import Journal

    _put(Journal, "lose_what_was_in_flight", lambda self: 0)


def answer_first() -> None:
    """An answer is used before it is in the journal; it is written when the round is over."""
    from sources.metered import Journal

    keep, set_stage = Journal.keep, Journal.set_stage
    waiting: list[tuple[Any, Any]] = []

    def keep_later(self: Journal, *answer: Any) -> None:
        waiting.append(answer)

    def flush(self: Journal, *arguments: Any) -> None:
        while waiting:
            keep(self, *waiting.pop(0))
        set_stage(self, *arguments)

    _put(Journal, "keep", keep_later)
    _put(Journal, "set_stage", flush)


def in_flight() -> None:
    """Paid requests are under way as many at once as there are walks."""
    from sources.metered import Round

    begin = Round.begin

    def unlimited(*arguments: Any) -> Round:
        round = begin(*arguments)
        round.paid = threading.Semaphore(1000)
        return round

    _put(Round, "begin", unlimited)


def landed_mark() -> None:
    """The state does not say which round it landed last."""
    from leadhouse.load import Loader

    state = Loader.state

    def unmarked(self: Loader, source: str) -> dict[str, Any]:
        return {key: value for key, value in state(self, source).items() if key != "landed"}

    _put(Loader, "state", unmarked)


def drain() -> None:
    """What an earlier process extracted is left where it is."""
    from leadhouse.warehouse import Warehouse

    _put(Warehouse, "drain", lambda self, pipeline: None)


def half_deleted() -> None:
    """What dlt was deleting is taken for what is still to be normalised."""
    import leadhouse.leftovers

    _put(leadhouse.leftovers, "finish_deleting", lambda pipeline: None)


def half_filed() -> None:
    """What dlt has marked as loaded is taken for what is still to be loaded."""
    import leadhouse.leftovers

    _put(leadhouse.leftovers, "finish_filing", lambda pipeline: None)


def half_created() -> None:
    """What dlt had not come to make is missing for good."""
    import leadhouse.leftovers

    _put(leadhouse.leftovers, "finish_creating", lambda folder: None)


def finish_landing() -> None:
    """A round that was half landed is asked on, as if nothing of it had landed."""
    from sources.metered import Journal

    open_sync = Journal.open_sync

    def asking(self: Journal) -> Any:
        sync = open_sync(self)
        return replace(sync, stage="asking") if sync is not None and sync.stage == "landing" else sync

    _put(Journal, "open_sync", asking)


def bodies_stay() -> None:
    """Bodies leave the journal when they are extracted, not when they have landed."""
    import dlt

    from leadhouse.load import Loader

    land, extract = Loader._land_source, dlt.Pipeline.extract
    landing: list[Callable[[], None]] = []

    def hasty(self: Loader, source: Any, sync: Any, *more: Any) -> Any:
        landing[:] = [lambda: self.journal.landed(sync.sync_id, sync.round, [], [], [], sync.as_of)]
        return land(self, source, sync, *more)

    def extracted(self: Any, *arguments: Any, **options: Any) -> Any:
        info = extract(self, *arguments, **options)
        while landing:
            landing.pop()()
        return info

    _put(Loader, "_land_source", hasty)
    _put(dlt.Pipeline, "extract", extracted)


def staging_once() -> None:
    """Staging shows a row as often as it was loaded."""
    for provider in ("contactout", "leadiq", "letrics"):
        _rewritten(f"models/staging/{provider}/stg_*.sql", "where version = 1", "where true")


def books_once() -> None:
    """Staging shows a ledger row as often as it was loaded."""
    _rewritten("models/staging/leadhouse/stg_*.sql", "where version = 1", "where true")


def dictionary_once() -> None:
    """A dictionary shows a value as often as it was loaded."""
    _rewritten("macros/each_value_once.sql", "where place = 1", "where true")


def identity_once() -> None:
    """An assignment counts as often as it was loaded."""
    _rewritten("macros/resolved_records.sql", "and assigned.place = 1", "")


def _rewritten(pattern: str, before: str, after: str) -> None:
    """The dbt project, copied into the house, with something else in some of its files."""
    import leadhouse.build

    copy = Path.cwd() / "dbt_project"
    if copy != leadhouse.build.PROJECT:
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(leadhouse.build.PROJECT, copy, ignore=shutil.ignore_patterns("target", "logs"))
        leadhouse.build.PROJECT = copy
    files = list(copy.glob(pattern))
    changed = [file for file in files if before in file.read_text()]
    assert changed, f"no file of {pattern} says {before!r}"
    for file in changed:
        file.write_text(file.read_text().replace(before, after))


def atomic_publish() -> None:
    """The published copy is written over the old one."""
    import transforms.publish

    class Hasty:
        def __getattr__(self, name: str) -> Any:
            return getattr(os, name)

        @staticmethod
        def replace(source: str, target: str) -> None:
            with open(source, "rb") as new, open(target, "wb") as old:
                shutil.copyfileobj(new, old)
            os.unlink(source)

    _put(transforms.publish, "os", Hasty())


def leftovers() -> None:
    """What a killed publication left is not looked for."""
    glob = Path.glob

    def blind(self: Path, pattern: str) -> Any:
        return iter(()) if pattern.startswith(".") else glob(self, pattern)

    _put(Path, "glob", blind)


def _put(owner: Any, name: str, value: Any) -> None:
    setattr(owner, name, value)


DEFECTS: dict[str, Callable[[], None]] = {
    defect.__name__: defect
    for defect in (
        replay, intent, unknown, answer_first, in_flight, landed_mark, drain, half_created, half_deleted, half_filed,
        finish_landing, bodies_stay, staging_once, books_once, dictionary_once, identity_once, atomic_publish, leftovers,
    )
}  # fmt: skip


def switch_off(protection: str) -> None:
    """Does without a protection from now on."""
    DEFECTS[protection]()
