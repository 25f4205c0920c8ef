-- Written by `make staging` from the record models in sources/; change it there.
with numbered as (

    select
        *,
        row_number() over (partition by _row_id order by _parsed_at desc, _dlt_load_id desc) as version
    from {{ ref('base_contactout__people') }}

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
    profile_url,
    li_vanity,
    full_name,
    title,
    headline,
    company_name,
    company_linkedin_url,
    company_linkedin_company_id,
    company_domain,
    company_email_domain,
    company_overview,
    company_type,
    company_size,
    company_country,
    company_revenue_usd,
    company_founded_year,
    company_industry,
    company_headquarter,
    company_website,
    company_logo_url,
    location,
    country,
    industry,
    summary,
    followers,
    updated_at,
    profile_picture_url,
    job_function,
    seniority,
    work_status,
    contact_availability_personal_email,
    contact_availability_work_email,
    contact_availability_phone,
    confidence_level,
    alternative_matches
from numbered
where version = 1 and coalesce(_is_readable, true)
