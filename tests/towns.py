"""Fixtures: a sandbox where everything undocumented is free, one that charges for everything, and desks in them."""

from __future__ import annotations

import os
import shutil
import ssl
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from sources.metered import client
from tests.desk import (
    Desk,
    Pauses,
    Resource,
    Undisturbed,
    prepare_journal,
    sandbox_options,
)
from tests.house import DAYS, Sandbox, running_sandbox

TRUST = ssl.create_default_context()
NewDesk = Callable[..., Desk]


@pytest.fixture(scope="module")
def towns() -> Iterator[Callable[[str], Sandbox]]:
    """The sandbox of an account, started when it is first asked for."""
    with ExitStack() as stack:
        started: dict[str, Sandbox] = {}

        def town(account: str) -> Sandbox:
            if account not in started:
                started[account] = stack.enter_context(running_sandbox(*sandbox_options(account)))
            return started[account]

        yield town


@pytest.fixture(scope="module")
def room() -> Iterator[Path]:
    """A folder in memory where there is one: hundreds of journals are flushed to it."""
    memory = Path("/dev/shm")
    where = memory if memory.is_dir() and os.access(memory, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="leadhouse-faults-", dir=where) as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def prepared(towns: Callable[[str], Sandbox], room: Path) -> Path:
    return prepare_journal(towns("free"), room / "prepared.sqlite")


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> Pauses:
    """Waiting in small."""
    short = Pauses()
    # Nobody on this machine shows a certificate; reading those of the authorities takes a quarter of the time.
    monkeypatch.setattr(httpx, "Client", partial(httpx.Client, verify=TRUST))
    monkeypatch.setattr(client, "LOST_PAID_PAUSE", 0.01)
    monkeypatch.setattr(client, "random", short)
    return short


@pytest.fixture
def desks(towns: Callable[[str], Sandbox], room: Path, prepared: Path, pauses: Pauses) -> Iterator[NewDesk]:
    """Desks that know the form of each key already, so that the first request is the resource's own."""
    with ExitStack() as stack:
        yield partial(_new_desk, stack, towns, room, pauses, prepared)


@pytest.fixture
def strange_desks(towns: Callable[[str], Sandbox], room: Path, pauses: Pauses) -> Iterator[NewDesk]:
    """Desks that know nothing of any key."""
    with ExitStack() as stack:
        yield partial(_new_desk, stack, towns, room, pauses, None)


def _new_desk(
    stack: ExitStack,
    towns: Callable[[str], Sandbox],
    room: Path,
    pauses: Pauses,
    prepared: Path | None,
    resource: Resource,
    town: Sandbox | None = None,
    **more: Any,
) -> Desk:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=room)))
    if prepared is not None:
        shutil.copy(prepared, folder / "journal.sqlite")
    town = town or towns(resource.account)
    town.no_faults()
    town.http.delete("/sandbox/books").raise_for_status()
    town.move_to(DAYS[0])
    desk = Desk(resource, town, folder, pauses, **more)
    stack.callback(desk.close)
    stack.callback(town.no_faults)
    return desk


@pytest.fixture(scope="module")
def _wholes() -> dict[Resource, Undisturbed]:
    return {}


@pytest.fixture
def whole(desks: NewDesk, _wholes: dict[Resource, Undisturbed]) -> Callable[[Resource], Undisturbed]:
    """What a resource holds when nobody disturbs it; read once."""

    def read(resource: Resource) -> Undisturbed:
        if resource not in _wholes:
            _wholes[resource] = desks(resource).undisturbed()
        return _wholes[resource]

    return read
