-- Loads are at-least-once: each event once.
select distinct entity, id, change, into_id, effective_at from {{ source('leadhouse_identity', 'events') }}
