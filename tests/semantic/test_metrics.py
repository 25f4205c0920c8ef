"""Every metric and saved query of the semantic layer computes what SQL on the marts does."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from leadhouse.catalogue import SOURCES
from leadhouse.settings import load_settings
from tests.house import PROJECT
from tests.semantic.conftest import Built

FOLDER = PROJECT / "dbt_project" / "models" / "semantic"

REACHABLE = """
    exists (
        select 1 from marts.dim_contact_points as p
        where p.person_id = people.person_id and p.is_current and not p.is_shared
        and (p.kind like '%email' and p.status = 'verified' or p.kind like '%phone' and p.status <> 'invalid')
    )
"""
PEOPLE = f"count(*) as people, sum(case when {REACHABLE} then 1 else 0 end) as reachable_people"
CREDITS = """
    sum(credits_estimated) as credits_spent,
    sum(credits_estimated) / nullif(sum(contacts_found), 0) as credits_per_contact_found,
    sum(credits_wasted) / nullif(sum(credits_estimated), 0) as waste_rate
"""
MATCHES = "lookup not in ('availability', 'verify', 'regenerated_times')"
ANSWERED = f"sum(case when {MATCHES} and outcome in ('found', 'not_found') then 1 else 0 end)"
FOUND = f"sum(case when {MATCHES} and outcome = 'found' then 1 else 0 end)"
MATCHED = f"""
    {ANSWERED} as lookups_answered, cast({FOUND} as double precision) / nullif({ANSWERED}, 0) as match_rate
