-- One row per provider record of a company and value that may tie it to others or keep it apart from them; the
-- rules that read them are in transforms/identity/rules.py.
with
    united as (

        {% for kind, column in {
            'domain': 'domain', 'linkedin_slug': 'linkedin_slug', 'country': 'country_code',
            'name': "replace(name_key, ' ', '')", 'name_in': "replace(name_key, ' ', '') || '|' || country_code"
        }.items() %}
            select provider, provider_record_id, '{{ kind }}' as kind, {{ column }} as value
            from {{ ref('int_company_statements') }}
            where {{ column }} is not null
            union all
        {% endfor %}
        {{ corrected_values('company') }}

    )

select distinct provider, provider_record_id, kind, value, false as is_crowded
from united
