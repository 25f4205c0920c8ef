{{ config(tags=["values"]) }}
-- Every version of every statement about a company, alone or inside a record of a person; values are still as sent.
with
    tracked as (

        select
            'leadiq' as provider,
            record_key as own_id,
            _row_id,
            _selection,
            _request_id,
            _fetched_at,
            _dlt_load_id,
            name,
            domain,
            cast(null as varchar) as linkedin_url,
            cast(null as varchar) as industry,
            cast(null as bigint) as employee_count,
            cast(null as varchar) as employee_range,
            cast(null as double precision) as revenue_usd,
            cast(null as bigint) as founded_year,
            cast(null as varchar) as city,
            cast(null as varchar) as state,
            cast(null as varchar) as country,
            cast(null as varchar) as place,
            cast(null as timestamp) as stated_at
        from {{ ref('stg_leadiq__tracked_companies') }}

    ),

    joined as (

        -- The company a tracked contact went to.
        select
            'leadiq' as provider,
            cast(null as varchar) as own_id,
            _row_id,
            _selection,
            _request_id,
            _fetched_at,
            _dlt_load_id,
            company as name,
            company_domain as domain,
            company_linkedin_url as linkedin_url,
            company_industry as industry,
            cast(null as bigint) as employee_count,
            company_size as employee_range,
            cast(null as double precision) as revenue_usd,
            cast(null as bigint) as founded_year,
            cast(null as varchar) as city,
            company_state as state,
            company_country as country,
            cast(null as varchar) as place,
            cast(job_change_detected as timestamp) as stated_at
        from {{ ref('stg_leadiq__tracked_contacts') }}
        where company is not null or company_domain is not null

    ),

    left_behind as (

        -- The company a tracked contact came from.
        select
            'leadiq' as provider,
            cast(null as varchar) as own_id,
            _row_id,
            _selection,
            _request_id,
            _fetched_at,
            _dlt_load_id,
            last_known_company as name,
            last_known_company_domain as domain,
            cast(null as varchar) as linkedin_url,
            cast(null as varchar) as industry,
            cast(null as bigint) as employee_count,
            cast(null as varchar) as employee_range,
            cast(null as double precision) as revenue_usd,
            cast(null as bigint) as founded_year,
            cast(null as varchar) as city,
            cast(null as varchar) as state,
            cast(null as varchar) as country,
            cast(null as varchar) as place,
            cast(null as timestamp) as stated_at
        from {{ ref('stg_leadiq__tracked_contacts') }}
        where last_known_company is not null or last_known_company_domain is not null

    ),

    contactout as (

        select
            'contactout' as provider,
            cast(null as varchar) as own_id,
            _row_id,
            _selection,
            _request_id,
            _fetched_at,
            _dlt_load_id,
            company_name as name,
            coalesce(company_domain, company_website, company_email_domain) as domain,
            company_linkedin_url as linkedin_url,
            company_industry as industry,
            company_size as employee_count,
            cast(null as varchar) as employee_range,
            company_revenue_usd as revenue_usd,
            company_founded_year as founded_year,
            cast(null as varchar) as city,
            cast(null as varchar) as state,
            company_country as country,
            company_headquarter as place,
            updated_at as stated_at
        from {{ ref('stg_contactout__people') }}
        where company_name is not null or company_domain is not null or company_linkedin_url is not null

    ),

    letrics as (

        select
            'letrics' as provider,
            record_key as own_id,
            _row_id,
            _selection,
            _request_id,
            _fetched_at,
            _dlt_load_id,
            name,
            coalesce(domain, website) as domain,
            linkedin_url,
            industry,
            employee_count,
            employee_range,
            revenue_usd,
            founded_year,
            city,
            state,
            country,
            cast(null as varchar) as place,
            updated_at as stated_at
        from {{ ref('stg_letrics__companies') }}

    ),

    letrics_of_contacts as (

        select
            'letrics' as provider,
            company_id as own_id,
            _row_id,
            _selection,
            _request_id,
            _fetched_at,
            _dlt_load_id,
            company_name as name,
            coalesce(company_domain, company_website) as domain,
            company_linkedin_url as linkedin_url,
            company_industry as industry,
            company_employee_count as employee_count,
            company_employee_range as employee_range,
            company_revenue_usd as revenue_usd,
            company_founded_year as founded_year,
            company_city as city,
            company_state as state,
            company_country as country,
            cast(null as varchar) as place,
            company_updated_at as stated_at
        from {{ ref('stg_letrics__contacts') }}
        where company_id is not null or company_name is not null or company_domain is not null

    ),

    united as (

        select *, 'own' as role
        from tracked
        union all
        select *, 'joined' as role
        from joined
        union all
        select *, 'left' as role
        from left_behind
        union all
        select *, 'current' as role
        from contactout
        union all
        select *, 'own' as role
        from letrics
        union all
        select *, 'current' as role
        from letrics_of_contacts

    )

select *
from united
