"""LeadIQ's Prospector keeps lists of prospects, pages through them, and writes them as CSV."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import Sandbox, Start

KEY = {"X-API-Key": "sandbox-leadiq-key"}


@pytest.fixture
def own(start: Start) -> Sandbox:
    """A sandbox of the test's own, since it will not be left as it was found."""
    return start("--rate-scale", "1000")


def _create(box: Sandbox, name: str = "Spring") -> httpx.Response:
    return box.http.post("/prospector/v1/lists", headers=KEY, json={"name": name, "description": "Who we met"})


def _add(box: Sandbox, list_id: str, **prospect: Any) -> httpx.Response:
    return box.http.post(f"/prospector/v1/lists/{list_id}/prospects", headers=KEY, json=prospect)


def _page(box: Sandbox, list_id: str, **params: Any) -> dict[str, Any]:
    answer = box.http.get(f"/prospector/v1/lists/{list_id}/prospects", headers=KEY, params=params)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


def _everyone(box: Sandbox, list_id: str, limit: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = _page(box, list_id, limit=limit, **({"cursor": cursor} if cursor else {}))
        assert len(page["items"]) <= min(limit, 100)
        found += page["items"]
        cursor = page["nextCursor"]
        if cursor is None:
            return found


def test_the_sandbox_tells_where_prospector_is(own: Sandbox) -> None:
    assert own.info["leadiq"]["prospector_base_url"] == own.info["base_url"] + "/prospector"


@pytest.mark.parametrize("key", [None, "wrong", "c2FuZGJveC1sZWFkaXEta2V5Og=="])
def test_without_the_decoded_key_nothing_is_given(box: Sandbox, key: str | None) -> None:
    headers = {"X-API-Key": key} if key else {}
    answer = box.http.post("/prospector/v1/lists", headers=headers, json={"name": "Spring"})
    assert (answer.status_code, answer.json()) == (401, {"message": "Invalid or missing API key"})


def test_a_list_has_its_name_to_itself(own: Sandbox) -> None:
    made = _create(own)
    assert made.status_code == 201
    assert made.json() == {
        "id": made.json()["id"],
        "name": "Spring",
        "description": "Who we met",
        "createdAt": "2026-03-02T00:00:00.000Z",
    }
    assert _create(own).status_code == 409
    assert _create(own, "Summer").json()["id"] != made.json()["id"]
    assert own.http.post("/prospector/v1/lists", headers=KEY, json={"name": " "}).status_code == 400


def test_a_prospect_comes_back_as_it_was_handed_in_with_what_leadiq_knows(own: Sandbox) -> None:
    known = own.http.post(
        "/leadiq/graphql",
        headers={"Authorization": "Basic c2FuZGJveC1sZWFkaXEta2V5Og=="},
        json={
            "query": "{ flatAdvancedSearch(input: {contactFilter: {containsWorkEmails: [Verified]}})"
            " { people { firstName lastName workEmails company { name industry employeeCount } } } }"
        },
    ).json()["data"]["flatAdvancedSearch"]["people"][0]
    own.http.delete("/sandbox/books")
    list_id = _create(own).json()["id"]
    given = {"firstName": known["firstName"], "lastName": known["lastName"], "workEmail": known["workEmails"][0]}
    added = _add(own, list_id, **given, title='Head, of "all"\nthings', company="Müller & Söhne", mobilePhone="+1 1")
    assert added.status_code == 201
    stranger = _add(own, list_id, firstName="Zoë", lastName="Nobody").json()
    assert _page(own, list_id)["items"] == [added.json(), stranger]
    told = added.json()
    assert {name: told[name] for name in given} == given
    assert (told["title"], told["mobilePhone"]) == ('Head, of "all"\nthings', "+1 1")
    assert told["company"]["name"] == "Müller & Söhne"
    assert told["company"]["industry"] == known["company"]["industry"]
    assert told["emailStatus"] == "Verified"
    assert stranger["company"] == {"name": None, "domain": None, "industry": None, "employees": None}
    for wrong in (
        {"firstName": "A"},
        {"firstName": "A", "lastName": "B", "email": "x"},
        {"firstName": 1, "lastName": "B"},
    ):
        assert _add(own, list_id, **wrong).status_code == 400
    assert _add(own, "nowhere", firstName="A", lastName="B").status_code == 404
    lists = {one["id"]: one for one in own.truth()["leadiq"]["lists"]}
    assert [one["id"] for one in lists[list_id]["prospects"]] == [told["id"], stranger["id"]]
    assert own.books()["credits"]["leadiq"] == {}


@pytest.mark.parametrize("limit", [1, 7, 100, 5000])
def test_every_prospect_comes_once_whatever_the_page(box: Sandbox, limit: int) -> None:
    (first,) = box.truth()["leadiq"]["lists"]
    found = _everyone(box, first["id"], limit)
    assert [one["id"] for one in found] == [one["id"] for one in first["prospects"]]
    assert len(found) > 100
    assert box.books()["credits"]["leadiq"] == {}


@pytest.mark.parametrize("params", [{"limit": "many"}, {"limit": 0}, {"cursor": "here"}, {"cursor": "ZWxzZXwx"}])
def test_a_page_that_cannot_be_is_refused(box: Sandbox, params: dict[str, Any]) -> None:
    (first,) = box.truth()["leadiq"]["lists"]
    answer = box.http.get(f"/prospector/v1/lists/{first['id']}/prospects", headers=KEY, params=params)
    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["/prospector/lists", "/prospector/v1/lists"])
