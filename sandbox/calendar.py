"""The simulated day on which every answer is given."""

from __future__ import annotations

import datetime as dt


class SimulatedCalendar:
    """A day that moves only when told to, in either direction."""

    def __init__(self, today: dt.date) -> None:
        self.today = today

    @property
    def month(self) -> str:
        """The month as ``YYYY-MM``."""
        return self.today.strftime("%Y-%m")

    def move_to(self, day: dt.date) -> None:
        """Make ``day`` today."""
        self.today = day

    def first_of_next_month(self) -> dt.date:
        """The day on which billing periods renew."""
        return (self.today.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
