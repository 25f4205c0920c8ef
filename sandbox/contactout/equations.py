"""Boolean equations in the parameters of a search: ``(ReactJS AND Python) NOT Java``."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from sandbox.contactout.refusals import BadInput

WORDS = re.compile(r"(\(|\)|\b(?:AND|OR|NOT)\b)")
OPERATORS = frozenset({"AND", "OR", "NOT"})
Tree = str | tuple[str, "Tree", "Tree"]


def satisfied(equation: str, holds: Callable[[str], bool]) -> bool:
    """Whether an equation is true of somebody of whom the terms for which ``holds`` are."""
    return _is_true(parsed(equation), holds)


@lru_cache(maxsize=256)
def parsed(equation: str) -> Tree:
    """The tree of an equation; a text without operators is a term, brackets and all.

    Raises :class:`BadInput` for an equation that cannot be read. ``AND`` and ``NOT`` bind closer than ``OR``, and
    ``A NOT B`` is ``A AND (NOT B)`` (reference, People Search API).
    """
    words = [word.strip() for word in WORDS.split(equation) if word.strip()]
    if not OPERATORS & set(words):
        return equation
    reader = _Reader(equation, words)
    tree = reader.either()
    if reader.next is not None:
        raise reader.unreadable()
    return tree


class _Reader:
    def __init__(self, equation: str, words: list[str]) -> None:
        self._equation = equation
        self._words = words[::-1]

    @property
    def next(self) -> str | None:
        return self._words[-1] if self._words else None

    def unreadable(self) -> BadInput:
        return BadInput(f"The equation {self._equation} cannot be read.")

    def either(self) -> Tree:
        tree = self._all()
        while self.next == "OR":
            self._words.pop()
            tree = ("OR", tree, self._all())
        return tree

    def _all(self) -> Tree:
        tree = self._one()
        while self.next not in (None, ")", "OR"):
            if self.next == "AND":
                self._words.pop()
            tree = ("AND", tree, self._one())
        return tree

    def _one(self) -> Tree:
        word = self._words.pop() if self._words else None
        if word == "NOT":
            return ("NOT", self._one(), "")
        if word == "(":
            tree = self.either()
            if self.next != ")":
                raise self.unreadable()
            self._words.pop()
            return tree
        if word is None or word == ")" or word in OPERATORS:
            raise self.unreadable()
        return word.strip('"')


def _is_true(tree: Tree, holds: Callable[[str], bool]) -> bool:
    if isinstance(tree, str):
        return holds(tree)
    operator, left, right = tree
    if operator == "NOT":
        return not _is_true(left, holds)
    if operator == "OR":
        return _is_true(left, holds) or _is_true(right, holds)
    return _is_true(left, holds) and _is_true(right, holds)
