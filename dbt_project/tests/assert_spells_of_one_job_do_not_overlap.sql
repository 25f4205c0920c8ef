-- Two spells of one person at one company and title have an order: the one has ended before the other begins.
select earlier.spell_id, later.spell_id as later_spell_id
from {{ ref('fct_employment_spells') }} as earlier
inner join
    {{ ref('fct_employment_spells') }} as later
    on earlier.person_id = later.person_id
    and earlier.company_id = later.company_id
    and earlier.title = later.title
    and earlier.spell_id <> later.spell_id
where
    -- Each spell with those that begin later, and with those of which nobody knows when they began.
    (earlier.started_on is null or later.started_on is null or earlier.started_on <= later.started_on)
    and (
        (earlier.is_current and (later.is_current or earlier.started_on <= later.started_on))
        or earlier.ended_on > later.started_on
    )
