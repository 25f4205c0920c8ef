"""Prospector's lists, read to their end from whatever plausible server keeps them, and said plainly where there are none."""

from __future__ import annotations

import csv
import io
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from sources.landing import read_answer
from sources.leadiq import api
from sources.leadiq.inputs import LeadIQInputs
from sources.leadiq.records import ENTITIES
from sources.metered import Asking, Budget, Clock, Journal, Limits, Pace, Replaying, Round, StopKind
from tests.house import DAYS, House, Sandbox, running_sandbox

NOW = datetime(2026, 3, 2, 6)
ENTITY = {entity.name: entity for entity in ENTITIES}
KEY = "an-invented-key"
PEOPLE = [{"id": f"p{n}", "firstName": "Ada", "lastName": f"Example {n}"} for n in range(5)]

Reply = tuple[int, bytes, str]
Answers = Callable[[str, dict[str, str]], Reply]


def as_json(document: Any, status: int = 200) -> Reply:
    return status, json.dumps(document).encode(), "application/json"


NOT_FOUND = as_json({"message": "Not found"}, 404)


@dataclass
class Server:
    """A Prospector that answers as a test says, beside a GraphQL API that knows the key."""

    answers: Answers
    asked: list[str] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    port: int = 0

    def inputs(self, **prospector: Any) -> LeadIQInputs:
        here = f"http://127.0.0.1:{self.port}"
        chosen = {"lists": ["l1"], "page_size": 2, **prospector}
        return LeadIQInputs(
            api_key=KEY, base_url=f"{here}/graphql", prospector_base_url=f"{here}/rest/", prospector=chosen
        )


@pytest.fixture
def serve() -> Iterator[Callable[[Answers], Server]]:
    running: list[ThreadingHTTPServer] = []

    def start(answers: Answers) -> Server:
        server = Server(answers)

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                self._send(as_json({"data": {"account": {"plans": []}}}))

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                params = {name: values[0] for name, values in parse_qs(parts.query).items()}
                server.asked.append(self.path)
                server.keys.add(str(self.headers["X-API-Key"]))
                assert "Authorization" not in self.headers
                self._send(server.answers(parts.path.removeprefix("/rest"), params))

            def _send(self, reply: Reply) -> None:
                status, body, kind = reply
                self.send_response(status)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                return None

        http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        running.append(http)
        server.port = http.server_port
        threading.Thread(target=http.serve_forever, daemon=True).start()
        return server

    yield start
    for http in running:
        http.shutdown()
        http.server_close()


@dataclass
class Read:
    """What reading one resource came to."""

    keys: list[str]
    stop: Any
    state: dict[str, Any]
    drift: dict[Any, int]


class Reader:
    """Reads resources of one account sync by sync, and lands what came in memory."""

    def __init__(self, inputs: LeadIQInputs, folder: Path) -> None:
        self.inputs, self.folder = inputs, folder
        self.state: dict[str, dict[str, Any]] = {}
        self.syncs = 0

    def __call__(self, resource: str = "prospects_l1") -> Read:
        self.syncs += 1
        journal = Journal(self.folder / "journal.sqlite")
        round = Round.begin(1, Limits(attempts=2, patience_seconds=1, timeout_seconds=10))
        walk = next(walk for walk in api.walks(self.inputs) if walk.resource == resource)
        provider = api.provider(self.inputs, rates={"default": 1_000_000})
        state, before = self.state.setdefault(resource, {}), json.loads(json.dumps(self.state.get(resource, {})))
        pace = Pace(self.folder / "pace.sqlite")
        ask = Asking(provider, journal, Clock(NOW), pace, Budget(), str(self.syncs), NOW, round)
        keys: list[str] = []
        drift: dict[Any, int] = {}
        for answer in walk(state, ask):
            rows, findings = read_answer(
                ENTITY[walk.entity], answer.question_id, answer.request_id, answer.selection, answer.fetched_at,
                answer.body, answer.found,
            )  # fmt: skip
            keys += [row["record_key"] for row in rows]
            drift |= findings.drift
        replayed = list(walk(before, Replaying(journal, str(self.syncs), "leadiq", NOW)))
        assert before == state, "what lands leaves the state where asking left it"
        assert all(answer.replayed for answer in replayed)
        ask.close()
        journal.close()
        return Read(keys, round.stops.get(("leadiq", resource)) or round.stops.get(("leadiq", None)), state, drift)


