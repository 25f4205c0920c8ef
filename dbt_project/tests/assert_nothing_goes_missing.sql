-- Of each raw table, every row is staged or quarantined.
select provider, entity, raw, quarantined, staged, missing
from {{ ref('rpt_record_reconciliation') }}
where missing <> 0
