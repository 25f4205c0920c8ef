"""Page walks: windows, and the ways providers page."""

from .strategies import Cursor, PageNumbers, once, page_at, smaller_page_at
from .walk import CannotGoOn, Position, Walk, walk
from .windows import Incremental, Refresh, Schedule, State, Window, reading, remark

__all__ = [
    "CannotGoOn",
    "Cursor",
    "Incremental",
    "PageNumbers",
    "Position",
    "Refresh",
    "Schedule",
    "State",
    "Walk",
    "Window",
    "once",
    "page_at",
    "reading",
    "remark",
    "smaller_page_at",
    "walk",
]
