"""Sandboxes started as processes on free ports, and how to read one to its end."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

PROJECT = Path(__file__).parents[2]
HEADERS = {
    "leadiq": {"Authorization": "Basic " + base64.b64encode(b"sandbox-leadiq-key:").decode()},
    "contactout": {"token": "sandbox-contactout-token"},
    "letrics": {"Authorization": "Bearer sandbox-letrics-key"},
}
TRACKED_CONTACTS = """
query ($cursor: Cursor, $detectedAfter: LocalDate, $uniqueOnly: Boolean, $importId: String) {
  trackedContacts(
    limit: 100, cursor: $cursor, detectedAfter: $detectedAfter, uniqueOnly: $uniqueOnly, importId: $importId
  ) {
    edges { cursor node {
      id contactCountry firstName lastName lastKnownCompany lastKnownCompanyDomain lastKnownTitle linkedIn company
      companyDomain companyCountry companyState title jobChangeDetected jobStartDate email emailStatus phones workPhones
      companySize companyIndustry companyLinkedIn titleLevel titleDomain referenceId externalRecordId jobChangeType
      duplicateRecordIds duplicateAccountIds
    } }
    pageInfo { total startCursor endCursor hasPreviousPage hasNextPage }
    isProcessing totalSubscriptionContactsUsed totalSubscriptionContactsRemaining
  }
}
"""
TRACKED_COMPANIES = """
query ($after: ID) {
  trackedCompanies(first: 25, after: $after) {
    edges { cursor node { id name domain customData } }
    pageInfo { total endCursor hasNextPage }
  }
}
"""


class Sandbox:
    """A client of one running sandbox."""

    def __init__(self, process: subprocess.Popen[str], info: dict[str, Any]) -> None:
        self.process = process
        self.info = info
        self.http = httpx.Client(base_url=info["base_url"], timeout=20)

    def leadiq(self, query: str, /, *, at: str = "/leadiq/graphql", **variables: Any) -> httpx.Response:
        """Send a GraphQL query."""
        return self.http.post(at, headers=HEADERS["leadiq"], json={"query": query, "variables": variables})

    def search(self, **wanted: Any) -> httpx.Response:
        """Search people at ContactOut."""
        return self.http.post("/contactout/v1/people/search", headers=HEADERS["contactout"], json=wanted)

    def count(self, **wanted: Any) -> httpx.Response:
        """Count people at ContactOut."""
        return self.http.post("/contactout/v1/people/count", headers=HEADERS["contactout"], json=wanted)

    def stats_answer(self, **params: str) -> httpx.Response:
        """Ask ContactOut for its statistics."""
        return self.http.get("/contactout/v1/stats", headers=HEADERS["contactout"], params=params)

    def stats(self, **params: str) -> dict[str, Any]:
        """ContactOut's statistics."""
        answer = self.stats_answer(**params)
        assert answer.status_code == 200, answer.text
        read: dict[str, Any] = answer.json()
        return read

    def letrics(self, resource: str, params: dict[str, Any] | None = None) -> httpx.Response:
        """Ask Letrics by GET."""
        return self.http.get(f"/letrics/{resource}", headers=HEADERS["letrics"], params=params)

    def move_to(self, day: str) -> None:
        """Set the calendar."""
        assert self.http.put("/sandbox/clock", json={"date": day}).json() == {"date": day}

    def books(self) -> dict[str, Any]:
        """The provider's books."""
        read: dict[str, Any] = self.http.get("/sandbox/books").json()
        return read

    def truth(self) -> dict[str, Any]:
        """The answer key of the day."""
        read: dict[str, Any] = self.http.get("/sandbox/truth").json()
        return read

    def order(self, *faults: dict[str, Any]) -> None:
        """Order faults."""
        # As ASCII, since httpx's own JSON has no way to say a lone surrogate.
        answer = self.http.put("/sandbox/faults", content=json.dumps(faults))
        assert answer.status_code == 200, answer.text

    def events(self, **variables: Any) -> list[dict[str, Any]]:
        """Every tracked contact's event, in order, by cursor."""
        return self._connection("trackedContacts", TRACKED_CONTACTS, "cursor", variables)

    def tracked_companies(self) -> list[dict[str, Any]]:
        """Every tracked company, by cursor."""
        return self._connection("trackedCompanies", TRACKED_COMPANIES, "after", {})

    def profiles(self, **wanted: Any) -> list[tuple[str, dict[str, Any]]]:
        """Every profile of a search with its key, page by page."""
        found: list[tuple[str, dict[str, Any]]] = []
        for page in range(1, 1000):
            answer = self.search(page=page, **wanted).json()
            if not answer["profiles"]:
                assert answer["metadata"]["total_results"] == len(found)
                return found
            found += answer["profiles"].items()
        raise AssertionError("A search without end")

    def collection(self, resource: str, **params: Any) -> list[dict[str, Any]]:
        """Every record of a Letrics collection, page by page."""
        found: list[dict[str, Any]] = []
        for page in range(1, 1000):
            answer = self.letrics(resource, {**params, "page": page, "per_page": 40}).json()
            found += answer["data"]
            if len(answer["data"]) < 40:
                return found
        raise AssertionError("A collection without end")

    def _connection(self, field: str, query: str, argument: str, variables: dict[str, Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        position: str | None = None
        while True:
            answer = self.leadiq(query, **{**variables, argument: position})
            assert answer.status_code == 200, answer.text
            page = answer.json()["data"][field]
            assert len(page["edges"]) <= 25
            found += [edge["node"] for edge in page["edges"]]
            if not page["pageInfo"]["hasNextPage"]:
                assert page["pageInfo"]["total"] == len(found)
                return found
            position = page["pageInfo"]["endCursor"]


Start = Callable[..., Sandbox]


def _launch(*options: str) -> Sandbox:
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", *options],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, process.stderr.read() if process.stderr else "no word from the sandbox"
    return Sandbox(process, json.loads(line))


def _end(sandbox: Sandbox) -> None:
    sandbox.http.close()
    sandbox.process.terminate()
    sandbox.process.communicate(timeout=10)


def _started() -> Iterator[Start]:
    started: list[Sandbox] = []

    def launch(*options: str) -> Sandbox:
        started.append(_launch(*options))
        return started[-1]

    yield launch
    for sandbox in started:
        _end(sandbox)


@pytest.fixture(scope="session")
def shared() -> Iterator[Sandbox]:
    """One sandbox for all tests that leave it as they found it."""
    sandbox = _launch("--rate-scale", "1000")
    yield sandbox
    _end(sandbox)


@pytest.fixture
def box(shared: Sandbox) -> Sandbox:
    """The shared sandbox on its first day, with empty books and no faults."""
    shared.move_to("2026-03-02")
    shared.http.delete("/sandbox/faults")
    shared.http.delete("/sandbox/books")
    return shared


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a sandbox with command-line options of the test's own."""
    yield from _started()


@pytest.fixture(scope="module")
def module_start() -> Iterator[Start]:
    """Start a sandbox for all tests of a module."""
    yield from _started()
