{{ config(tags=["resolved"]) }}
-- One row per provider and job of a person, current or past, that was known when the person was first seen; or
-- when a later record was, with a beginning long before.
with
    people as (

        select person_id, min(_fetched_at) as first_seen_at
        from {{ ref('int_employment_observations') }}
        group by person_id

    ),

    records as (

        select provider, provider_record_id, source, min(_fetched_at) as first_seen_at
        from {{ ref('int_employment_observations') }}
        group by provider, provider_record_id, source

    )

select distinct
    observations.person_id, observations.provider, observations.company_key, titles.held_key, observations.is_current
from {{ ref('int_employment_observations') }} as observations
inner join people on observations.person_id = people.person_id
inner join
    records
    on observations.provider = records.provider
    and observations.provider_record_id = records.provider_record_id
    and observations.source = records.source
    and observations._fetched_at = records.first_seen_at
left join
    {{ ref('int_employment_titles') }} as titles
    on observations.person_id = titles.person_id
    and observations.company_key = titles.company_key
    and observations.title_key = titles.title_key
where
    observations.is_current is not null
    and (
        cast(records.first_seen_at as date) <= cast(people.first_seen_at as date)
        or {{ last_day_of('observations.started_on', 'observations.started_precision') }}
        < cast(people.first_seen_at as date) - 45
    )
