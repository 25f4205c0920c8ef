-- Written by `make staging` from the record models in sources/; change it there.
with numbered as (

    select
        entries.*,
        row_number() over (partition by entries._row_id, entries.position order by entries._parsed_at) as repetition
    from {{ ref('base_contactout__companies__locations') }} as entries
    inner join {{ ref('stg_contactout__companies') }} as parents
        on entries._row_id = parents._row_id
        and entries._parsed_at = parents._parsed_at
        and entries._dlt_load_id = parents._dlt_load_id

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
    city,
    line1,
    line2,
    state,
    country,
    postal_code,
    description,
    is_primary
from numbered
where repetition = 1
