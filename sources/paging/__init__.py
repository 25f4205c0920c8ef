"""Page walks: windows, and the ways providers page."""

from .strategies import Cursor, PageNumbers, once
from .walk import CannotGoOn, Position, Walk, walk
from .windows import Incremental, Refresh, Schedule, State, Window, reading

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
    "reading",
    "walk",
]
