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
    {{ record_field('record', ['first_name'], 'text') }} as first_name,
    {{ record_field('record', ['last_name'], 'text') }} as last_name,
    {{ record_field('record', ['linkedin_url'], 'text') }} as linkedin_url,
    {{ record_field('record', ['contact_country'], 'text') }} as contact_country,
    {{ record_field('record', ['email'], 'text') }} as email,
    {{ record_field('record', ['email_status'], 'text') }} as email_status,
    {{ record_field('record', ['last_known_company'], 'text') }} as last_known_company,
    {{ record_field('record', ['last_known_company_domain'], 'text') }} as last_known_company_domain,
    {{ record_field('record', ['last_known_title'], 'text') }} as last_known_title,
    {{ record_field('record', ['company'], 'text') }} as company,
    {{ record_field('record', ['company_domain'], 'text') }} as company_domain,
    {{ record_field('record', ['company_country'], 'text') }} as company_country,
    {{ record_field('record', ['company_state'], 'text') }} as company_state,
    {{ record_field('record', ['company_size'], 'text') }} as company_size,
    {{ record_field('record', ['company_industry'], 'text') }} as company_industry,
    {{ record_field('record', ['company_linkedin_url'], 'text') }} as company_linkedin_url,
    {{ record_field('record', ['title'], 'text') }} as title,
    {{ record_field('record', ['title_level'], 'text') }} as title_level,
    {{ record_field('record', ['title_domain'], 'text') }} as title_domain,
    {{ record_field('record', ['job_change_type'], 'text') }} as job_change_type,
    {{ record_field('record', ['job_change_detected'], 'date') }} as job_change_detected,
    {{ record_field('record', ['job_start_date'], 'date') }} as job_start_date,
    {{ record_field('record', ['reference_id'], 'text') }} as reference_id,
    {{ record_field('record', ['external_record_id'], 'text') }} as external_record_id
from {{ source('raw_leadiq', 'tracked_contacts') }}
where
    record is not null
    and {{ complete_and_new_loads('raw_leadiq') }}
