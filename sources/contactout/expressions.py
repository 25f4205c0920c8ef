"""ContactOut's boolean expressions: `(ReactJS AND Python) NOT Java` (reference, People Search API)."""

from __future__ import annotations

import re
from collections.abc import Iterator

OPERATORS = ("AND", "OR", "NOT")
PARTS = re.compile(r'"[^"]*"|[()]|[^\s()"]+|"')
"""Words in double quotes are one part, so that an operator among them is a word."""


def expression(text: str) -> str:
    """The text, whose parentheses are balanced and whose operators stand between something.

    Raises:
        ValueError: they are not; the message says where, since ContactOut would search for something else.
    """
    depth, before = 0, ""
    for part in PARTS.findall(text):
        if part == "(":
            depth += 1
        elif part == ")":
            if depth == 0:
                raise ValueError(f"{text!r} closes a parenthesis that it did not open")
            if before == "(":
                raise ValueError(f"{text!r} has nothing between its parentheses")
            if before in OPERATORS:
                raise ValueError(f"{text!r} has nothing between {before} and the parenthesis that closes")
            depth -= 1
        elif part in OPERATORS:
            if part != "NOT" and before in ("", "("):
                raise ValueError(f"{text!r} has nothing before {part}")
            if before in OPERATORS and not (part == "NOT" and before != "NOT"):
                raise ValueError(f"{text!r} has nothing between {before} and {part}")
        before = part
    if depth:
        raise ValueError(f"{text!r} opens a parenthesis that it does not close")
    if before in OPERATORS:
        raise ValueError(f"{text!r} has nothing after {before}")
    if not before:
        raise ValueError("an empty text is no filter; leave it out")
    return text


def doubts(text: str) -> Iterator[str]:
    """What may be meant otherwise than ContactOut reads it, a sentence each; `text` is an `expression`."""
    operators: list[set[str]] = [set()]
    is_mixed = False
    before = ""
    for part in PARTS.findall(text):
        if part == "(":
            operators.append(set())
        elif part == ")":
            operators.pop()
        elif part in OPERATORS:
            # `AND NOT` is one operator.
            if not (part == "NOT" and before in OPERATORS):
                operators[-1].add(part)
            is_mixed = is_mixed or len(operators[-1]) > 1
        before = part
    if is_mixed:
        yield f"{text!r} has different operators beside each other; put parentheses around what belongs together"
    small = next((part for part in PARTS.findall(text) if part.upper() in OPERATORS and part not in OPERATORS), None)
    if small is not None and "(" in text:
        yield f"{text!r}: {small} is searched for as a word; the operators are AND, OR and NOT"
