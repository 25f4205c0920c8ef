-- Written by `make staging` from the record models in sources/; change it there.
with numbered as (

    select
        *,
        row_number() over (partition by _row_id order by _parsed_at desc, _dlt_load_id desc) as version
    from {{ ref('base_leadiq__account') }}

)

select
    _row_id,
    record_key,
    _selection,
    _record_hash,
    _request_id,
    _fetched_at,
    _parsed_at,
    _dlt_load_id,
    data_hub_plan_name,
    data_hub_plan_product,
    data_hub_plan_status,
    data_hub_plan_next_billing_period,
    data_hub_plan_available,
    data_hub_plan_used,
    universal_plan_name,
    universal_plan_product,
    universal_plan_status,
    universal_plan_next_billing_period,
    universal_plan_available,
    universal_plan_used
from numbered
where version = 1 and coalesce(_is_readable, true)
