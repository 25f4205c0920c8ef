with
    spent as (

        select
            provider,
            operation,
            resource,
            credit_type,
            sum(credits_estimated) as credits_estimated,
            sum(credits_usd) as credits_usd,
            sum(credits_wasted) as credits_wasted
        from {{ ref('fct_credit_usage') }}
        group by provider, operation, resource, credit_type

    ),

    found as (

        select
            provider,
            operation,
            resource,
            {% for found in ['people', 'contact_points', 'job_changes', 'contacts'] %}
                cast(sum({{ found }}_found) as bigint) as {{ found }}_found {{ ',' if not loop.last }}
            {% endfor %}
        from {{ ref('fct_daily_findings') }}
        group by provider, operation, resource

    )

select
    spent.provider,
    spent.operation,
    spent.resource,
    spent.credit_type,
    spent.credits_estimated,
    spent.credits_usd,
    spent.credits_wasted,
    spent.credits_wasted / nullif(spent.credits_estimated, 0) as waste_rate,
    {% for found, one in [('people', 'person'), ('contact_points', 'contact_point'), ('job_changes', 'job_change'), ('contacts', 'contact')] %}
        found.{{ found }}_found,
        spent.credits_estimated / nullif(found.{{ found }}_found, 0) as credits_per_{{ one }}
        {{ ',' if not loop.last }}
    {% endfor %}
from spent
inner join
    found on spent.provider = found.provider and spent.operation = found.operation and spent.resource = found.resource
