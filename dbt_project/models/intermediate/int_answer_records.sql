-- One row per record of an answer, whatever it is of.
{% set entities = raw_entities() %}
{% for provider, tables in entities.items() %}
    {% set last_provider = loop.last %}
    {% for table in tables %}
        select
            '{{ provider }}' as provider,
            '{{ table }}' as entity,
            record_key,
            _row_id,
            _record_hash,
            _request_id as request_id,
            _fetched_at
        from {{ ref('stg_' ~ provider ~ '__' ~ table) }}
        {% if not (last_provider and loop.last) %}
            union all
        {% endif %}
    {% endfor %}
{% endfor %}
