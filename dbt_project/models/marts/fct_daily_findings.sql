select
    cast(requests.started_at as date) as found_on,
    requests.provider,
    requests.operation,
    requests.resource,
    cast(sum(case when requests.outcome = 'replayed' then 0 else 1 end) as bigint) as requests,
    {% for found in ['people', 'companies', 'contact_points', 'job_changes', 'contacts'] %}
        cast(coalesce(sum(findings.{{ found }}_found), 0) as bigint) as {{ found }}_found,
    {% endfor %}
    cast(sum(case when requests.outcome = 'replayed' then 0 else requests.records end) as bigint) as records
from {{ ref('fct_api_requests') }} as requests
left join {{ ref('int_request_findings') }} as findings on requests.request_id = findings.request_id
group by cast(requests.started_at as date), requests.provider, requests.operation, requests.resource
