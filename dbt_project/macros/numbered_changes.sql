{#- Candidates of one person, place and kind (and title, of a step), each with the change it tells of (`change_key`): a new
    one begins where too many days lie between two of them.

    relation: rows of int_job_change_evidence; known_by: what the keys begin with; apart: an expression with the most days
    between two of one change; it may use `is_exact` and `was_exact`, whether the day of this and of the last one is
    known. -#}
{% macro numbered_changes(relation, known_by, apart) -%}
    (
        select
            spaced.*,
            '{{ known_by }}|'
            || person_id
            || '|'
            || family
            || '|'
            || place_key
            || '|'
            || step_key
            || '|'
            || cast(
                sum(
                    case
                        when day_before is null or {{ days_between('day_before', 'happened_by') }} > {{ apart }}
                        then 1
                        else 0
                    end
                ) over (
                    partition by person_id, family, place_key, step_key
                    order by happened_by, evidence_id
                    rows unbounded preceding
                ) as varchar
            ) as change_key
        from
            (
                select
                    keyed.*,
                    lag(happened_by) over (
                        partition by person_id, family, place_key, step_key order by happened_by, evidence_id
                    ) as day_before,
                    lag(is_exact) over (
                        partition by person_id, family, place_key, step_key order by happened_by, evidence_id
                    ) as was_exact
                from
                    (
                        select
                            candidates.*,
                            case when family = 'step' then coalesce(title_key, '') else '' end as step_key,
                            effective_precision = 'day' as is_exact
                        from {{ relation }} as candidates
                    ) as keyed
            ) as spaced
    )
{%- endmacro %}
