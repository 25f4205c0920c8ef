{% set days = 30 %}
with
    readings as (

        select
            readings.*,
            row_number() over (
                partition by provider, plan, credit_type
                order by period_start desc nulls last, read_at desc, sync_id desc
            ) as place
        from {{ ref('int_meter_readings') }} as readings

    ),

    latest as (select * from readings where place = 1),

    moved as (

        -- How far the plan's meter moved in the month before its last reading; periods of a plan that ended in it
        -- count.
        select
            deltas.provider,
            deltas.plan,
            deltas.credit_type,
            sum(deltas.delta) as credits,
            min(deltas.read_before) as moved_from
        from {{ ref('int_meter_deltas') }} as deltas
        inner join
            latest
            on deltas.provider = latest.provider
            and deltas.plan = latest.plan
            and deltas.credit_type = latest.credit_type
        where
            deltas.read_before is not null
            and deltas.delta is not null
            and deltas.read_at <= latest.read_at
            and deltas.read_before >= latest.read_at - interval '{{ days }} days'
        group by deltas.provider, deltas.plan, deltas.credit_type

    ),

    only_plans as (select provider, credit_type from latest group by provider, credit_type having count(*) = 1),

    spent as (

        -- Until a meter was read twice, what this ledger holds is all that is known of the pace.
        select
            latest.provider,
            latest.plan,
            latest.credit_type,
            sum(usage.credits_estimated) as credits,
            min(usage.used_on) as spent_from
        from latest
        inner join only_plans on latest.provider = only_plans.provider and latest.credit_type = only_plans.credit_type
        inner join
            {{ ref('fct_credit_usage') }} as usage
            on latest.provider = usage.provider
            and latest.credit_type = usage.credit_type
            and usage.used_on > cast(latest.read_at as date) - {{ days }}
        group by latest.provider, latest.plan, latest.credit_type

    ),

    paced as (

        select
            latest.*,
            case
                when moved.moved_from is not null
                then {{ days_apart('moved.moved_from', 'latest.read_at') }}
                when spent.spent_from is not null
                then
                    greatest(
                        cast(
                            {{ days_between('spent.spent_from', 'cast(latest.read_at as date)') }} as double precision
                        ),
                        1
                    )
            end as pace_days,
            case when moved.moved_from is not null then moved.credits else spent.credits end as credits
        from latest
        left join
            moved
            on latest.provider = moved.provider
            and latest.plan = moved.plan
            and latest.credit_type = moved.credit_type
        left join
            spent
            on latest.provider = spent.provider
            and latest.plan = spent.plan
            and latest.credit_type = spent.credit_type

    ),

    runway as (

        select
            paced.*,
            case when pace_days > 0 then credits / pace_days end as credits_per_day,
            case
                when remaining <= 0
                then 0
                when pace_days > 0 and credits > 0
                then least(remaining * pace_days / credits, 36500)
            end as days_of_runway
        from paced

    ),

    ending as (

        select
            runway.*,
            cast(read_at + cast(floor(days_of_runway * 1440) as integer) * interval '1 minute' as date) as runs_out_on
        from runway

    )

select
    provider,
    plan,
    credit_type,
    read_at,
    period_end,
    quota,
    used,
    remaining,
    cast(credits_per_day as double precision) as credits_per_day,
    cast(pace_days as double precision) as pace_days,
    cast(days_of_runway as double precision) as days_of_runway,
    runs_out_on,
    case
        when remaining is null or period_end is null
        then cast(null as boolean)
        when days_of_runway is null
        then true
        else runs_out_on >= period_end
    end as lasts_period
from ending
