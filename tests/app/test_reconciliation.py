"""Ledger against meters: they agree, or the difference is named; on DuckDB and Postgres."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.handmade import Raw
from tests.postgres import running_postgres

pytestmark = pytest.mark.slow

MARCH = datetime(2026, 3, 10, 6)
SEARCHED = {"search": 25.0}


@dataclass
class Ledger:
    """Syncs written by hand: what each spent, and what the meters showed when it ended."""

    raw: Raw
    requests: int = 0
    metered: dict[str, dict[str, float]] = field(default_factory=dict)

    def spend(
        self,
        at: datetime,
        operation: str,
        credits: Mapping[str, float],
        units: Mapping[tuple[str, str], tuple[int, float]] | None = None,
        outcome: str = "ok",
        provider: str = "contactout",
    ) -> None:
        """One request; `units` are (counted, credits each) by (credit type, unit)."""
        self.requests += 1
        name = f"spent{self.requests}"
        records = max((counted for counted, _ in (units or {}).values()), default=0)
        self._row(
            "requests",
            {"request_id": name, "sync_id": sync_of(at), "round": 1, "provider": provider, "operation": operation,
             "resource": operation, "window_id": "w", "step": self.requests, "started_at": at, "outcome": outcome,
             "attempt": 1, "records": records},
        )  # fmt: skip
        for kind, amount in credits.items():
            self._row("request_credits", {"request_id": name, "credit_type": kind, "credits_estimated": amount})
        for (kind, unit), (counted, each) in (units or {}).items():
            self._row(
                "request_units",
                {"request_id": name, "credit_type": kind, "unit": unit, "counted": counted, "credits_each": each},
            )

    def read(self, at: datetime, table: str, document: Any, provider: str) -> None:
        """What a meter shows at the end of a sync."""
        self.raw.land(table, document, at, provider=provider)
        name = f"request{self.raw.answers}"
        self._row(
            "requests",
            {"request_id": name, "sync_id": sync_of(at), "round": 1, "provider": provider, "operation": table,
             "resource": table, "window_id": "w", "step": 0, "started_at": at, "outcome": "ok", "attempt": 1, "records": 1},
        )  # fmt: skip

    def stats(self, at: datetime, **used: float) -> None:
        """ContactOut's meters of the month: what they show, where it is said anew; the rest as before."""
        shown = self.metered.setdefault("stats", {"email": 0, "phone": 0, "search": 0}) | used
        self.metered["stats"] = shown
        usage: dict[str, float] = {}
        for kind, prefix in (("email", ""), ("phone", "phone_"), ("search", "search_")):
            usage |= {f"{prefix}count": shown[kind], f"{prefix}quota": 1000, f"{prefix}remaining": 1000 - shown[kind],
                      f"{prefix}over_quota": 0}  # fmt: skip
        period = {"start": f"{at:%Y-%m}-01", "end": f"{at:%Y-%m}-31"}
        self.read(at, "stats", {"status_code": 200, "period": period, "usage": usage}, "contactout")

    def account(self, at: datetime, used: float, next_billing: str) -> None:
        plan = {
            "name": "Universal",
            "product": "API",
            "status": "Active",
            "available": 1000,
            "used": used,
            "nextBillingPeriod": next_billing,
        }
        self.read(
            at, "account", {"data": {"account": {"plans": [], "dataHubPlan": None, "universalPlan": plan}}}, "leadiq"
        )

    def tracking(self, at: datetime, remaining: float) -> None:
        balance = {"alreadyUsed": 0, "balance": 0, "remaining": remaining, "maxCredits": 100}
        self.read(at, "contact_tracking_balance", {"data": {"contactTrackingBalance": balance}}, "leadiq")

    def pages(self, at: datetime, units: int) -> None:
        plan = {"name": "AdvancedSearch", "usageType": "Standard", "creditType": "Page", "units": units, "cap": 500,
                "billingType": "Prepaid"}  # fmt: skip
        self.read(
            at,
            "usage",
            {"data": {"usage": {"planUsage": [plan], "trialUsage": [], "subscription": {"status": "Active"}}}},
            "leadiq",
        )

    def intervals(self, credit_type: str) -> list[tuple[Any, ...]]:
        """(ledger, metered, explanation) of a type, the oldest first."""
        return self.raw.query(
            "select credits_ledger, credits_metered, explanation from marts.rpt_credit_reconciliation "
            f"where credit_type = '{credit_type}' order by interval_end nulls last"
        )

    def _row(self, table: str, row: Mapping[str, Any]) -> None:
        named = {**row, "_dlt_load_id": "load-by-hand"}
        places = ", ".join("?" for _ in named)
        self.raw.execute(
            [(f"insert into raw_leadhouse.{table} ({', '.join(named)}) values ({places})", [*named.values()])]
        )


def sync_of(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%S}-00001"


def phones(count: int) -> tuple[dict[str, float], dict[tuple[str, str], tuple[int, float]]]:
    """People of whom `count` show a number, at the documented price."""
    return {"phone": float(count)}, {("phone", "record_with_phone"): (count, 1.0), ("none", "record"): (count + 2, 0.0)}


