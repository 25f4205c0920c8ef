{{ config(tags=["resolved"]) }}
-- Every contact point of every version of a record, with the person it belongs to. To one person a value is of one
-- kind: the one that the latest answer states of it, else the likeliest.
with
    points as (

        select people.person_id, points.*, ranks.provider_rank
        from {{ ref('int_contact_points') }} as points
        inner join
            {{ ref('map_person_records') }} as people
            on points.provider = people.provider
            and points.provider_record_id = people.provider_record_id
        left join {{ ref('provider_rank') }} as ranks on points.provider = ranks.provider

    ),

    ranked as (

        select
            points.*,
            row_number() over (
                partition by person_id, value
                order by case when is_kind_stated then 0 else 1 end, observed_at desc, provider_rank, _row_id, kind
            ) as kind_place
        from points

    ),

    kinds as (select person_id, value, kind, is_kind_stated from ranked where kind_place = 1)

select
    points.person_id,
    points.provider,
    points.provider_record_id,
    points._row_id,
    points._selection,
    points._fetched_at,
    points.observed_at,
    points.provider_rank,
    kinds.kind,
    kinds.is_kind_stated,
    points.value,
    points.status,
    points.is_role_mailbox
from points
inner join kinds on points.person_id = kinds.person_id and points.value = kinds.value
