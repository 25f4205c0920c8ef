-- Written by `make staging` from the record models in sources/; change it there.
with numbered as (

    select
        *,
        row_number() over (partition by row_id order by _dlt_load_id desc) as version
    from {{ source('raw_leadhouse', 'quarantine') }}

)

select
    row_id,
    request_id,
    provider,
    entity,
    path,
    reason,
    payload,
    seen_at
from numbered
where version = 1
