-- People for whom two providers state different titles now: what each says, as of when, and which one is shown.
with
    -- What a record says of a post belongs together.
    records as (

        select
            person_id,
            provider,
            provider_record_id,
            max(case when field = 'title' then value end) as title,
            max(case when field = 'seniority' then value end) as seniority,
            max(case when field = 'department' then value end) as department,
            max(case when field = 'company_id' then value end) as company_id,
            max(case when field = 'company_name' then value end) as company_name,
            max(case when field = 'title' then observed_at end) as observed_at,
            max(case when field = 'title' and is_chosen then 1 else 0 end) as is_shown
        from {{ ref('fct_person_field_values') }}
        where field in ('title', 'seniority', 'department', 'company_id', 'company_name')
        group by person_id, provider, provider_record_id

    ),

    -- One word per provider: the one that is shown, else its latest.
    numbered as (

        select
            records.*,
            row_number() over (
                partition by person_id, provider order by is_shown desc, observed_at desc, provider_record_id
            ) as place
        from records
        where title is not null

    ),

    said as (select * from numbered where place = 1),

    disagreements as (

        select
            person_id,
            -- The most that they disagree about: where the person works, what the post is, or how it is written.
            case
                when count(distinct company_id) > 1
                then 'employer'
                when count(distinct seniority) > 1 or count(distinct department) > 1
                then 'post'
                else 'wording'
            end as disagree_about
        from said
        group by person_id
        having count(distinct lower(title)) > 1

    )

select
    people.full_name,
    disagreements.disagree_about,
    said.provider,
    said.title,
    said.seniority,
    said.department,
    said.company_name,
    said.observed_at,
    said.is_shown = 1 as is_shown,
    said.person_id
from said
inner join disagreements on said.person_id = disagreements.person_id
inner join {{ ref('dim_people') }} as people on said.person_id = people.person_id
order by disagreements.disagree_about, people.full_name, said.person_id, said.provider
