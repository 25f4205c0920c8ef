-- One row per interval between two readings, operation and thing that is counted for its price: the price at which
-- ledger and meter would agree, if this one alone were configured wrongly.
with
    asked as (

        select request_id, provider, sync_id, operation, records
        from {{ ref('stg_leadhouse__requests') }}
        where outcome in ('ok', 'empty')

    ),

    counted_of_requests as (

        -- What counts for several credit types was counted once.
        select request_id, unit, max(counted) as counted
        from {{ ref('stg_leadhouse__request_units') }}
        group by request_id, unit

    ),

    priced_operations as (

        select distinct asked.provider, asked.operation
        from counted_of_requests as units
        inner join asked on units.request_id = asked.request_id

    ),

    counted as (

        select asked.provider, asked.sync_id, asked.operation, units.unit, sum(units.counted) as counted
        from counted_of_requests as units
        inner join asked on units.request_id = asked.request_id
        where units.unit <> 'request'
        group by asked.provider, asked.sync_id, asked.operation, units.unit
        union all
        -- What has a price may be charged by the request instead; what is free may be charged by the record.
        select
            asked.provider,
            asked.sync_id,
            asked.operation,
            case when priced.operation is null then 'record' else 'request' end as unit,
            case when priced.operation is null then sum(asked.records) else count(*) end as counted
        from asked
        left join priced_operations as priced on asked.provider = priced.provider and asked.operation = priced.operation
        group by asked.provider, asked.sync_id, asked.operation, priced.operation

    ),

    prices as (

        select
            asked.provider,
            asked.operation,
            units.unit,
            units.credit_type,
            asked.sync_id,
            max(units.credits_each) as price
        from {{ ref('stg_leadhouse__request_units') }} as units
        inner join asked on units.request_id = asked.request_id
        group by asked.provider, asked.operation, units.unit, units.credit_type, asked.sync_id

    ),

    told as (

        -- Intervals that can be compared, without lost answers that nobody knows the cost of.
        select provider, credit_type, point, difference
        from {{ ref('int_meter_intervals') }}
        where difference is not null and credits_unknown = 0 and credits_unmetered = 0

    ),

    of_intervals as (

        select
            syncs.provider,
            syncs.credit_type,
            syncs.point,
            counted.operation,
            counted.unit,
            sum(counted.counted) as counted,
            coalesce(max(prices.price), 0) as price_configured
        from counted
        inner join
            {{ ref('int_meter_syncs') }} as syncs
            on counted.provider = syncs.provider
            and counted.sync_id = syncs.sync_id
        left join
            prices
            on counted.provider = prices.provider
            and counted.operation = prices.operation
            and counted.unit = prices.unit
            and counted.sync_id = prices.sync_id
            and syncs.credit_type = prices.credit_type
        where
            counted.counted > 0
            and (syncs.provider, syncs.credit_type)
            in (select told.provider, told.credit_type from told where abs(told.difference) > 0.005)
        group by syncs.provider, syncs.credit_type, syncs.point, counted.operation, counted.unit

    )

select
    of_intervals.*,
    told.difference,
    cast(of_intervals.price_configured + told.difference / of_intervals.counted as decimal(18, 4)) as price_implied
from of_intervals
inner join
    told
    on of_intervals.provider = told.provider
    and of_intervals.credit_type = told.credit_type
    and of_intervals.point = told.point
