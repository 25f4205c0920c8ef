"""Measured, not asserted: ratios against a peer or a limit in the same run."""
