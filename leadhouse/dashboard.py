"""`leadhouse dashboard`: the published copy's credit marts and the budgets, as one HTML file; asks nobody."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from dashboard import (
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
    render,
)

from .failures import CannotDo
from .published import open_published
from .settings import Settings

QUERIES: Mapping[str, tuple[type, str]] = {
    "usage": (
        Usage,
        """
        select used_on, provider, operation, resource, credit_type, credits_estimated, credits_usd, credits_wasted, credits_unknown
        from marts.fct_credit_usage
        order by all
        """,
    ),
    "findings": (
        Findings,
        """
        select found_on, provider, operation, resource, records, people_found, contact_points_found, contacts_found, job_changes_found
        from marts.fct_daily_findings
        order by all
        """,
    ),
    "syncs": (
        Sync,
        """
        select sync_id, as_of, ended_at, sources, requests, outcome
        from marts.fct_syncs
        order by as_of desc, sync_id desc
        limit 500
        """,
    ),
    # The last reading of each day, for as long as a period may be.
    "balances": (
        Balance,
        """
        select provider, plan, credit_type, read_at, remaining
        from marts.fct_credit_balances
        where read_at >= $since
        qualify row_number() over (partition by provider, plan, credit_type, cast(read_at as date) order by read_at desc) = 1
        order by all
        """,
    ),
    "runway": (
        Runway,
        """
        select
            provider, plan, credit_type, read_at, cast(period_end as date), quota, used, remaining, credits_per_day, pace_days,
            days_of_runway, cast(runs_out_on as date), lasts_period
        from marts.rpt_credit_runway
        order by all
        """,
    ),
    "reconciliation": (
        Interval,
        """
        select
            provider, credit_type, interval_start, interval_end, credits_ledger, credits_metered, difference, explanation,
            explained_as, is_explained
        from marts.rpt_credit_reconciliation
        order by all
        """,
    ),
    "hit_rates": (
        HitRate,
        "select provider, operation, kind, asked, found from marts.rpt_hit_rates order by all",
    ),
    "savings": (
        Saving,
        """
        select saved_on, provider, reason, credit_type, sum(questions), sum(credits_saved), sum(usd_saved)
        from marts.rpt_credit_savings
        group by all
        order by all
        """,
    ),
    "freshness": (
        Freshness,
        """
        select provider, resource, last_success_at, newest_record_at, lag_hours, last_outcome
        from marts.rpt_freshness
        order by all
        """,
    ),
}
"""What is read for each part of the document, in the order of its columns."""

MARTS: Mapping[str, str] = {
    "usage": "fct_credit_usage",
    "findings": "fct_daily_findings",
    "syncs": "fct_syncs",
    "balances": "fct_credit_balances",
    "runway": "rpt_credit_runway",
    "reconciliation": "rpt_credit_reconciliation",
    "hit_rates": "rpt_hit_rates",
    "savings": "rpt_credit_savings",
    "freshness": "rpt_freshness",
}

READINGS_FOR = timedelta(days=400)

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Written:
    """A dashboard that was written.

    Attributes:
        published: whether there was a published copy; without one the page says what to do.
        missing: marts that the copy does not have, or not with the columns of today.
    """

    path: Path
    published: bool
    missing: tuple[str, ...]

    def notes(self) -> list[str]:
        """What a person should know beside the path."""
        if not self.published:
            return ["Nothing is published yet, and the page says so. Run `leadhouse sync` or `leadhouse build` first."]
        if self.missing:
            return [
                f"The published copy has no {', '.join(self.missing)} of today's form; run `leadhouse build` to publish it anew. "
                "The page shows the rest."
            ]
        return []


def write_dashboard(settings: Settings, now: datetime, to: Path | None = None) -> Written:
    """Writes the page, readable by its owner only, in one step.

    Args:
        now: UTC without a zone; its day ends every period.
        to: where; by default as configured, or `dashboard.html` beside the published copy.

    Raises:
        CannotDo: the published copy cannot be read, or the file cannot be written.
    """
    path = (to or settings.dashboard_file()).absolute()
    document = read_document(settings, now)
    try:
        _replace(path, render(document))
    except OSError as error:
        raise CannotDo(f"{path} cannot be written ({error.strerror}). Name another file with --to.") from None
    return Written(path, document.published, document.missing)


def read_document(settings: Settings, now: datetime) -> Document:
    """The published copy's credit marts and the budgets of the settings.

    Raises:
        CannotDo: the published copy is no DuckDB file.
    """
    budgets = tuple(
        Budget(provider, kind, limits.per_day, limits.per_month)
        for provider, kinds in sorted(settings.budget.items())
        for kind, limits in sorted(kinds.items())
    )
    if not settings.published_file().exists():
        return Document(made_at=now, published=False, budgets=budgets)
    rows: dict[str, Any] = {}
    missing: list[str] = []
    with open_published(settings) as connection:
        for part, (kind, sql) in QUERIES.items():
            try:
                rows[part] = _rows(connection, kind, sql, now)
            except (duckdb.CatalogException, duckdb.BinderException):
                # An older Leadhouse published it, without this table or one of its columns.
                missing.append(MARTS[part])
    return Document(made_at=now, missing=tuple(missing), budgets=budgets, **rows)


def _rows(connection: duckdb.DuckDBPyConnection, kind: Callable[..., Row], sql: str, now: datetime) -> tuple[Row, ...]:
    values = {"since": now - READINGS_FOR} if "$since" in sql else None
    return tuple(kind(*row) for row in connection.execute(sql, values).fetchall())


def _replace(path: Path, text: str) -> None:
    """Puts the file in its place in one step; whoever has the old one open keeps it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
