"""Lookups: one question for each row that somebody brings."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sources.metered import Answer, Question, digest

from .forecast import Forecast
from .walk import Position, Walk
from .windows import Window, reading

Sent = Mapping[str, Any]
"""What of a row is sent, as JSON."""


class Row(Protocol):
    """A row as somebody brings it; made by pydantic, whose errors say what is wrong with it."""

    def sent(self) -> Sent:
        """What identifies the person or company, the same for each spelling of the same thing.

        Raises:
            ValueError: it cannot identify anyone; the message says what is missing.
        """


@dataclass(frozen=True, slots=True)
class Lookup:
    """What can be looked up at a provider.

    Args:
        name: e.g. `people`; its resource is `lookup_people`.
        entity: the raw table the records go to.
        operation: the provider's name of it.
        row: a pydantic model; its fields are the columns that are understood.
        points: the data points to choose from; empty where there is nothing to choose.
        question: asks for a row with these data points.
    """

    name: str
    entity: str
    operation: str
    row: type[Any]
    points: tuple[str, ...]
    question: Callable[[Window, Sent, frozenset[str]], Question]

    @property
    def resource(self) -> str:
        return f"lookup_{self.name}"

    def walk(self, rows: Sequence[Sent], points: frozenset[str]) -> Walk:
        """Asks for each of these rows once, in their order."""

        def ask(window: Window) -> Question:
            return self.question(window, rows[(window["position"] or {"row": 0})["row"]], points)

        def following(window: Window, answer: Answer) -> Position | None:
            row = (window["position"] or {"row": 0})["row"] + 1
            return {"row": row} if row < len(rows) else None

        return Walk(
            self.resource,
            self.entity,
            digest(json.dumps([list(map(dict, rows)), sorted(points)], sort_keys=True)),
            reading,
            ask,
            following,
            forecast=Forecast(requests=len(rows)),
        )