def days(number: int) -> datetime:
    return MARCH + timedelta(days=number)


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def ledger(request: pytest.FixtureRequest, folder: Callable[[str], Path]) -> Iterator[Ledger]:
    """Six days of three providers' meters, each with a story of its own."""
    with ExitStack() as stack:
        url = stack.enter_context(running_postgres()) if request.param == "postgres" else None
        ledger = Ledger(Raw(folder(f"reconciled-{request.param}"), "leadiq", url))
        _contactout(ledger)
        _leadiq(ledger)
        ledger.raw.build()
        yield ledger


def _contactout(ledger: Ledger) -> None:
    email = ("email", "record_with_email")
    ledger.spend(days(0), "linkedin_enrich", {"email": 10.0}, {email: (10, 1.0)})
    ledger.stats(days(0), email=10)
    ledger.spend(days(1), "linkedin_enrich", {"email": 5.0}, {email: (5, 1.0)})
    ledger.spend(days(1), "people_search", *phones(3))
    ledger.spend(days(1), "company_search", SEARCHED, {("search", "record"): (25, 1.0)})
    ledger.stats(days(1), email=15, phone=3, search=1)
    # A lost answer that was not charged; from here on the provider charges two phone credits for a number.
    ledger.spend(days(2), "linkedin_enrich", {"email": 4.0}, {email: (4, 1.0)})
    ledger.spend(days(2), "linkedin_enrich", {"email": 3.0}, {email: (3, 1.0)}, outcome="unknown")
    ledger.spend(days(2), "people_search", *phones(4))
    ledger.spend(days(2), "company_search", SEARCHED, {("search", "record"): (25, 1.0)})
    ledger.spend(days(2), "company_search", SEARCHED, {("search", "record"): (25, 1.0)})
    ledger.stats(days(2), email=19, phone=11, search=3)
    # Somebody else uses the account.
    ledger.spend(days(3), "linkedin_enrich", {"email": 2.0}, {email: (2, 1.0)})
    ledger.spend(days(3), "people_search", *phones(7))
    ledger.spend(days(3), "company_search", SEARCHED, {("search", "record"): (25, 1.0)})
    ledger.stats(days(3), email=28, phone=25, search=8)
    ledger.spend(days(4), "linkedin_enrich", {"email": 6.0}, {email: (6, 1.0)})
    ledger.spend(days(4), "people_search", *phones(2))
    ledger.spend(days(4), "email_verify", {"verifier": 8.0}, {("verifier", "record_verified"): (8, 1.0)})
    ledger.stats(days(4), email=34, phone=29)
    ledger.spend(days(5), "linkedin_enrich", {"email": 1.0}, {email: (1, 1.0)})


def _leadiq(ledger: Ledger) -> None:
    def search(at: datetime, people: int) -> None:
        units = {("uc", "record_with_email"): (people, 1.0), ("none", "record"): (people, 0.0)}
        ledger.spend(at, "flatAdvancedSearch", {"uc": float(people)}, units, provider="leadiq")

    search(days(0), 20)
    ledger.account(days(0), 90, "2026-03-13")
    ledger.tracking(days(0), 60)
    ledger.pages(days(0), 1)
    search(days(1), 10)
    search(days(1), 10)
    ledger.account(days(1), 110, "2026-03-13")
    ledger.pages(days(1), 3)
    ledger.tracking(days(1), 60)
    # A sync that did not come to read the meters; the billing period ends; and a sync in the new one.
    search(days(2), 5)
    search(days(3), 7)
    ledger.account(days(3), 7, "2026-04-13")
    ledger.pages(days(3), 5)
    ledger.tracking(days(3), 90)


def test_where_ledger_and_meter_move_alike_they_agree(ledger: Ledger) -> None:
    assert ledger.intervals("email")[:2] == [(10.0, 10.0, "agrees"), (5.0, 5.0, "agrees")]
    assert ledger.intervals("email")[4] == (6.0, 6.0, "agrees")


def test_a_lost_answer_that_was_not_charged_explains_the_difference(ledger: Ledger) -> None:
    assert ledger.intervals("email")[2] == (7.0, 4.0, "unknown_requests")
    rows = ledger.raw.query(
        "select credits_unknown, difference, explained_by_unknown, is_explained from marts.rpt_credit_reconciliation "
        "where explanation = 'unknown_requests'"
    )
    assert rows == [(3.0, -3.0, 3.0, True)]


def test_use_by_others_is_named_with_its_size(ledger: Ledger) -> None:
    assert ledger.intervals("email")[3] == (2.0, 9.0, "other_use")
    ((sentence,),) = ledger.raw.query(
        "select explained_as from marts.rpt_credit_reconciliation where explanation = 'other_use' and credit_type = 'email'"
    )
    assert sentence.startswith("The meter moved 7 email more than the ledger: somebody else uses this account")


