"""`leadhouse push`: rows are written at a provider, each once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sources.metered import Clock
from sources.paging import Push

from .books import DATASET
from .failures import CannotDo
from .instance import open_instance
from .orders import Order, find_push
from .report import Outcome, Watcher
from .rows import SHOWN, Rows, Sorted, Words, read_rows, sort_rows
from .settings import Settings, load_settings, read_as_of
from .sync import run_sync
from .warehouse import Warehouse, open_warehouse
from .wish import Wish

WORDS = Words(
    done="done",
    to_do="send",
    verb="sent",
    was_done="were done before; they are not sent again. --again sends them",
    was_lost="were sent before and their answer was lost; they may have been done.",
)
DONE = ("done", "partly")
"""Outcomes after which the same is not sent again."""


@dataclass
class Pushing:
    """What became of a push.

    Attributes:
        rows: what became of the rows before anything was sent.
        outcomes: how many lines of the input had which outcome.
        told: (line, outcome, result id, words) of those about which something is to be said.
        broken_off: whether a sync was broken off that is finished first.
        batches, planned: with `--dry-run`: how many requests it would take, and what would be sent.
    """

    rows: Sorted
    syncs: list[Outcome] = field(default_factory=list)
    outcomes: dict[str, int] = field(default_factory=dict)
    told: list[tuple[int, str, str | None, str | None]] = field(default_factory=list)
    batches: int | None = None
    broken_off: bool = False
    planned: list[tuple[int, dict[str, Any]]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        told = [{"line": one[0], "outcome": one[1], "result_id": one[2], "message": one[3]} for one in self.told]
        planned = None
        if self.batches is not None:
            planned = {"requests": self.batches, "rows": [{"line": line, "sent": sent} for line, sent in self.planned]}
        return {"input": self.rows.as_json(), "planned": planned, "outcomes": self.outcomes, "told": told}

    def lines(self) -> Iterator[str]:
        """The same for a person."""
        yield from self.rows.lines()
        if self.batches is not None:
            for line, sent in self.planned[:SHOWN]:
                yield f"line {line} would send {json.dumps(sent, ensure_ascii=False)}"
            if len(self.planned) > SHOWN:
                yield f"and {len(self.planned) - SHOWN:,} more rows; --json shows all."
            yield f"It would take {self.batches:,} request(s) that write. Nothing was sent."
        if self.broken_off:
            yield "A sync was broken off and is finished first; what it still writes is not sent again."
        if self.outcomes:
            yield ", ".join(f"{count:,} {outcome}" for outcome, count in sorted(self.outcomes.items())) + "."
        for line, outcome, result_id, message in self.told[:SHOWN]:
            words = " ".join(one for one in (result_id and f"({result_id})", message and f": {message}") if one)
            yield f"line {line}: {outcome}{' ' if result_id else ''}{words}"
        if len(self.told) > SHOWN:
            yield f"and {len(self.told) - SHOWN:,} more lines; --json shows all."


def run_push(
    name: str,
    source: Rows,
    wish: Wish,
    watcher: Watcher,
    again: bool = False,
    repeat_unknown: bool = False,
    only_plan: bool = False,
) -> Pushing:
    """Writes what was not written yet.

    Args:
        name: e.g. `leadiq.track_contacts`.
        source: the rows, by column.
        wish: budgets, and whether to build.
        again: send what was done before, too.
        only_plan: sort the rows, and send nothing.

    Raises:
        CannotDo: nothing was sent; the sentence says what is wrong.
    """
    settings = load_settings()
    provider, push = find_push(name)
    clock = Clock(read_as_of())
    pushing = Pushing(Sorted(WORDS))

    def order(warehouse: Warehouse) -> Order | None:
        rows, order = to_push(
            provider, push, source(warehouse), warehouse, settings, clock.now(), again, repeat_unknown
        )
        pushing.rows = rows
        return order

    if only_plan:
        with open_warehouse(settings) as warehouse:
            wanted = order(warehouse)
            coming = wanted.walk(settings).forecast.coming if wanted else None
            window = {"id": "w000001", "step": 0, "position": None}
            pushing.batches = sum(bool(question.writes) for question in coming(window)) if coming else 0
            pushing.broken_off = warehouse.instance.journal.open_sync() is not None
            pushing.planned = [(one.lines[0], dict(one.sent)) for one in wanted.asked] if wanted else []
        return pushing
    pushing.syncs = run_sync(
        Wish((provider,), (), wish.max_credits, wish.build, wish.take_over), watcher, settings, clock, order
    )
    if pushing.rows.asked:
        _tell(pushing, pushing.syncs[-1].sync_id, settings)
    return pushing


def to_push(
    provider: str,
    push: Push,
    rows: Iterable[Mapping[str, Any]],
    warehouse: Warehouse,
    settings: Settings,
    now: datetime,
    again: bool = False,
    repeat_unknown: bool = False,
) -> tuple[Sorted, Order | None]:
    """What becomes of the rows of an input, and what is sent; None when nothing is left."""
    known = _known(provider, push, warehouse)

    def verdict(key: str) -> str:
        outcome = known.get(key)
        if outcome in DONE:
            return "" if again else "done"
        return "unknown" if outcome == "unknown" and not repeat_unknown else ""

    result = sort_rows(read_rows(rows, push.row), verdict, WORDS)
    if not result.asked:
        return result, None
    # What shares a request stands together.
    kinds = list(dict.fromkeys(str(push.alike(one.sent)) for one in result.asked))
    result.asked = tuple(sorted(result.asked, key=lambda one: kinds.index(str(push.alike(one.sent)))))
    order = Order("push", provider, push.name, result.asked, f"{now.isoformat()}")
    result.at_most = order.at_most(settings)
    return result, order


def _known(provider: str, push: Push, warehouse: Warehouse) -> dict[str, str]:
    """The latest outcome by key; what another push has taken back since is not done any more."""
    names = ", ".join(f"'{name}'" for name in (push.name, *push.undone_by))
    rows = warehouse.query(
        f"select key_hash, push, outcome, result_id from {DATASET}.pushes where provider = '{provider}' "
        f"and push in ({names}) order by pushed_at, sync_id, _dlt_load_id"
    )
    known: dict[str, str] = {}
    results: dict[str, str | None] = {}
    for key, name, outcome, result_id in rows:
        if name == push.name:
            known[key], results[key] = str(outcome), result_id
        elif outcome == "done":
            # One without an id is about all there is.
            undone = [one for one, made in results.items() if result_id is None or made is None or made == result_id]
            for one in undone:
                known.pop(one)
                results.pop(one)
    return known


def _tell(pushing: Pushing, sync_id: str, settings: Settings) -> None:
    """What became of the lines, as the books have it."""
    with open_instance(settings) as instance:
        rows = Warehouse(settings, instance).query(
            f"select line, outcome, result_id, message from {DATASET}.pushes where sync_id = '{sync_id}' "
            "order by pushed_at, _dlt_load_id"
        )
    latest = {int(line): (str(outcome), result_id, message) for line, outcome, result_id, message in rows}
    pushing.outcomes = dict(Counter(outcome for outcome, _, _ in latest.values()))
    few = len(latest) == 1
    pushing.told = [
        (line, outcome, result_id, message)
        for line, (outcome, result_id, message) in sorted(latest.items())
        if outcome != "done" or message or few
    ]


def typed(push_name: str, word: str) -> str | None:
    """What must still be typed before a push happens; None when that was done, or need not be.

    Raises:
        CannotDo: something else was typed.
    """
    wanted = find_push(push_name)[1].word
    if not wanted or word == wanted:
        return None
    if word:
        raise CannotDo(f"{push_name} happens only when {wanted!r} is typed; {word!r} was. Nothing was sent.")
    return wanted
