"""How answers leave: whole, late, cut short, or not at all."""

from __future__ import annotations

import asyncio
import math
import socket
import struct
from itertools import pairwise
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from sandbox import exact
from sandbox.exchange import Answer
from sandbox.faults import Fault

TRANSPORT = "sandbox.transport"
# Lingering for zero seconds makes close() send RST, as a crashed peer does.
RESET_ON_CLOSE = struct.pack("ii", 1, 0)
PIECES_A_SECOND = 20


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


class SlowResponse(Response):
    """The right answer, a few bytes at a time."""

    seconds = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the body in equal pieces; the last of them ends it when the time is over."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        body = bytes(self.body)
        pieces = max(1, min(len(body), math.ceil(self.seconds * PIECES_A_SECOND)))
        for start, end in pairwise(round(len(body) * n / pieces) for n in range(pieces + 1)):
            await asyncio.sleep(self.seconds / pieces)
            await send({"type": "http.response.body", "body": body[start:end], "more_body": end < len(body)})


def response_to(answer: Answer, fault: Fault | None) -> Response:
    """The response that delivers an answer, as badly as ordered."""
    kind = fault.kind if fault else None
    if kind == "reset":
        return ResetResponse()
    given = exact.write(answer.body), answer.status, dict(answer.headers), answer.media_type
    if fault is not None and kind == "stall":
        stalled = StalledResponse(*given)
        stalled.seconds = fault.seconds
        return stalled
    if fault is not None and kind == "slow":
        slow = SlowResponse(*given)
        slow.seconds = fault.seconds
        return slow
    return TruncatedResponse(*given) if kind == "truncate" else Response(*given)


def status_on_the_wire(answer: Answer, fault: Fault | None) -> int:
    """The status the client sees; 0 when there is none."""
    return 0 if fault is not None and fault.kind == "reset" else answer.status
