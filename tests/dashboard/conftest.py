"""Fixtures: a browser, and dashboards of invented credits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from dashboard import Document, render
from leadhouse.dashboard import read_document
from leadhouse.settings import Settings
from tests.dashboard.browser import Opened, chromium, opened
from tests.dashboard.invented import BUDGETS, NOW, Tables, ledger, published

Open = Callable[..., AbstractContextManager[Opened]]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


@pytest.fixture(scope="session")
def tables() -> Tables:
    """120 days of two paid providers and a free one."""
    return ledger(120)


@pytest.fixture(scope="session")
def document(tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> Document:
    """The same as the command reads it."""
    path = published(tmp_path_factory.mktemp("published") / "leads.duckdb", tables)
    settings = Settings.model_validate({"leadhouse": {"published": str(path)}, "budget": BUDGETS})
    return read_document(settings, NOW)


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Open:
    """Opens a document's page."""

    def show_one(document: Document, **context: Any) -> AbstractContextManager[Opened]:
        path = tmp_path / "dashboard.html"
        path.write_text(render(document), encoding="utf-8")
        return opened(browser, path, **context)

    return show_one
