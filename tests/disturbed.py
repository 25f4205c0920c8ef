"""What a test needs to break a sync off at a moment of its choosing, in this process, without waiting."""

from __future__ import annotations

import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sources.metered import Interruption, Journal

T = TypeVar("T")


class Killed(BaseException):
    """The process is gone, as far as this journal is concerned."""


class MortalJournal(Journal):
    """A journal that dies at its nth write, just before it reaches the disk or just after; nothing is written afterwards.

    What a killed process leaves behind is what its journal holds, and requests that are under way arrive all the same;
    the tests of the application kill real processes.
    """

    def __init__(self, path: Path, dies_at: int | None = None, after_writing: bool = False) -> None:
        self._lock = threading.Lock()
        self._left = dies_at
        self._after_writing = after_writing
        self.dead = False
        super().__init__(path)

    def live(self) -> None:
        """Dies no more."""
        self._left = None

    def write(self, change: Callable[[sqlite3.Connection], T]) -> T:
        with self._lock:
            if self.dead:
                raise Killed
            last = False
            if self._left is not None:
                self._left -= 1
                last = self._left <= 0
            if last:
                self.dead = True
                if not self._after_writing:
                    raise Killed
        result = super().write(change)
        if last:
            raise Killed
        return result


class Hurried(Interruption):
    """Pauses between two attempts take no time; set after so many answers."""

    def __init__(self, after: int | None = None) -> None:
        super().__init__()
        self._after = after

    def wait(self, seconds: float) -> bool:
        return self.is_set()

    def answered(self) -> None:
        if self._after is not None:
            self._after -= 1
            if self._after <= 0:
                self.set()


def all_at_once(work: Iterable[Callable[[], None]]) -> None:
    """Each in a thread of its own; raises what one of them raised, a kill first."""
    listed = list(work)
    with ThreadPoolExecutor(max_workers=max(len(listed), 1)) as pool:
        failures = [failure for one in [pool.submit(one) for one in listed] if (failure := one.exception())]
    for failure in sorted(failures, key=lambda one: not isinstance(one, Killed)):
        raise failure


@contextmanager
def quick_folder() -> Iterator[Path]:
    """A folder in memory where there is one: a thousand journals are written and flushed."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)
