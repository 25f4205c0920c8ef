{#- The last day of the day, month or year that begins with a date; the date itself for an unknown precision. -#}
{% macro last_day_of(date, precision) -%}
    case
        {{ precision }}
        when 'month'
        then cast({{ date }} + interval '1' month as date) - 1
        when 'year'
        then cast({{ date }} + interval '1' year as date) - 1
        else {{ date }}
    end
{%- endmacro %}


{#- How exactly a day is known: 0 to the day, 3 not at all. -#}
{% macro precision_rank(precision) -%}
    case {{ precision }} when 'day' then 0 when 'month' then 1 when 'year' then 2 else 3 end
{%- endmacro %}
