{{ config(tags=["resolved"]) }}
-- Every statement that a person held a title at a company, with the person and the company. Of a company that is only
-- named it is the one of that name among the person's companies, else the only one of all that is called so.
-- `company_key` is its id, or its name where nobody knows more.
with
    stated as (

        select
            statements.*,
            people.person_id,
            -- A company that is known by nothing but its name is looked for among the others first.
            case
                when substr(statements.company_record_id, 1, 5) <> 'name:' then companies.company_id
            end as stated_company_id,
            companies.company_id as named_company_id
        from {{ ref('int_employment_statements') }} as statements
        inner join
            {{ ref('map_person_records') }} as people
            on statements.provider = people.provider
            and statements.provider_record_id = people.provider_record_id
        left join
            {{ ref('map_company_records') }} as companies
            on statements.provider = companies.provider
            and statements.company_record_id = companies.provider_record_id
        where statements.company_record_id is not null or statements.name_key is not null

    ),

    own_names as (

        select person_id, name_key, min(stated_company_id) as company_id
        from stated
        where name_key is not null and stated_company_id is not null
        group by person_id, name_key
        having count(distinct stated_company_id) = 1

    ),

    all_names as (

        select statements.name_key, min(companies.company_id) as company_id
        from {{ ref('int_company_statements') }} as statements
        inner join
            {{ ref('map_company_records') }} as companies
            on statements.provider = companies.provider
            and statements.provider_record_id = companies.provider_record_id
        where statements.name_key is not null and substr(statements.provider_record_id, 1, 5) <> 'name:'
        group by statements.name_key
        having count(distinct companies.company_id) = 1

    )

select
    stated.*,
    coalesce(
        stated.stated_company_id, own_names.company_id, all_names.company_id, stated.named_company_id
    ) as company_id,
    coalesce(
        stated.stated_company_id,
        own_names.company_id,
        all_names.company_id,
        stated.named_company_id,
        'name:' || stated.name_key
    ) as company_key
from stated
left join own_names on stated.person_id = own_names.person_id and stated.name_key = own_names.name_key
left join all_names on stated.name_key = all_names.name_key
