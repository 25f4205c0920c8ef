-- All evidence of one change is one row. It is named after the evidence this warehouse knew first, so that its id stays
-- when more arrives.
with
    ranked as (

        select
            evidence.*,
            row_number() over (
                partition by change_key order by detected_at, reported_on, provider, provider_record_id
            ) as by_founding,
            -- What was announced is told in the provider's words, and the latest of them; each side by who tells it.
            {% for side in ['from', 'to'] %}
                row_number() over (
                    partition by change_key
                    order by
                        case
                            when
                                family = split_part(change_key, '|', 3)
                                and coalesce({{ side }}_company_id, {{ side }}_company_name, {{ side }}_title)
                                is not null
                            then 0
                            else 1
                        end,
                        case known_by when 'announced' then 0 when 'history' then 1 else 2 end,
                        case when family = split_part(change_key, '|', 3) then 0 else 1 end,
                        case when effective_on is null then 1 else 0 end,
                        reported_on desc,
                        provider,
                        provider_record_id
                ) as by_{{ side }},
            {% endfor %}
            -- A year does not date a change.
            row_number() over (
                partition by change_key
                order by
                    case when family = split_part(change_key, '|', 3) then 0 else 1 end,
                    {{ precision_rank('effective_precision') }},
                    case known_by when 'announced' then 0 when 'history' then 1 else 2 end,
                    reported_on desc,
                    provider,
                    provider_record_id
            ) as by_precision
        from {{ ref('int_job_changes') }} as evidence

    ),

    merged as (

        select
            change_key,
            split_part(change_key, '|', 3) as family,
            max(case when by_founding = 1 then evidence_id end) as founding_evidence,
            max(person_id) as person_id,
            {% for side in ['from', 'to'] %}
                {% for column in ['company_id', 'company_name', 'title', 'title_rank'] %}
                    max(case when by_{{ side }} = 1 then {{ side }}_{{ column }} end) as {{ side }}_{{ column }},
                {% endfor %}
            {% endfor %}
            max(case when by_precision = 1 then effective_on end) as effective_on,
            max(case when by_precision = 1 then effective_precision end) as effective_precision,
            max(case when is_promotion_stated then 1 else 0 end) as is_promotion_stated,
            max(case when known_by = 'announced' then 1 else 0 end) as is_announced,
            min(reported_on) as reported_on,
            min(detected_at) as detected_at,
            {{ sorted_list('provider') }} as reported_by,
            {{ sorted_list('external_record_id') }} as external_record_ids,
            count(*) as evidence_count,
            count(distinct provider) as provider_count
        from ranked
        group by change_key

    )

select
    'j_' || substr(md5(founding_evidence), 1, 20) as job_change_id,
    person_id,
    case
        when family = 'move'
        then 'new_company'
        when family = 'departure'
        then 'departure'
        when is_promotion_stated = 1 or to_title_rank > from_title_rank
        then 'promotion'
        else 'title_change'
    end as change_type,
    from_company_id,
    from_company_name,
    from_title,
    to_company_id,
    to_company_name,
    to_title,
    effective_on,
    effective_precision,
    reported_on,
    detected_at,
    reported_by,
    external_record_ids,
    evidence_count,
    -- One provider's announcement is worth 0.8, what its records reveal 0.6; a second provider makes it 0.95 or 0.85.
    cast(
        case
            when is_announced = 1
            then case when provider_count > 1 then 0.95 else 0.8 end
            when provider_count > 1
            then 0.85
            else 0.6
        end as double precision
    ) as confidence
from merged
