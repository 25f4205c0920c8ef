"""The metered client against the sandbox over HTTP: what it asks again, what it leaves, and what it puts on record."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from sources.contactout import api as contactout
from sources.contactout.inputs import ContactOutInputs, PeopleSearch
from sources.leadiq import api as leadiq
from sources.leadiq.inputs import LeadIQInputs
from sources.metered import (
    Action,
    Ask,
    Asking,
    Budget,
    Clock,
    Journal,
    JournalError,
    Limit,
    Limits,
    Pace,
    Problem,
    Provider,
    Question,
    Replaying,
    Round,
    StopKind,
)
from sources.metered.client import read_retry_after
from sources.metered.errors import look_up
from sources.paging import Walk
from tests.house import Sandbox, running_sandbox

NOW = datetime(2026, 3, 2, 6)
SEARCH = PeopleSearch(refresh_days=30, reveal_info=True, seniority=["Director", "VP", "Vice President", "Manager"])


@pytest.fixture(scope="module")
def town() -> Iterator[Sandbox]:
    with running_sandbox("--rate-scale", "1000") as one:
        yield one


@pytest.fixture
def desk(town: Sandbox, tmp_path: Path) -> Iterator[Desk]:
    town.no_faults()
    town.http.delete("/sandbox/books").raise_for_status()
    one = Desk(town, tmp_path)
    yield one
    one.journal.close()
    town.no_faults()


class Desk:
    """A journal of its own, and clients that share it."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self.folder = folder
        self.journal = Journal(folder / "journal.sqlite")
        self.rounds: list[Round] = []

    def provider(self, name: str = "contactout", **changes: Any) -> Provider:
        info = self.sandbox.info[name]
        rates = {"default": 100_000.0, "people_search": 100_000.0}
        if name == "contactout":
            one = contactout.provider(
                ContactOutInputs(api_token=info["api_token"], base_url=info["base_url"]), rates=rates
            )
        else:
            inputs = LeadIQInputs(api_key=info["api_key"], base_url=info["base_url"] + "/graphql")
            one = leadiq.provider(inputs, rates=rates)
        return replace(one, **changes)

    def ask(
        self, provider: Provider | None = None, budget: Budget | None = None, sync: str = "sync-1", **limits: Any
    ) -> Asking:
        round = Round.begin(1, Limits(**{"attempts": 3, "patience_seconds": 5, **limits}))
        self.rounds.append(round)
        chosen = provider or self.provider()
        pace = Pace(self.folder / "pace.sqlite")
        return Asking(chosen, self.journal, Clock(NOW), pace, budget or Budget(), sync, NOW, round)

    @property
    def stop(self) -> Any:
        return next(iter(self.rounds[-1].stops.values()), None)

    def outcomes(self) -> list[str]:
        return [row.outcome for row in self.journal.requests("sync-1")]


def search() -> Walk:
    return next(
        walk for walk in contactout.walks(ContactOutInputs(searches={"leaders": SEARCH})) if walk.entity == "people"
    )


def read(ask: Ask, state: dict[str, Any] | None = None, walk: Walk | None = None) -> list[Any]:
    return list((walk or search())(state if state is not None else {}, ask))


def of_leadiq(resource: str, inputs: LeadIQInputs | None = None) -> Walk:
    return next(walk for walk in leadiq.walks(inputs or LeadIQInputs()) if walk.resource == resource)


def test_what_is_charged_is_what_the_ledger_says(desk: Desk) -> None:
    answers = read(desk.ask())
    assert len(answers) > 3
    assert desk.journal.spent("contactout", sync_id="sync-1") == desk.sandbox.charged()


def test_a_question_that_was_answered_is_never_sent_again(desk: Desk) -> None:
    read(desk.ask())
    charged, asked = desk.sandbox.charged(), desk.sandbox.asked("contactout.people_search")
    again = read(desk.ask())
    assert all(answer.replayed for answer in again)
    assert desk.sandbox.charged() == charged
    assert desk.sandbox.asked("contactout.people_search") == asked
    assert desk.outcomes().count("replayed") == len(again)


