-- Every statement about a company with its values normalised, and the id of the record it belongs to: the
-- provider's own id, else the LinkedIn page, else the domain, else the name.
with
    normalised as (

        select
            versions.*,
            -- What many share is no company's own.
            case
                when not (hosts.is_free_mail or hosts.is_hosted or hosts.is_shared) then hosts.domain
            end as registrable_domain,
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
            ) as normal_state,
            {{ normal_subdivision() }} as subdivision_code,
            sizes.label as normal_employee_range,
            revenues.label as normal_revenue_range
        from {{ ref('int_company_versions') }} as versions
        left join {{ ref('int_dictionary__host') }} as hosts on versions.domain = hosts.value
        left join {{ ref('int_dictionary__linkedin') }} as pages on versions.linkedin_url = pages.value
        left join {{ ref('int_dictionary__company_name') }} as names on versions.name = names.value
        left join {{ ref('int_dictionary__country') }} as countries on versions.country = countries.value
        left join {{ ref('int_dictionary__place') }} as places on versions.place = places.value
        left join
            {{ ref('int_dictionary__subdivision') }} as subdivisions
            on versions.state = subdivisions.value
            and coalesce(versions.country, '') = subdivisions.hint
        left join {{ ref('int_dictionary__employee_range') }} as sizes on versions.employee_range = sizes.value
        left join {{ ref('int_dictionary__revenue_range') }} as revenues on versions.revenue_range = revenues.value

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
    normal_employee_range as employee_range,
    revenue_usd,
    normal_revenue_range as revenue_range,
    founded_year,
    normal_city as city,
    normal_state as state,
    subdivision_code,
    country_code
from keyed
where provider_record_id is not null
