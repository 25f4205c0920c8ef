{{ config(tags=["values"]) }}
-- Every version of a company that ContactOut was asked for, with where it sits: a location that is called its seat
-- or is its only one, in parts or as one line (`place`); else the line of its headquarters.
with
    locations as (

        select
            locations.*,
            coalesce(is_primary, false) or lower(coalesce(description, '')) like 'headquarter%' as is_seat,
            count(*) over (partition by _row_id) as locations
        from {{ ref('stg_contactout__companies__locations') }} as locations

    ),

    ranked as (

        select
            locations.*,
            row_number() over (
                partition by _row_id order by case when is_seat then 0 else 1 end, position
            ) as place_number
        from locations
        where is_seat or locations = 1

    ),

    seats as (select * from ranked where place_number = 1)

select
    companies._row_id,
    companies.record_key,
    companies._record_hash,
    companies._selection,
    companies._request_id,
    companies._fetched_at,
    companies._dlt_load_id,
    companies.name,
    companies.linkedin_url,
    companies.domain,
    companies.website,
    companies.email_domain,
    companies.asked_domain,
    companies.industry,
    companies.size,
    companies.revenue_usd,
    companies.founded_year,
    seats.city,
    seats.state,
    case
        when seats.city is not null then coalesce(seats.country, companies.country) else companies.country
    end as country,
    -- Without a comma it is a city and a country that nothing tells apart.
    case
        when seats.city is null
        then
            coalesce(
                seats.text, companies.headquarter, case when companies.location like '%,%' then companies.location end
            )
    end as place
from {{ ref('stg_contactout__companies') }} as companies
left join seats on companies._row_id = seats._row_id
