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
    {{ record_field('record', ['name'], 'text') }} as name,
    {{ record_field('record', ['linkedin_url'], 'text') }} as linkedin_url,
    {{ record_field('record', ['linkedin_company_id'], 'integer') }} as linkedin_company_id,
    {{ record_field('record', ['domain'], 'text') }} as domain,
    {{ record_field('record', ['email_domain'], 'text') }} as email_domain,
    {{ record_field('record', ['overview'], 'text') }} as overview,
    {{ record_field('record', ['type'], 'text') }} as type,
    {{ record_field('record', ['size'], 'integer') }} as size,
    {{ record_field('record', ['country'], 'text') }} as country,
    {{ record_field('record', ['revenue_usd'], 'number') }} as revenue_usd,
    {{ record_field('record', ['founded_year'], 'integer') }} as founded_year,
    {{ record_field('record', ['industry'], 'text') }} as industry,
    {{ record_field('record', ['headquarter'], 'text') }} as headquarter,
    {{ record_field('record', ['website'], 'text') }} as website,
    {{ record_field('record', ['logo_url'], 'text') }} as logo_url,
    {{ record_field('record', ['asked_domain'], 'text') }} as asked_domain,
    {{ record_field('record', ['location'], 'text') }} as location,
    record is not null as _is_readable
from {{ source('raw_contactout', 'companies') }}
where {{ complete_and_new_loads('raw_contactout') }}
