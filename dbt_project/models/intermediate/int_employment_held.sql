{{ config(tags=["resolved"]) }}
-- Every observation with the one key of its title at the company (`held_key`, empty without a title). An announcement
-- that leads from a job to the same one, by another spelling or another name, says nothing of an end.
with
    observations as (

        select
            observations.*,
            coalesce(titles.held_key, '') as held_key,
            observations._row_id = observations.version_row_id || '/before' as is_before
        from {{ ref('int_employment_observations') }} as observations
        left join
            {{ ref('int_employment_titles') }} as titles
            on observations.person_id = titles.person_id
            and observations.company_key = titles.company_key
            and observations.title_key = titles.title_key

    ),

    goals as (select distinct version_row_id, person_id, company_key, held_key from observations where is_current)

select observations.*
from observations
left join
    goals
    on observations.is_before
    and observations.version_row_id = goals.version_row_id
    and observations.person_id = goals.person_id
    and observations.company_key = goals.company_key
    and observations.held_key = goals.held_key
where goals.version_row_id is null
