"""Sixty days after contacts were handed in: every job change that LeadIQ reports is there once, at what it cost."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from leadhouse.__main__ import DLT
from leadhouse.failures import Exit
from leadhouse.push import run_push
from leadhouse.report import Quiet
from leadhouse.rows import rows_of_csv
from leadhouse.sync import run_sync
from leadhouse.wish import Wish
from tests.app.truth import same_job_changes
from tests.house import House, running_sandbox

pytestmark = pytest.mark.soak

START = date(2026, 3, 2)
DAYS = 60
BUILT = {0, 20, 40, DAYS - 1}
CONTACTS = 80
SEARCH = """
[sources.leadiq.searches.accounts]
grouped = true
data = ["company"]
company = { sizes = [{ min = 1 }] }
"""
"""What it finds says nothing of job changes; it is bought anew after thirty days."""


def test_every_job_change_of_sixty_days_is_there_once_and_credits_are_those_of_the_providers_books(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: Callable[[Path], None]
) -> None:
    with running_sandbox("--people", "200", "--companies", "40", "--rate-scale", "1000") as sandbox:
        house = House(tmp_path).configure(sandbox.info, SEARCH)
        for name, value in (DLT | {"HOME": str(house.folder)}).items():
            monkeypatch.setenv(name, value)
        inside(house.folder)
        people = sandbox.truth()["leadiq"]["people"][:CONTACTS]
        named = {one["truth_id"]: one for one in sandbox.truth()["people"]}
        known = [named[one["truth_id"]] for one in people if one["truth_id"] in named]
        file = house.folder / "contacts.csv"
        with file.open("w", newline="") as opened:
            writer = csv.writer(opened)
            writer.writerow(["import_id", "first_name", "last_name", "company_name", "linkedin_url"])
            for n, one in enumerate(known):
                first, _, last = one["full_name"].partition(" ")
                profile = f"https://www.linkedin.com/in/{one['linkedin_slug']}"
                writer.writerow([f"import-{n % 2}", first, last or first, "Example", profile])

        counts = []
        for day in range(DAYS):
            today = START + timedelta(days=day)
            sandbox.move_to(today.isoformat())
            monkeypatch.setenv("LEADHOUSE_AS_OF", datetime.combine(today, datetime.min.time()).isoformat())
            if day == 1:
                pushed = run_push("leadiq.track_contacts", rows_of_csv(file), Wish(build=False), Quiet())
                assert pushed.outcomes == {"done": len(known)}
            outcomes = run_sync(Wish(("leadiq",), build=day in BUILT), Quiet())
            assert [one.exit_code for one in outcomes] == [Exit.COMPLETE], (today, outcomes[-1].notes)
            if day in BUILT:
                counts.append(same_job_changes(house, sandbox))
        usage = house.query(
            "select credit_type, sum(credits_estimated) from marts.fct_credit_usage group by credit_type"
        )
        assert dict(usage) == pytest.approx(sandbox.charged("leadiq"))
        assert sandbox.charged("leadiq")["tracking"] == len(known)
        assert counts == sorted(counts)
        assert counts[-1] > counts[0] + 5, "people changed jobs meanwhile"
