"""LeadIQ's schema, with scalars that refuse what they do not mean."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from graphql import (
    REMOVE,
    DirectiveDefinitionNode,
    GraphQLError,
    GraphQLScalarType,
    GraphQLSchema,
    Node,
    Visitor,
    VisitorAction,
    build_ast_schema,
    parse,
    visit,
)

from sandbox.settings import LeadIQGeneration

MARKS: dict[LeadIQGeneration, frozenset[str]] = {
    "old": frozenset({"old"}),
    "new": frozenset({"new"}),
    "union": frozenset({"old", "new", "seen"}),
}
"""The marked parts of the schema that a generation has."""


@lru_cache(maxsize=3)
def load_schema(generation: LeadIQGeneration) -> GraphQLSchema:
    """Read ``schema.graphql``, leave what belongs to the generation, and teach its scalars to read their values."""
    document = parse(Path(__file__).with_name("schema.graphql").read_text(encoding="utf-8"))
    schema = build_ast_schema(visit(document, _Of(MARKS[generation])))
    for name, read in SCALARS.items():
        scalar = schema.type_map.get(name)
        if scalar is None:
            continue
        assert isinstance(scalar, GraphQLScalarType)
        # graphql-core 3.3 asks the second name and 3.2 the first; literals go through the same reader.
        for attribute in ("parse_value", "coerce_input_value"):
            setattr(scalar, attribute, read)
    return schema


class _Of(Visitor):
    """Removes what is marked as another generation's, and every mark."""

    def __init__(self, marks: frozenset[str]) -> None:
        super().__init__()
        self._marks = marks

    def enter(self, node: Node, *_place: Any) -> VisitorAction:
        if isinstance(node, DirectiveDefinitionNode):
            return REMOVE
        directives = getattr(node, "directives", None) or ()
        marks = {one.name.value for one in directives} & MARKS["union"]
        if marks and not marks & self._marks:
            return REMOVE
        return None

    @staticmethod
    def leave_directive(node: Any, *_place: Any) -> VisitorAction:
        return REMOVE if node.name.value in MARKS["union"] else None


def _local_date(value: Any) -> dt.date:
    if not isinstance(value, str) or len(value) != 10:
        raise GraphQLError(f"LocalDate cannot represent {value!r}: YYYY-MM-DD is expected.")
    try:
        return dt.date.fromisoformat(value)
    except ValueError as error:
        raise GraphQLError(f"LocalDate cannot represent {value!r}: {error}.") from error


def _moment(value: Any) -> dt.datetime:
    if not isinstance(value, str):
        raise GraphQLError(f"A time cannot be {value!r}: ISO 8601 text is expected.")
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError as error:
        raise GraphQLError(f"A time cannot be {value!r}: {error}.") from error
    if moment.tzinfo is None:
        raise GraphQLError(f"A time cannot be {value!r}: its zone is missing.")
    return moment


def _long(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not -(2**63) <= value < 2**63:
        raise GraphQLError(f"Long cannot represent {value!r}.")
    number: int = value
    return number


def _json(value: Any) -> Any:
    return value


def _cursor(value: Any) -> str:
    if not isinstance(value, str):
        raise GraphQLError(f"Cursor cannot represent {value!r}.")
    return value


SCALARS: dict[str, Callable[[Any], Any]] = {
    "LocalDate": _local_date,
    "ZonedDateTime": _moment,
    "Instant": _moment,
    "Long": _long,
    "Json": _json,
    "Cursor": _cursor,
}
