-- Written by `make staging` from the record models in sources/; change it there.
{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='append_new_columns') }}

with opened as (

    {{ record_list(source('raw_contactout', 'people'), ['experience'], ['_row_id', 'record_key', '_selection', '_record_hash', '_request_id', '_fetched_at', '_parsed_at', '_dlt_load_id'], complete_and_new_loads('raw_contactout')) }}

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
    position,
    {{ record_field('element', ['text'], 'text') }} as text,
    {{ record_field('element', ['title'], 'text') }} as title,
    {{ record_field('element', ['company_name'], 'text') }} as company_name,
    {{ record_field('element', ['linkedin_url'], 'text') }} as linkedin_url,
    {{ record_field('element', ['logo_url'], 'text') }} as logo_url,
    {{ record_field('element', ['summary'], 'text') }} as summary,
    {{ record_field('element', ['locality'], 'text') }} as locality,
    {{ record_field('element', ['start_date'], 'text') }} as start_date,
    {{ record_field('element', ['end_date'], 'text') }} as end_date,
    {{ record_field('element', ['start_date_year'], 'integer') }} as start_date_year,
    {{ record_field('element', ['start_date_month'], 'integer') }} as start_date_month,
    {{ record_field('element', ['end_date_year'], 'integer') }} as end_date_year,
    {{ record_field('element', ['end_date_month'], 'integer') }} as end_date_month,
    {{ record_field('element', ['is_current'], 'boolean') }} as is_current
from opened
