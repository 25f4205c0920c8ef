{{ config(tags=["resolved"]) }}
-- One row per person, company, title and time it was held. It is named after the statement that was fetched first:
-- a raw row is never rewritten, whereas ids of people and companies may merge, and what comes later is fetched
-- later.
with
    ranked as (

        select
            evidence.*,
            row_number() over (
                partition by person_id, company_key, held_key, spell_number order by _fetched_at, _row_id
            ) as by_founding,
            row_number() over (
                partition by person_id, company_key, held_key, spell_number
                order by case when title is null then 1 else 0 end, observed_at desc, provider, _row_id
            ) as by_recency,
            row_number() over (
                partition by person_id, company_key, held_key, spell_number
                order by
                    {{ precision_rank('started_precision') }},
                    case when started_on is null then 1 else 0 end,
                    observed_at desc,
                    provider,
                    _row_id
            ) as by_beginning
        from {{ ref('int_employment_evidence') }} as evidence

    ),

    merged as (

        select
            person_id,
            company_key,
            held_key,
            spell_number,
            max(case when by_founding = 1 then _row_id end) as founding_row_id,
            max(company_id) as company_id,
            max(case when by_recency = 1 then company_name end) as company_name,
            max(case when by_recency = 1 then title end) as title,
            max(case when by_recency = 1 then title_rank end) as title_rank,
            max(case when by_recency = 1 then seniority end) as seniority,
            max(case when by_recency = 1 then department end) as department,
            max(case when by_beginning = 1 then started_on end) as started_on,
            max(case when by_beginning = 1 then coalesce(started_precision, 'unknown') end) as started_precision,
            min(case when started_on is not null then _fetched_at end) as start_detected_at,
            -- A change that is dated by nothing but its own day was told when it was fetched.
            min(
                case
                    when started_on is not null
                    then case when source = 'company_job_changes' then _fetched_at else observed_at end
                end
            ) as start_observed_at,
            min(case when is_current then observed_at end) as held_from,
            max(case when is_current then observed_at end) as held_until,
            {{ sorted_list('provider') }} as providers,
            min(_fetched_at) as first_seen_at,
            max(_fetched_at) as last_seen_at
        from ranked
        group by person_id, company_key, held_key, spell_number

    ),

    dated as (

        select
            merged.*,
            {{ last_day_of('merged.started_on', 'merged.started_precision') }} as started_by,
            coalesce(merged.started_on, cast(merged.held_from as date)) as known_from,
            -- By when it had begun: at the end of the month or year that is said, or when it was first seen to be held.
            case
                when merged.started_on is null
                then cast(merged.held_from as date)
                else
                    greatest(
                        merged.started_on,
                        least(
                            {{ last_day_of('merged.started_on', 'merged.started_precision') }},
                            cast(merged.held_from as date)
                        )
                    )
            end as begun_by,
            ends.ended_on,
            coalesce(ends.ended_precision, 'unknown') as ended_precision,
            ends.ended_by,
            -- Whoever began again had left before, though another says it was one time. The end counts, unless it was
            -- still held long after: a provider may lag behind by sixty days.
            merged.spell_number
            < max(merged.spell_number) over (partition by merged.person_id, merged.company_key, merged.held_key)
            or coalesce(
                ends.last_ended_by + 60 >= cast(merged.held_until as date), ends.ended_by is not null
            ) as has_ended
        from merged
        left join
            {{ ref('int_employment_ends') }} as ends
            on merged.person_id = ends.person_id
            and merged.company_key = ends.company_key
            and merged.held_key = ends.held_key
            and merged.spell_number = ends.spell_number

    ),

    followed as (

        -- Nobody said it after another job began: that one took its place.
        select distinct dated.founding_row_id
        from dated
        inner join
            dated as later
            on dated.person_id = later.person_id
            and dated.founding_row_id <> later.founding_row_id
            and cast(dated.held_until as date) < later.known_from
            and later.held_until is not null

    )

select dated.*, dated.held_until is not null and not dated.has_ended and followed.founding_row_id is null as is_current
from dated
left join followed on dated.founding_row_id = followed.founding_row_id
