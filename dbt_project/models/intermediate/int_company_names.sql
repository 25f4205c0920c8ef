-- One row per provider record of a company that states a name: the last one it stated, in normal form.
select provider, provider_record_id, name_key as name
from
    (
        select
            statements.provider,
            statements.provider_record_id,
            statements.name_key,
            row_number() over (
                partition by statements.provider, statements.provider_record_id
                order by statements._fetched_at desc, statements._row_id desc, statements.role
            ) as place
        from {{ ref('int_company_statements') }} as statements
        where statements.name_key is not null
    ) as numbered
where place = 1
