"""Puts a document, the code that draws it and its style into one HTML file."""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.resources import files
from string import Template

from .compact import as_json
from .document import Document

SCRIPTS = ("format.js", "choice.js", "figures.js", "elements.js", "charts.js", "sections.js", "page.js")
"""In the order in which they name each other."""


def render(document: Document) -> str:
    """The page, as HTML in UTF-8; it works from a file, and the browser lets it connect to nothing."""
    script = "\n".join(_asset(name) for name in SCRIPTS)
    style = _asset("style.css")
    policy = f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; base-uri 'none'; form-action 'none'"
    # In a script element only "<" could end it, or begin a comment.
    data = json.dumps(as_json(document), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Template(_asset("page.html")).substitute(
        policy=policy, style=style, script=script, data=data.replace("<", "\\u003c")
    )


def _asset(name: str) -> str:
    return (files(__package__) / "assets" / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
