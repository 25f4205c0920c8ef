{#- The rule of each field of an entity (`person`, `company`), of its group where it belongs to one; a query. -#}
{% macro survivorship_of(entity) -%}
    select
        fields.field,
        coalesce(groups.prefer, fields.prefer) as prefer,
        coalesce(groups.provider_order, fields.provider_order) as provider_order,
        fields.only_from,
        coalesce(fields.belongs_to || ': ', '') || coalesce(groups.prefer, fields.prefer) as rule
    from {{ ref('survivorship_rules') }} as fields
    left join
        {{ ref('survivorship_rules') }} as groups on fields.belongs_to = groups.field and fields.entity = groups.entity
    where fields.entity = '{{ entity }}'
{%- endmacro %}


{#- What candidate values of a field are ordered by: the criteria of its rule (`rules`), then what is the same for all, so
    that one survives however the rows come.

    candidates: the relation's name, with `provider`, `provider_rank` and `observed_at`; criteria: {name: expression, small
    is preferred} besides `recent` and `provider`. -#}
{% macro by_the_rule(candidates, criteria) -%}
    {%- set expressions = dict(criteria) -%}
    {%- do expressions.update({
        'recent': '-extract(epoch from ' ~ candidates ~ '.observed_at)',
        'provider': provider_place(candidates)
    }) -%}
    {%- for number in range(1, 6) %}
        case
            trim(split_part(rules.prefer, ',', {{ number }}))
            {% for name, expression in expressions.items() %} when '{{ name }}' then {{ expression }} {% endfor %}
        end,
    {%- endfor %}
    {{ candidates }}.observed_at desc,
    {{ candidates }}.provider_rank,
    {{ candidates }}.provider_record_id
{%- endmacro %}


{% macro provider_place(candidates) -%}
    case
        {{ candidates }}.provider
        {% for number in range(1, 4) -%}
            when trim(split_part(rules.provider_order, ',', {{ number }})) then {{ number }}
        {% endfor -%}
        else 3 + {{ candidates }}.provider_rank
    end
{%- endmacro %}
