-- Written by `make staging` from the record models in sources/; change it there.
with numbered as (

    select
        *,
        row_number() over (partition by sync_id, provider, resource, window_id order by _dlt_load_id desc) as version
    from {{ source('raw_leadhouse', 'windows') }}

)

select
    sync_id,
    provider,
    resource,
    window_id,
    kind,
    window_from,
    window_to,
    completed_at,
    steps,
    is_partial
from numbered
where version = 1
