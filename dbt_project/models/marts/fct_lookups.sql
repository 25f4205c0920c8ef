with
    questions as (

        -- Lines that asked for the same are one question.
        select
            request_id,
            provider,
            lookup,
            operation,
            key_hash,
            -- Nothing to choose is empty on one warehouse and null on another.
            coalesce(points, '') as points,
            way,
            outcome,
            min(asked_at) as asked_at,
            -- What the sync asks by itself stands in nobody's input.
            count(distinct nullif(line, 0)) as input_lines,
            {{ sorted_list('reference') }} as customer_references
        from {{ ref('stg_leadhouse__lookups') }}
        group by request_id, provider, lookup, operation, key_hash, coalesce(points, ''), way, outcome

    ),

    followed as (

        select
            questions.*,
            {{ lookup_id('questions') }} as lookup_id,
            lead(outcome) over (
                partition by provider, lookup, key_hash, points
                order by asked_at, case outcome when 'pending' then 0 else 1 end, request_id
            ) as told_later,
            count(*) over (partition by request_id) as of_request
        from questions

    ),

    credits as (

        select
            lookup_id,
            sum(credits_estimated) as credits,
            sum(credits_usd) as credits_usd,
            {{ sorted_list('credit_type') }} as credit_types,
            count(*) as types
        from {{ ref('fct_lookup_credits') }}
        group by lookup_id

    ),

    {% for entity, statements in [('person', 'int_person_statements'), ('company', 'int_company_statements')] %}
        answered_{{ entity }} as (

            -- Whose record the answer holds, where it holds one alone.
            select seen._request_id as request_id, max(resolved.{{ entity }}_id) as {{ entity }}_id
            from {{ ref(statements) }} as seen
            inner join
                {{ ref('map_' ~ entity ~ '_records') }} as resolved
                on seen.provider = resolved.provider
                and seen.provider_record_id = resolved.provider_record_id
            group by seen._request_id
            having count(distinct resolved.{{ entity }}_id) = 1

        ),
    {% endfor %}

    named_person as (

        -- Whom a question named by an identifier that only one person has.
        {% for kind, keys in {'linkedin_slug': ['linkedin_url', 'profile'], 'email': ['email']}.items() %}
            {% set last_kind = loop.last %}
            {% for key in keys %}
                select
                    {% set value = "concat('https://www.linkedin.com/in/', value)" if kind == 'linkedin_slug' else 'value' %}
                    {{ sha256("concat('{\"" ~ key ~ "\":\"', " ~ value ~ ", '\"}')") }} as key_hash,
                    person_id
                from {{ ref('map_person_identifiers') }}
                where kind = '{{ kind }}'
                {% if not (last_kind and loop.last) %}
                    union all
                {% endif %}
            {% endfor %}
        {% endfor %}

    ),

    named_company as (

        select {{ sha256("concat('{\"domain\":\"', value, '\"}')") }} as key_hash, company_id
        from {{ ref('map_company_identifiers') }}
        where kind = 'domain'

    )

select
    followed.lookup_id,
    followed.asked_at,
    followed.provider,
    followed.lookup,
    followed.operation,
    followed.points,
    followed.way,
    followed.request_id,
    followed.input_lines,
    followed.customer_references,
    followed.outcome,
    case when credits.types = 1 then credits.credits when credits.types is null then 0 end as credits,
    credits.credit_types,
    credits.credits_usd,
    case
        when followed.outcome = 'found'
        then coalesce(case when followed.of_request = 1 then answered_person.person_id end, named_person.person_id)
    end as person_id,
    case
        when followed.outcome = 'found'
        then coalesce(case when followed.of_request = 1 then answered_company.company_id end, named_company.company_id)
    end as company_id
from followed
left join credits on followed.lookup_id = credits.lookup_id
left join answered_person on followed.request_id = answered_person.request_id
left join answered_company on followed.request_id = answered_company.request_id
left join named_person on followed.key_hash = named_person.key_hash
left join named_company on followed.key_hash = named_company.key_hash
-- A job's rows are told of twice: when it is begun, and when it is done.
where not (followed.outcome = 'pending' and followed.told_later is not null)
