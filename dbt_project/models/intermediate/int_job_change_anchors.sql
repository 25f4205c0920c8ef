{{ config(tags=["resolved"]) }}
-- Dated announcements, each with the change it tells of (`change_key`): those of one person, destination and type
-- within 45 days are one.
with anchors as (select * from {{ ref('int_job_change_evidence') }} where is_anchor)

select
    numbered.*,
    'announced|'
    || person_id
    || '|'
    || family
    || '|'
    || place_key
    || '|'
    || step_key
    || '|'
    || cast(change_number as varchar) as change_key
from {{ numbered_changes('anchors', 45) }} as numbered
