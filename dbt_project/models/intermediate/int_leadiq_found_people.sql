{{ config(tags=["values"]) }}
-- Every version of a person that an advanced search of LeadIQ found, alone or below a company; of a person who changed
-- jobs, `change_row_id` stands for the change.
{% set carried = ['_record_hash', '_selection', '_request_id', '_fetched_at', '_dlt_load_id'] %}
{% set fields = [
    'name', 'first_name', 'last_name', 'linkedin_url', 'title', 'seniority', 'role', 'state', 'country', 'updated_at',
    'position_started_at', 'job_change_type', 'job_change_started_at', 'job_change_previous_title',
    'job_change_previous_company_id', 'job_change_previous_company_name', 'job_change_current_title',
    'job_change_current_company_id', 'job_change_current_company_name'
] %}
{% set company = {
    'company_name': 'text', 'company_domain': 'text', 'company_linkedin_url': 'text', 'company_industry': 'text',
    'company_employee_count': 'integer', 'company_revenue_range_start': 'integer',
    'company_revenue_range_end': 'integer', 'company_revenue_range_description': 'text', 'company_city': 'text', 'company_state': 'text', 'company_country': 'text'
} %}
with
    united as (

        select
            _row_id,
            record_key as provider_record_id,
            {{ carried | join(', ') }},
            {{ fields | join(', ') }},
            coalesce(company_id, employer_id) as company_id,
            {{ company.keys() | join(', ') }}
        from {{ ref('stg_leadiq__search_people') }}
        union all
        select
            people._row_id || '/people/' || cast(people.position as varchar) as _row_id,
            coalesce(people.id, people.linkedin_url) as provider_record_id,
            {% for column in carried + fields %} people.{{ column }}, {% endfor %}
            coalesce(people.company_id, people.employer_id, companies.company_id) as company_id,
            -- What is known of the company stands beside the people, not in each of them.
            {% for column in company %}
                coalesce(people.{{ column }}, companies.{{ column }}) as {{ column }}{{ ',' if not loop.last }}
            {% endfor %}
        from {{ ref('stg_leadiq__search_companies__people') }} as people
        inner join {{ ref('stg_leadiq__search_companies') }} as companies on people._row_id = companies._row_id
        where coalesce(people.id, people.linkedin_url) is not null

    )

select united.*, case when job_change_type is not null then _row_id || '/job_change' end as change_row_id
from united
