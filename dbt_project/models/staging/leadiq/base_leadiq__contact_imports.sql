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
    {{ record_field('record', ['import_id'], 'text') }} as import_id,
    {{ record_field('record', ['total_count'], 'integer') }} as total_count,
    {{ record_field('record', ['batch_count'], 'integer') }} as batch_count,
    {{ record_field('record', ['contacts_used'], 'integer') }} as contacts_used,
    {{ record_field('record', ['contacts_remaining'], 'integer') }} as contacts_remaining,
    record is not null as _is_readable
from {{ source('raw_leadiq', 'contact_imports') }}
where {{ complete_and_new_loads('raw_leadiq') }}
