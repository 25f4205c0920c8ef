"""`leadhouse quarantine`: what could not be read, what it was, and what was done about it.

A line of `raw_leadhouse.quarantine` is open until a settlement at or after it says `discarded` (by a person) or `read` (by
`leadhouse reparse`). Both tables are append-only, and raw keeps every payload: a discarded record is only listed no more.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sources.metered import Clock

from . import books
from .catalogue import SOURCES
from .failures import CannotDo
from .load import Loader, keep_books
from .settings import load_settings, read_as_of
from .warehouse import Warehouse, open_warehouse

SHORT = 8
"""The shortest id that is shown; longer where two would look alike."""

STANDING = f"""
    with lines as (
        select *, row_number() over (partition by row_id order by seen_at desc, _dlt_load_id desc) as version
        from {books.DATASET}.quarantine
    ),
    settlements as (
        select *, row_number() over (partition by row_id order by settled_at desc, _dlt_load_id desc) as version
        from {books.DATASET}.quarantine_settlements
    ),
    standing as (
        select
            lines.row_id, lines.request_id, lines.provider, coalesce(lines.entity, '') as entity,
            coalesce(lines.path, '') as path, lines.reason, lines.payload, lines.seen_at,
            settlements.settlement as last_settlement, settlements.settled_at as last_settled_at,
            settlements.settled_at is null or settlements.settled_at < lines.seen_at as is_open
        from lines
        left join settlements on settlements.row_id = lines.row_id and settlements.version = 1
        where lines.version = 1
    )
"""
"""Each quarantined record once, as it stands now. Loaded as CSV, empty text is null."""


@dataclass(frozen=True, slots=True)
class Line:
    """A quarantined record.

    Attributes:
        entity: its raw table; the empty text for a whole answer that could not be read.
        characters: length of its payload.
        settlement: `discarded` or `read`; None while it is open.
    """

    id: str
    provider: str
    entity: str
    request_id: str
    reason: str
    characters: int
    seen_at: datetime
    settlement: str | None
    settled_at: datetime | None

    @property
    def place(self) -> str:
        return f"{self.provider}.{self.entity}" if self.entity else f"{self.provider}, a whole answer"

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "provider": self.provider,
            "entity": self.entity or None,
            "request_id": self.request_id,
            "reason": self.reason,
            "characters": self.characters,
            "seen_at": self.seen_at.isoformat(),
            "settlement": self.settlement,
            "settled_at": self.settled_at.isoformat() if self.settled_at else None,
        }


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything about a quarantined record.

    Attributes:
        short: as much of the id as tells it from the others.
        path: JSON pointer to it in its answer; the empty text for the answer itself.
    """

    line: Line
    short: str
    path: str
    payload: str

    @property
    def hint(self) -> str:
        """What to do about it."""
        line, discard = self.line, f"`leadhouse quarantine discard {self.short}`"
        if line.settlement == "read":
            return "It could be read since; the tables have it from the next `leadhouse build` on."
        if not line.entity:
            sentence = "A whole answer is in no raw table, so `leadhouse reparse` cannot read it."
            return sentence if line.settlement else f"{sentence} When it is dealt with: {discard}."
        reparse = f"`leadhouse reparse {line.provider} --only {line.entity}`"
        if line.settlement == "discarded":
            return f"It was discarded. Raw keeps it: {reparse} still reads it once a record model can."
        return (
            f"A later Leadhouse may be able to read it: {reparse}. If there is nothing in it to keep: {discard}; "
            "raw keeps the payload."
        )

    def as_json(self) -> dict[str, Any]:
        return self.line.as_json() | {"path": self.path, "payload": self.payload, "hint": self.hint}


@contextmanager
def loaded_warehouse() -> Iterator[Loader]:
    """The warehouse with every table of the books, for commands that ask nobody.

    Raises:
        CannotDo: nothing was loaded yet.
    """
    settings = load_settings()
    nothing = CannotDo("Nothing has been loaded here yet. Run `leadhouse sync` first, or `leadhouse demo`.")
    if settings.leadhouse.warehouse == "duckdb" and not settings.warehouse_file().exists():
        raise nothing
    with open_warehouse(settings) as warehouse:
        there = {
            str(row[0])
            for row in warehouse.query(
                f"select table_name from information_schema.tables where table_schema = '{books.DATASET}'"
            )
        }
        if not there & books.TABLES.keys():
            raise nothing
        loader = Loader(warehouse, settings)
        if not books.TABLES.keys() <= there:
            # A warehouse of an older Leadhouse.
            loader.prepare([], Clock(read_as_of()).now(), take_over=False)
        yield loader


