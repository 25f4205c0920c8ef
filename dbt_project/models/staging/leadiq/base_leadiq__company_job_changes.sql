-- Written by `make staging` from the record models in sources/; change it there.
{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='append_new_columns') }}

select
    _row_id,
    record_key,
    _selection,
    _record_hash,
    _request_id,
    _fetched_at,
    _parsed_at,
    _dlt_load_id,
    {{ record_field('record', ['id'], 'text') }} as id,
    {{ record_field('record', ['person', 'first_name'], 'text') }} as person_first_name,
    {{ record_field('record', ['person', 'last_name'], 'text') }} as person_last_name,
    {{ record_field('record', ['person', 'email'], 'text') }} as person_email,
    {{ record_field('record', ['person', 'email_status'], 'text') }} as person_email_status,
    {{ record_field('record', ['person', 'linkedin_url'], 'text') }} as person_linkedin_url,
    {{ record_field('record', ['person', 'country'], 'text') }} as person_country,
    {{ record_field('record', ['current_company', 'id'], 'text') }} as current_company_id,
    {{ record_field('record', ['current_company', 'input_name'], 'text') }} as current_company_input_name,
    {{ record_field('record', ['current_company', 'input_domain'], 'text') }} as current_company_input_domain,
    {{ record_field('record', ['current_company', 'custom_data'], 'text') }} as current_company_custom_data,
    {{ record_field('record', ['current_position', 'title'], 'text') }} as current_position_title,
    {{ record_field('record', ['current_position', 'job_function'], 'text') }} as current_position_job_function,
    {{ record_field('record', ['current_position', 'seniority'], 'text') }} as current_position_seniority,
    {{ record_field('record', ['current_position', 'start_date'], 'date') }} as current_position_start_date,
    {{ record_field('record', ['job_change_type'], 'text') }} as job_change_type,
    record is not null as _is_readable
from {{ source('raw_leadiq', 'company_job_changes') }}
where {{ complete_and_new_loads('raw_leadiq') }}
