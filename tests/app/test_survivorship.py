"""What survives is decided by the seed of the rules; a dictionary's rows follow its seed, also in an older warehouse."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from leadhouse.failures import Exit
from tests.edited import Edited
from tests.house import PROJECT

pytestmark = pytest.mark.slow

ADA = "https://www.linkedin.com/in/ada-example"


def ada_of(edited: Edited, *columns: str) -> tuple[Any, ...]:
    (row,) = edited.raw.query(f"select {', '.join(columns)} from marts.dim_people where linkedin_url = '{ADA}'")
    return row


@pytest.fixture(scope="module")
def edited(folder: Callable[[str], Path]) -> Edited:
    """Ada by two providers: LeadIQ said it first, Letrics later, and they agree in nothing but the page."""
    one = Edited(folder("survivorship"))
    company = {
        "source": "co1", "name": "Example One", "domain": "one.example", "employeeRange": "1,001-5,000 employees",
        "revenueRange": {"start": 10000000, "end": 20000000, "description": "$10M - $20M"},
        "locationInfo": {"city": "Munich", "areaLevel1": "Bavaria", "country": "Germany"},
    }  # fmt: skip
    position = {"companyId": "co1", "companyInfo": company, "title": "VP Sales", "updatedAt": "2026-01-01T00:00:00Z",
        "dateRange": {"start": "2025-05-01T00:00:00.000Z"}}  # fmt: skip
    ada = {
        "_id": "p-ada", "name": {"first": "Ada", "last": "Example", "fullName": "Ada Example"},
        "currentPositions": [position], "linkedin": {"linkedinUrl": ADA},
        "location": {"city": "San Francisco", "areaLevel1": "CA", "country": "United States"},
        "personalPhones": [{"value": "+1 212 555 0101"}], "updatedAt": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    one.raw.land("people", {"data": {"searchPeople": {"results": [ada]}}})
    one.raw.land("companies", {"data": {"searchCompany": {"results": [
        {**company, "name": "Example One GmbH"},
        {"source": "co3", "name": "Example Three", "domain": "three.example", "numberOfEmployees": 7, "revenue": 2000000},
        {"source": "co4", "name": "Example Four", "domain": "four.github.io"},
        {"source": "co5", "name": "Example Five", "domain": "five.github.io"},
    ]}}})  # fmt: skip
    later = {
        "id": "ct-1", "full_name": "Ada B. Example", "job_title": "Chief Gardener", "linkedin_url": ADA,
        "phone": "+12125550102", "city": "Munich", "state": "Bayern", "country": "Germany",
        "updated_at": "2026-02-20T10:00:00Z", "company": {"id": "co-1", "name": "Example Two", "domain": "two.example"},
    }  # fmt: skip
    one.raw.land("contacts", {"data": [later]}, at=datetime(2026, 3, 2, 7), provider="letrics")
    one.built()
    return one


SHOWN = ("full_name", "title", "title_source", "company_name", "cast(position_started_on as varchar)", "city",
    "subdivision_code", "phone_source")  # fmt: skip
LATER = ("Ada B. Example", "Chief Gardener", "letrics", "Example Two", None, "Munich", "DE-BY", "letrics")


def test_by_the_rules_that_ship_the_latest_survives(edited: Edited) -> None:
    assert ada_of(edited, *SHOWN) == LATER


def test_every_candidate_is_shown_and_the_chosen_one_is_marked(edited: Edited) -> None:
    found = edited.raw.query(
        "select field, value, provider, is_chosen, rule, cast(observed_at as date)::varchar "
        "from marts.fct_person_field_values where field in ('title', 'subdivision_code', 'phone') order by 1, 3"
    )
    employment, status = "employment: complete,recent,provider", "status,stated,recent,provider"
    assert found == [
        ("phone", "+12125550101", "leadiq", False, status, "2026-01-01"),
        ("phone", "+12125550102", "letrics", True, status, "2026-02-20"),
        ("subdivision_code", "DE-BY", "letrics", True, "place: complete,recent,provider", "2026-02-20"),
        ("title", "VP Sales", "leadiq", False, employment, "2026-01-01"),
        ("title", "Chief Gardener", "letrics", True, employment, "2026-02-20"),
    ]


def test_a_company_is_in_one_vocabulary_however_it_was_stated(edited: Edited) -> None:
    found = edited.raw.query(
        "select name, domain, employee_range, revenue_usd, revenue_range, subdivision_code from marts.dim_companies "
        "where name not like 'Example Two%' order by name"
    )
    assert found == [
        # Two pages of one host are no domain of a company, and do not make one of two.
        ("Example Five", None, None, None, None, None),
        ("Example Four", None, None, None, None, None),
        # A range is no number; of a number, the range is known.
        ("Example One GmbH", "one.example", "1001-5000", None, "$10M-$50M", "DE-BY"),
        ("Example Three", "three.example", "1-10", 2000000.0, "$1M-$10M", None),
    ]


def test_who_edits_the_rules_changes_who_survives_and_a_group_survives_together(edited: Edited) -> None:
    for field, before, after in (
        ("employment", '"complete,recent,provider",', '"complete,provider,recent","leadiq,letrics"'),
        ("phone", '"status,stated,recent,provider",', "provider,leadiq"),
        ("full_name", '"recent,provider",', "provider,leadiq"),
    ):
        edited.edit("survivorship_rules", f"person,{field},,{before},", f"person,{field},,{after},")
    edited.built()
    leadiqs = ("Ada Example", "VP Sales", "leadiq", "Example One GmbH", "2025-05-01")
    assert ada_of(edited, *SHOWN) == (*leadiqs, "Munich", "DE-BY", "leadiq")
    rules = "select distinct rule from marts.fct_person_field_values where field = 'title'"
    assert edited.raw.query(rules) == [("employment: complete,provider,recent",)]


def test_a_wrong_rule_is_refused_with_a_sentence_and_the_published_copy_stays(edited: Edited) -> None:
    before = edited.raw.house.published.read_bytes()
    edited.edit("survivorship_rules", 'person,last_name,,"recent,', 'person,last_name,,"recnt,')
    ended = edited.build()
    assert ended.code == Exit.BUILD_FAILED
    said = ended.out + ended.err
    assert "survivorship_rules.csv, line 4: last_name cannot prefer `recnt`; write one of recent, provider." in said
    assert "Traceback" not in said
    assert edited.raw.house.published.read_bytes() == before
    shutil.copy(PROJECT / "dbt_project" / "seeds" / "survivorship_rules.csv", edited.project / "seeds")


def test_a_word_more_in_a_seed_is_known_of_titles_that_were_looked_up_before(edited: Edited) -> None:
    words = edited.project / "seeds" / "department_words.csv"
    words.write_text(words.read_text() + "gardener,operations\n")
    edited.built()
    assert ada_of(edited, *SHOWN) == LATER
    assert ada_of(edited, "department") == ("operations",)
    assert edited.rows_of("title", "Chief Gardener") == (2, 2)
    assert edited.rows_of("country", "Germany") == (1, 1)


def test_rules_that_are_back_count_again_though_they_were_known(edited: Edited) -> None:
    shutil.copy(PROJECT / "dbt_project" / "seeds" / "department_words.csv", edited.project / "seeds")
    edited.built()
    # A gardener is of no department now, and what the older record says fills in.
    assert ada_of(edited, "title", "department") == ("Chief Gardener", "sales")
    assert edited.rows_of("title", "Chief Gardener") == (3, 2)


@pytest.mark.soak
def test_a_warehouse_of_an_older_leadhouse_learns_the_new_columns_of_what_it_holds(edited: Edited) -> None:
    with duckdb.connect(str(edited.raw.house.warehouse)) as warehouse:
        for table, columns in {
            "host": ("is_hosted", "is_shared", "_rules"),
            "place": ("subdivision_code", "_rules"),
            "title": ("rank", "_rules"),
        }.items():
            warehouse.execute(f"drop view intermediate.int_dictionary__{table}")
            for column in columns:
                warehouse.execute(f"alter table leadhouse_dictionaries.{table} drop column {column}")
        warehouse.execute("drop view intermediate.int_dictionary__subdivision")
        warehouse.execute("drop table leadhouse_dictionaries.subdivision")
        # What dlt noted of the columns, too.
        warehouse.execute("delete from leadhouse_dictionaries._dlt_version")
    shutil.rmtree(edited.raw.folder / "data" / "pipelines" / "leadhouse_dictionaries", ignore_errors=True)
    edited.built()
    assert ada_of(edited, *SHOWN) == LATER
    with duckdb.connect(str(edited.raw.house.warehouse), read_only=True) as warehouse:
        asked = "select rank from intermediate.int_dictionary__title where value = 'VP Sales'"
        assert warehouse.execute(asked).fetchall() == [(70,)]
        asked = "select is_hosted from intermediate.int_dictionary__host where value = 'four.github.io'"
        assert warehouse.execute(asked).fetchall() == [(True,)]
