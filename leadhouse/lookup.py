"""`leadhouse lookup`: which rows are asked, and which need not or cannot be."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sources.metered import Clock, Credits, price
from sources.paging import Lookup

from .books import DATASET
from .catalogue import SOURCES
from .failures import CannotDo
from .instance import open_instance
from .orders import Asked, Order, find_lookup, key_of
from .report import Outcome, Watcher
from .settings import Settings, load_settings, read_as_of
from .sync import run_sync
from .warehouse import Warehouse
from .wish import Wish

REFERENCE = "reference"
"""The column with the customer's own key of a row."""
SHOWN = 20
"""Lines that cannot be asked are shown up to so many; `--json` shows all."""


@dataclass
class Sorted:
    """The rows of an input, sorted by what becomes of them.

    Attributes:
        rows: rows in all.
        order: what is asked; None when nothing is left.
        refused: (line, why) of rows that cannot identify anyone.
        fresh: lines that are answered already.
        unknown: lines that were asked before and whose answer was lost.
        same: lines that ask what an earlier line asks.
        ignored: columns that are not understood.
        at_most: what asking can cost at most.
    """

    rows: int = 0
    order: Order | None = None
    refused: list[tuple[int, str]] = field(default_factory=list)
    fresh: list[int] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)
    same: int = 0
    ignored: list[str] = field(default_factory=list)
    at_most: Credits = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "asked": len(self.order.asked) if self.order else 0,
            "fresh": len(self.fresh),
            "same": self.same,
            "unknown": self.unknown,
            "refused": [{"line": line, "reason": reason} for line, reason in self.refused],
            "ignored_columns": self.ignored,
            "at_most": self.at_most,
        }

    def lines(self) -> Iterator[str]:
        """The same for a person."""
        yield f"{self.rows:,} rows: {len(self.order.asked) if self.order else 0:,} to ask."
        if self.fresh:
            yield f"{len(self.fresh):,} are answered already and still fresh; they are not bought again."
        if self.same:
            yield f"{self.same:,} ask the same as an earlier row; they are asked once."
        if self.unknown:
            yield (
                f"{len(self.unknown):,} were asked before and their answer was lost; it may have been charged. "
                "--repeat-unknown asks them again."
            )
        for line, reason in self.refused[:SHOWN]:
            yield f"line {line}: {reason}; not asked."
        if len(self.refused) > SHOWN:
            yield f"and {len(self.refused) - SHOWN:,} more rows that cannot be asked; --json shows all."
        if self.ignored:
            yield f"Columns that are not understood and were left out: {', '.join(self.ignored)}."
        if self.order and self.at_most:
            spent = ", ".join(f"{amount:,.10g} {kind}" for kind, amount in sorted(self.at_most.items()))
            yield f"At most {spent} credits."
        elif self.order:
            yield "It is free."


def run_lookup(
    name: str,
    source: Callable[[Warehouse], Iterable[Mapping[str, Any]]],
    points: tuple[str, ...],
    wish: Wish,
    watcher: Watcher,
    repeat_unknown: bool = False,
    only_plan: bool = False,
) -> tuple[Sorted, list[Outcome]]:
    """Looks up what is not known yet.

    Args:
        name: e.g. `leadiq.people`.
        source: the rows, by column.
        points: the data points to buy; empty for the first that can be chosen.
        wish: budgets, and whether to build.
        only_plan: sort the rows, and ask nobody.

    Returns:
        what became of the rows, and how the syncs ended.

    Raises:
        CannotDo: nothing was sent; the sentence says what is wrong.
    """
    settings = load_settings()
    provider, lookup = find_lookup(name, settings)
    chosen = _points(name, lookup, points)
    clock = Clock(read_as_of())
    result = Sorted()

    def order(warehouse: Warehouse) -> Order | None:
        nonlocal result
        result = sort_rows(
            provider, lookup, chosen, source(warehouse), warehouse, settings, clock.now(), repeat_unknown
        )
        return None if only_plan else result.order

    if only_plan:
        with open_instance(settings) as instance:
            warehouse = Warehouse(settings, instance)
            warehouse.check()
            order(warehouse)
        return result, []
    # The same rows again would be the same sync again, and are not: what was answered is fresh.
    outcomes = run_sync(
        Wish((provider,), (), wish.max_credits, wish.build, wish.take_over), watcher, settings, clock, order
    )
    return result, outcomes


def _points(name: str, lookup: Lookup, points: tuple[str, ...]) -> tuple[str, ...]:
    wrong = sorted(set(points) - set(lookup.points))
    if wrong:
        choice = f"choose from {', '.join(lookup.points)}" if lookup.points else "there is nothing to choose"
        raise CannotDo(f"{name} has no data point {wrong[0]!r}: {choice}. Nothing was asked.")
    return tuple(sorted(set(points or lookup.points[:1])))


