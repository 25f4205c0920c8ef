-- One row per credit type that a meter shows, and sync of its provider: the reading that shows what the sync
-- spent. A sync reads the meters when it has spent what it spends, so that its own reading does; of what was
-- spent since the last reading, none does yet.
with
    readings as (select distinct provider, credit_type, sync_id, point from {{ ref('int_meter_deltas') }}),

    syncs as (

        select distinct meters.provider, meters.credit_type, requests.sync_id
        from {{ ref('stg_leadhouse__requests') }} as requests
        inner join
            (select distinct provider, credit_type from readings) as meters on requests.provider = meters.provider

    )

select
    syncs.provider,
    syncs.credit_type,
    syncs.sync_id,
    min(readings.point) over (partition by syncs.provider, syncs.credit_type order by syncs.sync_id desc) as point
from syncs
left join
    readings
    on syncs.provider = readings.provider
    and syncs.credit_type = readings.credit_type
    and syncs.sync_id = readings.sync_id
