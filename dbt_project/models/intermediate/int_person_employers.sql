-- One row per provider record of a person and employer, by its domain and by its name: where they are (`post` is
-- empty), and where they are or were in which post, by seniority and department.
with
    people as (select provider, provider_record_id, _row_id from {{ ref('int_person_versions') }}),

    places as (

        select _row_id, role, domain as employer
        from {{ ref('int_company_statements') }}
        where domain is not null
        union all
        select _row_id, role, 'name:' || name_key as employer
        from {{ ref('int_company_statements') }}
        where name_key is not null

    ),

    posts as (

        select
            held.version_row_id,
            held.company_row_id,
            held.company_role,
            titles.seniority || ' ' || titles.department as post,
            'name:' || names.name_key as employer
        from {{ ref('int_employment_versions') }} as held
        inner join {{ ref('int_dictionary__title') }} as titles on held.title = titles.value
        left join {{ ref('int_dictionary__company_name') }} as names on held.company_name = names.value
        where titles.seniority is not null and titles.department is not null

    ),

    stated as (

        select _row_id as version_row_id, employer, '' as post
        from places
        where role in ('joined', 'current')
        union all
        select posts.version_row_id, places.employer, posts.post
        from posts
        inner join places on posts.company_row_id = places._row_id and posts.company_role = places.role
        union all
        select version_row_id, employer, post
        from posts
        where employer is not null

    )

select distinct people.provider, people.provider_record_id, stated.employer, stated.post
from stated
inner join people on stated.version_row_id = people._row_id
