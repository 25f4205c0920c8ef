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
    {{ record_field('record', ['status_code'], 'integer') }} as status_code,
    {{ record_field('record', ['period', 'start'], 'date') }} as period_start,
    {{ record_field('record', ['period', 'end'], 'date') }} as period_end,
    {{ record_field('record', ['usage', 'count'], 'number') }} as usage_count,
    {{ record_field('record', ['usage', 'quota'], 'number') }} as usage_quota,
    {{ record_field('record', ['usage', 'remaining'], 'number') }} as usage_remaining,
    {{ record_field('record', ['usage', 'over_quota'], 'number') }} as usage_over_quota,
    {{ record_field('record', ['usage', 'phone_count'], 'number') }} as usage_phone_count,
    {{ record_field('record', ['usage', 'phone_quota'], 'number') }} as usage_phone_quota,
    {{ record_field('record', ['usage', 'phone_remaining'], 'number') }} as usage_phone_remaining,
    {{ record_field('record', ['usage', 'phone_over_quota'], 'number') }} as usage_phone_over_quota,
    {{ record_field('record', ['usage', 'search_count'], 'number') }} as usage_search_count,
    {{ record_field('record', ['usage', 'search_quota'], 'number') }} as usage_search_quota,
    {{ record_field('record', ['usage', 'search_remaining'], 'number') }} as usage_search_remaining,
    {{ record_field('record', ['usage', 'search_over_quota'], 'number') }} as usage_search_over_quota,
    record is not null as _is_readable
from {{ source('raw_contactout', 'stats') }}
where {{ complete_and_new_loads('raw_contactout') }}
