"""The providers on one local HTTP server, with a control desk under ``/sandbox``."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import letrics
from sandbox.contactout import ContactOut, refusals
from sandbox.documented import Documented
from sandbox.exchange import Answer, Asked, Operation
from sandbox.faults import Faults, UnreadableFault, read_orders
from sandbox.leadiq import LeadIQ
from sandbox.letrics import Letrics
from sandbox.settings import CONTACTOUT_TOKEN, LEADIQ_KEY, LETRICS_KEY, Settings
from sandbox.spoil import spoilt
from sandbox.tariff import UnreadableTariff, check_operation, quota_of, read_charges, read_quotas
from sandbox.till import OUT_OF_CREDITS
from sandbox.truth import Truth
from sandbox.wire import TransportProtocol, response_to, status_on_the_wire
from sandbox.world import World

Info = dict[str, Any]
OnReady = Callable[[Info], None]
# Faults after which a page has still been served, and may be served again.
REPEATABLE = frozenset({"stall", "slow", "merge", "record", "repeat"})


def serve(settings: Settings | None = None, on_ready: OnReady | None = None) -> None:
    """Serve until interrupted (Ctrl-C, SIGTERM), then return.

    ``on_ready`` is called once, when the server answers, with the base URLs and keys (see :func:`describe`).
    """
    settings = settings or Settings()
    with _listener(settings.port) as listener:
        _Server(settings, listener, on_ready).run(sockets=[listener])


@contextlib.contextmanager
def running(settings: Settings | None = None) -> Iterator[Info]:
    """A sandbox in a thread of this process, for as long as the ``with`` block lasts."""
    settings = settings or Settings()
    ready: list[Info] = []
    answering = threading.Event()

    def note(info: Info) -> None:
        ready.append(info)
        answering.set()

    with _listener(settings.port) as listener:
        server = _Server(settings, listener, note)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="sandbox", daemon=True)
        thread.start()
        try:
            while not answering.wait(0.05):
                if not thread.is_alive():
                    raise RuntimeError("The sandbox ended before it answered.")
            yield ready[0]
        finally:
            server.should_exit = True
            thread.join()


def describe(port: int) -> Info:
    """Where each provider answers and with which key."""
    base = f"http://127.0.0.1:{port}"
    return {
        "base_url": base,
        "leadiq": {
            "base_url": f"{base}/leadiq",
            "prospector_base_url": f"{base}/prospector",
            "api_key": LEADIQ_KEY,
        },
        "contactout": {"base_url": f"{base}/contactout", "api_token": CONTACTOUT_TOKEN},
        "letrics": {"base_url": f"{base}/letrics", "api_key": LETRICS_KEY},
        "examples": {
            "leadiq": f"{base}/examples/leadiq",
            "contactout": f"{base}/examples/contactout",
            "letrics": f"{base}/examples/letrics",
        },
        "control": f"{base}/sandbox",
    }


def application(world: World) -> Starlette:
    """Every provider's table of routes, and the control desk."""
    providers = LeadIQ(world), ContactOut(world), Letrics(world)
    faults = Faults()
    previous: dict[tuple[str, str], Answer] = {}
    tables = [*(provider.operations() for provider in providers), Documented(world.settings).operations()]
    desk = ControlDesk(world, faults, Truth(world.population, *providers))
    routes = [
        Route(operation.path, _endpoint(world, faults, previous, operation), methods=[operation.method])
        for table in tables
        for operation in table
    ]
    return Starlette(routes=[*routes, *desk.routes()], exception_handlers={404: _not_found, 400: _bad_control})