def test_journal_only_answers_what_is_there_and_sends_nothing(desk: Desk) -> None:
    budget = Budget((Limit("contactout", "search", "sync", 50),))
    first = read(desk.ask(budget=budget))
    asked = len(desk.sandbox.books()["requests"])
    replayed = read(Replaying(desk.journal, "sync-1", "contactout", NOW))
    assert [answer.body for answer in replayed] == [answer.body for answer in first]
    assert len(desk.sandbox.books()["requests"]) == asked


def test_another_question_at_an_answered_place_stops_everything(desk: Desk) -> None:
    read(desk.ask())
    other = ContactOutInputs(searches={"leaders": SEARCH.model_copy(update={"keyword": "else"})})
    changed = next(walk for walk in contactout.walks(other) if walk.entity == "people")
    with pytest.raises(JournalError, match="different question"):
        read(desk.ask(), walk=changed)


def test_a_free_request_that_fails_is_asked_again(desk: Desk) -> None:
    desk.sandbox.fault(provider="leadiq", operation="account", skip=0, times=1, kind="status", status=503)
    ask = desk.ask(desk.provider("leadiq"))
    assert len(read(ask, walk=of_leadiq("account"))) == 1
    assert "retried" in desk.outcomes()
    assert desk.stop is None


@pytest.mark.parametrize("kind", ["reset", "truncate", "html", "malformed"])
def test_a_paid_answer_that_is_lost_is_unknown_counts_as_spent_and_is_asked_again_once(desk: Desk, kind: str) -> None:
    desk.sandbox.fault(provider="contactout", operation="people_search", skip=1, times=1, kind=kind)
    undisturbed = len(read(desk.ask()))
    assert desk.stop is None
    unknown = [row for row in desk.journal.requests("sync-1") if row.outcome == "unknown"]
    assert [row.credits for row in unknown] == [{"search": 25, "email": 25, "phone": 25}]
    assert desk.outcomes().count("ok") == undisturbed
    # The ledger never says less than was charged.
    spent = desk.journal.spent("contactout", sync_id="sync-1")
    assert all(spent[name] >= amount for name, amount in desk.sandbox.charged().items())


def test_a_paid_answer_that_is_lost_twice_is_left_and_named(desk: Desk) -> None:
    desk.sandbox.fault(provider="contactout", operation="people_search", skip=1, times=9, kind="reset")
    assert len(read(desk.ask())) == 1
    assert desk.outcomes().count("unknown") == 2
    assert desk.stop.kind is StopKind.UNKNOWN
    assert "was lost 2 time(s) and may each time have cost 25 search" in desk.stop.sentence
    assert "not asked a third time in one sync" in desk.stop.sentence
    desk.sandbox.no_faults()
    # A later sync does not risk it by itself, and says what would make it.
    state: dict[str, Any] = {}
    read(Replaying(desk.journal, "sync-1", "contactout", NOW), state)
    asked = desk.sandbox.asked("contactout.people_search")
    assert read(desk.ask(sync="sync-2"), dict(state)) == []
    assert desk.sandbox.asked("contactout.people_search") == asked
    assert "raise that to ask again" in desk.stop.sentence
    assert len(read(desk.ask(sync="sync-3", repeat_unknown_up_to=50), state)) > 2


def test_a_paid_answer_is_not_risked_again_beyond_what_is_allowed(desk: Desk) -> None:
    desk.sandbox.fault(provider="contactout", operation="people_search", skip=0, times=1, kind="reset")
    assert read(desk.ask(repeat_unknown_up_to=24)) == []
    assert desk.outcomes() == ["unknown"]
    assert desk.stop.kind is StopKind.UNKNOWN


def test_a_paid_request_that_never_left_is_no_risk(desk: Desk) -> None:
    provider = desk.provider(base_url="http://127.0.0.1:1")
    assert read(desk.ask(provider, attempts=1)) == []
    assert desk.outcomes() == ["failed"]
    assert desk.journal.spent("contactout", sync_id="sync-1") == {}


def test_a_request_killed_in_flight_is_unknown_afterwards(desk: Desk) -> None:
    desk.sandbox.fault(provider="contactout", operation="people_search", skip=0, times=1, kind="stall", seconds=3)
    thread = threading.Thread(target=read, args=(desk.ask(),), daemon=True)
    thread.start()
    while desk.outcomes() != ["sent"]:
        pass
    # What a process finds that starts after a kill in this very moment.
    assert desk.journal.lose_what_was_in_flight() == 1
    assert desk.outcomes() == ["unknown"]
    thread.join()


