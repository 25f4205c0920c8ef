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
from {{ ref('int_meter_explanations') }}
