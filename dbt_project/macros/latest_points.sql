{#- Contact points of people, of the latest version of each record and selection. -#}
{% macro latest_points() -%}
    (
        select points.*
        from {{ ref('int_person_contact_points') }} as points
        inner join
            {{ latest(ref('int_person_versions'), ['versions.provider', 'versions.provider_record_id', 'versions._selection']) }}
            as current_versions
            on points._row_id = current_versions._row_id
    )
{%- endmacro %}