@pytest.mark.parametrize(
    "form",
    [
        lambda: "1",
        lambda: "0.7",
        lambda: format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True),
    ],
    ids=["seconds", "fraction", "date"],
)
def test_retry_after_is_honoured_in_every_form(desk: Desk, form: Callable[[], str]) -> None:
    header = {"retry-after": form()}
    desk.sandbox.fault(
        provider="contactout", operation="people_search", skip=1, times=1, kind="status", status=429, headers=header
    )
    started = datetime.now(UTC)
    read(desk.ask())
    assert desk.stop is None
    assert desk.outcomes().count("retried") == 1
    assert datetime.now(UTC) - started >= timedelta(seconds=0.6)
    assert desk.journal.spent("contactout", sync_id="sync-1") == desk.sandbox.charged()


def test_a_wait_beyond_patience_ends_the_source_and_loses_nothing(desk: Desk) -> None:
    rule = {"provider": "contactout", "operation": "people_search", "skip": 1, "times": 1}
    desk.sandbox.fault(**rule, kind="status", status=429, headers={"retry-after": "3600"})
    state: dict[str, Any] = {}
    assert len(read(desk.ask(), state)) == 1
    assert desk.stop.kind is StopKind.FAILED
    assert "3600 s" in desk.stop.sentence
    desk.sandbox.no_faults()
    # Whoever uses the key, in whichever process, does not come back sooner.
    asked = desk.sandbox.asked("contactout.people_search")
    assert read(desk.ask(), dict(state)) == []
    assert "3600 s" in desk.stop.sentence or "3599 s" in desk.stop.sentence
    assert desk.sandbox.asked("contactout.people_search") == asked
    # An hour later.
    (desk.folder / "pace.sqlite").unlink()
    assert len(read(desk.ask(), state)) > 2
    assert desk.journal.spent("contactout", sync_id="sync-1") == desk.sandbox.charged()


def test_a_budget_is_never_exceeded_and_the_next_sync_goes_on_from_there(desk: Desk) -> None:
    state: dict[str, Any] = {}
    first = read(desk.ask(budget=Budget((Limit("contactout", "search", "sync", 60),))), state)
    assert desk.sandbox.charged()["search"] <= 60
    assert desk.stop.kind is StopKind.BUDGET
    assert "budget of 60 contactout.search per sync has 10 left and the next request may cost 25" in desk.stop.sentence
    rest = read(desk.ask(), state)
    everything = desk.sandbox.charged()
    pages = [answer.document["metadata"]["page"] for answer in (*first, *rest)]
    assert pages == list(range(1, len(pages) + 1))
    assert everything["search"] == first[0].document["metadata"]["total_results"]


def test_the_smallest_budget_that_works_is_named(desk: Desk) -> None:
    assert read(desk.ask(budget=Budget((Limit("contactout", "search", "sync", 10),)))) == []
    assert "allow at least 25" in desk.stop.sentence
    assert desk.sandbox.charged() == {}


def test_the_providers_own_out_of_credits_stops_the_resource(desk: Desk) -> None:
    body = {"status_code": 403, "message": "You're out of credits, please email your sales manager"}
    desk.sandbox.fault(
        provider="contactout", operation="people_search", skip=1, times=9, kind="status", status=403, body=body
    )
    assert len(read(desk.ask())) == 1
    assert desk.stop.kind is StopKind.NO_CREDITS


def test_no_access_is_told_apart_from_no_credits(desk: Desk) -> None:
    body = {"status_code": 403, "message": "No access to endpoint"}
    desk.sandbox.fault(
        provider="contactout", operation="people_search", skip=0, times=9, kind="status", status=403, body=body
    )
    assert read(desk.ask()) == []
    assert desk.stop.kind is StopKind.FAILED
    assert "no access" in desk.stop.sentence


def test_a_wrong_key_stops_the_source_and_is_never_repeated_in_what_is_said(desk: Desk) -> None:
    secret = "a-key-that-is-wrong"
    provider = replace(desk.provider(), headers=({"token": secret},), secrets=(secret,))
    body = {"status_code": 400, "message": f"Bad credentials: {secret} of jane@example.com"}
    desk.sandbox.fault(
        provider="contactout", operation="people_search", skip=0, times=1, kind="status", status=400, body=body
    )
    assert read(desk.ask(provider)) == []
    told = desk.stop.sentence + str(desk.journal.requests("sync-1"))
    assert secret not in told
    assert "jane@example.com" not in told
    assert "sources.contactout.api_token" in desk.stop.sentence


