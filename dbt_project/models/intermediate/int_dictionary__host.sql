{{ config(materialized="view", tags=["dictionary"]) }}
-- Loads are at-least-once: each value once.
{{ each_value_once('host', ['domain', 'is_free_mail', 'is_hosted', 'is_shared']) }}
