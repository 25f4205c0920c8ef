-- Named as int_employment_spells says: after the first statement of it that was fetched.
select
    's_' || substr(md5(spells.founding_row_id), 1, 20) as spell_id,
    spells.person_id,
    spells.company_id,
    coalesce(companies.name, spells.company_name) as company_name,
    spells.title,
    spells.seniority,
    spells.department,
    spells.started_on,
    spells.started_precision,
    case when spells.is_current then null else spells.ended_on end as ended_on,
    case
        when spells.is_current or spells.ended_on is null then 'unknown' else spells.ended_precision
    end as ended_precision,
    spells.is_current,
    spells.providers,
    spells.first_seen_at,
    spells.last_seen_at
from {{ ref('int_employment_spells') }} as spells
left join {{ ref('dim_companies') }} as companies on spells.company_id = companies.company_id
