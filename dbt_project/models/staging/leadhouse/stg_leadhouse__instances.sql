-- Written by `make staging` from the record models in sources/; change it there.
with numbered as (

    select
        *,
        row_number() over (partition by source, instance_id, bound_at order by _dlt_load_id desc) as version
    from {{ source('raw_leadhouse', 'instances') }}

)

select
    source,
    instance_id,
    bound_at
from numbered
where version = 1
