"""The providers as dlt sources, and the three rooms they stand on: `metered`, `paging`, `landing`."""
