-- Every contact point of every version of a record, normalised; what cannot be read as an address or number is left
-- out.
with
    normalised as (

        select
            points.*,
            case
                when points.kind in ('work_phone', 'personal_phone')
                then phones.e164
                when points.value like '%_@_%._%' and points.value not like '% %'
                then lower(points.value)
            end as normal_value,
            coalesce(statuses.status, 'unknown') as status
        from {{ ref('int_contact_point_versions') }} as points
        left join
            {{ ref('int_dictionary__phone') }} as phones on points.value = phones.value and points.country = phones.hint
        left join {{ ref('status_words') }} as statuses on lower(trim(points.raw_status)) = statuses.raw_status

    )

select
    provider,
    provider_record_id,
    _row_id,
    _selection,
    _request_id,
    _fetched_at,
    _dlt_load_id,
    coalesce(stated_at, _fetched_at) as observed_at,
    -- An address at a mail provider is a personal one, whatever list it stood in.
    case
        when
            kind = 'work_email'
            and split_part(normal_value, '@', 2)
            in (select free_mail.domain from {{ ref('free_mail_domains') }} as free_mail)
        then 'personal_email'
        else kind
    end as kind,
    normal_value as value,
    status,
    case
        when kind in ('work_email', 'personal_email')
        then split_part(normal_value, '@', 1) in (select roles.local_part from {{ ref('role_mailboxes') }} as roles)
        else false
    end as is_role_mailbox
from normalised
where normal_value is not null
