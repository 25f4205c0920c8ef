with
    points as (

        select people.person_id, points.*
        from {{ ref('int_contact_points') }} as points
        inner join
            {{ ref('map_person_records') }} as people
            on points.provider = people.provider
            and points.provider_record_id = people.provider_record_id

    ),

    current_rows as (select distinct _row_id, kind, value from {{ latest_points() }} as latest_rows),

    ranked as (

        -- The latest status that says something; one that says nothing only where there is no other.
        select
            points.person_id,
            points.kind,
            points.value,
            points.status,
            points.provider,
            points.observed_at,
            row_number() over (
                partition by points.person_id, points.kind, points.value
                order by
                    case when points.status = 'unknown' then 1 else 0 end,
                    points.observed_at desc,
                    ranks.provider_rank,
                    points._row_id
            ) as place
        from points
        left join {{ ref('provider_rank') }} as ranks on points.provider = ranks.provider

    ),

    shared as (select value, count(distinct person_id) as people from points group by value),

    gathered as (

        select
            points.person_id,
            points.kind,
            points.value,
            max(case when current_rows._row_id is not null then 1 else 0 end) = 1 as is_current,
            max(case when points.is_role_mailbox then 1 else 0 end) = 1 as is_role_mailbox,
            {{ sorted_list('points.provider') }} as providers,
            min(points._fetched_at) as first_seen_at,
            max(points._fetched_at) as last_seen_at
        from points
        left join
            current_rows
            on points._row_id = current_rows._row_id
            and points.kind = current_rows.kind
            and points.value = current_rows.value
        group by points.person_id, points.kind, points.value

    )

select
    gathered.person_id,
    gathered.kind,
    gathered.value,
    ranked.status,
    ranked.provider as status_source,
    ranked.observed_at as status_observed_at,
    gathered.is_current,
    gathered.is_role_mailbox or shared.people > 1 as is_shared,
    gathered.providers,
    gathered.first_seen_at,
    gathered.last_seen_at
from gathered
inner join
    ranked
    on gathered.person_id = ranked.person_id
    and gathered.kind = ranked.kind
    and gathered.value = ranked.value
    and ranked.place = 1
inner join shared on gathered.value = shared.value
