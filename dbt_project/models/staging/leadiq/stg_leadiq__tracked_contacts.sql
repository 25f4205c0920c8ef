-- Written by `make staging` from the record models in sources/; change it there.
with numbered as (

    select
        *,
        row_number() over (partition by _row_id order by _parsed_at desc, _dlt_load_id desc) as version
    from {{ ref('base_leadiq__tracked_contacts') }}

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
    first_name,
    last_name,
    linkedin_url,
    contact_country,
    email,
    email_status,
    last_known_company,
    last_known_company_domain,
    last_known_title,
    company,
    company_domain,
    company_country,
    company_state,
    company_size,
    company_industry,
    company_linkedin_url,
    title,
    title_level,
    title_domain,
    job_change_type,
    job_change_detected,
    job_start_date,
    reference_id,
    external_record_id
from numbered
where version = 1 and coalesce(_is_readable, true)
