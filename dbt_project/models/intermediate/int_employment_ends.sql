{{ config(tags=["resolved"]) }}
-- One row per spell that is said to have ended: how, as exactly as anybody knows. `ended_by` is a day by which it had,
-- `last_ended_by` the latest that anybody gives: whoever lags behind says the job until then.
with
    stated as (

        select
            person_id,
            company_key,
            held_key,
            spell_number,
            case when ended_precision <> 'unknown' then ended_on end as ended_on,
            ended_precision,
            ended_by,
            observed_at,
            _row_id
        from {{ ref('int_employment_evidence') }}
        where ended_by is not null

        union all

        select
            turns.person_id,
            turns.from_company_key as company_key,
            coalesce(turns.from_held_key, '') as held_key,
            1 + count(returns.marked_on) as spell_number,
            cast(null as date) as ended_on,
            'unknown' as ended_precision,
            cast(turns.observed_at as date) as ended_by,
            turns.observed_at,
            turns.version_row_id as _row_id
        from {{ ref('int_employment_turns') }} as turns
        left join
            {{ ref('int_employment_marks') }} as returns
            on turns.person_id = returns.person_id
            and turns.from_company_key = returns.company_key
            and coalesce(turns.from_held_key, '') = returns.held_key
            and returns.is_return
            and returns.marked_on <= cast(turns.held_at as date)
        where turns.from_company_key is not null
        group by
            turns.person_id,
            turns.from_company_key,
            turns.from_held_key,
            turns.held_at,
            turns.observed_at,
            turns.version_row_id

    ),

    ranked as (

        select
            stated.*,
            row_number() over (
                partition by person_id, company_key, held_key, spell_number
                order by
                    -- Where it was held again without a pause, the last end counts.
                    case when ended_on is null then 1 else 0 end,
                    ended_on desc,
                    {{ precision_rank('ended_precision') }},
                    ended_by,
                    _row_id
            ) as place,
            max(ended_by) over (partition by person_id, company_key, held_key, spell_number) as last_ended_by
        from stated

    )

select person_id, company_key, held_key, spell_number, ended_on, ended_precision, ended_by, last_ended_by
from ranked
where place = 1
