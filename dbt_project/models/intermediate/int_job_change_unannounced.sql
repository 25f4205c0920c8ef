{{ config(tags=["resolved"]) }}
-- Evidence of changes that nobody announced, each with the change it tells of (`change_key`). What another record of
-- the
-- person said when it was first seen is nothing new: the provider that tells it now has lagged behind until then.
with
    first_sight as (

        select person_id, min(_fetched_at) as first_seen_at
        from {{ ref('int_employment_observations') }}
        group by person_id

    ),

    records as (

        select provider, provider_record_id, source, min(_fetched_at) as first_seen_at
        from {{ ref('int_employment_observations') }}
        group by provider, provider_record_id, source

    ),

    known_from_the_first as (

        -- At the person's first sight; or at a later record's, with a beginning long before.
        select distinct observations.person_id, observations.company_key, titles.held_key
        from {{ ref('int_employment_observations') }} as observations
        inner join first_sight on observations.person_id = first_sight.person_id
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
            observations.is_current
            and (
                cast(records.first_seen_at as date) <= cast(first_sight.first_seen_at as date)
                or {{ last_day_of('observations.started_on', 'observations.started_precision') }}
                < cast(first_sight.first_seen_at as date) - 45
            )

    ),

    left_since as (

        select person_id, from_company_key as company_key, min(detected_at) as detected_at
        from {{ ref('int_job_change_evidence') }}
        where family in ('move', 'departure') and from_company_key is not null
        group by person_id, from_company_key

    ),

    alone as (

        select evidence.*
        from {{ ref('int_job_change_evidence') }} as evidence
        left join {{ ref('int_job_change_attached') }} as attached on evidence.evidence_id = attached.evidence_id
        left join
            (select distinct person_id, company_key from known_from_the_first) as companies
            on evidence.person_id = companies.person_id
            and evidence.to_company_key = companies.company_key
            and evidence.family = 'move'
        left join
            left_since
            on companies.person_id = left_since.person_id
            and companies.company_key = left_since.company_key
            and left_since.detected_at <= evidence.detected_at
        left join
            (select distinct person_id, company_key, held_key from known_from_the_first) as titles
            on evidence.person_id = titles.person_id
            and evidence.to_company_key = titles.company_key
            and evidence.title_key = titles.held_key
            and evidence.family = 'step'
        where
            not evidence.is_anchor
            and attached.evidence_id is null
            and (
                evidence.known_by = 'announced'
                or (titles.person_id is null and (companies.person_id is null or left_since.person_id is not null))
            )

    )

select
    numbered.*,
    'unannounced|'
    || person_id
    || '|'
    || family
    || '|'
    || place_key
    || '|'
    || step_key
    || '|'
    || cast(change_number as varchar) as change_key
from {{ numbered_changes('alone', "case when is_exact and was_exact then 45 else 105 end") }} as numbered
