with
    spent as (

        select
            cast(requests.started_at as date) as used_on,
            requests.provider,
            requests.operation,
            requests.resource,
            credits.credit_type,
            credits.credits_estimated,
            credits.credits_usd,
            requests.outcome = 'unknown' as is_lost,
            coalesce(findings.contacts_found, 0) as contacts_found,
            -- An answer with nothing new, and an answer that was lost, were paid for in vain.
            case
                when requests.outcome = 'unknown'
                then true
                when findings.request_id is null
                then requests.records = 0
                else findings.records_new_or_changed = 0
            end as is_wasted
        from {{ ref('fct_request_credits') }} as credits
        inner join {{ ref('fct_api_requests') }} as requests on credits.request_id = requests.request_id
        left join {{ ref('int_request_findings') }} as findings on requests.request_id = findings.request_id

    )

select
    used_on,
    provider,
    operation,
    resource,
    credit_type,
    sum(credits_estimated) as credits_estimated,
    sum(credits_usd) as credits_usd,
    cast(sum(contacts_found) as bigint) as contacts_found,
    sum(case when is_wasted then credits_estimated else 0 end) as credits_wasted,
    sum(case when is_lost then credits_estimated else 0 end) as credits_unknown
from spent
group by used_on, provider, operation, resource, credit_type
