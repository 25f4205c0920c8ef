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
    {{ record_field('record', ['id'], 'text') }} as id,
    {{ record_field('record', ['name', 'first'], 'text') }} as name_first,
    {{ record_field('record', ['name', 'full'], 'text') }} as name_full,
    {{ record_field('record', ['name', 'last'], 'text') }} as name_last,
    {{ record_field('record', ['name', 'middle'], 'text') }} as name_middle,
    {{ record_field('record', ['linkedin', 'id'], 'text') }} as linkedin_id,
    {{ record_field('record', ['linkedin', 'url'], 'text') }} as linkedin_url,
    {{ record_field('record', ['linkedin', 'type'], 'text') }} as linkedin_type,
    {{ record_field('record', ['linkedin', 'status'], 'text') }} as linkedin_status,
    {{ record_field('record', ['linkedin', 'updated_at'], 'timestamp') }} as linkedin_updated_at,
    {{ record_field('record', ['linkedin', 'guid'], 'text') }} as linkedin_guid,
    {{ record_field('record', ['location', 'full_address'], 'text') }} as location_full_address,
    {{ record_field('record', ['location', 'state'], 'text') }} as location_state,
    {{ record_field('record', ['location', 'city'], 'text') }} as location_city,
    {{ record_field('record', ['location', 'country'], 'text') }} as location_country,
    {{ record_field('record', ['location', 'type'], 'text') }} as location_type,
    {{ record_field('record', ['location', 'status'], 'text') }} as location_status,
    {{ record_field('record', ['location', 'updated_at'], 'timestamp') }} as location_updated_at,
    {{ record_field('record', ['updated_at'], 'timestamp') }} as updated_at,
    record is not null as _is_readable
from {{ source('raw_leadiq', 'people') }}
where {{ complete_and_new_loads('raw_leadiq') }}
