-- Written by `make staging` from the record models in sources/; change it there.
with numbered as (

    select
        *,
        row_number() over (partition by _row_id order by _parsed_at desc, _dlt_load_id desc) as version
    from {{ ref('base_letrics__contacts') }}

)

select
    _row_id,
    record_key,
    _selection,
    _record_hash,
    _request_id,
    _fetched_at,
    _parsed_at,
    _dlt_load_id,
    id,
    full_name,
    first_name,
    last_name,
    title,
    department,
    seniority,
    is_decision_maker,
    linkedin_url,
    city,
    state,
    country,
    created_at,
    updated_at,
    company_id,
    company_name,
    company_domain,
    company_website,
    company_linkedin_url,
    company_description,
    company_industry,
    company_employee_count,
    company_employee_range,
    company_revenue_usd,
    company_founded_year,
    company_phone,
    company_email,
    company_city,
    company_state,
    company_country,
    company_created_at,
    company_updated_at
from numbered
where version = 1 and coalesce(_is_readable, true)
