"""Invented credit marts, for tests, screenshots and benchmarks: nobody and no account is real.

`ledger(...)` draws days of requests by a seed and sums them up to the marts' grain; `published(...)` writes them as a build would.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from transforms.publish import PublishedTable, publish

TODAY = date(2026, 3, 2)
NOW = datetime.combine(TODAY, time(6, 30))
BUDGETS = {
    "contactout": {"search": {"per_day": 260, "per_month": 6000}, "verifier": {"per_day": 60}},
    "leadiq": {"uc": {"per_month": 1500}},
}
"""As the configuration has them."""
TEXT, NUMBER, DAY, MOMENT, BOOL = pa.string(), pa.float64(), pa.date32(), pa.timestamp("us"), pa.bool_()

COLUMNS: Mapping[str, Mapping[str, pa.DataType]] = {
    "fct_credit_usage": dict.fromkeys(("provider", "operation", "resource", "credit_type"), TEXT)
    | {"used_on": DAY}
    | dict.fromkeys(
        ("credits_estimated", "credits_usd", "contacts_found", "credits_wasted", "credits_unknown"), NUMBER
    ),
    "fct_daily_findings": dict.fromkeys(("provider", "operation", "resource"), TEXT)
    | {"found_on": DAY}
    | dict.fromkeys(("requests", "records", "people_found", "companies_found"), NUMBER)
    | dict.fromkeys(("contact_points_found", "contacts_found", "job_changes_found"), NUMBER),
    "fct_syncs": {"sync_id": TEXT, "as_of": MOMENT, "ended_at": MOMENT, "sources": TEXT, "rounds": NUMBER}
    | {"outcome": TEXT, "requests": NUMBER},
    "fct_credit_balances": dict.fromkeys(("provider", "plan", "credit_type"), TEXT)
    | dict.fromkeys(("read_at", "period_start", "period_end"), MOMENT)
    | dict.fromkeys(("quota", "used", "remaining"), NUMBER)
    | {"over_quota": BOOL},
    "rpt_credit_runway": dict.fromkeys(("provider", "plan", "credit_type"), TEXT)
    | {"read_at": MOMENT, "period_end": MOMENT}
    | dict.fromkeys(("quota", "used", "remaining", "credits_per_day", "pace_days", "days_of_runway"), NUMBER)
    | {"runs_out_on": DAY, "lasts_period": BOOL},
    "rpt_credit_reconciliation": {
        "provider": TEXT,
        "credit_type": TEXT,
        "interval_start": MOMENT,
        "interval_end": MOMENT,
    }
    | dict.fromkeys(("credits_ledger", "credits_unknown", "credits_metered", "difference"), NUMBER)
    | {"explanation": TEXT, "explained_as": TEXT, "is_explained": BOOL},
    "rpt_hit_rates": {"provider": TEXT, "operation": TEXT, "kind": TEXT, "asked": NUMBER, "found": NUMBER}
    | {"hit_rate": NUMBER},
    "rpt_credit_savings": {"saved_on": DAY, "provider": TEXT, "operation": TEXT, "reason": TEXT, "credit_type": TEXT}
    | {"questions": NUMBER, "credits_saved": NUMBER, "usd_saved": NUMBER},
    "rpt_freshness": {"provider": TEXT, "resource": TEXT, "last_attempt_at": MOMENT, "last_success_at": MOMENT}
    | {"newest_record_at": MOMENT, "lag_hours": NUMBER, "last_outcome": TEXT},
}
"""The tables that the dashboard reads, as the marts have them."""

Tables = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where credits go: an operation of a provider for one saved search, and what a day takes of each credit type.

    Attributes:
        credits: mean of a day by credit type.
        hit: share of the records that have a contact.
        free: whether it costs nothing and brings job changes.
    """

    provider: str
    operation: str
    resource: str
    credits: Mapping[str, float]
    records: float
    hit: float
    free: bool = False


PLACES: Sequence[Place] = (
    Place("contactout", "people_search", "people_search_leaders", {"search": 96, "email": 22}, 96, 0.31),
    Place("contactout", "people_search", "people_search_vps_in_london", {"search": 41}, 41, 0.0),
    Place("contactout", "decision_makers", "decision_makers_example_ltd", {"search": 24, "phone": 3}, 24, 0.27),
    Place("contactout", "linkedin_enrich", "people", {"search": 9, "email": 34, "phone": 21}, 40, 0.82),
    Place("contactout", "email_verify_batch", "verify", {"verifier": 60}, 60, 0.0),
    Place("leadiq", "flatAdvancedSearch", "search_new_vps", {"uc": 18}, 60, 0.12),
    Place("leadiq", "searchPeople", "people", {"uc": 27, "premium_mobile": 5}, 30, 0.74),
    Place("leadiq", "trackedContacts", "tracked_contacts", {}, 45, 0.5, free=True),
    Place("letrics", "contacts", "contacts", {}, 70, 0.6, free=True),
)
PRICES = {"search": 0.05, "email": 0.2, "phone": 0.5, "uc": 0.12, "premium_mobile": 0.9}
"""US dollars; the verifier has none."""
METERS = {
    ("contactout", "postpaid", "search"): (10_000, 31),
    ("contactout", "postpaid", "email"): (2_000, 31),
    ("contactout", "prepaid", "phone"): (500, None),
    ("leadiq", "scale", "uc"): (3_600, 90),
    ("leadiq", "scale", "premium_mobile"): (400, 90),
}
"""Quota, and days of a period; None where it does not end."""


