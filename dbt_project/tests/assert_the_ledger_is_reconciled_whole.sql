-- What is held against the meters, or said to have none, is all that the ledger holds.
with
    ledger as (

        select requests.provider, credits.credit_type, sum(credits.credits_estimated) as credits
        from {{ ref('fct_request_credits') }} as credits
        inner join {{ ref('fct_api_requests') }} as requests on credits.request_id = requests.request_id
        group by requests.provider, credits.credit_type

    ),

    reconciled as (

        select provider, credit_type, sum(credits_ledger) as credits
        from {{ ref('rpt_credit_reconciliation') }}
        group by provider, credit_type

    )

select ledger.provider, ledger.credit_type, ledger.credits, reconciled.credits as reconciled
from ledger
left join reconciled on ledger.provider = reconciled.provider and ledger.credit_type = reconciled.credit_type
where reconciled.credits is null or abs(ledger.credits - reconciled.credits) > 0.005
