{#- A field of a canonical record (JSON text) in one of our types.

    column: the column that holds the JSON; path: list of names, empty for the value itself;
    type: text, integer, number, boolean, date or timestamp. -#}
{% macro record_field(column, path, type) -%}
    {%- set value = record_text(column, path) -%}
    {{ value if type == 'text' else 'cast(' ~ value ~ ' as ' ~ sql_type(type) ~ ')' }}
{%- endmacro %}


{% macro record_text(column, path) -%} {{ return(adapter.dispatch('record_text')(column, path)) }} {%- endmacro %}

{% macro duckdb__record_text(column, path) -%}
    {%- set steps = path | map('tojson') | join('.') -%}
    {{ return("json_extract_string(" ~ column ~ ", '$" ~ ('.' if path else '') ~ steps ~ "')") }}
{%- endmacro %}

{% macro postgres__record_text(column, path) -%}
    {{ return("(" ~ column ~ "::json #>> '{" ~ path | join(',') ~ "}')") }}
{%- endmacro %}


{% macro sql_type(type) -%} {{ return(adapter.dispatch('sql_type')(type)) }} {%- endmacro %}

{% macro default__sql_type(type) -%}
    {{ return({'text': 'varchar', 'integer': 'bigint', 'number': 'double precision', 'boolean': 'boolean', 'date': 'date', 'timestamp': 'timestamp'}[type]) }}
{%- endmacro %}


{#- A query with one row per entry of a list of a canonical record: the carried columns, `position` from 1, and `element`
    (JSON text).

    path: list of names, empty when the column is the list itself; column: the column that holds the JSON. -#}
{% macro record_list(relation, path, carried, condition, column='record') -%}
    {{ adapter.dispatch('record_list')(relation, path, carried, condition, column) }}
{%- endmacro %}

{% macro duckdb__record_list(relation, path, carried, condition, column) -%}
    {%- set steps = ('.' if path else '') ~ path | map('tojson') | join('.') -%}
    select
        {% for name in carried %} raw.{{ name }}, {% endfor -%}
        cast(entry.position as bigint) as position,
        cast(entry.element as varchar) as element
    from {{ relation }} as raw
    cross join
        lateral(
            select
                unnest(json_extract(raw.{{ column }}, '${{ steps }}[*]')) as element,
                unnest(
                    generate_series(1, cast(json_array_length(raw.{{ column }}, '${{ steps }}') as bigint))
                ) as position
        ) as entry
    where raw.{{ column }} is not null and {{ condition }}
{%- endmacro %}

{% macro postgres__record_list(relation, path, carried, condition, column) -%}
    select
        {% for name in carried %} raw.{{ name }}, {% endfor -%}
        entry.position,
        cast(entry.element as varchar) as element
    from {{ relation }} as raw
    cross join
        lateral json_array_elements(
            case
                when json_typeof(raw.{{ column }}::json #> '{ {{- path | join(', ') -}} }') = 'array'
                then raw.{{ column }}::json #> '{ {{- path | join(', ') -}} }'
            end
        )
    with ordinality as entry(element, position)
    where raw.{{ column }} is not null and {{ condition }}
{%- endmacro %}


{#- Raw rows are opened once, and only from loads that are complete: dlt may be half way through one. -#}
{% macro complete_and_new_loads(dataset) -%}
    _dlt_load_id in (
        select load_id
        from {{ source(dataset, '_dlt_loads') }}
        where
            status = 0
            {%- if is_incremental() %}
                and load_id not in (select opened._dlt_load_id from {{ this }} as opened)
            {%- endif %}
    )
{%- endmacro %}


{#- The latest row of each key: a condition-free subquery, since Postgres knows no `qualify`. Of several of the same time
    one is taken that does not depend on how a sync was cut into rounds, and so not on the order of loads. -#}
{% macro latest(relation, keys) -%}
    (
        select numbered.*
        from
            (
                select
                    versions.*,
                    row_number() over (
                        partition by {{ keys | join(', ') }} order by versions._fetched_at desc, versions._row_id desc
                    ) as version_number
                from {{ relation }} as versions
            ) as numbered
        where numbered.version_number = 1
    )
{%- endmacro %}


{#- Text values of a group, sorted and comma-separated. -#}
{% macro sorted_list(expression) -%}
    string_agg(distinct {{ expression }}, ',' order by {{ expression }})
{%- endmacro %}
