"""Our side: the rows that the warehouse holds, and who is who by `transforms.identity`. Nothing else here knows either."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pyarrow as pa

from benchmarks.identity.rows import DOMAINS, RECORDS, VALUES, RecordKey, Staged
from transforms.identity import PEOPLE, Assignment, Identifier, resolve

STAGED_RECORDS = """
    select
        records.provider,
        records.provider_record_id,
        cast(records.first_seen_at as timestamp) as first_seen_at,
        max(statements.full_name) as name,
        lower(strip_accents(coalesce(max(first_name), split_part(max(full_name), ' ', 1)))) as given,
        lower(strip_accents(coalesce(max(last_name), split_part(max(full_name), ' ', -1)))) as family,
        cast(null as varchar) as suffix,
        max(statements.country_code) as country_code
    from intermediate.int_person_records as records
    left join intermediate.int_person_statements as statements using (provider, provider_record_id)
    group by all
    order by first_seen_at, provider, provider_record_id
"""
STAGED_VALUES = """
    select provider, provider_record_id, kind, value from intermediate.int_person_identifiers
    union
    select provider, provider_record_id, 'phone' as kind, value from intermediate.int_contact_points
    where kind in ('work_phone', 'personal_phone')
"""
STAGED_DOMAINS = """
    select distinct people.provider, people.provider_record_id, companies.domain
    from intermediate.int_person_statements as people
    inner join intermediate.int_company_statements as companies on people._row_id = companies._row_id
    where companies.domain is not null
"""


def staged(connection: duckdb.DuckDBPyConnection) -> Staged:
    """The rows of people in a warehouse that was built."""
    asked = ((STAGED_RECORDS, RECORDS), (STAGED_VALUES, VALUES), (STAGED_DOMAINS, DOMAINS))
    records, values, domains = (connection.execute(sql).to_arrow_table().cast(schema) for sql, schema in asked)
    return Staged(records, values, domains)


def resolved(rows: Staged, before: Mapping[RecordKey, str] | None = None) -> dict[RecordKey, str]:
    """The person of each record, resolved from all rows."""
    known = {key: Assignment(key, id, "") for key, id in (before or {}).items()}
    named = rows.values.to_pydict()
    identifiers = [
        Identifier((provider, id), kind, value)
        for provider, id, kind, value in zip(
            named["provider"], named["provider_record_id"], named["kind"], named["value"], strict=True
        )
    ]
    changed, _ = resolve(PEOPLE, rows.keys(), identifiers, known, ())
    return {**(before or {}), **{one.record: one.id for one in changed if one.id is not None}}


def table_of(assigned: Mapping[RecordKey, str]) -> pa.Table:
    """Assignments as the kernel wants them from the last time."""
    keys = list(assigned)
    return pa.table(
        {
            "provider": [key[0] for key in keys],
            "provider_record_id": [key[1] for key in keys],
            "id": [assigned[key] for key in keys],
        }
    )
