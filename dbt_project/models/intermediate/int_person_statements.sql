-- Every version of a record of a person with its values normalised, and the record of its company.
with
    normalised as (

        select
            versions.*,
            case when pages.page_kind = 'person' then pages.slug end as linkedin_slug,
            coalesce(levels.seniority, titles.seniority) as normal_seniority,
            coalesce(fields.department, titles.department) as normal_department,
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
            {{ normal_subdivision() }} as subdivision_code
        from {{ ref('int_person_versions') }} as versions
        left join {{ ref('int_dictionary__linkedin') }} as pages on versions.linkedin_url = pages.value
        left join {{ ref('int_dictionary__title') }} as titles on versions.title = titles.value
        left join {{ ref('int_dictionary__title') }} as levels on versions.seniority = levels.value
        left join {{ ref('int_dictionary__title') }} as fields on versions.department = fields.value
        left join {{ ref('int_dictionary__country') }} as countries on versions.country = countries.value
        left join {{ ref('int_dictionary__place') }} as places on versions.place = places.value
        left join
            {{ ref('int_dictionary__subdivision') }} as subdivisions
            on versions.state = subdivisions.value
            and coalesce(versions.country, '') = subdivisions.hint

    ),

    employers as (

        select _row_id, provider_record_id as company_record_id
        from {{ ref('int_company_statements') }}
        where role in ('joined', 'current')

    )

select
    normalised.provider,
    normalised.provider_record_id,
    normalised._row_id,
    normalised._selection,
    normalised._request_id,
    normalised._fetched_at,
    normalised._dlt_load_id,
    coalesce(normalised.stated_at, normalised._fetched_at) as observed_at,
    {{ stated_name('normalised') }} as full_name,
    normalised.first_name,
    normalised.last_name,
    normalised.linkedin_slug,
    normalised.title,
    normalised.normal_seniority as seniority,
    normalised.normal_department as department,
    employers.company_record_id,
    normalised.company_name,
    normalised.position_started_on,
    normalised.normal_city as city,
    normalised.normal_state as state,
    normalised.subdivision_code,
    normalised.country_code
from normalised
left join employers on normalised._row_id = employers._row_id
