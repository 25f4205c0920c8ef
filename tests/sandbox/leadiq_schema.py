"""LeadIQ's schema as a sandbox tells it over HTTP, and selections made from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graphql import (
    GraphQLObjectType,
    GraphQLSchema,
    build_client_schema,
    get_introspection_query,
    get_named_type,
    is_object_type,
)

from tests.sandbox.conftest import Sandbox


def schema_of(box: Sandbox) -> GraphQLSchema:
    """The schema a sandbox answers with."""
    answer = box.leadiq(get_introspection_query(input_value_deprecation=False)).json()
    return build_client_schema(answer["data"])


def everything(kind: Any) -> str:
    """A selection of every field of a type and of all within it."""
    kind = get_named_type(kind)
    if not is_object_type(kind):
        return ""
    return "{ " + " ".join(f"{name} {everything(field.type)}" for name, field in kind.fields.items()) + " }"


def whole(schema: GraphQLSchema, operation: str, arguments: str = "") -> str:
    """A query or mutation for everything that an operation can tell."""
    for word, root in (("query", schema.query_type), ("mutation", schema.mutation_type)):
        if root is not None and operation in root.fields:
            return f"{word} {{ {operation}{arguments} {everything(root.fields[operation].type)} }}"
    raise AssertionError(f"there is no {operation}")


def filled(kind: Any, value: Any) -> Iterator[tuple[str, str]]:
    """The fields, by type, that say something in an answer."""
    kind = get_named_type(kind)
    if isinstance(value, list):
        for one in value:
            yield from filled(kind, one)
    elif isinstance(value, dict) and isinstance(kind, GraphQLObjectType):
        for name, one in value.items():
            if one not in (None, "", []):
                yield kind.name, name
            yield from filled(kind.fields[name].type, one)


def declared(schema: GraphQLSchema) -> set[tuple[str, str]]:
    """Every field of every type that an answer is made of."""
    roots = {schema.query_type, schema.mutation_type}
    return {
        (name, field)
        for name, kind in schema.type_map.items()
        if isinstance(kind, GraphQLObjectType) and not name.startswith("__") and kind not in roots
        for field in kind.fields
    }
