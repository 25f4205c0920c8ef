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
    {{ record_field('record', ['success'], 'boolean') }} as success,
    {{ record_field('record', ['task', 'id'], 'text') }} as task_id,
    {{ record_field('record', ['task', 'status'], 'text') }} as task_status,
    {{ record_field('record', ['task', 'created_at'], 'timestamp') }} as task_created_at,
    {{ record_field('record', ['task', 'months_back'], 'integer') }} as task_months_back,
    {{ record_field('record', ['task', 'job_start_date_from'], 'date') }} as task_job_start_date_from,
    {{ record_field('record', ['task', 'error'], 'text') }} as task_error,
    {{ record_field('record', ['task', 'is_cancelled'], 'boolean') }} as task_is_cancelled,
    record is not null as _is_readable
from {{ source('raw_leadiq', 'company_tracking_orders') }}
where {{ complete_and_new_loads('raw_leadiq') }}
