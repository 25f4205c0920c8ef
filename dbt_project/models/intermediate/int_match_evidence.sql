{{ config(tags=["resolved"]) }}
-- One row per pair of records and value that tied them when their cluster was last looked at, or was refused.
with
    latest as (

        select entity, provider, provider_record_id, max(generation) as generation
        from {{ source('leadhouse_identity', 'resolved') }}
        group by entity, provider, provider_record_id

    )

select distinct
    edges.entity,
    edges.provider,
    edges.provider_record_id,
    edges.other_provider,
    edges.other_provider_record_id,
    edges.rule,
    edges.evidence,
    edges.is_used,
    edges.refused_because
from {{ source('leadhouse_identity', 'edges') }} as edges
inner join
    latest
    on edges.entity = latest.entity
    and edges.provider = latest.provider
    and edges.provider_record_id = latest.provider_record_id
    and edges.generation = latest.generation
union all
-- Values that very many hold are no evidence and reach no rule: each holder, and the one that was seen first.
select
    'person' as entity,
    held.first_provider as provider,
    held.first_record_id as provider_record_id,
    held.provider as other_provider,
    held.provider_record_id as other_provider_record_id,
    held.kind as rule,
    held.value as evidence,
    false as is_used,
    'shared_by_many' as refused_because
from
    (
        select
            crowded.*,
            first_value(crowded.provider) over holders as first_provider,
            first_value(crowded.provider_record_id) over holders as first_record_id
        from {{ ref('int_person_values') }} as crowded
        inner join
            {{ ref('int_person_records') }} as records
            on crowded.provider = records.provider
            and crowded.provider_record_id = records.provider_record_id
        where crowded.is_crowded
        window
            holders as (
                partition by crowded.kind, crowded.value
                order by records.first_seen_at, crowded.provider, crowded.provider_record_id
            )
    ) as held
where (held.provider, held.provider_record_id) <> (held.first_provider, held.first_record_id)
