with
    stated as (

        select statements.domain, statements.linkedin_slug, records.company_id
        from {{ ref('int_company_statements') }} as statements
        inner join
            {{ ref('map_company_records') }} as records
            on statements.provider = records.provider
            and statements.provider_record_id = records.provider_record_id

    ),

    identifiers as (

        select 'domain' as kind, domain as value, company_id
        from stated
        union all
        select 'linkedin_slug' as kind, linkedin_slug as value, company_id
        from stated
        union all
        select 'provider_record_id' as kind, provider_record_id as value, company_id
        from {{ ref('map_company_records') }}

    )

    {{ identifiers_of_one('company') }}
