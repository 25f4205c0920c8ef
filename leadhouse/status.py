"""`leadhouse status`: how the last sync ended, what was spent, what is left; from the journal and the published copy."""

from __future__ import annotations

import sqlite3
from typing import Any

from sources.metered import spent_in_all

from .failures import CannotDo
from .published import open_published, rows_by_name
from .settings import Settings, load_settings


def read_status() -> dict[str, Any]:
    """What is known without asking anybody and without disturbing a sync that runs."""
    settings = load_settings()
    found: dict[str, Any] = {
        "data_dir": str(settings.data_dir()),
        "warehouse": settings.leadhouse.warehouse,
        "last_sync": None,
        "open_sync": None,
        "credits": {},
        "unknown_requests": 0,
        "published": None,
        "published_problem": None,
        "balances": [],
    }
    journal = settings.data_dir() / "journal.sqlite"
    if journal.exists():
        found |= _from_journal(str(journal))
    published = settings.published_file()
    if published.exists():
        found["published"] = str(published)
        try:
            found["balances"] = _balances(settings)
        except CannotDo as problem:
            found["published_problem"] = str(problem)
    return found


def _from_journal(path: str) -> dict[str, Any]:
    """Read beside the lock: a running sync is not disturbed."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)
    connection.row_factory = sqlite3.Row
    try:
        syncs = [
            dict(row)
            for row in connection.execute(
                "select sync_id, as_of, stage, round, closed_at, outcome from syncs order by rowid"
            )
        ]
        credits = spent_in_all(connection)
        unknown = connection.execute("select count(*) from requests where outcome = 'unknown'").fetchone()[0]
    except sqlite3.DatabaseError:
        return {}
    finally:
        connection.close()
    closed = [sync for sync in syncs if sync["closed_at"]]
    running = [sync for sync in syncs if not sync["closed_at"]]
    return {
        "last_sync": closed[-1] if closed else None,
        "open_sync": running[-1] if running else None,
        "credits": credits,
        "unknown_requests": unknown,
    }


def _balances(settings: Settings) -> list[dict[str, Any]]:
    query = """
        select provider, plan, credit_type, read_at, quota, used, remaining
        from marts.rpt_credit_runway
        order by provider, credit_type, plan
    """
    with open_published(settings) as connection:
        return rows_by_name(connection, query)


def print_status(found: dict[str, Any]) -> None:
    """The same for a person, in 80 columns."""
    from rich.console import Console
    from rich.table import Table

    from .report import spent

    console = Console()

    def say(text: str) -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    last, running = found["last_sync"], found["open_sync"]
    if last is None and running is None:
        say("No sync yet. `leadhouse sync` makes the first one, `leadhouse demo` shows one without any key.")
        return
    if running is not None:
        say(f"The sync of {running['as_of'][:16]} is open ({running['stage']}, round {running['round']}): running, or broken off and "
            "finished by the next `leadhouse sync`.")  # fmt: skip
    if last is not None:
        say(f"Last sync: {last['sync_id']} as of {last['as_of'][:16]} UTC, {last['outcome']}.")
    for provider, credits in sorted(found["credits"].items()):
        say(f"Spent by this instance at {provider}: {spent(credits)}.")
    if found["unknown_requests"]:
        say(f"{found['unknown_requests']} request(s) that buy or write were sent and their answer was lost; the most they can have "
            "cost counts as spent.")  # fmt: skip
    if found["balances"]:
        table = Table(
            title="Balances at their last reading", title_justify="left", box=None, pad_edge=False, header_style="bold"
        )
        for name in ("provider", "plan", "credit"):
            table.add_column(name, overflow="fold")
        for name in ("used", "left", "of"):
            table.add_column(name, justify="right")
        table.add_column("read")
        for one in found["balances"]:
            table.add_row(one["provider"], one["plan"], one["credit_type"], _number(one["used"]), _number(one["remaining"]),
                          _number(one["quota"]), f"{one['read_at']:%Y-%m-%d}")  # fmt: skip
        console.print(table)
    if found["published"]:
        say(found["published_problem"] or f"Published: {found['published']}")


def _number(value: float | None) -> str:
    return "not stated" if value is None else f"{value:,.10g}"