def in_pages(page: Callable[[list[Any], str | None], Any]) -> Answers:
    """Pages of two, each as `page(items, cursor)` shows them."""

    def answers(path: str, params: dict[str, str]) -> Reply:
        if path != "/v1/lists/l1/prospects":
            return NOT_FOUND
        assert params["limit"] == "2"
        begins = int(params.get("cursor", 0))
        ends = begins + 2
        return as_json(page(PEOPLE[begins:ends], str(ends) if ends < len(PEOPLE) else None))

    return answers


SHAPES: dict[str, Callable[[list[Any], str | None], Any]] = {
    "as seen": lambda items, cursor: {"items": items, "nextCursor": cursor},
    "no cursor at the end": lambda items, cursor: {"items": items, **({"nextCursor": cursor} if cursor else {})},
    "an empty cursor at the end": lambda items, cursor: {"items": items, "nextCursor": cursor or ""},
    "a cursor that is a number": lambda items, cursor: {"items": items, "nextCursor": int(cursor) if cursor else None},
    "data": lambda items, cursor: {"data": items, "next_cursor": cursor},
    "within data": lambda items, cursor: {"data": {"items": items, "nextCursor": cursor}},
    "prospects and meta": lambda items, cursor: {"prospects": items, "meta": {"nextCursor": cursor}},
    "as GraphQL pages": lambda items, cursor: {
        "items": items, "pageInfo": {"hasNextPage": cursor is not None, "endCursor": cursor or "99"},
    },
    "with a flag": lambda items, cursor: {"results": items, "hasMore": cursor is not None, "nextCursor": cursor or "9"},
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_a_list_is_read_to_its_end_in_every_plausible_shape(
    shape: str, serve: Callable[[Answers], Server], tmp_path: Path
) -> None:
    server = serve(in_pages(SHAPES[shape]))
    found = Reader(server.inputs(), tmp_path)()
    assert (found.keys, found.stop, found.drift) == ([one["id"] for one in PEOPLE], None, {})
    assert "watermark" in found.state
    assert len(server.asked) == 3
    assert server.keys == {KEY}


def test_a_list_that_comes_whole_and_bare_is_read(serve: Callable[[Answers], Server], tmp_path: Path) -> None:
    found = Reader(serve(lambda path, params: as_json(PEOPLE)).inputs(), tmp_path)()
    assert (found.keys, found.stop) == ([one["id"] for one in PEOPLE], None)


@pytest.mark.parametrize("missing", [NOT_FOUND, (404, b"<html>Cannot GET</html>", "text/html"), as_json({}, 410)])
@pytest.mark.parametrize("export", [False, True])
def test_the_guides_path_is_asked_where_the_seen_one_is_not_there_and_that_once(
    missing: Reply, export: bool, serve: Callable[[Answers], Server], tmp_path: Path
) -> None:
    pages = in_pages(SHAPES["as seen"])

    def answers(path: str, params: dict[str, str]) -> Reply:
        if path.startswith("/v1/"):
            return missing
        return (200, b"ID,Name\np0,Ada\n", "text/csv") if export else pages(f"/v1{path}", params)

    server = serve(answers)
    found = Reader(server.inputs(export=True), tmp_path)("prospect_export_l1" if export else "prospects_l1")
    assert found.stop is None
    assert found.keys == (["p0"] if export else [one["id"] for one in PEOPLE])
    paths = [urlsplit(one).path for one in server.asked]
    assert paths[0].startswith("/rest/v1/lists/")
    assert len(paths) == (2 if export else 4)
    assert all(path.startswith("/rest/lists/") for path in paths[1:])
    assert "watermark" in found.state


def test_a_list_that_is_not_there_is_named_and_stops_no_other(
    serve: Callable[[Answers], Server], tmp_path: Path
) -> None:
    server = serve(in_pages(SHAPES["as seen"]))
    read = Reader(server.inputs(lists=["gone", "l1"]), tmp_path)
    for _ in range(4):
        gone = read("prospects_gone")
        assert gone.stop.kind is StopKind.FAILED
        assert "no list gone: correct its id in sources.leadiq.prospector.lists" in gone.stop.sentence
        assert "watermark" not in gone.state
    assert read("prospects_l1").keys == [one["id"] for one in PEOPLE]


def test_a_list_that_goes_while_it_is_read_proves_nothing(serve: Callable[[Answers], Server], tmp_path: Path) -> None:
    pages = in_pages(SHAPES["as seen"])
    server = serve(lambda path, params: NOT_FOUND if "cursor" in params else pages(path, params))
    found = Reader(server.inputs(), tmp_path)()
    assert found.keys == ["p0", "p1"]
    assert "no list l1" in found.stop.sentence
    assert "watermark" not in found.state
    # The path that was there is the one that is asked.
    assert all("/v1/" in one for one in server.asked)


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (as_json({"message": "Invalid or missing API key"}, 401), StopKind.FAILED, "does not accept the key (401)"),
        (as_json({"error": "Insufficient credits"}, 402), StopKind.NO_CREDITS, "Insufficient credits"),
        (as_json({"error": {"message": "Busy with it"}}, 409), StopKind.FAILED, "refuses it (409): Busy with it"),
        (as_json({"errors": [{"message": "Broken"}]}, 500), StopKind.FAILED, "status 500: Broken"),
        (as_json({"message": "Slow down"}, 429), StopKind.FAILED, "longer than patience_seconds"),
        (as_json({"message": "Nothing to see"}), StopKind.FAILED, "Nothing to see"),
        (as_json({"count": 0}), StopKind.FAILED, "holds no list of prospects"),
        (as_json("nothing"), StopKind.FAILED, "holds no list of prospects"),
        ((200, b"<html></html>", "text/html"), StopKind.FAILED, "or prospector_base_url is wrong"),
    ],
)
def test_an_error_is_told_in_its_own_words(
    reply: Reply, kind: StopKind, words: str, serve: Callable[[Answers], Server], tmp_path: Path
) -> None:
    found = Reader(serve(lambda path, params: reply).inputs(), tmp_path)()
    assert found.keys == []
    assert (found.stop.kind, words in found.stop.sentence) == (kind, True), found.stop.sentence
    assert KEY not in found.stop.sentence


