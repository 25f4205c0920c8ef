"""What a dashboard is made of: rows of the credit marts, with the marts' own names. No personal data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Usage:
    """`fct_credit_usage`: what a day's requests of one resource spent of one credit type.

    Attributes:
        credits_usd: None without a price.
        credits_wasted: spent on answers with nothing new.
        credits_unknown: spent, for all one knows, on requests whose answer was lost.
    """

    used_on: date
    provider: str
    operation: str
    resource: str | None
    credit_type: str
    credits_estimated: float
    credits_usd: float | None
    credits_wasted: float
    credits_unknown: float


@dataclass(frozen=True, slots=True)
class Findings:
    """`fct_daily_findings`: what a day's answers of one resource brought, free ones too."""

    found_on: date
    provider: str
    operation: str
    resource: str | None
    records: float
    people_found: float
    contact_points_found: float
    contacts_found: float
    job_changes_found: float


@dataclass(frozen=True, slots=True)
class Sync:
    """`fct_syncs`: one sync; `outcome` is `complete`, or says what was not."""

    sync_id: str
    as_of: datetime
    ended_at: datetime | None
    sources: str | None
    requests: float
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Balance:
    """`fct_credit_balances`: a reading of a provider's meter."""

    provider: str
    plan: str
    credit_type: str
    read_at: datetime
    remaining: float | None


@dataclass(frozen=True, slots=True)
class Runway:
    """`rpt_credit_runway`: what is left of one credit type, and how long at the pace of the last `pace_days` days.

    Attributes:
        days_of_runway, runs_out_on: None where nothing is spent or the meter does not tell.
        lasts_period: whether it lasts to `period_end`; None where nobody can tell.
    """

    provider: str
    plan: str
    credit_type: str
    read_at: datetime
    period_end: date | None
    quota: float | None
    used: float | None
    remaining: float | None
    credits_per_day: float | None
    pace_days: float | None
    days_of_runway: float | None
    runs_out_on: date | None
    lasts_period: bool | None


@dataclass(frozen=True, slots=True)
class Interval:
    """`rpt_credit_reconciliation`: the time between two readings of a meter.

    Attributes:
        interval_start: None from the beginning.
        interval_end: None since the last reading.
        credits_metered: None where there is no meter.
        difference: metered less ledger.
        explanation: `agrees`, or why not, in one word; `explained_as` is the sentence.
    """

    provider: str
    credit_type: str
    interval_start: datetime | None
    interval_end: datetime | None
    credits_ledger: float | None
    credits_metered: float | None
    difference: float | None
    explanation: str
    explained_as: str | None
    is_explained: bool | None


@dataclass(frozen=True, slots=True)
class HitRate:
    """`rpt_hit_rates`: questions that were asked for one kind of thing, and answered with one."""

    provider: str
    operation: str
    kind: str
    asked: float
    found: float


@dataclass(frozen=True, slots=True)
class Saving:
    """`rpt_credit_savings`: what a day's questions did not cost; `reason` is `journal`, `fresh` or `free_check`."""

    saved_on: date
    provider: str
    reason: str
    credit_type: str
    questions: float
    credits_saved: float
    usd_saved: float | None


@dataclass(frozen=True, slots=True)
class Freshness:
    """`rpt_freshness`: how old the newest of one resource is."""

    provider: str
    resource: str
    last_success_at: datetime | None
    newest_record_at: datetime | None
    lag_hours: float | None
    last_outcome: str | None


@dataclass(frozen=True, slots=True)
class Budget:
    """A limit of the configuration for one credit type, in credits; None where there is none."""

    provider: str
    credit_type: str
    per_day: float | None
    per_month: float | None


@dataclass(frozen=True, slots=True)
class Document:
    """Everything one page shows.

    Attributes:
        made_at: the moment it was made, UTC; its day is the last of every period.
        published: whether there is a published copy at all.
        missing: marts that the published copy does not have, or not with the columns of today.
    """

    made_at: datetime
    published: bool = True
    missing: tuple[str, ...] = ()
    budgets: tuple[Budget, ...] = ()
    usage: tuple[Usage, ...] = ()
    findings: tuple[Findings, ...] = ()
    syncs: tuple[Sync, ...] = ()
    balances: tuple[Balance, ...] = ()
    runway: tuple[Runway, ...] = ()
    reconciliation: tuple[Interval, ...] = ()
    hit_rates: tuple[HitRate, ...] = ()
    savings: tuple[Saving, ...] = ()
    freshness: tuple[Freshness, ...] = ()
