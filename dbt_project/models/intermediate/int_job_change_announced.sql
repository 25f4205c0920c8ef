{{ config(tags=["resolved"]) }}
-- Announced changes in the words of int_job_change_evidence. A change to the same company is one of title; one to the
-- same words of a title is none, whoever calls it a change.
with
    titled as (

        select
            candidates.*,
            from_titles.title_key as from_title_key,
            from_titles.title_rank as from_title_rank,
            to_titles.title_key as to_title_key,
            to_titles.title_rank as to_title_rank,
            coalesce(candidates.from_company_id, 'name:' || lower(candidates.from_company_name)) as from_company_key,
            coalesce(candidates.to_company_id, 'name:' || lower(candidates.to_company_name)) as to_company_key
        from {{ ref('int_job_change_candidates') }} as candidates
        left join {{ ref('int_titles') }} as from_titles on candidates.from_title = from_titles.title
        left join {{ ref('int_titles') }} as to_titles on candidates.to_title = to_titles.title

    )

select
    titled.*,
    coalesce(held.held_key, titled.to_title_key) as to_held_key,
    'announced' as known_by,
    case
        when change_type = 'departure'
        then 'departure'
        when change_type <> 'new_company' or from_company_key = to_company_key
        then 'step'
        else 'move'
    end as family,
    case when effective_on is null then 'unknown' else 'day' end as effective_precision,
    -- What nobody dates may be months old; what a provider has just noticed, one and a half.
    case
        when effective_on is not null then effective_on when is_dated then reported_on - 45 else reported_on - 105
    end as happened_from,
    coalesce(effective_on, reported_on) as happened_by
from titled
left join
    {{ ref('int_employment_titles') }} as held
    on titled.person_id = held.person_id
    and titled.to_company_key = held.company_key
    and titled.to_title_key = held.title_key
where
    titled.change_type = 'departure'
    or titled.from_company_key is null
    or titled.to_company_key is null
    or titled.from_company_key <> titled.to_company_key
    or titled.from_title_key is null
    or titled.to_title_key is null
    or titled.from_title_key <> titled.to_title_key
    -- The same words in another order may stand higher.
    or (titled.change_type = 'promotion' and titled.from_title_rank <> titled.to_title_rank)
