"""Each protection is shown to fail once when it is taken away: a check that cannot fail protects nobody."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import pytest

from sources.metered import Action, Asking, Journal, RequestRow
from sources.metered import client as metered_client
from sources.metered.errors import look_up
from tests.desk import Desk, Resource, Undisturbed, first_question, resources
from tests.faults.checks import Case, check_line
from tests.faults.lines import Line, Order, lines, orders
from tests.faults.test_paging_faults import CHAINED, NUMBERED, check_expired, check_shift

NewDesk = Callable[[Resource], Desk]
Whole = Callable[[Resource], Undisturbed]
SEARCH = next(one for one in resources() if one.source == "contactout" and one.account == "paid")
WALK = sys.modules["sources.paging.walk"]
"""The module; its package has a function of the same name."""


def _line(desk: Desk, wanted: Callable[[Line], bool]) -> tuple[Line, Order]:
    line = next(line for line in lines(desk.resource.source) if wanted(line))
    return line, orders(line, first_question(desk.walk))[0]


def _fails(check: Callable[[], Any]) -> None:
    with pytest.raises(AssertionError):
        check()


def _lost(desk: Desk, passes: bool) -> Case:
    line, order = _line(desk, lambda one: one.rule.kind == "reset")
    return Case(line, order, 1, passes)


class Killed(BaseException):
    """The process ends."""


def check_known_after_a_kill(desk: Desk) -> None:
    """Killed while a paid answer is on its way: the ledger knows what was risked."""
    exchange = Asking._exchange

    def sent_and_killed(self: Asking, *arguments: Any) -> Any:
        exchange(self, *arguments)
        raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Asking, "_exchange", sent_and_killed)
        with pytest.raises(Killed):
            desk.sync()
    desk.journal.lose_what_was_in_flight()
    charged, unknown = desk.charged(), desk.unknown()
    assert charged
    for name, amount in charged.items():
        assert unknown.get(name, 0) >= amount


@pytest.mark.parametrize("resource", [one for one in resources() if one.account == "paid"], ids=str)
def test_without_the_row_before_a_paid_request_leaves_a_kill_would_hide_what_was_risked(
    resource: Resource, desks: NewDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_known_after_a_kill(desks(resource))
    record = Journal.record

    def forgetful(self: Journal, request: RequestRow, *more: Any) -> None:
        if request.outcome != "sent":
            record(self, request, *more)

    monkeypatch.setattr(Journal, "record", forgetful)
    _fails(lambda: check_known_after_a_kill(desks(resource)))


@pytest.mark.parametrize("kind", ["reset", "not_json", "timeout"])
def test_without_may_charge_a_lost_paid_answer_would_be_bought_again_unsaid(
    kind: str, desks: NewDesk, whole: Whole
) -> None:
    undisturbed, desk = whole(SEARCH), desks(SEARCH)
    line, order = _line(desk, lambda one: one.rule.kind == kind)
    case = Case(line, order, 1, passes=True)
    check_line(desk, case, undisturbed)
    blind = desks(SEARCH)

    def never_charged(*arguments: Any) -> Any:
        rule, sentence = look_up(*arguments)
        return replace(rule, may_charge=False), sentence

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(metered_client, "look_up", never_charged)
        _fails(lambda: check_line(blind, case, undisturbed))


def test_without_the_bound_on_repeats_a_lost_paid_answer_would_be_bought_again_and_again(
    desks: NewDesk, whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    undisturbed, desk = whole(SEARCH), desks(SEARCH)
    check_line(desk, _lost(desk, passes=False), undisturbed)
    monkeypatch.setattr(Asking, "_may_repeat", lambda *_: True)
    bold = desks(SEARCH)
    _fails(lambda: check_line(bold, _lost(bold, passes=False), undisturbed))


@pytest.fixture
def elsewhere() -> Iterator[HTTPServer]:
    """Another host, and in `seen` the headers of what reached it."""
    seen: list[dict[str, str]] = []

    class Target(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.append(dict(self.headers))
            self.rfile.read(int(self.headers.get("content-length", 0)))
            self.send_response(200)
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            return None

    server = HTTPServer(("127.0.0.1", 0), Target)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.seen = seen  # type: ignore[attr-defined]
    yield server
    server.shutdown()
    server.server_close()


def check_key_stays_home(desk: Desk, elsewhere: Any) -> None:
    """A redirect to another host ends the source, and nothing is sent there."""
    target = f"http://localhost:{elsewhere.server_port}/v1/people/search"
    desk.order({"kind": "redirect", "status": 307, "location": target, "times": -1})
    visit = desk.sync()
    stop = visit.stop()
    assert elsewhere.seen == []
    assert stop is not None
    assert "redirects are not followed" in stop.sentence


def test_without_the_refusal_of_redirects_the_key_would_go_along(
    desks: NewDesk, elsewhere: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_key_stays_home(desks(SEARCH), elsewhere)
    client = httpx.Client

    def following(**options: Any) -> httpx.Client:
        return client(**{**options, "follow_redirects": True})

    monkeypatch.setattr(httpx, "Client", following)
    _fails(lambda: check_key_stays_home(desks(SEARCH), elsewhere))
    # httpx itself would take only `Authorization` off; ContactOut's token has a header of its own.
    assert any("sandbox-contactout-token" in headers.values() for headers in elsewhere.seen)


@pytest.mark.parametrize("resource", NUMBERED, ids=str)
def test_without_the_look_at_totals_and_keys_a_shift_would_pass_unnoticed(
    resource: Resource, desks: NewDesk, whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    undisturbed = whole(resource)
    check_shift(desks(resource), -3, undisturbed)
    monkeypatch.setattr("sources.paging.strategies._notice_a_shift", lambda *_: None)
    _fails(lambda: check_shift(desks(resource), -3, undisturbed))


@pytest.mark.parametrize("resource", CHAINED, ids=str)
def test_without_beginning_again_an_expired_cursor_would_stop_the_resource(
    resource: Resource, desks: NewDesk, whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    undisturbed = whole(resource)
    check_expired(desks(resource), undisturbed, times=1)

    def for_nothing(*_: Any) -> None:
        return None

    # A paid window would be bought again by itself, a free one for ever.
    monkeypatch.setattr(WALK, "_begin_again", for_nothing)
    times = 1 if resource.account == "paid" else 12
    _fails(lambda: _bounded(desks(resource), undisturbed, times))


def _bounded(desk: Desk, whole: Undisturbed, times: int) -> None:
    visit = check_expired(desk, whole, times)
    assert len(visit.rows) <= 5 * len(whole.pages)


def test_a_line_that_is_missing_would_be_noticed(desks: NewDesk, whole: Whole) -> None:
    desk = desks(SEARCH)
    line, order = _line(desk, lambda one: one.rule.action is Action.NO_CREDITS)
    errors = tuple(rule for rule in desk.provider.errors if rule is not line.rule and rule.status != line.rule.status)
    desk.provider = replace(desk.provider, errors=errors)
    plain = replace_words(order)
    _fails(lambda: check_line(desk, Case(line, plain, 1, False), whole(SEARCH)))


def replace_words(order: Order) -> Order:
    """The same refusal in words that say nothing of credits."""
    assert order.fault is not None
    return replace(order, fault={**order.fault, "body": {"message": "No."}}, words="No.")


def check_heals(desk: Desk, whole: Undisturbed) -> None:
    """What was missed by a shift is read by the next sync."""
    desk.order({"kind": "shift", "by": -3, "skip": 1})
    missed = desk.sync()
    assert not set(whole.kept) <= set(missed.kept)
    desk.no_faults()
    assert set(whole.kept) <= set(desk.sync().kept)


@pytest.mark.parametrize("resource", [one for one in NUMBERED if one.source == "letrics"], ids=str)
def test_if_what_is_partial_moved_the_watermark_a_shift_would_never_heal(
    resource: Resource, desks: NewDesk, whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    undisturbed = whole(resource)
    check_heals(desks(resource), undisturbed)
    complete = WALK.complete_window

    def careless(state: Any, window: Any, as_of: Any) -> None:
        complete(state, {**window, "partial": False}, as_of)
        window["complete"] = True
        window["partial"] = False

    monkeypatch.setattr(WALK, "complete_window", careless)
    _fails(lambda: check_heals(desks(resource), undisturbed))
