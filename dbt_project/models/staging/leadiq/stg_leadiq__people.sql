-- Written by `make staging` from the record models in sources/; change it there.
with numbered as (

    select
        *,
        row_number() over (partition by _row_id order by _parsed_at desc, _dlt_load_id desc) as version
    from {{ ref('base_leadiq__people') }}

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
    id,
    name_first,
    name_full,
    name_last,
    name_middle,
    linkedin_id,
    linkedin_url,
    linkedin_type,
    linkedin_status,
    linkedin_updated_at,
    linkedin_guid,
    location_full_address,
    location_state,
    location_city,
    location_country,
    location_type,
    location_status,
    location_updated_at,
    updated_at
from numbered
where version = 1 and coalesce(_is_readable, true)
