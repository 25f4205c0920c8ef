"""One built warehouse for all tests of what is asked of the marts, on each engine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from tests.house import DAYS, PROJECT, SECRETS, House, Sandbox, running_sandbox
from tests.postgres import running_postgres

SIZE = ("--people", "150", "--companies", "40", "--rate-scale", "1000")
DBT = "from dbt.cli.main import cli; cli()"


@dataclass(frozen=True, slots=True)
class Built:
    """A warehouse with marts, and the dbt project compiled for it.

    Attributes:
        project: a copy of the dbt project, with what dbt made of it in `target`.
        postgres: URL of the server; the published DuckDB copy is asked without one.
    """

    house: House
    project: Path
    postgres: str | None

    def query(self, sql: str) -> list[dict[str, Any]]:
        """Rows by the names of their columns."""
        if self.postgres is None:
            import duckdb

            with duckdb.connect(str(self.house.published), read_only=True) as connection:
                found = connection.execute(sql)
                names = [column[0] for column in found.description or ()]
                return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        import psycopg2

        with closing(psycopg2.connect(self.postgres)) as server, server.cursor() as cursor:
            cursor.execute(sql)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def analysis(self, name: str) -> list[dict[str, Any]]:
        """What an analysis answers here."""
        return self.query((self.project / "target" / "compiled" / "leadhouse" / "analyses" / f"{name}.sql").read_text())

    def run(self, *command: str, given: str | None = None) -> str:
        """Runs Python with what `profiles.yml` reads in its environment; what it said on standard output."""
        ended = subprocess.run(
            [sys.executable, *command],
            cwd=self.project,
            env={**os.environ, **self.environment(), "PYTHONPATH": str(PROJECT), "DO_NOT_TRACK": "1"},
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def environment(self) -> dict[str, str]:
        if self.postgres is None:
            return {"LEADHOUSE_WAREHOUSE": "published", "LEADHOUSE_PUBLISHED": str(self.house.published)}
        parts = urlsplit(self.postgres)
        return {
            "LEADHOUSE_WAREHOUSE": "postgres",
            "LEADHOUSE_POSTGRES_HOST": parts.hostname or "",
            "LEADHOUSE_POSTGRES_PORT": str(parts.port),
            "LEADHOUSE_POSTGRES_USER": unquote(parts.username or ""),
            "LEADHOUSE_POSTGRES_PASSWORD": unquote(parts.password or ""),
            "LEADHOUSE_POSTGRES_DATABASE": parts.path.lstrip("/"),
        }


@pytest.fixture(scope="session", params=["duckdb", "postgres"])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """Two days of three providers, lookups of people found, not found and lost, and the marts of it all."""
    folder = tmp_path_factory.mktemp(str(request.param))
    with ExitStack() as stack:
        secrets, environment, url = SECRETS, {}, None
        if request.param == "postgres":
            url = stack.enter_context(running_postgres())
            secrets += f'\n[destination.postgres]\ncredentials = "{url}"\n'
            environment = {"LEADHOUSE__WAREHOUSE": "postgres"}
        sandbox = stack.enter_context(running_sandbox(*SIZE))
        house = House(folder / "house", environment).configure(sandbox.info, secrets=secrets)
        _live(house, sandbox)
        project = folder / "dbt_project"
        shutil.copytree(PROJECT / "dbt_project", project, ignore=shutil.ignore_patterns("target", "logs"))
        one = Built(house, project, url)
        one.run("-c", DBT, "compile", "--quiet", "--select", "path:analyses", "--profiles-dir", str(project))
        yield one


def _live(house: House, sandbox: Sandbox) -> None:
    house.run("sync", "--no-build", day=DAYS[0]).ok()
    sandbox.move_to(DAYS[1])
    known = [{"linkedin_url": one["id"]} for one in sandbox.truth()["contactout"]["people"][:4]]
    unknown = [{"linkedin_url": f"https://www.linkedin.com/in/nobody-{number}-example"} for number in range(2)]
    people = house.csv([*known, *unknown])
    asked = ("--from", people, "--data", "profile", "--data", "work_email", "--no-build")
    # An answer that is lost, and asked for again, is waste.
    sandbox.fault(provider="contactout", operation="linkedin_enrich", kind="reset", times=1)
    house.run("lookup", "contactout.people", *asked, day=DAYS[1]).ok()
    sandbox.no_faults()
    house.run("sync", day=DAYS[1]).ok()