def test_a_price_that_changed_is_named_with_what_it_is_now(ledger: Ledger) -> None:
    found = ledger.intervals("phone")
    assert [one[2] for one in found] == ["agrees", "agrees", "price", "price", "price"]
    rows = ledger.raw.query(
        "select distinct price_operation, price_unit, price_configured, price_suggested, is_explained "
        "from marts.rpt_credit_reconciliation where explanation = 'price' and credit_type = 'phone'"
    )
    assert rows == [("people_search", "record_with_phone", 1.0, 2.0, False)]


def test_a_credit_type_that_no_price_names_is_found_by_what_would_have_to_cost_it(ledger: Ledger) -> None:
    """The account pays by page, and the price list by data point."""
    assert [one[2] for one in ledger.intervals("page")] == ["price", "price", "price"]
    rows = ledger.raw.query(
        "select distinct price_operation, price_unit, price_configured, price_suggested "
        "from marts.rpt_credit_reconciliation where credit_type = 'page'"
    )
    assert rows == [("flatAdvancedSearch", "request", 0.0, 1.0)]


def test_a_meter_that_counts_requests_is_compared_with_requests(ledger: Ledger) -> None:
    found = ledger.intervals("search")
    assert found[1:4] == [(25.0, 1.0, "counts_requests"), (50.0, 2.0, "counts_requests"), (25.0, 5.0, "other_use")]
    rows = ledger.raw.query(
        "select explained_as from marts.rpt_credit_reconciliation where explanation = 'other_use' and credit_type = 'search'"
    )
    assert rows[0][0].startswith("The meter moved 4 requests more than the ledger")


def test_a_billing_period_that_ends_splits_what_the_meter_shows(ledger: Ledger) -> None:
    """What was spent in the old period after its last reading cannot be held against anything."""
    assert ledger.intervals("uc") == [(20.0, 90.0, "used_before"), (20.0, 20.0, "agrees"), (12.0, 7.0, "agrees")]


def test_a_meter_that_begins_anew_without_a_date_is_not_compared(ledger: Ledger) -> None:
    assert ledger.intervals("tracking") == [
        (0.0, 40.0, "used_before"),
        (0.0, 0.0, "agrees"),
        (0.0, None, "meter_restarted"),
    ]


def test_a_type_without_a_meter_and_what_was_spent_since_the_last_reading_are_named(ledger: Ledger) -> None:
    assert ledger.intervals("verifier") == [(8.0, None, "no_meter")]
    assert ledger.intervals("email")[-1] == (1.0, None, "not_read_since")


def test_the_reconciliation_holds_every_credit_of_the_ledger(ledger: Ledger) -> None:
    ledger_sums = ledger.raw.query(
        "select credit_type, sum(credits_estimated) from marts.fct_request_credits group by credit_type order by credit_type"
    )
    reconciled = ledger.raw.query(
        "select credit_type, sum(credits_ledger) from marts.rpt_credit_reconciliation where credits_ledger > 0 "
        "group by credit_type order by credit_type"
    )
    assert reconciled == ledger_sums
    assert len(reconciled) == 5


def test_a_build_warns_of_what_the_ledger_cannot_explain(ledger: Ledger) -> None:
    found = ledger.raw.house.run("build", "--json").ok().json
    differ = "In 8 intervals of the last month a provider's meter and the ledger differ: `leadhouse credits` says why."
    assert differ in found["notes"]


def test_the_runway_is_what_is_left_at_the_pace_of_the_meter(ledger: Ledger) -> None:
    rows = ledger.raw.query(
        "select credit_type, remaining, credits_per_day, pace_days, days_of_runway, runs_out_on, lasts_period "
        "from marts.rpt_credit_runway where provider = 'contactout' and credit_type in ('email', 'phone') order by credit_type"
    )
    days_left = (966 / 6, 971 / (29 / 4))
    ends = [(days(4) + timedelta(days=left)).date() for left in days_left]
    assert rows == [
        ("email", 966.0, 6.0, 4.0, pytest.approx(days_left[0]), ends[0], True),
        ("phone", 971.0, 29 / 4, 4.0, pytest.approx(days_left[1]), ends[1], True),
    ]


def test_credits_says_what_differs_in_80_columns(ledger: Ledger) -> None:
    ledger.raw.house.environment["COLUMNS"] = "80"
    said = ledger.raw.house.run("credits", day="2026-03-15").ok().out
    assert max(len(line) for line in said.splitlines()) <= 80
    words = " ".join(said.split())
    assert "The meter moved 7 email more than the ledger: somebody else uses this account" in words
    assert "people_search at 2 phone per record_with_phone explains it (configured: 1)" in words
    assert "966" in words
    document = json.loads(ledger.raw.house.run("credits", "--json", day="2026-03-15").ok().out)
    assert {one["credit_type"]: one["this_month"] for one in document["spent"]} == {
        "email": 31.0, "phone": 16.0, "search": 100.0, "uc": 52.0, "verifier": 8.0,
    }  # fmt: skip