def sort_rows(
    provider: str,
    lookup: Lookup,
    points: tuple[str, ...],
    rows: Iterable[Mapping[str, Any]],
    warehouse: Warehouse,
    settings: Settings,
    now: datetime,
    repeat_unknown: bool = False,
) -> Sorted:
    """Sorts the rows of an input; nothing is asked."""
    known = _Known.read(provider, lookup, warehouse)
    since = now - timedelta(days=getattr(settings.sources, provider).lookups.fresh_days)
    result = Sorted()
    asked: dict[str, tuple[Mapping[str, Any], list[int], list[str | None]]] = {}
    for line, row in enumerate(rows, 1):
        named = {_column(name): value for name, value in row.items()}
        if line == 1:
            understood = {*lookup.row.model_fields, REFERENCE}
            result.ignored = [name for name in row if _column(name) not in understood]
        result.rows = line
        try:
            sent = lookup.row(**{name: _text(value) for name, value in named.items()}).sent()
        except ValidationError as error:
            result.refused.append((line, f"{error.errors()[0]['loc'][0]}: {error.errors()[0]['msg']}"))
            continue
        except ValueError as error:
            result.refused.append((line, str(error)))
            continue
        key = key_of(sent)
        if known.is_fresh(key, points, since):
            result.fresh.append(line)
            continue
        if known.is_unknown(key, points) and not repeat_unknown:
            result.unknown.append(line)
            continue
        result.same += key in asked
        _, lines, references = asked.setdefault(key, (sent, [], []))
        lines.append(line)
        references.append(_text(named.get(REFERENCE)))
    if asked:
        questions = tuple(Asked(sent, tuple(lines), tuple(refs)) for sent, lines, refs in asked.values())
        result.order = Order(provider, lookup.name, points, questions)
        result.at_most = _at_most(lookup, result.order, settings)
    return result


def _at_most(lookup: Lookup, order: Order, settings: Settings) -> Credits:
    """What an order can cost at most."""
    window = {"id": "w000000", "step": 0, "position": None}
    question = lookup.question(window, order.asked[0].sent, frozenset(order.points))
    each = price(SOURCES[order.source].provider(settings).prices, question.operation, question.at_most)
    return {kind: round(credits * len(order.asked), 6) for kind, credits in each.items()}


@dataclass
class _Known:
    """What the warehouse knows of earlier lookups: by key, (points, outcome, asked at), the latest last."""

    of: dict[str, list[tuple[frozenset[str], str, datetime]]]

    @classmethod
    def read(cls, provider: str, lookup: Lookup, warehouse: Warehouse) -> _Known:
        rows = warehouse.query(
            f"select distinct key_hash, points, outcome, asked_at from {DATASET}.lookups "
            f"where provider = '{provider}' and lookup = '{lookup.name}' order by asked_at"
        )
        found: dict[str, list[tuple[frozenset[str], str, datetime]]] = {}
        for key, points, outcome, asked_at in rows:
            found.setdefault(str(key), []).append((_as_points(points), str(outcome), asked_at))
        return cls(found)

    def is_fresh(self, key: str, points: tuple[str, ...], since: datetime) -> bool:
        """Whether an answer that is new enough holds these data points, or says that there is nobody."""
        return any(
            at >= since and set(points) <= had and outcome in ("found", "not_found")
            for had, outcome, at in self.of.get(key, ())
        )

    def is_unknown(self, key: str, points: tuple[str, ...]) -> bool:
        """Whether the last time this was asked, the answer was lost."""
        same = [outcome for had, outcome, _ in self.of.get(key, ()) if set(points) <= had]
        return bool(same) and same[-1] == "unknown"


def _as_points(text: str | None) -> frozenset[str]:
    return frozenset(point for point in (text or "").split(",") if point)


def _column(name: str) -> str:
    """`LinkedIn URL`, `linkedinUrl` and `linkedin_url` are one column."""
    spaced = "".join(
        f"_{letter}" if letter.isupper() and name[at - 1 : at].islower() else letter for at, letter in enumerate(name)
    )
    return spaced.replace("-", "_").replace(" ", "_").lower().replace("linked_in", "linkedin")


def _text(value: Any) -> str | None:
    text = "" if value is None else str(value).strip()
    return text or None


def rows_of_csv(path: Path) -> Callable[[Warehouse], Iterator[Mapping[str, Any]]]:
    """The rows of a CSV file with a line of column names; UTF-8, with or without a byte-order mark.

    Raises (when read):
        CannotDo: it is not there, or is no such file.
    """

    def rows(_: Warehouse) -> Iterator[Mapping[str, Any]]:
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                sample = file.readline()
                file.seek(0)
                found = csv.DictReader(
                    file, delimiter=";" if sample.count(";") > sample.count(",") else ",", strict=True
                )
                if not found.fieldnames:
                    raise CannotDo(f"{path} is empty; its first line must name the columns. Nothing was asked.")
                for row in found:
                    yield {name: value for name, value in row.items() if name is not None}
        except OSError as error:
            raise CannotDo(f"{path} cannot be read ({error.strerror}). Nothing was asked.") from None
        except UnicodeDecodeError:
            raise CannotDo(f"{path} is not UTF-8; save it as CSV UTF-8. Nothing was asked.") from None
        except csv.Error as error:
            raise CannotDo(f"{path} is no CSV file ({error}). Nothing was asked.") from None

    return rows


def rows_of_sql(sql: str) -> Callable[[Warehouse], Iterator[Mapping[str, Any]]]:
    """The rows of a query on the warehouse.

    Raises (when read):
        CannotDo: the warehouse refuses the query.
    """

    def rows(warehouse: Warehouse) -> Iterator[Mapping[str, Any]]:
        from dlt.destinations.exceptions import DatabaseException

        try:
            found = warehouse.arrow(sql)
        except LookupError:
            raise CannotDo("--sql names a table that the warehouse does not have. Nothing was asked.") from None
        except DatabaseException as error:
            words = str(error).strip().splitlines()[0]
            raise CannotDo(f"The warehouse refuses --sql: {words}. Nothing was asked.") from None
        yield from found.to_pylist()

    return rows
