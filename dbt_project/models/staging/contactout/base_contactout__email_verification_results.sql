-- Written by `make staging` from the record models in sources/; change it there.
{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='append_new_columns') }}

select
    _row_id,
    record_key,
    _selection,
    _record_hash,
    _request_id,
    _fetched_at,
    _parsed_at,
    _dlt_load_id,
    {{ record_field('record', ['email'], 'text') }} as email,
    {{ record_field('record', ['status'], 'text') }} as status,
    record is not null as _is_readable
from {{ source('raw_contactout', 'email_verification_results') }}
where {{ complete_and_new_loads('raw_contactout') }}
