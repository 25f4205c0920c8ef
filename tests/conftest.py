"""Fixtures: sandboxes and houses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.house import House, Sandbox, living_in, running_sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox of one's own."""
    with running_sandbox() as one:
        yield one


@pytest.fixture
def house(tmp_path: Path, sandbox: Sandbox) -> House:
    """A house that has asked nobody yet, connected to the sandbox."""
    return House(tmp_path).configure(sandbox.info).prepare()


@pytest.fixture
def inside() -> Iterator[Callable[[Path], None]]:
    """Goes into a folder as a process would that begins there."""
    with ExitStack() as stack:
        yield lambda place: stack.enter_context(living_in(place))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Folders that live as long as the module's tests."""
    return lambda name: tmp_path_factory.mktemp(name)
