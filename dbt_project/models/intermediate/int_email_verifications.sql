-- Every verification of an e-mail address. The answer about one address does not name it: its question does.
with
    united as (

        {% for table in ['email_verifications', 'email_verification_results'] %}
            select
                _row_id,
                _request_id,
                _record_hash,
                _fetched_at,
                coalesce(email, case when _selection like '%@%' then split_part(_selection, ' ', 2) end) as email,
                status
            from {{ ref('stg_contactout__' ~ table) }} {{ 'union all' if not loop.last }}
        {% endfor %}

    )

select
    'contactout' as provider,
    united._row_id,
    united._request_id,
    united._record_hash,
    united._fetched_at as verified_at,
    lower(trim(united.email)) as value,
    coalesce(statuses.status, 'unknown') as status
from united
left join {{ ref('status_words') }} as statuses on lower(trim(united.status)) = statuses.raw_status
where united.email is not null
