-- One row per meter and sync that read it: how far it moved since the sync before that read it. `delta` is null
-- where that cannot be told: the meter began anew, and nobody knows when or what it had shown last.
with
    numbered as (

        select
            readings.*,
            row_number() over (
                partition by provider, plan, credit_type, period_start, sync_id
                order by read_at desc, used desc, _row_id
            ) as place
        from {{ ref('int_meter_readings') }} as readings
        where used is not null

    ),

    readings as (

        -- A period of its own is a meter of its own, whatever the plan is called.
        select numbered.*, case when period_start is null then plan else '' end as meter from numbered where place = 1

    ),

    sync_points as (

        select provider, credit_type, sync_id, max(read_at) as point_read_at
        from readings
        -- A sync that was told of months that are over alone has not read the meter as it stands.
        where period_start is null or cast(read_at as date) between period_start and period_end
        group by provider, credit_type, sync_id

    ),

    last_points as (

        -- Of syncs in one moment the last one's reading counts.
        select
            sync_points.*,
            row_number() over (
                partition by provider, credit_type, point_read_at order by sync_id desc
            ) as place_in_moment
        from sync_points

    ),

    points as (

        select
            provider,
            credit_type,
            sync_id,
            point_read_at,
            row_number() over (partition by provider, credit_type order by sync_id) as point
        from last_points
        where place_in_moment = 1

    ),

    placed as (

        select readings.*, points.point, points.point_read_at, earlier.point_read_at as read_before
        from readings
        inner join
            points
            on readings.provider = points.provider
            and readings.credit_type = points.credit_type
            and readings.sync_id = points.sync_id
        left join
            points as earlier
            on points.provider = earlier.provider
            and points.credit_type = earlier.credit_type
            and points.point = earlier.point + 1

    ),

    stepped as (

        select
            placed.*,
            lag(used) over one_meter as used_before,
            lag(period_end) over one_meter as period_end_before,
            lead(point) over one_meter as point_after
        from placed
        window one_meter as (partition by provider, credit_type, meter, period_start order by point)

    ),

    told as (

        select
            stepped.*,
            -- A period that ended since, without saying when it had begun: the meter began anew on that day.
            case
                when
                    period_start is null
                    and period_end > period_end_before
                    and cast(point_read_at as date) >= period_end_before
                then period_end_before
            end as restarted_on
        from stepped

    )

select
    provider,
    plan,
    credit_type,
    sync_id,
    point,
    point_read_at as read_at,
    read_before,
    period_start,
    period_end,
    used,
    restarted_on,
    -- A period that was open and is read no more: its last credits were not read.
    point_after is distinct from point + 1
    and period_start is not null
    and period_end >= cast(point_read_at as date) as is_last_of_open_period,
    case
        when read_before is null or restarted_on is not null
        then used
        when used_before is null
        then case when period_start > cast(read_before as date) then used end
        when used >= used_before
        then used - used_before
    end as delta
from told