def _endpoint(
    world: World, faults: Faults, previous: dict[tuple[str, str], Answer], operation: Operation
) -> Callable[[Request], Awaitable[Response]]:
    """Answer, price, spoil and book one operation; ``previous`` holds what each operation served last."""

    async def answer(request: Request) -> Response:
        asked = Asked(
            method=request.method,
            path=request.url.path,
            query=request.url.query,
            params=tuple(request.query_params.multi_items()),
            headers=dict(request.headers),
            body=await request.body(),
            changes=partial(faults.changes_for, operation.provider),
        )
        given = operation.answer(asked)
        name = given.operation or operation.name
        given = world.till.priced(operation.provider, name, given)
        if not world.till.covers(operation.provider, given.credits):
            refused = operation.refuse(OUT_OF_CREDITS[operation.provider], None)
            assert refused is not None, "out of credits is documented wherever credits are charged"
            given = refused
        key = operation.provider, name
        fault = faults.next_for(*key, given, previous.get(key))
        served = given if fault is None else spoilt(given, fault, operation.refuse, previous.get(key))
        if not given.refused and (fault is None or fault.kind in REPEATABLE):
            # What was merged over a page may have left no page.
            previous[key] = given if fault is not None and fault.kind == "merge" else served
        charged = fault is None or fault.charge
        if charged and given.takes_effect is not None:
            given.takes_effect()
        entry = world.books.record(
            provider=operation.provider,
            operation=name,
            status=status_on_the_wire(served, fault),
            records=served.records if charged else 0,
            credits=served.credits if charged else {},
            fingerprint=asked.fingerprint,
            day=world.calendar.today,
            fault=fault.kind if fault else faults.changed_by(*key),
            violation=given.violation,
        )
        response = response_to(served, fault)
        world.archive.keep(entry.n, asked, bytes(response.body))
        return response

    return answer


class ControlDesk:
    """Everything a test may turn or read: the clock, the books, prices, quotas, the rates, the truth, the faults."""

    def __init__(self, world: World, faults: Faults, truth: Truth) -> None:
        self._world = world
        self._faults = faults
        self._truth = truth

    def routes(self) -> list[Route]:
        """The desk's table of routes."""
        return [
            Route("/sandbox/clock", self._read_clock, methods=["GET"]),
            Route("/sandbox/clock", self._set_clock, methods=["PUT"]),
            Route("/sandbox/books", self._read_books, methods=["GET"]),
            Route("/sandbox/books", self._close_books, methods=["DELETE"]),
            Route("/sandbox/exchanges", self._read_exchanges, methods=["GET"]),
            Route("/sandbox/use", self._book_another_user, methods=["POST"]),
            Route("/sandbox/charges", self._read_charges, methods=["GET"]),
            Route("/sandbox/charges", self._change_charges, methods=["PUT"]),
            Route("/sandbox/charges", self._restore_charges, methods=["DELETE"]),
            Route("/sandbox/quotas", self._read_quotas, methods=["GET"]),
            Route("/sandbox/quotas", self._change_quotas, methods=["PUT"]),
            Route("/sandbox/quotas", self._restore_quotas, methods=["DELETE"]),
            Route("/sandbox/rates", self._read_rates, methods=["GET"]),
            Route("/sandbox/truth", self._read_truth, methods=["GET"]),
            Route("/sandbox/faults", self._order_faults, methods=["PUT"]),
            Route("/sandbox/faults", self._clear_faults, methods=["DELETE"]),
        ]

    async def _read_clock(self, _request: Request) -> Response:
        return JSONResponse({"date": self._world.calendar.today.isoformat()})

    async def _set_clock(self, request: Request) -> Response:
        try:
            day = dt.date.fromisoformat((await _json(request))["date"])
        except (KeyError, TypeError, ValueError) as error:
            raise HTTPException(400, 'The clock takes {"date": "YYYY-MM-DD"}.') from error
        self._world.calendar.move_to(day)
        return await self._read_clock(request)

    async def _read_books(self, _request: Request) -> Response:
        return JSONResponse(self._world.books.as_json())

    async def _read_exchanges(self, _request: Request) -> Response:
        return JSONResponse(self._world.archive.as_json())

    async def _close_books(self, _request: Request) -> Response:
        self._world.books.close()
        self._world.rates.forget()
        self._world.archive.forget()
        return Response(status_code=204)

    async def _book_another_user(self, request: Request) -> Response:
        """Book a request of somebody else with the same account; one that it cannot pay is refused, and booked as such."""
        use = _read_use(await _json(request))
        covered = self._world.till.covers(use.provider, use.credits)
        entry = self._world.books.record(
            provider=use.provider,
            operation=use.operation,
            status=200 if covered else OUT_OF_CREDITS[use.provider],
            records=0,
            credits=use.credits if covered else {},
            fingerprint="",
            day=self._world.calendar.today,
            user=use.user,
        )
        return JSONResponse(asdict(entry), 200 if covered else 409)

    async def _read_charges(self, _request: Request) -> Response:
        return JSONResponse(self._world.till.charges)

    async def _change_charges(self, request: Request) -> Response:
        self._world.till.change_charges(_read_tariff(read_charges, await _json(request)))
        return await self._read_charges(request)

    async def _restore_charges(self, _request: Request) -> Response:
        self._world.till.change_charges({})
        return Response(status_code=204)

    async def _read_quotas(self, _request: Request) -> Response:
        return JSONResponse(self._world.till.quotas)

    async def _change_quotas(self, request: Request) -> Response:
        self._world.till.change_quotas(_read_tariff(read_quotas, await _json(request)))
        return await self._read_quotas(request)

    async def _restore_quotas(self, _request: Request) -> Response:
        self._world.till.change_quotas({})
        return Response(status_code=204)

    async def _read_rates(self, _request: Request) -> Response:
        return JSONResponse(self._world.rates.as_json())

    async def _read_truth(self, _request: Request) -> Response:
        return JSONResponse(self._truth.on(self._world.calendar.today))

    async def _order_faults(self, request: Request) -> Response:
        await _json(request)
        try:
            faults = read_orders(await request.body())
        except UnreadableFault as problem:
            raise HTTPException(400, str(problem)) from problem
        self._faults.order(faults)
        return JSONResponse({"faults": len(faults)})

    async def _clear_faults(self, _request: Request) -> Response:
        self._faults.order([])
        return Response(status_code=204)


