-- What dim_people shows, of whom and since when, is what fct_person_field_values says was chosen; and of each
-- person and field at most one value was. A company's name is its own where the company is known.
{% set plain = [
    'full_name', 'first_name', 'last_name', 'linkedin_url', 'work_email', 'personal_email', 'phone', 'title',
    'seniority', 'department', 'company_id', 'city', 'state', 'subdivision_code', 'country_code',
    'position_started_on'
] %}
{% set sourced = ['work_email', 'phone', 'title', 'company_id'] %}
with
    shown as (

        {% for field in plain %}
            select
                person_id,
                '{{ field }}' as field,
                cast({{ field }} as varchar) as value,
                {{ field ~ '_source' if field in sourced else 'cast(null as varchar)' }} as provider,
                {{ field ~ '_observed_at' if field in sourced else 'cast(null as timestamp)' }} as observed_at
            from {{ ref('dim_people') }}
            where {{ field }} is not null
            union all
        {% endfor %}
        select
            person_id,
            'company_name' as field,
            company_name as value,
            cast(null as varchar) as provider,
            cast(null as timestamp) as observed_at
        from {{ ref('dim_people') }}
        where company_name is not null and company_id is null

    ),

    chosen as (

        select field_values.*
        from {{ ref('fct_person_field_values') }} as field_values
        inner join {{ ref('dim_people') }} as people on field_values.person_id = people.person_id
        where field_values.is_chosen and (field_values.field <> 'company_name' or people.company_id is null)

    )

select
    coalesce(shown.person_id, chosen.person_id) as person_id,
    coalesce(shown.field, chosen.field) as field,
    shown.value as shown,
    chosen.value as chosen
from shown
full outer join chosen on shown.person_id = chosen.person_id and shown.field = chosen.field
where
    shown.person_id is null
    or chosen.person_id is null
    or shown.value <> chosen.value
    or shown.provider <> chosen.provider
    or shown.observed_at <> chosen.observed_at
union all
select person_id, field, cast(null as varchar) as shown, cast(count(*) as varchar) as chosen
from chosen
group by person_id, field
having count(*) > 1
