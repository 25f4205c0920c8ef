{{ config(tags=["values"]) }}
-- Every version of a company that ContactOut was asked for, with the location that comes first: the primary one, where
-- one is called so. A location is a line of text (`seat`) or has parts.
with
    ranked as (

        select
            locations.*,
            row_number() over (
                partition by _row_id order by case when is_primary then 0 else 1 end, position
            ) as place_number
        from {{ ref('stg_contactout__companies__locations') }} as locations

    )

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
    companies.headquarter,
    companies.location,
    ranked.text as seat,
    ranked.city,
    ranked.state,
    coalesce(companies.country, ranked.country) as country
from {{ ref('stg_contactout__companies') }} as companies
left join ranked on companies._row_id = ranked._row_id and ranked.place_number = 1
