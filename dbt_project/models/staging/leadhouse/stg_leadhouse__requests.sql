-- Written by `make staging` from the record models in sources/; change it there.
with numbered as (

    select
        *,
        row_number() over (partition by request_id order by _dlt_load_id desc) as version
    from {{ source('raw_leadhouse', 'requests') }}

)

select
    request_id,
    sync_id,
    round,
    provider,
    operation,
    resource,
    window_id,
    step,
    fingerprint,
    selection,
    attempt,
    started_at,
    duration_ms,
    outcome,
    http_status,
    records,
    message,
    envelope
from numbered
where version = 1
