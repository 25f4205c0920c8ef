-- One row per provider record of a person.
{{ identity_records('person', 'int_person_versions') }}
