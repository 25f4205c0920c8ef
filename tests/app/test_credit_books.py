"""Sixty days of three accounts: what the marts and the dashboard say equals the sandbox's own books."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from leadhouse.__main__ import DLT
from leadhouse.credits import read_credits
from leadhouse.dashboard import write_dashboard
from leadhouse.failures import Exit
from leadhouse.settings import load_settings
from tests.app.credit_expectations import METERS, Expected, Interval
from tests.app.credit_story import (
    CONFIGURATION,
    DAYS,
    LAST,
    LOOKUPS,
    NEW_PRICE,
    NEW_PRICE_ON,
    OLD_PRICE,
    OPTIONS,
    PER_DAY,
    PER_MONTH,
    PLANS,
    REFILLED_ON,
    START,
    Story,
    live,
)
from tests.dashboard.browser import Opened, chromium, opened
from tests.house import House, living_in, running_sandbox

pytestmark = pytest.mark.slow

QUOTAS = {
    ("leadiq", "uc"): PLANS[max(PLANS)],
    ("contactout", "search"): 700.0,
    ("contactout", "email"): 500.0,
    ("contactout", "phone"): 400.0,
}
"""On the last day."""
PERIOD_ENDS = {"leadiq": datetime(2026, 6, 1), "contactout": datetime(2026, 5, 31)}
"""LeadIQ names the day on which the next period begins, ContactOut the last of this one."""


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """The sixty days, lived once."""
    folder = tmp_path_factory.mktemp("sixty-days")
    with running_sandbox(*OPTIONS) as sandbox, pytest.MonkeyPatch.context() as patch, living_in(folder):
        for name in os.environ:
            if name.startswith(("SOURCES__", "LEADHOUSE", "DESTINATION__", "BUDGET__")):
                patch.delenv(name)
        for name, value in (DLT | {"HOME": str(folder)}).items():
            patch.setenv(name, value)
        house = House(folder).configure(sandbox.info, CONFIGURATION)
        yield live(Story(house, sandbox), patch)


@pytest.fixture(scope="module")
def expected(story: Story) -> Expected:
    return Expected(story)


# -- the story holds what it is about ----------------------------------------------------------------------------------


def test_the_sixty_days_hold_everything_they_are_to_show(story: Story, expected: Expected) -> None:
    assert timedelta(days=DAYS - 1) == LAST - START
    assert {one.exit_code for _, _, outcomes in story.ends for one in outcomes} == {
        Exit.COMPLETE,
        Exit.STOPPED,
        Exit.PROVIDER_FAILED,
    }
    by_budget = story.stops("the budget of")
    assert {name.partition(".")[0] for names in by_budget.values() for name in names} == {"contactout", "letrics"}
    exhausted = story.stops("credits")
    refused = {name for names in exhausted.values() for name in names}
    assert "leadiq.search_accounts" in refused
    assert refused <= {"leadiq.search_accounts", "leadiq.search_leaders"}
    assert max(exhausted) >= REFILLED_ON - timedelta(days=1)
    assert max(exhausted) < REFILLED_ON
    lost = [one for one in expected.ours if one.is_lost]
    assert {bool(one.charged) for one in lost} == {True, False}
    assert {one.operation for one in lost} == {"people_search", "searchPeople", "flatAdvancedSearch"}
    changed = [one for one in expected.ours if not one.is_lost and one.charged != one.listed]
    assert changed
    assert all(one.on >= NEW_PRICE_ON for one in changed)


# -- spent -------------------------------------------------------------------------------------------------------------


def test_spend_by_day_provider_operation_and_credit_type_is_that_of_the_books(story: Story, expected: Expected) -> None:
    rows = story.house.query(
        "select used_on, provider, operation, credit_type, sum(credits_estimated), sum(credits_usd), sum(credits_unknown) "
        "from marts.fct_credit_usage group by all"
    )
    assert _told({row[:4]: row[4] for row in rows}) == _told(expected.spent)
    assert _told({row[:4]: row[5] for row in rows if row[5] is not None}) == _told(expected.usd)
    assert _told({row[:4]: row[6] for row in rows if row[6]}) == _told(expected.unknown)


def test_what_lost_answers_cost_was_in_vain_and_what_was_new_was_not(story: Story, expected: Expected) -> None:
    rows = story.house.query(
        "select used_on, provider, operation, credit_type, sum(credits_estimated), sum(credits_wasted), sum(credits_unknown) "
        "from marts.fct_credit_usage group by all"
    )
    assert rows
    for *_, estimated, wasted, unknown in rows:
        assert unknown <= wasted + 1e-9
        assert wasted <= estimated + 1e-9
    first = {row[:4]: row[5] for row in rows if row[0] == START}
    assert first
    assert not any(first.values()), "whatever came on the first day was new"
    bought_again = {(row[1], row[2]): row[5] for row in rows if row[0] == date(2026, 4, 15) and row[5]}
    assert ("leadiq", "searchPeople") in bought_again, "people who were bought again had not changed"


def test_dollars_are_told_where_a_price_is_configured_alone(story: Story) -> None:
    rows = story.house.query(
        "select distinct provider, credit_type, credits_usd is not null from marts.fct_credit_usage order by all"
    )
    assert rows == [
        ("contactout", "email", True), ("contactout", "phone", False), ("contactout", "search", True),
        ("leadiq", "uc", True), ("letrics", "record", False),
    ]  # fmt: skip


def test_no_day_and_no_month_goes_beyond_its_budget(story: Story, expected: Expected) -> None:
    by_day: Counter[tuple[str, str, date]] = Counter()
    by_month: Counter[tuple[str, str, int]] = Counter()
    for (day, provider, _, kind), credits in expected.spent.items():
        by_day[provider, kind, day] += credits  # type: ignore[assignment]
        by_month[provider, kind, day.month] += credits  # type: ignore[assignment]
    for key, limit in PER_DAY.items():
        assert 0 < max(credits for (*of, _), credits in by_day.items() if tuple(of) == key) <= limit
    for key, limit in PER_MONTH.items():
        assert 0 < max(credits for (*of, _), credits in by_month.items() if tuple(of) == key) <= limit


# -- meters ------------------------------------------------------------------------------------------------------------


def test_balances_are_those_of_the_books_at_every_reading(story: Story, expected: Expected) -> None:
    for key in QUOTAS:
        provider, kind = key
        rows = story.house.query(
            "select read_at, quota, used, remaining, over_quota from marts.fct_credit_balances "
            f"where provider = '{provider}' and credit_type = '{kind}' "
            "and (period_start is null or period_start = date_trunc('month', cast(read_at as date))) order by read_at"
        )
        used = {at: expected.used((provider, kind), n, at.date()) for n, at in expected.readings[provider]}
        over = 0.0 if provider == "contactout" else None
        assert rows == [
            (at, _quota(key, at), pytest.approx(one), pytest.approx(_quota(key, at) - one), over)
            for at, one in used.items()
        ], (provider, kind)


def _quota(key: tuple[str, str], at: datetime) -> float:
    """What the plan allowed on a day."""
    since = max(day for day in PLANS if day <= at.date())
    return PLANS[since] if key == ("leadiq", "uc") else QUOTAS[key]


def test_a_month_that_is_over_is_read_to_its_end(story: Story, expected: Expected) -> None:
    """What somebody used on the last evening of April is told by the statistics of April that are read in May."""
    for kind in ("search", "email", "phone"):
        for month in (date(2026, 3, 1), date(2026, 4, 1)):
            of_month = [one for one in expected.entries if one.on.month == month.month and one.provider == "contactout"]
            rows = story.house.query(
                "select used from marts.fct_credit_balances where provider = 'contactout' "
                f"and credit_type = '{kind}' and period_start = '{month}' order by read_at desc limit 1"
            )
            assert rows == [(pytest.approx(sum(one.charged.get(kind, 0) for one in of_month)),)]


def test_runway_is_what_is_left_at_the_pace_of_the_last_thirty_days(story: Story, expected: Expected) -> None:
    rows = {
        (row[0], row[1]): row[2:]
        for row in story.house.query(
            "select provider, credit_type, read_at, remaining, credits_per_day, pace_days, days_of_runway, runs_out_on, "
            "lasts_period from marts.rpt_credit_runway where plan not like 'trial %'"
        )
    }
    assert rows.keys() == set(METERS)
    wrong = {}
    for key, quota in QUOTAS.items():
        n, at = expected.readings[key[0]][-1]
        left = quota - expected.used(key, n, at.date())
        pace, days = expected.pace(key)
        runway = left / pace
        out = (at + timedelta(days=runway)).date()
        lasts = at + timedelta(days=runway) >= PERIOD_ENDS[key[0]]
        want = (at, left, pace, days, runway, out, lasts)
        have = rows[key]
        if have != (at, *map(pytest.approx, want[1:5]), *want[5:]):
            wrong[key] = {"have": have, "want": want}
    assert wrong == {}
    for key in METERS:
        if key not in QUOTAS:
            pace, _ = expected.pace(key)
            assert rows[key][2] == pytest.approx(pace), key
            assert (rows[key][4] is None) is (pace == 0 or rows[key][1] is None), (key, rows[key])


# -- reconciliation ----------------------------------------------------------------------------------------------------


def test_every_interval_that_differs_is_named_as_the_books_have_it_and_all_others_agree(
    story: Story, expected: Expected
) -> None:
    have = {
        (row[0], row[1], row[2], row[3]): row[4:]
        for row in story.house.query(
            "select provider, credit_type, interval_start, interval_end, credits_ledger, credits_unknown, credits_metered, "
            "explanation, price_operation, price_unit, price_configured, price_suggested, is_explained "
            "from marts.rpt_credit_reconciliation"
        )
    }
    wrong: list[tuple[Any, ...]] = []
    for want in expected.intervals:
        key = (want.provider, want.credit_type, want.start, want.end)
        row = have.pop(key, None)
        if row is None:
            if want.end is not None or want.ledger:
                wrong.append(("is not there", want))
            continue
        wrong.extend((what, want, row) for what in _differences(want, row))
    assert wrong == []
    assert {(key[:2], row[3]) for key, row in have.items()} == {(("letrics", "record"), "no_meter")}


def _differences(want: Interval, row: tuple[Any, ...]) -> Iterator[str]:
    ledger, unknown, metered, explanation, operation, unit, configured, suggested, is_explained = row
    if (ledger, unknown) != (pytest.approx(want.ledger), pytest.approx(want.unknown)):
        yield "ledger"
    if metered != (None if want.metered is None else pytest.approx(want.metered)):
        yield "metered"
    # What was spent before a meter began anew is left out of the comparison; the rest may well agree.
    reasons = want.reasons if want.reasons - {"meter_restarted"} else want.reasons | {"agrees"}
    if explanation not in (reasons or {"agrees"}):
        yield "explanation"
    if explanation == "price":
        changed = f"{want.provider}.{operation}.{want.credit_type}"
        if (configured, suggested) != (OLD_PRICE.get(changed), NEW_PRICE.get(changed)) or unit != "record":
            yield "price"
    if is_explained is not (explanation not in ("price", "other_use")):
        yield "is_explained"


# -- what was not paid, and what is known of it --------------------------------------------------------------------------


def test_what_is_fresh_is_counted_as_saved(story: Story, expected: Expected) -> None:
    rows = story.house.query(
        "select saved_on, provider, credit_type, sum(questions), sum(credits_saved) from marts.rpt_credit_savings "
        "where reason = 'fresh' group by all order by all"
    )
    bought = [one for one in expected.ours if one.operation == "searchPeople" and one.on == date(2026, 3, 14)]
    found = sum(one.records > 0 for one in bought)
    assert (date(2026, 3, 20), "leadiq", "uc", 6, pytest.approx(found * 1.1)) in rows
    for asked in LOOKUPS:
        lines = [row for row in rows if (row[0], row[1]) == (asked.on, asked.lookup.partition(".")[0])]
        known = expected.known(asked)
        assert bool(lines) == (known > 0), asked
        assert all(row[3] == known for row in lines), asked


def test_every_sync_is_there_with_the_requests_that_the_books_have(story: Story, expected: Expected) -> None:
    ((syncs, requests),) = story.house.query("select count(*), sum(requests) from marts.fct_syncs")
    assert syncs == sum(len(outcomes) for *_, outcomes in story.ends)
    assert requests == len(expected.ours)


def test_no_record_went_missing_in_sixty_days(story: Story) -> None:
    rows = story.house.query("select provider, entity, missing from marts.rpt_record_reconciliation where missing <> 0")
    assert rows == []
    ((raw,),) = story.house.query("select sum(raw) from marts.rpt_record_reconciliation")
    assert raw > 1000


def test_questions_asked_and_contacts_found_are_those_that_the_books_charge_for(
    story: Story, expected: Expected
) -> None:
    rows = {
        row[:3]: row[3:]
        for row in story.house.query("select provider, operation, kind, asked, found from marts.rpt_hit_rates")
    }
    answered = [one for one in expected.ours if one.operation == "searchPeople" and one.is_answered]
    for points, word, price in (("phones", "phone", 10.0), ("emails", "email", 1.0)):
        days = {asked.on for asked in LOOKUPS if asked.lookup == "leadiq.people" and points in asked.points}
        asked_for = [one for one in answered if one.on in days]
        found = sum(one.listed.get("uc", 0) >= price for one in asked_for)
        kinds = [rows["leadiq", "searchPeople", f"{of}_{word}"] for of in ("work", "personal")]
        assert [one for one, _ in kinds] == [len(asked_for)] * 2, points
        # Addresses of positions of the past are charged, and reach nobody.
        assert 0 < max(had for _, had in kinds) <= found, points
    revealed = [one for one in expected.ours if one.operation == "people_search" and "email" in one.charged]
    asked, _ = rows["contactout", "people_search", "work_email"]
    assert asked == sum(one.records for one in revealed)
    of_all, phones = rows["contactout", "people_search", "personal_phone"]
    assert of_all == asked
    # A number without its country's code is charged, and cannot be dialled where its owner lives now.
    assert 0 < phones <= sum(one.charged["phone"] for one in revealed)


# -- the command ---------------------------------------------------------------------------------------------------------


def test_credits_says_what_the_books_have_of_today_this_month_and_the_last_sync(expected: Expected) -> None:
    found = read_credits(load_settings(), datetime.combine(LAST, time(21)))
    sums = {
        "in_all": _sums(expected.spent, 1, 3),
        "this_month": _sums({key: one for key, one in expected.spent.items() if key[0].month == LAST.month}, 1, 3),
        "today": _sums({key: one for key, one in expected.spent.items() if key[0] == LAST}, 1, 3),
    }
    for span, wanted in sums.items():
        assert {(row["provider"], row["credit_type"]): row[span] for row in found.spent if row[span]} == wanted, span
    last = [one for one in expected.ours if one.at == expected.ours[-1].at]
    assert {(row["provider"], row["credit_type"]): row["last_sync"] for row in found.spent if row["last_sync"]} == {
        ("leadiq", "uc"): pytest.approx(sum(one.listed.get("uc", 0) for one in last))
    }
    assert not found.is_behind


# -- the page ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def page(story: Story) -> Iterator[Opened]:
    """The dashboard of the morning after, in a browser, over all time."""
    morning = datetime.combine(LAST, time(21))
    written = write_dashboard(load_settings(), morning, story.house.folder / "dashboard.html")
    assert (written.published, written.missing) == (True, ())
    with chromium() as browser, opened(browser, written.path) as shown:
        yield shown.choose(period="all")


def test_the_page_asks_nobody_and_complains_of_nothing(page: Opened) -> None:
    assert (page.requests, page.complaints, page.notices()) == ([], [], set())


def test_spend_on_the_page_is_that_of_the_books(page: Opened, expected: Expected) -> None:
    kinds = ("provider", "credit_type")
    assert page.figures("spent", *kinds) == _sums(expected.spent, 1, 3)
    assert page.figures("spent", *kinds, "operation") == _sums(expected.spent, 1, 3, 2)
    assert page.figures("spent_usd", *kinds) == _sums(expected.usd, 1, 3)
    assert page.figures("spent_usd") == {(): pytest.approx(sum(expected.usd.values()))}
    try:
        assert page.choose(credit_type="usd").figures("spent_usd", "provider") == _sums(expected.usd, 1)
    finally:
        page.choose(credit_type="all")
    unpriced = {key: one for key, one in expected.spent.items() if key not in expected.usd}
    assert page.figures("unpriced", *kinds) == _sums(unpriced, 1, 3)


def test_spend_by_day_on_the_page_is_that_of_the_books(page: Opened, expected: Expected) -> None:
    by = ("provider", "credit_type", "operation", "date")
    try:
        for period, days in (("7", 7), ("30", 30), ("all", 10_000)):
            begin = LAST - timedelta(days=days - 1)
            shown = {key: one for key, one in page.choose(period=period).figures("spent", *by, "grain").items() if one}
            (grain,) = {key[4] for key in shown}
            wanted: dict[Any, float] = defaultdict(float)
            for (day, provider, operation, kind), credits in expected.spent.items():
                if day >= begin:
                    bucket = day - timedelta(days=day.weekday()) if grain == "week" else day
                    wanted[provider, kind, operation, bucket.isoformat()] += credits
            assert {key[:4]: one for key, one in shown.items()} == {
                key: pytest.approx(credits) for key, credits in wanted.items()
            }, period
    finally:
        page.choose(period="all")


def test_budgets_on_the_page_hold_what_the_books_have_of_today_and_this_month(page: Opened, expected: Expected) -> None:
    by = ("provider", "credit_type", "span")
    assert page.figures("budget", *by) == {
        **{(*key, "day"): limit for key, limit in PER_DAY.items()},
        **{(*key, "month"): limit for key, limit in PER_MONTH.items()},
    }
    today = {key: one for key, one in expected.spent.items() if key[0] == LAST}
    month = {key: one for key, one in expected.spent.items() if key[0] >= LAST.replace(day=1)}
    assert page.figures("budget_spent", *by) == {
        **{(*key, "day"): pytest.approx(_sums(today, 1, 3).get(key, 0)) for key in PER_DAY},
        **{(*key, "month"): pytest.approx(_sums(month, 1, 3).get(key, 0)) for key in PER_MONTH},
    }


def test_balances_and_runway_on_the_page_are_those_of_the_books(page: Opened, expected: Expected) -> None:
    by = ("provider", "plan", "credit_type")
    plans = {"contactout": "postpaid", "leadiq": "Universal Credits"}
    for key, quota in QUOTAS.items():
        provider, kind = key
        of = (provider, plans[provider], kind)
        n, at = expected.readings[provider][-1]
        used, (pace, _) = expected.used(key, n, at.date()), expected.pace(key)
        assert page.figures("quota", *by)[of] == quota
        assert page.figures("used", *by)[of] == pytest.approx(used)
        assert page.figures("remaining", *by)[of] == pytest.approx(quota - used)
        assert page.figures("credits_per_day", *by)[of] == pytest.approx(pace, abs=1e-6)
        days = (quota - used) / pace
        assert page.figures("days_of_runway", *by)[of] == pytest.approx(days, abs=1e-6)
        assert page.texts("runs_out_on", *by)[of] == (at + timedelta(days=days)).date().isoformat()
        assert page.texts("lasts_period", *by)[of] == str(at + timedelta(days=days) >= PERIOD_ENDS[provider]).lower()


def test_meter_against_ledger_on_the_page_is_what_the_books_have(page: Opened, expected: Expected) -> None:
    by = ("provider", "credit_type", "interval_start", "interval_end", "explanation")
    have = page.figures("difference", *by)
    ledger, metered = page.figures("credits_ledger", *by), page.figures("credits_metered", *by)
    wanted = {
        (one.provider, one.credit_type, _at(one.start), _at(one.end)): one
        for one in expected.intervals
        if one.metered is not None and abs(one.metered - one.ledger) > 1e-6 and one.reasons != {"meter_restarted"}
    }
    shown = {key[:4]: key for key in have if have[key] is not None}
    assert shown.keys() == wanted.keys()
    for place, one in wanted.items():
        key = shown[place]
        assert key[4] in one.reasons, one
        assert have[key] == pytest.approx(one.metered - one.ledger), one  # type: ignore[operator]
        assert ledger[key] == pytest.approx(one.ledger), one
        assert metered[key] == pytest.approx(one.metered), one


def test_intervals_on_the_page_are_counted_as_the_books_have_them(page: Opened, expected: Expected) -> None:
    read = [one for one in expected.intervals if one.metered is not None]
    named = [one for one in read if one.reasons & {"other_use", "price"}]
    agreeing = [one for one in read if not one.reasons - {"meter_restarted"}]
    assert page.figures("intervals_unexplained") == {(): len(named)}
    assert page.figures("intervals_agreeing") == {(): len(agreeing)}


def test_waste_and_savings_on_the_page_hold_what_the_books_have(page: Opened, expected: Expected) -> None:
    wasted = page.figures("credits_wasted", "provider", "credit_type")
    for key, lost in _sums(expected.unknown, 1, 3).items():
        assert (wasted[key] or 0) >= lost.expected - 1e-6
    saved = page.figures("questions_saved", "provider", "reason", "credit_type")
    known = sum(expected.known(asked) for asked in LOOKUPS if asked.lookup == "leadiq.people")
    assert saved["leadiq", "fresh", "uc"] == known


def test_what_one_that_was_found_cost_on_the_page_is_what_the_books_have_over_what_was_found(
    story: Story, page: Opened, expected: Expected
) -> None:
    spent = _sums(expected.spent, 1, 3)
    for name, column in (("contact", "contacts"), ("person", "people"), ("contact_point", "contact_points")):
        rows = story.house.query(
            "with places as (select distinct provider, operation, resource, credit_type from marts.fct_credit_usage "
            f"where credits_estimated > 0) select places.provider, credit_type, sum({column}_found) from places "
            "left join marts.fct_daily_findings as found on places.provider = found.provider "
            "and places.operation = found.operation and places.resource is not distinct from found.resource group by all"
        )
        found = {(provider, kind): float(number) for provider, kind, number in rows}
        assert found.keys() == spent.keys()
        assert any(found.values()), name
        each = page.figures(f"credits_per_{name}", "provider", "credit_type")
        assert {key: (each[key] or 0) * number for key, number in found.items() if number} == {
            key: spent[key] for key, number in found.items() if number
        }, name
        assert all(each[key] is None for key, number in found.items() if not number), name


def _at(moment: datetime | None) -> str:
    return "" if moment is None else moment.isoformat(timespec="minutes")


def _sums(figures: Mapping[tuple[Any, ...], float], *places: int) -> dict[Any, Any]:
    """Figures added up by some places of their keys."""
    found: dict[Any, float] = defaultdict(float)
    for key, one in figures.items():
        by = tuple(key[place] for place in places)
        found[by[0] if len(by) == 1 else by] += one
    return {key: pytest.approx(one) for key, one in found.items() if one}


def _told(figures: dict[Any, float]) -> dict[Any, float]:
    """Figures that can be compared as they are: six decimals, and nothing that is nothing."""
    return {key: round(float(one), 6) for key, one in sorted(figures.items()) if abs(one) > 1e-9}
