"""JSON in which every number keeps the digits it was written with, and a lone surrogate can travel."""

from __future__ import annotations

import json
import re
from typing import Any

# A character that Unicode reserves for use inside a program: no text from outside holds it.
MARK = "\ufdd0"
MARKED = re.compile(f'"{MARK}([^"]*)"')


def read(text: bytes) -> Any:
    """Parse JSON; numbers become marked text, which only :func:`write` understands."""
    return json.loads(text, parse_int=_mark, parse_float=_mark, parse_constant=_mark)


def write(value: Any) -> bytes:
    """JSON in UTF-8, with marked numbers as they were written; bytes are sent as they are."""
    if isinstance(value, bytes):
        return value
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if MARK in text:
        text = MARKED.sub(r"\1", text)
    # What UTF-8 cannot say is a lone surrogate; escaped with a backslash it is JSON again.
    return text.encode("utf-8", errors="backslashreplace")


def _mark(number: str) -> str:
    return MARK + number
