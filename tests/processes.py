"""`leadhouse` processes for tests: of their own, forked from one that has imported everything (`tests/warm.py`)."""

from __future__ import annotations

import atexit
import itertools
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent


class Server:
    """One for this test process, from the first order to its end."""

    def __init__(self) -> None:
        self._home = tempfile.TemporaryDirectory(prefix="leadhouse-tests-")
        self._lock = threading.Lock()
        self._orders = itertools.count()
        # Threads of numpy's would be lost with each fork.
        own = {"HOME": self._home.name, "PYTHONPATH": str(PROJECT), "OPENBLAS_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.warm"],
            cwd=self._home.name,
            env={**os.environ, **own},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._home.cleanup()

    def start(
        self,
        arguments: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        plan: Mapping[str, Any] | None = None,
    ) -> Process:
        """Starts `leadhouse …`.

        Args:
            plan: where it is killed, and which protections it does without; see `tests/crash/instrument.py`.
        """
        number = next(self._orders)
        out, err = (Path(self._home.name) / f"{number}.{name}" for name in ("out", "err"))
        order = {
            "arguments": [*arguments],
            "folder": str(folder),
            "environment": dict(environment),
            "out": str(out),
            "err": str(err),
            "plan": dict(plan) if plan is not None else None,
        }
        return Process(self, int(self.ask({"start": order})["pid"]), out, err)

    def ask(self, order: dict[str, Any]) -> dict[str, Any]:
        """The answer to an order."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


@dataclass
class Process:
    """A running process; its methods are those of `subprocess.Popen`."""

    server: Server
    pid: int
    out: Path
    err: Path
    returncode: int | None = field(default=None, init=False)

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = self.server.ask({"poll": self.pid})["code"]
        return self.returncode

    def wait(self, timeout: float) -> int:
        deadline = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("leadhouse", timeout)
            time.sleep(0.005)
        return code

    def communicate(self, timeout: float = 120) -> tuple[str, str]:
        """What it wrote to standard output and standard error, when it has ended."""
        self.wait(timeout)
        return self.out.read_text(), self.err.read_text()

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


@cache
def server() -> Server:
    """This test process's server."""
    one = Server()
    atexit.register(one.close)
    return one
