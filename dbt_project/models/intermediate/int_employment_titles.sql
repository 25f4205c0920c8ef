{{ config(tags=["resolved"]) }}
-- One row per person, company and title as somebody words it, and the one key of all its wordings (`held_key`).
-- Titles of
-- one seniority, department and grade are one where no provider tells them apart, since each has words of its own.
with
    classed as (

        select distinct
            person_id,
            company_key,
            provider,
            title_key,
            case
                when seniority is not null and department is not null
                then seniority || ':' || department || ':' || coalesce(grade, '')
                else title_key
            end as title_class
        from {{ ref('int_employment_observations') }}
        where title_key is not null

    ),

    titles as (

        -- Two providers may state two seniorities of one title.
        select
            person_id,
            company_key,
            provider,
            title_key,
            min(title_class) over (partition by person_id, company_key, title_key) as title_class
        from classed

    ),

    in_one_providers_words as (

        select person_id, company_key, title_class, provider, count(distinct title_key) as keys
        from titles
        group by person_id, company_key, title_class, provider

    ),

    classes as (

        select person_id, company_key, title_class, max(keys) as most_keys
        from in_one_providers_words
        group by person_id, company_key, title_class

    )

select distinct
    titles.person_id,
    titles.company_key,
    titles.title_key,
    case when classes.most_keys = 1 then titles.title_class else titles.title_key end as held_key
from titles
inner join
    classes
    on titles.person_id = classes.person_id
    and titles.company_key = classes.company_key
    and titles.title_class = classes.title_class
