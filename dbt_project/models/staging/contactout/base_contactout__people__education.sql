-- Written by `make staging` from the record models in sources/; change it there.
{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='append_new_columns') }}

with opened as (

    {{ record_list(source('raw_contactout', 'people'), ['education'], ['_row_id', 'record_key', '_selection', '_record_hash', '_request_id', '_fetched_at', '_parsed_at', '_dlt_load_id'], complete_and_new_loads('raw_contactout')) }}

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
    {{ record_field('element', ['school_name'], 'text') }} as school_name,
    {{ record_field('element', ['degree'], 'text') }} as degree,
    {{ record_field('element', ['field_of_study'], 'text') }} as field_of_study,
    {{ record_field('element', ['description'], 'text') }} as description,
    {{ record_field('element', ['url'], 'text') }} as url,
    {{ record_field('element', ['start_date_year'], 'integer') }} as start_date_year,
    {{ record_field('element', ['end_date_year'], 'integer') }} as end_date_year
from opened
