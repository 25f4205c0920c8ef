"""Pacing is shared by threads and processes, and honours pauses."""

from __future__ import annotations

import multiprocessing
import threading
import time
from pathlib import Path

import pytest

from sources.metered import Pace
from sources.metered import pacing as module


@pytest.fixture(autouse=True)
def _short_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """A window of a second instead of a minute; processes of these tests are forked and keep it."""
    monkeypatch.setattr(module, "WINDOW_SECONDS", 1.0)
    monkeypatch.setattr(module, "MARGIN_SECONDS", 0.3)


def _take(path: Path, count: int, times: multiprocessing.Queue[float]) -> None:
    pace = Pace(path)
    for _ in range(count):
        assert pace.wait("key", 10)
        times.put(time.time())


def _most_in_any_window(times: list[float]) -> int:
    return max(sum(1 for other in times if begin <= other < begin + 1.0) for begin in times)


def test_two_processes_with_one_key_keep_one_rate(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    times: multiprocessing.Queue[float] = context.Queue()
    processes = [context.Process(target=_take, args=(tmp_path / "pace.sqlite", 12, times)) for _ in range(2)]
    for process in processes:
        process.start()
    found = [times.get(timeout=20) for _ in range(24)]
    for process in processes:
        process.join()
    assert _most_in_any_window(found) <= 10
    # And the rate is used: 24 requests at 10 a window need two windows' wait, not four.
    assert max(found) - min(found) < 5.0


def test_threads_of_one_process_keep_one_rate(tmp_path: Path) -> None:
    pace = Pace(tmp_path / "pace.sqlite")
    times: list[float] = []

    def take() -> None:
        for _ in range(5):
            pace.wait("key", 10)
            times.append(time.time())

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _most_in_any_window(times) <= 10


def test_other_keys_and_rate_classes_do_not_wait(tmp_path: Path) -> None:
    pace = Pace(tmp_path / "pace.sqlite")
    for _ in range(10):
        pace.wait("key search", 10)
    started = time.monotonic()
    assert pace.wait("key other", 10)
    assert time.monotonic() - started < 0.5


def test_a_pause_holds_everybody_who_uses_the_key(tmp_path: Path) -> None:
    Pace(tmp_path / "pace.sqlite").pause("key", 0.6)
    started = time.monotonic()
    assert Pace(tmp_path / "pace.sqlite").wait("key", 1000)
    assert time.monotonic() - started >= 0.55


def test_waiting_ends_when_it_is_told_to(tmp_path: Path) -> None:
    pace = Pace(tmp_path / "pace.sqlite")
    pace.pause("key", 60)
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    assert not pace.wait("key", 10, lambda: not stop.is_set())


def test_however_late_a_request_arrives_the_next_in_its_place_arrives_a_window_later(tmp_path: Path) -> None:
    pace = Pace(tmp_path / "pace.sqlite")
    places = [pace.wait("key", 2) for _ in range(2)]
    time.sleep(0.8)
    late = time.monotonic()
    for place in places:
        assert place is not None
        pace.answered(place)
    assert pace.wait("key", 2)
    assert time.monotonic() - late >= 1.0
