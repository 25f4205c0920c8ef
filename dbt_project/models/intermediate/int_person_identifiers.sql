-- One row per record of a person and value that names them: the LinkedIn slug, and addresses that are not a role's.
with
    united as (

        select provider, provider_record_id, 'linkedin_slug' as kind, linkedin_slug as value
        from {{ ref('int_person_statements') }}
        where linkedin_slug is not null

        union all

        select provider, provider_record_id, 'email' as kind, value
        from {{ ref('int_contact_points') }}
        where kind in ('work_email', 'personal_email') and not is_role_mailbox

    )

select distinct provider, provider_record_id, kind, value
from united
