{{ config(tags=["resolved"]) }}
-- One row per current candidate value of a field of a company, ranked by the rule of the field: the first is the
-- surviving one.
{% set fields = {
    'name': 'name', 'domain': 'domain', 'linkedin_url': "'https://www.linkedin.com/company/' || linkedin_slug",
    'industry': 'industry', 'employee_count': 'cast(employee_count as varchar)', 'employee_range': 'employee_range',
    'revenue_usd': 'cast(revenue_usd as varchar)', 'revenue_range': 'revenue_range',
    'founded_year': 'cast(founded_year as varchar)', 'place': '_row_id', 'city': 'city', 'state': 'state',
    'subdivision_code': 'subdivision_code', 'country_code': 'country_code'
} %}
with
    rules as ({{ survivorship_of('company') }}),

    current_statements as (

        select
            companies.company_id,
            statements.*,
            ranks.provider_rank,
            -- What a company's own record says counts before what a person's record says in passing.
            case when statements.role = 'own' then 0 when statements.role = 'left' then 2 else 1 end as role_rank
        from
            {{ latest(ref('int_company_statements'), ['versions.provider', 'versions.provider_record_id', 'versions.role', 'versions._selection']) }}
            as statements
        inner join
            {{ ref('map_company_records') }} as companies
            on statements.provider = companies.provider
            and statements.provider_record_id = companies.provider_record_id
        left join {{ ref('provider_rank') }} as ranks on statements.provider = ranks.provider

    ),

    candidates as (

        {% for field, expression in fields.items() %}
            select
                company_id,
                '{{ field }}' as field,
                {{ expression }} as value,
                provider,
                provider_record_id,
                _row_id,
                role,
                observed_at,
                provider_rank,
                role_rank
            from current_statements
            where {{ expression }} is not null
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}

    )

select company_id, field, value, provider, provider_record_id, observed_at, rule, place
from
    {{ ranked_by_the_rule('candidates', 'company_id', {'own': 'candidates.role_rank'}, ['_row_id', 'role'], first=['value']) }}
    as ranked
where field <> 'place'
