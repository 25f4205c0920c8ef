{{ config(tags=["resolved"]) }}
-- One row per current candidate value of a field of a person, ranked: the first is the surviving one. What belongs
-- together survives together: the fields of an employment come from one record, and so do those of a place.
{% set groups = {
    'person': ['full_name', 'first_name', 'last_name', 'linkedin_slug'],
    'employment': ['title', 'seniority', 'department', 'company_id', 'company_name'],
    'place': ['city', 'state', 'country_code']
} %}
with
    departures as (

        -- Whoever left a company is no longer there, whatever was said before the departure was reported.
        select person_id, from_company_id as company_id, max(reported_on) as reported_on
        from {{ ref('int_job_change_candidates') }}
        where from_company_id is not null and change_type in ('departure', 'new_company')
        group by person_id, from_company_id

    ),

    current_statements as (

        select
            people.person_id,
            companies.company_id,
            statements.*,
            ranks.provider_rank,
            case
                when departures.reported_on >= cast(statements.observed_at as date) then true else false
            end as has_left
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
        left join departures on people.person_id = departures.person_id and companies.company_id = departures.company_id
        left join {{ ref('provider_rank') }} as ranks on statements.provider = ranks.provider

    ),

    ranked as (

        select
            current_statements.*,
            1 as person_place,
            row_number() over (
                partition by person_id
                order by
                    case when has_left then 1 else 0 end,
                    case when title is not null and company_id is not null then 0 else 1 end,
                    case when title is not null or company_id is not null then 0 else 1 end,
                    observed_at desc,
                    provider_rank,
                    provider_record_id
            ) as employment_place,
            row_number() over (
                partition by person_id
                order by
                    case when city is not null and country_code is not null then 0 else 1 end,
                    case when city is not null or country_code is not null then 0 else 1 end,
                    observed_at desc,
                    provider_rank,
                    provider_record_id
            ) as place_place
        from current_statements

    ),

    employer_domains as (

        select distinct ranked.person_id, fields.value as domain
        from ranked
        inner join {{ ref('int_company_fields') }} as fields on ranked.company_id = fields.company_id
        where ranked.employment_place = 1 and not ranked.has_left and fields.field = 'domain'

    ),

    elsewhere as (

        -- An address that nobody says is of work, at another company than the person's, is hardly where they are
        -- reached.
        select points.person_id, points.value
        from {{ ref('int_person_contact_points') }} as points
        inner join employer_domains as employers on points.person_id = employers.person_id
        where points.kind = 'work_email' and not points.is_kind_stated
        group by points.person_id, points.value
        having
            max(
                case
                    when
                        split_part(points.value, '@', 2) = employers.domain
                        or split_part(points.value, '@', 2) like '%.' || employers.domain
                    then 1
                    else 0
                end
            )
            = 0

    ),

    current_points as (

        select points.*, statuses.status as known_status
        from {{ latest_points() }} as points
        inner join
            {{ ref('int_contact_point_statuses') }} as statuses
            on points.person_id = statuses.person_id
            and points.value = statuses.value
        left join elsewhere on points.person_id = elsewhere.person_id and points.value = elsewhere.value
        where
            not points.is_role_mailbox
            and statuses.status not in ('invalid', 'disposable')
            and elsewhere.person_id is null

    ),

    candidates as (

        {% for group, fields in groups.items() %}
            {% for field in fields %}
                select
                    person_id,
                    '{{ field }}' as field,
                    {{ field }} as value,
                    provider,
                    provider_record_id,
                    observed_at,
                    {{ group }}_place as preference
                from ranked
                where {{ field }} is not null {{ 'and not has_left' if group == 'employment' }}
                union all
            {% endfor %}
        {% endfor %}
        -- A beginning belongs to its employment and to no other.
        select
            person_id,
            'position_started_on' as field,
            cast(position_started_on as varchar) as value,
            provider,
            provider_record_id,
            observed_at,
            1 as preference
        from ranked
        where position_started_on is not null and employment_place = 1 and not has_left
        union all
        select
            person_id,
            case when kind in ('work_phone', 'personal_phone') then 'phone' else kind end as field,
            value,
            provider,
            provider_record_id,
            observed_at,
            -- Of two addresses of which equally much is known, the one that is stated to be of its kind.
            2 * case
                known_status
                when 'verified'
                then 0
                when 'likely'
                then 1
                when 'accept_all'
                then 2
                when 'unknown'
                then 3
                else 4
            end
            + case when is_kind_stated or kind like '%_phone' then 0 else 1 end as preference
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
            candidates.preference,
            candidates.observed_at desc,
            ranks.provider_rank,
            candidates.provider_record_id,
            candidates.value
    ) as place
from candidates
left join {{ ref('provider_rank') }} as ranks on candidates.provider = ranks.provider
