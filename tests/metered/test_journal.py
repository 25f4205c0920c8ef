"""The journal survives what it is for, and groups commits."""

from __future__ import annotations

import json
import sqlite3
import stat
import threading
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from sources.metered import Journal, JournalError, RequestRow, StoredAnswer

AT = datetime(2026, 3, 2, 6)
REQUEST = RequestRow(
    "q-1", "q", "s", 1, "contactout", "people_search", "r", "w000001", 0, "f", "sel", 1, AT.isoformat(), 12.5, "ok", 200, 25,
    {"search": 25}, None,
)  # fmt: skip
ANSWER = StoredAnswer(
    "q",
    "s",
    "contactout",
    "r",
    "w000001",
    0,
    "people_search",
    "sel",
    "f",
    "q-1",
    1,
    200,
    True,
    None,
    AT.isoformat(),
    b'{"a": 1}',
)


def test_what_was_kept_is_there_after_the_process_is_gone(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.sqlite")
    journal.keep(ANSWER, REQUEST)
    # Not closed: as after a kill.
    again = Journal(tmp_path / "j.sqlite")
    assert again.answer("q") == ANSWER
    assert again.requests("s") == [REQUEST]
    again.close()
    journal.close()


def test_bodies_leave_when_they_have_landed_and_the_ledger_stays(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.sqlite")
    journal.keep(ANSWER, REQUEST)
    journal.landed("s", 1, ["q-1"], [], [], datetime(2026, 3, 2))
    assert journal.answer("q") is None
    assert journal.unlanded_requests() == []
    assert journal.spent("contactout", sync_id="s") == {"search": 25}
    journal.close()


@pytest.mark.xfail(strict=True, reason="Python's cursor steps `pragma incremental_vacuum` once, which frees one page")
def test_what_has_landed_leaves_the_disk_too(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.sqlite")
    for number in range(40):
        body = json.dumps([f"jane.{n}@example.com" for n in range(number, 9000, 7)]).encode()
        question = f"q{number}"
        journal.keep(
            replace(ANSWER, question_id=question, request_id=question, body=body), replace(REQUEST, request_id=question)
        )
    journal.landed("s", 1, [row.request_id for row in journal.unlanded_requests()], [], [], datetime(2026, 3, 2))
    journal.close()
    with sqlite3.connect(tmp_path / "j.sqlite") as connection:
        assert connection.execute("pragma freelist_count").fetchone() == (0,)
    assert (tmp_path / "j.sqlite").stat().st_size < 200_000


def test_many_threads_write_at_once_and_each_finds_its_own(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.sqlite")

    def keep(number: int) -> None:
        answer = replace(ANSWER, question_id=f"q{number}", body=str(number).encode())
        journal.keep(answer, replace(REQUEST, request_id=f"q{number}-1", question_id=f"q{number}"))
        found = journal.answer(f"q{number}")
        assert found is not None
        assert found.body == str(number).encode()

    threads = [threading.Thread(target=keep, args=(number,)) for number in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(journal.requests("s")) == 60
    journal.close()


def test_a_write_that_fails_fails_alone(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.sqlite")
    with pytest.raises(sqlite3.OperationalError):
        journal.write(lambda connection: connection.execute("insert into nowhere values (1)"))
    journal.keep(ANSWER, REQUEST)
    assert journal.answer("q") == ANSWER
    journal.close()


def test_spending_is_counted_by_sync_and_by_time_lost_answers_included(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.sqlite")
    journal.record(replace(REQUEST, request_id="a", outcome="unknown", credits={"search": 5}))
    journal.record(replace(REQUEST, request_id="b", outcome="failed", credits={}))
    journal.record(
        replace(
            REQUEST, request_id="c", outcome="ok", sync_id="t", started_at="2026-03-01T23:59:59", credits={"search": 7}
        )
    )
    assert journal.spent("contactout", sync_id="s") == {"search": 5}
    assert journal.spent("contactout", since=datetime(2026, 3, 2)) == {"search": 5}
    assert journal.spent("contactout", since=datetime(2026, 3, 1)) == {"search": 12}
    assert journal.spent("leadiq", since=datetime(2026, 3, 1)) == {}
    journal.close()


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "new" / "j.sqlite")
    journal.keep(ANSWER, REQUEST)
    for path in (tmp_path / "new").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
    journal.close()


def test_a_file_that_is_no_journal_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite"
    path.write_text("a shopping list" * 100)
    with pytest.raises(JournalError, match="is not a Leadhouse journal"):
        Journal(path)
    assert path.read_text() == "a shopping list" * 100
