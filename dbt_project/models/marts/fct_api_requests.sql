select
    request_id, sync_id, provider, operation, resource, started_at, duration_ms, attempt, outcome, http_status, records
from {{ ref('stg_leadhouse__requests') }}
