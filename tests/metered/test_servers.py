"""A provider's other server: it is asked at its own address, with the key in its own form, and for CSV where that comes."""

from __future__ import annotations

import base64
import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sources.leadiq import api as leadiq
from sources.leadiq.inputs import LeadIQInputs
from sources.metered import Provider, Question, Replaying, StopKind
from tests.house import Sandbox
from tests.metered.test_client import NOW, Desk, of_leadiq, read, town

__all__ = ["town"]


@pytest.fixture
def desk(town: Sandbox, tmp_path: Path) -> Iterator[Desk]:  # noqa: F811
    town.no_faults()
    town.http.delete("/sandbox/books").raise_for_status()
    one = Desk(town, tmp_path)
    yield one
    one.journal.close()
    town.no_faults()


def provider(desk: Desk, key: str = "", **inputs: Any) -> Provider:
    info = desk.sandbox.info["leadiq"]
    chosen = {
        "api_key": key or info["api_key"],
        "base_url": info["base_url"] + "/graphql",
        "prospector_base_url": info["prospector_base_url"],
        **inputs,
    }
    return leadiq.provider(LeadIQInputs(**chosen), rates={"default": 100_000})


def export(desk: Desk, list_id: str = "", **changes: Any) -> Question:
    chosen = list_id or desk.sandbox.truth()["leadiq"]["lists"][0]["id"]
    question = Question(
        "exportList", "prospects", "w1", 0, "GET", f"/v1/lists/{chosen}/export", server="prospector", reads="csv"
    )
    return replace(question, **changes)


def test_the_same_path_on_another_server_is_another_question() -> None:
    asked = Question("x", "x", "w1", 0, "GET", "/v1/lists")
    assert replace(asked, server="prospector").fingerprint != asked.fingerprint
    # What a journal holds from before there were other servers is still answered.
    assert asked.fingerprint == "3c09d09b458fc0b18a0e93d0cdaf6c99bb5743ec7e19208470dc3ba903b9b5d6"


@pytest.mark.parametrize(
    "key", ["sandbox-leadiq-key", base64.b64encode(b"sandbox-leadiq-key:").decode(), "c2FuZGJveC1sZWFkaXEta2V5"]
)
def test_the_other_server_takes_the_raw_key_whichever_form_was_configured(desk: Desk, key: str) -> None:
    of_key = provider(desk, key)
    assert "sandbox-leadiq-key" in of_key.secrets
    answer = desk.ask(of_key)(export(desk))
    if key == "c2FuZGJveC1sZWFkaXEta2V5":
        # Base64 of the raw key without the colon is no form that LeadIQ's own API takes.
        assert answer is None
        return
    assert answer is not None
    assert len(answer.document["rows"]) == 130
    asked = [one["operation"] for one in desk.sandbox.books()["requests"]]
    assert asked.count("account") in (1, 2), "the form of the key is told by the probe alone"
    assert asked.count("exportList") == 1


def test_every_form_of_the_key_needs_headers_for_the_other_server(desk: Desk) -> None:
    with pytest.raises(ValueError, match="prospector"):
        replace(provider(desk), headers=({"a": "1"}, {"a": "2"}, {"a": "3"}))


def test_a_key_that_the_other_server_refuses_stops_nothing_else(desk: Desk) -> None:
    one = provider(desk)
    refusing = replace(one.servers["prospector"], headers=tuple({"X-API-Key": "wrong"} for _ in one.headers))
    ask = desk.ask(replace(one, servers={"prospector": refusing}))
    assert ask(export(desk)) is None
    assert (desk.stop.kind, "does not accept the key" in desk.stop.sentence) == (StopKind.FAILED, True)
    assert len(read(ask, walk=of_leadiq("account"))) == 1
    # The form that its own API takes is not asked for again.
    probes = desk.sandbox.asked("leadiq.account")
    assert len(read(desk.ask(one, sync="sync-2"), walk=of_leadiq("account"))) == 1
    assert desk.sandbox.asked("leadiq.account") == probes + 1


def test_a_redirect_of_the_other_server_is_refused_and_names_its_address(desk: Desk) -> None:
    desk.sandbox.fault(
        provider="leadiq", operation="exportList", kind="redirect", location="http://elsewhere.example/x"
    )
    assert desk.ask(provider(desk))(export(desk)) is None
    assert "http://elsewhere.example" in desk.stop.sentence
    assert "correct prospector_base_url" in desk.stop.sentence


def test_a_csv_answer_is_kept_as_it_came_and_replayed_as_the_same_table(desk: Desk) -> None:
    first = desk.ask(provider(desk))(export(desk))
    assert first is not None
    asked = desk.sandbox.asked("leadiq.exportList")
    for again in (
        desk.ask(provider(desk))(export(desk)),
        Replaying(desk.journal, "sync-1", "leadiq", NOW)(export(desk)),
    ):
        assert again is not None
        assert again.replayed
        assert (again.body, again.document) == (first.body, first.document)
    assert desk.sandbox.asked("leadiq.exportList") == asked
    assert first.body.startswith(b"\xef\xbb\xbfID,")
    rows = list(csv.DictReader(first.body.decode("utf-8-sig").splitlines(keepends=True)))
    assert first.document["rows"] == rows
    assert any("\n" in row["Address"] for row in rows)
    assert any('"' in row["Title"] for row in rows)


def test_a_refusal_of_a_csv_answer_is_read_as_json(desk: Desk) -> None:
    ask = desk.ask(provider(desk))
    assert ask(export(desk, "nowhere")) is None
    assert "There is no such list." in desk.stop.sentence


def test_what_is_not_there_is_an_answer_to_who_says_that_it_may_be(desk: Desk) -> None:
    answer = desk.ask(provider(desk))(export(desk, "nowhere", may_be_missing=True))
    assert answer is not None
    assert (answer.found, answer.status, answer.document) == (False, 404, {})
    assert desk.outcomes() == ["ok", "empty"]
    assert desk.stop is None


@pytest.mark.parametrize("times", [1, 9])
def test_a_page_of_html_in_place_of_csv_is_asked_for_again_and_then_named(desk: Desk, times: int) -> None:
    desk.sandbox.fault(provider="leadiq", operation="exportList", kind="html", times=times)
    answer = desk.ask(provider(desk))(export(desk))
    if times == 1:
        assert answer is not None
        assert len(answer.document["rows"]) == 130
        return
    assert answer is None
    assert "the answer is not CSV but text/html" in desk.stop.sentence


def test_the_key_stays_out_of_a_csv_answer_that_echoes_it(desk: Desk) -> None:
    desk.sandbox.fault(
        provider="leadiq", operation="exportList", kind="body", body={"message": "sandbox-leadiq-key is not a word"}
    )
    assert desk.ask(provider(desk), attempts=1)(export(desk)) is None
    assert "sandbox-leadiq-key" not in desk.stop.sentence
