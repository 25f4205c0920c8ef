-- Written by `make staging` from the record models in sources/; change it there.
{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='append_new_columns') }}

select
    _row_id,
    record_key,
    _selection,
    _record_hash,
    _request_id,
    _fetched_at,
    _parsed_at,
    _dlt_load_id,
    {{ record_field('record', ['data_hub_plan', 'name'], 'text') }} as data_hub_plan_name,
    {{ record_field('record', ['data_hub_plan', 'product'], 'text') }} as data_hub_plan_product,
    {{ record_field('record', ['data_hub_plan', 'status'], 'text') }} as data_hub_plan_status,
    {{ record_field('record', ['data_hub_plan', 'next_billing_period'], 'timestamp') }} as data_hub_plan_next_billing_period,
    {{ record_field('record', ['data_hub_plan', 'available'], 'number') }} as data_hub_plan_available,
    {{ record_field('record', ['data_hub_plan', 'used'], 'number') }} as data_hub_plan_used,
    {{ record_field('record', ['universal_plan', 'name'], 'text') }} as universal_plan_name,
    {{ record_field('record', ['universal_plan', 'product'], 'text') }} as universal_plan_product,
    {{ record_field('record', ['universal_plan', 'status'], 'text') }} as universal_plan_status,
    {{ record_field('record', ['universal_plan', 'next_billing_period'], 'timestamp') }} as universal_plan_next_billing_period,
    {{ record_field('record', ['universal_plan', 'available'], 'number') }} as universal_plan_available,
    {{ record_field('record', ['universal_plan', 'used'], 'number') }} as universal_plan_used,
    record is not null as _is_readable
from {{ source('raw_leadiq', 'account') }}
where {{ complete_and_new_loads('raw_leadiq') }}
