{{ resolved_records('company') }}
