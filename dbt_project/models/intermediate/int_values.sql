{{ config(tags=["values"]) }}
-- The distinct values that a dictionary must hold, by kind; `hint` is what else reading the value takes.
with
    united as (

        select 'phone' as kind, value, country as hint
        from {{ ref('int_contact_point_versions') }}
        where kind in ('work_phone', 'personal_phone', 'phone')
        union all
        select 'host' as kind, company_domain as value, '' as hint
        from {{ ref('int_person_versions') }}
        union all
        select 'host' as kind, domain as value, '' as hint
        from {{ ref('int_company_versions') }}
        union all
        select 'linkedin' as kind, linkedin_url as value, '' as hint
        from {{ ref('int_person_versions') }}
        union all
        select 'linkedin' as kind, company_linkedin_url as value, '' as hint
        from {{ ref('int_person_versions') }}
        union all
        select 'linkedin' as kind, linkedin_url as value, '' as hint
        from {{ ref('int_company_versions') }}
        union all
        select 'country' as kind, country as value, '' as hint
        from {{ ref('int_person_versions') }}
        union all
        select 'country' as kind, country as value, '' as hint
        from {{ ref('int_company_versions') }}
        union all
        select 'place' as kind, place as value, '' as hint
        from {{ ref('int_person_versions') }}
        union all
        select 'place' as kind, place as value, '' as hint
        from {{ ref('int_company_versions') }}
        union all
        select 'title' as kind, title as value, '' as hint
        from {{ ref('int_person_versions') }}
        union all
        select 'title' as kind, seniority as value, '' as hint
        from {{ ref('int_person_versions') }}
        union all
        select 'title' as kind, department as value, '' as hint
        from {{ ref('int_person_versions') }}
        union all
        select 'subdivision' as kind, state as value, coalesce(country, '') as hint
        from {{ ref('int_person_versions') }}
        union all
        select 'subdivision' as kind, state as value, coalesce(country, '') as hint
        from {{ ref('int_company_versions') }}
        union all
        select 'employee_range' as kind, employee_range as value, '' as hint
        from {{ ref('int_company_versions') }}
        union all
        select 'revenue_range' as kind, revenue_range as value, '' as hint
        from {{ ref('int_company_versions') }}
        union all
        select 'company_name' as kind, name as value, '' as hint
        from {{ ref('int_company_versions') }}
        union all
        select 'company_name' as kind, company_name as value, '' as hint
        from {{ ref('int_person_versions') }}
        union all
        select 'person_name' as kind, {{ stated_name('versions') }} as value, '' as hint
        from {{ ref('int_person_versions') }} as versions
        union all
        select 'company_name' as kind, company_name as value, '' as hint
        from {{ ref('int_employment_versions') }}
        union all
        select 'title' as kind, title as value, '' as hint
        from {{ ref('int_employment_versions') }}
        union all
        select 'title' as kind, seniority as value, '' as hint
        from {{ ref('int_employment_versions') }}
        union all
        select 'title' as kind, department as value, '' as hint
        from {{ ref('int_employment_versions') }}

    )

select distinct kind, value, hint
from united
where value is not null
