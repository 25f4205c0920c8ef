{{ config(tags=["resolved"]) }}
-- Days on which a job at a company under a title is said to have begun, or to have ended by: of a month or a year the
-- first day of a beginning and the last of an end, so that an end and a beginning in one month are in no order.
with
    observations as (select * from {{ ref('int_employment_held') }}),

    marks as (

        select person_id, company_key, held_key, 'begin' as mark, started_on as marked_on
        from observations
        where started_on is not null

        union all

        select person_id, company_key, held_key, 'end' as mark, ended_by as marked_on
        from observations
        where ended_by is not null

        union all

        -- One record that shows a job, another, and the first again says by itself that it ended and began; several say
        -- so at times of their own, and each is late in its own way.
        select
            left_jobs.person_id,
            left_jobs.from_company_key as company_key,
            coalesce(left_jobs.from_held_key, '') as held_key,
            'end' as mark,
            cast(left_jobs.held_at as date) as marked_on
        from {{ ref('int_employment_turns') }} as left_jobs
        inner join
            {{ ref('int_employment_turns') }} as returns
            on left_jobs.provider = returns.provider
            and left_jobs.provider_record_id = returns.provider_record_id
            and left_jobs.source = returns.source
            and left_jobs.from_company_key = returns.company_key
            and left_jobs.place < returns.place
        where returns.family = 'move'

        union all

        select
            person_id,
            company_key,
            coalesce(held_key, '') as held_key,
            'begin' as mark,
            cast(observed_at as date) as marked_on
        from {{ ref('int_employment_turns') }}
        where company_key is not null and company_place > 1 and family = 'move'

    ),

    ordered as (

        select
            marks.*,
            lag(mark) over (
                partition by person_id, company_key, held_key
                order by marked_on, case when mark = 'begin' then 0 else 1 end
            ) as mark_before
        from (select distinct * from marks) as marks

    ),

    covered as (

        -- What began while it was held, by another statement, is no return.
        select distinct ordered.person_id, ordered.company_key, ordered.held_key, ordered.marked_on
        from ordered
        inner join
            observations
            on ordered.person_id = observations.person_id
            and ordered.company_key = observations.company_key
            and ordered.held_key = observations.held_key
            and observations.started_on < ordered.marked_on
            and observations.ended_by >= ordered.marked_on
        where ordered.mark = 'begin' and ordered.mark_before = 'end'

    )

select
    ordered.person_id,
    ordered.company_key,
    ordered.held_key,
    ordered.mark,
    ordered.marked_on,
    -- Begun again after an end.
    ordered.mark = 'begin' and coalesce(ordered.mark_before, 'begin') = 'end' and covered.person_id is null as is_return
from ordered
left join
    covered
    on ordered.person_id = covered.person_id
    and ordered.company_key = covered.company_key
    and ordered.held_key = covered.held_key
    and ordered.marked_on = covered.marked_on
