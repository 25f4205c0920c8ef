-- One row per provider record of a person.
select provider, provider_record_id, min(_fetched_at) as first_seen_at, max(_fetched_at) as last_seen_at
from {{ ref('int_person_versions') }}
group by provider, provider_record_id
