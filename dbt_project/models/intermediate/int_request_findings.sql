{{ config(tags=["resolved"]) }}
-- One row per answer with records: what it brought that this warehouse did not know before. Of answers of one moment
-- (a simulated one, say) the first is the first by provider, operation and resource.
{% set asked = "answers.provider, answers.operation, answers.resource, answers.request_id" %}
with
    answers as (select request_id, provider, operation, resource from {{ ref('stg_leadhouse__requests') }}),

    records as (

        select
            records.*,
            row_number() over (
                partition by records.provider, records.entity, records.record_key, records._record_hash
                order by records._fetched_at, {{ asked }}, records._row_id
            ) as occurrence
        from {{ ref('int_answer_records') }} as records
        left join answers on records.request_id = answers.request_id

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
        -- A change is found by the answers that first told of it, each in its way.
        select 'job_change' as found, changes.change_key as thing, told.request_id, told._fetched_at
        from {{ ref('int_job_changes') }} as changes
        inner join {{ ref('int_answer_records') }} as told on split_part(changes.detected_row_id, '/', 1) = told._row_id

    ),

    first_sightings as (

        select
            sightings.*,
            row_number() over (
                partition by sightings.found, sightings.thing order by sightings._fetched_at, {{ asked }}
            ) as occurrence
        from sightings
        left join answers on sightings.request_id = answers.request_id

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
