"""Splits an answer into its records, word for word: each record keeps the very characters it came in.

Parsing and writing again would turn 1.70 into 1.7; slicing does not. What remains, the envelope, has `null` where each
record stood, so that envelope, payloads and paths put the answer together again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

WHITESPACE = re.compile(r"[ \t\n\r]*")
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""Half of a surrogate pair, and the character NUL."""
DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Piece:
    """One record of an answer.

    Attributes:
        path: JSON pointer (RFC 6901) to where it stood; see `_escaped` for what no warehouse takes.
        key: the last step of the path, unescaped: an index, or a map's key.
        payload: its characters.
        value: the same, parsed.
    """

    path: str
    key: str
    payload: str
    value: Any


def split(text: str, where: str) -> tuple[list[Piece], str]:
    """The records of an answer, and its envelope.

    Args:
        text: the body.
        where: path to the records, `*` for each element of a list or each value of a map, e.g. `data/*`; the empty
            string when the answer itself is the record. Of several, as in `data/contacts/*|data/*`, the first that
            leads to a list counts, else the last.

    Raises:
        ValueError: the text is not JSON.
    """
    steps = _steps(text, where)
    pieces: list[Piece] = []
    envelope: list[str] = []
    last = 0
    for path, start, end, value in _find(text, _skip(text, 0), steps, ""):
        if value is None and "*" not in steps:
            # An object that is not there is no record; null in place of an element of a list is one we cannot read.
            continue
        pieces.append(Piece(path, last_step(path), text[start:end], value))
        envelope.append(text[last:start])
        last = end
    envelope.append(text[last:])
    return pieces, "null".join(envelope)


def last_step(path: str) -> str:
    """The last step of a JSON pointer as `split` writes them, unescaped."""
    return _unescaped(path.rsplit("/", 1)[-1])


def put_together(envelope: str, payloads: dict[str, str]) -> Any:
    """The answer as JSON, from its envelope and its payloads by path."""
    document = json.loads(envelope)
    for path, payload in payloads.items():
        value = json.loads(payload)
        if not path:
            return value
        steps = [_unescaped(step) for step in path[1:].split("/")]
        holder = document
        for step in steps[:-1]:
            holder = holder[int(step)] if isinstance(holder, list) else holder[step]
        if isinstance(holder, list):
            holder[int(steps[-1])] = value
        else:
            holder[steps[-1]] = value
    return document


def _steps(text: str, where: str) -> list[str]:
    """The way to the records in this very answer."""
    *firsts, last = where.split("|")
    for first in firsts:
        steps = first.split("/")
        if _holds_records(text, _skip(text, 0), steps[:-1]):
            return steps
    return last.split("/") if last else []


def _holds_records(text: str, at: int, steps: list[str]) -> bool:
    """Whether a list, or a map of objects alone, stands at the end of these steps from `at`."""
    if text[at : at + 1] != "{":
        return not steps and text[at : at + 1] == "["
    if not steps:
        values = [text[start : start + 1] for _, start in _members(text, at)]
        return "{" in values and set(values) <= {"{", "n"}
    return any(key == steps[0] and _holds_records(text, start, steps[1:]) for key, start in _members(text, at))


def _find(text: str, at: int, steps: list[str], path: str) -> Iterator[tuple[str, int, int, Any]]:
    """(path, start, end, value) of each record below `at`, in the order of the text."""
    if not steps:
        value, end = DECODER.raw_decode(text, at)
        yield path, at, end, value
        return
    step, rest = steps[0], steps[1:]
    if text[at : at + 1] == "{":
        for key, start in _members(text, at):
            if step in ("*", key):
                yield from _find(text, start, rest, f"{path}/{_escaped(key)}")
    elif text[at : at + 1] == "[" and step == "*":
        for number, start in enumerate(_elements(text, at)):
            yield from _find(text, start, rest, f"{path}/{number}")


def _members(text: str, at: int) -> Iterator[tuple[str, int]]:
    """(key, start of the value) of each member of the object at `at`."""
    at = _skip(text, at + 1)
    while text[at : at + 1] == '"':
        key, at = scanstring(text, at + 1)
        at = _skip(text, at)
        _expect(text, at, ":")
        at = _skip(text, at + 1)
        yield key, at
        at = _skip(text, DECODER.raw_decode(text, at)[1])
        if text[at : at + 1] != ",":
            break
        at = _skip(text, at + 1)
    _expect(text, at, "}")


def _elements(text: str, at: int) -> Iterator[int]:
    """Start of each element of the list at `at`."""
    at = _skip(text, at + 1)
    if text[at : at + 1] == "]":
        return
    while True:
        yield at
        at = _skip(text, DECODER.raw_decode(text, at)[1])
        if text[at : at + 1] != ",":
            break
        at = _skip(text, at + 1)
    _expect(text, at, "]")


def _escaped(step: str) -> str:
    """A step of a JSON pointer; characters that no warehouse takes as `~u` and their code, which RFC 6901 leaves free."""
    return UNSTORABLE.sub(lambda one: f"~u{ord(one[0]):04x}", step.replace("~", "~0").replace("/", "~1"))


def _unescaped(step: str) -> str:
    text = re.sub("~u([0-9a-f]{4})", lambda one: chr(int(one[1], 16)), step)
    return text.replace("~1", "/").replace("~0", "~")


def _skip(text: str, at: int) -> int:
    match = WHITESPACE.match(text, at)
    return match.end() if match else at


def _expect(text: str, at: int, character: str) -> None:
    if text[at : at + 1] != character:
        raise json.JSONDecodeError(f"expecting {character!r}", text, at)
