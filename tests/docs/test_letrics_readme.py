"""Letrics' README is what everybody has who does not know what an account answers: all it states is tried."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from sources.landing import Column, Entity, SqlType, columns, split, understand
from sources.letrics.inputs import CompanyFilters, ContactFilters, LetricsInputs, Location
from sources.letrics.records import ENTITIES
from tests.house import PROJECT, House, Sandbox

README = (PROJECT / "sources" / "letrics" / "README.md").read_text()
SAMPLES = {
    SqlType.TEXT: "x",
    SqlType.INTEGER: 5,
    SqlType.NUMBER: 5,
    SqlType.BOOLEAN: True,
    SqlType.TIMESTAMP: "2026-03-02T06:00:00Z",
}


def _stated(entity: Entity) -> list[tuple[str, str]]:
    """(field, name) of each name that the table of this entity states."""
    table = README[README.index(f"| field of `{entity.name}`") :].split("\n\n")[0]
    rows = (line.split("|")[1:3] for line in table.splitlines()[2:])
    return [(field.strip(" `"), name) for field, names in rows for name in re.findall("`([^`]+)`", names)]


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.name)
def test_every_name_that_is_stated_is_read_as_the_field_that_is_stated(entity: Entity) -> None:
    fields = {column.path[0]: column for column in columns(entity.model)}
    stated = _stated(entity)
    assert {field for field, _ in stated} == set(fields)
    for field, name in stated:
        found = understand(entity, split(json.dumps({name: _sample(fields[field])}), "")[0])
        fed = {one for finding in found.understood for one in finding.fields}
        assert {one.split(".")[0] for one in fed} == {field}, f"{name} feeds {fed}"


def _sample(column: Column) -> Any:
    return {"name": "x"} if len(column.path) > 1 else SAMPLES[column.type]


def test_every_input_is_shown_and_what_is_shown_is_accepted() -> None:
    shown = tomllib.loads(re.findall(r"```toml\n(.*?)```", README, re.DOTALL)[0])["sources"]["letrics"]
    inputs = LetricsInputs.model_validate(shown)
    assert inputs.companies.asked()["locations"] == [
        "city:San Francisco||California||United States",
        "city:London||||United Kingdom",
        "country:Brazil",
    ]
    assert {name for name in LetricsInputs.model_fields if name != "api_key"} == set(shown)
    keys: tuple[tuple[type[BaseModel], set[str]], ...] = (
        (CompanyFilters, set(shown["companies"])),
        (ContactFilters, set(shown["companies"]) | set(shown["contacts"])),
        (Location, {key for location in shown["companies"]["locations"] for key in location}),
    )
    for model, there in keys:
        assert set(model.model_fields) == there
    left_out = LetricsInputs()
    for name in set(shown) - {"base_url", "start", "contacts", "companies"}:
        assert shown[name] == getattr(left_out, name), f"{name} is not what is used when it is left out"


def test_what_check_is_said_to_print_is_what_it_prints(house: House, sandbox: Sandbox, tmp_path: Path) -> None:
    house.environment["COLUMNS"] = "80"
    printed = house.run("check", "letrics").ok().out
    excerpt = re.findall(r"```\n(letrics: .*?)\n```", README, re.DOTALL)[0]
    for part in excerpt.split("\n\n…\n\n"):
        assert part in printed
