with
    points as (

        -- A role's mailbox names nobody, whoever's record it stands in.
        select value, kind, is_role_mailbox, person_id from {{ ref('int_person_contact_points') }}

    ),

    identifiers as (

        select 'email' as kind, value, person_id
        from points
        where kind like '%_email' and not is_role_mailbox
        union all
        select 'phone' as kind, value, person_id
        from points
        where kind like '%_phone'
        union all
        select 'linkedin_slug' as kind, statements.linkedin_slug as value, records.person_id
        from {{ ref('int_person_statements') }} as statements
        inner join
            {{ ref('map_person_records') }} as records
            on statements.provider = records.provider
            and statements.provider_record_id = records.provider_record_id
        union all
        select 'provider_record_id' as kind, provider_record_id as value, person_id
        from {{ ref('map_person_records') }}
        union all
        select 'crm_record_id' as kind, crm.crm_record_id as value, records.person_id
        from {{ ref('int_crm_records') }} as crm
        inner join
            {{ ref('map_person_records') }} as records
            on crm.provider = records.provider
            and crm.provider_record_id = records.provider_record_id

    )

    {{ identifiers_of_one('person') }}
