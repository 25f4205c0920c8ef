{#- The id of a question about somebody, from what tells it of others. -#}
{% macro lookup_id(lookups) -%}
    md5(concat({{ lookups }}.request_id, ':', {{ lookups }}.key_hash, ':', coalesce({{ lookups }}.points, '')))
{%- endmacro %}
