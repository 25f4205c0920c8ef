{{ config(tags=["resolved"]) }}
-- Every candidate transition, however it is known: `announced` by a provider, `revealed` by two versions of a
-- record, or stated by a `history`. `family` is where it leads: a `move` to a company, a `step` within one, a
-- `departure`; `place_key` is the company it leads to, or that was left. It happened from `happened_from` to
-- `happened_by`; the version `detected_row_id` of a record told of it first (a history: to the day or month).
{% set columns = [
    'provider', 'provider_record_id', 'person_id', 'known_by', 'family', 'from_company_key', 'from_company_id',
    'from_company_name', 'from_title', 'from_title_rank', 'to_company_key', 'to_company_id', 'to_company_name',
    'to_title', 'to_title_rank', 'effective_on', 'effective_precision', 'happened_from', 'happened_by', 'reported_on',
    'detected_at', 'detected_row_id'
] %}
with
    united as (

        select
            {{ columns | join(', ') }},
            to_held_key as title_key,
            change_type = 'promotion' as is_promotion_stated,
            external_record_id,
            is_dated
        from {{ ref('int_job_change_announced') }}
        {% for model in ['int_job_change_revealed', 'int_job_change_histories'] %}
            union all
            select
                {{ columns | join(', ') }},
                to_title_key as title_key,
                false as is_promotion_stated,
                cast(null as varchar) as external_record_id,
                false as is_dated
            from {{ ref(model) }}
        {% endfor %}

    )

select
    united.*,
    provider || ':' || provider_record_id as evidence_id,
    -- What an announcement dates is what all other evidence is held against.
    known_by = 'announced' and is_dated as is_anchor,
    coalesce(
        case when family = 'departure' then from_company_key else to_company_key end, from_company_key, ''
    ) as place_key
from united
