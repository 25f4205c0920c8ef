{#- A relation of one column `day`, a timestamp: each midnight from one date to another, both included. -#}
{% macro each_day(first, last) -%} {{ adapter.dispatch('each_day')(first, last) }} {%- endmacro %}

{% macro default__each_day(first, last) -%}
    generate_series(timestamp '{{ first }}', timestamp '{{ last }}', interval '1 day') as days(day)
{%- endmacro %}
