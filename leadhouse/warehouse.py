"""The warehouse as dlt and dbt address it; which engine it is, is data here and configuration elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from . import leftovers
from .failures import CannotDo
from .instance import Instance, open_instance
from .settings import Settings

if TYPE_CHECKING:
    import dlt
    import pyarrow as pa

FILE_FORMATS = {"duckdb": "parquet", "postgres": "csv"}
"""How Arrow tables are best loaded: dlt's other way, INSERT statements, costs gigabytes of memory."""


LOADING = {"max_vacuum_tasks": 0}
"""DuckDB merges small row groups when a connection closes, at several times their size in memory. After each load it would
do so again and again; the build's connection does it once."""


@dataclass(frozen=True, slots=True)
class Warehouse:
    """Where the tables live, for one instance.

    Raises (all methods):
        CannotDo: it is locked, not there, or no database.
    """

    settings: Settings
    instance: Instance
    _readers: list[Any] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def engine(self) -> str:
        return self.settings.leadhouse.warehouse

    def pipeline(self, name: str, dataset: str) -> dlt.Pipeline:
        """A dlt pipeline of this instance into one dataset."""
        import dlt

        leftovers.finish_creating(self.instance.pipelines_dir / f"leadhouse_{name}")
        return dlt.pipeline(
            pipeline_name=f"leadhouse_{name}",
            destination=self._destination(),
            dataset_name=dataset,
            pipelines_dir=str(self.instance.pipelines_dir),
        )

    def run(self, pipeline: dlt.Pipeline, source: Any) -> None:
        """Loads a source; what was pending before is loaded first, since dlt would load only that."""
        self.drain(pipeline)
        pipeline.run(source, loader_file_format=FILE_FORMATS[self.engine])  # type: ignore[arg-type]

    def append(self, name: str, dataset: str, tables: Mapping[str, pa.Table]) -> None:
        """Appends rows to tables of a dataset through dlt, so that they are there on every engine.

        Args:
            name: of the pipeline.
        """
        import dlt

        resources = [_appended(table, rows) for table, rows in tables.items()]
        self.run(self.pipeline(name, dataset), dlt.source(lambda: resources, name=name)())

    def tables(self, dataset: str) -> set[str]:
        """The names of a dataset's tables."""
        sql = f"select table_name from information_schema.tables where table_schema = '{dataset}'"
        return {str(row[0]) for row in self.query(sql)}

    def drain(self, pipeline: dlt.Pipeline) -> None:
        """Loads what an earlier process extracted and did not load."""
        leftovers.finish_deleting(pipeline)
        leftovers.finish_filing(pipeline)
        if pipeline.has_pending_data:
            pipeline.normalize()
            pipeline.load()

    def query(self, sql: str) -> list[Sequence[Any]]:
        """Rows of a query; an empty list when a table of it does not exist yet."""
        with self.cursor(sql) as cursor:
            return list(cursor.fetchall()) if cursor is not None else []

    def arrow(self, sql: str) -> pa.Table:
        """A query's result as an Arrow table, the same way on every engine."""
        with self.cursor(sql) as cursor:
            if cursor is None:
                raise LookupError(sql)
            table = cursor.arrow()
        assert table is not None
        return table

    def reader(self) -> Any:
        """A client to read with while a pipeline extracts, when no other may be made; opened with `with`."""
        if not self._readers:
            self._readers.append(self.pipeline("reader", "leadhouse_reader").sql_client())
        # dlt resolves its configuration anew for each client, which takes longer than most queries; one like it connects by
        # itself.
        first = self._readers[0]
        return type(first)(first.dataset_name, first.staging_dataset_name, first.credentials, first.capabilities)

    @contextmanager
    def cursor(self, sql: str) -> Iterator[Any]:
        from dlt.destinations.exceptions import DatabaseUndefinedRelation

        with self.reader() as client:
            try:
                with client.execute_query(sql) as cursor:
                    yield cursor
            except DatabaseUndefinedRelation:
                yield None

    def check(self) -> None:
        """Opens the warehouse once, before anything is sent.

        Raises:
            CannotDo: the sentence says what is wrong with it.
        """
        if self.engine == "duckdb":
            self._check_duckdb()
        else:
            self._check_postgres()

    def dbt_environment(self) -> dict[str, str]:
        """What `dbt_project/profiles.yml` reads."""
        house = self.settings.leadhouse
        environment = {
            "LEADHOUSE_WAREHOUSE": self.engine,
            "LEADHOUSE_DBT_THREADS": str(house.dbt_threads),
            "LEADHOUSE_MEMORY_LIMIT": house.memory_limit,
            "LEADHOUSE_DUCKDB_PATH": str(self.settings.warehouse_file()),
            "LEADHOUSE_TEMP_DIR": str(self.instance.folder / "tmp"),
        }
        if self.engine == "postgres":
            parts = urlsplit(self.settings.postgres_url or "")
            environment |= {
                "LEADHOUSE_POSTGRES_HOST": parts.hostname or "localhost",
                "LEADHOUSE_POSTGRES_PORT": str(parts.port or 5432),
                "LEADHOUSE_POSTGRES_USER": unquote(parts.username or ""),
                "LEADHOUSE_POSTGRES_PASSWORD": unquote(parts.password or ""),
                "LEADHOUSE_POSTGRES_DATABASE": parts.path.lstrip("/"),
            }
        return environment

    def dbt_names(self) -> dict[str, str]:
        """What stands for parts of `dbt_environment` while the project is parsed, which keeps nothing of them but a database's name."""
        if self.engine == "postgres":
            nowhere = {"LEADHOUSE_POSTGRES_HOST": "", "LEADHOUSE_POSTGRES_PORT": "5432"}
            return {**nowhere, "LEADHOUSE_POSTGRES_USER": "", "LEADHOUSE_POSTGRES_PASSWORD": ""}
        place = {"LEADHOUSE_TEMP_DIR": "", "LEADHOUSE_MEMORY_LIMIT": ""}
        return {"LEADHOUSE_DUCKDB_PATH": self.settings.warehouse_file().name, **place}

    def _destination(self) -> Any:
        import dlt
        from dlt.destinations.impl.duckdb.configuration import DuckDbCredentials

        if self.engine == "duckdb":
            path = self.settings.warehouse_file()
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            memory = self.settings.leadhouse.memory_limit
            credentials = DuckDbCredentials(str(path), global_config={"memory_limit": memory, **LOADING})
            return dlt.destinations.duckdb(credentials=credentials)
        return dlt.destinations.postgres(self.settings.postgres_url or "")

    def _check_duckdb(self) -> None:
        import duckdb

        path = self.settings.warehouse_file()
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            duckdb.connect(str(path)).close()
            os.chmod(path, 0o600)
        except duckdb.IOException as error:
            if "lock" in str(error).lower():
                raise CannotDo(
                    f"The warehouse {path} is in use by another program. Close it there; for reading, open the published copy "
                    f"{self.settings.published_file()} instead, which never blocks."
                ) from None
            raise CannotDo(
                f"The warehouse {path} is not a DuckDB database that this DuckDB ({duckdb.__version__}) can open. "
                "Move the file away, or set destination.duckdb.credentials to another path."
            ) from None
        except (duckdb.Error, OSError) as error:
            raise CannotDo(
                f"The warehouse {path} cannot be opened ({type(error).__name__}). Set destination.duckdb.credentials to a file you may write."
            ) from None

    def _check_postgres(self) -> None:
        import psycopg2

        try:
            psycopg2.connect(self.settings.postgres_url, connect_timeout=15).close()
        except psycopg2.Error as error:
            parts = urlsplit(self.settings.postgres_url or "")
            words = str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__
            if parts.password:
                words = words.replace(parts.password, "***")
            raise CannotDo(
                f"The Postgres warehouse at {parts.hostname} cannot be reached ({words}). Correct destination.postgres.credentials."
            ) from None


def _appended(name: str, rows: pa.Table) -> Any:
    import dlt
    import pyarrow as pa

    hints: Any = {
        field.name: {"data_type": "timestamp", "timezone": False, "precision": 6}
        for field in rows.schema
        if pa.types.is_timestamp(field.type)
    }
    if "hint" in rows.schema.names:
        # Loaded as CSV, empty text is null where null is allowed; a value without a hint has the empty text.
        hints["hint"] = {"data_type": "text", "nullable": False}
    return dlt.resource([rows], name=name, write_disposition="append", columns=hints)


@contextmanager
def open_warehouse(settings: Settings) -> Iterator[Warehouse]:
    """Holds the data directory for one process, and has opened its warehouse once.

    Raises:
        CannotDo: see `open_instance` and `Warehouse.check`.
    """
    with open_instance(settings) as instance:
        warehouse = Warehouse(settings, instance)
        warehouse.check()
        yield warehouse
