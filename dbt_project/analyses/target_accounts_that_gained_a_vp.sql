-- Target accounts at which somebody became a VP in the last 90 days: from outside, or by promotion.
with
    -- Which companies are targets is yours to say, here and nowhere else: one row per company_id. This says
    -- those on LeadIQ's tracked list; a list of your own joins `map_company_identifiers` by domain.
    targets as (select company_id from {{ ref('dim_companies') }} where is_tracked),

    newest as (select cast(max(as_of) as date) as today from {{ ref('fct_syncs') }}),

    vps as (

        select person_id, company_id, min(title) as title
        from {{ ref('fct_employment_spells') }}
        where seniority = 'vp' and is_current
        group by person_id, company_id

    ),

    -- Who was a VP there before brings the company nothing new by another title.
    vps_before as (

        select distinct person_id, company_id
        from {{ ref('fct_employment_spells') }}
        where seniority = 'vp' and not is_current

    ),

    changes as (

        select
            changes.*,
            case
                when effective_precision = 'day' then effective_on else coalesce(reported_on, cast(detected_at as date))
            end as gained_on
        from {{ ref('fct_job_changes') }} as changes
        where change_type <> 'departure'

    )

select
    changes.gained_on,
    companies.name as company_name,
    companies.domain,
    people.full_name,
    vps.title,
    changes.change_type,
    changes.from_company_name,
    changes.from_title,
    people.work_email,
    people.work_email_status,
    people.phone,
    changes.reported_by,
    changes.confidence,
    changes.job_change_id,
    companies.company_id,
    changes.person_id
from changes
inner join targets on changes.to_company_id = targets.company_id
inner join {{ ref('dim_companies') }} as companies on targets.company_id = companies.company_id
inner join vps on changes.person_id = vps.person_id and changes.to_company_id = vps.company_id
inner join {{ ref('dim_people') }} as people on changes.person_id = people.person_id
left join vps_before on changes.person_id = vps_before.person_id and changes.to_company_id = vps_before.company_id
cross join newest
where vps_before.person_id is null and changes.gained_on between newest.today - interval '90' day and newest.today
order by changes.gained_on desc, companies.name, people.full_name, changes.job_change_id
