-- Champions who moved to another company in the last 30 days, where they went, and how they can be reached.
with
    -- Who is a champion is yours to say, here and nowhere else: one row per person_id. This says whoever has a
    -- key in your CRM, which LeadIQ was handed with a tracked contact. A list of your own joins
    -- `map_person_identifiers` by address, number, profile or key.
    champions as (

        select person_id, string_agg(value, ',' order by value) as crm_record_ids
        from {{ ref('map_person_identifiers') }}
        where kind = 'crm_record_id'
        group by person_id

    ),

    -- The newest moment that the warehouse knows, so that an old copy answers for its own day.
    newest as (select cast(max(as_of) as date) as today from {{ ref('fct_syncs') }}),

    moves as (

        select
            changes.*,
            -- A month or a year begins before anybody moved in it: then the day on which it was told is nearer.
            case
                when effective_precision = 'day' then effective_on else coalesce(reported_on, cast(detected_at as date))
            end as moved_on
        from {{ ref('fct_job_changes') }} as changes
        where change_type = 'new_company'

    )

select
    moves.moved_on,
    people.full_name,
    champions.crm_record_ids,
    moves.from_company_name,
    moves.from_title,
    moves.to_company_name,
    moves.to_title,
    coalesce(companies.is_tracked, false) as to_target_account,
    people.work_email,
    people.work_email_status,
    people.phone,
    moves.reported_by,
    moves.confidence,
    moves.job_change_id,
    moves.person_id
from moves
inner join champions on moves.person_id = champions.person_id
inner join {{ ref('dim_people') }} as people on moves.person_id = people.person_id
left join {{ ref('dim_companies') }} as companies on moves.to_company_id = companies.company_id
cross join newest
where moves.moved_on between newest.today - interval '30' day and newest.today
order by moves.moved_on desc, people.full_name, moves.job_change_id