def check_sources(named: Sequence[str]) -> list[str]:
    """The named sources in the catalogue's order; all when none is named.

    Raises:
        CannotDo: one does not exist.
    """
    for name in named:
        if name not in SOURCES:
            raise CannotDo(f"There is no source {name!r}. The sources are {', '.join(sorted(SOURCES))}.")
    return [name for name in SOURCES if not named or name in named]


def list_lines(sources: Sequence[str], settled_too: bool) -> list[Line]:
    """What is in quarantine, the newest first."""
    names = check_sources(sources)
    with loaded_warehouse() as loader:
        return [
            line for line in _lines(loader.warehouse) if line.provider in names and (settled_too or not line.settlement)
        ]


def show_line(id: str) -> Shown:
    """Everything about one quarantined record.

    Raises:
        CannotDo: there is no such id, or several begin so.
    """
    with loaded_warehouse() as loader:
        lines = _lines(loader.warehouse)
        line = _find(lines, id)
        ((path, payload),) = loader.warehouse.query(
            f"{STANDING} select path, payload from standing where row_id = {quoted(line.id)}"
        )
    return Shown(line, line.id[: id_length([one.id for one in lines])], str(path), str(payload or ""))


def discard(ids: Sequence[str], reason: str | None, everything: bool) -> list[Line]:
    """Settles open lines as discarded.

    Args:
        ids: whole or abbreviated.
        reason: part of the reason, in upper or lower case.
        everything: all that is open.

    Raises:
        CannotDo: not exactly one way of choosing was used, an id does not fit, or nothing would be discarded.
    """
    if sum((bool(ids), reason is not None, everything)) != 1:
        raise CannotDo(
            "Say what to discard in one way: ids as `leadhouse quarantine list` shows them, --reason PART or --everything."
        )
    if reason is not None and not reason.strip():
        raise CannotDo("--reason needs a part of a reason, as `leadhouse quarantine list` counts them at its end.")
    with loaded_warehouse() as loader:
        lines = _lines(loader.warehouse)
        if ids:
            chosen = list({line.id: line for line in (_find(lines, id) for id in ids)}.values())
            for line in chosen:
                if line.settlement:
                    raise CannotDo(f"{line.id[:SHORT]} is settled already ({_settled(line)}). Nothing was discarded.")
        else:
            part = (reason or "").strip().lower()
            chosen = [line for line in lines if not line.settlement and part in line.reason.lower()]
        if not chosen:
            what = (
                "Nothing is open in quarantine"
                if reason is None
                else f"No open reason holds {reason.strip().lower()!r}"
            )
            raise CannotDo(f"{what}; nothing was discarded. `leadhouse quarantine list --all` shows what there is.")
        rows = settlement_rows({line.id: line.seen_at for line in chosen}, "discarded", Clock(read_as_of()).now())
        keep_books(loader.warehouse, {"quarantine_settlements": rows})
    return chosen


def settlement_rows(since: Mapping[str, datetime], settlement: str, now: datetime) -> list[dict[str, Any]]:
    """Settlements that count: none is older than what it settles, whatever the clock says."""
    return [{"row_id": id, "settlement": settlement, "settled_at": max(now, at)} for id, at in since.items()]


def _lines(warehouse: Warehouse) -> list[Line]:
    rows = warehouse.query(
        f"{STANDING} select row_id, provider, entity, request_id, reason, length(payload), seen_at, is_open, last_settlement, "
        "last_settled_at from standing order by seen_at desc, provider, entity, row_id"
    )
    return [
        Line(
            id=str(id),
            provider=str(provider),
            entity=str(entity),
            request_id=str(request_id),
            reason=str(reason),
            characters=int(characters or 0),
            seen_at=seen_at,
            settlement=None if is_open else str(settlement),
            settled_at=None if is_open else settled_at,
        )
        for id, provider, entity, request_id, reason, characters, seen_at, is_open, settlement, settled_at in rows
    ]