def ledger(days: int = 120, seed: int = 7, places: Sequence[Place] = PLACES, today: date = TODAY) -> Tables:
    """Marts of so many days up to `today`, all drawn by the seed."""
    chance = random.Random(seed)
    tables: Tables = {name: [] for name in COLUMNS}
    for back in range(days - 1, -1, -1):
        day = today - timedelta(days=back)
        # Little happens on a weekend, and tasks come in waves.
        busy = (0.25 if day.weekday() >= 5 else 1.0) * (1 + 0.35 * ((back // 11) % 3 - 1))
        for place in places:
            _spend(tables, chance, place, day, busy)
        _sync(tables, chance, day, back)
    _meters(tables, chance, today)
    _rates_and_savings(tables, chance, days, today)
    _freshness(tables, today)
    return tables


def _spend(tables: Tables, chance: random.Random, place: Place, day: date, busy: float) -> None:
    where = {"provider": place.provider, "operation": place.operation, "resource": place.resource}
    drawn = max(0.0, busy * chance.gauss(1, 0.3))
    records = round(place.records * drawn)
    contacts = round(records * place.hit)
    people = round(records * (0.08 if place.free else 0.55) * chance.uniform(0.7, 1.1))
    changes = round(people * chance.uniform(0.05, 0.5)) if place.provider == "leadiq" else round(people * 0.04)
    tables["fct_daily_findings"].append(
        {
            **where,
            "found_on": day,
            "requests": 1 + records // 25,
            "records": records,
            "people_found": people,
            "companies_found": people // 3,
        }
        | {"contact_points_found": round(contacts * 1.2), "contacts_found": contacts, "job_changes_found": changes}
    )
    for kind, mean in place.credits.items():
        spent = round(mean * drawn)
        if spent:
            wasted = round(spent * chance.uniform(0.02, 0.22))
            tables["fct_credit_usage"].append(
                {**where, "used_on": day, "credit_type": kind, "credits_estimated": spent}
                | {"credits_usd": spent * PRICES[kind] if kind in PRICES else None, "contacts_found": contacts}
                | {"credits_wasted": wasted, "credits_unknown": 1 if chance.random() < 0.01 else 0}
            )


def _sync(tables: Tables, chance: random.Random, day: date, back: int) -> None:
    as_of = datetime.combine(day, time(6))
    outcome = "complete" if back != 4 else "people_search_leaders: the budget per day is spent"
    tables["fct_syncs"].append(
        {
            "sync_id": f"s{back:04}",
            "as_of": as_of,
            "ended_at": as_of + timedelta(minutes=chance.randint(2, 9)),
            "rounds": 1,
        }
        | {"sources": "contactout, leadiq, letrics", "outcome": outcome, "requests": chance.randint(40, 90)}
    )


def _meters(tables: Tables, chance: random.Random, today: date) -> None:
    """Readings each morning, what the ledger says between two, and the runway of the last."""
    spent: dict[tuple[str, str], dict[date, float]] = defaultdict(lambda: defaultdict(float))
    for row in tables["fct_credit_usage"]:
        spent[row["provider"], row["credit_type"]][row["used_on"]] += row["credits_estimated"]
    for (provider, plan, kind), (quota, length) in METERS.items():
        days = spent[provider, kind]
        mine = {"provider": provider, "plan": plan, "credit_type": kind}
        begins = today - timedelta(days=23 if length != 90 else 61)
        read, used, end = (
            datetime.combine(begins, time(6)),
            0.0,
            None if length is None else begins + timedelta(days=length),
        )
        while read.date() <= today:
            day = read.date()
            strange = 40.0 if (kind, (today - day).days) == ("search", 9) else 0.0
            metered = days.get(day, 0.0) + strange
            used += metered
            tables["fct_credit_balances"].append(
                {
                    **mine,
                    "read_at": read,
                    "period_start": datetime.combine(begins, time()),
                    "quota": quota,
                    "used": min(used, quota),
                }
                | {
                    "period_end": end and datetime.combine(end, time()),
                    "remaining": max(0.0, quota - used),
                    "over_quota": used > quota,
                }
            )
            because = (
                "Somebody else who uses the account spent 40 search credits." if strange else "Ledger and meter agree."
            )
            tables["rpt_credit_reconciliation"].append(
                {
                    "provider": provider,
                    "credit_type": kind,
                    "interval_start": read - timedelta(days=1),
                    "interval_end": read,
                }
                | {
                    "credits_ledger": metered - strange,
                    "credits_unknown": 0,
                    "credits_metered": metered,
                    "difference": strange,
                }
                | {"explanation": "other_use" if strange else "agrees", "explained_as": because, "is_explained": True}
            )
            read += timedelta(days=1)
        pace = sum(days.get(today - timedelta(days=back), 0.0) for back in range(14)) / 14
        left = max(0.0, quota - used)
        runway = left / pace if pace else None
        out = None if runway is None else today + timedelta(days=int(runway))
        tables["rpt_credit_runway"].append(
            {
                **mine,
                "read_at": read - timedelta(days=1),
                "period_end": end and datetime.combine(end, time()),
                "quota": quota,
            }
            | {
                "used": min(used, quota),
                "remaining": left,
                "credits_per_day": pace,
                "pace_days": 14,
                "days_of_runway": runway,
            }
            | {"runs_out_on": out, "lasts_period": None if out is None or end is None else out >= end}
        )
    tables["rpt_credit_reconciliation"].append(
        {"provider": "contactout", "credit_type": "verifier", "interval_start": None, "interval_end": None}
        | {
            "credits_ledger": sum(spent["contactout", "verifier"].values()),
            "credits_unknown": 0,
            "credits_metered": None,
        }
        | {"difference": None, "explanation": "no_meter", "is_explained": True}
        | {"explained_as": "ContactOut has no meter for verifier credits."}
    )


def _rates_and_savings(tables: Tables, chance: random.Random, days: int, today: date) -> None:
    for provider, operation, kind, share in (
        ("contactout", "linkedin_enrich", "work_email", 0.71),
        ("contactout", "linkedin_enrich", "personal_email", 0.54),
        ("contactout", "linkedin_enrich", "phone", 0.38),
        ("leadiq", "searchPeople", "work_email", 0.77),
        ("leadiq", "searchPeople", "work_phone", 0.29),
        ("leadiq", "searchPeople", "personal_phone", 0.41),
    ):
        asked = 22 * days
        found = round(asked * share * chance.uniform(0.95, 1.05))
        tables["rpt_hit_rates"].append(
            {
                "provider": provider,
                "operation": operation,
                "kind": kind,
                "asked": asked,
                "found": found,
                "hit_rate": found / asked,
            }
        )
    for back in range(days):
        for provider, operation, reason, kind in (
            ("contactout", "linkedin_enrich", "free_check", "search"),
            ("contactout", "linkedin_enrich", "fresh", "email"),
            ("contactout", "people_search", "journal", "search"),
            ("leadiq", "searchPeople", "fresh", "uc"),
        ):
            questions = chance.randint(0, 14) if reason != "journal" or back % 9 == 0 else 0
            if questions:
                tables["rpt_credit_savings"].append(
                    {
                        "saved_on": today - timedelta(days=back),
                        "provider": provider,
                        "operation": operation,
                        "reason": reason,
                    }
                    | {
                        "credit_type": kind,
                        "questions": questions,
                        "credits_saved": questions,
                        "usd_saved": questions * PRICES[kind],
                    }
                )


def _freshness(tables: Tables, today: date) -> None:
    at = datetime.combine(today, time(6))
    for provider, resource, lag, outcome in (
        ("contactout", "people_search_leaders", 0.2, "ok"),
        ("contactout", "stats", 0.1, "ok"),
        ("contactout", "companies", 51.0, "failed"),
        ("leadiq", "tracked_contacts", 4.0, "ok"),
        ("leadiq", "search_new_vps", 30.0, "ok"),
        ("letrics", "contacts", 13.0, "empty"),
    ):
        tables["rpt_freshness"].append(
            {
                "provider": provider,
                "resource": resource,
                "last_attempt_at": at,
                "last_outcome": outcome,
                "lag_hours": lag,
            }
            | {
                "last_success_at": at - timedelta(hours=48 if outcome == "failed" else 0),
                "newest_record_at": at - timedelta(hours=lag),
            }
        )


def published(path: Path, tables: Tables, without: Sequence[str] = ()) -> Path:
    """Writes the tables as a build publishes them, but for those that an older copy would not have."""
    schemas = {name: pa.schema(list(columns.items())) for name, columns in COLUMNS.items() if name not in without}
    publish(
        path,
        "marts",
        [
            PublishedTable(name, pa.Table.from_pylist(tables.get(name, []), schema), name, {})
            for name, schema in schemas.items()
        ],
    )
    return path
