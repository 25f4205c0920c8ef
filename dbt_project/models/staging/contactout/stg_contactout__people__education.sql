-- Written by `make staging` from the record models in sources/; change it there.
with numbered as (

    select
        *,
        row_number() over (partition by _row_id, position order by _parsed_at desc, _dlt_load_id desc) as version
    from {{ ref('base_contactout__people__education') }}

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
    text,
    school_name,
    degree,
    field_of_study,
    description,
    url,
    start_date_year,
    end_date_year
from numbered
where version = 1
