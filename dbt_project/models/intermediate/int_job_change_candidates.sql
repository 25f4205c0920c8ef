{{ config(tags=["resolved"]) }}
-- One row per job-change event a provider announced, as it stands now.
with
    -- Each kind of announcement in one vocabulary; `side_row_id` is where its companies stand.
    announced as (

        select
            record_key as event_id,
            record_key as person_record_id,
            _row_id,
            _row_id as side_row_id,
            _fetched_at,
            job_change_type,
            last_known_company as from_company_name,
            last_known_title as from_title,
            company as to_company_name,
            title as to_title,
            job_start_date as effective_on,
            job_change_detected as reported_on,
            coalesce(external_record_id, reference_id) as external_record_id
        from {{ ref('stg_leadiq__tracked_contacts') }}
        union all
        select
            'company_job_change:' || record_key as event_id,
            'company_job_change:' || record_key as person_record_id,
            _row_id,
            _row_id as side_row_id,
            _fetched_at,
            job_change_type,
            cast(null as varchar) as from_company_name,
            cast(null as varchar) as from_title,
            current_company_input_name as to_company_name,
            current_position_title as to_title,
            current_position_start_date as effective_on,
            cast(null as date) as reported_on,
            cast(null as varchar) as external_record_id
        from {{ ref('stg_leadiq__company_job_changes') }}
        union all
        -- It has no id of its own: the person, its kind and its day name it.
        select
            'person_job_change:'
            || provider_record_id
            || ':'
            || job_change_type
            || ':'
            || coalesce(cast(cast(job_change_started_at as date) as varchar), '') as event_id,
            provider_record_id as person_record_id,
            _row_id,
            change_row_id as side_row_id,
            _fetched_at,
            job_change_type,
            job_change_previous_company_name as from_company_name,
            job_change_previous_title as from_title,
            job_change_current_company_name as to_company_name,
            job_change_current_title as to_title,
            cast(job_change_started_at as date) as effective_on,
            cast(null as date) as reported_on,
            cast(null as varchar) as external_record_id
        from {{ ref('int_leadiq_found_people') }}
        where change_row_id is not null

    ),

    numbered as (

        select
            announced.*,
            row_number() over (partition by event_id order by _fetched_at desc, _row_id desc) as version_number,
            min(_fetched_at) over (partition by event_id) as detected_at,
            first_value(_row_id) over (partition by event_id order by _fetched_at, _row_id) as detected_row_id
        from announced

    ),

    current_events as (select * from numbered where version_number = 1),

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
    events.event_id as provider_record_id,
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
    coalesce(left_jobs.company_id, sides.from_company_id) as from_company_id,
    events.from_company_name,
    events.from_title,
    coalesce(joined_jobs.company_id, sides.to_company_id) as to_company_id,
    events.to_company_name,
    events.to_title,
    events.effective_on,
    -- Where LeadIQ does not say when it found out, it is the day on which it told us.
    coalesce(events.reported_on, cast(events.detected_at as date)) as reported_on,
    -- Whether LeadIQ gives it any day.
    events.effective_on is not null or events.reported_on is not null as is_dated,
    events.detected_at,
    events.detected_row_id,
    events.external_record_id
from current_events as events
inner join
    {{ ref('map_person_records') }} as people
    on people.provider = 'leadiq'
    and events.person_record_id = people.provider_record_id
left join sides on events.side_row_id = sides._row_id
-- Of a company that is only named, what is known of the person says which it is.
left join
    {{ ref('int_employment_observations') }} as joined_jobs
    on events._row_id = joined_jobs._row_id
    and events.to_company_name = joined_jobs.company_name
left join
    {{ ref('int_employment_observations') }} as left_jobs
    on events._row_id || '/before' = left_jobs._row_id
    and events.from_company_name = left_jobs.company_name
-- A kind of change we do not know is drift, and no job change until it is mapped.
where events.job_change_type in ('JobChange', 'Promotion', 'TitleChange', 'Departure')
