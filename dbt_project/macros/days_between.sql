{#- Whole days from one date to a later one. -#}
{% macro days_between(begins, ends) -%} {{ adapter.dispatch('days_between')(begins, ends) }} {%- endmacro %}

{% macro default__days_between(begins, ends) -%} ({{ ends }} - {{ begins }}) {%- endmacro %}