def test_the_right_form_of_a_leadiq_key_is_found_by_one_free_request_and_remembered(desk: Desk) -> None:
    raw = desk.provider("leadiq")
    wrong_first = replace(raw, headers=(raw.headers[1], raw.headers[0]))
    walk = of_leadiq("account")
    assert len(read(desk.ask(wrong_first), walk=walk)) == 1
    asked = desk.sandbox.asked("leadiq.account")
    assert len(read(desk.ask(wrong_first), {"windows": 5}, walk=walk)) == 1
    assert desk.sandbox.asked("leadiq.account") == asked + 1


def test_a_kill_before_the_right_form_of_a_key_is_noted_does_not_ask_for_it_again(desk: Desk) -> None:
    walk, provider = of_leadiq("account"), desk.provider("leadiq")
    assert len(read(desk.ask(provider), walk=walk)) == 1
    desk.journal.write(lambda c: c.execute("delete from meta where key like 'authentication %'") and None)
    asked = desk.sandbox.asked("leadiq.account")
    assert len(read(desk.ask(provider), {"windows": 5}, walk=walk)) == 1
    assert desk.sandbox.asked("leadiq.account") == asked + 1


def test_an_output_field_the_account_does_not_know_is_left_out_remembered_and_told(desk: Desk) -> None:
    message = "Cannot query field 'duplicateAccountIds' on type 'TrackedContact'."
    body = {"errors": [{"message": message}]}
    desk.sandbox.fault(provider="leadiq", operation="trackedContacts", skip=0, times=1, kind="body", body=body)
    contacts = of_leadiq("tracked_contacts")
    answers = read(desk.ask(desk.provider("leadiq")), walk=contacts)
    assert len(answers) > 1
    assert all("without TrackedContact.duplicateAccountIds" in answer.selection for answer in answers)
    nodes = [edge["node"] for answer in answers for edge in answer.document["data"]["trackedContacts"]["edges"]]
    assert all("duplicateAccountIds" not in node and "duplicateRecordIds" in node for node in nodes)
    # The next sync does not ask for it at all.
    asked = desk.sandbox.asked("leadiq.trackedContacts")
    again = read(desk.ask(desk.provider("leadiq")), {"windows": 7}, contacts)
    assert desk.sandbox.asked("leadiq.trackedContacts") == asked + len(again)


def test_an_operation_the_account_does_not_offer_is_no_failure(desk: Desk) -> None:
    body = {"errors": [{"message": 'Cannot query field "trackedCompanies" on type "Query".'}]}
    desk.sandbox.fault(provider="leadiq", operation="trackedCompanies", skip=0, times=9, kind="body", body=body)
    assert read(desk.ask(desk.provider("leadiq")), walk=of_leadiq("tracked_companies")) == []
    assert desk.stop.kind is StopKind.NOT_OFFERED
    assert "does not offer trackedCompanies" in desk.stop.sentence


