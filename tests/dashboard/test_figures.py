"""Every figure on the page is what the marts say, for whatever is chosen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import pytest

from dashboard import Budget, Document, Usage
from tests.dashboard.conftest import Open
from tests.dashboard.invented import TODAY, Tables, ledger

PERIODS = {"7": 7, "30": 30, "90": 90, "all": 10_000}


def sums(rows: Iterable[dict[str, Any]], column: str, *by: str) -> dict[Any, Any]:
    """Sums of a column, without those that are nothing."""
    found: dict[Any, float] = defaultdict(float)
    for row in rows:
        key = tuple(row[name] for name in by)
        found[key[0] if len(key) == 1 else key] += row[column] or 0
    return {key: pytest.approx(value, abs=1e-5) for key, value in found.items() if value}


def within(rows: list[dict[str, Any]], column: str, period: str) -> list[dict[str, Any]]:
    return [row for row in rows if row[column] > TODAY - timedelta(days=PERIODS[period])]


@pytest.mark.parametrize("period", PERIODS)
def test_what_was_spent_is_what_the_marts_say_in_every_period(
    show: Open, document: Document, tables: Tables, period: str
) -> None:
    usage = within(tables["fct_credit_usage"], "used_on", period)
    with show(document) as page:
        page.choose(period=period)
        kinds = ("provider", "credit_type")
        assert page.figures("spent", *kinds) == sums(usage, "credits_estimated", *kinds)
        assert page.figures("spent_usd", *kinds) == sums(usage, "credits_usd", *kinds)
        by_operation = (*kinds, "operation")
        assert page.figures("spent", *by_operation) == sums(usage, "credits_estimated", *by_operation)
        total = sum(row["credits_usd"] or 0 for row in usage)
        assert page.figures("spent_usd") == {(): pytest.approx(total)}
        assert page.figures("credits_wasted", *kinds) == sums(usage, "credits_wasted", *kinds)
        daily = page.figures("spent", *by_operation, "date", "grain")
        found: dict[Any, float] = defaultdict(float)
        for key, value in daily.items():
            found[key[:3]] += value or 0
        assert dict(found) == sums(usage, "credits_estimated", *by_operation)


@pytest.mark.parametrize("period", ["30", "all"])
def test_each_days_column_is_that_days(show: Open, document: Document, tables: Tables, period: str) -> None:
    usage = within(tables["fct_credit_usage"], "used_on", period)
    grain = "day" if period == "30" else "week"
    for row in (usage := [dict(row) for row in usage]):
        day: date = row["used_on"]
        row["date"] = (day if grain == "day" else day - timedelta(days=day.weekday())).isoformat()
    with show(document) as page:
        page.choose(period=period)
        by = ("provider", "credit_type", "operation", "date")
        shown = page.figures("spent", *by, "grain")
        assert {key[4] for key in shown} == {grain}
        assert {key[:4]: value for key, value in shown.items() if value} == sums(usage, "credits_estimated", *by)


def test_what_was_found_and_what_one_cost_is_what_the_marts_say(show: Open, document: Document, tables: Tables) -> None:
    usage = within(tables["fct_credit_usage"], "used_on", "30")
    findings = within(tables["fct_daily_findings"], "found_on", "30")
    with show(document) as page:
        for column in ("people_found", "job_changes_found", "contacts_found", "contact_points_found"):
            shown = page.figures(column, "provider")
            assert {key: value for key, value in shown.items() if value} == sums(findings, column, "provider")
        kinds = ("provider", "credit_type")
        per_contact = page.figures("credits_per_contact", *kinds)
        per_place = page.figures("credits_per_contact", *kinds, "operation", "resource")
        usd_per_contact = page.figures("usd_per_contact", "provider")
        waste = page.figures("waste_rate", *kinds)
    for (provider, kind), shown_cost in per_contact.items():
        mine = [row for row in usage if (row["provider"], row["credit_type"]) == (provider, kind)]
        places = {(row["operation"], row["resource"]) for row in mine}
        contacts = sum(
            row["contacts_found"]
            for row in findings
            if row["provider"] == provider and (row["operation"], row["resource"]) in places
        )
        spent = sum(row["credits_estimated"] for row in mine)
        assert shown_cost == (pytest.approx(spent / contacts, abs=1e-5) if contacts else None), (provider, kind)
        assert waste[provider, kind] == pytest.approx(sum(row["credits_wasted"] for row in mine) / spent, abs=1e-5)
    assert per_contact["contactout", "verifier"] is None
    leaders = ("contactout", "search", "people_search", "people_search_leaders")
    spent = sum(row["credits_estimated"] for row in usage if (row["provider"], row["credit_type"], row["operation"], row["resource"]) == leaders)  # fmt: skip
    contacts = sum(row["contacts_found"] for row in findings if row["resource"] == "people_search_leaders")
    assert per_place[leaders] == pytest.approx(spent / contacts, abs=1e-5)
    assert set(usd_per_contact) == {"contactout", "leadiq"}
    uc_places = {("flatAdvancedSearch", "search_new_vps"), ("searchPeople", "people")}
    leadiq = [row["contacts_found"] for row in findings if (row["operation"], row["resource"]) in uc_places]
    dollars = sum(row["credits_usd"] for row in usage if row["provider"] == "leadiq")
    assert usd_per_contact["leadiq"] == pytest.approx(dollars / sum(leadiq), abs=1e-5)


def test_balances_and_their_ends_are_those_of_the_marts(show: Open, document: Document, tables: Tables) -> None:
    whose = ("provider", "plan", "credit_type")
    rows = {tuple(row[name] for name in whose): row for row in tables["rpt_credit_runway"]}
    with show(document) as page:
        for name in ("quota", "used", "remaining", "credits_per_day", "days_of_runway"):
            shown = page.figures(name, *whose)
            assert shown == {key: pytest.approx(row[name], abs=1e-5) for key, row in rows.items()}, name
        assert page.texts("runs_out_on", *whose) == {key: row["runs_out_on"].isoformat() for key, row in rows.items()}
        ends = {key: row["period_end"].date().isoformat() for key, row in rows.items() if row["period_end"]}
        assert page.texts("period_end", *whose) == ends
        says = {True: "true", False: "false", None: ""}
        assert page.texts("lasts_period", *whose) == {key: says[row["lasts_period"]] for key, row in rows.items()}


def test_budgets_stand_beside_what_today_and_this_month_took(show: Open, document: Document, tables: Tables) -> None:
    usage = tables["fct_credit_usage"]
    today = sums([row for row in usage if row["used_on"] == TODAY], "credits_estimated", "provider", "credit_type")
    month = sums([row for row in usage if row["used_on"] >= TODAY.replace(day=1)], "credits_estimated", "provider", "credit_type")  # fmt: skip
    with show(document) as page:
        page.choose(period="7")
        by = ("provider", "credit_type", "span")
        assert page.figures("budget", *by) == {
            ("contactout", "search", "day"): 260,
            ("contactout", "search", "month"): 6000,
            ("contactout", "verifier", "day"): 60,
            ("leadiq", "uc", "month"): 1500,
        }
        assert page.figures("budget_spent", *by) == {
            ("contactout", "search", "day"): today["contactout", "search"],
            ("contactout", "search", "month"): month["contactout", "search"],
            ("contactout", "verifier", "day"): today["contactout", "verifier"],
            ("leadiq", "uc", "month"): month["leadiq", "uc"],
        }
        assert page.page.locator(".rule-name").all_text_contents() == [
            "budget 260 a day",
            "budget 60 a day",
            "budget 1,500 a month, by day 49.32",
        ]


def test_every_interval_that_differs_is_named_and_the_others_are_counted(
    show: Open, document: Document, tables: Tables
) -> None:
    rows = [row for row in tables["rpt_credit_reconciliation"] if row["explanation"] != "no_meter"]
    with show(document) as page:
        page.choose(period="all")
        assert page.figures("intervals") == {(): len(rows)}
        assert page.figures("intervals_agreeing") == {(): len(rows) - 1}
        assert page.figures("intervals_explained") == {(): 1}
        assert page.figures("intervals_unexplained") == {(): 0}
        assert page.figures("intervals_not_compared") == {(): 1}
        by = ("provider", "credit_type", "interval_start", "interval_end", "explanation")
        shown = page.figures("difference", *by)
        assert [key[4] for key in shown] == ["other_use", "no_meter"]
        assert list(shown.values()) == [40, None]
        text = page.page.inner_text("#trust")
        assert "Somebody else who uses the account spent 40 search credits." in text
        page.choose(period="7")
        assert page.figures("difference", *by).keys() == {("contactout", "verifier", "", "", "no_meter")}
        assert "agree" in page.page.inner_text("#trust .verdict")


def test_an_interval_that_nothing_explains_is_said_first(show: Open, document: Document) -> None:
    strange = replace(
        next(one for one in document.reconciliation if one.explanation == "other_use"),
        explanation="less_metered",
        explained_as="The meter says less than was charged.",
        is_explained=False,
    )
    with show(replace(document, reconciliation=(strange,))) as page:
        assert page.figures("intervals_unexplained") == {(): 1}
        assert "nothing explains it" in page.page.inner_text("#trust .verdict")
        assert "1 unexplained" in page.page.inner_text(".tiles")


def test_rates_and_savings_are_those_of_the_marts(show: Open, document: Document, tables: Tables) -> None:
    saved = within(tables["rpt_credit_savings"], "saved_on", "30")
    rates = {(row["provider"], row["operation"], row["kind"]): row for row in tables["rpt_hit_rates"]}
    with show(document) as page:
        by = ("provider", "credit_type", "reason")
        assert page.figures("credits_saved", *by) == sums(saved, "credits_saved", *by)
        assert page.figures("questions_saved", *by) == sums(saved, "questions", *by)
        of = ("provider", "operation", "kind")
        for name in ("asked", "found", "hit_rate"):
            assert page.figures(name, *of) == {key: pytest.approx(row[name], abs=1e-5) for key, row in rates.items()}


def test_freshness_and_the_last_syncs_are_those_of_the_marts(show: Open, document: Document, tables: Tables) -> None:
    with show(document) as page:
        lags = {(row["provider"], row["resource"]): row["lag_hours"] for row in tables["rpt_freshness"]}
        assert page.figures("lag_hours", "provider", "resource") == lags
        newest = sorted(tables["fct_syncs"], key=lambda row: row["as_of"], reverse=True)[:10]
        assert list(page.texts("sync", "sync_id").items()) == [(row["sync_id"], row["outcome"]) for row in newest]


@pytest.mark.parametrize("provider", ["contactout", "leadiq", "letrics"])
def test_the_provider_filter_leaves_that_providers_figures_alone(show: Open, document: Document, provider: str) -> None:
    with show(document) as page:
        everything = page.page.eval_on_selector_all("[data-figure][data-provider]", "all => all.length")
        page.choose(provider=provider)
        shown = page.page.eval_on_selector_all(
            "[data-figure][data-provider]", "all => all.map(one => one.dataset.provider)"
        )
        assert set(shown) == {provider}
        assert 0 < len(shown) < everything
        people = page.page.inner_text(".tiles")
        assert f"{int(page.figures('people_found', 'provider')[provider] or 0):,}" in people


def test_the_credit_filter_leaves_that_types_figures_alone(show: Open, document: Document, tables: Tables) -> None:
    usage = within(tables["fct_credit_usage"], "used_on", "30")
    with show(document) as page:
        page.choose(credit_type="leadiq/uc")
        shown = page.page.eval_on_selector_all("[data-credit-type]", "all => all.map(one => one.dataset.provider + one.dataset.creditType)")  # fmt: skip
        assert set(shown) == {"leadiquc"}
        assert set(page.figures("lag_hours", "provider", "resource")) == {
            ("leadiq", "search_new_vps"),
            ("leadiq", "tracked_contacts"),
        }
        wanted = sums([row for row in usage if row["credit_type"] == "uc"], "credits_usd", "provider")
        assert page.figures("spent_usd") == {(): wanted["leadiq"]}
        # A type that the next provider does not have is let go.
        page.choose(provider="contactout")
        assert page.page.input_value("#filter-credit-type") == "all"


def test_dollars_are_a_choice_and_say_what_has_no_price(show: Open, document: Document, tables: Tables) -> None:
    usage = within(tables["fct_credit_usage"], "used_on", "30")
    with show(document) as page:
        page.choose(credit_type="usd")
        assert page.figures("spent_usd", "provider") == sums(usage, "credits_usd", "provider")
        verifier = sum(row["credits_estimated"] for row in usage if row["credit_type"] == "verifier")
        assert page.figures("unpriced", "provider", "credit_type") == {("contactout", "verifier"): verifier}
        assert page.figures("spent", "provider", "credit_type") == {}
    unpriced = tuple(replace(row, credits_usd=None) for row in document.usage)
    with show(replace(document, usage=unpriced)) as page:
        assert "usd" not in page.page.eval_on_selector_all(
            "#filter-credit-type option", "all => all.map(one => one.value)"
        )
        assert page.figures("spent_usd") == {}


def test_three_years_are_summed_by_month_and_lose_nothing(show: Open, document: Document) -> None:
    tables = ledger(1096)
    names = [field.name for field in fields(Usage)]
    usage = tuple(Usage(**{name: row[name] for name in names}) for row in tables["fct_credit_usage"])
    with show(replace(document, usage=usage)) as page:
        for period in PERIODS:
            page.choose(period=period)
            wanted = sums(
                within(tables["fct_credit_usage"], "used_on", period), "credits_estimated", "provider", "credit_type"
            )
            assert page.figures("spent", "provider", "credit_type") == wanted
        grains = page.page.eval_on_selector_all("[data-grain]", "all => all.map(one => one.dataset.grain)")
        assert set(grains) == {"month"}


def test_a_figure_that_was_changed_is_noticed(show: Open, document: Document, tables: Tables) -> None:
    """The comparison above can fail."""
    first, *others = document.usage
    wrong = replace(first, used_on=TODAY, credits_estimated=first.credits_estimated + 1)
    with show(replace(document, usage=(wrong, *others), budgets=(Budget("leadiq", "uc", 1, None),))) as page:
        kinds = ("provider", "credit_type")
        usage = within(tables["fct_credit_usage"], "used_on", "30")
        assert page.figures("spent", *kinds) != sums(usage, "credits_estimated", *kinds)
