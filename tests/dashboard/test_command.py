"""`leadhouse dashboard` writes the published copy's credits as one page, and says so when there is none."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import duckdb
import pytest

from leadhouse.build import _write_dashboard
from leadhouse.dashboard import MARTS, read_document
from leadhouse.settings import Settings, load_settings
from tests.dashboard.invented import BUDGETS, COLUMNS, NOW, TODAY, Tables, published
from tests.house import House, Run


def run(folder: Path, *arguments: str, **environment: str) -> Run:
    """The command in a folder of its own, on the day of the invented credits."""
    return House(folder, environment).run("dashboard", *arguments, day=TODAY.isoformat())


def copy_in(folder: Path, tables: Tables, without: tuple[str, ...] = ()) -> Path:
    return published(folder / "data" / "published" / "leadhouse.duckdb", tables, without)


def told(page: Path) -> dict[str, Any]:
    """The document inside a page."""
    text = page.read_text()
    begin = text.index('<script type="application/json" id="data">') + len('<script type="application/json" id="data">')
    found: dict[str, Any] = json.loads(text[begin : text.index("</script>", begin)])
    return found


def test_the_page_stands_beside_the_published_copy_for_its_owner_only(tmp_path: Path, tables: Tables) -> None:
    copy = copy_in(tmp_path, tables)
    before = copy.read_bytes()
    ended = run(tmp_path)
    page = copy.with_name("dashboard.html")
    assert (ended.code, ended.out) == (0, f"Dashboard: {page}\n"), ended.err
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert copy.read_bytes() == before
    assert [one.name for one in sorted(copy.parent.iterdir())] == ["dashboard.html", "leadhouse.duckdb"]
    document = told(page)
    assert document["today"] == "2026-03-02"
    assert sum(document["usage"]["credits_estimated"]) == sum(
        row["credits_estimated"] for row in tables["fct_credit_usage"]
    )


def test_budgets_come_from_the_configuration(tmp_path: Path, tables: Tables) -> None:
    copy_in(tmp_path, tables)
    ended = run(tmp_path, "--to", "deep/credits.html", "--json", BUDGET__CONTACTOUT__SEARCH='{"per_day": 260}')
    assert ended.code == 0, ended.err
    assert json.loads(ended.out) == {
        "exit_code": 0,
        "file": str(tmp_path / "deep" / "credits.html"),
        "published": True,
        "missing": [],
    }
    budgets = told(tmp_path / "deep" / "credits.html")["budgets"]
    assert (budgets["per_day"], budgets["per_month"]) == ([260], [None])


def test_without_a_published_copy_the_page_says_how_to_begin(tmp_path: Path) -> None:
    ended = run(tmp_path)
    assert ended.code == 0, ended.err
    assert "Nothing is published yet" in ended.out
    assert told(tmp_path / "data" / "published" / "dashboard.html")["published"] is False


def test_an_older_copy_is_shown_as_far_as_it_goes(tmp_path: Path, tables: Tables) -> None:
    copy_in(tmp_path, tables, without=("rpt_hit_rates", "fct_daily_findings"))
    ended = run(tmp_path)
    assert ended.code == 0, ended.err
    assert (
        "The published copy has no fct_daily_findings, rpt_hit_rates of today's form; run `leadhouse build`"
        in ended.out
    )


def test_a_copy_that_cannot_be_read_and_a_place_that_cannot_be_written_are_said(tmp_path: Path, tables: Tables) -> None:
    copy = copy_in(tmp_path, tables)
    (tmp_path / "file").write_text("")
    ended = run(tmp_path, "--to", "file/credits.html")
    assert ended.code == 2
    assert "cannot be written" in ended.err
    copy.write_text("no database")
    ended = run(tmp_path)
    assert ended.code == 2
    assert "cannot be read" in ended.err
    assert "leadhouse build" in ended.err
    assert not copy.with_name("dashboard.html").exists()


def test_a_page_that_cannot_be_made_leaves_the_older_one(tmp_path: Path, tables: Tables) -> None:
    copy = copy_in(tmp_path, tables)
    run(tmp_path)
    page = copy.with_name("dashboard.html")
    older = page.read_bytes()
    copy.write_text("no database")
    assert run(tmp_path).code == 2
    assert page.read_bytes() == older


def test_every_table_that_is_read_is_one_that_the_invented_copy_has() -> None:
    assert set(MARTS.values()) == set(COLUMNS)


@pytest.mark.parametrize("mart", sorted(COLUMNS))
def test_each_table_may_be_missing(tmp_path: Path, tables: Tables, mart: str) -> None:
    path = published(tmp_path / "leads.duckdb", tables, without=(mart,))
    settings = Settings.model_validate({"leadhouse": {"published": str(path)}, "budget": BUDGETS})
    assert read_document(settings, NOW).missing == (mart,)


def test_a_table_that_lacks_a_column_counts_as_missing(tmp_path: Path, tables: Tables) -> None:
    path = published(tmp_path / "leads.duckdb", tables)
    with duckdb.connect(str(path)) as connection:
        connection.execute("alter table marts.fct_credit_usage drop column credits_unknown")
    document = read_document(Settings.model_validate({"leadhouse": {"published": str(path)}}), NOW)
    assert document.missing == ("fct_credit_usage",)
    assert document.usage == ()
    assert document.runway


def test_a_build_writes_it_when_configured_and_does_not_fail_by_it(tmp_path: Path, tables: Tables) -> None:
    copy_in(tmp_path, tables)
    (tmp_path / "file").write_text("")
    for place, note in (
        ("page.html", "Dashboard: "),
        ("file/page.html", "The marts were published, but not the dashboard."),
    ):
        settings = load_settings(
            tmp_path,
            {
                "DASHBOARD__FILE": str(tmp_path / place),
                "LEADHOUSE__DATA_DIR": str(tmp_path / "data"),
                "DASHBOARD__AFTER_BUILD": "true",
            },
        )
        assert settings.dashboard.after_build
        (said,) = _write_dashboard(settings, NOW)
        assert said.startswith(note)
    assert (tmp_path / "page.html").exists()


@pytest.mark.slow
def test_the_marts_of_a_real_build_are_those_that_are_read(house: House) -> None:
    house.environment["DASHBOARD__AFTER_BUILD"] = "true"
    ended = house.run("sync", "letrics").ok()
    page = house.published.with_name("dashboard.html")
    assert f"Dashboard: {page}" in ended.out.replace("\n", "")
    assert told(page)["missing"] == []


def test_a_sync_that_is_finished_later_writes_todays_dashboard(tmp_path: Path) -> None:
    then = load_settings(tmp_path, {"DASHBOARD__AFTER_BUILD": "true", "DASHBOARD__FILE": "then.html"})
    now = load_settings(tmp_path, {"DASHBOARD__FILE": "now.html"})
    assert "dashboard" not in then.frozen()
    assert now.thawed(then.frozen()).dashboard == now.dashboard
