"""`check` says what it understood of Letrics' undocumented answers; it spends nothing and shows no value."""

from __future__ import annotations

import json
import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.house import House, Run, Sandbox, running_sandbox

LETRICS_ONLY = '[sources.letrics]\napi_key = "sandbox-letrics-key"\n'


@contextmanager
def letrics(answers: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """A server that gives (status, document) by path, 404 elsewhere; its address, and the requests that came in."""
    asked: list[str] = []

    class Letrics(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            status, document = answers.get(self.path.split("?")[0], (404, {"errors": [{"id": "not_found"}]}))
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Letrics)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def check(folder: Path, answers: dict[str, Any], *options: str, more: str = "") -> Run:
    """`leadhouse check letrics` in a house of its own, against these answers, 80 columns wide."""
    with letrics(answers) as (address, _):
        return connected(folder, address, more).run("check", "letrics", *options)


def connected(folder: Path, address: str, more: str = "") -> House:
    (folder / ".dlt").mkdir()
    (folder / ".dlt" / "secrets.toml").write_text(LETRICS_ONLY)
    (folder / ".dlt" / "config.toml").write_text(
        f'[leadhouse]\ndata_dir = "data"\npace_dir = "data"\nattempts = 1\n[sources.letrics]\nbase_url = "{address}"\n{more}'
    )
    return House(folder, {"COLUMNS": "80"})


def both(contacts: Any, companies: Any = None) -> dict[str, Any]:
    companies = {"data": [], "meta": {"total": 0}} if companies is None else companies
    return {"/contacts": (200, contacts), "/companies": (200, companies)}


def words(text: str) -> str:
    return " ".join(text.split())


def collections(ended: Run) -> dict[str, Any]:
    return {one["collection"]: one for one in ended.json["sources"][0]["collections"]}


# -- against the sandbox -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["nested", "flat", "bare"])
def test_every_field_of_an_account_is_told_with_what_it_is_read_as(tmp_path: Path, shape: str) -> None:
    with running_sandbox("--letrics-shape", shape) as sandbox:
        house = House(tmp_path, {"COLUMNS": "80"}).configure(sandbox.info)
        ended = house.run("check", "letrics").ok()
        told = collections(house.run("check", "letrics", "--json").ok())
        address = sandbox.info["letrics"]["base_url"]
        sent = httpx.get(
            f"{address}/contacts", headers={"Authorization": "Bearer sandbox-letrics-key"}, trust_env=False
        ).json()
    prefix = "company_" if shape == "flat" else "company."
    for path, field in (
        ("job_title", "title"),
        ("emails[]", "work_emails"),
        (f"{prefix}revenue", "company.revenue_usd"),
    ):
        assert re.search(rf"^  {re.escape(path)} +{re.escape(field)} +\d+ of 25$", ended.out, re.MULTILINE), path
    contacts = told["contacts"]
    assert (contacts["place"], contacts["is_map"], contacts["records"]) == ("data", False, 25)
    assert (contacts["total"] is None) == (shape == "bare")
    assert contacts["page_size"] == {"where": "meta.per_page", "says": 25}
    # The sandbox's records hold nothing that the models do not know.
    assert contacts["not_understood"] == told["companies"]["not_understood"] == []
    holding = sum(1 for record in sent["data"] if record["phone"])
    assert next(one for one in contacts["understood"] if one["path"] == "phone")["records"] == holding
    assert max(map(len, ended.out.splitlines())) <= 80


def test_no_value_of_a_record_is_shown(house: House, sandbox: Sandbox) -> None:
    house.environment["COLUMNS"] = "300"
    headers = {"Authorization": "Bearer sandbox-letrics-key"}
    address = sandbox.info["letrics"]["base_url"]
    held: set[str] = set()
    for collection in ("contacts", "companies"):
        page = httpx.get(f"{address}/{collection}", headers=headers, trust_env=False).json()
        held |= set(_values(page["data"]))
    assert len(held) > 300
    for options in ((), ("--json",)):
        out = house.run("check", "letrics", *options).ok().out
        assert not [value for value in held if re.search(rf"(?<!\w){re.escape(value)}(?!\w)", out)]


def _values(value: Any) -> Iterator[str]:
    """Every value of some records, as text; numbers and words that a report of names and counts also holds are left out."""
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _values(one)
    elif value is not None and not isinstance(value, bool) and len(str(value)) > 3:
        yield str(value)


def test_a_check_reads_one_small_page_of_each_collection_and_keeps_nothing_of_it(
    house: House, sandbox: Sandbox
) -> None:
    house.run("check", "letrics").ok()
    requests = sandbox.books()["requests"]
    assert [(one["operation"], one["records"]) for one in requests] == [("contacts", 25), ("companies", 25)]
    with sqlite3.connect(house.journal) as connection:
        assert connection.execute("select count(*) from answers").fetchone()[0] == 0
        rows = connection.execute("select resource, operation from requests").fetchall()
    assert rows == [("check", "contacts"), ("check", "companies")]


# -- odd answers -------------------------------------------------------------------------------------------------------


def test_what_is_not_understood_is_told_with_its_types_and_without_its_values(tmp_path: Path) -> None:
    records = [
        {"id": 1, "email": "ada@example.com", "emails": ["eve@example.com"], "twitter": "@secretada", "phone": None},
        {
            "id": 2,
            "twitter": 4711,
            "company": {"employees": "a secret number"},
            "seen": {"ada@example.com": "secretly"},
        },
        "a secret text",
    ]
    (tmp_path / "json").mkdir()
    ended = check(tmp_path, both({"data": records})).ok()
    told = collections(check(tmp_path / "json", both({"data": records}), "--json").ok())["contacts"]
    said = words(ended.out)
    assert "contacts: 3 record(s) in the list data." in said
    assert "meta states neither total nor page size; a page that is not full ends the reading." in said
    assert "records that cannot be read: 1 (an object was expected, text came)." in said
    assert "not understood: twitter (number or text), seen.* (text)." in said
    assert "cannot be read: company.employees (text) as company.employee_count." in said
    assert "not used: email (work_emails was taken from emails[])." in said
    assert "always empty: phone." in said
    assert re.search(r"not seen: full_name, first_name, .*, company\.\*?id?", said)
    assert told["not_understood"][0] == {"path": "twitter", "types": ["number", "text"], "records": 2}
    assert told["not_used"][0]["taken_from"] == ["emails[]"]
    assert told["unreadable"] == {"an object was expected, text came": 1}
    for out in (ended.out, json.dumps(told)):
        assert not re.search("secret|ada@|eve@|4711", out)


@pytest.mark.parametrize(
    ("document", "place", "is_map"),
    [
        ({"data": {"contacts": [{"id": 1}]}, "meta": {"pagination": {"total_count": 7}}}, "data.contacts", False),
        ({"data": {"k1": {"id": 1}, "k2": {"id": 2}}, "meta": {"pagination": {"total_count": 7}}}, "data", True),
    ],
)
def test_it_is_told_where_the_records_stand_and_what_meta_states(
    tmp_path: Path, document: Any, place: str, is_map: bool
) -> None:
    told = collections(check(tmp_path, both(document), "--json").ok())["contacts"]
    assert (told["state"], told["place"], told["is_map"]) == ("understood", place, is_map)
    assert told["total"] == {"where": "meta.pagination.total_count", "says": 7}
    assert [one["path"] for one in told["understood"]] == ["id"]


@pytest.mark.parametrize(
    "document", [{"data": []}, {"data": {}}, {"data": {"contacts": []}}, {"data": None, "meta": {"total": 0}}]
)
def test_an_empty_page_says_that_there_is_nothing_to_understand_yet(tmp_path: Path, document: Any) -> None:
    ended = check(tmp_path, both(document)).ok()
    assert (
        "contacts: no contact matches the filters in [sources.letrics.contacts]: nothing to understand yet."
        in words(ended.out)
    )
    assert "companies: no company matches the filters" in words(ended.out)


@pytest.mark.parametrize(
    ("document", "stood"),
    [
        ({"results": [{"id": "secret"}], "count": 5, "next": None}, "the answer holds results (list), count (number), next (null)"),
        ({"data": {"items": [{"id": "secret"}], "more": True}}, "the answer holds data (object); data holds items (list), more (true/false)"),
        ({"data": {"id": "secret", "name": "secret"}}, "the answer holds data (object); data holds id (text), name (text)"),
        ({"data": "secret"}, "the answer holds data (text), and data is neither a list nor a map"),
        ({}, "the answer holds nothing"),
        ({"secret@example.com": []}, "the answer holds * (list)"),
    ],
)  # fmt: skip
def test_an_answer_without_a_list_of_records_says_what_stood_there_and_what_to_do(
    tmp_path: Path, document: Any, stood: str
) -> None:
    ended = check(tmp_path, both(document))
    assert ended.code == 4, "a sync would load nothing"
    said = words(ended.out)
    assert f"contacts: no list of records was found: {stood}." in said
    for word in ("contacts_path", "companies_path", "method", "list_keys", "sources/letrics/README.md", "raw keeps"):
        assert word in said
    assert "secret" not in ended.out
    assert max(map(len, ended.out.splitlines())) <= 80


def test_an_answer_that_is_a_bare_list_is_told_by_its_type(tmp_path: Path) -> None:
    ended = check(tmp_path, both([{"id": "secret"}], []))
    assert ended.code == 4
    assert "the answer is not an object that holds data, its type is: list" in ended.out
    assert "secret" not in ended.out


def test_records_of_which_nothing_is_understood_say_what_to_do(tmp_path: Path) -> None:
    said = words(check(tmp_path, both({"data": [{"nom": "secret"}]})).ok().out)
    assert "none of their fields was understood. Compare it with Letrics' answer" in said
    assert "not understood: nom (text)." in said


def test_long_names_are_folded_into_80_columns(tmp_path: Path) -> None:
    record = {"company": {"location": {"city": "Bath"}, "a" * 60: {"b" * 60: 1}}, "company_" + "c" * 50: 1, "id": 1}
    out = check(tmp_path, both({"data": [record]})).ok().out
    assert "c" * 20 in out
    assert max(map(len, out.splitlines())) <= 80


# -- failures and prices -----------------------------------------------------------------------------------------------


def test_one_collection_is_understood_although_the_other_cannot_be_read(tmp_path: Path) -> None:
    ended = check(tmp_path, {"/companies": (200, {"data": [{"id": 1, "tld": "a.example"}]})})
    assert ended.code == 4
    said = words(ended.out)
    assert "letrics: the key works for companies; contacts: Letrics has nothing at this address (404)" in said
    assert re.search(r"^  tld +domain +1 of 1$", ended.out, re.MULTILINE)


def test_a_key_that_is_not_accepted_is_tried_once_and_said_once(tmp_path: Path) -> None:
    refused = (401, {"errors": [{"id": "unauthorized"}]})
    with letrics({"/contacts": refused, "/companies": refused}) as (address, asked):
        ended = connected(tmp_path, address).run("check", "letrics")
    assert ended.code == 4
    assert ended.out.count("does not accept the key") == 1
    assert len(asked) == 1


def test_a_collection_that_has_a_price_is_not_read_and_the_other_is(house: House, sandbox: Sandbox) -> None:
    price(house, "letrics", "contacts")
    ended = house.run("check", "letrics").ok()
    assert "contacts: not read: [prices.letrics] gives contacts a price, and check spends nothing." in words(ended.out)
    assert "companies: 25 record(s) in the list data." in words(ended.out)
    assert sandbox.asked("letrics.contacts") == 0


@pytest.mark.parametrize(
    ("provider", "operations"),
    [("leadiq", ["account"]), ("contactout", ["stats"]), ("letrics", ["contacts", "companies"])],
)
def test_a_source_that_would_charge_for_its_check_is_refused_by_name_and_passed_over_otherwise(
    house: House, sandbox: Sandbox, provider: str, operations: list[str]
) -> None:
    price(house, provider, *operations)
    ended = house.run("check", provider)
    assert ended.code == 2
    assert f"{provider} has a price for {' and '.join(operations)} in [prices.{provider}]" in words(ended.err)
    assert sandbox.books()["requests"] == []
    ended = house.run("check").ok()
    assert f"{provider}: has a price for" in ended.out
    assert ended.out.count("the key works") == 2
    assert {one["provider"] for one in sandbox.books()["requests"]} == {"leadiq", "contactout", "letrics"} - {provider}


def test_a_price_of_nothing_is_no_price(house: House, sandbox: Sandbox) -> None:
    price(house, "contactout", "stats", credits=0)
    assert "contactout: the key works" in house.run("check", "contactout").ok().out


def price(house: House, provider: str, *operations: str, credits: float = 1) -> None:
    path = house.folder / ".dlt" / "config.toml"
    lines = "".join(f"{operation} = {{ credit = {{ request = {credits} }} }}\n" for operation in operations)
    path.write_text(f"{path.read_text()}\n[prices.{provider}]\n{lines}")
