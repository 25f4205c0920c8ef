{{ config(tags=["values"]) }}
-- Every version of every statement about a company, alone or inside a record of a person; values are still as sent.
-- `role` says where it stood: the company's own record, or the company a person is at (`current`), went to (`joined`)
-- or
-- came from (`left`).
{% set types = {
    'own_id': 'text', 'name': 'text', 'domain': 'text', 'linkedin_url': 'text', 'industry': 'text',
    'employee_count': 'integer', 'employee_range': 'text', 'revenue_usd': 'number', 'founded_year': 'integer',
    'city': 'text', 'state': 'text', 'country': 'text', 'place': 'text', 'stated_at': 'timestamp'
} %}
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
        {{ carried_columns() | join(', ') }},
        {{ columns_of(types, one.given, one.same or []) }}
    from {{ ref(one.model) }}
    {% if one.where %} where {{ one.where }} {% endif %}
    {% if not loop.last %}
        union all
    {% endif %}
{% endfor %}
