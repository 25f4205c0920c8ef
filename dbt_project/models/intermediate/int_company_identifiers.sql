-- One row per record of a company and value that names it.
select distinct provider, provider_record_id, 'domain' as kind, domain as value
from {{ ref('int_company_statements') }}
where domain is not null

union all

select distinct provider, provider_record_id, 'linkedin_slug' as kind, linkedin_slug as value
from {{ ref('int_company_statements') }}
where linkedin_slug is not null
