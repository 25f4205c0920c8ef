-- One row per answer with records of people, or of companies that ContactOut was asked for: what it brought that was
-- not known before.
with
    versions as (

        select 'person' as entity, provider, provider_record_id, _record_hash, _row_id, _request_id, _fetched_at
        from {{ ref('int_person_versions') }}
        union all
        select
            'company' as entity,
            'contactout' as provider,
            record_key as provider_record_id,
            _record_hash,
            _row_id,
            _request_id,
            _fetched_at
        from {{ ref('int_contactout_companies') }}

    ),

    numbered as (

        select
            versions.*,
            row_number() over (
                partition by entity, provider, provider_record_id, _record_hash
                order by _fetched_at, _request_id, _row_id
            ) as occurrence
        from versions

    ),

    reachable as (select distinct _row_id from {{ ref('int_contact_points') }})

select
    numbered._request_id as request_id,
    count(*) as records,
    sum(case when numbered.occurrence = 1 then 1 else 0 end) as records_new_or_changed,
    sum(case when reachable._row_id is not null then 1 else 0 end) as contacts_found
from numbered
left join reachable on numbered._row_id = reachable._row_id
group by numbered._request_id
