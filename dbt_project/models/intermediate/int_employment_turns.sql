{{ config(tags=["resolved"]) }}
-- One row per pair of versions of a record between which the job that counts changed. It happened between the two,
-- as far as the provider knew then: `held_at` is when the record last said the one, `observed_at` when it first
-- said the other. Of the versions that go on saying it `known_row_id` is the one that was fetched first, at
-- `known_at`: one that is fetched later may be of an earlier time.
with
    compared as (

        select
            states.*,
            before.version_row_id as before_row_id,
            before.observed_at as held_at,
            before.company_key as from_company_key,
            before.company_id as from_company_id,
            before.company_name as from_company_name,
            before.title as from_title,
            before.held_key as from_held_key,
            before.title_rank as from_title_rank,
            case
                when
                    before.version_row_id is not null
                    and (
                        coalesce(states.company_key, '') <> coalesce(before.company_key, '')
                        or states.held_key <> before.held_key
                    )
                then 1
                else 0
            end as is_turn
        from {{ ref('int_employment_states') }} as states
        left join
            {{ ref('int_employment_states') }} as before
            on states.provider = before.provider
            and states.provider_record_id = before.provider_record_id
            and states.source = before.source
            and states.place = before.place + 1

    ),

    runs as (

        select
            compared.*,
            sum(is_turn) over (
                partition by provider, provider_record_id, source order by place rows unbounded preceding
            ) as run_number
        from compared

    ),

    known as (

        select
            runs.*,
            first_value(version_row_id) over (
                partition by provider, provider_record_id, source, run_number order by detected_at, version_row_id
            ) as known_row_id,
            min(detected_at) over (partition by provider, provider_record_id, source, run_number) as known_at
        from runs

    ),

    steps as (select * from known where is_turn = 1),

    held as (

        select distinct version_row_id, company_key from {{ ref('int_employment_observations') }} where is_current

    ),

    held_titles as (

        select distinct observations.version_row_id, observations.company_key, titles.held_key
        from {{ ref('int_employment_observations') }} as observations
        inner join
            {{ ref('int_employment_titles') }} as titles
            on observations.person_id = titles.person_id
            and observations.company_key = titles.company_key
            and observations.title_key = titles.title_key
        where observations.is_current

    ),

    told_apart as (

        select
            steps.*,
            case
                when steps.company_key is null
                then 'departure'
                when steps.company_key = coalesce(steps.from_company_key, '')
                -- Who still holds the other title has two.
                then case when titles.version_row_id is null then 'step' end
                -- Who is still there has two employers, and who was there already had.
                when still.version_row_id is not null
                then null
                when already.version_row_id is not null
                then 'departure'
                -- An older state that returns, and nothing says when, is a stale answer.
                when steps.company_place > 1 and not steps.is_time_stated
                then null
                else 'move'
            end as family
        from steps
        left join
            held as still on steps.version_row_id = still.version_row_id and steps.from_company_key = still.company_key
        left join
            held as already on steps.before_row_id = already.version_row_id and steps.company_key = already.company_key
        left join
            held_titles as titles
            on steps.version_row_id = titles.version_row_id
            and steps.from_company_key = titles.company_key
            and steps.from_held_key = titles.held_key

    )

select *
from told_apart
where
    family is not null
    -- A company alone, such as a search brings that buys no profile, is no statement of a job.
    and (company_key is null or title_key is not null)
