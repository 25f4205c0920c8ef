-- Every statement about a company with its values normalised, and the id of the record it belongs to: the provider's
-- own
-- id, else the LinkedIn page, else the domain, else the name.
with
    normalised as (

        select
            versions.*,
            case when not coalesce(hosts.is_free_mail, false) then hosts.domain end as registrable_domain,
            case when pages.page_kind = 'company' then pages.slug end as linkedin_slug,
            names.name_key,
            coalesce(countries.country_code, places.country_code) as country_code,
            coalesce(versions.city, places.city) as normal_city,
            -- `DE` after a city may be read as Delaware; a country that is stated knows better.
            coalesce(
                versions.state,
                case
                    when countries.country_code is null
                    then places.state
                    when places.country_code is null or places.country_code = countries.country_code
                    then places.state
                end
            ) as normal_state
        from {{ ref('int_company_versions') }} as versions
        left join {{ ref('int_dictionary__host') }} as hosts on versions.domain = hosts.value
        left join {{ ref('int_dictionary__linkedin') }} as pages on versions.linkedin_url = pages.value
        left join {{ ref('int_dictionary__company_name') }} as names on versions.name = names.value
        left join {{ ref('int_dictionary__country') }} as countries on versions.country = countries.value
        left join {{ ref('int_dictionary__place') }} as places on versions.place = places.value

    ),

    keyed as (

        select
            normalised.*,
            coalesce(
                own_id, 'https://www.linkedin.com/company/' || linkedin_slug, registrable_domain, 'name:' || name_key
            ) as provider_record_id
        from normalised

    )

select
    provider,
    provider_record_id,
    role,
    _row_id,
    _selection,
    _request_id,
    _fetched_at,
    _dlt_load_id,
    coalesce(stated_at, _fetched_at) as observed_at,
    name,
    name_key,
    registrable_domain as domain,
    linkedin_slug,
    industry,
    employee_count,
    employee_range,
    revenue_usd,
    founded_year,
    normal_city as city,
    normal_state as state,
    country_code
from keyed
where provider_record_id is not null
