{{ config(tags=["resolved"], materialized="view") }}
-- One row per current candidate value of a field of a person, ranked: the first is the surviving one.
{% set columns = ['person_id', 'field', 'value', 'provider', 'provider_record_id', 'observed_at', 'rule', 'place'] %}
select {{ columns | join(', ') }}
from {{ ref('int_person_stated_fields') }}
where field not in ('employment', 'place')
union all
select {{ columns | join(', ') }}
from {{ ref('int_person_reached_fields') }}
