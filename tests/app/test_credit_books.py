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
from tests.app.credit_findings import FOUND, Findings
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
    USD,
    Asked,
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
PLAN_OF: dict[tuple[str, str], tuple[str, float | None]] = {
    ("leadiq", "uc"): ("Universal Credits", QUOTAS["leadiq", "uc"]),
    ("leadiq", "data_hub"): ("Data Hub", 5000),
    ("leadiq", "page"): ("plan AdvancedSearch Standard", 1000),
    ("leadiq", "exact_match"): ("plan Contact Standard", 5000),
    ("leadiq", "premium_mobile"): ("plan PremiumMobilePhone Premium", None),
    ("leadiq", "tracking"): ("contact tracking", 5000),
    **{(provider, kind): ("postpaid", quota) for (provider, kind), quota in QUOTAS.items() if provider == "contactout"},
}
"""What the sandbox calls each meter's plan, and what it allows; a plan that is billed afterwards allows what is used."""
TRIAL = ("leadiq", "trial API Standard", "exact_match")
OF_A_TRIAL: dict[str, Any] = {"quota": 50, "used": 50, "remaining": 0, "credits_per_day": 0}
"""It was over before the sixty days."""
WITHOUT_END = {("leadiq", kind) for kind in ("page", "exact_match", "premium_mobile", "tracking")}
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


@pytest.fixture(scope="module")
def findings(story: Story, expected: Expected) -> Findings:
    return Findings(story, expected)


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


def test_what_was_in_vain_is_what_was_lost_empty_or_known_word_for_word(
    story: Story, expected: Expected, findings: Findings
) -> None:
    rows = story.house.query(
        "select used_on, provider, operation, resource, credit_type, sum(credits_wasted) from marts.fct_credit_usage group by all"
    )
    assert _told({row[:5]: row[5] for row in rows}) == _told(findings.wasted)
    assert not any(line[0] == START for line in findings.wasted), "whatever came on the first day was new"
    lost = sum(expected.unknown.values())
    assert sum(findings.wasted.values()) > lost > 0


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


def test_what_the_journal_answered_and_what_free_checks_ruled_out_is_counted_as_saved(
    story: Story, expected: Expected
) -> None:
    rows = story.house.query(
        "select saved_on, provider, resource, reason, credit_type, questions, credits_saved from marts.rpt_credit_savings "
        "where reason <> 'fresh' order by all"
    )
    (broken, again), (checked,) = _lookups_of(date(2026, 4, 8), date(2026, 4, 9)), _lookups_of(date(2026, 4, 22))
    kept = [one for one in expected.ours if one.at == datetime.combine(broken.on, time(broken.hour))]
    assert len(kept) == len(broken.rows)
    assert not any(one.at == datetime.combine(again.on, time(again.hour)) for one in expected.ours)
    spared = expected.without_profile(checked)
    assert spared
    assert rows == [
        (again.on, "leadiq", "lookup_people", "journal", "uc", sum(bool(one.listed) for one in kept), pytest.approx(
            sum(one.listed.get("uc", 0) for one in kept)
        )),
        (checked.on, "contactout", "lookup_people", "free_check", "search", spared, spared),
    ]  # fmt: skip


def test_every_sync_is_there_with_the_requests_that_the_books_have(story: Story, expected: Expected) -> None:
    ((syncs, requests),) = story.house.query("select count(*), sum(requests) from marts.fct_syncs")
    assert syncs == sum(len(outcomes) for *_, outcomes in story.ends)
    assert requests == len(expected.ours)


def test_no_record_went_missing_in_sixty_days(story: Story) -> None:
    rows = story.house.query("select provider, entity, missing from marts.rpt_record_reconciliation where missing <> 0")
    assert rows == []
    ((raw,),) = story.house.query("select sum(raw) from marts.rpt_record_reconciliation")
    assert raw > 1000


def test_hit_rates_are_what_was_asked_for_and_what_came_over_the_wire(story: Story, findings: Findings) -> None:
    rows = story.house.query("select provider, operation, kind, asked, found from marts.rpt_hit_rates")
    assert {row[:3]: row[3:] for row in rows} == findings.hits
    assert {kind for *_, kind in findings.hits} == {"work_email", "personal_email", "work_phone", "personal_phone"}