def test_an_export_survives_quotes_commas_line_breaks_and_umlauts(own: Sandbox, path: str) -> None:
    list_id = _create(own).json()["id"]
    title = 'Leiter, "Öl"\r\nund Gas'
    _add(own, list_id, firstName="Jürgen", lastName="Größe", title=title, company="Süd, Inc.")
    _add(own, list_id, firstName="Zoë", lastName="Nobody")
    answer = own.http.get(f"{path}/{list_id}/export", headers=KEY)
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert [row["Last Name"] for row in rows] == ["Größe", "Nobody"]
    assert (rows[0]["Title"], rows[0]["Company"]) == (title, "Süd, Inc.")
    assert [row["ID"] for row in rows] == [one["id"] for one in _page(own, list_id)["items"]]
    assert own.http.get(f"{path}/nowhere/export", headers=KEY).status_code == 404


def test_an_export_of_the_first_list_needs_a_real_reader_of_csv(box: Sandbox) -> None:
    (first,) = box.truth()["leadiq"]["lists"]
    answer = box.http.get(f"/prospector/v1/lists/{first['id']}/export", headers=KEY)
    text = answer.content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["ID"] for row in rows] == [one["id"] for one in first["prospects"]]
    assert any("\n" in row["Address"] for row in rows)
    assert any('"' in row["Title"] for row in rows)
    assert any("," in row["Title"] for row in rows)
    assert not text.isascii()


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"kind": "status", "status": 429, "headers": {"retry-after": "1"}}, 429),
        ({"kind": "status", "status": 402}, 402),
    ],
)
def test_a_refusal_on_order_speaks_prospectors_language(box: Sandbox, fault: dict[str, Any], status: int) -> None:
    (first,) = box.truth()["leadiq"]["lists"]
    box.order({"provider": "leadiq", "operation": "listProspects", **fault})
    answer = box.http.get(f"/prospector/v1/lists/{first['id']}/prospects", headers=KEY)
    assert answer.status_code == status
    assert set(answer.json()) == {"message"}
    box.order({"provider": "leadiq", "operation": "listProspects", "kind": "expire"})
    page = _page(box, first["id"], limit=5)
    path = f"/prospector/v1/lists/{first['id']}/prospects"
    expired = box.http.get(path, headers=KEY, params={"cursor": page["nextCursor"]})
    assert (expired.status_code, expired.json()) == (400, {"message": "Cursor has expired"})


def test_a_list_that_was_lost_on_the_way_is_there_and_one_refused_is_not(own: Sandbox) -> None:
    own.order({"provider": "leadiq", "operation": "createList", "kind": "status", "status": 500})
    assert _create(own).status_code == 500
    assert len(own.truth()["leadiq"]["lists"]) == 1
    own.order({"provider": "leadiq", "operation": "createList", "kind": "truncate"})
    with pytest.raises(httpx.RemoteProtocolError):
        _create(own)
    assert _create(own).status_code == 409


def test_who_comes_and_goes_while_a_list_is_read_is_met_as_behind_a_cursor(box: Sandbox) -> None:
    (first,) = box.truth()["leadiq"]["lists"]
    everyone = [one["id"] for one in first["prospects"]]
    for what, expected in (
        ("insert_front", everyone[30:]),
        ("remove", everyone[30:]),
        ("update", everyone[30:]),
    ):
        box.http.delete("/sandbox/faults")
        page = _page(box, first["id"], limit=30)
        box.order({"provider": "leadiq", "operation": "listProspects", "kind": "change", "what": what, "by": 2})
        rest = _page(box, first["id"], limit=100, cursor=page["nextCursor"])
        assert [one["id"] for one in rest["items"]] == expected[:100], what
    box.order({"provider": "leadiq", "operation": "listProspects", "kind": "change", "what": "insert_back", "by": 2})
    now = [one["id"] for one in _everyone(box, first["id"], 30)]
    assert now[:-2] == everyone
    assert len(set(now)) == len(everyone) + 2
    box.order({"provider": "leadiq", "operation": "listProspects", "kind": "change", "what": "remove", "by": 2})
    assert [one["id"] for one in _everyone(box, first["id"], 30)] == everyone[2:]
