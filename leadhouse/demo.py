"""`leadhouse demo`: the main job against the sandbox, then three analyst questions answered from the marts."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from .failures import CannotDo, Exit, worst

FIRST_DAY = date(2026, 3, 2)

QUESTIONS: tuple[tuple[str, str], ...] = (
    (
        "Who moved to a new company, and how can they be reached there?",
        """
        select
            jobs.effective_on,
            people.full_name,
            jobs.from_company_name as came_from,
            jobs.to_company_name as went_to,
            people.work_email
        from marts.fct_job_changes as jobs
        inner join marts.dim_people as people on jobs.person_id = people.person_id
        where jobs.change_type = 'new_company' and people.work_email_status in ('verified', 'likely')
        order by jobs.effective_on desc nulls last, people.full_name
        limit 5
        """,
    ),
    (
        "Which companies have the most people we can reach?",
        """
        select
            companies.name,
            companies.country_code as country,
            count(distinct people.person_id) as people,
            count(distinct case when points.status = 'verified' or points.kind like '%phone' then people.person_id end) as reachable
        from marts.dim_companies as companies
        inner join marts.dim_people as people on companies.company_id = people.company_id
        left join marts.dim_contact_points as points on people.person_id = points.person_id and points.is_current
        group by companies.name, companies.country_code
        order by reachable desc, companies.name
        limit 5
        """,
    ),
    (
        "What was spent, and what did a contact cost?",
        """
        select
            used_on,
            provider,
            resource,
            credit_type,
            cast(credits_estimated as bigint) as credits,
            round(credits_estimated / nullif(contacts_found, 0), 2) as per_contact
        from marts.fct_credit_usage
        order by used_on, provider, resource, credit_type
        """,
    ),
)
"""Questions and the SQL that answers them from the published copy."""


def run_demo(days: int, folder: str) -> Exit:
    """Starts the sandbox, syncs on simulated days, builds, and answers the questions.

    Raises:
        CannotDo: the folder holds something that is not a demo.
    """
    from rich.console import Console

    from sources.metered import Clock

    from .dashboard import write_dashboard
    from .report import Bars, Quiet, print_outcome
    from .settings import Settings, load_settings
    from .sync import run_sync
    from .wish import Wish

    console = Console()
    home = _empty_folder(Path(folder))
    codes: set[Exit] = set()
    with sandbox_process(FIRST_DAY) as info:
        _write_configuration(home, info)
        # The demo reads its own folder only: no key of the environment is sent to the sandbox.
        settings: Settings = load_settings(home, environment={})
        for number in range(days):
            day = FIRST_DAY + timedelta(days=number)
            set_date(info["base_url"], day)
            watcher = Bars() if sys.stderr.isatty() else Quiet()
            console.print(f"\nDay {number + 1}: {day:%A, %d %B %Y}", style="bold", highlight=False)
            clock = Clock(datetime.combine(day, time(6)))
            for outcome in run_sync(Wish(), watcher, settings, clock):
                published, outcome.published = outcome.published, None
                print_outcome(outcome)
                codes.add(outcome.exit_code)
    code = worst(codes)
    if published is None:
        return code
    answer_questions(console, published)
    console.print(
        "\nEverything is in the published copy, which any DuckDB client opens while syncs go on:", highlight=False
    )
    console.print(f"  {published}", markup=False, highlight=False, soft_wrap=True)
    console.print("\nWhat it cost and what it brought is a page for the browser:", highlight=False)
    console.print(f"  {write_dashboard(settings, clock.now()).path}", markup=False, highlight=False, soft_wrap=True)
    return code


def answer_questions(console: Any, published: str) -> None:
    """Prints each question, its SQL's answer as a table."""
    import duckdb
    from rich.table import Table

    with duckdb.connect(published, read_only=True) as connection:
        for question, sql in QUESTIONS:
            result = connection.execute(sql)
            console.print(f"\n{question}", style="italic", highlight=False)
            table = Table(box=None, pad_edge=False, header_style="bold")
            for column in result.description or ():
                table.add_column(str(column[0]), overflow="fold")
            for row in result.fetchall():
                table.add_row(*("" if value is None else str(value) for value in row))
            console.print(table, highlight=False)


@contextmanager
def sandbox_process(day: date) -> Iterator[dict[str, Any]]:
    """A sandbox in a process of its own, on a free port; yields what it says of itself."""
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--date", day.isoformat()]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise CannotDo("The sandbox did not start; run `leadhouse sandbox` to see why.", Exit.BUG)
        yield json.loads(line)
    finally:
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def set_date(base_url: str, day: date) -> None:
    """Moves the sandbox's calendar."""
    body = json.dumps({"date": day.isoformat()}).encode()
    request = urllib.request.Request(
        f"{base_url}/sandbox/clock", body, {"Content-Type": "application/json"}, method="PUT"
    )
    # The sandbox is on this machine: no proxy of the environment stands between.
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10).close()


