"""LeadIQ's schema, with scalars that refuse what they do not mean."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

from graphql import GraphQLError, GraphQLScalarType, GraphQLSchema, build_schema


def load_schema() -> GraphQLSchema:
    """Read ``schema.graphql`` and teach its scalars to read their values."""
    schema = build_schema(Path(__file__).with_name("schema.graphql").read_text(encoding="utf-8"))
    for name, read in SCALARS.items():
        scalar = schema.type_map[name]
        assert isinstance(scalar, GraphQLScalarType)
        # graphql-core 3.3 asks the second name and 3.2 the first; literals go through the same reader.
        for attribute in ("parse_value", "coerce_input_value"):
            setattr(scalar, attribute, read)
    return schema


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
