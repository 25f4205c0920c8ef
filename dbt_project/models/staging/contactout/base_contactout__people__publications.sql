-- Written by `make staging` from the record models in sources/; change it there.
{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='append_new_columns') }}

with opened as (

    {{ record_list(source('raw_contactout', 'people'), ['publications'], ['_row_id', 'record_key', '_selection', '_record_hash', '_request_id', '_fetched_at', '_parsed_at', '_dlt_load_id'], complete_and_new_loads('raw_contactout')) }}

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
    {{ record_field('element', ['url'], 'text') }} as url,
    {{ record_field('element', ['title'], 'text') }} as title,
    {{ record_field('element', ['description'], 'text') }} as description,
    {{ record_field('element', ['publisher'], 'text') }} as publisher,
    {{ record_field('element', ['authors'], 'text') }} as authors,
    {{ record_field('element', ['published_on_year'], 'integer') }} as published_on_year,
    {{ record_field('element', ['published_on_month'], 'integer') }} as published_on_month,
    {{ record_field('element', ['published_on_day'], 'integer') }} as published_on_day
from opened
