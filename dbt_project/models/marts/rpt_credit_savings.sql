with
    replayed as (

        -- A question that the journal answered would have been paid for again.
        select
            cast(replays.started_at as date) as saved_on,
            replays.provider,
            replays.resource,
            'journal' as reason,
            credits.credit_type,
            1 as questions,
            credits.credits_estimated as credits_saved,
            credits.credits_usd as usd_saved
        from {{ ref('stg_leadhouse__requests') }} as replays
        inner join
            {{ ref('stg_leadhouse__requests') }} as answered
            on replays.sync_id = answered.sync_id
            and replays.provider = answered.provider
            and replays.resource = answered.resource
            and replays.window_id = answered.window_id
            and replays.step = answered.step
            and answered.outcome in ('ok', 'empty')
        inner join {{ ref('fct_request_credits') }} as credits on answered.request_id = credits.request_id
        where replays.outcome = 'replayed'

    ),

    saved as (

        select *
        from replayed
        union all
        select
            cast(saved_at as date) as saved_on,
            provider,
            concat('lookup_', lookup) as resource,
            reason,
            credit_type,
            questions,
            credits as credits_saved,
            credits_usd as usd_saved
        from {{ ref('stg_leadhouse__savings') }}

    )

select
    saved_on,
    provider,
    resource,
    reason,
    credit_type,
    cast(sum(questions) as bigint) as questions,
    sum(credits_saved) as credits_saved,
    sum(usd_saved) as usd_saved
from saved
group by saved_on, provider, resource, reason, credit_type
