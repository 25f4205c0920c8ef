-- Written by `make staging` from the record models in sources/; change it there.
with numbered as (

    select
        *,
        row_number() over (partition by request_id, credit_type order by _dlt_load_id desc) as version
    from {{ source('raw_leadhouse', 'request_credits') }}

)

select
    request_id,
    credit_type,
    credits_estimated,
    credits_usd
from numbered
where version = 1
