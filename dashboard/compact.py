"""Makes a document small: old days become months, agreeing intervals a count, and tables go column by column."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from .document import (
    Balance,
    Budget,
    Document,
    Findings,
    Freshness,
    HitRate,
    Interval,
    Runway,
    Saving,
    Sync,
    Usage,
)

LONGEST_PERIOD = 90
"""Days of the longest period but "all"; younger rows keep their day."""
DAYS_KEPT = 200
"""A history that is not longer keeps all its days."""
ROWS_KEPT = 20_000
"""Nor does a table with more rows."""
LISTED = 400
"""Intervals that do not agree, one by one; earlier ones are counted."""

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Agreement:
    """So many intervals ended on this day (or in its month) and need no word."""

    ended_on: date
    provider: str
    credit_type: str
    is_agreed: bool
    is_explained: bool
    intervals: int


def as_json(document: Document) -> dict[str, Any]:
    """The document as the page reads it: scalars, and each table as `{column: values}`.

    A column of words or dates is `{"words": [...], "at": [index, ...]}`, since few of them differ.
    """
    today = document.made_at.date()
    first_kept = (today - timedelta(days=LONGEST_PERIOD - 1)).replace(day=1)
    summed = _is_long(document, today)
    before = first_kept if summed else date.min
    listed, agreements = _told_and_counted(document.reconciliation, first_kept)
    tables: dict[str, tuple[type, Sequence[Any]]] = {
        "usage": (Usage, _by_month(document.usage, "used_on", before)),
        "findings": (Findings, _by_month(document.findings, "found_on", before)),
        "savings": (Saving, _by_month(document.savings, "saved_on", before)),
        "intervals": (Interval, listed),
        "agreements": (Agreement, agreements),
        "balances": (Balance, document.balances),
        "runway": (Runway, document.runway),
        "syncs": (Sync, document.syncs),
        "hit_rates": (HitRate, document.hit_rates),
        "freshness": (Freshness, document.freshness),
        "budgets": (Budget, document.budgets),
    }
    return {
        "made_at": _plain(document.made_at),
        "today": today.isoformat(),
        "published": document.published,
        "missing": list(document.missing),
        "months_before": first_kept.isoformat() if summed else None,
        **{name: _columns(kind, rows) for name, (kind, rows) in tables.items()},
    }


def _is_long(document: Document, today: date) -> bool:
    days = [today, *(row.used_on for row in document.usage), *(row.found_on for row in document.findings)]
    return (today - min(days)).days >= DAYS_KEPT or max(len(document.usage), len(document.findings)) > ROWS_KEPT


def _by_month(rows: Sequence[Row], day: str, before: date) -> list[Row]:
    """Rows before that day, summed into the first of their month; what has a price is not added to what has none."""
    kept = [row for row in rows if getattr(row, day) >= before]
    if len(kept) == len(rows):
        return kept
    kind: Any = type(rows[0])
    columns = {field.name: field.type in ("float", "float | None") for field in fields(kind)}
    sums: dict[Hashable, dict[str, Any]] = {}
    for row in rows:
        on: date = getattr(row, day)
        if on >= before:
            continue
        values = {name: getattr(row, name) for name in columns} | {day: on.replace(day=1)}
        seen = sums.setdefault(tuple(v is None if columns[name] else v for name, v in values.items()), values)
        if seen is not values:
            for name, is_number in columns.items():
                if is_number and seen[name] is not None:
                    seen[name] += values[name]
    return [*(kind(**values) for values in sums.values()), *kept]


def _told_and_counted(intervals: Sequence[Interval], first_kept: date) -> tuple[list[Interval], list[Agreement]]:
    """Intervals that a person should see, the newest first, and a count of all others."""
    worth_telling = [one for one in intervals if one.explanation != "agrees"]
    worth_telling.sort(key=lambda one: one.interval_end or datetime.max, reverse=True)
    told = worth_telling[:LISTED]
    counts: dict[tuple[Any, ...], int] = {}
    for one in [*(one for one in intervals if one.explanation == "agrees"), *worth_telling[LISTED:]]:
        ended = (one.interval_end or datetime.max).date()
        on = ended if ended >= first_kept else ended.replace(day=1)
        agreed = one.explanation == "agrees"
        key = (on, one.provider, one.credit_type, agreed, agreed or bool(one.is_explained))
        counts[key] = counts.get(key, 0) + 1
    counted = [
        Agreement(on, provider, kind, agreed, explained, count)
        for (on, provider, kind, agreed, explained), count in sorted(counts.items())
    ]
    return told, counted


def _columns(kind: type, rows: Sequence[Any]) -> dict[str, Any]:
    return {field.name: _column([_plain(getattr(row, field.name)) for row in rows]) for field in fields(kind)}


def _column(values: list[Any]) -> Any:
    if not any(isinstance(value, str) for value in values):
        return values
    places = {word: place for place, word in enumerate(dict.fromkeys(values))}
    return {"words": list(places), "at": [places[value] for value in values]}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float | Decimal):
        # Six decimals are all the page shows; a whole number needs none.
        value = round(float(value), 6)
        return int(value) if value.is_integer() else value
    return value
