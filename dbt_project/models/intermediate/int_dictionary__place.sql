{{ config(materialized="view", tags=["dictionary"]) }}
-- Loads are at-least-once: each value once.
{{ each_value_once('place', ['city', 'state', 'subdivision_code', 'country_code']) }}
