-- Written by `make staging` from the record models in sources/; change it there.
{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='append_new_columns') }}

with opened as (

    {{ record_list(source('raw_contactout', 'people'), ['certifications'], ['_row_id', 'record_key', '_selection', '_record_hash', '_request_id', '_fetched_at', '_parsed_at', '_dlt_load_id'], complete_and_new_loads('raw_contactout')) }}

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
    {{ record_field('element', ['name'], 'text') }} as name,
    {{ record_field('element', ['authority'], 'text') }} as authority,
    {{ record_field('element', ['license'], 'text') }} as license,
    {{ record_field('element', ['company'], 'text') }} as company,
    {{ record_field('element', ['date'], 'text') }} as date,
    {{ record_field('element', ['start_date_year'], 'integer') }} as start_date_year,
    {{ record_field('element', ['start_date_month'], 'integer') }} as start_date_month,
    {{ record_field('element', ['end_date_year'], 'integer') }} as end_date_year,
    {{ record_field('element', ['end_date_month'], 'integer') }} as end_date_month
from opened
