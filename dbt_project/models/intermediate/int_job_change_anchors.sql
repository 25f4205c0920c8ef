{{ config(tags=["resolved"]) }}
-- Dated announcements, each with the change it tells of (`change_key`): those of one person, destination and type
-- within 45 days are one.
with anchors as (select * from {{ ref('int_job_change_evidence') }} where is_anchor)

select numbered.*
from {{ numbered_changes('anchors', 'announced', 45) }} as numbered
