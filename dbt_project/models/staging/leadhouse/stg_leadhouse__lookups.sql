-- Written by `make staging` from the record models in sources/; change it there.
with numbered as (

    select
        *,
        row_number() over (partition by request_id, key_hash, line order by _dlt_load_id desc) as version
    from {{ source('raw_leadhouse', 'lookups') }}

)

select
    request_id,
    provider,
    lookup,
    operation,
    key_hash,
    points,
    line,
    reference,
    asked_at,
    outcome,
    records,
    way,
    job_id,
    job_hold
from numbered
where version = 1
