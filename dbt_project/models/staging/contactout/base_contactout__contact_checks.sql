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
    {{ record_field('record', ['email'], 'boolean') }} as email,
    {{ record_field('record', ['email_status'], 'text') }} as email_status,
    {{ record_field('record', ['phone'], 'boolean') }} as phone,
    record is not null as _is_readable
from {{ source('raw_contactout', 'contact_checks') }}
where {{ complete_and_new_loads('raw_contactout') }}
