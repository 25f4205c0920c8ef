{{ config(tags=["values"]) }}
-- Every e-mail address and phone number of every version of a record, as sent; of an `email` or a `phone`
-- the record does not say whether it is of work.
{% set found_lists = {
    'work_emails': ('work_email', none), 'verified_work_emails': ('work_email', 'Verified'),
    'verified_likely_work_emails': ('work_email', 'VerifiedLikely'), 'personal_emails': ('personal_email', none),
    'work_phones': ('work_phone', none), 'personal_phones': ('personal_phone', none)
} %}
{% set typed_tables = [
    ('stg_leadiq__people__personal_emails', 'personal_emails'),
    ('stg_leadiq__people__personal_phones', 'personal_phones'), ('stg_leadiq__prospects__work_emails', 'emails'),
    ('stg_leadiq__prospects__personal_emails', 'personal_emails'), ('stg_leadiq__prospects__work_phones', 'phones'),
    ('stg_leadiq__prospects__personal_phones', 'personal_phones')
] %}
{% set listed_tables = [
    ('tracked_contacts__phones', 'personal_phone', none), ('tracked_contacts__work_phones', 'work_phone', none),
    ('search_people__work_emails', 'work_email', none),
    ('search_people__verified_work_emails', 'work_email', 'Verified'),
    ('search_people__verified_likely_work_emails', 'work_email', 'VerifiedLikely'),
    ('search_people__personal_emails', 'personal_email', none), ('search_people__work_phones', 'work_phone', none),
    ('search_people__personal_phones', 'personal_phone', none),
    ('company_job_changes__person_personal_phones', 'personal_phone', none),
    ('company_job_changes__person_work_phones', 'work_phone', none)
] %}
{% set single_values = [
    ('tracked_contacts', 'email', 'work_email', 'email_status'),
    ('company_job_changes', 'person_email', 'work_email', 'person_email_status'),
    ('prospects', 'work_email', 'work_email', 'email_status'),
    ('prospects', 'personal_email', 'personal_email', 'cast(null as varchar)'),
    ('prospects', 'work_phone', 'work_phone', 'cast(null as varchar)'),
    ('prospects', 'mobile_phone', 'personal_phone', 'cast(null as varchar)')
] %}
with
    leadiq_values as (

        {% for column in ['emails', 'phones'] %}
            -- What a position of the past could be reached by is kept in staging: it reaches the person no more.
            select _row_id, '{{ column }}' as list, element
            from
                (
                    {{ record_list(ref('int_leadiq_positions'), [], ['person_row_id as _row_id'], 'raw.is_current', column) }}
                ) as opened
            union all
        {% endfor %}
        {% for column in found_lists %}
            select _row_id, '{{ column }}' as list, element
            from
                (
                    {{ record_list(ref('stg_leadiq__search_companies__people'), [], ["_row_id || '/people/' || cast(raw.position as varchar) as _row_id"], 'true', column) }}
                ) as opened
                {{ 'union all' if not loop.last }}
        {% endfor %}

    ),

    leadiq_typed as (

        -- Values that say themselves what they are; those that do not are what their list is for.
        select
            _row_id,
            'emails' as list,
            {{ record_field('element', ['type'], 'text') }} as type,
            {{ record_field('element', ['status'], 'text') }} as raw_status,
            {{ record_field('element', ['verification_status'], 'text') }} as verification_status,
            {{ record_field('element', ['value'], 'text') }} as value
        from leadiq_values
        where list = 'emails'
        union all
        select
            _row_id,
            'phones' as list,
            {{ record_field('element', ['type'], 'text') }} as type,
            {{ record_field('element', ['status'], 'text') }} as raw_status,
            {{ record_field('element', ['verification_status'], 'text') }} as verification_status,
            {{ record_field('element', ['value'], 'text') }} as value
        from leadiq_values
        where list = 'phones'
        {% for table, list in typed_tables %}
            union all
            select
                _row_id,
                '{{ list }}' as list,
                type,
                status as raw_status,
                {{ 'verification_status' if 'phones' in list else 'cast(null as varchar) as verification_status' }},
                value
            from {{ ref(table) }}
        {% endfor %}

    ),

    leadiq_listed as (

        {% for table, kind, status in listed_tables %}
            select
                _row_id,
                '{{ kind }}' as kind,
                value,
                {{ "'" ~ status ~ "'" if status else 'cast(null as varchar)' }} as raw_status
            from {{ ref('stg_leadiq__' ~ table) }}
            union all
        {% endfor %}
        {% for column, (kind, status) in found_lists.items() %}
            select
                _row_id,
                '{{ kind }}' as kind,
                {{ record_field('element', [], 'text') }} as value,
                {{ "'" ~ status ~ "'" if status else 'cast(null as varchar)' }} as raw_status
            from leadiq_values
            where list = '{{ column }}'
            union all
        {% endfor %}
        {% for table, column, kind, status in single_values %}
            select _row_id, '{{ kind }}' as kind, {{ column }} as value, {{ status }} as raw_status
            from {{ ref('stg_leadiq__' ~ table) }}
            where {{ column }} is not null
            union all
        {% endfor %}
        select
            _row_id,
            case
                when type = 'PersonalEmail'
                then 'personal_email'
                when type = 'WorkEmail'
                then 'work_email'
                when type like 'Personal%'
                then 'personal_phone'
                when type like 'Work%'
                then 'work_phone'
                when list = 'emails'
                then 'work_email'
                when list = 'phones'
                then 'work_phone'
                when list = 'personal_emails'
                then 'personal_email'
                else 'personal_phone'
            end as kind,
            value,
            -- A number that is known to be wrong stays so, whatever its newer status says.
            case
                when raw_status in ('Invalid', 'Suppressed')
                then raw_status
                else coalesce(verification_status, raw_status)
            end as raw_status
        from leadiq_typed
        where value is not null and coalesce(type, '') <> 'Fax'

    ),

    leadiq as (

        -- One value may stand in several lists of a record.
        select _row_id, kind, value, min(raw_status) as raw_status
        from leadiq_listed
        where value is not null
        group by _row_id, kind, value

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
        select _row_id, 'phone' as kind, value, cast(null as varchar) as raw_status
        from {{ ref('stg_contactout__people__contact_info_phones') }}

    ),

    contactout_unsorted as (

        -- Addresses listed without saying whether they are of work.
        select emails._row_id, 'email' as kind, emails.value, cast(null as varchar) as raw_status
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
        select _row_id, 'phone' as kind, value, cast(null as varchar) as raw_status
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
