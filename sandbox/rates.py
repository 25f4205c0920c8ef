"""Rate limits: so many requests in any sixty seconds of real time."""

from __future__ import annotations

import math
import time
from collections import deque

WINDOW_SECONDS = 60.0


class SlidingWindow:
    """Admits ``limit`` requests in any window of sixty seconds; a refused request does not count."""

    def __init__(self, per_minute: int, scale: float) -> None:
        self.limit = max(1, math.floor(per_minute * scale))
        self._admitted: deque[float] = deque()

    def refused_for(self) -> int:
        """Admit one request and return 0, or return the whole seconds after which to come back."""
        now = time.monotonic()
        while self._admitted and now - self._admitted[0] >= WINDOW_SECONDS:
            self._admitted.popleft()
        if len(self._admitted) < self.limit:
            self._admitted.append(now)
            return 0
        return max(1, math.ceil(self._admitted[0] + WINDOW_SECONDS - now))
