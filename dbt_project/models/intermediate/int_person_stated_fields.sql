{{ config(tags=["resolved"]) }}
-- Candidate values of a person's fields that stand in a statement about them, ranked by the rule of the field. Of a
-- group (`employment`, `place`) the candidates are the statements themselves.
{% set fields = {
    'full_name': 'full_name', 'first_name': 'first_name', 'last_name': 'last_name',
    'linkedin_url': "'https://www.linkedin.com/in/' || linkedin_slug", 'employment': '_row_id', 'title': 'title',
    'seniority': 'seniority', 'department': 'department', 'company_id': 'company_id', 'company_name': 'company_name',
    'position_started_on': 'cast(position_started_on as varchar)', 'place': '_row_id', 'city': 'city',
    'state': 'state', 'subdivision_code': 'subdivision_code', 'country_code': 'country_code'
} %}
{% set of_an_employment = [
    'employment', 'title', 'seniority', 'department', 'company_id', 'company_name', 'position_started_on'
] %}
{% set of_a_place = ['place', 'city', 'state', 'subdivision_code', 'country_code'] %}
with
    rules as ({{ survivorship_of('person') }}),

    departures as (

        -- Whoever left a company is no longer there, whatever was said before the departure was reported.
        select person_id, from_company_id as company_id, max(reported_on) as reported_on
        from {{ ref('int_job_change_candidates') }}
        where
            from_company_id is not null
            and change_type in ('departure', 'new_company')
            -- Another name of the same company is no departure.
            and (to_company_id is null or to_company_id <> from_company_id)
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

    candidates as (

        {% for field, expression in fields.items() %}
            select
                person_id,
                '{{ field }}' as field,
                {{ expression }} as value,
                provider,
                provider_record_id,
                _row_id,
                observed_at,
                provider_rank,
                {% if field in of_an_employment %}
                    2
                    - case when title is not null then 1 else 0 end
                    - case when company_id is not null then 1 else 0 end
                {% elif field in of_a_place %}
                    2
                    - case when city is not null then 1 else 0 end
                    - case when country_code is not null then 1 else 0 end
                {% else %} 0
                {% endif %} as incompleteness
            from current_statements
            where {{ expression }} is not null {{ 'and not has_left' if field in of_an_employment }}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}

    )

select person_id, field, value, provider, provider_record_id, _row_id, observed_at, rule, place
from
    {{ ranked_by_the_rule('candidates', 'person_id', {'complete': 'candidates.incompleteness'}, ['_row_id']) }}
    as ranked
