-- Written by `make staging` from the record models in sources/; change it there.
with numbered as (

    select
        *,
        row_number() over (partition by request_id, credit_type, unit order by _dlt_load_id desc) as version
    from {{ source('raw_leadhouse', 'request_units') }}

)

select
    request_id,
    credit_type,
    unit,
    counted,
    credits_each
from numbered
where version = 1