def test_what_another_walk_finds_out_between_two_looks_is_no_bug(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    within_budget = Asking._within_budget

    def while_another_learns(self: Asking, question: Question, question_id: str) -> Question | None:
        if question.operation == "trackedCompanies":
            self._learn(frozenset({"Query.trackedCompanies"}))
        return within_budget(self, question, question_id)

    monkeypatch.setattr(Asking, "_within_budget", while_another_learns)
    assert len(read(desk.ask(desk.provider("leadiq")), walk=of_leadiq("tracked_companies"))) == 1
    assert read(desk.ask(desk.provider("leadiq")), {"windows": 8}, of_leadiq("tracked_companies")) == []
    assert desk.stop.kind is StopKind.NOT_OFFERED


def test_a_filter_the_server_refuses_stops_the_resource_and_is_never_dropped(desk: Desk) -> None:
    message = "Unknown argument 'uniqueOnly' on field 'Query.trackedContacts'."
    body = {"errors": [{"message": message}]}
    desk.sandbox.fault(provider="leadiq", operation="trackedContacts", skip=0, times=9, kind="body", body=body)
    inputs = LeadIQInputs.model_validate({"tracked_contacts": {"unique_only": True}})
    assert read(desk.ask(desk.provider("leadiq")), walk=of_leadiq("tracked_contacts", inputs)) == []
    assert desk.stop.kind is StopKind.FAILED
    assert "uniqueOnly" in desk.stop.sentence
    assert desk.sandbox.asked("leadiq.trackedContacts") == 1


def test_nothing_found_is_an_answer_without_records_whatever_it_looks_like(desk: Desk) -> None:
    rule = {"provider": "contactout", "operation": "people_search", "skip": 0, "times": 1}
    desk.sandbox.fault(**rule, kind="status", status=404, body="<html>")
    answers = read(desk.ask())
    assert [answer.found for answer in answers] == [False]
    assert desk.outcomes() == ["empty"]
    assert desk.journal.spent("contactout", sync_id="sync-1") == {}
    assert desk.stop is None


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_works_in_no_form_stops_the_source_in_a_sentence(desk: Desk, status: int) -> None:
    rule = {"provider": "leadiq", "operation": None, "skip": 0, "times": 9}
    desk.sandbox.fault(**rule, kind="status", status=status, body={"errors": [{"message": "no"}]})
    assert read(desk.ask(desk.provider("leadiq")), walk=of_leadiq("account")) == []
    assert desk.stop.kind is StopKind.FAILED
    assert "does not accept the key" in desk.stop.sentence


def test_a_provider_that_always_says_at_once_is_not_asked_for_ever(desk: Desk) -> None:
    rule = {"provider": "contactout", "operation": "people_search", "skip": 0, "times": 999}
    desk.sandbox.fault(**rule, kind="status", status=429, headers={"retry-after": "0"})
    assert read(desk.ask(patience_seconds=2)) == []
    assert desk.stop.kind is StopKind.FAILED
    assert len(desk.outcomes()) < 10


@pytest.mark.parametrize("status", [500, 503])
def test_an_outage_says_nothing_about_a_keys_form(desk: Desk, status: int) -> None:
    provider = desk.provider("leadiq")
    wrong_first = replace(provider, headers=(provider.headers[1], provider.headers[0]))
    walk = of_leadiq("account")
    desk.sandbox.fault(provider="leadiq", operation=None, skip=0, times=3, kind="status", status=status)
    assert read(desk.ask(wrong_first), walk=walk) == []
    desk.sandbox.no_faults()
    assert len(read(desk.ask(wrong_first, sync="sync-2"), walk=walk)) == 1


def test_an_answer_of_a_shape_nobody_foresaw_is_kept_and_does_not_stop_the_syncs_that_follow(desk: Desk) -> None:
    body = {"data": {"trackedContacts": {"edges": 7, "pageInfo": {"hasNextPage": True, "endCursor": "c"}}}}
    desk.sandbox.fault(provider="leadiq", operation="trackedContacts", skip=0, times=1, kind="body", body=body)
    state: dict[str, Any] = {}
    contacts = of_leadiq("tracked_contacts")
    assert len(read(desk.ask(desk.provider("leadiq")), state, contacts)) == 1
    assert "not understood" in desk.stop.sentence
    assert "watermark" not in state
    assert len(read(desk.ask(desk.provider("leadiq"), sync="sync-2"), state, contacts)) > 1
    assert "watermark" in state


@pytest.mark.parametrize("wrong", ["https://127.0.0.1:1/ a", "http://127.0.0.1:0"])
def test_an_address_that_cannot_be_asked_costs_nothing(desk: Desk, wrong: str) -> None:
    assert read(desk.ask(desk.provider(base_url=wrong), attempts=1)) == []
    assert desk.journal.spent("contactout", sync_id="sync-1") == {}


@dataclass
class Elsewhere:
    """A server that redirects, and what reached the place it points to."""

    url: str
    seen: list[dict[str, str]]


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    seen: list[dict[str, str]] = []

    class Target(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.append(dict(self.headers))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            return None

    target = HTTPServer(("127.0.0.1", 0), Target)

    class Redirecting(Target):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            self.send_response(307)
            self.send_header("location", f"http://localhost:{target.server_port}/v1/people/search")
            self.end_headers()

    redirecting = HTTPServer(("127.0.0.1", 0), Redirecting)
    for server in (target, redirecting):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Elsewhere(f"http://127.0.0.1:{redirecting.server_port}", seen)
    for server in (target, redirecting):
        server.shutdown()
        server.server_close()


def test_a_redirect_is_refused_and_the_key_never_goes_along(desk: Desk, elsewhere: Elsewhere) -> None:
    assert read(desk.ask(desk.provider(base_url=elsewhere.url))) == []
    assert elsewhere.seen == []
    assert "redirects are not followed" in desk.stop.sentence


def test_data_that_comes_with_errors_is_kept_and_proves_nothing(desk: Desk) -> None:
    state: dict[str, Any] = {}
    walk = of_leadiq("tracked_companies")
    body = {
        "data": {
            "trackedCompanies": {"edges": [{"cursor": "1", "node": {"id": "1"}}], "pageInfo": {"hasNextPage": False}}
        },
        "errors": [{"message": "some companies could not be read"}],
    }
    desk.sandbox.fault(provider="leadiq", operation="trackedCompanies", skip=0, times=1, kind="body", body=body)
    answers = read(desk.ask(desk.provider("leadiq")), state, walk)
    assert [answer.partial for answer in answers] == ["some companies could not be read"]
    assert state["window"]["complete"]
    assert state["window"]["partial"]
    assert "watermark" not in state
    assert desk.journal.unlanded_windows()[0]["is_partial"] == 1


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("120", 120.0), ("0.5", 0.5), ("-3", 0.0), ("soon", None), ("", None), (None, None), ("nan", None), ("inf", None)],
)
def test_retry_after_is_read_or_ignored_but_never_breaks(text: str | None, seconds: float | None) -> None:
    assert read_retry_after(text) == seconds


