{#- The first day of a month from two numbers; null when either is. -#}
{% macro first_of_month(year, month) -%}
    cast(
        case
            when {{ year }} is not null and {{ month }} is not null
            then concat(cast({{ year }} as varchar), '-', lpad(cast({{ month }} as varchar), 2, '0'), '-01')
        end as date
    )
{%- endmacro %}
