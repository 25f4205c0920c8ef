"""The metered client: paid once, priced before sent, within budget, paced, on the record."""

from .budgets import Budget, Limit
from .client import Ask, Asking, Interruption, Limits, Replaying, Round, Stop, StopKind, Stopped, learned_parts
from .clock import Clock
from .csv_answers import SURPLUS, read_csv
from .errors import Action, ErrorRule, Problem
from .journal import Journal, JournalError, RequestRow, StoredAnswer, Sync, Unreadable, spent_in_all
from .pacing import Pace
from .prices import Credits, PriceList, add, price
from .providers import Provider, Server, refuse_base_url
from .questions import Answer, Period, Question, RowOutcome, digest

__all__ = [
    "Action",
    "Answer",
    "Ask",
    "Asking",
    "Budget",
    "Clock",
    "Credits",
    "ErrorRule",
    "Journal",
    "JournalError",
    "Interruption",
    "Limit",
    "Limits",
    "Pace",
    "Period",
    "PriceList",
    "Problem",
    "Provider",
    "RowOutcome",
    "Question",
    "Replaying",
    "RequestRow",
    "Round",
    "SURPLUS",
    "Server",
    "Stop",
    "StopKind",
    "Stopped",
    "StoredAnswer",
    "Sync",
    "Unreadable",
    "add",
    "digest",
    "learned_parts",
    "price",
    "read_csv",
    "refuse_base_url",
    "spent_in_all",
]