# -- what cannot be read, and what is only partly there ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "begins"),
    [("html", b"<!doctype html>"), ("malformed", b'{"status_code"'), ("truncate", b'{"status_code"')],
)
def test_a_paid_answer_that_cannot_be_read_is_kept_as_it_came(desk: Desk, kind: str, begins: bytes) -> None:
    desk.sandbox.fault(provider="contactout", operation="people_search", skip=1, times=1, kind=kind)
    read(desk.ask())
    (kept,) = desk.journal.unreadable()
    assert kept.body.startswith(begins)
    assert "people_search cannot be read" in kept.reason
    lost = [row.request_id for row in desk.journal.requests("sync-1") if row.outcome == "unknown"]
    assert [kept.request_id] == lost


def test_data_that_came_with_errors_is_said_and_the_walk_goes_on(desk: Desk) -> None:
    body = {"errors": [{"message": "one contact of jane@example.com could not be read"}]}
    desk.sandbox.fault(provider="leadiq", operation="trackedContacts", skip=0, times=1, kind="merge", body=body)
    state: dict[str, Any] = {}
    answers = read(desk.ask(desk.provider("leadiq")), state, of_leadiq("tracked_contacts"))
    assert len(answers) > 1
    assert desk.stop.kind is StopKind.PARTIAL
    assert "jane@" not in desk.stop.sentence
    assert "watermark" not in state


# -- cursors and shifting results --------------------------------------------------------------------------------------


def contacts_of(answers: list[Any]) -> list[str]:
    found = [answer.document["data"]["trackedContacts"]["edges"] for answer in answers if answer.found]
    return [edge["node"]["id"] for edges in found for edge in edges]


def test_a_window_whose_cursor_expired_begins_again_where_that_is_free(desk: Desk) -> None:
    contacts = of_leadiq("tracked_contacts")
    everything = contacts_of(read(desk.ask(desk.provider("leadiq")), {}, contacts))
    desk.sandbox.fault(provider="leadiq", operation="trackedContacts", skip=0, times=1, kind="expire")
    state: dict[str, Any] = {}
    answers = read(desk.ask(desk.provider("leadiq"), sync="sync-2"), state, contacts)
    assert [answer.expired for answer in answers].count("free") == 1
    assert desk.stop is None
    assert set(contacts_of(answers)) == set(everything)
    assert "watermark" in state
    # What was answered is answered again by the journal, the new beginning included.
    replayed = read(Replaying(desk.journal, "sync-2", "leadiq", NOW), {}, contacts)
    assert [answer.body for answer in replayed] == [answer.body for answer in answers]


