-- One row per provider record of a person and value that may tie it to others or keep it apart from them; the rules
-- that read them are in transforms/identity/rules.py. A value that is held under very many names (`is_crowded`) is
-- no evidence.
with
    addresses as (

        select
            provider,
            provider_record_id,
            value,
            split_part(value, '@', 2) as host,
            split_part(value, '@', 2) in (
                select sites.domain from {{ ref('shared_domains') }} as sites where sites.kind = 'free_mail'
            ) as is_free_mail
        from {{ ref('int_contact_points') }}
        where kind in ('work_email', 'personal_email') and not is_role_mailbox

    ),

    united as (

        select provider, provider_record_id, 'linkedin_slug' as kind, linkedin_slug as value
        from {{ ref('int_person_statements') }}
        where linkedin_slug is not null
        union all
        select
            provider,
            provider_record_id,
            case when is_free_mail then 'personal_email' else 'work_email' end as kind,
            value
        from addresses
        union all
        select provider, provider_record_id, 'phone' as kind, value
        from {{ ref('int_contact_points') }}
        where kind in ('work_phone', 'personal_phone')
        {% for family in ['family_1', 'family_2', 'family_3'] %}
            union all
            select
                names.provider,
                names.provider_record_id,
                case when employers.post = '' then 'family_at' else 'family_as' end as kind,
                names.{{ family }}
                || '|'
                || employers.employer
                || case when employers.post = '' then '' else '|' || employers.post end as value
            from {{ ref('int_person_names') }} as names
            inner join
                {{ ref('int_person_employers') }} as employers
                on names.provider = employers.provider
                and names.provider_record_id = employers.provider_record_id
            where names.{{ family }} is not null
        {% endfor %}
        union all
        -- What keeps colleagues of one name apart: a mailbox at a company, a line in a provider's list of people.
        select provider, provider_record_id, 'mailbox' as kind, host || '|' || split_part(value, '@', 1) as value
        from addresses
        where not is_free_mail
        union all
        select provider, provider_record_id, 'department' as kind, employer || '|' || split_part(post, ' ', 2) as value
        from {{ ref('int_person_employers') }}
        where post <> ''
        union all
        select provider, provider_record_id, 'listed' as kind, 'letrics|' || provider_record_id as value
        from {{ ref('int_person_versions') }}
        where provider = 'letrics'
        union all
        {{ corrected_values('person') }}

    ),

    distinct_values as (select distinct provider, provider_record_id, kind, value from united),

    crowded as (

        select held.kind, held.value
        from distinct_values as held
        inner join
            {{ ref('int_person_names') }} as names
            on held.provider = names.provider
            and held.provider_record_id = names.provider_record_id
        where held.kind in ('work_email', 'personal_email', 'phone')
        group by held.kind, held.value
        having count(distinct names.name) > 12

    )

select held.provider, held.provider_record_id, held.kind, held.value, crowded.value is not null as is_crowded
from distinct_values as held
left join crowded on held.kind = crowded.kind and held.value = crowded.value
