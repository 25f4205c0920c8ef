{{ config(tags=["resolved"]) }}
-- One row per version of a record that says where a person is: the job that counts, or none where the record lists jobs
-- and says that all have ended. In the order of what the record says of its own time, so that a state that was
-- fetched late stands where it belongs.
with
    versions as (

        select
            provider,
            provider_record_id,
            source,
            version_row_id,
            person_id,
            min(_fetched_at) as detected_at,
            min(observed_at) as observed_at,
            max(case when is_time_stated then 1 else 0 end) as is_time_stated,
            max(case when is_main and is_current then company_key end) as main_company_key,
            min(case when is_current then company_key end) as any_company_key,
            count(distinct case when is_current then company_key end) as companies,
            sum(case when is_current is null then 1 else 0 end) as undecided
        from {{ ref('int_employment_observations') }}
        where source in ('people', 'search_people', 'prospects', 'contacts')
        group by provider, provider_record_id, source, version_row_id, person_id

    ),

    placed as (

        select versions.*, coalesce(main_company_key, case when companies = 1 then any_company_key end) as company_key
        from versions
        where
            -- Which of several counts, somebody has to say.
            main_company_key is not null
            or companies = 1
            -- Only a record with a list of jobs can say that there is none.
            or (companies = 0 and source = 'people' and undecided = 0)

    ),

    jobs as (

        -- Of several titles at one company the one that counts, else the one that began last.
        select
            version_row_id,
            company_key,
            company_id,
            company_name,
            title,
            title_key,
            title_rank,
            max(case when started_precision in ('day', 'month') then started_on end) over (
                partition by version_row_id, company_key
            ) as started_on,
            row_number() over (
                partition by version_row_id, company_key
                order by
                    case when is_main and title_key is not null then 0 when title_key is not null then 1 else 2 end,
                    coalesce(started_on, date '1900-01-01') desc,
                    _row_id
            ) as place
        from {{ ref('int_employment_observations') }}
        where is_current

    ),

    titled as (

        select
            placed.provider,
            placed.provider_record_id,
            placed.source,
            placed.version_row_id,
            placed.person_id,
            placed.detected_at,
            placed.observed_at,
            placed.is_time_stated = 1 as is_time_stated,
            placed.company_key,
            jobs.company_id,
            jobs.company_name,
            jobs.title,
            jobs.title_key,
            titles.held_key,
            jobs.title_rank,
            jobs.started_on,
            case
                when jobs.started_on is not null
                then case when placed.provider = 'contactout' then 'month' else 'day' end
            end as started_precision,
            row_number() over (
                partition by placed.provider, placed.provider_record_id, placed.source
                order by placed.observed_at, placed.detected_at, placed.version_row_id
            ) as version_place
        from placed
        left join
            jobs
            on placed.version_row_id = jobs.version_row_id
            and placed.company_key = jobs.company_key
            and jobs.place = 1
        left join
            {{ ref('int_employment_titles') }} as titles
            on placed.person_id = titles.person_id
            and jobs.company_key = titles.company_key
            and jobs.title_key = titles.title_key

    )

select
    provider,
    provider_record_id,
    source,
    version_row_id,
    person_id,
    detected_at,
    observed_at,
    is_time_stated,
    company_key,
    company_id,
    company_name,
    title,
    title_key,
    held_key,
    title_rank,
    started_on,
    started_precision,
    row_number() over (partition by provider, provider_record_id, source order by version_place) as place,
    row_number() over (
        partition by provider, provider_record_id, source, company_key order by version_place
    ) as company_place
from titled
-- A company alone counts only as where a record begins: between two titles it would hide what changed.
where company_key is null or title_key is not null or version_place = 1
