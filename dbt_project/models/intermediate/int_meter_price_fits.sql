-- One row per interval in which ledger and meter differ, where one price explains it: that which explains most
-- intervals in a row, and of those a thing that has a price already, and the rounder price.
with
    numbered as (

        select prices.*, row_number() over (partition by provider, credit_type, operation, unit order by point) as place
        from {{ ref('int_meter_prices') }} as prices

    ),

    supported as (

        -- How many intervals speak for a price, and how many between the first and the last of them against it.
        select
            numbered.*,
            count(*) over one_price as support,
            max(place) over one_price - min(place) over one_price + 1 - count(*) over one_price as against
        from numbered
        window one_price as (partition by provider, credit_type, operation, unit, price_implied)

    ),

    ranked as (

        select
            supported.*,
            row_number() over (
                partition by provider, credit_type, point
                order by
                    support desc,
                    against,
                    case when price_configured > 0 then 0 else 1 end,
                    case
                        when price_implied = cast(price_implied as bigint)
                        then 0
                        when price_implied * 2 = cast(price_implied * 2 as bigint)
                        then 1
                        when price_implied * 20 = cast(price_implied * 20 as bigint)
                        then 2
                        else 3
                    end,
                    operation,
                    unit
            ) as place_of_price
        from supported
        where abs(difference) > 0.005 and price_implied >= 0 and against < support

    )

select provider, credit_type, point, operation, unit, counted, price_configured, price_implied, support
from ranked
where
    place_of_price = 1
    -- One interval alone proves little, since somebody else may have used as much: a price that is too high
    -- does, and one that comes out even over many.
    and (
        support > 1
        or (price_configured > 0 and difference < 0 and price_implied > 0)
        or (
            price_configured > 0
            and point > 1
            and counted >= 5
            and price_implied * 2 = cast(price_implied * 2 as bigint)
        )
    )
