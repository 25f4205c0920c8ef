-- Nothing goes missing between raw and staging: per raw table, readable rows and staged rows are equally many.
{% set entities = {
    'leadiq': ['account', 'tracked_contacts', 'tracked_companies'],
    'contactout': ['stats', 'people'],
    'letrics': ['contacts', 'companies']
} %}
with
    counted as (
        {% for provider, tables in entities.items() %}
            {% set last_provider = loop.last %}
            {% for table in tables %}
                select
                    '{{ provider }}.{{ table }}' as entity,
                    (
                        select count(distinct _row_id)
                        from {{ source('raw_' ~ provider, table) }}
                        where record is not null
                    ) as readable,
                    (select count(*) from {{ ref('stg_' ~ provider ~ '__' ~ table) }}) as staged
                {% if not (last_provider and loop.last) %}
                    union all
                {% endif %}
            {% endfor %}
        {% endfor %}
    )

select entity, readable, staged
from counted
where readable <> staged