def test_what_arrived_is_what_came_over_the_wire_for_the_first_time(story: Story, findings: Findings) -> None:
    """Reached records, and people, contact points and job changes that nobody had told of, by day and by who asked what."""
    for columns in FOUND.values():
        rows = story.house.query(
            f"select found_on, provider, operation, resource, sum({columns}_found) from marts.fct_daily_findings "
            f"group by all having sum({columns}_found) > 0"
        )
        wanted: Counter[Any] = Counter()
        for answer, brought in findings.brought:
            wanted[(answer.booked.on, *answer.place)] += getattr(brought, columns)
        assert {row[:4]: row[4] for row in rows} == +wanted, columns
        assert wanted.total() > 50


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
def tab(story: Story) -> Iterator[Opened]:
    """The dashboard of the last evening, in a browser."""
    evening = datetime.combine(LAST, time(21))
    written = write_dashboard(load_settings(), evening, story.house.folder / "dashboard.html")
    assert (written.published, written.missing) == (True, ())
    with chromium() as browser, opened(browser, written.path) as shown:
        yield shown


@pytest.fixture
def page(tab: Opened) -> Opened:
    """All of it, whatever a test has chosen before."""
    return tab.choose(provider="all", credit_type="all", period="all")


NOT_COMPARED = ("no_meter", "not_read_since", "used_before")
KINDS = ("provider", "credit_type")
PLACES = ("provider", "operation", "resource", "credit_type")
"""What costs and waste are told by."""


def test_the_page_asks_nobody_and_complains_of_nothing(page: Opened) -> None:
    assert (page.requests, page.complaints, page.notices()) == ([], [], set())


def test_spend_on_the_page_is_that_of_the_books(page: Opened, expected: Expected) -> None:
    kinds = ("provider", "credit_type")
    assert page.figures("spent", *kinds) == _sums(expected.spent, 1, 3)
    assert page.figures("spent", *kinds, "operation") == _sums(expected.spent, 1, 3, 2)
    assert page.figures("spent_usd", *kinds) == _sums(expected.usd, 1, 3)
    assert page.figures("spent_usd") == {(): pytest.approx(sum(expected.usd.values()))}
    page.choose(credit_type="usd")
    assert page.figures("spent_usd", "provider") == _sums(expected.usd, 1)
    of_operations = page.figures("spent_usd", *kinds, "operation")
    assert {(key[0], key[2]): one for key, one in of_operations.items()} == _sums(expected.usd, 1, 2)
    by_day = page.figures("spent_usd", *kinds, "operation", "date", "grain")
    by_bucket: dict[Any, Any] = defaultdict(float)
    for (day, provider, operation, _), usd in expected.usd.items():
        by_bucket[provider, "usd", operation, day.isoformat(), "day"] += usd
    assert {key: one for key, one in by_day.items() if one} == {key: _near(one) for key, one in by_bucket.items()}
    page.choose(credit_type="all")
    unpriced = {key: one for key, one in expected.spent.items() if key not in expected.usd}
    assert page.figures("unpriced", *kinds) == _sums(unpriced, 1, 3)


def test_spend_by_day_on_the_page_is_that_of_the_books(page: Opened, expected: Expected) -> None:
    by = ("provider", "credit_type", "operation", "date")
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
    numbers: dict[str, dict[Any, Any]] = {
        "days_of_runway": {},
        **{name: {TRIAL: one} for name, one in OF_A_TRIAL.items()},
    }
    words: dict[str, dict[Any, str]] = {"period_end": {}, "runs_out_on": {}, "lasts_period": {TRIAL: ""}}
    for (provider, kind), (plan, quota) in PLAN_OF.items():
        of, key = (provider, plan, kind), (provider, kind)
        n, at = expected.readings[provider][-1]
        used, (pace, _) = expected.used(key, n, at.date()), expected.pace(key)
        left = None if quota is None else quota - used
        days = left / pace if left is not None and pace else None
        ends = None if key in WITHOUT_END else PERIOD_ENDS[provider]
        numbers["used"][of], numbers["credits_per_day"][of] = _near(used), _near(pace)
        numbers["remaining"][of] = _near(left)
        if quota is not None:
            numbers["quota"][of] = quota
        if ends is not None:
            words["period_end"][of] = ends.date().isoformat()
        words["lasts_period"][of] = "true" if ends is not None and left is not None and not pace else ""
        if days is not None:
            out = at + timedelta(days=days)
            numbers["days_of_runway"][of] = _near(days)
            words["runs_out_on"][of] = out.date().isoformat()
            words["lasts_period"][of] = "" if ends is None else str(out >= ends).lower()
    for name, wanted in numbers.items():
        assert page.figures(name, *by) == wanted, name
    for name, told in words.items():
        assert page.texts(name, *by) == told, name


