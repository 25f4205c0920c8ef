-- All that the warehouse learned in the last day before its newest sync: people, companies, addresses and
-- numbers, job changes, ids that were merged or split, and what it cost.
with
    newest as (select max(as_of) - interval '1' day as yesterday from {{ ref('fct_syncs') }}),

    learned as (

        select
            'job_change' as what,
            detected_at as changed_at,
            person_id as id,
            job_change_id as about,
            change_type as detail
        from {{ ref('fct_job_changes') }}
        union all
        select 'new_person' as what, first_seen_at as changed_at, person_id as id, person_id as about, title as detail
        from {{ ref('dim_people') }}
        union all
        select
            'new_company' as what, first_seen_at as changed_at, company_id as id, company_id as about, domain as detail
        from {{ ref('dim_companies') }}
        union all
        select 'new_contact_point' as what, first_seen_at as changed_at, person_id as id, value as about, kind as detail
        from {{ ref('dim_contact_points') }}
        union all
        select entity || '_' || change as what, effective_at as changed_at, id, into_id as about, null as detail
        from {{ ref('fct_id_changes') }}
        where change <> 'created'

    ),

    spent as (

        select
            credits.credit_type,
            requests.provider,
            max(requests.started_at) as changed_at,
            sum(credits.credits_estimated) as credits_spent
        from {{ ref('fct_request_credits') }} as credits
        inner join {{ ref('fct_api_requests') }} as requests on credits.request_id = requests.request_id
        cross join newest
        where requests.started_at > newest.yesterday
        group by requests.provider, credits.credit_type
        having sum(credits.credits_estimated) > 0

    )

select
    learned.what,
    learned.changed_at,
    coalesce(people.full_name, companies.name) as name,
    learned.detail,
    learned.about,
    learned.id,
    cast(null as double precision) as credits_spent
from learned
left join {{ ref('dim_people') }} as people on learned.id = people.person_id
left join {{ ref('dim_companies') }} as companies on learned.id = companies.company_id
cross join newest
where learned.changed_at > newest.yesterday
union all
select
    'credits_spent' as what,
    changed_at,
    provider as name,
    credit_type as detail,
    null as about,
    null as id,
    credits_spent
from spent
order by 1, 2, 3, 4, 5
