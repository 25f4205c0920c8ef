-- Written by `make staging` from the record models in sources/; change it there.
{{ config(materialized='incremental', incremental_strategy='append') }}

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
    {{ record_field('record', ['full_name'], 'text') }} as full_name,
    {{ record_field('record', ['first_name'], 'text') }} as first_name,
    {{ record_field('record', ['last_name'], 'text') }} as last_name,
    {{ record_field('record', ['title'], 'text') }} as title,
    {{ record_field('record', ['department'], 'text') }} as department,
    {{ record_field('record', ['seniority'], 'text') }} as seniority,
    {{ record_field('record', ['is_decision_maker'], 'boolean') }} as is_decision_maker,
    {{ record_field('record', ['linkedin_url'], 'text') }} as linkedin_url,
    {{ record_field('record', ['city'], 'text') }} as city,
    {{ record_field('record', ['state'], 'text') }} as state,
    {{ record_field('record', ['country'], 'text') }} as country,
    {{ record_field('record', ['created_at'], 'timestamp') }} as created_at,
    {{ record_field('record', ['updated_at'], 'timestamp') }} as updated_at,
    {{ record_field('record', ['company', 'id'], 'text') }} as company_id,
    {{ record_field('record', ['company', 'name'], 'text') }} as company_name,
    {{ record_field('record', ['company', 'domain'], 'text') }} as company_domain,
    {{ record_field('record', ['company', 'website'], 'text') }} as company_website,
    {{ record_field('record', ['company', 'linkedin_url'], 'text') }} as company_linkedin_url,
    {{ record_field('record', ['company', 'description'], 'text') }} as company_description,
    {{ record_field('record', ['company', 'industry'], 'text') }} as company_industry,
    {{ record_field('record', ['company', 'employee_count'], 'integer') }} as company_employee_count,
    {{ record_field('record', ['company', 'employee_range'], 'text') }} as company_employee_range,
    {{ record_field('record', ['company', 'revenue_usd'], 'number') }} as company_revenue_usd,
    {{ record_field('record', ['company', 'founded_year'], 'integer') }} as company_founded_year,
    {{ record_field('record', ['company', 'phone'], 'text') }} as company_phone,
    {{ record_field('record', ['company', 'email'], 'text') }} as company_email,
    {{ record_field('record', ['company', 'city'], 'text') }} as company_city,
    {{ record_field('record', ['company', 'state'], 'text') }} as company_state,
    {{ record_field('record', ['company', 'country'], 'text') }} as company_country,
    {{ record_field('record', ['company', 'created_at'], 'timestamp') }} as company_created_at,
    {{ record_field('record', ['company', 'updated_at'], 'timestamp') }} as company_updated_at
from {{ source('raw_letrics', 'contacts') }}
where
    record is not null
    and {{ complete_and_new_loads('raw_letrics') }}
