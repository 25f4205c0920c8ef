{{ config(tags=["resolved"]) }}
-- Changes that two versions of a record reveal, in the words of int_job_change_evidence.
select
    turns.provider,
    'revealed:' || turns.known_row_id as provider_record_id,
    turns.person_id,
    'revealed' as known_by,
    turns.family,
    turns.from_company_key,
    turns.from_company_id,
    turns.from_company_name,
    turns.from_title,
    turns.from_held_key as from_title_key,
    turns.from_title_rank,
    case when turns.family <> 'departure' then turns.company_key end as to_company_key,
    case when turns.family <> 'departure' then turns.company_id end as to_company_id,
    case when turns.family <> 'departure' then turns.company_name end as to_company_name,
    case when turns.family <> 'departure' then turns.title end as to_title,
    case when turns.family <> 'departure' then turns.held_key end as to_title_key,
    case when turns.family <> 'departure' then turns.title_rank end as to_title_rank,
    case when turns.family <> 'departure' then turns.started_on end as effective_on,
    case
        when turns.family <> 'departure' then coalesce(turns.started_precision, 'unknown') else 'unknown'
    end as effective_precision,
    -- What the record said before may have been late, too.
    case
        when turns.family <> 'departure' and turns.started_on is not null
        then turns.started_on
        else cast(turns.held_at as date) - 105
    end as happened_from,
    case
        when turns.family <> 'departure' and turns.started_on is not null
        then {{ last_day_of('turns.started_on', 'turns.started_precision') }}
        else cast(turns.observed_at as date)
    end as happened_by,
    cast(turns.observed_at as date) as reported_on,
    turns.known_at as detected_at,
    turns.known_row_id as detected_row_id
from {{ ref('int_employment_turns') }} as turns