"""

SAVED = {
    "people_by_seniority": f"select seniority as person__seniority, {PEOPLE} from marts.dim_people as people group by 1",
    "people_by_department": f"select department as person__department, {PEOPLE} from marts.dim_people as people group by 1",
    "people_by_company": f"""
        select people.company_id as company, c.name as company__name, c.is_tracked as company__is_tracked, {PEOPLE}
        from marts.dim_people as people left join marts.dim_companies as c on people.company_id = c.company_id
        group by 1, 2, 3
    """,
    "new_people_by_week": f"""
        select cast(date_trunc('week', first_seen_at) as date) as metric_time__week, {PEOPLE}
        from marts.dim_people as people group by 1
    """,
    "job_changes_by_type": """
        select change_type as job_change__change_type, reported_by as job_change__reported_by, count(*) as job_changes
        from marts.fct_job_changes group by 1, 2
    """,
    "job_changes_by_day": """
        select cast(detected_at as date) as metric_time__day, change_type as job_change__change_type,
        count(*) as job_changes from marts.fct_job_changes group by 1, 2
    """,
    "job_changes_into_tracked_companies": """
        select name as company__name, change_type as job_change__change_type, count(*) as job_changes
        from marts.fct_job_changes inner join marts.dim_companies on to_company_id = company_id where is_tracked
        group by 1, 2
    """,
    "credits_by_day": f"""
        select used_on as metric_time__day, provider as usage__provider, credit_type as usage__credit_type, {CREDITS}
        from marts.fct_credit_usage group by 1, 2, 3
    """,
    "credits_by_provider": f"""
        select provider as usage__provider, credit_type as usage__credit_type, {CREDITS}
        from marts.fct_credit_usage group by 1, 2
    """,
    "credits_by_operation": f"""
        select provider as usage__provider, operation as usage__operation, resource as usage__resource,
        credit_type as usage__credit_type, {CREDITS} from marts.fct_credit_usage group by 1, 2, 3, 4
    """,
    "match_rate_by_provider": f"""
        select provider as lookup__provider, lookup as lookup__kind, {MATCHED} from marts.fct_lookups group by 1, 2
    """,
    "match_rate_by_week": f"""
        select cast(date_trunc('week', asked_at) as date) as metric_time__week, provider as lookup__provider, {MATCHED}
        from marts.fct_lookups group by 1, 2
    """,
    "runway_by_credit_type": """
        select provider as balance__provider, plan as balance__plan, credit_type as balance__credit_type,
        min(days_of_runway) as days_of_runway from marts.rpt_credit_runway group by 1, 2, 3
    """,
}
"""SQL on the marts for each saved query, with the columns that MetricFlow names."""

ALONE = {
    "people": "select count(*) as people from marts.dim_people",
    "reachable_people": f"select count(*) as reachable_people from marts.dim_people as people where {REACHABLE}",
    "usable_contact_points": """
        select count(*) as usable_contact_points from marts.dim_contact_points where is_current and not is_shared
        and (kind like '%email' and status = 'verified' or kind like '%phone' and status <> 'invalid')
    """,
    "job_changes": "select count(*) as job_changes from marts.fct_job_changes",
    "credit_units": """
        select count(*) as credit_units from (select distinct provider, credit_type from marts.fct_credit_usage) as units
    """,
    "credits_of_any_unit": "select sum(credits_estimated) as credits_of_any_unit from marts.fct_credit_usage",
    "credits_wasted_of_any_unit": "select sum(credits_wasted) as credits_wasted_of_any_unit from marts.fct_credit_usage",
    "contacts_paid_in_any_unit": "select sum(contacts_found) as contacts_paid_in_any_unit from marts.fct_credit_usage",
    # Credits of several units have no sum.
    "credits_spent": "select null as credits_spent",
    "credits_per_contact_found": "select null as credits_per_contact_found",
    "waste_rate": "select null as waste_rate",
    "lookups_answered": f"select {ANSWERED} as lookups_answered from marts.fct_lookups",
    "lookups_found": f"select {FOUND} as lookups_found from marts.fct_lookups",
    "match_rate": f"""
        select avg(case when outcome = 'found' then 1.0 else 0.0 end) as match_rate from marts.fct_lookups
        where {MATCHES} and outcome in ('found', 'not_found')
    """,
    "days_of_runway": "select min(days_of_runway) as days_of_runway from marts.rpt_credit_runway",
}
"""SQL on the marts for each metric without any grouping."""

ONE_UNIT = "{{ Dimension('usage__provider') }} = 'contactout' and {{ Dimension('usage__credit_type') }} = 'email'"


def _defined(kind: str) -> list[dict[str, Any]]:
    files = (yaml.safe_load(path.read_text()) for path in sorted(FOLDER.glob("*.yml")))
    return [one for file in files for one in file.get(kind, ())]


def _comparable(rows: list[dict[str, Any]]) -> list[tuple[tuple[str, Any], ...]]:
    return sorted((tuple(sorted((name, _plain(value)) for name, value in row.items())) for row in rows), key=repr)


def _plain(value: object) -> object:
    match value:
        case datetime() | date():
            return value.isoformat()[:10]
        # Sums of floating-point numbers depend on their order.
        case bool():
            return value
        case int() | float() | Decimal():
            return round(float(value), 9)
        case str() if value.endswith("T00:00:00"):
            return value[:10]
        case _:
            return value


@pytest.fixture(scope="session")
def answers(built: Built) -> Callable[[str], list[dict[str, Any]]]:
    """MetricFlow's rows for a saved query or metric, all asked at once."""
    queries: dict[str, dict[str, Any]] = {f"saved {name}": {"saved_query_name": name} for name in SAVED}
    queries |= {name: {"metric_names": [name]} for name in ALONE}
    queries["one unit"] = {"metric_names": ["credits_spent"], "where_constraints": [ONE_UNIT]}
    queries["by provider"] = {"metric_names": ["credits_spent"], "group_by_names": ["usage__provider"]}
    queries["every day"] = {"group_by_names": ["metric_time__year"]}
    asked = built.run("-m", "tests.semantic.ask", given=json.dumps(list(queries.values())))
    found: dict[str, list[dict[str, Any]]] = dict(zip(queries, json.loads(asked), strict=True))
    return lambda name: found[name]


def test_every_metric_and_saved_query_is_held_to_the_marts() -> None:
    assert sorted(one["name"] for one in _defined("metrics")) == sorted(ALONE)
    assert sorted(one["name"] for one in _defined("saved_queries")) == sorted(SAVED)


@pytest.mark.slow
@pytest.mark.parametrize("name", SAVED)
def test_a_saved_query_answers_what_sql_does(
    built: Built, answers: Callable[[str], list[dict[str, Any]]], name: str
) -> None:
    rows = answers(f"saved {name}")
    assert rows
    assert _comparable(rows) == _comparable(built.query(SAVED[name]))


@pytest.mark.slow
@pytest.mark.parametrize("name", ALONE)
def test_a_metric_answers_what_sql_does(
    built: Built, answers: Callable[[str], list[dict[str, Any]]], name: str
) -> None:
    assert _comparable(answers(name)) == _comparable(built.query(ALONE[name]))


