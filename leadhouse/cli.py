"""The command line. Everything heavy is imported where it is used, so that help is quick."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from .report import Outcome, Watcher

app = typer.Typer(
    name="leadhouse",
    help="What LeadIQ, ContactOut and Letrics know, as SQL tables, and what every answer cost.\n\nTry it without any key: leadhouse demo",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

From = Annotated[
    str | None,
    typer.Option("--from", metavar="DATE", help="Read again from this day or moment on, UTC (a backfill)."),
]
To = Annotated[
    str | None, typer.Option("--to", metavar="DATE", help="End of that period: 00:00 of this day, or this moment, UTC.")
]
Connected = Annotated[
    list[str] | None,
    typer.Argument(metavar="SOURCE", help="leadiq, contactout, letrics; all that are connected when left out."),
]
Loaded = Annotated[
    list[str] | None, typer.Argument(metavar="SOURCE", help="leadiq, contactout, letrics; all when left out.")
]
File = Annotated[
    Path | None, typer.Option("--from", metavar="FILE", help="A CSV file; its first line names the columns.")
]
Query = Annotated[
    str | None, typer.Option("--sql", metavar="QUERY", help="A query on the warehouse; its columns are the input.")
]
MaxCredits = Annotated[
    list[str] | None,
    typer.Option("--max-credits", metavar="PROVIDER.TYPE=N", help="As of `leadhouse sync`; may be repeated."),
]
NoBuild = Annotated[bool, typer.Option("--no-build", help="Load only; `leadhouse build` builds the marts later.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document for machines.")]


@app.command()
def sync(
    sources: Connected = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="RESOURCE", help="Read this resource only; may be repeated.")
    ] = None,
    max_credits: Annotated[
        list[str] | None,
        typer.Option(
            "--max-credits", metavar="PROVIDER.TYPE=N", help="Spend at most N credits of this type; may be repeated."
        ),
    ] = None,
    begins: From = None,
    ends: To = None,
    no_build: NoBuild = False,
    take_over: Annotated[
        bool, typer.Option("--take-over", help="Bind this data directory although another one, now gone, was bound.")
    ] = False,
    abandon: Annotated[
        bool,
        typer.Option("--abandon", help="Ask nobody: land what a broken-off sync has bought, and close it."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Read what is new from the providers into the warehouse, and build the marts.

    With --from or --to it reads that period in place of what is new, and moves no watermark; the same command goes on where it was stopped.

    Example: leadhouse sync contactout --max-credits contactout.search=100

    Example: leadhouse sync letrics --from 2025-01-01 --to 2025-07-01

    Exit codes: 0 complete; 2 wrong usage or configuration, nothing was sent; 3 stopped by a budget or by the provider's credits; 4 a provider failed and the rest was loaded; 5 loaded, but the build failed.
    """
    from .failures import CannotDo
    from .sync import run_sync
    from .wish import Wish, read_max_credits, read_period

    limits, period = read_max_credits(max_credits or []), read_period(begins, ends)
    if abandon and (sources or only or limits or period):
        raise CannotDo(
            "--abandon closes the sync that was broken off as it is; it takes no source, --only, --max-credits, --from or --to."
        )
    wish = Wish(tuple(sources or ()), tuple(only or ()), limits, not no_build, take_over, abandon, period)
    outcomes = run_sync(wish, _watcher(as_json))
    _finish(outcomes, as_json)


