{{ config(tags=["values"]) }}
-- Every position in a record of LeadIQ's people search. The first of those held now is the one that counts
-- (`is_main`), as in LeadIQ's own samples; no two share a `_row_id`.
{% set fields = [
    'record_key', 'employer_id', 'title', 'seniority', 'job_function', 'held_start', 'held_end', 'emails', 'phones', 'company_id',
    'company_name', 'company_domain', 'company_linkedin_url', 'company_industry', 'company_employee_count',
    'company_employee_range', 'company_revenue_usd', 'company_founded_year', 'company_location_city',
    'company_location_state', 'company_country', 'company_location_country', 'company_updated_at', 'updated_at'
] %}
{% set carried = ['_selection', '_request_id', '_fetched_at', '_dlt_load_id'] %}
with
    numbered as (

        select positions.*, row_number() over (partition by positions._row_id order by positions.position) as place
        from {{ ref('stg_leadiq__people__current_positions') }} as positions

    )

select
    _row_id || '/current_positions/' || cast(position as varchar) as _row_id,
    _row_id as person_row_id,
    {{ carried | join(', ') }},
    true as is_current,
    place = 1 as is_main,
    {{ fields | join(', ') }}
from numbered
union all
select
    _row_id || '/past_positions/' || cast(position as varchar) as _row_id,
    _row_id as person_row_id,
    {{ carried | join(', ') }},
    false as is_current,
    false as is_main,
    {{ fields | join(', ') }}
from {{ ref('stg_leadiq__people__past_positions') }}
