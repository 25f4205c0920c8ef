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
    {{ record_field('record', ['id'], 'text') }} as id,
    {{ record_field('record', ['name'], 'text') }} as name,
    {{ record_field('record', ['description'], 'text') }} as description,
    {{ record_field('record', ['created_at'], 'timestamp') }} as created_at,
    {{ record_field('record', ['updated_at'], 'timestamp') }} as updated_at,
    record is not null as _is_readable
from {{ source('raw_leadiq', 'prospect_lists') }}
where {{ complete_and_new_loads('raw_leadiq') }}
