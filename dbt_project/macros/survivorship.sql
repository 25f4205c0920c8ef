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


{#- Candidates of an entity's fields with the rule of the field (from `rules`, a CTE with `survivorship_of`) and their place
    by it; the first survives. What counts only from the record that won elsewhere is ranked among what is left.

    candidates, criteria: as in `by_the_rule`, with `field`; entity_id: the column that says whose they are; statement:
    columns that name the statement in which a candidate stands, and decide where the rule does not; first: columns that
    decide before those. -#}
{% macro ranked_by_the_rule(candidates, entity_id, criteria, statement, first=[]) -%}
    (
        with
            by_rule as (

                select
                    {{ candidates }}.*,
                    rules.only_from,
                    rules.rule,
                    row_number() over (
                        partition by {{ candidates }}.{{ entity_id }}, {{ candidates }}.field
                        order by
                            {{ by_the_rule(candidates, criteria) }}
                            {%- for column in first + statement %}, {{ candidates }}.{{ column }}{% endfor %}
                    ) as place_by_rule
                from {{ candidates }}
                inner join rules on {{ candidates }}.field = rules.field

            )

        select
            by_rule.*,
            row_number() over (
                partition by by_rule.{{ entity_id }}, by_rule.field order by by_rule.place_by_rule
            ) as place
        from by_rule
        left join
            by_rule as winners
            on by_rule.{{ entity_id }} = winners.{{ entity_id }}
            and by_rule.only_from = winners.field
            {%- for column in statement %} and by_rule.{{ column }} = winners.{{ column }}{% endfor %}
            and winners.place_by_rule = 1
        where by_rule.only_from is null or winners.{{ entity_id }} is not null
    )
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
