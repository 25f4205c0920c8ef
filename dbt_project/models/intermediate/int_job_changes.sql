{{ config(tags=["resolved"]) }}
-- All evidence with the change it tells of.
select evidence.*, anchors.change_key
from {{ ref('int_job_change_evidence') }} as evidence
inner join {{ ref('int_job_change_anchors') }} as anchors on evidence.evidence_id = anchors.evidence_id
union all
select evidence.*, attached.change_key
from {{ ref('int_job_change_evidence') }} as evidence
inner join {{ ref('int_job_change_attached') }} as attached on evidence.evidence_id = attached.evidence_id
union all
select evidence.*, unannounced.change_key
from {{ ref('int_job_change_evidence') }} as evidence
inner join {{ ref('int_job_change_unannounced') }} as unannounced on evidence.evidence_id = unannounced.evidence_id
