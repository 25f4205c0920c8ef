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
    {{ record_field('record', ['name'], 'text') }} as name,
    {{ record_field('record', ['domain'], 'text') }} as domain,
    {{ record_field('record', ['website'], 'text') }} as website,
    {{ record_field('record', ['linkedin_url'], 'text') }} as linkedin_url,
    {{ record_field('record', ['description'], 'text') }} as description,
    {{ record_field('record', ['industry'], 'text') }} as industry,
    {{ record_field('record', ['employee_count'], 'integer') }} as employee_count,
    {{ record_field('record', ['employee_range'], 'text') }} as employee_range,
    {{ record_field('record', ['revenue_usd'], 'number') }} as revenue_usd,
    {{ record_field('record', ['founded_year'], 'integer') }} as founded_year,
    {{ record_field('record', ['phone'], 'text') }} as phone,
    {{ record_field('record', ['email'], 'text') }} as email,
    {{ record_field('record', ['city'], 'text') }} as city,
    {{ record_field('record', ['state'], 'text') }} as state,
    {{ record_field('record', ['country'], 'text') }} as country,
    {{ record_field('record', ['created_at'], 'timestamp') }} as created_at,
    {{ record_field('record', ['updated_at'], 'timestamp') }} as updated_at,
    record is not null as _is_readable
from {{ source('raw_letrics', 'companies') }}
where {{ complete_and_new_loads('raw_letrics') }}
