-- Written by `make staging` from the record models in sources/; change it there.
with numbered as (

    select
        *,
        row_number() over (partition by request_id, entity, kind, field order by _dlt_load_id desc) as version
    from {{ source('raw_leadhouse', 'drift') }}

)

select
    request_id,
    provider,
    entity,
    kind,
    field,
    occurrences,
    seen_at
from numbered
where version = 1 and occurrences > 0
