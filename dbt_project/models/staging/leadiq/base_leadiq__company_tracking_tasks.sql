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
    {{ record_field('record', ['status'], 'text') }} as status,
    {{ record_field('record', ['created_at'], 'timestamp') }} as created_at,
    {{ record_field('record', ['months_back'], 'integer') }} as months_back,
    {{ record_field('record', ['job_start_date_from'], 'date') }} as job_start_date_from,
    {{ record_field('record', ['error'], 'text') }} as error,
    {{ record_field('record', ['is_cancelled'], 'boolean') }} as is_cancelled,
    record is not null as _is_readable
from {{ source('raw_leadiq', 'company_tracking_tasks') }}
where {{ complete_and_new_loads('raw_leadiq') }}
