"""Pacing: a sliding-window log in SQLite, shared by every thread and process that uses the same key.

A request arrives at the provider between the moment it was allowed and the moment its answer came. Its place in the
window is free again a window after the latter, so that however late it arrived, the next one in its place arrives a
whole window later.

pyrate-limiter's SQLite bucket was looked at: its file lock is per thread, it cannot be told to pause for a provider's
`Retry-After`, and its window is exactly as long as the provider's, so that a slow first request and a fast last one
meet in one window at the other end. Those three are the promise, hence this page.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

WINDOW_SECONDS = 60.0
MARGIN_SECONDS = 0.3
"""How much longer our window is than the provider's, whose clock is not ours."""


@dataclass
class Pace:
    """Permission to send.

    Args:
        path: SQLite file shared by all who use the key; it holds times and a key's digest, never a key.
    """

    path: Path

    def __post_init__(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._local = threading.local()
        connection = self._connection()
        connection.executescript(
            "create table if not exists sent (who text not null, at real not null);"
            "create index if not exists sent_by_time on sent (who, at);"
            "create table if not exists pauses (who text primary key, until real not null);"
        )
        os.chmod(self.path, 0o600)

    def wait(self, who: str, per_minute: float, go_on: Callable[[], bool] = lambda: True) -> int | None:
        """Returns when one more request by `who` is within `per_minute`: its place, for `answered`; or None as soon as
        `go_on()` is False.

        Args:
            who: digest of the key, and the rate class.
        """
        while go_on():
            pause, place = self._take(who, per_minute)
            if place is not None:
                return place
            time.sleep(min(pause, 0.2))
        return None

    def answered(self, place: int) -> None:
        """The request in this place had its answer, or will have none."""
        self._connection().execute("update sent set at = max(at, ?) where rowid = ?", (time.time(), place))

    def pause(self, who: str, seconds: float) -> None:
        """Nobody sends as `who` for so many seconds: the provider said so."""
        self._connection().execute(
            "insert into pauses values (?, ?) on conflict (who) do update set until = max(until, excluded.until)",
            (who, time.time() + seconds),
        )

    def paused_for(self, who: str) -> float:
        """Seconds for which the provider asked `who` to send nothing; 0 when it did not."""
        row = self._connection().execute("select until from pauses where who = ?", (who,)).fetchone()
        return max(0.0, float(row[0]) - time.time()) if row else 0.0

    def _take(self, who: str, per_minute: float) -> tuple[float, int | None]:
        """(seconds to wait before asking again, the place when permission was taken)."""
        connection = self._connection()
        connection.execute("begin immediate")
        try:
            now = time.time()
            row = connection.execute("select until from pauses where who = ?", (who,)).fetchone()
            if row is not None and row[0] > now:
                return float(row[0] - now), None
            window = WINDOW_SECONDS + MARGIN_SECONDS
            connection.execute("delete from sent where who = ? and at <= ?", (who, now - window))
            allowed = max(1, int(per_minute))
            times = connection.execute(
                "select at from sent where who = ? order by at desc limit 1 offset ?", (who, allowed - 1)
            ).fetchone()
            if times is not None:
                return max(float(times[0]) + window - now, 0.001), None
            return 0.0, connection.execute("insert into sent values (?, ?)", (who, now)).lastrowid
        finally:
            connection.execute("commit")

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self.path, timeout=30, isolation_level=None)
            connection.execute("pragma journal_mode = wal")
            # A lost entry after a power cut costs at most a 429.
            connection.execute("pragma synchronous = off")
            self._local.connection = connection
        return connection
