-- One row per title: its words in one order and one spelling (`title_key`), its grade and where that stands:
-- `VP Sales`, `VP, Sales` and `Vice President of Sales` have one key.
with
    titles as (select distinct title from {{ ref('int_employment_versions') }} where title is not null),

    cleaned as (

        -- Both engines take a closing bracket as it is where it comes first, and a hyphen where it comes last. A tab,
        -- a space that does not break and one without width are named by number.
        select
            title,
            trim(
                regexp_replace(
                    translate(replace(lower(title), '.', ''), chr(9) || chr(160) || chr(8203), '   '),
                    '[]@!,;:/&()|+_"''–—•[ -]+',
                    ' ',
                    'g'
                )
            ) as words
        from titles

    ),

    single_words as (select title, unnest(string_to_array(words, ' ')) as word from cleaned),

    spelled as (

        select distinct
            single_words.title,
            case when meanings.word is null then single_words.word else meanings.meaning end as word,
            coalesce(meanings.is_grade, false) as is_grade
        from single_words
        left join {{ ref('title_words') }} as meanings on single_words.word = meanings.word

    ),

    keyed as (

        select
            title,
            string_agg(distinct word, ' ' order by word) as title_key,
            string_agg(
                distinct case when is_grade then word end, ' ' order by case when is_grade then word end
            ) as grade,
            max(
                case when is_grade and word in ('senior', 'executive', 'principal', 'group', 'lead') then 1 else 0 end
            ) - max(
                case when is_grade and word in ('associate', 'assistant', 'deputy', 'junior') then 1 else 0 end
            ) as step
        from spelled
        where word is not null and word <> ''
        group by title

    )

select
    keyed.title,
    keyed.title_key,
    words.seniority,
    words.department,
    keyed.grade,
    -- A senior manager stands above a manager and below whoever is next; of a chief the words say no more.
    words.rank + case when words.seniority in ('c_level', 'founder') then 0 else keyed.step end as title_rank
from keyed
left join {{ ref('int_dictionary__title') }} as words on keyed.title = words.value
