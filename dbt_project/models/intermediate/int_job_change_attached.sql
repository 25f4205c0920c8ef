{{ config(tags=["resolved"]) }}
-- Evidence that has no day of its own, or that nobody announced, with the announced change it tells of again: the
-- latest that may have happened when the evidence says. A provider that lags behind is such evidence.
-- Its window begins 105 days before it last said the old, and 45 more are allowed: one that said the old anew more than
-- 150 days after the change tells of a second.
with
    changes as (

        select
            change_key,
            person_id,
            family,
            place_key,
            max(title_key) as title_key,
            max(from_company_key) as from_company_key,
            max(provider) as provider,
            min(happened_from) as happened_from,
            max(happened_by) as happened_by
        from {{ ref('int_job_change_anchors') }}
        group by change_key, person_id, family, place_key

    ),

    pairs as (

        select
            evidence.evidence_id,
            changes.change_key,
            changes.happened_by,
            case
                when evidence.family = changes.family and evidence.title_key = changes.title_key
                then 0
                when evidence.family = changes.family
                then 1
                else 2
            end as distance
        from {{ ref('int_job_change_evidence') }} as evidence
        inner join
            changes
            on evidence.person_id = changes.person_id
            and evidence.happened_from - 45 <= changes.happened_by
            and evidence.happened_by + 45 >= changes.happened_from
            and (
                (
                    evidence.family = changes.family
                    and evidence.place_key = changes.place_key
                    and (
                        evidence.family <> 'step'
                        or evidence.title_key = changes.title_key
                        or evidence.title_key is null
                        or changes.title_key is null
                        -- Two providers may differ in a title; one does not differ with itself.
                        or evidence.provider <> changes.provider
                    )
                )
                -- Whoever lags behind may have missed what lay between: a return, or an arrival before the promotion.
                or (
                    evidence.family in ('move', 'step')
                    and changes.family in ('move', 'step')
                    and evidence.place_key = changes.place_key
                    and evidence.title_key = changes.title_key
                )
                or (evidence.family = 'departure' and evidence.place_key = changes.from_company_key)
            )
        where not evidence.is_anchor

    ),

    ranked as (

        select
            pairs.*,
            row_number() over (partition by evidence_id order by distance, happened_by desc, change_key) as place
        from pairs

    )

select evidence_id, change_key
from ranked
where place = 1
