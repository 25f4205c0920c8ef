"""Page walks: windows, and the ways providers page."""

from .abilities import A_LIST, A_READING, Ability, Cannot
from .forecast import Forecast, Meter
from .lookups import Lookup
from .pushes import Counter, Push
from .strategies import Cursor, Offsets, PageNumbers, once, page_at, smaller_page_at
from .walk import CannotGoOn, Position, Walk, next_window, state_of, walk
from .windows import (
    Backfill,
    Incremental,
    Refresh,
    Schedule,
    State,
    UntilDone,
    Window,
    complete_window,
    forget_other_question,
    note,
    reading,
    remark,
)

__all__ = [
    "A_LIST",
    "A_READING",
    "Ability",
    "Backfill",
    "Cannot",
    "CannotGoOn",
    "Counter",
    "Cursor",
    "Forecast",
    "Incremental",
    "Lookup",
    "Meter",
    "Offsets",
    "PageNumbers",
    "Position",
    "Push",
    "Refresh",
    "Schedule",
    "State",
    "UntilDone",
    "Walk",
    "Window",
    "complete_window",
    "forget_other_question",
    "next_window",
    "note",
    "once",
    "page_at",
    "reading",
    "remark",
    "smaller_page_at",
    "state_of",
    "walk",
]
