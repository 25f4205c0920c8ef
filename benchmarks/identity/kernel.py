"""Our side: the rows that the warehouse holds, and who is who by `transforms.identity`. Nothing else here knows either."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow.compute as pc

from benchmarks.identity.metrics import Labels
from benchmarks.identity.rows import EMPLOYERS, RECORDS, VALUES, Staged
from transforms.identity import PEOPLE, resolve

STAGED_RECORDS = """
    select
        records.provider,
        records.provider_record_id,
        cast(records.first_seen_at as timestamp) as first_seen_at,
        records.name,
        max(statements.country_code) as country_code
    from intermediate.int_person_records as records
    left join intermediate.int_person_statements as statements
        on records.provider = statements.provider and records.provider_record_id = statements.provider_record_id
    group by all
    order by first_seen_at, records.provider, records.provider_record_id
"""
STAGED_VALUES = "select provider, provider_record_id, kind, value from intermediate.int_person_values"
STAGED_EMPLOYERS = "select provider, provider_record_id, employer from intermediate.int_person_employers"


def staged(connection: duckdb.DuckDBPyConnection) -> Staged:
    """The rows of people in a warehouse that was built."""
    asked = ((STAGED_RECORDS, RECORDS), (STAGED_VALUES, VALUES), (STAGED_EMPLOYERS, EMPLOYERS))
    records, values, employers = (connection.execute(sql).to_arrow_table().cast(schema) for sql, schema in asked)
    return Staged(records, values, employers)


def resolved(rows: Staged) -> Labels:
    """The person of each record, resolved from nothing but these rows."""
    found = resolve(PEOPLE, rows.records, rows.values)
    numbers: Labels = np.asarray(pc.dictionary_encode(found.ids).indices).astype(np.int64)
    return numbers
