-- Every version of every statement that a person held a title at a company with its values normalised, and the record
-- of the company.
select
    versions.provider,
    versions.provider_record_id,
    versions.source,
    versions._row_id,
    versions.version_row_id,
    versions._fetched_at,
    versions.stated_at is not null as is_time_stated,
    coalesce(versions.stated_at, versions._fetched_at) as observed_at,
    versions.is_main,
    versions.is_current,
    versions.title,
    titles.title_key,
    titles.title_rank,
    titles.grade,
    coalesce(titles.seniority, levels.seniority) as seniority,
    coalesce(titles.department, fields.department) as department,
    versions.company_name,
    names.name_key,
    companies.provider_record_id as company_record_id,
    versions.started_on,
    versions.started_precision,
    versions.ended_on,
    versions.ended_precision,
    {{ last_day_of('versions.ended_on', 'versions.ended_precision') }} as ended_by
from {{ ref('int_employment_versions') }} as versions
left join {{ ref('int_titles') }} as titles on versions.title = titles.title
left join {{ ref('int_dictionary__title') }} as levels on versions.seniority = levels.value
left join {{ ref('int_dictionary__title') }} as fields on versions.department = fields.value
left join {{ ref('int_dictionary__company_name') }} as names on versions.company_name = names.value
left join
    {{ ref('int_company_statements') }} as companies
    on versions.company_row_id = companies._row_id
    and versions.company_role = companies.role
