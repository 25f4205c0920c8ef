{{ config(tags=["resolved"]) }}
-- One row per person, company and title as somebody words it, and the one key of all its wordings (`held_key`).
-- Titles of one seniority, department and grade are one where no provider tells them apart, since each has words of
-- its own.
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

    one_class as (

        -- Two providers may state two seniorities of one title.
        select
            person_id,
            company_key,
            provider,
            title_key,
            min(title_class) over (partition by person_id, company_key, title_key) as title_class,
            -- `CPO` is chief of people or of products: of which, the person's other title there says.
            title_key = 'chief officer' as is_ambiguous
        from classed

    ),

    chiefs as (

        select person_id, company_key, min(title_class) as title_class
        from one_class
        where not is_ambiguous and split_part(title_class, ':', 1) = 'c_level'
        group by person_id, company_key
        having count(distinct title_class) = 1

    ),

    titles as (

        select
            one_class.person_id,
            one_class.company_key,
            one_class.provider,
            one_class.title_key,
            case
                when one_class.is_ambiguous
                then coalesce(chiefs.title_class, one_class.title_class)
                else one_class.title_class
            end as title_class
        from one_class
        left join chiefs on one_class.person_id = chiefs.person_id and one_class.company_key = chiefs.company_key

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
