-- Written by `make staging` from the record models in sources/; change it there.
{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='append_new_columns') }}

with opened as (

    {{ record_list(source('raw_leadiq', 'people'), ['education'], ['_row_id', 'record_key', '_selection', '_record_hash', '_request_id', '_fetched_at', '_parsed_at', '_dlt_load_id'], complete_and_new_loads('raw_leadiq')) }}

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
    {{ record_field('element', ['type'], 'text') }} as type,
    {{ record_field('element', ['linkedin_url'], 'text') }} as linkedin_url,
    {{ record_field('element', ['facebook_url'], 'text') }} as facebook_url,
    {{ record_field('element', ['twitter_url'], 'text') }} as twitter_url,
    {{ record_field('element', ['linkedin_id'], 'text') }} as linkedin_id,
    {{ record_field('element', ['website'], 'text') }} as website,
    {{ record_field('element', ['domain'], 'text') }} as domain,
    {{ record_field('element', ['degrees'], 'text') }} as degrees,
    {{ record_field('element', ['majors'], 'text') }} as majors
from opened
