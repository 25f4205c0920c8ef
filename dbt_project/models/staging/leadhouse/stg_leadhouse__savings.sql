-- Written by `make staging` from the record models in sources/; change it there.
with numbered as (

    select
        *,
        row_number() over (partition by saving_id, reason, credit_type order by _dlt_load_id desc) as version
    from {{ source('raw_leadhouse', 'savings') }}

)

select
    saving_id,
    saved_at,
    provider,
    lookup,
    reason,
    questions,
    credit_type,
    credits,
    credits_usd
from numbered
where version = 1
