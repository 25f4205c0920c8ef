"""The journal survives what it is for, and groups commits."""

from __future__ import annotations

import json
import random
import sqlite3
import stat
import threading
import zlib
from dataclasses import asdict, replace
from datetime import datetime, timedelta
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


def days_later(days: int) -> datetime:
    return datetime.fromisoformat(REQUEST.started_at) + timedelta(days=days)


def test_the_file_does_not_grow_with_what_has_landed(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.sqlite")
    sizes = []
    for round in range(1, 9):
        for number in range(20):
            question = f"q{round}-{number}"
            answer = replace(ANSWER, question_id=question, round=round, body=random.Random(question).randbytes(100_000))
            journal.keep(answer, replace(REQUEST, request_id=question, question_id=question, round=round))
        journal.landed("s", round, [f"q{round}-{number}" for number in range(20)], [], [], days_later(0))
        sizes.append(sum(path.stat().st_size for path in tmp_path.iterdir()))
    assert sizes[-1] < 1.5 * sizes[0]
    journal.close()
    assert (tmp_path / "j.sqlite").stat().st_size < 300_000


def test_old_ledger_rows_leave_but_what_they_cost_and_what_was_lost_is_still_known(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.sqlite")
    journal.record(replace(REQUEST, request_id="a", sync_id="old"))
    journal.record(
        replace(REQUEST, request_id="b", sync_id="old", outcome="unknown", credits={"search": 5, "email": 1})
    )
    journal.landed("old", 1, ["a", "b"], [], [], days_later(1))
    assert {row.request_id for row in journal.requests("old")} == {"a", "b"}
    journal.landed("new", 1, [], [], [], days_later(80))
    assert [row.request_id for row in journal.requests("old")] == ["b"]
    lost = journal.unknown_requests("contactout", REQUEST.resource, REQUEST.window, REQUEST.step, REQUEST.fingerprint)
    assert lost == [{"search": 5, "email": 1}]
    assert journal.spent_in_all() == {"contactout": {"search": 30, "email": 1}}
    journal.close()


def test_a_ledger_row_that_has_not_landed_stays_however_old_it_is(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.sqlite")
    journal.record(REQUEST)
    journal.landed("new", 1, [], [], [], days_later(400))
    assert len(journal.unlanded_requests()) == 1
    journal.close()


def test_a_damaged_answer_is_said_and_can_be_set_aside(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.sqlite")
    journal.keep(ANSWER, REQUEST)
    journal.write(lambda c: c.execute("update answers set body = x'0badcafe'") and None)
    with pytest.raises(JournalError, match=r"is damaged .* --abandon"):
        journal.answer("q")
    journal.set_aside("q", "damaged")
    assert journal.answer("q") is None
    assert [(one.body, one.reason) for one in journal.unreadable()] == [(b"\x0b\xad\xca\xfe", "damaged")]
    journal.close()


def test_a_journal_of_an_earlier_version_is_taken_on_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite"
    with sqlite3.connect(path) as older:
        older.execute(
            "create table answers (question_id text primary key, sync_id text not null, provider text not null, "
            "resource text not null, window text not null, step integer not null, operation text not null, "
            "selection text not null, fingerprint text not null, request_id text not null, round integer not null, "
            "status integer not null, found integer not null, partial text, fetched_at text not null, body blob, "
            "landed integer not null default 0)"
        )
        values = [value for name, value in asdict(ANSWER).items() if name not in ("body", "page_size", "expired")]
        marks = ", ".join("?" for _ in range(17))
        older.execute(f"insert into answers values ({marks})", (*values, zlib.compress(ANSWER.body), 0))
        older.execute(f"insert into answers values ({marks})", ("landed", *values[1:], None, 1))
    older.close()
    journal = Journal(path)
    assert journal.answer("q") == ANSWER
    assert journal.answer("landed") is None
    journal.close()


def test_what_a_job_can_cost_is_held_until_its_result_is_read(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.sqlite")
    journal.keep(ANSWER, replace(REQUEST, credits={}), starts=("job", {"search": 1000}))
    journal.close()
    journal = Journal(tmp_path / "j.sqlite")
    assert journal.held("contactout") == journal.job("contactout", "job") == {"search": 1000}
    journal.keep(replace(ANSWER, question_id="r"), replace(REQUEST, request_id="r-1"), finishes="job")
    assert journal.held("contactout") == {}
    journal.close()
