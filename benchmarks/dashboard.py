"""The dashboard over a million ledger rows: how large the page is, how long it takes to write, to open and to filter.

    python -m benchmarks.dashboard [--days N] [--rounds N]

The marts are of invented credits (`tests/dashboard/invented.py`), at their own grain. The exit code is 1 when the page is too
large, or when it opens in more than twice its limit: how long a thing takes also depends on how busy the machine is.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser

from dashboard import Document, Interval, render
from leadhouse.dashboard import read_document, write_dashboard
from leadhouse.settings import Settings
from tests.dashboard.browser import chromium, opened
from tests.dashboard.invented import BUDGETS, METERS, NOW, PLACES, Tables, ledger, published

DAYS = 1096
ROUNDS = 5
LEDGER_ROWS = 1_000_000
SEARCHES_EACH = 5
"""Saved searches or lookups of every operation."""
BUSIER = 10
"""So many times the credits and records of `PLACES`."""

LARGEST = 3_000_000
"""Bytes."""
SLOWEST = 2.0
"""Seconds to open."""

DRAWN = (
    """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))"""
)
"""Milliseconds since the navigation began, once all is drawn."""


@dataclass(frozen=True, slots=True)
class Line:
    """One figure beside its limit, if it has one."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    depends_on_machine: bool = True

    @property
    def is_broken(self) -> bool:
        return self.limit is not None and self.value > self.limit * (2 if self.depends_on_machine else 1)

    def __str__(self) -> str:
        figure = f"| {self.name} | {self.value:,.2f} {self.unit} "
        if self.limit is None:
            return f"{figure}| | |"
        verdict = "ok" if self.value <= self.limit else "broken"
        return f"{figure}| {self.limit:,.2f} {self.unit} | {self.value / self.limit:.0%}, {verdict} |"


def main(arguments: Sequence[str]) -> int:
    """Measures and prints a table; 1 when a limit is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args(arguments)
    tables = busy_ledger(options.days)
    rows = ledger_rows(tables)
    print(
        f"{rows:,} ledger rows in {options.days:,} days; the marts have {len(tables['fct_credit_usage']):,} rows of usage"
    )
    if options.days >= DAYS and rows < LEDGER_ROWS:
        print(f"That is fewer than {LEDGER_ROWS:,}: the benchmark itself is wrong.")
        return 1
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        lines = measure(browser, Path(folder), tables, options.rounds)
    print("\n| | figure | limit | |\n|---|---|---|---|")
    for line in lines:
        print(line)
    return int(any(line.is_broken for line in lines))


def busy_ledger(days: int) -> Tables:
    """Marts of a company that buys a lot, by many saved searches, and reads its meters daily."""
    places = [
        replace(
            place,
            resource=f"{place.resource}_{number}",
            records=place.records * BUSIER,
            credits={kind: mean * BUSIER for kind, mean in place.credits.items()},
        )
        for place in PLACES
        for number in range(SEARCHES_EACH)
    ]
    return ledger(days, places=places)


def ledger_rows(tables: Tables) -> int:
    """Rows of `fct_request_credits` that would sum up to these marts: a request and credit type each."""
    requests = {
        (row["found_on"], row["provider"], row["operation"], row["resource"]): row["requests"]
        for row in tables["fct_daily_findings"]
    }
    return sum(
        requests[row["used_on"], row["provider"], row["operation"], row["resource"]]
        for row in tables["fct_credit_usage"]
    )


def measure(browser: Browser, folder: Path, tables: Tables, rounds: int) -> list[Line]:
    """Size, and medians of writing, opening and filtering."""
    copy = published(folder / "leads.duckdb", tables)
    settings = Settings.model_validate({"leadhouse": {"published": str(copy)}, "budget": BUDGETS})
    page = folder / "dashboard.html"
    writing = median(rounds, lambda: write_dashboard(settings, NOW, page))
    page.write_text(render(with_all_readings(read_document(settings, NOW))), encoding="utf-8")
    opening, filtering = [], []
    for _ in range(rounds):
        with opened(browser, page, wait=False) as seen:
            opening.append(seen.page.evaluate(DRAWN) / 1000)
            begun = time.perf_counter()
            seen.choose(period="all")
            seen.page.evaluate(DRAWN)
            filtering.append(time.perf_counter() - begun)
            assert seen.figures("spent", "provider", "credit_type"), "the page shows nothing"
            assert not seen.complaints
    return [
        Line("size of the page", page.stat().st_size / 1e6, "MB", LARGEST / 1e6, depends_on_machine=False),
        Line("opened and drawn", statistics.median(opening), "s", SLOWEST),
        Line("all time chosen and drawn", statistics.median(filtering), "s"),
        Line("read from the published copy and written", writing, "s"),
    ]


def with_all_readings(document: Document) -> Document:
    """The document with an interval a day and meter since its first day, one in fifty of which differs."""
    days = (NOW.date() - min(row.used_on for row in document.usage)).days
    intervals = tuple(
        interval(provider, kind, NOW - timedelta(days=back), differs=(back + place) % 50 == 0)
        for place, (provider, _, kind) in enumerate(METERS)
        for back in range(days)
    )
    return replace(document, reconciliation=intervals)


def interval(provider: str, kind: str, ends: datetime, differs: bool) -> Interval:
    return Interval(
        provider=provider,
        credit_type=kind,
        interval_start=ends - timedelta(days=1),
        interval_end=ends,
        credits_ledger=100.0,
        credits_metered=112.0 if differs else 100.0,
        difference=12.0 if differs else 0.0,
        explanation="other_use" if differs else "agrees",
        explained_as="Somebody else who uses the account spent 12 credits." if differs else "Ledger and meter agree.",
        is_explained=True,
    )


def median(rounds: int, work: Callable[[], object]) -> float:
    """Seconds."""
    taken = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
