{#- The raw tables of each provider, by entity. -#}
{% macro raw_entities() -%}
    {{
        return({
            'leadiq': [
                'account', 'usage', 'contact_tracking_balance', 'tracked_contacts', 'tracked_companies', 'people',
                'companies', 'regenerated_times', 'search_people', 'search_companies', 'company_tracking_tasks',
                'company_job_changes', 'prospects', 'prospect_exports'
            ],
            'contactout': [
                'stats', 'people', 'companies', 'contact_checks', 'email_verifications', 'email_verification_results'
            ],
            'letrics': ['contacts', 'companies']
        })
    }}
{%- endmacro %}
