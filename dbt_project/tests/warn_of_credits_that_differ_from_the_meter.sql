{{ config(severity='warn') }}
-- Of the month before the last reading: where a meter says something else than the ledger, and the ledger
-- cannot tell why.
select differs.provider, differs.credit_type, differs.interval_start, differs.interval_end, differs.explained_as
from {{ ref('rpt_credit_reconciliation') }} as differs
where
    not differs.is_explained
    and differs.interval_end
    > (select max(latest.interval_end) from {{ ref('rpt_credit_reconciliation') }} as latest) - interval '31 days'
