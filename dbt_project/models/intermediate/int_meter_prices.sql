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

    points as (

        select distinct deltas.provider, deltas.credit_type, deltas.sync_id, deltas.point
        from {{ ref('int_meter_deltas') }} as deltas

    ),

    in_order as (

        select
            points.provider,
            points.credit_type,
            points.sync_id,
            points.point,
            cast(null as varchar) as operation,
            cast(null as varchar) as unit,
            cast(null as bigint) as counted
        from points
        union all
        select
            counted.provider,
            types.credit_type,
            counted.sync_id,
            null as point,
            counted.operation,
            counted.unit,
            cast(counted.counted as bigint) as counted
        from counted
        inner join
            (select distinct provider, credit_type from told where abs(difference) > 0.005) as types
            on counted.provider = types.provider

    ),

    placed as (

        select
            in_order.provider,
            in_order.credit_type,
            in_order.sync_id,
            in_order.operation,
            in_order.unit,
            in_order.counted,
            min(in_order.point) over (
                partition by in_order.provider, in_order.credit_type order by in_order.sync_id desc
            ) as point
        from in_order

    ),

    of_intervals as (

        select
            placed.provider,
            placed.credit_type,
            placed.point,
            placed.operation,
            placed.unit,
            sum(placed.counted) as counted,
            coalesce(max(prices.price), 0) as price_configured
        from placed
        left join
            prices
            on placed.provider = prices.provider
            and placed.operation = prices.operation
            and placed.unit = prices.unit
            and placed.credit_type = prices.credit_type
            and placed.sync_id = prices.sync_id
        where placed.operation is not null and placed.counted > 0
        group by placed.provider, placed.credit_type, placed.point, placed.operation, placed.unit

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
