"""``python -m sandbox``: serve until interrupted."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, get_args

from sandbox.server import serve
from sandbox.settings import (
    CONTACTOUT_QUOTA,
    OPERATIONS,
    ContactOutCounts,
    ContactOutPlan,
    LeadIQErrors,
    LeadIQGeneration,
    LetricsOrder,
    LetricsShape,
    Settings,
)
from sandbox.tariff import UnreadableTariff, charge_of, quota_of
from sandbox.traps import MOST_TRAPS


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the options, serve, and print one line of JSON when ready."""
    serve(read_settings(arguments), on_ready=_announce)
    return 0


def read_settings(arguments: Sequence[str] | None = None) -> Settings:
    """The settings a command line stands for."""
    default = Settings()
    parser = argparse.ArgumentParser(
        prog="python -m sandbox",
        description="The three providers as a local server over an invented population.",
        epilog="Example: python -m sandbox --port 8765 --seed 7 --date 2026-03-02",
    )
    parser.add_argument("--port", type=int, default=default.port, help="0 (the default) takes a free one")
    parser.add_argument("--seed", type=int, default=default.seed, help="the same seed invents the same world")
    parser.add_argument("--people", type=int, default=default.people, help="people on the first day")
    parser.add_argument("--companies", type=int, default=default.companies, help="companies on the first day")
    parser.add_argument(
        "--traps",
        type=int,
        default=default.traps,
        help="cases in which record linkage may err, added to the population and labelled in its truth",
    )
    parser.add_argument("--date", type=dt.date.fromisoformat, default=default.start, help="the first simulated day")
    parser.add_argument("--examples-dir", type=Path, help="your own example bodies, preferred to the built-in ones")
    parser.add_argument("--contactout-plan", choices=get_args(ContactOutPlan), default=default.contactout_plan)
    parser.add_argument(
        "--contactout-counts",
        choices=get_args(ContactOutCounts),
        default=default.contactout_counts,
        help="what its statistics count: the reference says requests that used a credit",
    )
    for credit, amount in CONTACTOUT_QUOTA.items():
        parser.add_argument(f"--contactout-{credit}-quota", type=int, default=amount, help=f"{credit} credits")
    parser.add_argument("--contactout-no-count", action="store_true", help="an account without access to people/count")
    parser.add_argument(
        "--contactout-no-access",
        choices=OPERATIONS["contactout"],
        action="append",
        default=[],
        metavar="OPERATION",
        help="an operation that the account has no access to (repeatable; example: work_email_status)",
    )
    parser.add_argument(
        "--contactout-polls",
        type=int,
        default=default.contactout_polls,
        help="how often a job is asked for before it is done; a later simulated day ends it too",
    )
    parser.add_argument(
        "--contactout-decision-makers",
        type=int,
        default=default.contactout_decision_makers,
        help="profiles in a page of decision makers",
    )
    parser.add_argument("--contactout-all-decide", action="store_true", help="whoever has a job is a decision maker")
    parser.add_argument(
        "--contactout-verify-batch",
        type=int,
        choices=(100, 1000),
        default=default.contactout_verify_batch,
        help="addresses a job of verification takes: the reference says both",
    )
    parser.add_argument(
        "--charge",
        type=_charge,
        action="append",
        default=[],
        metavar="PROVIDER.OPERATION.CREDIT=AMOUNT",
        help="credits per record that the operation returns, on top of the documented price or, for a credit with"
        " one, in its place (repeatable; example: leadiq.trackedContacts.uc=0.1)",
    )
    parser.add_argument(
        "--quota",
        type=_quota,
        action="append",
        default=[],
        metavar="PROVIDER.CREDIT=AMOUNT",
        help="credits a month, after which the provider says that there are none (repeatable; example: leadiq.uc=50)",
    )
    parser.add_argument("--leadiq-errors", choices=get_args(LeadIQErrors), default=default.leadiq_errors)
    parser.add_argument(
        "--leadiq-generation",
        choices=get_args(LeadIQGeneration),
        default=default.leadiq_generation,
        help="whose schema: the reference of contact tracking, that of company tracking, or both (the default)",
    )
    parser.add_argument("--letrics-shape", choices=get_args(LetricsShape), default=default.letrics_shape)
    parser.add_argument(
        "--letrics-order",
        choices=get_args(LetricsOrder),
        default=default.letrics_order,
        help="how Letrics sorts: by the company's creation, or anew for every request",
    )
    parser.add_argument("--rate-scale", type=float, default=default.rate_scale, help="multiplies every rate limit")
    parser.add_argument(
        "--keep-exchanges", action="store_true", help="keep requests and answers for /sandbox/exchanges"
    )
    given = parser.parse_args(arguments)
    if given.people < 1 or given.companies < 2:
        parser.error("a population needs at least one person and two companies")
    if not 0 <= given.traps <= MOST_TRAPS:
        parser.error(f"--traps is from 0 to {MOST_TRAPS}")
    if given.contactout_polls < 0:
        parser.error("--contactout-polls starts at 0")
    if given.contactout_decision_makers < 1:
        parser.error("--contactout-decision-makers starts at 1")
    quotas: dict[str, float] = dict(given.quota)
    return Settings(
        port=given.port,
        seed=given.seed,
        people=given.people,
        companies=given.companies,
        traps=given.traps,
        start=given.date,
        examples_dir=given.examples_dir,
        contactout_plan=given.contactout_plan,
        contactout_counts=given.contactout_counts,
        contactout_count=not given.contactout_no_count,
        contactout_no_access=frozenset(given.contactout_no_access),
        contactout_polls=given.contactout_polls,
        contactout_verify_batch=given.contactout_verify_batch,
        contactout_decision_makers=given.contactout_decision_makers,
        contactout_all_decide=given.contactout_all_decide,
        contactout_quota={
            credit: quotas.pop(f"contactout.{credit}", getattr(given, f"contactout_{credit}_quota"))
            for credit in CONTACTOUT_QUOTA
        },
        charges=dict(given.charge),
        quotas=quotas,
        leadiq_errors=given.leadiq_errors,
        leadiq_generation=given.leadiq_generation,
        letrics_shape=given.letrics_shape,
        letrics_order=given.letrics_order,
        rate_scale=given.rate_scale,
        keep_exchanges=given.keep_exchanges,
    )


def _charge(text: str) -> tuple[str, float]:
    """Read ``leadiq.trackedContacts.uc=0.1``."""
    return _named(text, charge_of)


def _quota(text: str) -> tuple[str, float]:
    """Read ``leadiq.uc=50``."""
    return _named(text, quota_of)


def _named(text: str, amount_of: Callable[[str, str], float]) -> tuple[str, float]:
    name, _, figure = text.partition("=")
    try:
        return name, amount_of(name, figure)
    except UnreadableTariff as problem:
        raise argparse.ArgumentTypeError(str(problem)) from problem


def _announce(info: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(info) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
