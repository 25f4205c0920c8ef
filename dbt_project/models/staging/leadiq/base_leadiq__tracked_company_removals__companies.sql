-- Written by `make staging` from the record models in sources/; change it there.
{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='append_new_columns') }}

with opened as (

    {{ record_list(source('raw_leadiq', 'tracked_company_removals'), ['companies'], ['_row_id', 'record_key', '_selection', '_record_hash', '_request_id', '_fetched_at', '_parsed_at', '_dlt_load_id'], complete_and_new_loads('raw_leadiq')) }}

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
    {{ record_field('element', ['id'], 'text') }} as id,
    {{ record_field('element', ['name'], 'text') }} as name,
    {{ record_field('element', ['domain'], 'text') }} as domain,
    {{ record_field('element', ['custom_data'], 'text') }} as custom_data
from opened
