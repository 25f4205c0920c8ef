{#- Whole days from one date to a later one. -#}
{% macro days_between(begins, ends) -%} {{ adapter.dispatch('days_between')(begins, ends) }} {%- endmacro %}

{% macro default__days_between(begins, ends) -%} ({{ ends }} - {{ begins }}) {%- endmacro %}

{#- Days from one moment to a later one, with fractions. -#}
{% macro days_apart(begins, ends) -%} extract(epoch from ({{ ends }} - {{ begins }})) / 86400.0 {%- endmacro %}
