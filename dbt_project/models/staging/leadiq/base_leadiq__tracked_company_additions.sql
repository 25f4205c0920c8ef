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
    {{ record_field('record', ['input', 'name'], 'text') }} as input_name,
    {{ record_field('record', ['input', 'domain'], 'text') }} as input_domain,
    {{ record_field('record', ['input', 'custom_data'], 'text') }} as input_custom_data,
    {{ record_field('record', ['company', 'id'], 'text') }} as company_id,
    {{ record_field('record', ['company', 'name'], 'text') }} as company_name,
    {{ record_field('record', ['company', 'domain'], 'text') }} as company_domain,
    {{ record_field('record', ['company', 'custom_data'], 'text') }} as company_custom_data,
    {{ record_field('record', ['success'], 'boolean') }} as success,
    record is not null as _is_readable
from {{ source('raw_leadiq', 'tracked_company_additions') }}
where {{ complete_and_new_loads('raw_leadiq') }}
