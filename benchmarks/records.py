"""A server that does nothing but serve contacts in Letrics' form, as many as one likes: it starts at once.

    python -m benchmarks.records COUNT

The sandbox invents its people one by one and filters them all for each page, which takes longer than what is measured
at hundreds of thousands. The contacts here are those of a small sandbox over and over, each time under other ids.
"""

from __future__ import annotations

import datetime as dt
import json
import socket
import sys
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.letrics import Directory
from sandbox.population import invent

PEOPLE, COMPANIES = 3_000, 400
DAY = dt.date(2026, 3, 2)


def application(count: int) -> Starlette:
    contacts = [one.record for one in Directory(invent(7, PEOPLE, COMPANIES, DAY)).contacts_on(DAY)]

    def contact(number: int) -> dict[str, Any]:
        again, one = divmod(number, len(contacts))
        record = contacts[one]
        slug = record["linkedin_url"]
        return {
            **record,
            "id": f"{record['id']}-{again}",
            "linkedin_url": slug and f"{slug.rstrip('/')}-{again}",
            "emails": [f"{again}.{email}" for email in record["emails"]],
        }

    async def page(request: Request) -> Response:
        number, size = int(request.query_params["page"]), int(request.query_params["per_page"])
        total = count if request.url.path == "/contacts" else 0
        shown = range((number - 1) * size, min(number * size, total))
        meta = {"page": number, "per_page": size, "total": total}
        body = {"data": [contact(one) for one in shown], "meta": meta, "errors": []}
        return Response(json.dumps(body, separators=(",", ":")).encode(), media_type="application/json")

    return Starlette(routes=[Route("/contacts", page), Route("/companies", page)])


def main(count: int) -> None:
    app = application(count)
    # Named as TCP, so that asyncio sends small answers at once.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        sys.stdout.write(json.dumps({"base_url": f"http://127.0.0.1:{listener.getsockname()[1]}"}) + "\n")
        sys.stdout.flush()
        uvicorn.Server(uvicorn.Config(app, access_log=False, log_config=None, lifespan="off", ws="none")).run(
            [listener]
        )


if __name__ == "__main__":
    main(int(sys.argv[1]))
