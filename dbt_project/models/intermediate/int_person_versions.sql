{{ config(tags=["values"]) }}
-- Every version of every provider's record of a person, in one vocabulary; values are still as sent.
{% set types = {
    'full_name': 'text', 'first_name': 'text', 'last_name': 'text', 'linkedin_url': 'text', 'title': 'text',
    'seniority': 'text', 'department': 'text', 'company_name': 'text', 'company_domain': 'text',
    'company_linkedin_url': 'text', 'city': 'text', 'state': 'text', 'country': 'text', 'place': 'text',
    'position_started_on': 'date', 'stated_at': 'timestamp'
} %}
with
    contactout_positions as (

        -- The current position, where the history says when it began.
        select _row_id, min(start_date_year) as start_year, min(start_date_month) as start_month
        from {{ ref('stg_contactout__people__experience') }}
        where is_current and start_date_year between 1950 and 2100 and start_date_month between 1 and 12
        group by _row_id
        having count(*) = 1

    ),

    contactout_people as (

        select people.*, positions.start_year, positions.start_month
        from {{ ref('stg_contactout__people') }} as people
        left join contactout_positions as positions on people._row_id = positions._row_id

    ),

    united as (

        select
            'leadiq' as provider,
            record_key as provider_record_id,
            _record_hash,
            {{ carried_columns() | join(', ') }},
            {{
                columns_of(
                    types,
                    {
                        'seniority': 'title_level', 'department': 'title_domain', 'company_name': 'company',
                        'country': 'contact_country', 'position_started_on': 'job_start_date',
                        'stated_at': 'cast(job_change_detected as timestamp)'
                    },
                    ['first_name', 'last_name', 'linkedin_url', 'title', 'company_domain', 'company_linkedin_url'],
                )
            }}
        from {{ ref('stg_leadiq__tracked_contacts') }}
        union all
        select
            'contactout' as provider,
            record_key as provider_record_id,
            _record_hash,
            {{ carried_columns() | join(', ') }},
            {{
                columns_of(
                    types,
                    {
                        'linkedin_url': 'profile_url', 'department': 'job_function',
                        'company_domain': 'coalesce(company_domain, company_website, company_email_domain)',
                        'place': 'location', 'position_started_on': first_of_month('start_year', 'start_month'),
                        'stated_at': 'updated_at'
                    },
                    ['full_name', 'title', 'seniority', 'company_name', 'company_linkedin_url', 'country'],
                )
            }}
        from contactout_people
        union all
        select
            'letrics' as provider,
            record_key as provider_record_id,
            _record_hash,
            {{ carried_columns() | join(', ') }},
            {{
                columns_of(
                    types,
                    {'company_domain': 'coalesce(company_domain, company_website)', 'stated_at': 'updated_at'},
                    [
                        'full_name', 'first_name', 'last_name', 'linkedin_url', 'title', 'seniority', 'department',
                        'company_name', 'company_linkedin_url', 'city', 'state', 'country'
                    ],
                )
            }}
        from {{ ref('stg_letrics__contacts') }}

    )

select *
from united
