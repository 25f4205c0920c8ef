{{ config(tags=["values"]) }}
-- Every position in the history of a ContactOut profile, with the first day on which it may have begun and ended: of a
-- month or a year, its first. No two share a `_row_id`.
with
    positions as (

        select
            entries.*,
            people.updated_at as person_stated_at,
            case when start_date_year between 1950 and 2100 then start_date_year end as start_year,
            case when end_date_year between 1950 and 2100 then end_date_year end as end_year,
            case when start_date_month between 1 and 12 then start_date_month end as start_month,
            case when end_date_month between 1 and 12 then end_date_month end as end_month
        from {{ ref('stg_contactout__people__experience') }} as entries
        inner join {{ ref('stg_contactout__people') }} as people on entries._row_id = people._row_id

    )

select
    _row_id || '/experience/' || cast(position as varchar) as _row_id,
    _row_id as person_row_id,
    record_key,
    position,
    _selection,
    _request_id,
    _fetched_at,
    _dlt_load_id,
    person_stated_at,
    title,
    company_name,
    linkedin_url as company_linkedin_url,
    -- A sentence without years does not say whether it is held still.
    case
        when is_current is not null
        then is_current
        when end_year is not null
        then false
        when start_year is not null
        then true
    end as is_current,
    {{ first_of_month('start_year', 'coalesce(start_month, 1)') }} as started_on,
    case
        when start_year is null then 'unknown' when start_month is null then 'year' else 'month'
    end as started_precision,
    {{ first_of_month('end_year', 'coalesce(end_month, 1)') }} as ended_on,
    case when end_year is null then 'unknown' when end_month is null then 'year' else 'month' end as ended_precision
from positions
where title is not null or company_name is not null