@dataclass(frozen=True, slots=True)
class _Use:
    """What another user of an account asked, and its credits by type."""

    provider: str
    operation: str
    credits: dict[str, float]
    user: str = "another user"


def _read_use(written: Any) -> _Use:
    try:
        use = _Use(**written)
        check_operation(use.provider, use.operation)
        credits = {name: quota_of(f"{use.provider}.{name}", amount) for name, amount in use.credits.items()}
    except (AttributeError, TypeError) as error:
        form = '{"provider": …, "operation": …, "credits": {"uc": 1}}, and may name a "user"'
        raise HTTPException(400, f"A use is {form}.") from error
    except UnreadableTariff as problem:
        raise HTTPException(400, str(problem)) from problem
    if not isinstance(use.user, str) or not use.user:
        raise HTTPException(400, "A user's name is text.")
    return replace(use, credits=credits)


def _read_tariff(read: Callable[[Any], dict[str, float]], written: Any) -> dict[str, float]:
    try:
        return read(written)
    except UnreadableTariff as problem:
        raise HTTPException(400, str(problem)) from problem


async def _json(request: Request) -> Any:
    try:
        return json.loads(await request.body())
    except ValueError as error:
        raise HTTPException(400, "The body is not JSON.") from error


async def _bad_control(_request: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)
    return JSONResponse({"error": problem.detail}, 400)


async def _not_found(request: Request, _problem: Exception) -> Response:
    """Where nothing is, each provider says so in its own way."""
    path = request.url.path.removeprefix("/examples")
    if path.startswith("/contactout/"):
        return JSONResponse(refusals.refusal(404, "Not found").body, 404)
    if path.startswith("/letrics/"):
        return JSONResponse(letrics.refusal(404, "There is no such collection.").body, 404)
    return JSONResponse({"error": "Not found"}, 404)


def _listener(port: int) -> socket.socket:
    # Named as TCP, asyncio switches Nagle's algorithm off; left at 0, every answer would wait 40 ms for an ACK.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    return listener


class _Server(uvicorn.Server):
    """uvicorn, quiet, saying when it is ready, and ending in peace on a signal."""

    def __init__(self, settings: Settings, listener: socket.socket, on_ready: OnReady | None) -> None:
        self._port: int = listener.getsockname()[1]
        self._on_ready = on_ready
        config = uvicorn.Config(
            application(World.from_settings(settings)),
            http=TransportProtocol,
            ws="none",
            loop="asyncio",
            lifespan="off",
            access_log=False,
            log_config=None,
            log_level="critical",
            server_header=False,
            # A stalled answer must not keep the process from ending.
            timeout_graceful_shutdown=1,
        )
        super().__init__(config)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and tell who waits for it."""
        await super().startup(sockets)
        if self._on_ready is not None:
            self._on_ready(describe(self._port))

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take Ctrl-C and SIGTERM as a wish to end; uvicorn would raise them again afterwards."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        wished = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self.handle_exit) for number in wished}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