def test_a_page_that_is_null_proves_nothing(serve: Callable[[Answers], Server], tmp_path: Path) -> None:
    found = Reader(serve(lambda path, params: as_json({"items": None, "nextCursor": None})).inputs(), tmp_path)()
    assert found.stop.kind is StopKind.PARTIAL
    assert "watermark" not in found.state


@pytest.mark.parametrize(
    ("cursors", "words"),
    [
        ({"nextCursor": "again"}, "a page came again under another cursor"),
        ({"nextCursor": "{n}"}, "a page came again under another cursor"),
        ({"hasMore": True}, "gives no cursor"),
    ],
)
def test_a_list_that_never_ends_is_noticed(
    cursors: dict[str, Any], words: str, serve: Callable[[Answers], Server], tmp_path: Path
) -> None:
    asked = iter(range(10))

    def answers(path: str, params: dict[str, str]) -> Reply:
        n = str(next(asked))
        further = {name: one.format(n=n) if isinstance(one, str) else one for name, one in cursors.items()}
        return as_json({"items": PEOPLE[:2], **further})

    found = Reader(serve(answers).inputs(), tmp_path)()
    assert words in found.stop.sentence
    assert "watermark" not in found.state


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("ID,Full Name,Work Email", "1"),
        ("Prospect Id;Name;Email", "1"),
        ("LinkedIn URL,full_name,EMAIL ADDRESS", "1"),
        ("Note to self,Name,Work-Email", "ada@example.com"),
        ("Notes,Name,Company", "Ada Example | ada@example.com"),
    ],
)
def test_a_column_is_known_by_its_name_however_it_is_written(header: str, key: str) -> None:
    cells = ["1", "Ada Example", "ada@example.com"]
    body = f"{header}\r\n{(';' if ';' in header else ',').join(cells)}\r\n".encode()
    (row,), findings = read_answer(ENTITY["prospect_exports"], "q", "r", "s", NOW, body)
    record = json.loads(row["record"])
    assert (record["name"], row["record_key"]) == ("Ada Example", key)
    assert set(findings.drift) == ({("unknown_field", "Note to self")} if "self" in header else set())


