{{ config(tags=["resolved"]) }}
-- One row per current candidate value of a field of a person, ranked: the first is the surviving one.
{% set fields = {
    'full_name': 'full_name', 'first_name': 'first_name', 'last_name': 'last_name', 'linkedin_slug': 'linkedin_slug',
    'title': 'title', 'seniority': 'seniority', 'department': 'department', 'company_id': 'company_id',
    'company_name': 'company_name', 'position_started_on': 'cast(position_started_on as varchar)', 'city': 'city',
    'state': 'state', 'country_code': 'country_code'
} %}
with
    current_statements as (

        select people.person_id, companies.company_id, statements.*
        from
            {{ latest(ref('int_person_statements'), ['versions.provider', 'versions.provider_record_id', 'versions._selection']) }}
            as statements
        inner join
            {{ ref('map_person_records') }} as people
            on statements.provider = people.provider
            and statements.provider_record_id = people.provider_record_id
        left join
            {{ ref('map_company_records') }} as companies
            on statements.provider = companies.provider
            and statements.company_record_id = companies.provider_record_id

    ),

    current_points as (

        select people.person_id, points.*
        from {{ latest_points() }} as points
        inner join
            {{ ref('map_person_records') }} as people
            on points.provider = people.provider
            and points.provider_record_id = people.provider_record_id
        where not points.is_role_mailbox and points.status not in ('invalid', 'disposable')

    ),

    candidates as (

        {% for field, expression in fields.items() %}
            select
                person_id,
                '{{ field }}' as field,
                {{ expression }} as value,
                provider,
                provider_record_id,
                observed_at,
                0 as status_rank
            from current_statements
            where {{ expression }} is not null
            union all
        {% endfor %}
        select
            person_id,
            case when kind in ('work_phone', 'personal_phone') then 'phone' else kind end as field,
            value,
            provider,
            provider_record_id,
            observed_at,
            case
                status when 'verified' then 0 when 'likely' then 1 when 'accept_all' then 2 when 'unknown' then 3 else 4
            end as status_rank
        from current_points

    )

select
    candidates.person_id,
    candidates.field,
    candidates.value,
    candidates.provider,
    candidates.provider_record_id,
    candidates.observed_at,
    row_number() over (
        partition by candidates.person_id, candidates.field
        order by
            candidates.status_rank,
            candidates.observed_at desc,
            ranks.provider_rank,
            candidates.provider_record_id,
            candidates.value
    ) as place
from candidates
left join {{ ref('provider_rank') }} as ranks on candidates.provider = ranks.provider
