"""The README's pictures of the dashboard, of invented credits: `make screenshots`.

python -m tests.dashboard.screenshots [FOLDER]
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from dashboard import Document, render
from leadhouse.dashboard import read_document
from leadhouse.settings import Settings
from tests.dashboard.browser import chromium, opened
from tests.dashboard.invented import BUDGETS, NOW, ledger, published
from tests.processes import PROJECT

LARGEST = 300_000
"""Bytes of a picture."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture, as wide and high as a person's screen would be if it were a little longer."""

    name: str
    width: int
    height: int
    scheme: str = "light"
    is_empty: bool = False


PICTURES = (
    Picture("light", 1280, 1566),
    Picture("dark", 1280, 1566, "dark"),
    Picture("phone", 390, 1560),
    Picture("empty", 1280, 560, is_empty=True),
)


def main(folder: Path) -> int:
    """Takes all pictures; 1 when one is too large."""
    folder.mkdir(parents=True, exist_ok=True)
    sizes = {}
    with tempfile.TemporaryDirectory() as place, chromium() as browser:
        copy = published(Path(place) / "leads.duckdb", ledger())
        settings = Settings.model_validate({"leadhouse": {"published": str(copy)}, "budget": BUDGETS})
        full, empty = read_document(settings, NOW), Document(made_at=NOW, published=False)
        page = Path(place) / "dashboard.html"
        for one in PICTURES:
            page.write_text(render(empty if one.is_empty else full))
            size = {"width": one.width, "height": one.height}
            with opened(browser, page, viewport=size, color_scheme=one.scheme) as seen:
                seen.page.wait_for_timeout(300)
                path = folder / f"dashboard-{one.name}.png"
                seen.page.screenshot(path=path)
                sizes[path] = path.stat().st_size
    for path, size_in_bytes in sizes.items():
        print(f"{path.name}: {size_in_bytes:,} bytes")
    return int(max(sizes.values()) > LARGEST)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else PROJECT / "docs" / "images"))
