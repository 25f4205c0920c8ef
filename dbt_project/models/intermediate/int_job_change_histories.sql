{{ config(tags=["resolved"]) }}
-- Changes that histories state, in the words of int_job_change_evidence: a job that began, to the day or the
-- month, after another. What began before the person was first seen is a spell and no change.
with
    seen as (

        select people.person_id, min(records.first_seen_at) as first_seen_at
        from {{ ref('map_person_records') }} as people
        inner join
            {{ ref('int_person_records') }} as records
            on people.provider = records.provider
            and people.provider_record_id = records.provider_record_id
        group by people.person_id

    ),

    begun as (

        select spells.*
        from {{ ref('int_employment_spells') }} as spells
        inner join seen on spells.person_id = seen.person_id
        where spells.started_precision in ('day', 'month') and spells.started_on >= cast(seen.first_seen_at as date) - 1

    ),

    pairs as (

        select
            begun.*,
            before.company_key as from_company_key,
            before.company_id as from_company_id,
            before.company_name as from_company_name,
            before.title as from_title,
            before.held_key as from_title_key,
            before.title_rank as from_title_rank,
            before.is_current as is_before_current,
            row_number() over (
                partition by begun.founding_row_id
                order by before.begun_by desc, before.ended_by desc nulls last, before.founding_row_id
            ) as place
        from begun
        inner join
            {{ ref('int_employment_spells') }} as before
            on begun.person_id = before.person_id
            and begun.founding_row_id <> before.founding_row_id
            -- Of two that began in one month nobody knows the order, unless the one was held by the day of the other.
            and before.begun_by < begun.started_on

    ),

    told as (

        select pairs._row_id, pairs.provider, pairs.founding_row_id
        from
            (
                select
                    begun.founding_row_id,
                    evidence.provider,
                    evidence._row_id,
                    row_number() over (
                        partition by begun.founding_row_id
                        order by evidence._fetched_at, evidence.provider, evidence._row_id
                    ) as place
                from begun
                inner join
                    {{ ref('int_employment_evidence') }} as evidence
                    on begun.person_id = evidence.person_id
                    and begun.company_key = evidence.company_key
                    and begun.held_key = evidence.held_key
                    and begun.spell_number = evidence.spell_number
                where evidence.started_on is not null and evidence.started_precision in ('day', 'month')
            ) as pairs
        where place = 1

    )

select
    told.provider,
    'history:' || told._row_id as provider_record_id,
    pairs.person_id,
    'history' as known_by,
    case when pairs.company_key = pairs.from_company_key then 'step' else 'move' end as family,
    pairs.from_company_key,
    pairs.from_company_id,
    pairs.from_company_name,
    pairs.from_title,
    pairs.from_title_key,
    pairs.from_title_rank,
    pairs.company_key as to_company_key,
    pairs.company_id as to_company_id,
    pairs.company_name as to_company_name,
    pairs.title as to_title,
    pairs.held_key as to_title_key,
    pairs.title_rank as to_title_rank,
    pairs.started_on as effective_on,
    pairs.started_precision as effective_precision,
    pairs.started_on as happened_from,
    pairs.started_by as happened_by,
    cast(pairs.start_observed_at as date) as reported_on,
    pairs.start_detected_at as detected_at,
    told._row_id as detected_row_id
from pairs
inner join told on pairs.founding_row_id = told.founding_row_id
where
    pairs.place = 1
    -- Who still holds the other job has two.
    and not pairs.is_before_current
    -- The same job again, and nothing known between, is a spell and leads nowhere else.
    and (pairs.company_key <> pairs.from_company_key or pairs.held_key <> pairs.from_title_key)
