{{ config(materialized="view", tags=["dictionary"]) }}
-- Loads are at-least-once: each value once.
{{ each_value_once('revenue_range', ['low', 'high', 'label']) }}
