{#- A number as a person writes it, with up to three decimals. -#}
{% macro number_text(number) -%}
    rtrim(rtrim(cast(cast({{ number }} as decimal(18, 3)) as varchar), '0'), '.')
{%- endmacro %}