def test_a_window_whose_cursor_expires_again_and_again_ends_in_a_sentence(desk: Desk) -> None:
    desk.sandbox.fault(provider="leadiq", operation="trackedContacts", skip=0, times=-1, kind="expire")
    state: dict[str, Any] = {}
    answers = read(desk.ask(desk.provider("leadiq")), state, of_leadiq("tracked_contacts"))
    assert len(answers) < 12
    assert desk.stop.kind is StopKind.FAILED
    assert "forgot its cursor" in desk.stop.sentence
    assert "watermark" not in state


def test_an_expired_cursor_never_makes_a_paid_window_begin_again_by_itself(desk: Desk) -> None:
    provider = desk.provider("leadiq", prices={"trackedContacts": {"uc": {"record": 0.1}}})
    desk.sandbox.fault(provider="leadiq", operation="trackedContacts", skip=0, times=1, kind="expire")
    state: dict[str, Any] = {}
    answers = read(desk.ask(provider), state, of_leadiq("tracked_contacts"))
    assert [answer.expired for answer in answers] == ["", "paid"]
    assert "costs credits" in desk.stop.sentence
    assert state["window"]["complete"]
    assert "watermark" not in state


@pytest.mark.parametrize("by", [3, -3])
def test_a_result_that_shifts_while_it_is_read_is_noticed_and_proves_nothing(desk: Desk, by: int) -> None:
    desk.sandbox.fault(provider="contactout", operation="people_search", skip=1, kind="shift", by=by)
    state: dict[str, Any] = {}
    answers = read(desk.ask(), state)
    assert len(answers) > 2
    assert desk.stop.kind is StopKind.SHIFTED
    assert "changed while it was read" in desk.stop.sentence
    assert "watermark" not in state


def test_a_page_that_comes_again_under_another_cursor_is_noticed(desk: Desk) -> None:
    desk.sandbox.fault(provider="leadiq", operation="trackedContacts", skip=1, times=1, kind="repeat")
    read(desk.ask(desk.provider("leadiq")), {}, of_leadiq("tracked_contacts"))
    assert "came again under another cursor" in desk.stop.sentence


# -- budgets -----------------------------------------------------------------------------------------------------------


def test_where_a_page_does_not_fit_a_smaller_one_is_asked(desk: Desk) -> None:
    provider = desk.provider("leadiq", prices={"trackedContacts": {"uc": {"record": 1}}})
    contacts = of_leadiq("tracked_contacts")
    state: dict[str, Any] = {}
    first = read(desk.ask(provider, Budget((Limit("leadiq", "uc", "sync", 37),))), state, contacts)
    assert len(contacts_of(first)) == 37
    assert [answer.smaller for answer in first] == [False, True]
    assert "has 0 left and the next request may cost 1: allow at least 38" in desk.stop.sentence
    landed = read(Replaying(desk.journal, "sync-1", "leadiq", NOW), {}, contacts)
    assert [answer.body for answer in landed] == [answer.body for answer in first]
    rest = read(desk.ask(provider, sync="sync-2"), state, contacts)
    whole = contacts_of(read(desk.ask(desk.provider("leadiq"), sync="sync-3"), {}, contacts))
    # The same sync then opens its own window, which reads the overlap again.
    assert list(dict.fromkeys(contacts_of(first) + contacts_of(rest))) == whole
    assert contacts_of(rest)[: len(whole) - 37] == whole[37:]


def test_a_request_waits_for_what_another_will_really_cost(desk: Desk) -> None:
    """Two requests that may cost 25 each, of which one costs less, fit into 40."""
    budget = Budget((Limit("contactout", "search", "sync", 40),))
    assert budget.reserve("contactout", [{"search": 25}]) == 0
    threading.Timer(0.3, lambda: budget.settle("contactout", {"search": 25}, {"search": 3})).start()
    assert budget.reserve("contactout", [{"search": 25}]) == 0
    assert budget.spent["contactout", "sync"] == {"search": 28}


