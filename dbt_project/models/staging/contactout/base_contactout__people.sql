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
    {{ record_field('record', ['profile_url'], 'text') }} as profile_url,
    {{ record_field('record', ['li_vanity'], 'text') }} as li_vanity,
    {{ record_field('record', ['full_name'], 'text') }} as full_name,
    {{ record_field('record', ['title'], 'text') }} as title,
    {{ record_field('record', ['headline'], 'text') }} as headline,
    {{ record_field('record', ['company', 'name'], 'text') }} as company_name,
    {{ record_field('record', ['company', 'linkedin_url'], 'text') }} as company_linkedin_url,
    {{ record_field('record', ['company', 'linkedin_company_id'], 'integer') }} as company_linkedin_company_id,
    {{ record_field('record', ['company', 'domain'], 'text') }} as company_domain,
    {{ record_field('record', ['company', 'email_domain'], 'text') }} as company_email_domain,
    {{ record_field('record', ['company', 'overview'], 'text') }} as company_overview,
    {{ record_field('record', ['company', 'type'], 'text') }} as company_type,
    {{ record_field('record', ['company', 'size'], 'integer') }} as company_size,
    {{ record_field('record', ['company', 'country'], 'text') }} as company_country,
    {{ record_field('record', ['company', 'revenue_usd'], 'number') }} as company_revenue_usd,
    {{ record_field('record', ['company', 'founded_year'], 'integer') }} as company_founded_year,
    {{ record_field('record', ['company', 'industry'], 'text') }} as company_industry,
    {{ record_field('record', ['company', 'headquarter'], 'text') }} as company_headquarter,
    {{ record_field('record', ['company', 'website'], 'text') }} as company_website,
    {{ record_field('record', ['company', 'logo_url'], 'text') }} as company_logo_url,
    {{ record_field('record', ['location'], 'text') }} as location,
    {{ record_field('record', ['country'], 'text') }} as country,
    {{ record_field('record', ['industry'], 'text') }} as industry,
    {{ record_field('record', ['summary'], 'text') }} as summary,
    {{ record_field('record', ['followers'], 'integer') }} as followers,
    {{ record_field('record', ['updated_at'], 'timestamp') }} as updated_at,
    {{ record_field('record', ['profile_picture_url'], 'text') }} as profile_picture_url,
    {{ record_field('record', ['job_function'], 'text') }} as job_function,
    {{ record_field('record', ['seniority'], 'text') }} as seniority,
    {{ record_field('record', ['work_status'], 'text') }} as work_status,
    {{ record_field('record', ['contact_availability', 'personal_email'], 'boolean') }} as contact_availability_personal_email,
    {{ record_field('record', ['contact_availability', 'work_email'], 'boolean') }} as contact_availability_work_email,
    {{ record_field('record', ['contact_availability', 'phone'], 'boolean') }} as contact_availability_phone
from {{ source('raw_contactout', 'people') }}
where
    record is not null
    and {{ complete_and_new_loads('raw_contactout') }}
