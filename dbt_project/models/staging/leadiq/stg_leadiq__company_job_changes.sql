-- Written by `make staging` from the record models in sources/; change it there.
with numbered as (

    select
        *,
        row_number() over (partition by _row_id order by _parsed_at desc, _dlt_load_id desc) as version
    from {{ ref('base_leadiq__company_job_changes') }}

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
    person_first_name,
    person_last_name,
    person_email,
    person_email_status,
    person_linkedin_url,
    person_country,
    current_company_id,
    current_company_input_name,
    current_company_input_domain,
    current_company_custom_data,
    current_position_title,
    current_position_job_function,
    current_position_seniority,
    current_position_start_date,
    job_change_type
from numbered
where version = 1 and coalesce(_is_readable, true)
