"""How tests call ContactOut's endpoints."""

from __future__ import annotations

from typing import Any

import httpx

from tests.sandbox.conftest import HEADERS, Sandbox


def get(box: Sandbox, path: str, /, **params: str) -> httpx.Response:
    """Ask by GET."""
    return box.http.get(f"/contactout/{path}", headers=HEADERS["contactout"], params=params)


def post(box: Sandbox, path: str, /, **body: Any) -> httpx.Response:
    """Ask by POST."""
    return box.http.post(f"/contactout/{path}", headers=HEADERS["contactout"], json=body)


def charged(box: Sandbox) -> dict[str, float]:
    """What was charged since the books were last closed, which are closed now."""
    credits: dict[str, float] = box.books()["credits"]["contactout"]
    box.http.delete("/sandbox/books")
    return credits


def people(box: Sandbox) -> list[dict[str, Any]]:
    """Everybody ContactOut knows today, with the contact points by which they are known."""
    known: list[dict[str, Any]] = box.truth()["contactout"]["people"]
    return known


def only(answer: httpx.Response) -> Any:
    """The profile of an answer."""
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body.keys() == {"status_code", "profile"}
    return body["profile"]
