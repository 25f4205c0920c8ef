"""Who is who: clusters of provider records that name one person or company, ids that last, and the evidence for both."""

from .corrections import wrong_corrections
from .ids import Event
from .resolution import ASSIGNMENTS, EVIDENCE, RECORDS, VALUES, Resolution, resolve
from .rules import COMPANIES, PEOPLE, Rule, Rules

__all__ = [
    "ASSIGNMENTS",
    "COMPANIES",
    "EVIDENCE",
    "PEOPLE",
    "RECORDS",
    "VALUES",
    "Event",
    "Resolution",
    "Rule",
    "Rules",
    "resolve",
    "wrong_corrections",
]