@app.command()
def lookup(
    name: Annotated[
        str,
        typer.Argument(metavar="LOOKUP", help="leadiq.people, contactout.people and others; see the README."),
    ],
    csv: File = None,
    sql: Query = None,
    data: Annotated[
        list[str] | None,
        typer.Option(
            "--data",
            metavar="POINT",
            help="What to buy; may be repeated. LeadIQ: profile (default), emails, phones, company. ContactOut: "
            "profile (default), work_email, personal_email, phone.",
        ),
    ] = None,
    max_credits: MaxCredits = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be asked and what it can cost; ask nobody.")
    ] = False,
    repeat_unknown: Annotated[
        bool, typer.Option("--repeat-unknown", help="Ask again what was asked and whose answer was lost.")
    ] = False,
    no_build: NoBuild = False,
    as_json: Json = False,
) -> None:
    """Look up people, companies or addresses by what you know of them; what is known and fresh is not bought again.

    A column named `reference` is your own key of a row, and is kept with the answer. The columns of each lookup stand in the source's README.

    Example: leadhouse lookup leadiq.people --from people.csv --data emails --dry-run

    Example: leadhouse lookup leadiq.people --sql "select linkedin_url from marts.dim_people" --max-credits leadiq.uc=50

    Example: leadhouse lookup contactout.verify --from addresses.csv --max-credits contactout.verifier=100

    Exit codes: as of `leadhouse sync`.
    """
    from .failures import CannotDo
    from .lookup import run_lookup
    from .rows import rows_from
    from .wish import Wish, read_max_credits

    source = rows_from(csv, sql)
    if source is None:
        raise CannotDo("A lookup takes its rows from either --from FILE or --sql QUERY; give one of the two.")
    wish = Wish(max_credits=read_max_credits(max_credits or []), build=not no_build)
    rows, outcomes = run_lookup(name, source, tuple(data or ()), wish, _watcher(as_json), repeat_unknown, dry_run)
    _finish_order({"lookup": name, "input": rows.as_json()}, rows.lines(), outcomes, as_json)


@app.command()
def push(
    name: Annotated[str, typer.Argument(metavar="PUSH", help="leadiq.track_contacts and others; see the README.")],
    csv: File = None,
    sql: Query = None,
    constants: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="COLUMN=VALUE", help="A column of every row, or of the only one; may be repeated."
        ),
    ] = None,
    max_credits: MaxCredits = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be sent and what it can cost; send nothing.")
    ] = False,
    again: Annotated[bool, typer.Option("--again", help="Send what was done before, too.")] = False,
    repeat_unknown: Annotated[
        bool, typer.Option("--repeat-unknown", help="Send again what was sent and whose answer was lost.")
    ] = False,
    confirm: Annotated[
        str, typer.Option("--confirm", metavar="WORD", help="What is asked to be typed, where something is lost by it.")
    ] = "",
    no_build: NoBuild = False,
    as_json: Json = False,
) -> None:
    """Write rows at a provider, each once: contacts and companies to track, tasks, feedback.

    What was done is not done again, whether the push is repeated or was broken off. A column named `reference` is your own key of a row.

    Example: leadhouse push leadiq.track_contacts --from contacts.csv --set import_id=crm-2026 --dry-run

    Example: leadhouse push leadiq.start_company_tracking_task --set months_back=6

    Exit codes: as of `leadhouse sync`.
    """
    from .failures import CannotDo
    from .push import run_push, typed
    from .rows import read_constants, rows_from, with_constants
    from .wish import Wish, read_max_credits

    source = with_constants(rows_from(csv, sql), read_constants(constants or []))
    wanted = typed(name, confirm)
    if wanted and not dry_run:
        if not sys.stdin.isatty():
            raise CannotDo(f"{name} cannot be taken back: add --confirm {wanted!r} to do it. Nothing was sent.")
        typed(name, typer.prompt(f"{name} cannot be taken back. Type {wanted!r} to do it"))
    wish = Wish(max_credits=read_max_credits(max_credits or []), build=not no_build)
    pushing = run_push(name, source, wish, _watcher(as_json), again, repeat_unknown, dry_run)
    _finish_order({"push": name} | pushing.as_json(), pushing.lines(), pushing.syncs, as_json)


