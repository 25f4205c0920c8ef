-- One row per interval between two readings, with why ledger and meter differ. `excess` is what the meter has
-- more, in the `unit` that it counts.
with
    units as (

        -- ContactOut documents its meters as requests that used a credit, and its quotas as credits: what the
        -- meter of an account counts shows where the two differ.
        select
            provider,
            credit_type,
            sum(case when credits_metered = requests_charged then 1 else 0 end)
            > sum(case when abs(difference) <= 0.005 then 1 else 0 end) as is_requests
        from {{ ref('int_meter_intervals') }}
        where provider = 'contactout' and credits_metered is not null and abs(credits_ledger - requests_charged) > 0.005
        group by provider, credit_type

    ),

    compared as (

        select
            intervals.*,
            coalesce(units.is_requests, false) as is_requests,
            case
                when units.is_requests
                then intervals.credits_metered - intervals.requests_charged
                else intervals.difference
            end as excess,
            case when units.is_requests then intervals.requests_unknown else intervals.credits_unknown end as uncertain,
            case when units.is_requests then 'requests' else intervals.credit_type end as unit,
            -- LeadIQ's units are whole ones: one that was begun counts.
            case
                when intervals.credit_type in ('page', 'exact_match', 'premium_mobile') then 0.999 else 0.005
            end as tolerance,
            fits.operation as price_operation,
            fits.unit as price_unit,
            fits.price_configured,
            fits.price_implied as price_suggested,
            fits.support
        from {{ ref('int_meter_intervals') }} as intervals
        left join units on intervals.provider = units.provider and intervals.credit_type = units.credit_type
        left join
            {{ ref('int_meter_price_fits') }} as fits
            on intervals.provider = fits.provider
            and intervals.credit_type = fits.credit_type
            and intervals.point = fits.point
            and not coalesce(units.is_requests, false)

    ),

    has_meter as (

        select provider, credit_type, max(read_at) as last_read_at
        from {{ ref('int_meter_deltas') }}
        group by provider, credit_type

    )

select
    compared.*,
    case when compared.point is null then has_meter.last_read_at end as spent_since,
    case
        when compared.point is null and has_meter.provider is null
        then 'no_meter'
        when compared.point is null
        then 'not_read_since'
        when compared.credits_metered is null
        then 'meter_restarted'
        when abs(compared.excess) <= compared.tolerance
        then
            case when compared.is_requests and abs(compared.difference) > 0.005 then 'counts_requests' else 'agrees' end
        when compared.excess < 0 and - compared.excess <= compared.uncertain + compared.tolerance
        then 'unknown_requests'
        when compared.support > 1
        then 'price'
        when compared.excess > 0 and compared.interval_start is null
        then 'used_before'
        when compared.price_operation is not null
        then 'price'
        when compared.excess > 0
        then 'other_use'
        else 'less_metered'
    end as explanation
from compared
left join has_meter on compared.provider = has_meter.provider and compared.credit_type = has_meter.credit_type
