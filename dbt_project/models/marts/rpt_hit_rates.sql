-- Which kinds of contact points a question asks for, by the words of its selection.
{% set kinds = ['work_email', 'personal_email', 'work_phone', 'personal_phone'] %}
{% set words = {
    'emails': ['work_email', 'personal_email'],
    'phones': ['work_phone', 'personal_phone'],
    'contact_info': ['work_email', 'personal_email', 'personal_phone'],
    'work_email': ['work_email'],
    'personal_email': ['personal_email'],
    'phone': ['personal_phone']
} %}
with
    rows_asked as (

        select request_id, count(distinct key_hash) as asked
        from {{ ref('stg_leadhouse__lookups') }}
        where outcome in ('found', 'not_found')
        group by request_id

    ),

    questions as (

        select
            requests.request_id,
            requests.provider,
            requests.operation,
            concat(' ', requests.selection, ' ') as selection,
            coalesce(rows_asked.asked, requests.records) as asked
        from {{ ref('stg_leadhouse__requests') }} as requests
        left join rows_asked on requests.request_id = rows_asked.request_id
        where requests.outcome in ('ok', 'empty')

    ),

    asked as (

        {% for word, of_word in words.items() %}
            {% for kind in of_word %}
                select request_id, provider, operation, '{{ kind }}' as kind, asked
                from questions
                where selection like '% {{ word }} %' and right(operation, 7) <> '_status'
                union
            {% endfor %}
        {% endfor %}
        -- What is not chosen comes with every record.
        select questions.request_id, questions.provider, questions.operation, kinds.kind, questions.asked
        from questions
        inner join
            (
                select distinct requests.provider, requests.operation, points.kind
                from {{ ref('int_contact_points') }} as points
                inner join {{ ref('stg_leadhouse__requests') }} as requests on points._request_id = requests.request_id
            ) as kinds
            on questions.provider = kinds.provider
            and questions.operation = kinds.operation
        where
            questions.asked > 0
            and not (
                {% for word in words %}
                    questions.selection like '% {{ word }} %' {{ 'or' if not loop.last }}
                {% endfor %}
            )
            and questions.operation
            in ('trackedContacts', 'companyTrackingTask', 'listProspects', 'exportList', 'contacts')

    ),

    found as (

        select _request_id as request_id, kind, count(distinct split_part(_row_id, '/', 1)) as found
        from {{ ref('int_contact_points') }}
        group by _request_id, kind

    )

select
    asked.provider,
    asked.operation,
    asked.kind,
    cast(sum(asked.asked) as bigint) as asked,
    cast(coalesce(sum(found.found), 0) as bigint) as found,
    cast(coalesce(sum(found.found), 0) as double precision) / nullif(sum(asked.asked), 0) as hit_rate
from asked
left join found on asked.request_id = found.request_id and asked.kind = found.kind
group by asked.provider, asked.operation, asked.kind
having sum(asked.asked) > 0
