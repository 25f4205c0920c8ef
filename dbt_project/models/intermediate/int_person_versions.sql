{{ config(tags=["values"]) }}
-- Every version of every provider's record of a person, in one vocabulary; values are still as sent.
{% set types = {
    'full_name': 'text', 'first_name': 'text', 'last_name': 'text', 'linkedin_url': 'text', 'title': 'text',
    'seniority': 'text', 'department': 'text', 'company_name': 'text', 'company_domain': 'text',
    'company_linkedin_url': 'text', 'city': 'text', 'state': 'text', 'country': 'text', 'place': 'text',
    'position_started_on': 'date', 'stated_at': 'timestamp'
} %}
with
    leadiq_people as (

        select
            people.*,
            positions.title,
            positions.seniority,
            positions.job_function,
            positions.held_start,
            positions.company_name,
            positions.company_domain,
            positions.company_linkedin_url
        from {{ ref('stg_leadiq__people') }} as people
        left join
            {{ ref('int_leadiq_positions') }} as positions
            on people._row_id = positions.person_row_id
            and positions.is_main

    ),

    contactout_positions as (

        -- The current position, where the history says when it began.
        select _row_id, min(start_date_year) as start_year, min(start_date_month) as start_month
        from {{ ref('stg_contactout__people__experience') }}
        where is_current and start_date_year between 1950 and 2100 and start_date_month between 1 and 12
        group by _row_id
        having count(*) = 1

    ),

    contactout_titles as (

        -- A lookup of one profile states no title but in the history.
        select _row_id, min(title) as held_title, min(company_name) as held_at
        from {{ ref('stg_contactout__people__experience') }}
        where is_current
        group by _row_id
        having count(*) = 1

    ),

    contactout_people as (

        select people.*, positions.start_year, positions.start_month, titles.held_title
        from {{ ref('stg_contactout__people') }} as people
        left join contactout_positions as positions on people._row_id = positions._row_id
        left join
            contactout_titles as titles
            on people._row_id = titles._row_id
            and lower(people.company_name) = lower(titles.held_at)

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
            'leadiq' as provider,
            record_key as provider_record_id,
            _record_hash,
            {{ carried_columns() | join(', ') }},
            {{
                columns_of(
                    types,
                    {
                        'full_name': 'name_full', 'first_name': 'name_first', 'last_name': 'name_last',
                        'department': 'job_function', 'city': 'location_city', 'state': 'location_state',
                        'country': 'location_country', 'place': 'location_full_address',
                        'position_started_on': 'cast(held_start as date)', 'stated_at': 'updated_at'
                    },
                    [
                        'linkedin_url', 'title', 'seniority', 'company_name', 'company_domain', 'company_linkedin_url'
                    ],
                )
            }}
        from leadiq_people
        union all
        select
            'leadiq' as provider,
            provider_record_id,
            _record_hash,
            {{ carried_columns() | join(', ') }},
            {{
                columns_of(
                    types,
                    {
                        'full_name': 'name', 'department': 'role',
                        'position_started_on': 'cast(position_started_at as date)', 'stated_at': 'updated_at'
                    },
                    [
                        'first_name', 'last_name', 'linkedin_url', 'title', 'seniority', 'company_name',
                        'company_domain', 'company_linkedin_url', 'state', 'country'
                    ],
                )
            }}
        from {{ ref('int_leadiq_found_people') }}
        union all
        -- An event's id is no person's, and no other table's event's.
        select
            'leadiq' as provider,
            'company_job_change:' || record_key as provider_record_id,
            _record_hash,
            {{ carried_columns() | join(', ') }},
            {{
                columns_of(
                    types,
                    {
                        'first_name': 'person_first_name', 'last_name': 'person_last_name',
                        'linkedin_url': 'person_linkedin_url', 'title': 'current_position_title',
                        'seniority': 'current_position_seniority', 'department': 'current_position_job_function',
                        'company_name': 'current_company_input_name', 'company_domain': 'current_company_input_domain',
                        'country': 'person_country', 'position_started_on': 'current_position_start_date'
                    },
                )
            }}
        from {{ ref('stg_leadiq__company_job_changes') }}
        union all
        select
            'leadiq' as provider,
            coalesce(person_id, 'prospect:' || record_key) as provider_record_id,
            _record_hash,
            {{ carried_columns() | join(', ') }},
            {{
                columns_of(
                    types,
                    {
                        'full_name': 'name', 'department': 'role',
                        'company_name': 'coalesce(company_name, employer_name)',
                        'company_domain': 'coalesce(company_domain, employer_domain)',
                        'city': 'coalesce(location_city, city)', 'state': 'coalesce(location_state, state)',
                        'country': 'coalesce(location_country, country)', 'place': 'location_text',
                        'stated_at': 'updated_at'
                    },
                    ['first_name', 'last_name', 'linkedin_url', 'title', 'seniority', 'company_linkedin_url'],
                )
            }}
        from {{ ref('stg_leadiq__prospects') }}
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
                        'title': 'coalesce(title, held_title)', 'stated_at': 'updated_at'
                    },
                    ['full_name', 'seniority', 'company_name', 'company_linkedin_url', 'country'],
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
