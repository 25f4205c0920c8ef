{{ resolved_records('person') }}
