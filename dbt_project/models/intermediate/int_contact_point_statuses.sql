{{ config(tags=["resolved"]) }}
-- One row per person and value: the status that survives, and what the latest verification found.
with
    verified as (

        -- The latest verification; one that failed only where none succeeded.
        select numbered.*
        from
            (
                select
                    verifications.*,
                    row_number() over (
                        partition by value
                        order by case when status = 'unknown' then 1 else 0 end, verified_at desc, _row_id
                    ) as place
                from {{ ref('int_email_verifications') }} as verifications
            ) as numbered
        where numbered.place = 1

    ),

    people as (select distinct person_id, value from {{ ref('int_person_contact_points') }}),

    stated as (

        select person_id, value, status, provider, provider_rank, observed_at, _row_id, false as is_verification
        from {{ ref('int_person_contact_points') }}
        union all
        select
            people.person_id,
            people.value,
            verified.status,
            verified.provider,
            ranks.provider_rank,
            verified.verified_at as observed_at,
            verified._row_id,
            true as is_verification
        from people
        inner join verified on people.value = verified.value
        left join {{ ref('provider_rank') }} as ranks on verified.provider = ranks.provider

    ),

    ranked as (

        -- The latest status that says something. That nobody has verified an address hides no verification of it.
        select
            stated.*,
            row_number() over (
                partition by stated.person_id, stated.value
                order by
                    case
                        when stated.status = 'unknown'
                        then 2
                        when stated.status = 'unverified' and verified.status <> 'unknown'
                        then 1
                        else 0
                    end,
                    stated.observed_at desc,
                    case when stated.is_verification then 0 else 1 end,
                    stated.provider_rank,
                    stated._row_id
            ) as place
        from stated
        left join verified on stated.value = verified.value

    )

select
    ranked.person_id,
    ranked.value,
    ranked.status,
    ranked.provider as status_source,
    ranked.observed_at as status_observed_at,
    verified.status as verification_status,
    verified.verified_at
from ranked
left join verified on ranked.value = verified.value
where ranked.place = 1
