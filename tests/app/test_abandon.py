"""`leadhouse sync --abandon`: what was bought lands, nobody is asked, and the sync is closed; whatever the journal holds."""

from __future__ import annotations

import sqlite3

import pytest

from tests.house import House, Sandbox

pytestmark = pytest.mark.slow

ROWS = "select count(*), count(distinct record_key) from raw_contactout.people"


@pytest.fixture
def broken_off(house: House, sandbox: Sandbox) -> House:
    """A house whose sync was killed when two pages had been paid for."""
    sandbox.fault(provider="contactout", operation="people_search", skip=2, times=1, kind="stall", seconds=60)
    pages = "contactout.people_search"
    assert house.kill_when(lambda: sandbox.asked(pages) >= 3, "sync", "contactout", "--no-build", after=0.2)
    sandbox.no_faults()
    return house


def test_what_was_bought_lands_and_nobody_is_asked(broken_off: House, sandbox: Sandbox) -> None:
    asked = len(sandbox.books()["requests"])
    # The key is gone for good: there is nobody to ask.
    (broken_off.folder / ".dlt" / "secrets.toml").write_text("")
    refused = broken_off.run("sync")
    assert refused.code == 2
    ended = broken_off.run("sync", "--abandon", "--no-build").ok()
    assert "Abandoned the sync of 2026-03-02 06:00" in " ".join(ended.out.split())
    assert len(sandbox.books()["requests"]) == asked
    assert broken_off.query(ROWS, broken_off.warehouse) == [(50, 50)]
    assert broken_off.query("select outcome from raw_leadhouse.syncs", broken_off.warehouse) == [
        ("contactout.*: abandoned",)
    ]
    with sqlite3.connect(broken_off.journal) as journal:
        assert journal.execute("select count(*) from answers").fetchall() == [(0,)]


def test_the_next_sync_goes_on_from_there_and_buys_nothing_twice(broken_off: House, sandbox: Sandbox) -> None:
    broken_off.run("sync", "--abandon", "--no-build").ok()
    broken_off.run("sync", "contactout", "--no-build").ok()
    rows = broken_off.query(ROWS, broken_off.warehouse)
    # The page in flight was charged twice: once for the kill.
    assert rows == [(sandbox.charged()["search"] - 25,) * 2]


def test_an_edited_journal_stops_the_sync_in_a_sentence_and_sends_nothing(broken_off: House, sandbox: Sandbox) -> None:
    with sqlite3.connect(broken_off.journal) as journal:
        journal.execute("update answers set fingerprint = 'other' where step = 1 and operation = 'people_search'")
    journal.close()
    asked = sandbox.asked("contactout.people_search")
    stopped = broken_off.run("sync", "contactout", "--no-build")
    assert stopped.code == 1
    assert "belongs to a different question than is asked now" in stopped.err
    assert "--abandon" in stopped.err
    assert "Traceback" not in stopped.err
    assert sandbox.asked("contactout.people_search") == asked
    # Abandoned, the answer that fits nowhere is kept whole.
    broken_off.run("sync", "--abandon", "--no-build").ok()
    assert broken_off.query(ROWS, broken_off.warehouse) == [(25, 25)]
    kept = broken_off.query(
        "select entity, reason, payload like '%profiles%' from raw_leadhouse.quarantine", broken_off.warehouse
    )
    assert len(kept) == 1
    assert kept[0][0] == ""
    assert "its sync was abandoned" in kept[0][1]
    assert kept[0][2]


def test_a_damaged_journal_stops_the_sync_in_a_sentence_and_the_rest_can_be_landed(broken_off: House) -> None:
    with sqlite3.connect(broken_off.journal) as journal:
        journal.execute("update answers set body = x'00' where step = 1 and operation = 'people_search'")
    journal.close()
    stopped = broken_off.run("sync", "contactout", "--no-build")
    assert stopped.code == 1
    assert "is damaged" in stopped.err
    broken_off.run("sync", "--abandon", "--no-build").ok()
    assert broken_off.query(ROWS, broken_off.warehouse) == [(25, 25)]
    assert broken_off.query("select count(*) from raw_leadhouse.quarantine", broken_off.warehouse) == [(1,)]


def test_with_nothing_to_abandon_it_says_so(house: House) -> None:
    ended = house.run("sync", "--abandon")
    assert ended.code == 2
    assert "There is no sync to abandon" in ended.err


def test_abandon_takes_no_other_wish(house: House) -> None:
    ended = house.run("sync", "letrics", "--abandon")
    assert ended.code == 2
    assert "--abandon closes the sync that was broken off as it is" in ended.err
