with
    known as (select max(ended_at) as known_at from {{ ref('stg_leadhouse__syncs') }}),

    attempts as (

        select
            requests.*,
            row_number() over (
                partition by provider, resource
                order by sync_id desc, round desc, window_id desc, step desc, attempt desc, request_id
            ) as latest
        from {{ ref('stg_leadhouse__requests') }} as requests
        where outcome <> 'replayed'

    ),

    tried as (

        select
            provider,
            resource,
            max(started_at) as last_attempt_at,
            max(case when outcome in ('ok', 'empty') then started_at end) as last_answer_at,
            max(case when outcome = 'ok' and records > 0 then started_at end) as newest_record_at,
            max(case when latest = 1 then outcome end) as last_outcome
        from attempts
        group by provider, resource

    ),

    completed as (

        select provider, resource, max(completed_at) as completed_at
        from {{ ref('stg_leadhouse__windows') }}
        where not coalesce(is_partial, false)
        group by provider, resource

    )

select
    tried.provider,
    tried.resource,
    tried.last_attempt_at,
    completed.completed_at as last_success_at,
    tried.newest_record_at,
    cast({{ days_apart('completed.completed_at', 'known.known_at') }} * 24 as double precision) as lag_hours,
    tried.last_outcome
from tried
cross join known
left join completed on tried.provider = completed.provider and tried.resource = completed.resource
