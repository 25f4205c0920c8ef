{{ config(tags=["resolved"]) }}
-- One row per job-change event a provider announced, as it stands now.
with
    current_events as (

        select * from {{ latest(ref('stg_leadiq__tracked_contacts'), ['versions.record_key']) }} as events

    ),

    first_known as (

        select record_key, min(_fetched_at) as detected_at
        from {{ ref('stg_leadiq__tracked_contacts') }}
        group by record_key

    ),

    sides as (

        select
            statements._row_id,
            max(case when statements.role = 'left' then companies.company_id end) as from_company_id,
            max(case when statements.role = 'joined' then companies.company_id end) as to_company_id
        from {{ ref('int_company_statements') }} as statements
        inner join
            {{ ref('map_company_records') }} as companies
            on statements.provider = companies.provider
            and statements.provider_record_id = companies.provider_record_id
        where statements.role in ('left', 'joined')
        group by statements._row_id

    )

select
    'leadiq' as provider,
    events.record_key as provider_record_id,
    people.person_id,
    case
        events.job_change_type
        when 'JobChange'
        then 'new_company'
        when 'Promotion'
        then 'promotion'
        when 'TitleChange'
        then 'title_change'
        when 'Departure'
        then 'departure'
    end as change_type,
    sides.from_company_id,
    events.last_known_company as from_company_name,
    events.last_known_title as from_title,
    sides.to_company_id,
    events.company as to_company_name,
    events.title as to_title,
    events.job_start_date as effective_on,
    events.job_change_detected as reported_on,
    first_known.detected_at,
    coalesce(events.external_record_id, events.reference_id) as external_record_id
from current_events as events
inner join first_known on events.record_key = first_known.record_key
inner join
    {{ ref('map_person_records') }} as people
    on people.provider = 'leadiq'
    and events.record_key = people.provider_record_id
left join sides on events._row_id = sides._row_id
-- A kind of change we do not know is drift, and no job change until it is mapped.
where events.job_change_type in ('JobChange', 'Promotion', 'TitleChange', 'Departure')
