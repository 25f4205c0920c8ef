with
    points as (select * from {{ ref('int_person_contact_points') }}),

    current_rows as (select distinct _row_id, value from {{ latest_points() }} as latest_rows),

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
        left join current_rows on points._row_id = current_rows._row_id and points.value = current_rows.value
        group by points.person_id, points.kind, points.value

    )

select
    gathered.person_id,
    gathered.kind,
    gathered.value,
    statuses.status,
    statuses.status_source,
    statuses.status_observed_at,
    statuses.verification_status,
    statuses.verified_at,
    gathered.is_current,
    gathered.is_role_mailbox or shared.people > 1 as is_shared,
    gathered.providers,
    gathered.first_seen_at,
    gathered.last_seen_at
from gathered
inner join
    {{ ref('int_contact_point_statuses') }} as statuses
    on gathered.person_id = statuses.person_id
    and gathered.value = statuses.value
inner join shared on gathered.value = shared.value
