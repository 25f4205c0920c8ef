-- Written by `make staging` from the record models in sources/; change it there.
with numbered as (

    select
        *,
        row_number() over (partition by _row_id order by _parsed_at desc, _dlt_load_id desc) as version
    from {{ ref('base_contactout__stats') }}

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
    status_code,
    period_start,
    period_end,
    usage_count,
    usage_quota,
    usage_remaining,
    usage_over_quota,
    usage_phone_count,
    usage_phone_quota,
    usage_phone_remaining,
    usage_phone_over_quota,
    usage_search_count,
    usage_search_quota,
    usage_search_remaining,
    usage_search_over_quota
from numbered
where version = 1 and coalesce(_is_readable, true)
