"""How well records find their person or company: against the truth, and beside Splink on the same rows."""
