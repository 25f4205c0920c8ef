with
    units as (

        -- ContactOut documents its meters as requests that used a credit, and its quotas as credits: what an
        -- account's meter
        -- counts shows where the two differ.
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

    ),

    explained as (

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
                    case
                        when compared.is_requests and abs(compared.difference) > 0.005
                        then 'counts_requests'
                        else 'agrees'
                    end
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

    )

select
    provider,
    credit_type,
    coalesce(spent_since, interval_start) as interval_start,
    interval_end,
    credits_ledger,
    credits_unknown,
    credits_unmetered,
    cast(credits_metered as double precision) as credits_metered,
    cast(difference as double precision) as difference,
    cast(
        case
            when is_requests or difference is null then 0 else least(credits_unknown, greatest(- difference, 0))
        end as double precision
    ) as explained_by_unknown,
    explanation,
    explanation not in ('price', 'other_use', 'less_metered') as is_explained,
    case
        explanation
        when 'agrees'
        then 'Ledger and meter agree.'
        when 'unknown_requests'
        then
            concat(
                {{ number_text('-excess') }},
                ' ',
                unit,
                ' fewer were charged than the ledger counts: requests whose answer was lost count as spent, and were not all charged.'
            )
        when 'price'
        then
            concat(
                'The meter moved ',
                {{ number_text('abs(difference)') }},
                ' ',
                credit_type,
                case when difference > 0 then ' more' else ' less' end,
                ' than the ledger. ',
                price_operation,
                ' at ',
                {{ number_text('price_suggested') }},
                ' ',
                credit_type,
                ' per ',
                price_unit,
                ' explains it (configured: ',
                {{ number_text('price_configured') }},
                ')',
                case
                    when support > 1
                    then concat(', here and in ', cast(support - 1 as varchar), ' more intervals.')
                    else '.'
                end
            )
        when 'counts_requests'
        then 'The meter counts requests that used a credit, the ledger credits; the requests agree.'
        when 'used_before'
        then concat({{ number_text('excess') }}, ' ', unit, ' were used before the first reading, by whomever.')
        when 'other_use'
        then
            concat(
                'The meter moved ',
                {{ number_text('excess') }},
                ' ',
                unit,
                ' more than the ledger: somebody else uses this account, or something was charged that nobody asked for here.'
            )
        when 'less_metered'
        then
            concat(
                'The meter moved ',
                {{ number_text('-excess') }},
                ' ',
                unit,
                ' less than the ledger: a price is configured too high, or it is charged later.'
            )
        when 'no_meter'
        then concat('The provider shows no meter of ', credit_type, ': the ledger is all there is.')
        when 'not_read_since'
        then 'Spent since the last reading; the next sync reads the meter.'
        else 'The meter began anew in between, and what it had shown before that was not read.'
    end as explained_as,
    case when explanation = 'price' then price_operation end as price_operation,
    case when explanation = 'price' then price_unit end as price_unit,
    case when explanation = 'price' then price_configured end as price_configured,
    case when explanation = 'price' then cast(price_suggested as double precision) end as price_suggested
from explained
