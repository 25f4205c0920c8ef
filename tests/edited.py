"""A warehouse beside a copy of the dbt project whose seeds may be edited."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from tests.handmade import Raw
from tests.house import PROJECT, Run
from tests.warm import DBT_PROJECT


class Edited:
    """A warehouse, and a copy of the dbt project whose seeds may be edited."""

    def __init__(self, folder: Path) -> None:
        self.raw = Raw(folder, "leadiq")
        self.project = folder / "dbt_project"
        shutil.copytree(PROJECT / "dbt_project", self.project, ignore=shutil.ignore_patterns("target", "logs"))
        self.raw.house.environment[DBT_PROJECT] = str(self.project)

    def edit(self, seed: str, old: str, new: str) -> None:
        path = self.project / "seeds" / f"{seed}.csv"
        text = path.read_text()
        assert text.count(old) == 1, old
        path.write_text(text.replace(old, new))

    def build(self) -> Run:
        return self.raw.house.run("build")

    def built(self) -> None:
        self.build().ok()

    def rows_of(self, kind: str, value: str) -> tuple[int, int]:
        """How many rows a dictionary has of a value, and by how many rules."""
        asked = f"select count(*), count(distinct _rules) from leadhouse_dictionaries.{kind} where value = ?"
        with duckdb.connect(str(self.raw.house.warehouse), read_only=True) as warehouse:
            ((rows, rules),) = warehouse.execute(asked, [value]).fetchall()
        return int(rows), int(rules)
