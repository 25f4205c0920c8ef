-- One row per provider record of a company.
{{ identity_records('company', 'int_company_statements') }}
