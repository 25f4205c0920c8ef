{{ config(tags=["resolved"]) }}
-- Evidence of changes that nobody announced, each with the change it tells of (`change_key`). What was known when the
-- person was first seen is nothing new: a provider that tells it later has lagged behind.
with
    left_since as (

        select person_id, from_company_key as company_key, min(detected_at) as detected_at
        from {{ ref('int_job_change_evidence') }}
        where family in ('move', 'departure') and from_company_key is not null
        group by person_id, from_company_key

    ),

    lagging as (

        select evidence.evidence_id
        from {{ ref('int_job_change_evidence') }} as evidence
        inner join
            {{ ref('int_job_change_first_sights') }} as known
            on evidence.person_id = known.person_id
            and evidence.to_company_key = known.company_key
        left join
            {{ ref('int_job_change_first_sights') }} as where_from
            on evidence.person_id = where_from.person_id
            and evidence.from_company_key = where_from.company_key
            and known.provider = where_from.provider
            and where_from.is_current
        left join
            left_since
            on evidence.person_id = left_since.person_id
            and evidence.to_company_key = left_since.company_key
            and left_since.detected_at <= evidence.detected_at
        where
            evidence.known_by <> 'announced'
            and (
                (evidence.family = 'step' and evidence.title_key = known.held_key)
                or (evidence.family = 'move' and left_since.person_id is null and known.is_current)
                -- Whoever knew that job as a past one had the person elsewhere by then; from there it is a return.
                or (
                    evidence.family = 'move'
                    and left_since.person_id is null
                    and known.provider <> evidence.provider
                    and where_from.person_id is null
                )
            )

    ),

    alone as (

        select evidence.*
        from {{ ref('int_job_change_evidence') }} as evidence
        left join {{ ref('int_job_change_attached') }} as attached on evidence.evidence_id = attached.evidence_id
        left join (select distinct evidence_id from lagging) as lagging on evidence.evidence_id = lagging.evidence_id
        where not evidence.is_anchor and attached.evidence_id is null and lagging.evidence_id is null

    )

select numbered.*
from {{ numbered_changes('alone', 'unannounced', "case when is_exact and was_exact then 45 else 105 end") }} as numbered
