-- Every contact point of every version of a record, normalised; what cannot be read as an address or number is left
-- out.
with
    normalised as (

        select
            points.*,
            case
                when points.kind in ('work_phone', 'personal_phone', 'phone')
                then phones.e164
                when points.value like '%_@_%._%' and points.value not like '% %'
                then lower(points.value)
            end as normal_value,
            coalesce(statuses.status, 'unknown') as status
        from {{ ref('int_contact_point_versions') }} as points
        left join
            {{ ref('int_dictionary__phone') }} as phones on points.value = phones.value and points.country = phones.hint
        left join {{ ref('status_words') }} as statuses on lower(trim(points.raw_status)) = statuses.raw_status

    ),

    employers as (

        select _row_id, domain as company_domain
        from {{ ref('int_company_statements') }}
        where role = 'current' and domain is not null

    ),

    told as (

        select
            normalised.*,
            split_part(normal_value, '@', 2) in (
                select sites.domain from {{ ref('shared_domains') }} as sites where sites.kind = 'free_mail'
            ) as is_free_mail,
            coalesce(
                split_part(normal_value, '@', 2) = employers.company_domain
                or split_part(normal_value, '@', 2) like '%.' || employers.company_domain,
                false
            ) as is_the_employers,
            split_part(normalised._selection, ' ', 1) as operation
        from normalised
        left join employers on normalised._row_id = employers._row_id
        where normal_value is not null

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
    -- An address at a mail provider is a personal one, whatever list it stood in. Of one that stood in none, ContactOut
    -- documents for two endpoints that it is personal; else it is taken for one of work.
    case
        when kind = 'phone'
        then case when provider = 'letrics' then 'work_phone' else 'personal_phone' end
        when kind not in ('work_email', 'email')
        then kind
        when is_free_mail
        then 'personal_email'
        when kind = 'email' and operation in ('email_enrich', 'people_enrich') and not is_the_employers
        then 'personal_email'
        else 'work_email'
    end as kind,
    kind not in ('email', 'phone') as is_kind_stated,
    normal_value as value,
    status,
    case
        when kind in ('work_email', 'personal_email', 'email')
        then split_part(normal_value, '@', 1) in (select roles.local_part from {{ ref('role_mailboxes') }} as roles)
        else false
    end as is_role_mailbox
from told
