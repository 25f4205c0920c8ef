-- One row per provider record of a person that states a name: the last one it stated, in normal form (`name`), and the
-- words that may be its family name.
with
    numbered as (

        select
            versions.provider,
            versions.provider_record_id,
            {{ stated_name('versions') }} as full_name,
            row_number() over (
                partition by versions.provider, versions.provider_record_id
                order by versions._fetched_at desc, versions._row_id desc
            ) as place
        from {{ ref('int_person_versions') }} as versions
        where {{ stated_name('versions') }} is not null

    )

select
    numbered.provider,
    numbered.provider_record_id,
    numbered.full_name,
    dictionary.name_key as name,
    dictionary.family_1,
    dictionary.family_2,
    dictionary.family_3
from numbered
left join {{ ref('int_dictionary__person_name') }} as dictionary on numbered.full_name = dictionary.value
where numbered.place = 1
