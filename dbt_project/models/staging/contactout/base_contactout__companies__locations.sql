-- Written by `make staging` from the record models in sources/; change it there.
{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='append_new_columns') }}

with opened as (

    {{ record_list(source('raw_contactout', 'companies'), ['locations'], ['_row_id', 'record_key', '_selection', '_record_hash', '_request_id', '_fetched_at', '_parsed_at', '_dlt_load_id'], complete_and_new_loads('raw_contactout')) }}

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
    {{ record_field('element', ['city'], 'text') }} as city,
    {{ record_field('element', ['line1'], 'text') }} as line1,
    {{ record_field('element', ['line2'], 'text') }} as line2,
    {{ record_field('element', ['state'], 'text') }} as state,
    {{ record_field('element', ['country'], 'text') }} as country,
    {{ record_field('element', ['postal_code'], 'text') }} as postal_code,
    {{ record_field('element', ['description'], 'text') }} as description,
    {{ record_field('element', ['is_primary'], 'boolean') }} as is_primary
from opened
