"""Fixtures: sandboxes and houses."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.house import House, Sandbox, running_sandbox


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
    """Goes into a folder as a process would that begins there.

    dlt reads a folder's configuration and keys once and keeps them: a test that came later would find those of this one.
    """
    from dlt.common.configuration.container import Container
    from dlt.common.configuration.specs.pluggable_run_context import PluggableRunContext

    def go(place: Path) -> None:
        os.chdir(place)
        Container()[PluggableRunContext].reload(str(place))

    home = Path.cwd()
    yield go
    go(home)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Folders that live as long as the module's tests."""
    return lambda name: tmp_path_factory.mktemp(name)
