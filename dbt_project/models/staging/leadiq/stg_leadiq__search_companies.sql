-- Written by `make staging` from the record models in sources/; change it there.
with numbered as (

    select
        *,
        row_number() over (partition by _row_id order by _parsed_at desc, _dlt_load_id desc) as version
    from {{ ref('base_leadiq__search_companies') }}

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
    total_contacts_in_company
from numbered
where version = 1 and coalesce(_is_readable, true)
