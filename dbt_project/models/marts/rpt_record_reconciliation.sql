{% set entities = raw_entities() %}
with
    newest as (

        {% for provider, tables in entities.items() %}
            {% set last_provider = loop.last %}
            {% for table in tables %}
                select
                    '{{ provider }}' as provider,
                    '{{ table }}' as entity,
                    record is not null as is_readable,
                    row_number() over (partition by _row_id order by _parsed_at desc, _dlt_load_id desc) as version
                from {{ source('raw_' ~ provider, table) }}
                {% if not (last_provider and loop.last) %}
                    union all
                {% endif %}
            {% endfor %}
        {% endfor %}

    ),

    raw_rows as (

        select provider, entity, count(*) as raw, sum(case when is_readable then 0 else 1 end) as quarantined
        from newest
        where version = 1
        group by provider, entity

    ),

    resolved_rows as (

        -- A row stands for as many records as it holds; it is resolved when one of them is somebody's.
        select distinct split_part(seen._row_id, '/', 1) as _row_id
        from {{ ref('int_person_statements') }} as seen
        inner join
            {{ ref('map_person_records') }} as resolved
            on seen.provider = resolved.provider
            and seen.provider_record_id = resolved.provider_record_id
        union
        select distinct split_part(seen._row_id, '/', 1) as _row_id
        from {{ ref('int_company_statements') }} as seen
        inner join
            {{ ref('map_company_records') }} as resolved
            on seen.provider = resolved.provider
            and seen.provider_record_id = resolved.provider_record_id

    ),

    staged_rows as (

        select
            records.provider,
            records.entity,
            count(*) as staged,
            sum(case when resolved_rows._row_id is not null then 1 else 0 end) as resolved
        from {{ ref('int_answer_records') }} as records
        left join resolved_rows on records._row_id = resolved_rows._row_id
        group by records.provider, records.entity

    )

select
    raw_rows.provider,
    raw_rows.entity,
    raw_rows.raw,
    cast(raw_rows.quarantined as bigint) as quarantined,
    coalesce(staged_rows.staged, 0) as staged,
    cast(coalesce(staged_rows.resolved, 0) as bigint) as resolved,
    cast(raw_rows.raw - raw_rows.quarantined - coalesce(staged_rows.staged, 0) as bigint) as missing
from raw_rows
left join staged_rows on raw_rows.provider = staged_rows.provider and raw_rows.entity = staged_rows.entity
