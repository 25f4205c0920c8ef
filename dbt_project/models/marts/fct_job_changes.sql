-- Announcements of one person, destination and kind within 45 days are one change. It is named after the announcement
-- this warehouse knew first, so that its id stays when more evidence arrives.
with
    candidates as (

        select
            candidates.*,
            coalesce(effective_on, reported_on) as happened_on,
            coalesce(to_company_id, from_company_id, '') as destination
        from {{ ref('int_job_change_candidates') }} as candidates

    ),

    spaced as (

        select
            candidates.*,
            lag(happened_on) over (
                partition by person_id, change_type, destination order by happened_on, provider, provider_record_id
            ) as happened_before,
            lag(to_title) over (
                partition by person_id, change_type, destination, provider order by happened_on, provider_record_id
            ) as title_before
        from candidates

    ),

    grouped as (

        select
            spaced.*,
            sum(
                case
                    when happened_before is null or {{ days_between('happened_before', 'happened_on') }} > 45
                    then 1
                    -- One provider's next step from where its last one led is a change of its own.
                    when lower(from_title) = lower(title_before) and lower(to_title) <> lower(title_before)
                    then 1
                    else 0
                end
            ) over (
                partition by person_id, change_type, destination
                order by happened_on, provider, provider_record_id
                rows unbounded preceding
            ) as change_number
        from spaced

    ),

    ranked as (

        select
            grouped.*,
            row_number() over (
                partition by person_id, change_type, destination, change_number
                order by detected_at, reported_on, provider, provider_record_id
            ) as by_founding,
            row_number() over (
                partition by person_id, change_type, destination, change_number
                order by
                    case when effective_on is null then 1 else 0 end, reported_on desc, provider, provider_record_id
            ) as by_detail
        from grouped

    ),

    merged as (

        select
            person_id,
            change_type,
            destination,
            change_number,
            max(case when by_founding = 1 then provider || ':' || provider_record_id end) as founding_evidence,
            max(case when by_detail = 1 then from_company_id end) as from_company_id,
            max(case when by_detail = 1 then from_company_name end) as from_company_name,
            max(case when by_detail = 1 then from_title end) as from_title,
            max(case when by_detail = 1 then to_company_id end) as to_company_id,
            max(case when by_detail = 1 then to_company_name end) as to_company_name,
            max(case when by_detail = 1 then to_title end) as to_title,
            max(case when by_detail = 1 then effective_on end) as effective_on,
            min(reported_on) as reported_on,
            min(detected_at) as detected_at,
            {{ sorted_list('provider') }} as reported_by,
            {{ sorted_list('external_record_id') }} as external_record_ids,
            count(*) as evidence_count,
            count(distinct provider) as provider_count
        from ranked
        group by person_id, change_type, destination, change_number

    )

select
    'j_' || substr(md5(founding_evidence), 1, 20) as job_change_id,
    person_id,
    change_type,
    from_company_id,
    from_company_name,
    from_title,
    to_company_id,
    to_company_name,
    to_title,
    effective_on,
    case when effective_on is null then 'unknown' else 'day' end as effective_precision,
    reported_on,
    detected_at,
    reported_by,
    external_record_ids,
    evidence_count,
    -- One provider's word is 0.8; a second independent one makes it 0.95.
    cast(case when provider_count > 1 then 0.95 else 0.8 end as double precision) as confidence
from merged
