{{ config(tags=["resolved"]) }}
-- One row per current candidate value of a field of a company, ranked: the first is the surviving one.
{% set fields = {
    'name': 'name', 'domain': 'domain', 'linkedin_slug': 'linkedin_slug', 'industry': 'industry',
    'employee_count': 'cast(employee_count as varchar)', 'employee_range': 'employee_range',
    'revenue_usd': 'cast(revenue_usd as varchar)', 'founded_year': 'cast(founded_year as varchar)', 'city': 'city',
    'state': 'state', 'country_code': 'country_code'
} %}
with
    current_statements as (

        select
            companies.company_id,
            statements.*,
            -- What a company's own record says counts before what a person's record says in passing.
            case when statements.role = 'own' then 0 when statements.role = 'left' then 2 else 1 end as role_rank
        from
            {{ latest(ref('int_company_statements'), ['versions.provider', 'versions.provider_record_id', 'versions.role', 'versions._selection']) }}
            as statements
        inner join
            {{ ref('map_company_records') }} as companies
            on statements.provider = companies.provider
            and statements.provider_record_id = companies.provider_record_id

    ),

    candidates as (

        {% for field, expression in fields.items() %}
            select
                company_id,
                '{{ field }}' as field,
                {{ expression }} as value,
                provider,
                provider_record_id,
                observed_at,
                role_rank
            from current_statements
            where {{ expression }} is not null
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}

    )

select
    candidates.company_id,
    candidates.field,
    candidates.value,
    candidates.provider,
    candidates.provider_record_id,
    candidates.observed_at,
    row_number() over (
        partition by candidates.company_id, candidates.field
        order by
            candidates.role_rank,
            candidates.observed_at desc,
            ranks.provider_rank,
            candidates.provider_record_id,
            candidates.value
    ) as place
from candidates
left join {{ ref('provider_rank') }} as ranks on candidates.provider = ranks.provider
