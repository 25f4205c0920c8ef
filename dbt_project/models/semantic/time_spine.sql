-- A view, so that no build has to fill it. Its ends are fixed, since no model may ask what day it is; they are
-- wide enough for whatever a provider dates.
{{ config(materialized="view", schema="marts", contract={"enforced": true}) }}
select cast(day as date) as date_day
from {{ each_day("2000-01-01", "2049-12-31") }}
