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
    {{ record_field('record', ['id'], 'text') }} as id,
    {{ record_field('record', ['name'], 'text') }} as name,
    {{ record_field('record', ['first_name'], 'text') }} as first_name,
    {{ record_field('record', ['last_name'], 'text') }} as last_name,
    {{ record_field('record', ['title'], 'text') }} as title,
    {{ record_field('record', ['company', 'id'], 'text') }} as company_id,
    {{ record_field('record', ['company', 'name'], 'text') }} as company_name,
    {{ record_field('record', ['company', 'domain'], 'text') }} as company_domain,
    {{ record_field('record', ['company', 'industry'], 'text') }} as company_industry,
    {{ record_field('record', ['company', 'employees'], 'text') }} as company_employees,
    {{ record_field('record', ['company', 'linkedin_url'], 'text') }} as company_linkedin_url,
    {{ record_field('record', ['location', 'text'], 'text') }} as location_text,
    {{ record_field('record', ['location', 'city'], 'text') }} as location_city,
    {{ record_field('record', ['location', 'state'], 'text') }} as location_state,
    {{ record_field('record', ['location', 'country'], 'text') }} as location_country,
    {{ record_field('record', ['work_email'], 'text') }} as work_email,
    {{ record_field('record', ['email_status'], 'text') }} as email_status,
    {{ record_field('record', ['mobile_phone'], 'text') }} as mobile_phone,
    {{ record_field('record', ['created_at'], 'timestamp') }} as created_at,
    {{ record_field('record', ['updated_at'], 'timestamp') }} as updated_at,
    record is not null as _is_readable
from {{ source('raw_leadiq', 'added_prospects') }}
where {{ complete_and_new_loads('raw_leadiq') }}
