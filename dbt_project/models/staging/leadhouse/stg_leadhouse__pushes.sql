-- Written by `make staging` from the record models in sources/; change it there.
with numbered as (

    select
        *,
        row_number() over (partition by sync_id, provider, push, line order by _dlt_load_id desc) as version
    from {{ source('raw_leadhouse', 'pushes') }}

)

select
    sync_id,
    request_id,
    provider,
    push,
    key_hash,
    line,
    reference,
    pushed_at,
    outcome,
    result_id,
    message
from numbered
where version = 1
