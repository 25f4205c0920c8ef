"""A page in headless Chromium, and what the browser saw of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

OPTIONS = (
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's own Chromium.

    Skips the test where there is none; fails it where the environment says `LEADHOUSE_BROWSER=required`.
    """
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        reason = "There is no Chromium on the PATH; install one (Debian: apt-get install chromium)."
        if os.environ.get("LEADHOUSE_BROWSER") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(OPTIONS))
        yield browser
        browser.close()


@dataclass
class Opened:
    """A dashboard in a tab.

    Attributes:
        requests: addresses asked for that are neither the file nor inline data; none was answered.
        complaints: errors and refusals on the console, and exceptions.
    """

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def choose(self, **filters: str) -> Opened:
        """Sets filters: `provider`, `credit_type`, `period`."""
        for name, value in filters.items():
            self.page.select_option(f"#filter-{name.replace('_', '-')}", value)
        return self

    def figures(self, name: str, *by: str) -> dict[Any, float | None]:
        """Every figure of a name that has exactly these attributes, by their values; None where it is unknown."""
        return {key: float(text) if text else None for key, text in self.texts(name, *by).items()}

    def texts(self, name: str, *by: str) -> dict[Any, str]:
        """The same as it is written. Fails where two figures have the same attributes."""
        found = self.page.eval_on_selector_all(f'[data-figure="{name}"]', "all => all.map(one => ({...one.dataset}))")
        wanted = {_camel(one) for one in by} | {"figure", "value"}
        mine = [one for one in found if set(one) == wanted]
        keys = [tuple(one[_camel(name)] for name in by) for one in mine]
        assert len(set(keys)) == len(keys), f"{name} by {by} stands twice"
        return {key[0] if len(key) == 1 else key: one["value"] for key, one in zip(keys, mine, strict=True)}

    def notices(self) -> set[str]:
        found: list[str] = self.page.eval_on_selector_all("[data-notice]", "all => all.map(one => one.dataset.notice)")
        return set(found)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


@contextmanager
def opened(browser: Browser, path: Path, wait: bool = True, **context: Any) -> Iterator[Opened]:
    """The file in a tab of its own; `context` is Playwright's (viewport, color_scheme, bypass_csp, …)."""
    tab = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"} | context)
    page = tab.new_page()
    seen = Opened(page)

    def refuse(route: Route) -> None:
        seen.requests.append(route.request.url)
        route.abort()

    page.route(lambda url: not url.startswith(("file:", "data:")), refuse)
    page.on(
        "console",
        lambda message: seen.complaints.append(message.text) if message.type in ("error", "warning") else None,
    )
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.goto(path.as_uri())
    if wait:
        page.wait_for_selector("body[data-ready=true]")
    try:
        yield seen
    finally:
        tab.close()
