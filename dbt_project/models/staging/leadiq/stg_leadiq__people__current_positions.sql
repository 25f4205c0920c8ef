-- Written by `make staging` from the record models in sources/; change it there.
with numbered as (

    select
        entries.*,
        row_number() over (partition by entries._row_id, entries.position order by entries._parsed_at) as repetition
    from {{ ref('base_leadiq__people__current_positions') }} as entries
    inner join {{ ref('stg_leadiq__people') }} as parents
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
    employer_id,
    title,
    held_start,
    held_end,
    updated_at,
    emails,
    phones,
    company_id,
    company_name,
    company_alternative_names,
    company_domain,
    company_description,
    company_email_domains,
    company_type,
    company_phones,
    company_country,
    company_address,
    company_location_formatted,
    company_location_street1,
    company_location_street2,
    company_location_city,
    company_location_state,
    company_location_country,
    company_location_postal_code,
    company_logo_url,
    company_linkedin_id,
    company_linkedin_url,
    company_employee_count,
    company_industry,
    company_specialties,
    company_funding_rounds,
    company_funding_total_usd,
    company_funding_last_at,
    company_funding_last_type,
    company_funding_last_usd,
    company_technologies,
    company_revenue_usd,
    company_revenue_range_start,
    company_revenue_range_end,
    company_revenue_range_description,
    company_predicted_revenue_start,
    company_predicted_revenue_end,
    company_predicted_revenue_description,
    company_sic_code_code,
    company_sic_code_description,
    company_secondary_sic_codes,
    company_naics_code_code,
    company_naics_code_description,
    company_employee_range,
    company_crunchbase_url,
    company_facebook_url,
    company_twitter_url,
    company_founded_year,
    company_updated_at,
    seniority,
    job_function
from numbered
where repetition = 1
