"""The five analyses answer what the marts imply."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest

from tests.house import DAYS
from tests.semantic.conftest import Built

ENGINES = ["duckdb", pytest.param("postgres", marks=pytest.mark.soak)]
pytestmark = [pytest.mark.slow, pytest.mark.parametrize("built", ENGINES, indirect=True)]

TODAY = date.fromisoformat(DAYS[1])


def _happened_on(change: dict[str, Any]) -> date:
    if change["effective_precision"] == "day":
        return date.fromisoformat(str(change["effective_on"]))
    on: date = change["reported_on"] or change["detected_at"].date()
    return on


def _ids(rows: Iterable[dict[str, Any]], column: str) -> list[str]:
    return sorted(str(row[column]) for row in rows)


def test_every_champion_who_moved_in_the_last_thirty_days_is_told_and_nobody_else(built: Built) -> None:
    told = built.analysis("champions_who_moved")
    champions = {
        row["person_id"]
        for row in built.query("select person_id from marts.map_person_identifiers where kind = 'crm_record_id'")
    }
    moves = built.query("select * from marts.fct_job_changes where change_type = 'new_company'")
    expected = [
        move
        for move in moves
        if move["person_id"] in champions and TODAY - timedelta(days=30) <= _happened_on(move) <= TODAY
    ]
    assert 0 < len(expected) < len([move for move in moves if move["person_id"] in champions])
    assert _ids(told, "job_change_id") == _ids(expected, "job_change_id")
    keys = {
        row["value"]: row["person_id"]
        for row in built.query("select * from marts.map_person_identifiers where kind = 'crm_record_id'")
    }
    assert all(keys[key] == row["person_id"] for row in told for key in row["crm_record_ids"].split(","))
    assert [row["moved_on"] for row in told] == sorted((_happened_on(move) for move in expected), reverse=True)


def test_target_accounts_gained_whoever_is_a_vp_there_now_by_a_job_change_and_was_none(built: Built) -> None:
    told = built.analysis("target_accounts_that_gained_a_vp")
    tracked = _ids(built.query("select company_id from marts.dim_companies where is_tracked"), "company_id")
    spells = built.query("select * from marts.fct_employment_spells where seniority = 'vp'")
    now = {(spell["person_id"], spell["company_id"]) for spell in spells if spell["is_current"]}
    before = {(spell["person_id"], spell["company_id"]) for spell in spells if not spell["is_current"]}
    changes = built.query("select * from marts.fct_job_changes where change_type <> 'departure'")
    expected = [
        change
        for change in changes
        if change["to_company_id"] in tracked
        and (change["person_id"], change["to_company_id"]) in now - before
        and TODAY - timedelta(days=90) <= _happened_on(change) <= TODAY
    ]
    assert expected
    assert _ids(told, "job_change_id") == _ids(expected, "job_change_id")
    assert {row["company_id"] for row in told} <= set(tracked)


def test_a_title_that_two_providers_state_differently_is_told_with_the_one_that_is_shown(built: Built) -> None:
    told = built.analysis("where_providers_disagree_about_a_title")
    said: dict[str, dict[str, dict[str, set[str]]]] = {}
    for one in built.query("select * from marts.fct_person_field_values"):
        value = one["value"].lower() if one["field"] == "title" else one["value"]
        said.setdefault(one["person_id"], {}).setdefault(one["field"], {}).setdefault(one["provider"], set()).add(value)
    # Whoever has one title per provider leaves nothing to choose.
    plain = {person: fields for person, fields in said.items() if _alone(fields.get("title", {}))}
    expected = {person: _about(fields) for person, fields in plain.items() if _differ(fields, "title")}
    assert {"post", "wording"} <= set(expected.values())
    assert {row["person_id"]: row["disagree_about"] for row in told if row["person_id"] in plain} == expected
    for person in expected:
        assert {row["provider"] for row in told if row["person_id"] == person} == set(said[person]["title"])
    shown = {row["person_id"]: row["title"] for row in built.query("select person_id, title from marts.dim_people")}
    assert all(row["title"] == shown[row["person_id"]] for row in told if row["is_shown"])
    assert sorted(row["person_id"] for row in told if row["is_shown"]) == sorted({row["person_id"] for row in told})


def _alone(stated: dict[str, set[str]]) -> bool:
    return bool(stated) and all(len(values) == 1 for values in stated.values())


def _differ(fields: dict[str, dict[str, set[str]]], field: str) -> bool:
    """Whether the providers that state a title state different values of a field."""
    return len(set().union(*(fields.get(field, {}).get(provider, set()) for provider in fields["title"]))) > 1


def _about(fields: dict[str, dict[str, set[str]]]) -> str:
    if _differ(fields, "company_id"):
        return "employer"
    return "post" if _differ(fields, "seniority") or _differ(fields, "department") else "wording"


def test_spend_per_usable_contact_never_adds_credits_of_two_types(built: Built) -> None:
    told = built.analysis("spend_per_usable_contact")
    usage = built.query("select * from marts.fct_credit_usage")
    spent: dict[tuple[str, str], float] = {}
    for row in usage:
        unit = (row["provider"], row["credit_type"])
        spent[unit] = spent.get(unit, 0) + row["credits_estimated"]
    assert len(spent) > 1
    assert {(row["provider"], row["credit_type"]): row["credits_spent"] for row in told} == spent
    reached = {
        point["person_id"]
        for point in built.query("select * from marts.dim_contact_points where is_current and not is_shared")
        if "contactout" in point["providers"].split(",")
        and (point["status"] == "verified" if point["kind"].endswith("email") else point["status"] != "invalid")
    }
    mine = [row for row in told if row["provider"] == "contactout"]
    assert mine
    for row in mine:
        assert row["usable_contacts"] == len(reached) > 0
        assert row["credits_per_usable_contact"] == row["credits_spent"] / len(reached)


def test_what_changed_since_yesterday_is_all_that_the_newest_day_brought(built: Built) -> None:
    told = built.analysis("what_changed_since_yesterday")
    today = f"timestamp '{DAYS[1]} 00:00:00'"

    def count(sql: str) -> int:
        ((found,),) = (row.values() for row in built.query(sql))
        return int(found)

    def told_of(what: str) -> list[dict[str, Any]]:
        return [row for row in told if row["what"] == what]

    for what, table, moment in (
        ("job_change", "fct_job_changes", "detected_at"),
        ("new_person", "dim_people", "first_seen_at"),
        ("new_company", "dim_companies", "first_seen_at"),
        ("new_contact_point", "dim_contact_points", "first_seen_at"),
    ):
        expected = count(f"select count(*) from marts.{table} where {moment} >= {today}")
        assert len(told_of(what)) == expected, what
        assert expected < count(f"select count(*) from marts.{table}")
    assert told_of("job_change")
    assert all(row["name"] for row in told_of("job_change"))
    spent = built.query(
        f"select credit_type, sum(credits_estimated) as credits from marts.fct_credit_usage where used_on >= {today} "
        "group by provider, credit_type having sum(credits_estimated) > 0"
    )
    assert spent
    assert {row["detail"]: row["credits_spent"] for row in told_of("credits_spent")} == {
        row["credit_type"]: row["credits"] for row in spent
    }
