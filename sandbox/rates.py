"""Rate limits: so many requests in any sixty seconds of real time."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from typing import Any

WINDOW_SECONDS = 60.0


class SlidingWindow:
    """Admits ``limit`` requests (None: any number) in any window of sixty seconds; a refused one does not count.

    ``peak`` is the most requests that came within any such window, refused ones among them; ``violations`` counts the
    refused ones.
    """

    def __init__(self, limit: int | None, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit = limit
        self._clock = clock
        self._admitted: deque[float] = deque()
        self._seen: deque[float] = deque()
        self.peak = 0
        self.violations = 0

    def refused_for(self) -> int:
        """Admit one request and return 0, or return the whole seconds after which to come back."""
        now = self._clock()
        self._seen.append(now)
        for times in (self._admitted, self._seen):
            while times and now - times[0] >= WINDOW_SECONDS:
                times.popleft()
        self.peak = max(self.peak, len(self._seen))
        if self.limit is None or len(self._admitted) < self.limit:
            self._admitted.append(now)
            return 0
        self.violations += 1
        return max(1, math.ceil(self._admitted[0] + WINDOW_SECONDS - now))

    def forget(self) -> None:
        """Measure anew; what was admitted goes on counting against the limit."""
        self._seen.clear()
        self.peak = 0
        self.violations = 0


class Rates:
    """Every provider's rate classes."""

    def __init__(self, scale: float) -> None:
        self._scale = scale
        self._windows: dict[tuple[str, str], SlidingWindow] = {}

    def window(self, provider: str, rate_class: str, per_minute: int | None) -> SlidingWindow:
        """The window of a rate class, with its limit scaled as the settings say."""
        limit = None if per_minute is None else max(1, math.floor(per_minute * self._scale))
        self._windows[provider, rate_class] = SlidingWindow(limit)
        return self._windows[provider, rate_class]

    def forget(self) -> None:
        """Measure anew."""
        for window in self._windows.values():
            window.forget()

    def as_json(self) -> dict[str, Any]:
        """The rates as ``GET /sandbox/rates`` shows them: by provider and rate class."""
        classes: dict[str, Any] = {}
        for (provider, rate_class), window in self._windows.items():
            measured = {"limit": window.limit, "peak": window.peak, "violations": window.violations}
            classes.setdefault(provider, {})[rate_class] = measured
        return {"window_seconds": WINDOW_SECONDS, "rates": classes}