@app.command()
def build(
    identity_anew: Annotated[
        bool,
        typer.Option("--identity-anew", help="Look at the identity of every record again; ids stay where clusters do."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Build all tables from what was loaded and publish the marts; asks no provider and costs nothing.

    Example: leadhouse build
    """
    from sources.metered import Clock

    from .build import build as build_all
    from .failures import CannotDo, Exit
    from .load import Loader
    from .settings import load_settings, read_as_of
    from .warehouse import open_warehouse

    settings = load_settings()
    with open_warehouse(settings) as warehouse:
        if not warehouse.query("select 1 from information_schema.tables where table_schema = 'raw_leadhouse'"):
            raise CannotDo("There is nothing to build from yet. Run `leadhouse sync` first, or `leadhouse demo`.")
        Loader(warehouse, settings).drain()
        watcher = _watcher(as_json)
        with watcher:
            built = build_all(warehouse, Clock(read_as_of()).now(), watcher.stage, identity_anew=identity_anew)
    code = Exit.BUILD_FAILED if built.failed else Exit.COMPLETE
    if as_json:
        _print_json({"exit_code": int(code), "published": built.published, "notes": built.notes})
    else:
        for note in built.notes:
            typer.echo(note)
        if built.published:
            typer.echo(f"Published: {built.published}")
    raise typer.Exit(code)


@app.command()
def reparse(
    sources: Loaded = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="ENTITY", help="This raw table only; may be repeated.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Read again what was loaded, with today's record models; asks no provider and costs nothing.

    Example: leadhouse reparse contactout --only people
    """
    from .reparse import print_tallies, run_reparse

    tallies, notes = run_reparse(sources or (), only or (), _watcher(as_json))
    if as_json:
        _print_json({"exit_code": 0, "entities": [tally.as_json() for tally in tallies], "notes": notes})
    else:
        print_tallies(tallies, notes)


quarantine = typer.Typer(
    help="What could not be read: list, show and discard it; asks nobody.\n\nExample: leadhouse quarantine list",
    no_args_is_help=True,
)
app.add_typer(quarantine, name="quarantine")


@quarantine.command("list")
def quarantine_list(
    sources: Loaded = None,
    all_of_it: Annotated[bool, typer.Option("--all", help="Also what was settled, and how.")] = False,
    as_json: Json = False,
) -> None:
    """List what could not be read and is not settled, the newest first; never what it holds.

    Example: leadhouse quarantine list contactout --all
    """
    from .quarantine import list_lines, print_lines, reasons

    lines = list_lines(sources or (), all_of_it)
    if as_json:
        counts = [{"reason": reason, "count": count} for reason, count in reasons(lines)]
        _print_json({"exit_code": 0, "lines": [line.as_json() for line in lines], "reasons": counts})
    else:
        print_lines(lines, all_of_it)


@quarantine.command("show")
def quarantine_show(
    id: Annotated[str, typer.Argument(metavar="ID", help="As listed; its beginning is enough.")], as_json: Json = False
) -> None:
    """Show everything about one, what it holds included, and what to do next.

    Example: leadhouse quarantine show 3f2a91c0
    """
    from .quarantine import print_line, show_line

    shown = show_line(id)
    if as_json:
        _print_json({"exit_code": 0} | shown.as_json())
    else:
        print_line(shown)


@quarantine.command("discard")
def quarantine_discard(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID", help="As listed; the beginning of each is enough.")
    ] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="PART", help="All that are open whose reason holds this.")
    ] = None,
    everything: Annotated[bool, typer.Option("--everything", help="All that are open.")] = False,
    as_json: Json = False,
) -> None:
    """Settle what nobody needs; raw keeps it all the same.

    Example: leadhouse quarantine discard 3f2a91c0
    """
    from .quarantine import discard

    lines = discard(ids or (), reason, everything)
    if as_json:
        _print_json({"exit_code": 0, "discarded": len(lines), "ids": [line.id for line in lines]})
    else:
        typer.echo(f"Discarded {len(lines):,}; raw keeps what they hold.")


@app.command()
def check(
    sources: Connected = None,
    as_json: Json = False,
) -> None:
    """Check configuration, keys and balances with free requests only; of Letrics, say what is understood of its answers.

    Example: leadhouse check leadiq
    """
    from .check import run_check
    from .check_report import print_collections

    code, lines = run_check(tuple(sources or ()))
    if as_json:
        _print_json({"exit_code": int(code), "sources": lines})
    else:
        for line in lines:
            typer.echo(f"{line['source']}: {line['says']}")
            for remark in line.get("remarks", ()):
                typer.echo(f"  {remark}")
        for line in lines:
            print_collections(line.get("collections", ()))
    raise typer.Exit(code)


@app.command()
def plan(
    sources: Connected = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="RESOURCE", help="Plan this resource only; may be repeated.")
    ] = None,
    max_credits: MaxCredits = None,
    begins: From = None,
    ends: To = None,
    as_json: Json = False,
) -> None:
    """Say what the next `leadhouse sync` would ask and cost, with free requests only; nothing is changed.

    Example: leadhouse plan contactout --max-credits contactout.search=100

    Exit codes: 0 planned; 2 wrong usage or configuration, nothing was sent; 4 a provider could not be asked, and the plan says what is known without it.
    """
    from .plan import run_plan
    from .plan_report import as_document, print_plan
    from .wish import Wish, read_max_credits, read_period

    limits, period = read_max_credits(max_credits or []), read_period(begins, ends)
    found = run_plan(Wish(tuple(sources or ()), tuple(only or ()), limits, backfill=period))
    if as_json:
        _print_json(as_document(found))
    else:
        print_plan(found)
    raise typer.Exit(found.exit_code)


