-- Nothing goes missing between raw and staging: per raw table, rows whose newest version is readable, and staged rows,
-- are equally many.
{% set entities = {
    'leadiq': [
        'account', 'usage', 'contact_tracking_balance', 'tracked_contacts', 'tracked_companies', 'people', 'companies',
        'regenerated_times', 'search_people', 'search_companies', 'company_tracking_tasks', 'company_job_changes',
        'prospects', 'prospect_exports'
    ],
    'contactout': [
        'stats', 'people', 'companies', 'contact_checks', 'email_verifications', 'email_verification_results'
    ],
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
                        select count(*)
                        from
                            (
                                select
                                    record is not null as is_readable,
                                    row_number() over (
                                        partition by _row_id order by _parsed_at desc, _dlt_load_id desc
                                    ) as version
                                from {{ source('raw_' ~ provider, table) }}
                            ) as versions
                        where version = 1 and is_readable
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
