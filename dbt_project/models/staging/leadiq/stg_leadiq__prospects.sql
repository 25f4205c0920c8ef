-- Written by `make staging` from the record models in sources/; change it there.
with numbered as (

    select
        *,
        row_number() over (partition by _row_id order by _parsed_at desc, _dlt_load_id desc) as version
    from {{ ref('base_leadiq__prospects') }}

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
    person_id,
    name,
    first_name,
    middle_name,
    last_name,
    title,
    seniority,
    role,
    linkedin_url,
    company_id,
    company_name,
    company_domain,
    company_industry,
    company_employees,
    company_linkedin_url,
    employer_name,
    employer_domain,
    location_text,
    location_city,
    location_state,
    location_country,
    city,
    state,
    country,
    work_email,
    email_status,
    personal_email,
    work_phone,
    mobile_phone,
    created_at,
    updated_at
from numbered
where version = 1 and coalesce(_is_readable, true)
