-- Written by `make staging` from the record models in sources/; change it there.
{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='append_new_columns') }}

with opened as (

    {{ record_list(source('raw_leadiq', 'usage'), ['trial_usage'], ['_row_id', 'record_key', '_selection', '_record_hash', '_request_id', '_fetched_at', '_parsed_at', '_dlt_load_id'], complete_and_new_loads('raw_leadiq')) }}

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
    {{ record_field('element', ['usage_type'], 'text') }} as usage_type,
    {{ record_field('element', ['credit_type'], 'text') }} as credit_type,
    {{ record_field('element', ['units'], 'integer') }} as units,
    {{ record_field('element', ['cap'], 'integer') }} as cap,
    {{ record_field('element', ['billing_type'], 'text') }} as billing_type
from opened
