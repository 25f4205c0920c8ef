-- Written by `make staging` from the record models in sources/; change it there.
with numbered as (

    select
        *,
        row_number() over (partition by _row_id order by _parsed_at desc, _dlt_load_id desc) as version
    from {{ ref('base_leadiq__prospect_exports') }}

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
    name,
    first_name,
    last_name,
    title,
    seniority,
    linkedin_url,
    company_name,
    company_domain,
    company_linkedin_url,
    company_industry,
    company_employees,
    work_email,
    email_status,
    personal_email,
    work_phone,
    mobile_phone,
    city,
    state,
    country,
    address,
    notes,
    created_at,
    updated_at,
    surplus
from numbered
where version = 1 and coalesce(_is_readable, true)
