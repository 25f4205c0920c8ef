"""Our side: the rows that the warehouse holds, and who is who by `transforms.identity`. Nothing else here knows either."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow.compute as pc

from benchmarks.identity.metrics import Labels
from benchmarks.identity.rows import EMPLOYERS, RECORDS, VALUES, Staged
from leadhouse.identity import SCHEMA, prepare, resolve_all
from leadhouse.settings import load_settings
from leadhouse.warehouse import open_warehouse
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
STAGED_VALUES = (
    "select provider, provider_record_id, kind, value from intermediate.int_person_values where not is_crowded"
)
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


AS_OF = datetime(2026, 3, 2, 6)
EMPTY_WAREHOUSE = """
    create schema if not exists intermediate;
    create or replace table intermediate.int_person_records (
        provider varchar, provider_record_id varchar, first_seen_at timestamp, last_seen_at timestamp, name varchar,
        fingerprint varchar
    );
    create or replace table intermediate.int_person_values (
        provider varchar, provider_record_id varchar, kind varchar, value varchar, is_crowded boolean
    );
    create or replace table intermediate.int_company_records as from intermediate.int_person_records;
    create or replace table intermediate.int_company_values as from intermediate.int_person_values;
"""
ARRIVAL = """
    insert into intermediate.int_person_records
    select provider, provider_record_id, first_seen_at, first_seen_at, name, md5(provider_record_id)
    from drawn.records
    where rowid >= {first} and rowid < {last};
    insert into intermediate.int_person_values
    select held.provider, held.provider_record_id, held.kind, held.value, held.is_crowded
    from drawn."values" as held
    inner join drawn.records as records using (provider, provider_record_id)
    where records.rowid >= {first} and records.rowid < {last};
"""


def in_steps(path: Path, records: int, new: int) -> dict[str, float]:
    """Resolves a drawn population in a warehouse as a build does, then its last records as a later build does.

    It runs in a house's folder, whose warehouse's `intermediate` it replaces; that is not timed.

    Returns:
        seconds, with reading from the warehouse and appending to it: `all` but the new, the `new`, and `nothing` new.
    """
    settings = load_settings()
    took = {}
    with open_warehouse(settings) as warehouse:
        prepare(warehouse)
        arrivals = {"all": (0, records - new), "new": (records - new, records), "nothing": (records, records)}
        for number, (step, (first, last)) in enumerate(arrivals.items()):
            with duckdb.connect(str(settings.warehouse_file())) as connection:
                connection.execute(f"attach '{path}' as drawn (read_only)")
                connection.execute((EMPTY_WAREHOUSE if not number else "") + ARRIVAL.format(first=first, last=last))
            began = time.perf_counter()
            resolve_all(warehouse, AS_OF + timedelta(days=number))
            took[step] = time.perf_counter() - began
        assigned = warehouse.query(f"select count(distinct provider_record_id) from {SCHEMA}.assignments")
    if int(assigned[0][0]) != records:
        raise SystemExit(f"{assigned[0][0]} of {records} records were assigned")
    return took
