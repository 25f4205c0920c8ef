-- One row per reading of a meter: what a provider says of a plan, credit type and period.
with
    leadiq_plans as (

        select
            _row_id,
            _request_id,
            _fetched_at,
            'uc' as credit_type,
            universal_plan_name as plan,
            universal_plan_next_billing_period as next_billing_period,
            universal_plan_available as available,
            universal_plan_used as used
        from {{ ref('stg_leadiq__account') }}
        union all
        select
            _row_id,
            _request_id,
            _fetched_at,
            'data_hub' as credit_type,
            data_hub_plan_name as plan,
            data_hub_plan_next_billing_period as next_billing_period,
            data_hub_plan_available as available,
            data_hub_plan_used as used
        from {{ ref('stg_leadiq__account') }}

    ),

    leadiq_steps as (

        select
            credit_type,
            plan,
            next_billing_period,
            available,
            used,
            lag(available) over (
                partition by credit_type, plan, next_billing_period order by _fetched_at, _row_id
            ) as available_before,
            lag(used) over (
                partition by credit_type, plan, next_billing_period order by _fetched_at, _row_id
            ) as used_before
        from leadiq_plans
        where used is not null

    ),

    leadiq_meaning as (

        -- `available` is the rest when it falls as `used` grows, the cap when it does not; until two readings tell,
        -- it is both while nothing is used, and neither after that.
        select
            credit_type,
            plan,
            max(
                case
                    when used > used_before and abs((available_before - available) - (used - used_before)) < 0.000001
                    then 1
                    else 0
                end
            ) as is_rest,
            max(
                case when used > used_before and abs(available_before - available) < 0.000001 then 1 else 0 end
            ) as is_cap
        from leadiq_steps
        group by credit_type, plan

    ),

    leadiq as (

        select
            'leadiq' as provider,
            coalesce(plans.plan, 'unnamed') as plan,
            plans.credit_type,
            plans._fetched_at as read_at,
            plans._row_id,
            plans._request_id,
            cast(null as date) as period_start,
            cast(plans.next_billing_period as date) as period_end,
            case
                when meaning.is_cap = 1 or plans.used = 0
                then plans.available
                when meaning.is_rest = 1
                then plans.available + plans.used
            end as quota,
            plans.used,
            case
                when meaning.is_cap = 1
                then plans.available - plans.used
                when meaning.is_rest = 1 or plans.used = 0
                then plans.available
            end as remaining,
            cast(null as bigint) as over_quota
        from leadiq_plans as plans
        left join
            leadiq_meaning as meaning
            on plans.credit_type = meaning.credit_type
            and coalesce(plans.plan, '') = coalesce(meaning.plan, '')
        where plans.used is not null or plans.available is not null

    ),

    leadiq_usage as (

        {% for list in ['plan', 'trial'] %}
            select
                'leadiq' as provider,
                {{ dbt.concat(["'" ~ list ~ " '", "coalesce(name, 'unnamed')", "' '", "coalesce(usage_type, '')"]) }}
                as plan,
                case
                    credit_type
                    when 'Page'
                    then 'page'
                    when 'ExactMatch'
                    then 'exact_match'
                    when 'PremiumMobile'
                    then 'premium_mobile'
                    else lower(credit_type)
                end as credit_type,
                _fetched_at as read_at,
                _row_id,
                _request_id,
                cast(null as date) as period_start,
                cast(null as date) as period_end,
                cap as quota,
                units as used,
                case when cap > units then cap - units when cap is not null then 0 end as remaining,
                case when units > cap then units - cap when cap is not null then 0 end as over_quota
            from {{ ref('stg_leadiq__usage__' ~ list ~ '_usage') }}
            where units is not null or cap is not null
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}

    ),

    leadiq_tracking as (

        -- Used is what is gone of the whole; `already_used` is deprecated, and what `balance` means is not stated.
        select
            'leadiq' as provider,
            'contact tracking' as plan,
            'tracking' as credit_type,
            _fetched_at as read_at,
            _row_id,
            _request_id,
            cast(null as date) as period_start,
            cast(null as date) as period_end,
            max_credits as quota,
            max_credits - remaining as used,
            remaining,
            cast(null as bigint) as over_quota
        from {{ ref('stg_leadiq__contact_tracking_balance') }}
        where max_credits is not null or remaining is not null

    ),

    contactout_meters as (

        {% for type, prefix in {'email': '', 'phone': 'phone_', 'search': 'search_'}.items() %}
            select
                _row_id,
                _request_id,
                _fetched_at,
                period_start,
                period_end,
                '{{ type }}' as credit_type,
                usage_{{ prefix }}count as used,
                usage_{{ prefix }}quota as quota,
                usage_{{ prefix }}remaining as remaining,
                usage_{{ prefix }}over_quota as over_quota,
                usage_remaining is not null
                or usage_phone_remaining is not null
                or usage_search_remaining is not null as is_postpaid
            from {{ ref('stg_contactout__stats') }}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}

    ),

    contactout as (

        -- Prepaid: `quota` is what remains, and no allowance is stated.
        select
            'contactout' as provider,
            case when is_postpaid then 'postpaid' else 'prepaid' end as plan,
            credit_type,
            _fetched_at as read_at,
            _row_id,
            _request_id,
            period_start,
            period_end,
            case when is_postpaid then quota end as quota,
            used,
            case when is_postpaid then remaining else quota end as remaining,
            over_quota
        from contactout_meters
        where used is not null or quota is not null

    ),

    united as (

        select *
        from leadiq
        union all
        select *
        from leadiq_usage
        union all
        select *
        from leadiq_tracking
        union all
        select *
        from contactout

    )

select
    united.provider,
    united.plan,
    united.credit_type,
    united.read_at,
    united._row_id,
    requests.sync_id,
    united.period_start,
    united.period_end,
    cast(united.quota as double precision) as quota,
    cast(united.used as double precision) as used,
    cast(united.remaining as double precision) as remaining,
    cast(united.over_quota as double precision) as over_quota
from united
inner join {{ ref('stg_leadhouse__requests') }} as requests on united._request_id = requests.request_id
