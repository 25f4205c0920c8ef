"""The same main job with Postgres as the warehouse: the published marts are those of DuckDB, row for row."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.house import DAYS, SECRETS, House, running_sandbox
from tests.postgres import running_postgres


@pytest.mark.slow
def test_two_days_on_postgres_end_in_the_marts_that_duckdb_has(folder: Callable[[str], Path]) -> None:
    with running_sandbox() as sandbox, running_postgres() as url:
        secrets = SECRETS + f'\n[destination.postgres]\ncredentials = "{url}"\n'
        postgres = House(folder("postgres"), {"LEADHOUSE__WAREHOUSE": "postgres"}).configure(
            sandbox.info, secrets=secrets
        )
        duckdb = House(folder("duckdb")).configure(sandbox.info)
        for day in DAYS[:2]:
            sandbox.move_to(day)
            postgres.run("sync", day=day).ok()
            charged = sandbox.charged()
            duckdb.run("sync", day=day).ok()
            if day == DAYS[0]:
                once = charged

        assert not postgres.warehouse.exists()
        leaking = [
            str(path)
            for path in (postgres.folder / "data").rglob("*")
            if path.is_file() and any(form in path.read_bytes() for form in (b"a%20password", b"a password"))
        ]
        assert leaking == []
        # Each of the two paid once, and neither on the second day.
        assert sandbox.charged() == {kind: 2 * amount for kind, amount in once.items()}
        ours, theirs = postgres.marts(), duckdb.marts()
        assert ours.keys() == theirs.keys()
        for name, rows in theirs.items():
            if name in ("fct_credit_balances", "rpt_credit_reconciliation", "rpt_credit_runway"):
                # The second house reads the meter after both have spent; to each the other is another user.
                assert len(ours[name]) == len(rows)
                continue
            assert ours[name] == rows, name


@pytest.mark.slow
def test_what_is_looked_up_on_postgres_is_bought_once(tmp_path: Path) -> None:
    with (
        running_sandbox("--people", "60", "--companies", "30", "--rate-scale", "1000") as sandbox,
        running_postgres() as url,
    ):
        secrets = SECRETS + f'\n[destination.postgres]\ncredentials = "{url}"\n'
        house = House(tmp_path, {"LEADHOUSE__WAREHOUSE": "postgres"}).configure(sandbox.info, secrets=secrets)
        house.environment["SOURCES__CONTACTOUT__LOOKUPS__JOBS_FROM"] = "5"
        house.environment["SOURCES__CONTACTOUT__LOOKUPS__POLL_SECONDS"] = "0.05"
        people = [one for one in sandbox.truth()["contactout"]["people"] if one["emails"]][:6]
        by_profile = house.csv([{"linkedin_url": one["id"]} for one in people], "profiles.csv")
        by_email = house.csv([{"email": email} for one in people for email in one["emails"]], "emails.csv")
        bought = ("--data", "work_email", "--data", "personal_email", "--no-build", "--json")
        house.run("lookup", "contactout.people", "--from", by_profile, *bought).ok()
        charged = sandbox.charged("contactout")
        assert charged["email"] > 0
        for file in (by_profile, by_email):
            assert house.run("lookup", "contactout.people", "--from", file, *bought).ok().json["input"]["asked"] == 0
        assert sandbox.charged("contactout") == charged


def test_an_unreachable_postgres_is_said_in_a_sentence_without_its_password(tmp_path: Path) -> None:
    secrets = SECRETS + '\n[destination.postgres]\ncredentials = "postgresql://someone:very-secret@127.0.0.1:1/none"\n'
    info = {
        name: {"base_url": "http://127.0.0.1:1", "prospector_base_url": "http://127.0.0.1:1"}
        for name in ("leadiq", "contactout", "letrics")
    }
    house = House(tmp_path, {"LEADHOUSE__WAREHOUSE": "postgres"}).configure(info, secrets=secrets)
    ended = house.run("sync")
    assert ended.code == 2
    assert "cannot be reached" in ended.err
    assert "very-secret" not in ended.err
    assert "Traceback" not in ended.err