def serve_sandbox(port: int, seed: int, day: str) -> None:
    """Serves until Ctrl-C.

    Raises:
        CannotDo: the date is none, or the port is taken.
    """
    import socket

    from sandbox import Settings, serve

    try:
        start = date.fromisoformat(day)
    except ValueError:
        raise CannotDo(f"--date takes a day such as 2026-03-02; {day!r} is none.") from None
    if port:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                raise CannotDo(
                    f"Port {port} on 127.0.0.1 is in use. Choose another with --port, or 0 for a free one."
                ) from None

    def announce(info: dict[str, Any]) -> None:
        sys.stdout.write("The sandbox is running. Put this into the environment of another terminal:\n\n")
        for name, value in (environment_for(info) | {"LEADHOUSE_AS_OF": morning_of(start)}).items():
            sys.stdout.write(f"  export {name}={value}\n")
        following = start + timedelta(days=1)
        sys.stdout.write(f"\nIt is {start} there. To move on a day, there and here:\n")
        sys.stdout.write(f'  curl -X PUT {info["base_url"]}/sandbox/clock -d \'{{"date": "{following}"}}\'\n')
        sys.stdout.write(f"  export LEADHOUSE_AS_OF={morning_of(following)}\n")
        sys.stdout.write("Ctrl-C stops it.\n")
        sys.stdout.flush()

    serve(Settings(port=port, seed=seed, start=start), on_ready=announce)


def morning_of(day: date) -> str:
    """The moment of a simulated day at which it is synced, as `LEADHOUSE_AS_OF` takes it."""
    return datetime.combine(day, time(6)).isoformat()


def environment_for(info: dict[str, Any]) -> dict[str, str]:
    """The environment that connects all three sources to a sandbox."""
    return {
        "SOURCES__LEADIQ__BASE_URL": info["leadiq"]["base_url"] + "/graphql",
        "SOURCES__LEADIQ__PROSPECTOR_BASE_URL": info["leadiq"]["prospector_base_url"],
        "SOURCES__LEADIQ__API_KEY": info["leadiq"]["api_key"],
        "SOURCES__CONTACTOUT__BASE_URL": info["contactout"]["base_url"],
        "SOURCES__CONTACTOUT__API_TOKEN": info["contactout"]["api_token"],
        "SOURCES__LETRICS__BASE_URL": info["letrics"]["base_url"],
        "SOURCES__LETRICS__API_KEY": info["letrics"]["api_key"],
    }


def _write_configuration(home: Path, info: dict[str, Any]) -> None:
    """The demo's own `.dlt`: the sandbox's addresses, one saved search, generous rates."""
    values = environment_for(info)
    lines = [
        "# Written by `leadhouse demo`.",
        "[leadhouse]",
        f"data_dir = {json.dumps(str(home / 'data'))}",
        f"pace_dir = {json.dumps(str(home / 'data'))}",
        "[sources.leadiq]",
        f"base_url = {json.dumps(values['SOURCES__LEADIQ__BASE_URL'])}",
        f"prospector_base_url = {json.dumps(values['SOURCES__LEADIQ__PROSPECTOR_BASE_URL'])}",
        "[sources.contactout]",
        f"base_url = {json.dumps(values['SOURCES__CONTACTOUT__BASE_URL'])}",
        "[sources.contactout.searches.leaders]",
        'seniority = ["Director", "VP", "Vice President", "CXO", "C-Level", "Owner", "Head", "Manager"]',
        "reveal_info = true",
        "[sources.letrics]",
        f"base_url = {json.dumps(values['SOURCES__LETRICS__BASE_URL'])}",
        "[prices.usd]",
        "contactout = { search = 0.05, email = 0.2, phone = 0.5 }",
        "[rates]",
        "contactout = { people_search = 1200 }",
        "letrics = { default = 1200 }",
    ]
    secrets = [
        "[sources.leadiq]",
        f"api_key = {json.dumps(values['SOURCES__LEADIQ__API_KEY'])}",
        "[sources.contactout]",
        f"api_token = {json.dumps(values['SOURCES__CONTACTOUT__API_TOKEN'])}",
        "[sources.letrics]",
        f"api_key = {json.dumps(values['SOURCES__LETRICS__API_KEY'])}",
    ]
    folder = home / ".dlt"
    folder.mkdir(mode=0o700)
    (folder / "config.toml").write_text("\n".join(lines) + "\n")
    (folder / "secrets.toml").touch(mode=0o600)
    (folder / "secrets.toml").write_text("\n".join(secrets) + "\n")


def _empty_folder(folder: Path) -> Path:
    """An empty demo folder; an older demo in it is removed, anything else is left alone."""
    marker = folder / ".leadhouse-demo"
    if folder.exists() and any(folder.iterdir()) and not marker.exists():
        raise CannotDo(f"{folder} holds something that is not a demo of Leadhouse. Name an empty folder with --folder.")
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True, mode=0o700)
    marker.touch()
    return folder.absolute()
