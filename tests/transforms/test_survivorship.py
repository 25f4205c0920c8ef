"""Rules of survivorship that cannot be followed are refused by name, and those that ship can be followed."""

from __future__ import annotations

import csv

import pytest

from tests.house import PROJECT
from transforms.survivorship import COLUMNS, FAMILIES, wrong_rules

Rules = list[dict[str, str | None]]


def rules() -> Rules:
    path = PROJECT / "dbt_project" / "seeds" / "survivorship_rules.csv"
    with open(path, encoding="utf-8", newline="") as file:
        return [dict(row) for row in csv.DictReader(file)]


def changed(entity: str, field: str, /, **values: str) -> Rules:
    """The rules that ship, one line of them otherwise."""
    there = rules()
    line = next(row for row in there if (row["entity"], row["field"]) == (entity, field))
    line.update(values)
    return there


def test_the_rules_that_ship_can_be_followed() -> None:
    assert wrong_rules(rules()) == []
    assert [*rules()[0]] == [*COLUMNS]


@pytest.mark.parametrize(
    "edited",
    [
        changed("person", "employment", prefer="provider, recent", provider_order="letrics, leadiq"),
        changed("person", "seniority", belongs_to="", prefer="recent"),
        changed("person", "title", only_from="employment"),
        changed("person", "city", only_from="place"),
        changed("person", "phone", prefer="provider,status", provider_order="contactout"),
        changed("company", "industry", prefer="recent"),
        changed("company", "city", belongs_to="", prefer="own"),
    ],
)
def test_an_analyst_may_change_them(edited: Rules) -> None:
    assert wrong_rules(edited) == []


@pytest.mark.parametrize(
    ("edited", "words"),
    [
        (changed("person", "employment", prefer="recnt"), ("line 6", "employment cannot prefer `recnt`", "complete")),
        (changed("person", "full_name", prefer="status"), ("full_name cannot prefer `status`", "recent, provider")),
        (changed("person", "full_name", prefer=""), ("nothing says what is preferred of full_name",)),
        (changed("person", "full_name", prefer="recent,recent"), ("names recent twice",)),
        (changed("person", "full_name", field="fullname"), ("a person has no field `fullname`", "no line for person full_name")),
        (changed("person", "full_name", entity="persons"), ("no entity `persons`", "person, company")),
        (changed("person", "full_name", belongs_to="employment"), ("full_name belongs to employment, whose line",)),
        (changed("person", "full_name", belongs_to="employment", prefer=""), ("cannot belong to `employment`",)),
        (changed("person", "title", belongs_to="place"), ("title cannot belong to `place`", "employment")),
        (changed("person", "place", belongs_to="place", prefer=""), ("place cannot belong to `place`",)),
        (changed("person", "phone", provider_order="clearbit"), ("no provider `clearbit`", "contactout, leadiq, letrics")),
        (changed("person", "phone", provider_order="leadiq,leadiq"), ("names leadiq twice",)),
        (changed("person", "phone", prefer="status", provider_order="leadiq"), ("provider_order has no say",)),
        (changed("person", "phone", only_from="employment"), ("only_from is not for phone",)),
        (changed("person", "title", only_from="phone"), ("title cannot count only from `phone`",)),
        (changed("person", "title", only_from="title"), ("title cannot count only from `title`",)),
        (changed("person", "title", only_from="position_started_on"), ("counts only from another itself",)),
        (changed("company", "name", prefer="complete"), ("name cannot prefer `complete`",)),
        ([*rules(), rules()[0]], ("line 35", "person full_name stands on line 2 already")),
        (rules()[1:], ("no line for person full_name",)),
        ([{**row, "prefer": None} for row in rules()], ("nothing says what is preferred",)),
        ([{"entity": "person", "field": "phone"}], ("no column belongs_to",)),
        ([], ("no line for person employment", "no line for company name")),
    ],
)  # fmt: skip
def test_a_wrong_line_is_named_with_what_may_stand_there(edited: Rules, words: tuple[str, ...]) -> None:
    said = "\n".join(wrong_rules(edited))
    assert [word for word in words if word not in said] == [], said


def test_the_criteria_are_those_that_the_models_order_by() -> None:
    """What may be preferred by the seed is what the SQL knows, and the fields are those it has."""
    folder = PROJECT / "dbt_project" / "models" / "intermediate"
    stated, reached, company = (
        (folder / f"int_{name}.sql").read_text()
        for name in ("person_stated_fields", "person_reached_fields", "company_fields")
    )
    for entity, families in FAMILIES.items():
        for family in families:
            text = company if entity == "company" else stated if family.in_statements else reached
            for criterion in family.criteria:
                assert f"'{criterion}': " in text or f'"{criterion}": ' in text, criterion
            for name in family.names if family.in_statements else ():
                assert f"'{name}'" in text, name
