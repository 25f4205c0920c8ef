{#- The ISO 3166-2 code of a statement's state, of its own columns or of its line; null where they name two countries.

    Stands in a query with `versions`, `countries`, `places` and `subdivisions`. -#}
{% macro normal_subdivision() -%}
    case
        when subdivisions.subdivision_code is not null
        then subdivisions.subdivision_code
        when
            (versions.state is null or lower(versions.state) = lower(places.state))
            and substr(places.subdivision_code, 1, 2) = coalesce(countries.country_code, places.country_code)
        then places.subdivision_code
    end
{%- endmacro %}
