{#- Hex SHA-256 of a text, as `raw_leadhouse.lookups` holds of what identifies somebody. -#}
{% macro sha256(text) -%} {{ adapter.dispatch('sha256')(text) }} {%- endmacro %}

{% macro default__sha256(text) -%} encode(sha256(convert_to({{ text }}, 'UTF8')), 'hex') {%- endmacro %}

{% macro duckdb__sha256(text) -%} sha256({{ text }}) {%- endmacro %}
