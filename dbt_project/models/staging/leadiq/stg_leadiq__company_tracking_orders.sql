-- Written by `make staging` from the record models in sources/; change it there.
with numbered as (

    select
        *,
        row_number() over (partition by _row_id order by _parsed_at desc, _dlt_load_id desc) as version
    from {{ ref('base_leadiq__company_tracking_orders') }}

)

select
    _row_id,
    record_key,
    _selection,
    _record_hash,
    _request_id,
    _fetched_at,
    _parsed_at,
    _dlt_load_id,
    success,
    task_id,
    task_status,
    task_created_at,
    task_months_back,
    task_job_start_date_from,
    task_error,
    task_is_cancelled
from numbered
where version = 1 and coalesce(_is_readable, true)
