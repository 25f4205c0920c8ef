"""The rows that both we and the peer are given: one per provider's record, one per value that may name who it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.identity.metrics import Labels, numbered

RecordKey = tuple[str, str]
"""(provider, provider record id)"""

RECORDS = pa.schema(
    [
        ("provider", pa.string()), ("provider_record_id", pa.string()), ("first_seen_at", pa.timestamp("us")),
        ("name", pa.string()), ("country_code", pa.string()),
    ]
)  # fmt: skip
VALUES = pa.schema(
    [("provider", pa.string()), ("provider_record_id", pa.string()), ("kind", pa.string()), ("value", pa.string())]
)
EMPLOYERS = pa.schema([("provider", pa.string()), ("provider_record_id", pa.string()), ("employer", pa.string())])
STRONG = ("linkedin_slug", "work_email", "personal_email")
"""The kinds that name one person by themselves."""


@dataclass(frozen=True, slots=True)
class Staged:
    """People's records as they are before anybody says who is who.

    Attributes:
        records: as `RECORDS`, one row per record; a name is in normal form, `given/family/generation/also`.
        values: as `VALUES`, distinct.
        employers: as `EMPLOYERS`, distinct, for the peer: to us they come with the family name, within `values`.
    """

    records: pa.Table
    values: pa.Table
    employers: pa.Table

    def keys(self) -> list[RecordKey]:
        """The records in their order."""
        names = (self.records["provider"].to_pylist(), self.records["provider_record_id"].to_pylist())
        return list(zip(*names, strict=True))

    def labels(self, of: Mapping[RecordKey, str]) -> Labels:
        """The cluster of each record in their order; one that has none is alone."""
        return numbered(of.get(key, key) for key in self.keys())

    def only(self, keys: Mapping[RecordKey, str]) -> Staged:
        """Without the records of which nothing is known there."""
        mask = pa.array([key in keys for key in self.keys()], type=pa.bool_())
        records = self.records.filter(mask)
        wanted = pa.array(
            [f"{provider}\x1f{id}" for provider, id in self.keys() if (provider, id) in keys], pa.string()
        )

        def of_these(table: pa.Table) -> pa.Table:
            named = pc.binary_join_element_wise(table["provider"], table["provider_record_id"], "\x1f")
            return table.filter(pc.is_in(named, value_set=wanted))

        return Staged(records, of_these(self.values), of_these(self.employers))

    def strong(self) -> tuple[Labels, Labels]:
        """The strong identifiers: the number of a record, and that of a value it holds, each."""
        number = {key: place for place, key in enumerate(self.keys())}
        rows = self.values.filter(pc.is_in(self.values["kind"], value_set=pa.array(STRONG))).to_pydict()
        holders = [number[key] for key in zip(rows["provider"], rows["provider_record_id"], strict=True)]
        return np.array(holders, dtype=np.int64), numbered(zip(rows["kind"], rows["value"], strict=True))


def write(connection: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    """Writes the tables `records`, `values` and `employers`; they are replaced."""
    for name, table in (("records", staged.records), ("values", staged.values), ("employers", staged.employers)):
        connection.register("rows_to_write", table)
        connection.execute(f'create or replace table "{name}" as select * from rows_to_write')
        connection.unregister("rows_to_write")


def read(connection: duckdb.DuckDBPyConnection) -> Staged:
    """Reads what we are given of a drawn population: a value that is held under very many names is no evidence."""
    records = connection.execute("select * from records").to_arrow_table()
    values = connection.execute(
        'select provider, provider_record_id, kind, value from "values" where not is_crowded'
    ).to_arrow_table()
    return Staged(records, values, EMPLOYERS.empty_table())
