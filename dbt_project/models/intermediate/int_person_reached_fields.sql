{{ config(tags=["resolved"]) }}
-- Candidate values of the fields by which a person is reached, ranked by the rule of the field.
with
    rules as ({{ survivorship_of('person') }}),

    employers as (

        select stated.person_id, companies.company_id
        from {{ ref('int_person_stated_fields') }} as stated
        inner join {{ ref('int_person_statements') }} as statements on stated._row_id = statements._row_id
        inner join
            {{ ref('map_company_records') }} as companies
            on statements.provider = companies.provider
            and statements.company_record_id = companies.provider_record_id
        where stated.field = 'employment' and stated.place = 1

    ),

    employer_domains as (

        select distinct employers.person_id, fields.value as domain
        from employers
        inner join {{ ref('int_company_fields') }} as fields on employers.company_id = fields.company_id
        where fields.field = 'domain'

    ),

    elsewhere as (

        -- An address that nobody says is of work, at another company than the person's, is hardly where they are
        -- reached.
        select points.person_id, points.value
        from {{ ref('int_person_contact_points') }} as points
        inner join employer_domains as employers on points.person_id = employers.person_id
        where points.kind = 'work_email' and not points.is_kind_stated
        group by points.person_id, points.value
        having
            max(
                case
                    when
                        split_part(points.value, '@', 2) = employers.domain
                        or split_part(points.value, '@', 2) like '%.' || employers.domain
                    then 1
                    else 0
                end
            )
            = 0

    ),

    candidates as (

        select
            points.person_id,
            case when points.kind in ('work_phone', 'personal_phone') then 'phone' else points.kind end as field,
            points.value,
            points.provider,
            points.provider_record_id,
            points._row_id,
            points.observed_at,
            points.provider_rank,
            case
                statuses.status
                when 'verified'
                then 0
                when 'likely'
                then 1
                when 'accept_all'
                then 2
                when 'unknown'
                then 3
                else 4
            end as status_place,
            case when points.is_kind_stated or points.kind like '%_phone' then 0 else 1 end as kind_is_guessed
        from {{ latest_points() }} as points
        inner join
            {{ ref('int_contact_point_statuses') }} as statuses
            on points.person_id = statuses.person_id
            and points.value = statuses.value
        left join elsewhere on points.person_id = elsewhere.person_id and points.value = elsewhere.value
        where
            not points.is_role_mailbox
            and statuses.status not in ('invalid', 'disposable')
            and elsewhere.person_id is null

    )

select
    candidates.person_id,
    candidates.field,
    candidates.value,
    candidates.provider,
    candidates.provider_record_id,
    candidates._row_id,
    candidates.observed_at,
    rules.rule,
    row_number() over (
        partition by candidates.person_id, candidates.field
        order by
            {{ by_the_rule('candidates', {'status': 'candidates.status_place', 'stated': 'candidates.kind_is_guessed'}) }},
            candidates.value,
            candidates._row_id
    ) as place
from candidates
inner join rules on candidates.field = rules.field
