"""Each protection of the metered client that has no defect paired with it elsewhere: without it, its promise breaks.

The promise is a function here; it holds with the protection and fails once that is taken away.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sources.leadiq.pushes import pushes
from sources.metered import Asking, Budget, Journal, Limit, Pace
from sources.metered import client as client_module
from sources.metered import pacing as pacing_module
from sources.paging import Push
from tests.house import Sandbox
from tests.metered.test_client import Desk, read, town

__all__ = ["town"]
SOMEBODY = "echoed.person@example.com"
PAGES = "contactout.people_search"


@pytest.fixture
def desk(town: Sandbox, tmp_path: Path) -> Iterator[Desk]:  # noqa: F811
    town.no_faults()
    town.http.delete("/sandbox/books").raise_for_status()
    one = Desk(town, tmp_path)
    yield one
    one.journal.close()
    town.no_faults()


def broken(promise: Any, *arguments: Any) -> bool:
    """Whether a promise does not hold."""
    try:
        promise(*arguments)
    except AssertionError:
        return True
    return False


# -- Retry-After is honoured in full -----------------------------------------------------------------------------------


def nobody_comes_back_sooner(desk: Desk) -> None:
    header = {"retry-after": "1.5"}
    order = {"provider": "contactout", "operation": "people_search", "skip": 1, "times": 1}
    desk.sandbox.fault(**order, kind="status", status=429, headers=header)
    times: list[float] = []
    exchange = Asking._exchange

    def timed(self: Asking, *arguments: Any) -> Any:
        times.append(time.monotonic())
        return exchange(self, *arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Asking, "_exchange", timed)
        read(desk.ask())
    assert times[2] - times[1] >= 1.5


def test_without_reading_retry_after_somebody_comes_back_sooner(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    nobody_comes_back_sooner(desk)
    desk.journal.forget_answers("sync-1")
    monkeypatch.setattr(client_module, "read_retry_after", lambda *_: 0.0)
    assert broken(nobody_comes_back_sooner, desk)


# -- one rate for all who use a key ------------------------------------------------------------------------------------


def two_keep_one_rate(first: Path, second: Path) -> None:
    begun = time.monotonic()
    for path in (first, second):
        for _ in range(6):
            Pace(path).wait("key", 8)
    assert time.monotonic() - begun > 0.5


def test_without_a_place_they_share_two_processes_exceed_the_rate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacing_module, "WINDOW_SECONDS", 1.0)
    two_keep_one_rate(tmp_path / "shared.sqlite", tmp_path / "shared.sqlite")
    assert broken(two_keep_one_rate, tmp_path / "one.sqlite", tmp_path / "other.sqlite")


# -- keys stay home ----------------------------------------------------------------------------------------------------


def neither_a_key_nor_an_address_is_kept(desk: Desk) -> None:
    key = desk.provider().secrets[0]
    order = {"provider": "contactout", "operation": "people_search", "times": 1}
    desk.sandbox.fault(**order, kind="body", body=f"a page that quotes {key}")
    read(desk.ask(sync="sync-page"))
    desk.sandbox.fault(
        **order, kind="status", status=401, body={"status_code": 401, "message": f"you sent {key} of {SOMEBODY}"}
    )
    read(desk.ask(sync="sync-words"))
    kept = [str(desk.journal.requests("sync-words")), *(str(one.body) for one in desk.journal.unreadable())]
    assert len(kept) > 1
    told = "".join([*kept, desk.stop.sentence])
    assert key not in told
    assert SOMEBODY not in told


@pytest.mark.parametrize("protection", ["_words", "_without_keys"])
def test_without_redaction_what_is_echoed_is_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch, protection: str) -> None:
    neither_a_key_nor_an_address_is_kept(desk)
    monkeypatch.setattr(Asking, protection, lambda _, text: text if isinstance(text, str) else bytes(text))
    desk.journal.forget_answers("sync-page")
    desk.journal.write(lambda c: c.execute("delete from requests") and None)
    assert broken(neither_a_key_nor_an_address_is_kept, desk)


# -- within budget -----------------------------------------------------------------------------------------------------


def nothing_is_charged_beyond(desk: Desk, limit: float) -> None:
    read(desk.ask(budget=Budget((Limit("contactout", "search", "sync", limit),))))
    assert desk.sandbox.charged().get("search", 0) <= limit


def test_without_reserving_a_budget_is_exceeded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing_is_charged_beyond(desk, 60)
    desk.journal.forget_answers("sync-1")
    desk.sandbox.http.delete("/sandbox/books")
    monkeypatch.setattr(Budget, "reserve", lambda *_: 0)
    assert broken(nothing_is_charged_beyond, desk, 60)


# -- paid once ---------------------------------------------------------------------------------------------------------


def what_was_answered_is_not_bought_again(desk: Desk) -> None:
    before = desk.sandbox.charged().get("search", 0)
    first = len(read(desk.ask()))
    bought = desk.sandbox.charged()["search"] - before
    again = len(read(desk.ask()))
    assert again == first
    assert desk.sandbox.charged()["search"] - before == bought


def test_without_reading_the_journal_everything_is_bought_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    what_was_answered_is_not_bought_again(desk)
    desk.journal.forget_answers("sync-1")
    monkeypatch.setattr(Journal, "answer", lambda *_: None)
    assert broken(what_was_answered_is_not_bought_again, desk)


# -- never blindly paid twice ------------------------------------------------------------------------------------------


def a_lost_answer_is_risked_once_more_at_most(desk: Desk) -> None:
    asked = desk.sandbox.asked(PAGES)
    desk.sandbox.fault(provider="contactout", operation="people_search", times=-1, kind="reset")
    read(desk.ask())
    assert desk.sandbox.asked(PAGES) - asked <= 2
    assert desk.journal.spent("contactout", sync_id="sync-1")["search"] == 50


def test_without_the_bound_on_repeats_a_lost_answer_is_bought_again_and_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_lost_answer_is_risked_once_more_at_most(desk)
    desk.journal.write(lambda c: c.execute("delete from requests") and None)
    monkeypatch.setattr(client_module, "LOST_PAID_PAUSE", 0.0)
    monkeypatch.setattr(Asking, "_may_repeat", lambda *_: True)
    assert broken(a_lost_answer_is_risked_once_more_at_most, desk)


# -- a row that was pushed is written once -------------------------------------------------------------------------------


def contacts_are_tracked_once(desk: Desk, push: Push, arrives: bool) -> None:
    name = f"{push.again} {arrives} {push.counter is None}"
    rows = [{"importId": name, "firstName": f"Ada{n}", "lastName": "E", "companyName": "E"} for n in range(4)]
    desk.sandbox.fault(provider="leadiq", operation="trackContacts", kind="reset", times=1, charge=arrives)
    read(desk.ask(desk.provider("leadiq"), sync=name), walk=push.walk(rows, name))
    imports = {one["import_id"]: one["contacts"] for one in desk.sandbox.truth()["leadiq"]["imports"]}
    assert [one["input"]["firstName"] for one in imports.get(name, [])] == [row["firstName"] for row in rows]


@pytest.mark.parametrize(
    ("without", "arrives"), [({"again": True}, True), ({"counter": None}, False)], ids=["kept lost", "found out"]
)
def test_without_finding_out_what_became_of_a_lost_batch_it_is_written_twice_or_never(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, without: dict[str, Any], arrives: bool
) -> None:
    monkeypatch.setattr(client_module, "LOST_PAID_PAUSE", 0.01)
    push = next(one for one in pushes() if one.name == "track_contacts")
    contacts_are_tracked_once(desk, push, arrives)
    assert broken(contacts_are_tracked_once, desk, replace(push, **without), arrives)
