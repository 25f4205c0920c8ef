{{ config(tags=["resolved"]) }}
-- Every observation with the spell it speaks of: the first time that the person held the title at the company, or the
-- so manieth, counting the returns until then.
with
    observations as (

        select
            observations.*,
            coalesce(
                observations.started_on, observations.ended_by, cast(observations.observed_at as date)
            ) as speaks_of
        from {{ ref('int_employment_held') }} as observations

    ),

    titled as (select distinct person_id, company_key from observations where held_key <> ''),

    numbers as (

        select observations._row_id, count(returns.marked_on) as returns
        from observations
        left join
            {{ ref('int_employment_marks') }} as returns
            on observations.person_id = returns.person_id
            and observations.company_key = returns.company_key
            and observations.held_key = returns.held_key
            and returns.is_return
            and returns.marked_on <= observations.speaks_of
        group by observations._row_id

    )

select observations.*, 1 + numbers.returns as spell_number
from observations
inner join numbers on observations._row_id = numbers._row_id
left join titled on observations.person_id = titled.person_id and observations.company_key = titled.company_key
-- Without a title it says something only of who has none there.
where observations.held_key <> '' or titled.person_id is null