def _near(figure: float | None) -> Any:
    return None if figure is None else pytest.approx(figure, abs=1e-6)


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
    explained = [
        one
        for one in expected.intervals
        if one.end and "used_before" not in one.reasons and one not in named + agreeing
    ]
    not_read = [one for one in expected.intervals if one.end is None and one.ledger]
    before = [one for one in expected.intervals if "used_before" in one.reasons]
    assert page.figures("intervals_unexplained") == {(): len(named)}
    assert page.figures("intervals_agreeing") == {(): len(agreeing)}
    assert page.figures("intervals_explained") == {(): len(explained)}
    assert page.figures("intervals") == {(): len(named + agreeing + explained)}
    # Of Letrics there is no meter at all.
    assert page.figures("intervals_not_compared") == {(): len(not_read) + len(before) + 1}
    by = ("provider", "credit_type", "explanation")
    wanted = {(one.provider, one.credit_type, "not_read_since"): one.ledger for one in not_read}
    wanted |= {(one.provider, one.credit_type, "used_before"): one.ledger for one in before}
    wanted |= {("letrics", "record", "no_meter"): _sums(expected.spent, 1, 3)["letrics", "record"].expected}
    shown = page.figures("credits_ledger", *by[:2], "interval_start", "interval_end", by[2])
    open_ones = {(*key[:2], key[4]): one for key, one in shown.items() if key[4] in NOT_COMPARED}
    assert open_ones == {key: pytest.approx(one) for key, one in wanted.items()}


PERIODS = ("7", "30", "90", "all")
ENDS = {"the budget of": "budget", "credits are used up": "no_credits", "changed while it was read": "shifted"}
"""What is said of a resource that was not read to its end without a gap, and the kinds of that."""


def _begin(period: str) -> date:
    return START if period == "all" else max(START, LAST - timedelta(days=int(period) - 1))


def test_waste_on_the_page_is_that_of_the_books(page: Opened, findings: Findings) -> None:
    for period in PERIODS:
        page.choose(period=period)
        spent = {line: one for line, one in findings.spent.items() if line[0] >= _begin(period)}
        wasted = {line: one for line, one in findings.wasted.items() if line[0] >= _begin(period)}
        for by, places in ((KINDS, (1, 4)), (PLACES, (1, 2, 3, 4))):
            in_all, in_vain = _sums(spent, *places), _sums(wasted, *places)
            assert page.figures("credits_wasted", *by) == {key: in_vain.get(key, 0) for key in in_all}, period
            assert page.figures("waste_rate", *by) == {
                key: pytest.approx(in_vain[key].expected / one.expected, abs=1e-6) if key in in_vain else 0
                for key, one in in_all.items()
            }, period


def test_what_one_that_was_found_cost_on_the_page_is_spent_over_found_by_the_books(
    page: Opened, findings: Findings
) -> None:
    for period in PERIODS:
        page.choose(period=period)
        spent = {line: one for line, one in findings.spent.items() if line[0] >= _begin(period)}
        for name, columns in FOUND.items():
            found = _arrived(findings, columns, _begin(period))
            for by, places in ((KINDS, (1, 4)), (PLACES, (1, 2, 3, 4))):
                wanted = {}
                for key, credits in _sums(spent, *places).items():
                    bought_at = {line[1:4] for line in spent if tuple(line[place] for place in places) == key}
                    number = sum(found[place] for place in bought_at)
                    wanted[key] = pytest.approx(credits.expected / number, abs=1e-6) if number else None
                assert page.figures(f"credits_per_{name}", *by) == wanted, (period, name)
        contacts = _arrived(findings, "contacts", _begin(period))
        priced = {line: one * USD[line[1], line[4]] for line, one in spent.items() if (line[1], line[4]) in USD}
        each = {}
        for provider, usd in _sums(priced, 1).items():
            number = sum(contacts[place] for place in {line[1:4] for line in priced if line[1] == provider})
            each[provider] = pytest.approx(usd.expected / number, abs=1e-6) if number else None
        assert page.figures("usd_per_contact", "provider") == each, period


