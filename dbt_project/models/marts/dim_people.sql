{% set plain = ['full_name', 'first_name', 'last_name', 'seniority', 'department', 'personal_email', 'phone', 'city', 'state', 'subdivision_code', 'country_code', 'company_name'] %}
{% set sourced = ['work_email', 'phone', 'title', 'company_id'] %}
with
    chosen as (

        select
            person_id,
            {% for field in (plain + sourced + ['linkedin_url', 'position_started_on']) | unique %}
                max(case when field = '{{ field }}' then value end) as {{ field }},
            {% endfor %}
            {% for field in sourced %}
                max(case when field = '{{ field }}' then provider end) as {{ field }}_source,
                max(
                    case when field = '{{ field }}' then observed_at end
                ) as {{ field }}_observed_at{{ ',' if not loop.last }}
            {% endfor %}
        from {{ ref('int_person_fields') }}
        where place = 1
        group by person_id

    ),

    work_email_status as (

        select person_id, value, status from {{ ref('dim_contact_points') }} where kind = 'work_email'

    ),

    seen as (

        select
            people.person_id,
            count(distinct people.provider) as provider_count,
            count(*) as record_count,
            min(records.first_seen_at) as first_seen_at,
            max(records.last_seen_at) as last_seen_at
        from {{ ref('map_person_records') }} as people
        inner join
            {{ ref('int_person_records') }} as records
            on people.provider = records.provider
            and people.provider_record_id = records.provider_record_id
        group by people.person_id

    )

select
    seen.person_id,
    chosen.full_name,
    chosen.first_name,
    chosen.last_name,
    chosen.linkedin_url,
    chosen.work_email,
    statuses.status as work_email_status,
    chosen.work_email_source,
    chosen.work_email_observed_at,
    chosen.personal_email,
    chosen.phone,
    chosen.phone_source,
    chosen.phone_observed_at,
    chosen.title,
    chosen.title_source,
    chosen.title_observed_at,
    chosen.seniority,
    chosen.department,
    chosen.company_id,
    chosen.company_id_source,
    chosen.company_id_observed_at,
    coalesce(companies.name, chosen.company_name) as company_name,
    cast(chosen.position_started_on as date) as position_started_on,
    chosen.city,
    chosen.state,
    chosen.subdivision_code,
    chosen.country_code,
    seen.provider_count,
    seen.record_count,
    seen.first_seen_at,
    seen.last_seen_at
from seen
left join chosen on seen.person_id = chosen.person_id
left join {{ ref('dim_companies') }} as companies on chosen.company_id = companies.company_id
left join work_email_status as statuses on seen.person_id = statuses.person_id and chosen.work_email = statuses.value
