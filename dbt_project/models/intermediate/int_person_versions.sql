{{ config(tags=["values"]) }}
-- Every version of every provider's record of a person, in one vocabulary; values are still as sent.
with
    leadiq as (

        select
            'leadiq' as provider,
            record_key as provider_record_id,
            _row_id,
            _selection,
            _request_id,
            _fetched_at,
            _dlt_load_id,
            _record_hash,
            cast(null as varchar) as full_name,
            first_name,
            last_name,
            linkedin_url,
            title,
            title_level as seniority,
            title_domain as department,
            company as company_name,
            company_domain,
            company_linkedin_url,
            cast(null as varchar) as company_id,
            cast(null as varchar) as city,
            cast(null as varchar) as state,
            contact_country as country,
            cast(null as varchar) as place,
            job_start_date as position_started_on,
            cast(job_change_detected as timestamp) as stated_at
        from {{ ref('stg_leadiq__tracked_contacts') }}

    ),

    contactout_positions as (

        -- The current position, where the history says when it began.
        select _row_id, min(start_date_year) as start_year, min(start_date_month) as start_month
        from {{ ref('stg_contactout__people__experience') }}
        where is_current and start_date_year between 1950 and 2100 and start_date_month between 1 and 12
        group by _row_id
        having count(*) = 1

    ),

    contactout as (

        select
            'contactout' as provider,
            people.record_key as provider_record_id,
            people._row_id,
            people._selection,
            people._request_id,
            people._fetched_at,
            people._dlt_load_id,
            people._record_hash,
            people.full_name,
            cast(null as varchar) as first_name,
            cast(null as varchar) as last_name,
            people.profile_url as linkedin_url,
            people.title,
            people.seniority,
            people.job_function as department,
            people.company_name,
            coalesce(people.company_domain, people.company_website, people.company_email_domain) as company_domain,
            people.company_linkedin_url,
            cast(null as varchar) as company_id,
            cast(null as varchar) as city,
            cast(null as varchar) as state,
            people.country,
            people.location as place,
            {{ first_of_month('positions.start_year', 'positions.start_month') }} as position_started_on,
            people.updated_at as stated_at
        from {{ ref('stg_contactout__people') }} as people
        left join contactout_positions as positions on people._row_id = positions._row_id

    ),

    letrics as (

        select
            'letrics' as provider,
            record_key as provider_record_id,
            _row_id,
            _selection,
            _request_id,
            _fetched_at,
            _dlt_load_id,
            _record_hash,
            full_name,
            first_name,
            last_name,
            linkedin_url,
            title,
            seniority,
            department,
            company_name,
            coalesce(company_domain, company_website) as company_domain,
            company_linkedin_url,
            company_id,
            city,
            state,
            country,
            cast(null as varchar) as place,
            cast(null as date) as position_started_on,
            updated_at as stated_at
        from {{ ref('stg_letrics__contacts') }}

    ),

    united as (

        select *
        from leadiq
        union all
        select *
        from contactout
        union all
        select *
        from letrics

    )

select *
from united
