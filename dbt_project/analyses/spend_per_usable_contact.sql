-- What was spent for each person whom a provider makes reachable: one row per provider and credit type, since
-- credits of two types are two units. A row's credits are all that was spent in that unit, so rows of one
-- provider share its people.
with
    -- A usable contact reaches this person alone: a verified address, or a number that nobody found wrong.
    usable as (

        select person_id, providers
        from {{ ref('dim_contact_points') }}
        where
            is_current
            and not is_shared
            and (
                (kind in ('work_email', 'personal_email') and status = 'verified')
                or (kind in ('work_phone', 'personal_phone') and status <> 'invalid')
            )

    ),

    spent as (

        select
            provider,
            credit_type,
            sum(credits_estimated) as credits_spent,
            -- Dollars only where every credit has a price.
            case when count(*) = count(credits_usd) then sum(credits_usd) end as usd_spent
        from {{ ref('fct_credit_usage') }}
        group by provider, credit_type

    ),

    -- `providers` is a comma-separated list.
    reached as (

        select providers.provider, count(distinct usable.person_id) as usable_contacts
        from (select distinct provider from spent) as providers
        left join usable on position(',' || providers.provider || ',' in ',' || usable.providers || ',') > 0
        group by providers.provider

    )

select
    spent.provider,
    spent.credit_type,
    spent.credits_spent,
    spent.usd_spent,
    reached.usable_contacts,
    spent.credits_spent / nullif(reached.usable_contacts, 0) as credits_per_usable_contact,
    spent.usd_spent / nullif(reached.usable_contacts, 0) as usd_per_usable_contact
from spent
inner join reached on spent.provider = reached.provider
order by spent.provider, spent.credit_type
