{#- The name a version of a record of a person states. -#}
{% macro stated_name(versions) -%}
    coalesce(
        {{ versions }}.full_name,
        nullif(trim(concat(coalesce({{ versions }}.first_name, ''), ' ', coalesce({{ versions }}.last_name, ''))), '')
    )
{%- endmacro %}


{#- What was corrected by hand about an entity, as values of both records: a value that ties them, or two that keep them
    apart. -#}
{% macro corrected_values(entity) -%}
    {% for side, provider, record, other_provider, other_record in [
        ('a', 'provider', 'provider_record_id', 'other_provider', 'other_provider_record_id'),
        ('b', 'other_provider', 'other_provider_record_id', 'provider', 'provider_record_id')
    ] %}
        select
            {{ provider }} as provider,
            {{ record }} as provider_record_id,
            correction as kind,
            md5(provider || ':' || provider_record_id || ':' || other_provider || ':' || other_provider_record_id)
            || case when correction = 'must_not_link' then '|{{ side }}' else '' end as value
        from {{ ref('identity_corrections') }}
        where entity = '{{ entity }}'
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}
{%- endmacro %}


{#- One row per provider record of an entity: when it was seen, the name it bears now in normal form (`name`), and a
    fingerprint of all that its identity depends on. -#}
{% macro identity_records(entity, versions) -%}
    with
        seen as (

            select provider, provider_record_id, min(_fetched_at) as first_seen_at, max(_fetched_at) as last_seen_at
            from {{ ref(versions) }}
            group by provider, provider_record_id

        ),

        held as (

            select
                provider,
                provider_record_id,
                string_agg(
                    kind || '=' || value || case when is_crowded then ' crowded' else '' end, '; ' order by kind, value
                ) as words
            from {{ ref('int_' ~ entity ~ '_values') }}
            group by provider, provider_record_id

        )

    select
        seen.provider,
        seen.provider_record_id,
        seen.first_seen_at,
        seen.last_seen_at,
        names.name,
        md5(concat(coalesce(names.name, ''), '; ', coalesce(held.words, ''))) as fingerprint
    from seen
    left join
        {{ ref('int_' ~ entity ~ '_names') }} as names
        on seen.provider = names.provider
        and seen.provider_record_id = names.provider_record_id
    left join held on seen.provider = held.provider and seen.provider_record_id = held.provider_record_id
{%- endmacro %}


{#- Values that name exactly one person or company, for joining data from elsewhere. -#}
{% macro identifiers_of_one(entity) -%}
    select kind, value, min({{ entity }}_id) as {{ entity }}_id
    from identifiers
    where value is not null
    group by kind, value
    having count(distinct {{ entity }}_id) = 1
{%- endmacro %}
