{{ config(tags=["values"]) }}
-- Every version of every statement that a person held a title at a company, values as sent. `_row_id` is the raw
-- row and the place in it, `version_row_id` the version of the record it stands in, `company_row_id` and
-- `company_role` where the company stands among its statements. `ended_on` with an unknown precision is a day by
-- which it had ended.
{% set types = {
    'version_row_id': 'text', 'company_row_id': 'text', 'company_role': 'text', 'is_main': 'boolean',
    'is_current': 'boolean', 'title': 'text', 'seniority': 'text', 'department': 'text', 'company_name': 'text',
    'started_on': 'date', 'started_precision': 'text', 'ended_on': 'date', 'ended_precision': 'text',
    'stated_at': 'timestamp'
} %}
{% set is_day = "case when {} is null then 'unknown' else 'day' end" %}
{% set record = {'version_row_id': '_row_id', 'company_row_id': '_row_id', 'company_role': "'current'", 'is_main': 'true', 'is_current': 'true'} %}
{% set before = {'company_role': "'left'", 'is_main': 'false', 'is_current': 'false'} %}
{% set statements = [
    {
        'provider': 'leadiq', 'source': 'people', 'model': 'int_leadiq_positions', 'person': 'record_key',
        'given': {
            'version_row_id': 'person_row_id',
            'company_row_id': 'case when is_main then person_row_id else _row_id end',
            'company_role': "case when is_main then 'current' else 'other' end",
            'department': 'job_function', 'started_on': 'cast(held_start as date)',
            'started_precision': is_day.format('held_start'), 'ended_on': 'cast(held_end as date)',
            'ended_precision': is_day.format('held_end'), 'stated_at': 'updated_at'
        },
        'same': ['is_main', 'is_current', 'title', 'seniority', 'company_name']
    },
    {
        'provider': 'leadiq', 'source': 'search_people', 'model': 'int_leadiq_found_people',
        'person': 'provider_record_id',
        'given': dict(
            record, department='role', started_on='cast(position_started_at as date)',
            started_precision=is_day.format('position_started_at'), stated_at='updated_at'
        ),
        'same': ['title', 'seniority', 'company_name']
    },
    {
        'provider': 'leadiq', 'source': 'search_people', 'model': 'int_leadiq_found_people', 'place': '/before',
        'person': 'provider_record_id',
        'given': dict(
            before, version_row_id='_row_id', company_row_id='change_row_id', title='job_change_previous_title',
            company_name='job_change_previous_company_name', stated_at='updated_at'
        ),
        'where': 'change_row_id is not null'
    },
    {
        'provider': 'leadiq', 'source': 'tracked_contacts', 'model': 'stg_leadiq__tracked_contacts',
        'person': 'record_key',
        'given': dict(
            record, company_role="'joined'", seniority='title_level', department='title_domain', company_name='company',
            started_on='job_start_date', started_precision=is_day.format('job_start_date'),
            stated_at='cast(job_change_detected as timestamp)'
        ),
        'same': ['title'], 'where': "job_change_type <> 'Departure'"
    },
    {
        'provider': 'leadiq', 'source': 'tracked_contacts', 'model': 'stg_leadiq__tracked_contacts',
        'place': '/before', 'person': 'record_key',
        'given': dict(
            before, version_row_id='_row_id', company_row_id='_row_id', title='last_known_title',
            company_name='last_known_company', ended_on='coalesce(job_start_date, job_change_detected)',
            ended_precision=is_day.format('job_start_date'), stated_at='cast(job_change_detected as timestamp)'
        )
    },
    {
        'provider': 'leadiq', 'source': 'company_job_changes', 'model': 'stg_leadiq__company_job_changes',
        'person': "'company_job_change:' || record_key",
        'given': dict(
            record, company_role="'joined'", title='current_position_title', seniority='current_position_seniority',
            department='current_position_job_function', company_name='current_company_input_name',
            started_on='current_position_start_date', started_precision=is_day.format('current_position_start_date'),
            stated_at='cast(current_position_start_date as timestamp)'
        )
    },
    {
        'provider': 'leadiq', 'source': 'prospects', 'model': 'stg_leadiq__prospects',
        'person': "coalesce(person_id, 'prospect:' || record_key)",
        'given': dict(
            record, department='role', company_name='coalesce(company_name, employer_name)', stated_at='updated_at'
        ),
        'same': ['title', 'seniority']
    },
    {
        'provider': 'contactout', 'source': 'people', 'model': 'stg_contactout__people', 'person': 'record_key',
        'given': dict(record, department='job_function', stated_at='updated_at'),
        'same': ['title', 'seniority', 'company_name']
    },
    {
        'provider': 'contactout', 'source': 'people', 'model': 'int_contactout_positions', 'person': 'record_key',
        'given': {
            'version_row_id': 'person_row_id', 'company_row_id': '_row_id', 'company_role': "'other'",
            'is_main': 'false', 'stated_at': 'person_stated_at'
        },
        'same': [
            'is_current', 'title', 'company_name', 'started_on', 'started_precision', 'ended_on', 'ended_precision'
        ]
    },
    {
        'provider': 'letrics', 'source': 'contacts', 'model': 'stg_letrics__contacts', 'person': 'record_key',
        'given': dict(record, stated_at='updated_at'), 'same': ['title', 'seniority', 'department', 'company_name']
    }
] %}
{% for one in statements %}
    select
        '{{ one.provider }}' as provider,
        {{ one.person }} as provider_record_id,
        '{{ one.source }}' as source,
        {{ "_row_id || '" ~ one.place ~ "'" if one.place else '_row_id' }} as _row_id,
        _fetched_at,
        {{ columns_of(types, one.given, one.same or []) }}
    from {{ ref(one.model) }} {{ 'where ' ~ one.where if one.where }}
    {% if not loop.last %}
        union all
    {% endif %}
{% endfor %}
