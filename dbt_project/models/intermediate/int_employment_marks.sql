{{ config(tags=["resolved"]) }}
-- Days on which a job at a company under a title is said to have begun, or to have ended by: of a month or a year the
-- first day of a beginning and the last of an end, so that an end and a beginning in one month are in no order.
with
    observations as (

        select observations.*, coalesce(titles.held_key, '') as held_key
        from {{ ref('int_employment_observations') }} as observations
        left join
            {{ ref('int_employment_titles') }} as titles
            on observations.person_id = titles.person_id
            and observations.company_key = titles.company_key
            and observations.title_key = titles.title_key

    ),

    marks as (

        select person_id, company_key, held_key, 'begin' as mark, started_on as marked_on
        from observations
        where started_on is not null

        union all

        select person_id, company_key, held_key, 'end' as mark, ended_by as marked_on
        from observations
        where ended_by is not null

        union all

        -- A record that shows another job now last showed this one then.
        select
            person_id,
            from_company_key as company_key,
            coalesce(from_held_key, '') as held_key,
            'end' as mark,
            cast(held_at as date) as marked_on
        from {{ ref('int_employment_turns') }}
        where from_company_key is not null

        union all

        -- One provider is often late to tell of a beginning; it tells of a second one where it told of the end itself.
        select
            states.person_id,
            states.company_key,
            coalesce(states.held_key, '') as held_key,
            'begin' as mark,
            cast(states.observed_at as date) as marked_on
        from {{ ref('int_employment_turns') }} as states
        where states.company_key is not null and states.company_place > 1 and states.family = 'move'

    ),

    ordered as (

        select
            marks.*,
            lag(mark) over (
                partition by person_id, company_key, held_key
                order by marked_on, case when mark = 'begin' then 0 else 1 end
            ) as mark_before
        from (select distinct * from marks) as marks

    )

select
    person_id,
    company_key,
    held_key,
    mark,
    marked_on,
    -- Begun again after an end.
    mark = 'begin' and coalesce(mark_before, 'begin') = 'end' as is_return
from ordered
