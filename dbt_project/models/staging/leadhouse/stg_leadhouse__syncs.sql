-- Written by `make staging` from the record models in sources/; change it there.
with numbered as (

    select
        *,
        row_number() over (partition by sync_id order by _dlt_load_id desc) as version
    from {{ source('raw_leadhouse', 'syncs') }}

)

select
    sync_id,
    instance_id,
    as_of,
    sources,
    rounds,
    ended_at,
    outcome
from numbered
where version = 1
