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
    {{ record_field('record', ['company', 'id'], 'text') }} as company_id,
    {{ record_field('record', ['company', 'name'], 'text') }} as company_name,
    {{ record_field('record', ['company', 'industry'], 'text') }} as company_industry,
    {{ record_field('record', ['company', 'description'], 'text') }} as company_description,
    {{ record_field('record', ['company', 'linkedin_id'], 'text') }} as company_linkedin_id,
    {{ record_field('record', ['company', 'linkedin_url'], 'text') }} as company_linkedin_url,
    {{ record_field('record', ['company', 'domain'], 'text') }} as company_domain,
    {{ record_field('record', ['company', 'employee_count'], 'integer') }} as company_employee_count,
    {{ record_field('record', ['company', 'city'], 'text') }} as company_city,
    {{ record_field('record', ['company', 'country'], 'text') }} as company_country,
    {{ record_field('record', ['company', 'state'], 'text') }} as company_state,
    {{ record_field('record', ['company', 'postal_code'], 'text') }} as company_postal_code,
    {{ record_field('record', ['company', 'score'], 'number') }} as company_score,
    {{ record_field('record', ['company', 'revenue_range', 'start'], 'integer') }} as company_revenue_range_start,
    {{ record_field('record', ['company', 'revenue_range', 'end'], 'integer') }} as company_revenue_range_end,
    {{ record_field('record', ['company', 'revenue_range', 'description'], 'text') }} as company_revenue_range_description,
    {{ record_field('record', ['company', 'funding', 'rounds'], 'text') }} as company_funding_rounds,
    {{ record_field('record', ['company', 'funding', 'total_usd'], 'integer') }} as company_funding_total_usd,
    {{ record_field('record', ['company', 'funding', 'last_at'], 'timestamp') }} as company_funding_last_at,
    {{ record_field('record', ['company', 'funding', 'last_type'], 'text') }} as company_funding_last_type,
    {{ record_field('record', ['company', 'funding', 'last_usd'], 'integer') }} as company_funding_last_usd,
    {{ record_field('record', ['company', 'naics_code', 'code'], 'text') }} as company_naics_code_code,
    {{ record_field('record', ['company', 'naics_code', 'description'], 'text') }} as company_naics_code_description,
    {{ record_field('record', ['total_contacts_in_company'], 'integer') }} as total_contacts_in_company,
    record is not null as _is_readable
from {{ source('raw_leadiq', 'search_companies') }}
where {{ complete_and_new_loads('raw_leadiq') }}
