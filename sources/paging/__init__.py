"""Page walks: windows, and the ways providers page."""

from .abilities import A_LIST, A_READING, Ability, Cannot
from .forecast import Forecast, Meter
from .strategies import Cursor, PageNumbers, once, page_at, smaller_page_at
from .walk import CannotGoOn, Position, Walk, next_window, state_of, walk
from .windows import (
    Backfill,
    Incremental,
    Refresh,
    Schedule,
    State,
    Window,
    complete_window,
    forget_other_question,
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
    "Cursor",
    "Forecast",
    "Incremental",
    "Meter",
    "PageNumbers",
    "Position",
    "Refresh",
    "Schedule",
    "State",
    "Walk",
    "Window",
    "complete_window",
    "forget_other_question",
    "next_window",
    "once",
    "page_at",
    "reading",
    "remark",
    "smaller_page_at",
    "state_of",
    "walk",
]
