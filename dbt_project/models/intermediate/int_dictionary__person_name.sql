{{ config(materialized="view", tags=["dictionary"]) }}
-- Loads are at-least-once: each value once.
{{ each_value_once('person_name', ['name_key', 'family_1', 'family_2', 'family_3']) }}
