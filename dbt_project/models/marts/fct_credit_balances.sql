with
    numbered as (

        -- Two readings of one meter in the same moment are one.
        select
            readings.*,
            row_number() over (
                partition by provider, plan, credit_type, read_at, period_start order by used desc, _row_id
            ) as place
        from {{ ref('int_meter_readings') }} as readings

    )

select provider, plan, credit_type, read_at, period_start, period_end, quota, used, remaining, over_quota
from numbered
where place = 1
