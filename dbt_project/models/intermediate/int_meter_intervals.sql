-- One row per provider, credit type and two readings in a row of its meters: what the ledger holds of the syncs
-- between them, and how far the meters moved. `point` numbers the later reading; what was spent since the last
-- one, or where there is no meter, has none.
with
    first_days as (

        select provider, cast(min(started_at) as date) as first_on
        from {{ ref('stg_leadhouse__requests') }}
        group by provider

    ),

    lost_tails as (

        select distinct provider, credit_type, point + 1 as point
        from {{ ref('int_meter_deltas') }}
        where is_last_of_open_period

    ),

    metered as (

        select
            deltas.provider,
            deltas.credit_type,
            deltas.point,
            max(deltas.read_before) as interval_start,
            max(deltas.read_at) as interval_end,
            max(deltas.restarted_on) as restarted_on,
            case
                when max(case when deltas.delta is null then 1 else 0 end) = 0 and count(lost_tails.point) = 0
                then sum(deltas.delta)
            end as credits_metered
        from {{ ref('int_meter_deltas') }} as deltas
        inner join first_days on deltas.provider = first_days.provider
        left join
            lost_tails
            on deltas.provider = lost_tails.provider
            and deltas.credit_type = lost_tails.credit_type
            and deltas.point = lost_tails.point
        -- Of periods that were over before this ledger began, nothing is to be compared.
        where deltas.read_before is not null or deltas.period_end is null or deltas.period_end >= first_days.first_on
        group by deltas.provider, deltas.credit_type, deltas.point

    ),

    spent as (

        select
            requests.provider,
            credits.credit_type,
            requests.sync_id,
            cast(requests.started_at as date) as used_on,
            sum(credits.credits_estimated) as credits_ledger,
            sum(case when requests.outcome = 'unknown' then credits.credits_estimated else 0 end) as credits_unknown,
            count(*) as requests_charged,
            sum(case when requests.outcome = 'unknown' then 1 else 0 end) as requests_unknown
        from {{ ref('stg_leadhouse__request_credits') }} as credits
        inner join {{ ref('stg_leadhouse__requests') }} as requests on credits.request_id = requests.request_id
        group by requests.provider, credits.credit_type, requests.sync_id, cast(requests.started_at as date)

    ),

    ledger as (

        select
            spent.provider,
            spent.credit_type,
            syncs.point,
            sum(spent.credits_ledger) as credits_ledger,
            sum(spent.credits_unknown) as credits_unknown,
            sum(spent.requests_charged) as requests_charged,
            sum(spent.requests_unknown) as requests_unknown,
            sum(
                case when spent.used_on < metered.restarted_on then spent.credits_ledger else 0 end
            ) as credits_unmetered
        from spent
        left join
            {{ ref('int_meter_syncs') }} as syncs
            on spent.provider = syncs.provider
            and spent.credit_type = syncs.credit_type
            and spent.sync_id = syncs.sync_id
        left join
            metered
            on syncs.provider = metered.provider
            and syncs.credit_type = metered.credit_type
            and syncs.point = metered.point
        group by spent.provider, spent.credit_type, syncs.point

    )

select
    coalesce(metered.provider, ledger.provider) as provider,
    coalesce(metered.credit_type, ledger.credit_type) as credit_type,
    metered.point,
    metered.interval_start,
    metered.interval_end,
    metered.credits_metered,
    coalesce(ledger.credits_ledger, 0) as credits_ledger,
    coalesce(ledger.credits_unknown, 0) as credits_unknown,
    coalesce(ledger.credits_unmetered, 0) as credits_unmetered,
    coalesce(ledger.requests_charged, 0) as requests_charged,
    coalesce(ledger.requests_unknown, 0) as requests_unknown,
    metered.credits_metered - (coalesce(ledger.credits_ledger, 0) - coalesce(ledger.credits_unmetered, 0)) as difference
from metered
full outer join
    ledger
    on metered.provider = ledger.provider
    and metered.credit_type = ledger.credit_type
    and metered.point = ledger.point
