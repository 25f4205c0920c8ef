-- One row per provider record of a person and employer they are or were at: its domain, and its name.
with
    statements as (

        select statements.*, coalesce(positions.person_row_id, statements._row_id) as person_row_id
        from {{ ref('int_company_statements') }} as statements
        left join {{ ref('int_leadiq_positions') }} as positions on statements._row_id = positions._row_id
        where statements.role in ('joined', 'current', 'left', 'other')

    ),

    stated as (

        select person_row_id, domain as employer
        from statements
        where domain is not null
        union all
        select person_row_id, 'name:' || name_key as employer
        from statements
        where name_key is not null
        union all
        select experience._row_id as person_row_id, 'name:' || names.name_key as employer
        from {{ ref('stg_contactout__people__experience') }} as experience
        inner join {{ ref('int_dictionary__company_name') }} as names on experience.company_name = names.value
        where names.name_key is not null

    )

select distinct versions.provider, versions.provider_record_id, stated.employer
from stated
inner join {{ ref('int_person_versions') }} as versions on stated.person_row_id = versions._row_id
