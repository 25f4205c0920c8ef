-- Written by `make staging` from the record models in sources/; change it there.
with numbered as (

    select
        *,
        row_number() over (partition by _row_id order by _parsed_at desc, _dlt_load_id desc) as version
    from {{ ref('base_leadiq__contact_imports') }}

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
    import_id,
    total_count,
    batch_count,
    contacts_used,
    contacts_remaining
from numbered
where version = 1 and coalesce(_is_readable, true)
