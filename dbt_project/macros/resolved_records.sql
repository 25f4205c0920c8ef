{#- One row per provider record of an entity (`person`, `company`) with its latest assignment. -#}
{% macro resolved_records(entity) -%}
    with
        latest_assignments as (

            select
                assignments.*,
                row_number() over (
                    partition by assignments.provider, assignments.provider_record_id
                    order by assignments.generation desc, assignments._dlt_load_id desc
                ) as place
            from {{ source('leadhouse_identity', 'assignments') }} as assignments
            where assignments.entity = '{{ entity }}'

        )

    select
        records.provider,
        records.provider_record_id,
        assigned.id as {{ entity }}_id,
        assigned.matched_by,
        assigned.assigned_at as matched_at
    from {{ ref('int_' ~ entity ~ '_records') }} as records
    inner join
        latest_assignments as assigned
        on records.provider = assigned.provider
        and records.provider_record_id = assigned.provider_record_id
        and assigned.place = 1
{%- endmacro %}
