"""LeadIQ's GraphQL documents: what is sent holds only what is asked for and what the account knows."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from graphql import (
    REMOVE,
    ArgumentNode,
    DocumentNode,
    FieldNode,
    GraphQLSchema,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    build_schema,
    parse,
    print_ast,
    visit,
)

FILES = {
    "contactTrackingBalance": "contact_tracking_balance",
    "trackedContacts": "tracked_contacts",
    "trackedCompanies": "tracked_companies",
}
"""Operations whose file is not called like them."""


@cache
def schema() -> GraphQLSchema:
    """The union of LeadIQ's generations, as far as this connector asks."""
    return build_schema((files("sources.leadiq") / "schema.graphql").read_text())


@cache
def with_variables(operation: str, given: frozenset[str]) -> str:
    """The document of an operation with those arguments only that are given: an older account may not know the others."""
    document = parse((files("sources.leadiq") / "queries" / f"{FILES.get(operation, operation)}.graphql").read_text())

    class Given(Visitor):
        def enter_variable_definition(self, node: VariableDefinitionNode, *_: Any) -> Any:
            return None if node.variable.name.value in given else REMOVE

        def enter_argument(self, node: ArgumentNode, *_: Any) -> Any:
            value = node.value
            return REMOVE if isinstance(value, VariableNode) and value.name.value not in given else None

    return print_ast(visit(document, Given()))


@cache
def without_fields(query: str, parts: frozenset[str]) -> str | None:
    """The query without selected fields, each named `Type.field`; None when nothing would be left of it.

    A type that our schema does not have by that name matches wherever the field stands.
    """
    types = schema().type_map
    info = TypeInfo(schema())

    class Less(Visitor):
        def enter_field(self, node: FieldNode, *_: Any) -> Any:
            parent = info.get_parent_type()
            for part in parts:
                kind, field = part.split(".")
                here = kind not in types or (parent is not None and parent.name == kind)
                if node.name.value == field and here:
                    return REMOVE
            return None

        def leave_field(self, node: FieldNode, *_: Any) -> Any:
            emptied = node.selection_set is not None and not node.selection_set.selections
            return REMOVE if emptied else None

    less: DocumentNode = visit(parse(query), TypeInfoVisitor(info, Less()))
    operation = less.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    return print_ast(less) if operation.selection_set.selections else None
