"""Fixtures: sandboxes and houses."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.house import SHARED, House, Sandbox, living_in, running_sandbox, state_of_the_code


def pytest_configure(config: pytest.Config) -> None:
    """Names the folder that the test processes of this run share, and later runs of the same code; it is in pytest's cache."""
    if SHARED not in os.environ:
        cache = config.cache.mkdir("leadhouse")
        folder = cache / state_of_the_code()
        if not folder.exists():
            for older in cache.iterdir():
                shutil.rmtree(older, ignore_errors=True)
            folder.mkdir()
        os.environ[SHARED] = str(folder)


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
