-- Written by `make staging` from the record models in sources/; change it there.
with numbered as (

    select
        entries.*,
        row_number() over (partition by entries._row_id, entries.position order by entries._parsed_at) as repetition
    from {{ ref('base_leadiq__search_companies__people') }} as entries
    inner join {{ ref('stg_leadiq__search_companies') }} as parents
        on entries._row_id = parents._row_id
        and entries._parsed_at = parents._parsed_at
        and entries._dlt_load_id = parents._dlt_load_id

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
    position,
    id,
    employer_id,
    name,
    linkedin_id,
    linkedin_url,
    title,
    role,
    state,
    country,
    seniority,
    work_emails,
    verified_work_emails,
    verified_likely_work_emails,
    work_phones,
    personal_emails,
    personal_phones,
    score,
    first_name,
    middle_name,
    last_name,
    updated_at,
    position_started_at,
    company_id,
    company_name,
    company_industry,
    company_description,
    company_linkedin_id,
    company_linkedin_url,
    company_domain,
    company_employee_count,
    company_city,
    company_country,
    company_state,
    company_postal_code,
    company_score,
    company_technologies,
    company_technology_categories,
    company_revenue_range_start,
    company_revenue_range_end,
    company_revenue_range_description,
    company_funding_rounds,
    company_funding_total_usd,
    company_funding_last_at,
    company_funding_last_type,
    company_funding_last_usd,
    company_naics_code_code,
    company_naics_code_description,
    picture_url,
    job_change_type,
    job_change_started_at,
    job_change_previous_title,
    job_change_previous_role,
    job_change_previous_seniority,
    job_change_previous_company_id,
    job_change_previous_company_name,
    job_change_current_title,
    job_change_current_role,
    job_change_current_seniority,
    job_change_current_company_id,
    job_change_current_company_name
from numbered
where repetition = 1