@app.command()
def status(as_json: Json = False) -> None:
    """Say how the last sync ended, what was spent and what is left; asks nobody.

    Example: leadhouse status --json
    """
    from .status import print_status, read_status

    found = read_status()
    if as_json:
        _print_json(found)
    else:
        print_status(found)


@app.command()
def credits(as_json: Json = False) -> None:
    """Say what is left and how long it lasts, what was spent against the budgets, and whether ledger and meters agree; asks nobody.

    Example: leadhouse credits --json
    """
    from sources.metered import Clock

    from .credits import print_credits, read_credits
    from .settings import load_settings, read_as_of

    found = read_credits(load_settings(), Clock(read_as_of()).now())
    if as_json:
        _print_json({"exit_code": 0} | found.as_json())
    else:
        print_credits(found)


@app.command()
def dashboard(
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="FILE", help="Where to; by default dashboard.html beside the published copy."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Write what is left, what was spent and what it brought as one HTML page; asks nobody.

    The page works from its file and connects to nothing. It holds credits and counts, no people.

    Example: leadhouse dashboard --to credits.html
    """
    from sources.metered import Clock

    from .dashboard import write_dashboard
    from .settings import load_settings, read_as_of

    written = write_dashboard(load_settings(), Clock(read_as_of()).now(), to)
    if as_json:
        _print_json(
            {"exit_code": 0, "file": str(written.path), "published": written.published, "missing": written.missing}
        )
    else:
        for note in written.notes():
            typer.echo(note)
        typer.echo(f"Dashboard: {written.path}")


@app.command()
def explain(
    who: Annotated[
        str,
        typer.Argument(
            metavar="PERSON",
            help="A person_id or company_id, an address, number, LinkedIn URL, domain, record id or full name.",
        ),
    ],
    as_json: Json = False,
) -> None:
    """Say why a person's (or company's) records are one, and why others are not; asks nobody.

    Example: leadhouse explain ada.lovelace@acme.example
    """
    from .explain import explain as explain_one
    from .explain import print_explanation

    found = explain_one(who)
    if as_json:
        _print_json({"exit_code": 0} | found.as_json())
    else:
        print_explanation(found)


@app.command()
def sandbox(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one.")] = 8931,
    seed: Annotated[int, typer.Option(help="Another seed is another population.")] = 7,
    date: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="The simulated day.")] = "2026-03-02",
) -> None:
    """Run the three providers as a local server over invented people, until Ctrl-C.

    Example: leadhouse sandbox --port 8931
    """
    from .demo import serve_sandbox

    serve_sandbox(port, seed, date)


@app.command()
def demo(
    days: Annotated[int, typer.Option(min=1, max=60, help="Simulated days, one sync each.")] = 3,
    folder: Annotated[str, typer.Option(help="Where the demo keeps its data; it is emptied first.")] = "demo",
) -> None:
    """Run everything against the sandbox: three simulated days, then three questions answered from the marts.

    Example: leadhouse demo
    """
    from .demo import run_demo

    raise typer.Exit(run_demo(days, folder))


def _finish_order(document: dict[str, Any], lines: Iterable[str], outcomes: list[Outcome], as_json: bool) -> None:
    from .failures import Exit, worst
    from .report import print_outcome

    code = worst({outcome.exit_code for outcome in outcomes} or {Exit.COMPLETE})
    if as_json:
        _print_json({"exit_code": int(code), **document, "syncs": [outcome.as_json() for outcome in outcomes]})
    else:
        for line in lines:
            typer.echo(line)
        for outcome in outcomes:
            print_outcome(outcome)
    raise typer.Exit(code)


def _finish(outcomes: list[Outcome], as_json: bool) -> None:
    from .failures import worst
    from .report import print_outcome

    code = worst({outcome.exit_code for outcome in outcomes})
    if as_json:
        _print_json({"exit_code": int(code), "syncs": [outcome.as_json() for outcome in outcomes]})
    else:
        for outcome in outcomes:
            print_outcome(outcome)
    raise typer.Exit(code)


def _watcher(as_json: bool) -> Watcher:
    from .report import Bars, Quiet

    return Bars() if sys.stderr.isatty() and not as_json else Quiet()


def _print_json(document: Any) -> None:
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False, default=str))
