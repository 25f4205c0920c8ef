with
    questions as (

        select
            lookups.request_id,
            {{ lookup_id('lookups') }} as lookup_id,
            max(case when lookups.outcome = 'found' then 1 else 0 end) as is_found
        from {{ ref('stg_leadhouse__lookups') }} as lookups
        group by lookups.request_id, {{ lookup_id('lookups') }}

    ),

    sharing as (

        -- What a batch cost is shared evenly by those it found; where it found nobody, by all it asked for.
        select
            questions.*,
            sum(is_found) over (partition by request_id) as found_in_all,
            count(*) over (partition by request_id) as asked_in_all
        from questions

    )

select
    sharing.lookup_id,
    credits.credit_type,
    credits.credits_estimated / coalesce(nullif(sharing.found_in_all, 0), sharing.asked_in_all) as credits_estimated,
    credits.credits_usd / coalesce(nullif(sharing.found_in_all, 0), sharing.asked_in_all) as credits_usd
from sharing
inner join {{ ref('fct_request_credits') }} as credits on sharing.request_id = credits.request_id
where sharing.is_found = 1 or sharing.found_in_all = 0
