-- Written by `make staging` from the record models in sources/; change it there.
with numbered as (

    select
        *,
        row_number() over (partition by _row_id order by _parsed_at desc, _dlt_load_id desc) as version
    from {{ ref('base_leadiq__added_prospects') }}

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
    company_id,
    company_name,
    company_domain,
    company_industry,
    company_employees,
    company_linkedin_url,
    location_text,
    location_city,
    location_state,
    location_country,
    work_email,
    email_status,
    mobile_phone,
    created_at,
    updated_at
from numbered
where version = 1 and coalesce(_is_readable, true)
