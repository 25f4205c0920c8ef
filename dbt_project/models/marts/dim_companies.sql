{% set fields = ['name', 'domain', 'linkedin_url', 'industry', 'employee_count', 'employee_range', 'revenue_usd', 'revenue_range', 'founded_year', 'city', 'state', 'subdivision_code', 'country_code'] %}
with
    chosen as (

        select
            company_id,
            {% for field in fields %}
                max(case when field = '{{ field }}' then value end) as {{ field }}{{ ',' if not loop.last }}
            {% endfor %}
        from {{ ref('int_company_fields') }}
        where place = 1
        group by company_id

    ),

    latest_list as (

        -- Who is on the tracked list is known from its last complete reading.
        select windows.sync_id, windows.window_id
        from {{ ref('stg_leadhouse__windows') }} as windows
        where windows.provider = 'leadiq' and windows.resource = 'tracked_companies' and not windows.is_partial
        order by windows.completed_at desc, windows.sync_id desc
        limit 1

    ),

    tracked as (

        select distinct companies.company_id
        from {{ ref('stg_leadiq__tracked_companies') }} as listed
        inner join {{ ref('stg_leadhouse__requests') }} as requests on listed._request_id = requests.request_id
        inner join latest_list on requests.window_id = latest_list.window_id
        inner join
            {{ ref('map_company_records') }} as companies
            on companies.provider = 'leadiq'
            and listed.record_key = companies.provider_record_id
        where requests.resource = 'tracked_companies'

    ),

    seen as (

        select
            companies.company_id,
            count(distinct companies.provider) as provider_count,
            count(*) as record_count,
            min(records.first_seen_at) as first_seen_at,
            max(records.last_seen_at) as last_seen_at
        from {{ ref('map_company_records') }} as companies
        inner join
            {{ ref('int_company_records') }} as records
            on companies.provider = records.provider
            and companies.provider_record_id = records.provider_record_id
        group by companies.company_id

    )

select
    seen.company_id,
    chosen.name,
    chosen.domain,
    chosen.linkedin_url,
    chosen.industry,
    cast(null as varchar) as naics_code,
    cast(chosen.employee_count as bigint) as employee_count,
    -- The range that is stated; where none is, the one that the number that is stated lies in.
    coalesce(chosen.employee_range, sizes.label) as employee_range,
    cast(chosen.revenue_usd as double precision) as revenue_usd,
    coalesce(chosen.revenue_range, revenues.label) as revenue_range,
    cast(chosen.founded_year as bigint) as founded_year,
    cast(null as double precision) as funding_total_usd,
    cast(null as varchar) as last_funding_type,
    cast(null as date) as last_funding_on,
    chosen.city,
    chosen.state,
    chosen.subdivision_code,
    chosen.country_code,
    tracked.company_id is not null as is_tracked,
    seen.provider_count,
    seen.record_count,
    seen.first_seen_at,
    seen.last_seen_at
from seen
left join chosen on seen.company_id = chosen.company_id
left join
    {{ ref('employee_bands') }} as sizes
    on cast(chosen.employee_count as bigint) >= sizes.low
    and (sizes.below is null or cast(chosen.employee_count as bigint) < sizes.below)
left join
    {{ ref('revenue_bands') }} as revenues
    on cast(chosen.revenue_usd as double precision) >= revenues.low
    and (revenues.below is null or cast(chosen.revenue_usd as double precision) < revenues.below)
left join tracked on seen.company_id = tracked.company_id
