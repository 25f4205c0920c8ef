{{ config(tags=["resolved"]) }}
-- One row per answer with records: what it brought that this warehouse did not know before.
with
    records as (

        select
            records.*,
            row_number() over (
                partition by provider, entity, record_key, _record_hash order by _fetched_at, request_id, _row_id
            ) as occurrence
        from {{ ref('int_answer_records') }} as records

    ),

    reachable as (select distinct split_part(_row_id, '/', 1) as _row_id from {{ ref('int_contact_points') }}),

    counted as (

        select
            records.request_id,
            count(*) as records,
            sum(case when records.occurrence = 1 then 1 else 0 end) as records_new_or_changed,
            sum(case when reachable._row_id is not null then 1 else 0 end) as contacts_found
        from records
        left join reachable on records._row_id = reachable._row_id
        group by records.request_id

    ),

    sightings as (

        -- Every time somebody or something was seen, by what it is.
        {% for entity, statements in [('person', 'int_person_statements'), ('company', 'int_company_statements')] %}
            select
                '{{ entity }}' as found,
                resolved.{{ entity }}_id as thing,
                seen._request_id as request_id,
                seen._fetched_at
            from {{ ref(statements) }} as seen
            inner join
                {{ ref('map_' ~ entity ~ '_records') }} as resolved
                on seen.provider = resolved.provider
                and seen.provider_record_id = resolved.provider_record_id
            union all
        {% endfor %}
        select
            'contact_point' as found,
            concat(resolved.person_id, ' ', points.value) as thing,
            points._request_id as request_id,
            points._fetched_at
        from {{ ref('int_contact_points') }} as points
        inner join
            {{ ref('map_person_records') }} as resolved
            on points.provider = resolved.provider
            and points.provider_record_id = resolved.provider_record_id
        union all
        -- A change is found by the answer that first told of it: its provider's, of that person, in that moment.
        select 'job_change' as found, changes.change_key as thing, seen._request_id as request_id, changes.detected_at
        from {{ ref('int_job_changes') }} as changes
        inner join {{ ref('map_person_records') }} as resolved on changes.person_id = resolved.person_id
        inner join
            {{ ref('int_person_statements') }} as seen
            on resolved.provider = seen.provider
            and resolved.provider_record_id = seen.provider_record_id
            and changes.provider = seen.provider
            and changes.detected_at = seen._fetched_at

    ),

    first_sightings as (

        select sightings.*, row_number() over (partition by found, thing order by _fetched_at, request_id) as occurrence
        from sightings

    ),

    found as (

        select
            request_id,
            {% for found in ['person', 'company', 'contact_point', 'job_change'] %}
                sum(case when found = '{{ found }}' then 1 else 0 end) as {{ found }}_count {{ ',' if not loop.last }}
            {% endfor %}
        from first_sightings
        where occurrence = 1
        group by request_id

    )

select
    counted.request_id,
    counted.records,
    counted.records_new_or_changed,
    counted.contacts_found,
    coalesce(found.person_count, 0) as people_found,
    coalesce(found.company_count, 0) as companies_found,
    coalesce(found.contact_point_count, 0) as contact_points_found,
    coalesce(found.job_change_count, 0) as job_changes_found
from counted
left join found on counted.request_id = found.request_id
