-- A record may say the same in several selections; the best placed of them speaks.
with
    ranked as (

        select
            fields.*,
            row_number() over (
                partition by person_id, field, provider, provider_record_id, value order by place
            ) as place_of_its_kind
        from {{ ref('int_person_fields') }} as fields

    )

select person_id, field, value, provider, provider_record_id, observed_at, place = 1 as is_chosen, rule
from ranked
where place_of_its_kind = 1
