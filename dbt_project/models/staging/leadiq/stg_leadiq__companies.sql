-- Written by `make staging` from the record models in sources/; change it there.
with numbered as (

    select
        *,
        row_number() over (partition by _row_id order by _parsed_at desc, _dlt_load_id desc) as version
    from {{ ref('base_leadiq__companies') }}

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
    name,
    domain,
    description,
    type,
    country,
    address,
    location_formatted,
    location_street1,
    location_street2,
    location_city,
    location_state,
    location_country,
    location_postal_code,
    logo_url,
    linkedin_id,
    linkedin_url,
    employee_count,
    industry,
    funding_rounds,
    funding_total_usd,
    funding_last_at,
    funding_last_type,
    funding_last_usd,
    revenue_usd,
    revenue_range_start,
    revenue_range_end,
    revenue_range_description,
    predicted_revenue_start,
    predicted_revenue_end,
    predicted_revenue_description,
    sic_code_code,
    sic_code_description,
    naics_code_code,
    naics_code_description,
    employee_range,
    crunchbase_url,
    facebook_url,
    twitter_url,
    founded_year,
    updated_at
from numbered
where version = 1 and coalesce(_is_readable, true)
