"""What earlier syncs left to do: jobs to read the results of, companies to ask for, and what pushes made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from .books import DATASET
from .orders import Order, PendingJob, find_lookup
from .routing import JOB_DAYS, to_look_up
from .settings import Settings
from .warehouse import Warehouse
from .wish import Wish

DOMAINS = ("contactout", "companies")
"""The free lookup that keeps the companies filled of which the warehouse knows a domain."""


def with_pushed(settings: Settings, warehouse: Warehouse) -> Settings:
    """The settings, with what `leadhouse push` made beside what is configured: company-tracking tasks, Prospector lists.

    A sync freezes them like everything else it was begun with.
    """
    more = settings.model_copy(deep=True)
    leadiq = more.sources.leadiq
    for push, known in (
        ("start_company_tracking_task", leadiq.company_tracking.tasks),
        ("create_prospect_list", leadiq.prospector.lists),
    ):
        known.extend(made for made in _made("leadiq", push, warehouse) if made not in known)
    return more


def _made(provider: str, push: str, warehouse: Warehouse) -> list[str]:
    rows = warehouse.query(
        f"select distinct result_id from {DATASET}.pushes where provider = '{provider}' and push = '{push}' "
        "and outcome = 'done' and result_id is not null order by result_id"
    )
    return [str(row[0]) for row in rows]


def with_follow_up(wish: Wish, sources: Iterable[str], settings: Settings, warehouse: Warehouse, now: datetime) -> Wish:
    """The wish, with what is to be done beside it."""
    if not wish.follows_up:
        return wish
    named = set(sources)
    jobs = tuple(job for job in pending_jobs(warehouse, now) if job.source in named)
    reads_all = wish.reads and not wish.only and wish.backfill is None
    domains = _domains_to_ask(settings, warehouse, now) if reads_all and DOMAINS[0] in named else None
    return replace(wish, jobs=jobs, also=(domains,) if domains is not None else ())


def pending_jobs(warehouse: Warehouse, now: datetime) -> list[PendingJob]:
    """The jobs whose results were not read yet, the oldest first."""
    rows = warehouse.query(
        "select distinct asked_at, provider, lookup, way, job_id, job_hold, key_hash, points, line, reference "
        f"from {DATASET}.lookups where outcome = 'pending' and job_id not in "
        f"(select job_id from {DATASET}.lookups where outcome <> 'pending' and job_id is not null) "
        "order by asked_at, job_id, line"
    )
    jobs: dict[tuple[str, str, str, str, str], list[tuple[str, str, int, str | None]]] = {}
    for asked_at, provider, lookup, way, job_id, hold, key, points, line, reference in rows:
        if asked_at >= now - timedelta(days=JOB_DAYS):
            of_job = jobs.setdefault((provider, lookup, way, job_id, hold), [])
            of_job.append((str(key), str(points or ""), int(line), reference))
    return [PendingJob(*names, rows=tuple(of_job)) for names, of_job in jobs.items()]


def _domains_to_ask(settings: Settings, warehouse: Warehouse, now: datetime) -> Order | None:
    """The companies to ask for: those that were not asked for within their interval, up to a number a sync."""
    options = settings.sources.contactout.companies
    if not options.keep_filled:
        return None
    rows = warehouse.query(
        "select distinct value from intermediate.int_company_values where kind = 'domain' order by value"
    )
    source, lookup = find_lookup(".".join(DOMAINS), settings)
    order = to_look_up(source, lookup, (), ({"domain": row[0]} for row in rows), warehouse, settings, now).order
    if order is None:
        return None
    # Nobody brought these rows.
    asked = tuple(replace(one, lines=(0,), references=(None,)) for one in order.asked[: options.most_per_sync])
    return replace(order, asked=asked)