def _arrived(findings: Findings, columns: str, begin: date) -> Counter[Any]:
    """What was found since a day, by who asked what."""
    found: Counter[Any] = Counter()
    for answer, brought in findings.brought:
        if answer.booked.on >= begin:
            found[answer.place] += getattr(brought, columns)
    return found


def test_what_arrived_on_the_page_is_what_came_over_the_wire(page: Opened, findings: Findings) -> None:
    for period in PERIODS:
        page.choose(period=period)
        for columns in FOUND.values():
            wanted: Counter[str] = Counter()
            for (provider, *_), number in _arrived(findings, columns, _begin(period)).items():
                wanted[provider] += number
            assert +Counter(page.figures(f"{columns}_found", "provider")) == +wanted, (period, columns)


def test_what_arrived_by_day_on_the_page_is_what_came_over_the_wire(page: Opened, findings: Findings) -> None:
    for columns in ("people", "job_changes"):
        shown = page.figures(f"{columns}_found", "provider", "date", "grain")
        wanted: Counter[Any] = Counter()
        for answer, brought in findings.brought:
            wanted[answer.place[0], answer.booked.on.isoformat(), "day"] += getattr(brought, columns)
        assert +Counter(shown) == +wanted


def test_hit_rates_on_the_page_are_what_came_over_the_wire(page: Opened, findings: Findings) -> None:
    by = ("provider", "operation", "kind")
    assert page.figures("asked", *by) == {key: asked for key, (asked, _) in findings.hits.items()}
    assert page.figures("found", *by) == {key: found for key, (_, found) in findings.hits.items()}
    assert page.figures("hit_rate", *by) == {
        key: pytest.approx(found / asked, abs=1e-6) for key, (asked, found) in findings.hits.items()
    }


def test_savings_on_the_page_are_what_the_books_were_not_charged(page: Opened, expected: Expected) -> None:
    by = ("provider", "reason", "credit_type")
    (broken,), (checked,) = _lookups_of(date(2026, 4, 8)), _lookups_of(date(2026, 4, 22))
    kept = [one.listed["uc"] for one in expected.ours if one.on == broken.on and one.listed]
    spared = expected.without_profile(checked)
    questions = {(provider, "fresh", kind): rows for (provider, kind), (rows, _) in expected.spared.items()}
    questions |= {("leadiq", "journal", "uc"): len(kept), ("contactout", "free_check", "search"): spared}
    credits = {(provider, "fresh", kind): one for (provider, kind), (_, one) in expected.spared.items()}
    credits |= {("leadiq", "journal", "uc"): sum(kept), ("contactout", "free_check", "search"): spared}
    assert page.figures("questions_saved", *by) == questions
    assert page.figures("credits_saved", *by) == {key: pytest.approx(one) for key, one in credits.items()}


def _lookups_of(*days: date) -> list[Asked]:
    return [asked for asked in LOOKUPS if asked.on in days]


def test_how_long_ago_each_resource_was_read_without_a_gap_stands_on_the_page(story: Story, page: Opened) -> None:
    """As the commands told it then: of gaps the books know nothing."""
    asked, last = set(), {}
    for at, _, outcomes in story.ends:
        for outcome in outcomes:
            for key, tally in outcome.resources.items():
                if tally.answers:
                    asked.add(key)
                    if not (tally.stopped or tally.remark):
                        last[key] = at
    told_at = story.ends[-1][0]
    # Whether a key is accepted is asked once, and there is nothing to read.
    wanted = {
        key: pytest.approx((told_at - last[key]) / timedelta(hours=1)) if key in last else None
        for key in asked - {("leadiq", "authentication")}
    }
    shown = page.figures("lag_hours", "provider", "resource")
    assert shown.pop(("leadiq", "authentication")) is None
    assert shown == wanted


def test_the_last_syncs_on_the_page_ended_as_they_were_told_to_have(story: Story, page: Opened) -> None:
    ended = [outcome for _, _, outcomes in story.ends for outcome in outcomes][-10:]
    shown = page.texts("sync", "sync_id")
    assert shown.keys() == {one.sync_id for one in ended}
    for outcome in ended:
        told = {
            f"{provider}.{resource}: {next((kind for words, kind in ENDS.items() if words in sentence), sentence)}"
            for (provider, resource), tally in outcome.resources.items()
            if (sentence := tally.stopped or tally.remark)
        }
        assert set(shown[outcome.sync_id].split("; ")) == (told or {"complete"})


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
