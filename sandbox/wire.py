"""How answers leave: whole, late, cut short, or not at all."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from sandbox.exchange import Answer
from sandbox.faults import Fault

TRANSPORT = "sandbox.transport"
# Lingering for zero seconds makes close() send RST, as a crashed peer does.
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class TransportProtocol(H11Protocol):
    """uvicorn's HTTP, with the connection itself within reach of a response that must break it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Put the transport into the scope of every request on this connection."""
        super().connection_made(transport)
        answer = self.app

        async def with_transport(scope: Any, receive: Any, send: Any) -> None:
            scope[TRANSPORT] = transport
            await answer(scope, receive, send)

        self.app = with_transport


class ResetResponse(Response):
    """Closes the connection without a byte."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Reset, then wait until uvicorn has noticed, else it would complain of an answer that never came."""
        transport: asyncio.Transport = scope[TRANSPORT]
        connection: socket.socket | None = transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass


class TruncatedResponse(Response):
    """Promises the whole body, sends half of it, and hangs up."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send half; closing (not aborting) lets that half arrive."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        scope[TRANSPORT].close()
        while (await receive())["type"] != "http.disconnect":
            pass


class StalledResponse(Response):
    """The right answer, held back."""

    seconds = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait, then answer as if nothing had happened."""
        await asyncio.sleep(self.seconds)
        await super().__call__(scope, receive, send)


def response_to(answer: Answer, fault: Fault | None) -> Response:
    """The response for an answer, spoilt as ordered."""
    content, headers = _encode(answer.body), dict(answer.headers)
    if fault is None:
        return Response(content, answer.status, headers, "application/json")
    headers |= fault.headers
    if fault.kind == "reset":
        return ResetResponse()
    if fault.kind == "truncate":
        return TruncatedResponse(content, answer.status, headers, "application/json")
    if fault.kind == "malformed":
        # Well-delivered bytes that are no JSON: the last closing bracket is missing.
        return Response(content.rstrip()[:-1], answer.status, headers, "application/json")
    if fault.kind == "html":
        page = "<!doctype html><title>Sandbox</title><h1>This is not the answer</h1>"
        return Response(page, fault.status or 200, headers, "text/html")
    if fault.kind == "stall":
        stalled = StalledResponse(content, answer.status, headers, "application/json")
        stalled.seconds = fault.seconds
        return stalled
    body = {} if fault.kind == "status" and fault.body is None else fault.body
    return Response(_encode(body), fault.status or 200, headers, "application/json")


def status_on_the_wire(answer: Answer, fault: Fault | None) -> int:
    """The status the client sees; 0 when there is none."""
    if fault is None or fault.kind in {"stall", "truncate", "malformed"}:
        return answer.status
    return 0 if fault.kind == "reset" else fault.status or 200


def _encode(body: Any) -> bytes:
    if isinstance(body, bytes):
        return body
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
