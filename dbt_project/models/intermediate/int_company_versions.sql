{{ config(tags=["values"]) }}
-- Every version of every statement about a company, alone or inside a record of a person; values are still as sent.
-- `role` says where it stood: the company's own record, or the company a person is at (`current`), went to
-- (`joined`) or came from (`left`), or that of another position of theirs (`other`).
{% set types = {
    'own_id': 'text', 'name': 'text', 'domain': 'text', 'linkedin_url': 'text', 'industry': 'text',
    'employee_count': 'integer', 'employee_range': 'text', 'revenue_usd': 'number', 'revenue_range': 'text',
    'founded_year': 'integer', 'city': 'text', 'state': 'text', 'country': 'text', 'place': 'text', 'stated_at': 'timestamp'
} %}
{% set range_in_words = "coalesce(revenue_range_description, cast(revenue_range_start as varchar) || '-' || cast(revenue_range_end as varchar))" %}
{% set its_range_in_words = range_in_words | replace('revenue_range', 'company_revenue_range') %}
{% set position = {
    'own_id': 'coalesce(company_id, employer_id)', 'name': 'company_name', 'domain': 'company_domain',
    'linkedin_url': 'company_linkedin_url', 'industry': 'company_industry', 'employee_count': 'company_employee_count',
    'employee_range': 'company_employee_range', 'revenue_usd': 'company_revenue_usd',
    'founded_year': 'company_founded_year', 'city': 'company_location_city', 'state': 'company_location_state',
    'country': 'coalesce(company_country, company_location_country)', 'stated_at': 'company_updated_at'
} %}
{% set at_a_company = 'company_id is not null or employer_id is not null or company_name is not null' %}
{% set statements = [
    {
        'provider': 'leadiq', 'role': 'own', 'model': 'stg_leadiq__tracked_companies',
        'given': {'own_id': 'record_key', 'name': 'name', 'domain': 'domain'}
    },
    {
        'provider': 'leadiq', 'role': 'joined', 'model': 'stg_leadiq__tracked_contacts',
        'given': {
            'name': 'company', 'domain': 'company_domain', 'linkedin_url': 'company_linkedin_url',
            'industry': 'company_industry', 'employee_range': 'company_size', 'state': 'company_state',
            'country': 'company_country', 'stated_at': 'cast(job_change_detected as timestamp)'
        },
        'where': 'company is not null or company_domain is not null'
    },
    {
        'provider': 'leadiq', 'role': 'left', 'model': 'stg_leadiq__tracked_contacts',
        'given': {'name': 'last_known_company', 'domain': 'last_known_company_domain'},
        'where': 'last_known_company is not null or last_known_company_domain is not null'
    },
    {
        'provider': 'leadiq', 'role': 'own', 'model': 'stg_leadiq__companies',
        'given': {
            'own_id': 'id', 'revenue_range': range_in_words, 'city': 'location_city', 'state': 'location_state',
            'country': 'coalesce(country, location_country)', 'stated_at': 'updated_at'
        },
        'same': [
            'name', 'domain', 'linkedin_url', 'industry', 'employee_count', 'employee_range', 'revenue_usd',
            'founded_year'
        ]
    },
    {
        'provider': 'leadiq', 'role': 'own', 'model': 'stg_leadiq__search_companies',
        'given': {
            'own_id': 'company_id', 'name': 'company_name', 'domain': 'company_domain',
            'linkedin_url': 'company_linkedin_url', 'industry': 'company_industry',
            'employee_count': 'company_employee_count', 'revenue_range': its_range_in_words, 'city': 'company_city',
            'state': 'company_state', 'country': 'company_country'
        }
    },
    {
        'provider': 'leadiq', 'role': 'current', 'model': 'int_leadiq_found_people',
        'given': {
            'own_id': 'company_id', 'name': 'company_name', 'domain': 'company_domain',
            'linkedin_url': 'company_linkedin_url', 'industry': 'company_industry',
            'employee_count': 'company_employee_count', 'revenue_range': its_range_in_words, 'city': 'company_city',
            'state': 'company_state', 'country': 'company_country'
        },
        'where': 'company_id is not null or company_name is not null or company_domain is not null'
    },
    {
        'provider': 'leadiq', 'role': 'left', 'model': 'int_leadiq_found_people', 'row_id': 'change_row_id',
        'given': {'own_id': 'job_change_previous_company_id', 'name': 'job_change_previous_company_name'},
        'where': 'change_row_id is not null and (job_change_previous_company_id is not null or job_change_previous_company_name is not null)'
    },
    {
        'provider': 'leadiq', 'role': 'joined', 'model': 'int_leadiq_found_people', 'row_id': 'change_row_id',
        'given': {'own_id': 'job_change_current_company_id', 'name': 'job_change_current_company_name'},
        'where': 'change_row_id is not null and (job_change_current_company_id is not null or job_change_current_company_name is not null)'
    },
    {
        'provider': 'leadiq', 'role': 'current', 'model': 'int_leadiq_positions', 'row_id': 'person_row_id',
        'given': position, 'where': 'is_main and (' ~ at_a_company ~ ')'
    },
    {
        'provider': 'leadiq', 'role': 'other', 'model': 'int_leadiq_positions',
        'given': position, 'where': 'not is_main and (' ~ at_a_company ~ ')'
    },
    {
        'provider': 'leadiq', 'role': 'joined', 'model': 'stg_leadiq__company_job_changes',
        'given': {
            'own_id': 'current_company_id', 'name': 'current_company_input_name',
            'domain': 'current_company_input_domain'
        },
        'where': 'current_company_id is not null or current_company_input_name is not null or current_company_input_domain is not null'
    },
    {
        'provider': 'leadiq', 'role': 'current', 'model': 'stg_leadiq__prospects',
        'given': {
            'own_id': 'company_id', 'name': 'coalesce(company_name, employer_name)',
            'domain': 'coalesce(company_domain, employer_domain)', 'linkedin_url': 'company_linkedin_url',
            'industry': 'company_industry', 'employee_range': 'company_employees', 'stated_at': 'updated_at'
        },
        'where': 'coalesce(company_id, company_name, employer_name, company_domain, employer_domain) is not null'
    },
    {
        'provider': 'contactout', 'role': 'current', 'model': 'stg_contactout__people',
        'given': {
            'name': 'company_name', 'domain': 'coalesce(company_domain, company_website, company_email_domain)',
            'linkedin_url': 'company_linkedin_url', 'industry': 'company_industry', 'employee_count': 'company_size',
            'revenue_usd': 'company_revenue_usd', 'founded_year': 'company_founded_year', 'country': 'company_country',
            'place': 'company_headquarter', 'stated_at': 'updated_at'
        },
        'where': 'company_name is not null or company_domain is not null or company_linkedin_url is not null'
    },
    {
        'provider': 'contactout', 'role': 'other', 'model': 'int_contactout_positions',
        'given': {'name': 'company_name', 'linkedin_url': 'company_linkedin_url'},
        'where': 'company_linkedin_url is not null'
    },
    {
        'provider': 'contactout', 'role': 'own', 'model': 'int_contactout_companies',
        'given': {
            'domain': 'coalesce(domain, website, email_domain, asked_domain)', 'employee_count': 'size'
        },
        'same': [
            'name', 'linkedin_url', 'industry', 'revenue_usd', 'founded_year', 'city', 'state', 'country', 'place'
        ]
    },
    {
        'provider': 'letrics', 'role': 'own', 'model': 'stg_letrics__companies',
        'given': {
            'own_id': 'record_key', 'domain': 'coalesce(domain, website)', 'stated_at': 'updated_at'
        },
        'same': [
            'name', 'linkedin_url', 'industry', 'employee_count', 'employee_range', 'revenue_usd', 'founded_year',
            'city', 'state', 'country'
        ]
    },
    {
        'provider': 'letrics', 'role': 'current', 'model': 'stg_letrics__contacts',
        'given': {
            'own_id': 'company_id', 'name': 'company_name', 'domain': 'coalesce(company_domain, company_website)',
            'linkedin_url': 'company_linkedin_url', 'industry': 'company_industry',
            'employee_count': 'company_employee_count', 'employee_range': 'company_employee_range',
            'revenue_usd': 'company_revenue_usd', 'founded_year': 'company_founded_year', 'city': 'company_city',
            'state': 'company_state', 'country': 'company_country', 'stated_at': 'company_updated_at'
        },
        'where': 'company_id is not null or company_name is not null or company_domain is not null'
    }
] %}
{% for one in statements %}
    select
        '{{ one.provider }}' as provider,
        '{{ one.role }}' as role,
        {{ one.row_id or '_row_id' }} as _row_id,
        {{ carried_columns()[1:] | join(', ') }},
        {{ columns_of(types, one.given, one.same or []) }}
    from {{ ref(one.model) }}
    {% if one.where %} where {{ one.where }} {% endif %}
    {% if not loop.last %}
        union all
    {% endif %}
{% endfor %}