def test_a_refusal_that_speaks_of_credits_is_taken_for_used_up_credits_and_reported(desk: Desk) -> None:
    body = {"status_code": 401, "message": "Your monthly credits are used up."}
    desk.sandbox.fault(
        provider="contactout", operation="people_search", skip=1, times=9, kind="status", status=401, body=body
    )
    assert len(read(desk.ask())) == 1
    assert desk.stop.kind is StopKind.NO_CREDITS
    assert "does not record" in desk.stop.sentence


@pytest.mark.parametrize(
    ("status", "words", "action"),
    [
        (403, "You have run out of credits", Action.NO_CREDITS),
        (422, "Insufficient credits for this request", Action.NO_CREDITS),
        (400, "Account quota exceeded", Action.NO_CREDITS),
        (429, "Monthly credit limit reached", Action.NO_CREDITS),
        (429, "Rate limit exceeded", Action.WAIT),
        (400, "Unknown filter credit_rating", Action.STOP_RESOURCE),
        (422, "The field credits is not allowed", Action.STOP_RESOURCE),
        (500, "credits exhausted", Action.RETRY),
    ],
)
def test_words_about_credits_are_told_from_other_refusals(status: int, words: str, action: Action) -> None:
    rule, _ = look_up((), Problem("status", status, words))
    assert rule.action is action


# -- waiting -----------------------------------------------------------------------------------------------------------


def test_an_outage_that_names_a_time_is_waited_for_only_within_patience(desk: Desk) -> None:
    rule = {"provider": "leadiq", "operation": "account", "times": 9}
    desk.sandbox.fault(**rule, kind="status", status=503, headers={"retry-after": "600"})
    started = datetime.now(UTC)
    assert read(desk.ask(desk.provider("leadiq")), walk=of_leadiq("account")) == []
    assert datetime.now(UTC) - started < timedelta(seconds=5)
    assert "600 s" in desk.stop.sentence


# -- asynchronous jobs -------------------------------------------------------------------------------------------------


class Jobs(BaseHTTPRequestHandler):
    """Starts a job on POST; GET answers that it is running, and then its result."""

    polls = 0

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self._say({"job_id": "j1"})

    def do_GET(self) -> None:
        Jobs.polls += 1
        self._say({"status": "running"} if Jobs.polls == 1 else {"status": "done", "found": [1, 2, 3]})

    def _say(self, body: Any) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: object) -> None:
        return None


def test_what_a_job_can_cost_stays_reserved_over_syncs_until_its_result_is_read(desk: Desk) -> None:
    server = HTTPServer(("127.0.0.1", 0), Jobs)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def counts(question: Question, document: Any) -> dict[str, int]:
        if document.get("status") == "running":
            return {"record": 0, "pending": 1}
        return {"record": len(document.get("found", ()))}

    provider = Provider(
        name="contactout",
        base_url=f"http://127.0.0.1:{server.server_port}",
        secrets=(),
        headers=({},),
        errors=(),
        inspect=lambda *_: (None, None),
        counts=counts,
        prices={"batch": {"email": {"record": 1}}},
        rates={"default": 100_000},
    )
    start = Question(
        "batch", "lookup", "w1", 0, "POST", "/start", body={}, at_most={"record": 10}, job="lookup w1", starts_job=True
    )
    budget = Budget((Limit("contactout", "email", "day", 15),))
    ask = desk.ask(provider, budget)
    assert ask(start) is not None
    assert desk.journal.held("contactout") == {"email": 10}
    assert desk.journal.spent("contactout", sync_id="sync-1") == {}
    # Another job does not fit beside it.
    assert ask(replace(start, step=1, job="another")) is None
    assert "has 5 left and the next request may cost 10" in desk.stop.sentence
    # A later sync reads the result; only then is it known what it cost.
    later = Budget(budget.limits, {("contactout", "day"): desk.journal.held("contactout")})
    ask = desk.ask(provider, later, sync="sync-2")
    result = Question("batch", "lookup", "w1", 2, "GET", "/result", job="lookup w1")
    running = ask(result)
    assert running is not None
    assert desk.journal.held("contactout") == {"email": 10}
    assert ask(replace(result, step=3)) is not None
    assert desk.journal.held("contactout") == {}
    assert desk.journal.spent("contactout", sync_id="sync-2") == {"email": 3}
    assert later.spent["contactout", "day"] == {"email": 3}
    server.shutdown()
    server.server_close()
