with
    asked as (

        select sync_id, count(*) as requests
        from {{ ref('fct_api_requests') }}
        where outcome <> 'replayed'
        group by sync_id

    )

select
    syncs.sync_id,
    syncs.as_of,
    syncs.ended_at,
    syncs.sources,
    syncs.rounds,
    syncs.outcome,
    coalesce(asked.requests, 0) as requests
from {{ ref('stg_leadhouse__syncs') }} as syncs
left join asked on syncs.sync_id = asked.sync_id
