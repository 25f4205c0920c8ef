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
OPTIONAL = "?"
EACH = "*"
OPTIONAL_EACH = EACH + OPTIONAL


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
            leads to a list counts, else the last. Of `profiles/*;profile`, all count; none may lie in another. Where a
            path ends in `?`, as in `profile?` and `profiles/*?`, null or `[]` under a key says that there is no record.

    Raises:
        ValueError: the text is not JSON.
    """
    ways = [_way(text, place) for place in where.split(";")]
    pieces: list[Piece] = []
    envelope: list[str] = []
    last = 0
    for path, start, end, value in _find(text, _skip(text, 0), ways, "", False):
        pieces.append(Piece(path, last_step(path), text[start:end], value))
        envelope.append(text[last:start])
        last = end
    envelope.append(text[last:])
    return pieces, "null".join(envelope)


def last_step(path: str) -> str:
    """The last step of a JSON pointer as `split` writes them, unescaped."""
    return _unescaped(path.rsplit("/", 1)[-1])


def is_of_many(path: str, where: str) -> bool:
    """Whether the record at this path is one of a list or map, so that its last step is a place or a map's key."""
    steps = path.split("/")[1:]
    for way in re.split("[;|]", where):
        *before, each = way.split("/")
        if each in (EACH, OPTIONAL_EACH) and len(before) + 1 == len(steps):
            fixed = [(one, step) for one, step in zip(before, steps[:-1], strict=True) if one != EACH]
            if all(one == step for one, step in fixed):
                return True
    return False


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


def _way(text: str, where: str) -> list[str]:
    """The steps to the records in this very answer."""
    *firsts, last = where.split("|")
    for first in firsts:
        *holder, each = first.split("/")
        if _holds_records(text, _skip(text, 0), holder, each):
            return [*holder, each]
    return last.split("/") if last else []


def _holds_records(text: str, at: int, steps: list[str], each: str) -> bool:
    """Whether a list, or a map of objects alone, stands at the end of these steps from `at`; in a list, in each element."""
    if text[at : at + 1] != "{":
        if text[at : at + 1] != "[" or not steps:
            return not steps and text[at : at + 1] == "["
        elements = list(_elements(text, at)) if steps[0] == EACH else []
        return bool(elements) and all(_holds_records(text, one, steps[1:], each) for one in elements)
    if not steps:
        starts = [start for _, start in _members(text, at)]
        if each == OPTIONAL_EACH:
            return all(text[start] == "{" or _says_nothing(text, start) for start in starts)
        values = [text[start : start + 1] for start in starts]
        return "{" in values and set(values) <= {"{", "n"}
    return any(key == steps[0] and _holds_records(text, start, steps[1:], each) for key, start in _members(text, at))


def _says_nothing(text: str, at: int) -> bool:
    """Whether null or `[]` stands there."""
    return text.startswith("null", at) or (text[at] == "[" and text[_skip(text, at + 1)] == "]")


def _find(text: str, at: int, ways: list[list[str]], path: str, is_one: bool) -> Iterator[tuple[str, int, int, Any]]:
    """(path, start, end, value) of each record below `at`, in the order of the text.

    Args:
        ways: the steps that are left to the records, of each way that led here.
        is_one: whether what stands here is one of a list or map.
    """
    if [] in ways:
        value, end = DECODER.raw_decode(text, at)
        # An object that is not there is no record; null in place of an element of a list is one we cannot read.
        if value is not None or is_one:
            yield path, at, end, value
        return
    is_each = is_one or any(way[0] in (EACH, OPTIONAL_EACH) for way in ways)
    if text[at : at + 1] == "{":
        for key, start in _members(text, at):
            if rest := [way[1:] for way in ways if _leads(text, start, way[0], key)]:
                yield from _find(text, start, rest, f"{path}/{_escaped(key)}", is_each)
    elif text[at : at + 1] == "[" and (rest := [way[1:] for way in ways if way[0] in (EACH, OPTIONAL_EACH)]):
        for number, start in enumerate(_elements(text, at)):
            yield from _find(text, start, rest, f"{path}/{number}", is_each)


def _leads(text: str, at: int, step: str, key: str) -> bool:
    """Whether a step leads to the member of this key, whose value stands at `at`."""
    if not step.endswith(OPTIONAL):
        return step in (EACH, key)
    return step[:-1] in (EACH, key) and not _says_nothing(text, at)


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
