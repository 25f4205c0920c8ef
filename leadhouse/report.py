"""What a person sees of a sync while it works and at its end; nothing while it works when nobody is watching."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol

from .failures import Exit


@dataclass(slots=True)
class Tally:
    """One resource's line of the closing table.

    Attributes:
        answers: answers read, replayed ones included.
        replayed: answers that came from the journal.
        credits: credits by type, as estimated by the price list.
        stopped: why it was not read to its end; None when it was.
        remark: what a person should know of how it was read, if anything.
    """

    answers: int = 0
    records: int = 0
    replayed: int = 0
    credits: dict[str, float] = field(default_factory=dict)
    quarantined: int = 0
    stopped: str | None = None
    remark: str | None = None


@dataclass(slots=True)
class Outcome:
    """How a sync ended."""

    sync_id: str
    as_of: str
    exit_code: Exit
    resources: dict[tuple[str, str], Tally]
    notes: list[str] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    published: str | None = None
    interrupted: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "sync_id": self.sync_id,
            "as_of": self.as_of,
            "exit_code": int(self.exit_code),
            "resources": [
                {
                    "provider": provider,
                    "resource": resource,
                    "answers": tally.answers,
                    "records": tally.records,
                    "replayed": tally.replayed,
                    "credits": tally.credits,
                    "quarantined": tally.quarantined,
                    "stopped": tally.stopped,
                    "remark": tally.remark,
                }
                for (provider, resource), tally in sorted(self.resources.items())
            ],
            "skipped": self.skipped,
            "notes": self.notes,
            "published": self.published,
        }


class Watcher(Protocol):
    """Told how a sync goes; entered for its duration."""

    def __enter__(self) -> Watcher: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None: ...

    def stage(self, words: str) -> None: ...

    def answer(self, provider: str, resource: str, tally: Tally) -> None: ...


class Quiet:
    """Watches without a word."""

    def __enter__(self) -> Quiet:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def stage(self, words: str) -> None:
        return None

    def answer(self, provider: str, resource: str, tally: Tally) -> None:
        return None


class Bars:
    """A line per resource on a terminal, with what came so far."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        self._progress = Progress(
            SpinnerColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}"),
            TextColumn("{task.fields[count]}"),
            console=Console(stderr=True),
            transient=True,
        )
        self._tasks: dict[tuple[str, str], Any] = {}
        self._stage: Any = None
        self._lock = threading.Lock()

    def __enter__(self) -> Bars:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def stage(self, words: str) -> None:
        with self._lock:
            if self._stage is None:
                self._stage = self._progress.add_task(words, total=None, count="")
            else:
                self._progress.update(self._stage, description=words)

    def answer(self, provider: str, resource: str, tally: Tally) -> None:
        with self._lock:
            key = (provider, resource)
            if key not in self._tasks:
                self._tasks[key] = self._progress.add_task(f"  {provider}.{resource}", total=None, count="")
            spent = "".join(f", {amount:,.10g} {name}" for name, amount in tally.credits.items())
            self._progress.update(self._tasks[key], count=f"{tally.records:,} records{spent}")


def print_outcome(outcome: Outcome) -> None:
    """The closing table, in 80 columns."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table(title=f"Sync {outcome.sync_id}", title_justify="left", box=None, pad_edge=False, header_style="bold")
    table.add_column("resource", min_width=23, overflow="fold")
    for name in ("answers", "records", "replayed"):
        table.add_column(name, justify="right")
    table.add_column("credits", justify="right", overflow="fold", max_width=14)
    table.add_column("quarantined", justify="right", no_wrap=True)
    before = ""
    for (provider, resource), tally in sorted(outcome.resources.items()):
        if provider != before:
            table.add_row(provider)
            before = provider
        table.add_row(
            f"  {resource}",
            f"{tally.answers:,}",
            f"{tally.records:,}",
            f"{tally.replayed:,}",
            spent(tally.credits).replace(", ", "\n"),
            f"{tally.quarantined:,}",
        )
    console.print(table)
    for (provider, resource), tally in sorted(outcome.resources.items()):
        if tally.stopped:
            console.print(f"{provider}.{resource} stopped: {tally.stopped}", markup=False, highlight=False)
        if tally.remark:
            console.print(f"{provider}.{resource}: {tally.remark}", markup=False, highlight=False)
    for source, reason in outcome.skipped.items():
        console.print(f"{source} was skipped: {reason}", markup=False, highlight=False)
    for note in outcome.notes:
        console.print(note, markup=False, highlight=False)
    if outcome.published:
        console.print(f"Published: {outcome.published}", markup=False, highlight=False, soft_wrap=True)


def spent(credits: Mapping[str, float]) -> str:
    """`45 search, 12 email`; 0 when nothing was spent."""
    return ", ".join(f"{amount:,.10g} {name}" for name, amount in sorted(credits.items())) or "0"
