-- One row per key of the customer's own system and the provider record it was handed in with.
select distinct 'leadiq' as provider, record_key as provider_record_id, crm_record_id
from
    (
        select record_key, external_record_id as crm_record_id
        from {{ ref('stg_leadiq__tracked_contacts') }}
        union all
        select record_key, reference_id as crm_record_id
        from {{ ref('stg_leadiq__tracked_contacts') }}
    ) as handed_in
where crm_record_id is not null
