-- One row per provider record of a company.
select provider, provider_record_id, min(_fetched_at) as first_seen_at, max(_fetched_at) as last_seen_at
from {{ ref('int_company_statements') }}
group by provider, provider_record_id