def _find(lines: Sequence[Line], id: str) -> Line:
    wanted = id.strip().lower()
    found = [line for line in lines if wanted and line.id.startswith(wanted)]
    exact = [line for line in found if line.id == wanted]
    if len(found) > 1 and not exact:
        length = id_length([line.id for line in found])
        shown = ", ".join(line.id[:length] for line in found[:3])
        raise CannotDo(f"{id!r} is the beginning of {len(found)} ids in quarantine ({shown}…). Give more of it.")
    if not found:
        raise CannotDo(f"There is no {id!r} in quarantine. `leadhouse quarantine list --all` shows what there is.")
    return (exact or found)[0]


def id_length(ids: Sequence[str]) -> int:
    """Characters of an id that tell all of these apart, at least `SHORT`."""
    longest = max((len(id) for id in ids), default=SHORT)
    different = len(set(ids))
    return next((length for length in range(SHORT, longest) if len({id[:length] for id in ids}) == different), longest)


def _settled(line: Line) -> str:
    return f"{line.settlement} {line.settled_at:%Y-%m-%d %H:%M}"


def quoted(text: str) -> str:
    """A text in SQL."""
    return "'" + text.replace("'", "''") + "'"


# -- what a person sees ------------------------------------------------------------------------------------------------


def print_lines(lines: Sequence[Line], settled_too: bool) -> None:
    """The list in 80 columns: by raw table, the one with the newest line first; counts by reason at the end."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False, markup=False)
    if not lines:
        console.print("Nothing is in quarantine." if settled_too else "Nothing is open in quarantine.")
        return
    length = id_length([line.id for line in lines])
    places: dict[str, list[Line]] = {}
    for line in lines:
        places.setdefault(line.place, []).append(line)
    for number, (place, there) in enumerate(places.items()):
        is_open = sum(line.settlement is None for line in there)
        counts = f"{is_open:,} open" + (f", {len(there) - is_open:,} settled" if settled_too else "")
        table = Table(box=None, pad_edge=False, header_style="bold", show_header=number == 0)
        table.add_column("  id", no_wrap=True, width=length + 2)
        table.add_column("seen", no_wrap=True, width=16)
        table.add_column("characters", justify="right", no_wrap=True, width=10)
        table.add_column("reason", overflow="fold")
        for line in there:
            settled = f" ({_settled(line)})" if line.settlement else ""
            seen = f"{line.seen_at:%Y-%m-%d %H:%M}"
            table.add_row(f"  {line.id[:length]}", seen, f"{line.characters:,}", Text(_harmless(line.reason + settled)))
        console.print(f"{place}: {counts}", style="bold")
        console.print(table)
    console.print()
    for reason, count in reasons(lines):
        console.print(f"{count:,} x {_harmless(reason)}")


def reasons(lines: Sequence[Line]) -> list[tuple[str, int]]:
    """(reason, lines), the most frequent first."""
    return sorted(Counter(line.reason for line in lines).items(), key=lambda item: (-item[1], item[0]))


def print_line(shown: Shown) -> None:
    """Everything about one record, its payload laid out when it is JSON, and what to do next."""
    from rich.console import Console

    console = Console(highlight=False, markup=False)
    line = shown.line
    for name, value in (
        ("id", line.id),
        ("from", line.place),
        ("request", line.request_id),
        ("path", shown.path or "the answer itself"),
        ("seen", f"{line.seen_at:%Y-%m-%d %H:%M} UTC"),
        ("reason", line.reason),
        ("stands", f"{_settled(line)} UTC" if line.settlement else "open"),
        ("payload", f"{line.characters:,} characters"),
    ):
        console.print(f"{name:8} {_harmless(value)}")
    console.print()
    console.print(_harmless(_laid_out(shown.payload)), soft_wrap=True)
    console.print()
    console.print(shown.hint)


def _laid_out(payload: str) -> str:
    try:
        return json.dumps(json.loads(payload), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return payload


CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def _harmless(text: str) -> str:
    """Text whose control characters, and halves of surrogate pairs, cannot reach the terminal."""
    return CONTROL.sub("\ufffd", text.replace("\r\n", "\n"))
