select
    entity,
    provider,
    provider_record_id,
    other_provider,
    other_provider_record_id,
    rule,
    evidence,
    is_used,
    refused_because
from {{ ref('int_match_evidence') }}
