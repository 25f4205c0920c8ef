-- Every provider record of a person or company is resolved to exactly one.
select 'person' as entity, records.provider, records.provider_record_id
from {{ ref('int_person_records') }} as records
left join
    {{ ref('map_person_records') }} as resolved
    on records.provider = resolved.provider
    and records.provider_record_id = resolved.provider_record_id
where resolved.person_id is null
union all
select 'company' as entity, records.provider, records.provider_record_id
from {{ ref('int_company_records') }} as records
left join
    {{ ref('map_company_records') }} as resolved
    on records.provider = resolved.provider
    and records.provider_record_id = resolved.provider_record_id
where resolved.company_id is null