@pytest.mark.slow
def test_the_figures_are_not_all_nothing(built: Built, answers: Callable[[str], list[dict[str, Any]]]) -> None:
    assert 0 < answers("match_rate")[0]["match_rate"] < 1
    assert 0 < answers("reachable_people")[0]["reachable_people"] < answers("people")[0]["people"]
    assert any(row["waste_rate"] for row in answers("saved credits_by_operation"))
    assert any(row["credits_per_contact_found"] for row in answers("saved credits_by_operation"))
    assert any(row["days_of_runway"] for row in answers("saved runway_by_credit_type"))


@pytest.mark.slow
def test_credits_are_told_of_one_unit_and_of_no_mixture(
    built: Built, answers: Callable[[str], list[dict[str, Any]]]
) -> None:
    ((spent,),) = (
        row.values()
        for row in built.query(
            "select sum(credits_estimated) from marts.fct_credit_usage "
            "where provider = 'contactout' and credit_type = 'email'"
        )
    )
    assert spent > 0
    assert answers("one unit") == [{"credits_spent": spent}]
    by_provider = {row["usage__provider"]: row["credits_spent"] for row in answers("by provider")}
    assert by_provider["contactout"] is None


@pytest.mark.slow
def test_the_time_spine_has_each_day_once(built: Built, answers: Callable[[str], list[dict[str, Any]]]) -> None:
    assert len(answers("every day")) == 50
    found = built.query("select count(*) as days, min(date_day) as first, max(date_day) as last from marts.time_spine")
    assert found == [{"days": 18263, "first": date(2000, 1, 1), "last": date(2049, 12, 31)}]


def test_no_metric_and_no_saved_query_can_add_credits_of_two_types() -> None:
    (usage,) = (one for one in _defined("semantic_models") if one["name"] == "credit_usage")
    sums = {measure["name"] for measure in usage["measures"] if measure["agg"] == "sum"}
    metrics = {one["name"]: one for one in _defined("metrics")}
    internal = {name for name, one in metrics.items() if one.get("config", {}).get("meta", {}).get("internal")}
    assert internal == {name for name, one in metrics.items() if str(one["type_params"].get("measure")) in sums}
    guarded = {
        name
        for name, one in metrics.items()
        if {part["name"] for part in one["type_params"].get("metrics", ())} & internal
    }
    assert guarded == {"credits_spent", "credits_per_contact_found", "waste_rate"}
    for name in guarded:
        assert metrics[name]["type_params"]["expr"].startswith("case when credit_units = 1 then "), name
    for query in _defined("saved_queries"):
        asked = query["query_params"]
        assert not internal & set(asked["metrics"]), query["name"]
        if guarded & set(asked["metrics"]):
            units = {"Dimension('usage__provider')", "Dimension('usage__credit_type')"}
            assert units <= set(asked["group_by"]), query["name"]


def test_every_lookup_is_a_match_or_known_to_be_none() -> None:
    sources = {name: source.lookups(load_settings(PROJECT, environment={})) for name, source in SOURCES.items()}
    kinds = {lookup.name for lookups in sources.values() for lookup in lookups}
    assert kinds - {"availability", "verify", "regenerated_times"} == {"people", "companies", "linkedin_urls"}


def test_each_metric_says_what_it_is() -> None:
    for one in [*_defined("metrics"), *_defined("saved_queries"), *_defined("semantic_models")]:
        assert one["description"].endswith("."), one["name"]


def _marts() -> set[str]:
    folder = PROJECT / "dbt_project" / "models"
    return {path.stem for path in [*(folder / "marts").rglob("*.sql"), *FOLDER.glob("*.sql")]}


def _exposure(name: str) -> set[str]:
    exposures = yaml.safe_load((FOLDER.parent / "exposures.yml").read_text())["exposures"]
    (one,) = (exposure for exposure in exposures if exposure["name"] == name)
    return {reference.removeprefix("ref('").removesuffix("')") for reference in one["depends_on"]}


def test_the_published_copy_is_exposed_with_every_mart() -> None:
    assert _exposure("published_copy") == _marts()


def test_the_dashboard_is_exposed_with_every_mart_that_it_reads() -> None:
    read = set(re.findall(r"\bmarts\.(\w+)", Path(PROJECT / "leadhouse" / "dashboard.py").read_text()))
    assert read
    assert _exposure("credit_dashboard") == read
