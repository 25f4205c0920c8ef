"""A warehouse whose raw tables hold answers written by hand, on DuckDB or Postgres."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from leadhouse.catalogue import SOURCES
from sources.landing import SCHEMA, Entity, read_answer
from tests.house import SECRETS, House, running_sandbox

ENTITIES: dict[str, dict[str, Entity]] = {
    provider: {entity.name: entity for entity in one.entities} for provider, one in SOURCES.items()
}
FIRST = datetime(2026, 3, 2, 6)


@dataclass
class Raw:
    """A warehouse that is filled by hand.

    Args:
        folder: where the house stands.
        provider: the one whose (emptied) tables a first sync makes; those of the others come with them.
        postgres: URL of the server whose database is the warehouse; a DuckDB file without one.
    """

    folder: Path
    provider: str
    postgres: str | None = None
    answers: int = 0
    house: House = field(init=False)

    def __post_init__(self) -> None:
        self.house = House(self.folder)
        secrets = SECRETS
        if self.postgres is not None:
            self.house.environment["LEADHOUSE__WAREHOUSE"] = "postgres"
            secrets += f'\n[destination.postgres]\ncredentials = "{self.postgres}"\n'
        with running_sandbox("--people", "5", "--companies", "5") as sandbox:
            self.house.configure(sandbox.info, secrets=secrets)
            self.house.run("sync", self.provider, "--no-build").ok()
        self.execute([(f"delete from raw_{self.provider}.{name}", []) for name in ENTITIES[self.provider]])

    def land(
        self, name: str, document: Any, at: datetime = FIRST, selection: str = "whole", provider: str | None = None
    ) -> None:
        """An answer as landing would have loaded it."""
        provider = provider or self.provider
        self.answers += 1
        number = self.answers
        rows, findings = read_answer(
            ENTITIES[provider][name],
            f"question{number}",
            f"request{number}",
            selection,
            at,
            json.dumps(document).encode(),
        )
        assert rows
        assert (findings.quarantined, findings.drift) == ([], {})
        names = [*SCHEMA.names, "_dlt_load_id"]
        load = f"load{number}"
        values = [[*(one[name] for name in SCHEMA.names), load] for one in rows]
        places = ", ".join("?" for _ in names)
        self.execute(
            [
                *((f"insert into raw_{provider}.{name} ({', '.join(names)}) values ({places})", one) for one in values),
                (
                    f"insert into raw_{provider}._dlt_loads (load_id, schema_name, status, inserted_at) "
                    "values (?, ?, 0, now())",
                    [load, provider],
                ),
            ]
        )

    def build(self) -> Raw:
        self.house.run("build").ok()
        return self

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Asks the published copy."""
        return self.house.query(sql)

    def execute(self, statements: Sequence[tuple[str, list[Any]]]) -> None:
        if self.postgres is None:
            with duckdb.connect(str(self.house.warehouse)) as connection:
                _each(connection.execute, statements)
            return
        import psycopg2

        with closing(psycopg2.connect(self.postgres)) as server, server, server.cursor() as cursor:
            _each(lambda sql, values: cursor.execute(sql.replace("?", "%s"), values), statements)


def _each(execute: Callable[[str, list[Any]], Any], statements: Sequence[tuple[str, list[Any]]]) -> None:
    for sql, values in statements:
        execute(sql, values)
