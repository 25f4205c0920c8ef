{{ config(tags=["values"]) }}
-- Every e-mail address and phone number of every version of a record, as sent.
with
    leadiq as (

        select _row_id, 'work_email' as kind, email as value, email_status as raw_status
        from {{ ref('stg_leadiq__tracked_contacts') }}
        where email is not null
        union all
        select _row_id, 'personal_phone' as kind, value, cast(null as varchar) as raw_status
        from {{ ref('stg_leadiq__tracked_contacts__phones') }}
        union all
        select _row_id, 'work_phone' as kind, value, cast(null as varchar) as raw_status
        from {{ ref('stg_leadiq__tracked_contacts__work_phones') }}

    ),

    contactout_sorted as (

        select work._row_id, 'work_email' as kind, work.value, statuses.status as raw_status
        from {{ ref('stg_contactout__people__contact_info_work_emails') }} as work
        left join
            {{ ref('stg_contactout__people__contact_info_work_email_status') }} as statuses
            on work._row_id = statuses._row_id
            and lower(work.value) = lower(statuses.email)
        union all
        select _row_id, 'personal_email' as kind, value, cast(null as varchar) as raw_status
        from {{ ref('stg_contactout__people__contact_info_personal_emails') }}
        union all
        select _row_id, 'personal_phone' as kind, value, cast(null as varchar) as raw_status
        from {{ ref('stg_contactout__people__contact_info_phones') }}

    ),

    contactout_unsorted as (

        -- Addresses listed without saying whether they are of work.
        select emails._row_id, 'personal_email' as kind, emails.value, cast(null as varchar) as raw_status
        from {{ ref('stg_contactout__people__contact_info_emails') }} as emails
        left join
            contactout_sorted as sorted on emails._row_id = sorted._row_id and lower(emails.value) = lower(sorted.value)
        where sorted._row_id is null

    ),

    letrics_personal as (

        select _row_id, 'personal_email' as kind, value, cast(null as varchar) as raw_status
        from {{ ref('stg_letrics__contacts__personal_emails') }}

    ),

    letrics as (

        select emails._row_id, 'work_email' as kind, emails.value, cast(null as varchar) as raw_status
        from {{ ref('stg_letrics__contacts__work_emails') }} as emails
        left join
            letrics_personal as personal
            on emails._row_id = personal._row_id
            and lower(emails.value) = lower(personal.value)
        where personal._row_id is null
        union all
        select *
        from letrics_personal
        union all
        select _row_id, 'work_phone' as kind, value, cast(null as varchar) as raw_status
        from {{ ref('stg_letrics__contacts__phones') }}

    ),

    united as (

        select *
        from leadiq
        union all
        select *
        from contactout_sorted
        union all
        select *
        from contactout_unsorted
        union all
        select *
        from letrics

    )

select
    versions.provider,
    versions.provider_record_id,
    united._row_id,
    versions._selection,
    versions._request_id,
    versions._fetched_at,
    versions._dlt_load_id,
    versions.stated_at,
    united.kind,
    trim(united.value) as value,
    united.raw_status,
    coalesce(versions.country, '') as country
from united
inner join {{ ref('int_person_versions') }} as versions on united._row_id = versions._row_id
-- A value that is held back is no value.
where lower(trim(united.value)) not in ('hidden', '')
