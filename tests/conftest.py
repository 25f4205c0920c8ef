"""Fixtures: sandboxes and houses."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.house import SHARED, House, Sandbox, living_in, running_sandbox


def pytest_configure() -> None:
    """Makes the folder that the test processes of this run share; they find its name in their environment."""
    if SHARED not in os.environ:
        os.environ[SHARED] = tempfile.mkdtemp(prefix="leadhouse-shared-")


def pytest_unconfigure() -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        shutil.rmtree(os.environ.pop(SHARED), ignore_errors=True)


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
