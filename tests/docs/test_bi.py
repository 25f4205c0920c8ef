"""What docs/bi.md names is there."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tests.house import PROJECT

TEXT = (PROJECT / "docs" / "bi.md").read_text()
MODELS = PROJECT / "dbt_project" / "models"
VALUES = {"search", "email", "uc", "crm_record_id", "verified"}
"""Words in backticks that are values, not columns."""


def _yml(folder: str, kind: str) -> list[dict[str, Any]]:
    files = (yaml.safe_load(path.read_text()) for path in sorted((MODELS / folder).glob("*.yml")))
    return [one for file in files for one in file.get(kind, ())]


MARTS = {
    str(model["name"]): {str(column["name"]) for column in model["columns"]}
    for model in [*_yml("marts", "models"), *_yml("semantic", "models")]
}


def _section(title: str) -> str:
    (found,) = re.findall(rf"^## {title}\n(.*?)(?=^## |\Z)", TEXT, re.DOTALL | re.MULTILINE)
    return str(found)


def _words(text: str) -> list[str]:
    return re.findall(r"`([a-z_.]+)`", text)


def test_every_mart_that_is_named_exists() -> None:
    named = set(re.findall(r"\bmarts\.(\w+)", TEXT))
    assert len(named) > 10
    assert named <= set(MARTS), named - set(MARTS)


@pytest.mark.parametrize(
    "row", [line for line in _section("Where to start").splitlines() if line.startswith("|") and "`marts." in line]
)
def test_a_row_joins_by_columns_that_each_of_its_tables_has(row: str) -> None:
    tables = {word.removeprefix("marts.") for word in _words(row) if word.startswith("marts.")}
    columns = {word for word in _words(row) if not word.startswith("marts.")} - VALUES
    for column in columns:
        holding = {table for table in tables if column in MARTS[table]}
        # A change's `to_company_id` is the `company_id` of its companies.
        assert len(holding) > 1 or (holding and column in {"kind", "to_company_id"}), column


def test_every_column_that_is_named_exists() -> None:
    text = re.sub(r"^\|.*$", "", _section("Where to start"), flags=re.MULTILINE)
    words = {word for word in _words(text) if not word.startswith("marts.")} - VALUES
    assert len(words) > 8
    everywhere = set.union(*MARTS.values())
    assert words <= everywhere, words - everywhere


def test_every_metric_saved_query_and_analysis_that_is_named_exists() -> None:
    metrics = {one["name"] for one in _yml("semantic", "metrics")}
    saved = {one["name"] for one in _yml("semantic", "saved_queries")}
    text = _section("Metrics by name")
    assert set(re.findall(r"--saved-query (\w+)", text)) <= saved
    assert set(",".join(re.findall(r"--metrics ([\w,]+)", text)).split(",")) <= metrics
    first = text[: text.index("are defined once")]
    assert set(_words(first)) <= metrics
    # All but the helpers that others are made of are named.
    shown = {"usable_contact_points", "credit_units", "lookups_answered", "lookups_found"}
    assert {name for name in metrics if "any_unit" not in name} - shown == set(_words(first))
    for analysis in re.findall(r"dbt show --select (\w+)", text):
        assert (MODELS.parent / "analyses" / f"{analysis}.sql").is_file()
