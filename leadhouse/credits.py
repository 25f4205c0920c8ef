"""`leadhouse credits`: what is left, what was spent against the budgets, how long it lasts, and whether ledger and meters agree."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from .published import open_published, rows_by_name
from .settings import Settings

RECENT = timedelta(days=31)
"""Differences of older intervals are counted, and not shown."""
SHOWN = 6
"""Intervals that differ are shown up to so many; `--json` shows all."""
QUERIES: Mapping[str, str] = {
    "left": "select * from marts.rpt_credit_runway order by provider, credit_type, plan",
    "spent": """
        select
            provider,
            credit_type,
            coalesce(sum(credits_estimated) filter (used_on = {today}), 0) as today,
            coalesce(sum(credits_estimated) filter (used_on >= date_trunc('month', {today})), 0) as this_month,
            sum(credits_usd) filter (used_on >= date_trunc('month', {today})) as usd_this_month,
            sum(credits_estimated) as in_all
        from marts.fct_credit_usage
        where used_on <= {today}
        group by provider, credit_type
        order by provider, credit_type
    """,
    "last_sync": """
        select requests.provider, credits.credit_type, sum(credits.credits_estimated) as credits
        from marts.fct_api_requests as requests
        inner join marts.fct_request_credits as credits using (request_id)
        where requests.sync_id = (select max(sync_id) from marts.fct_syncs)
        group by requests.provider, credits.credit_type
        order by requests.provider, credits.credit_type
    """,
    "intervals": "select * from marts.rpt_credit_reconciliation order by provider, credit_type, interval_end nulls last",
    "syncs": "select sync_id, as_of, outcome from marts.fct_syncs order by sync_id desc limit 1",
}
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Credits:
    """What the published copy says of credits, and what the settings allow.

    Attributes:
        on: the day that counts as today, UTC.
        left: rows of `rpt_credit_runway`.
        spent: by provider and credit type today, this calendar month and in the last sync, with the budgets, and what
            is left of each.
        intervals: rows of `rpt_credit_reconciliation`.
        built: the last sync that is in the published copy; None when there is none.
        is_behind: whether a later sync has landed that is not in it.
    """

    on: date
    left: Rows
    spent: Rows
    intervals: Rows
    built: dict[str, Any] | None
    is_behind: bool

    def as_json(self) -> dict[str, Any]:
        return {
            "date": self.on.isoformat(),
            "published_sync": self.built,
            "is_behind": self.is_behind,
            "balances": self.left,
            "spent": self.spent,
            "reconciliation": self.intervals,
        }

    @property
    def differing(self) -> Rows:
        """Intervals of the month before the last reading that the ledger cannot explain, the latest first."""
        ends = [one["interval_end"] for one in self.intervals if one["interval_end"] is not None]
        since = max(ends, default=datetime.min + RECENT) - RECENT
        found = [one for one in self.intervals if not one["is_explained"] and one["interval_end"] > since]
        return sorted(found, key=lambda one: one["interval_end"], reverse=True)


def read_credits(settings: Settings, now: datetime) -> Credits:
    """Reads the published copy; asks nobody, and disturbs no sync.

    Args:
        now: UTC without a zone.

    Raises:
        CannotDo: nothing is published yet, or it cannot be read.
    """
    with open_published(settings) as connection:
        # As text: a value that is handed over would make DuckDB import pandas, which takes longer than all of this.
        today = f"date '{now.date().isoformat()}'"
        found = {name: rows_by_name(connection, query.replace("{today}", today)) for name, query in QUERIES.items()}
    built = found["syncs"][0] if found["syncs"] else None
    return Credits(
        on=now.date(),
        left=found["left"],
        spent=_against_budgets(found["spent"], found["last_sync"], settings),
        intervals=found["intervals"],
        built=built,
        is_behind=_is_behind(settings.data_dir() / "journal.sqlite", built),
    )


def _against_budgets(spent: Rows, last_sync: Rows, settings: Settings) -> Rows:
    """What was spent of each credit type, with what the budgets allow of it."""
    of_sync = {(one["provider"], one["credit_type"]): one["credits"] for one in last_sync}
    known = {(one["provider"], one["credit_type"]): one for one in spent}
    limits = {(name, kind): limit for name, kinds in settings.budget.items() for kind, limit in kinds.items()}
    rows = []
    for provider, kind in sorted({*known, *limits}):
        row = known.get((provider, kind), {"today": 0.0, "this_month": 0.0, "usd_this_month": None, "in_all": 0.0})
        limit = limits.get((provider, kind))
        rows.append(
            {
                "provider": provider,
                "credit_type": kind,
                "today": row["today"],
                "this_month": row["this_month"],
                "last_sync": of_sync.get((provider, kind), 0.0),
                "usd_this_month": row["usd_this_month"],
                "in_all": row["in_all"],
                "budget_per_sync": limit.per_sync if limit else None,
                "budget_per_day": limit.per_day if limit else None,
                "budget_per_month": limit.per_month if limit else None,
            }
        )
    return rows


def _is_behind(journal: Path, built: Mapping[str, Any] | None) -> bool:
    """Whether the journal, read beside a sync that may run, has closed a later sync."""
    if not journal.exists():
        return False
    try:
        with sqlite3.connect(f"file:{journal}?mode=ro", uri=True, timeout=10) as connection:
            last = connection.execute("select max(sync_id) from syncs where closed_at is not null").fetchone()[0]
    except sqlite3.DatabaseError:
        return False
    return last is not None and (built is None or last > built["sync_id"])


def print_credits(found: Credits) -> None:
    """The same for a person, in 80 columns."""
    from rich.console import Console

    console = Console()

    def say(text: str) -> None:
        console.print(text, markup=False, highlight=False)

    if found.built is None:
        say("No sync is in the published copy yet. `leadhouse sync` makes the first one.")
        return
    say(f"Credits on {found.on:%Y-%m-%d}, after sync {found.built['sync_id']}.")
    if found.is_behind:
        say("A later sync has landed and is not in these figures yet; `leadhouse build` brings them up to it.")
    in_use = {_kind(one) for one in found.left if one["used"] or one["credits_per_day"]}
    in_use |= {_kind(one) for one in found.spent if one["in_all"]}
    used = [one for one in found.left if _kind(one) in in_use]
    console.print()
    console.print(_left_table(used))
    if len(used) < len(found.left):
        say(f"{len(found.left) - len(used)} more of which nothing was ever used; --json shows all.")
    console.print()
    console.print(_spent_table(found))
    console.print()
    for line in _reconciled(found):
        say(line)


def _kind(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["provider"], row["credit_type"]


def _left_table(balances: Rows) -> Any:
    from rich.table import Table

    table = Table(title="Left", title_justify="left", box=None, pad_edge=False, header_style="bold")
    table.add_column("provider", no_wrap=True)
    table.add_column("credit", overflow="fold")
    for name in ("left", "of", "a day"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("lasts", overflow="fold")
    plans = Counter(_kind(one) for one in balances)
    for one in balances:
        name = one["credit_type"] if plans[_kind(one)] == 1 else f"{one['credit_type']} ({one['plan']})"
        table.add_row(
            one["provider"], name, _number(one["remaining"]), _number(one["quota"]), _number(one["credits_per_day"]), _lasts(one)
        )  # fmt: skip
    if not balances:
        table.add_row("no meter was read yet")
    return table


def _lasts(balance: Mapping[str, Any]) -> str:
    """`12 days, to 2026-03-14`, and whether that is beyond the period."""
    days, period_end = balance["days_of_runway"], balance["period_end"]
    if balance["remaining"] is None:
        return "not stated"
    if balance["remaining"] <= 0:
        return f"used up; new ones from {period_end}" if period_end else "used up"
    if balance["lasts_period"]:
        return f"the period, to {period_end}"
    if days is None:
        return "nothing was used lately"
    return f"{int(days):,} {'day' if int(days) == 1 else 'days'}, to {balance['runs_out_on']}"


def _spent_table(found: Credits) -> Any:
    from rich.table import Table

    table = Table(
        title="Spent, and what the budgets allow", title_justify="left", box=None, pad_edge=False, header_style="bold"
    )
    table.add_column("provider", no_wrap=True)
    table.add_column("credit", overflow="fold")
    for name in ("last sync", "today", "this month"):
        table.add_column(name, justify="right")
    has_usd = any(one["usd_this_month"] is not None for one in found.spent)
    if has_usd:
        table.add_column("US$", justify="right")
    for one in found.spent:
        cells = [
            _of(one["last_sync"], one["budget_per_sync"]),
            _of(one["today"], one["budget_per_day"]),
            _of(one["this_month"], one["budget_per_month"]),
        ]
        usd = one["usd_this_month"]
        table.add_row(
            one["provider"],
            one["credit_type"],
            *cells,
            *([f"{usd:,.2f}" if usd is not None else ""] if has_usd else []),
        )
    if not found.spent:
        table.add_row("nothing yet")
    return table


def _reconciled(found: Credits) -> Iterator[str]:
    """Ledger against meters, as sentences."""
    compared = [one for one in found.intervals if one["difference"] is not None]
    agreeing = sum(one["is_explained"] for one in compared)
    if not compared:
        yield "Ledger and meters: no meter was read yet."
    elif agreeing == len(compared):
        yield f"Ledger and meters agree, or differ as the ledger expects, in all {len(compared):,} intervals between readings."
    else:
        yield f"Ledger and meters agree, or differ as the ledger expects, in {agreeing:,} of {len(compared):,} intervals between readings."
    for one in found.differing[:SHOWN]:
        begins = f"{one['interval_start']:%Y-%m-%d}" if one["interval_start"] else "the begin"
        yield f"- {one['provider']}, {begins} to {one['interval_end']:%Y-%m-%d}: {one['explained_as']}"
    if len(found.differing) > SHOWN:
        yield f"- and {len(found.differing) - SHOWN:,} more; --json shows all."
    for one in found.intervals:
        if one["explanation"] == "no_meter":
            yield f"{one['provider']}: {one['explained_as']}"


def _of(spent: float, budget: float | None) -> str:
    return _number(spent) if budget is None else f"{_number(spent)} of {_number(budget)}"


def _number(value: float | None) -> str:
    return "not stated" if value is None else f"{round(value, 1):,.10g}"
