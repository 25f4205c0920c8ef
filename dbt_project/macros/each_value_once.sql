{#- A dictionary with one row per value and hint, the last one loaded. -#}
{% macro each_value_once(kind, columns) -%}
    select value, hint, {{ columns | join(', ') }}
    from
        (
            select loaded.*, row_number() over (partition by value, hint order by _dlt_load_id desc) as place
            from {{ source('leadhouse_dictionaries', kind) }} as loaded
        ) as numbered
    where place = 1
{%- endmacro %}
