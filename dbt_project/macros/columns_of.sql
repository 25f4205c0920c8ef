{#- A select list in a fixed order: each column as it is given, or a null of its type where the source has none.

    types: {column: one of our types}; given: {column: expression}, or a list of columns that are called the same. -#}
{% macro columns_of(types, given, same=[]) -%}
    {%- for column, type in types.items() %}
        {% if column in given %} {{ given[column] }}
        {% elif column in same %} {{ column }}
        {% else %} cast(null as {{ sql_type(type) }})
        {% endif %} as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{#- What every version of a record carries. -#}
{% macro carried_columns() -%}
    {{ return(['_row_id', '_selection', '_request_id', '_fetched_at', '_dlt_load_id']) }}
{%- endmacro %}