def test_a_list_that_is_named_twice_is_read_once() -> None:
    found = LeadIQInputs.model_validate({"prospector": {"lists": ["l1", 7, "l1", "7"]}})
    assert found.prospector.lists == ["l1", "7"]


# -- end to end --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def town() -> Iterator[Sandbox]:
    with running_sandbox() as one:
        yield one


@pytest.mark.slow
def test_a_sync_reads_a_list_page_by_page_and_as_its_export(town: Sandbox, tmp_path: Path) -> None:
    (first,) = town.truth()["leadiq"]["lists"]
    lists = f'[sources.leadiq.prospector]\nlists = ["{first["id"]}", "gone"]\nexport = true\n'
    house = House(tmp_path).configure(town.info, lists).prepare()
    ended = house.run("sync", "leadiq", "--json")
    assert ended.code == 4, ended.out + ended.err
    assert town.charged("leadiq") == {}
    assert (town.asked("leadiq.listProspects"), town.asked("leadiq.exportList")) == (2 + 2, 1 + 2)
    for told in (ended.out, ended.err):
        assert "sandbox-leadiq-key" not in told
    assert "no list gone" in ended.out
    ids = sorted(one["id"] for one in first["prospects"])
    assert len(ids) == 130
    http = town.http.get(f"/prospector/lists/{first['id']}/export", headers={"X-API-Key": "sandbox-leadiq-key"})
    rows = list(csv.DictReader(io.StringIO(http.content.decode("utf-8-sig"), newline="")))
    exported = house.query(
        "select id, name, title, address, coalesce(company_employees, '') from staging.stg_leadiq__prospect_exports",
        house.warehouse,
    )
    wanted = [(row["ID"], row["Full Name"], row["Title"], row["Address"], row["Employees"]) for row in rows]
    assert sorted(exported) == sorted(wanted)
    assert any("\n" in row["Address"] for row in rows)
    assert any('"' in row["Title"] for row in rows)
    paged = house.query("select id, name, title from staging.stg_leadiq__prospects", house.warehouse)
    assert sorted(paged) == sorted((id, name, title) for id, name, title, *_ in exported)
    of_lists = house.query("select distinct _selection from staging.stg_leadiq__prospects", house.warehouse)
    assert of_lists == [(f"listProspects {first['id']}",)]
    assert house.query("select count(*) from raw_leadhouse.drift", house.warehouse) == [(0,)]
    # The next sync reads the list again, since that alone shows who has left it.
    house.configure(town.info, lists.replace(', "gone"', ""))
    house.run("sync", "leadiq", "--no-build", day=DAYS[1]).ok()
    assert house.query("select count(distinct record_key), count(*) from raw_leadiq.prospects", house.warehouse) == [
        (130, 260)
    ]


@pytest.mark.parametrize(
    "url", ["http://prospector.example.com", "https://user:word@prospector.example.com", "nowhere"]
)
def test_prospectors_address_is_checked_before_anything_is_sent(town: Sandbox, tmp_path: Path, url: str) -> None:
    house = House(tmp_path).configure(town.info).prepare()
    house.environment["SOURCES__LEADIQ__PROSPECTOR_BASE_URL"] = url
    asked = len(town.books()["requests"])
    ended = house.run("sync", "leadiq")
    assert ended.code == 2
    assert "sources.leadiq.prospector_base_url" in ended.err.replace("\n", "")
    assert len(town.books()["requests"]) == asked
