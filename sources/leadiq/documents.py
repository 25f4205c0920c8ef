"""LeadIQ's GraphQL documents: what is sent holds only what is asked for and what the account knows.

A document in `queries/` selects what is free: ids, a company's id and name, totals, paging. Whatever costs credits stands
in fragments, whose names end in their data point (`PersonEmails`, `WholeCompany`); those that several documents use stand
in `fragments.graphql`.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from graphql import (
    REMOVE,
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
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

DATA_POINTS = frozenset({"profile", "emails", "phones", "company"})
"""What LeadIQ sells; a query pays for what it selects (API guide, Credits)."""

FILES = {
    "contactTrackingBalance": "contact_tracking_balance",
    "trackedContacts": "tracked_contacts",
    "trackedCompanies": "tracked_companies",
    "companyTrackingTask": "company_tracking_task",
    "companyJobChanges": "company_job_changes",
    "flatAdvancedSearch": "flat_advanced_search",
    "groupedAdvancedSearch": "grouped_advanced_search",
    "searchPeople": "search_people",
    "searchCompany": "search_company",
    "regeneratedTime": "regenerated_time",
    "trackContacts": "track_contacts",
    "addTrackedCompanies": "add_tracked_companies",
    "removeTrackedCompanies": "remove_tracked_companies",
    "removeAllTrackedCompanies": "remove_all_tracked_companies",
    "startCompanyTrackingTask": "start_company_tracking_task",
    "cancelCompanyTrackingTask": "cancel_company_tracking_task",
    "submitPersonFeedback": "submit_person_feedback",
}
"""Documents whose file is not called like them. A document is called like its operation, save `companyJobChanges`: the
job changes of a `companyTrackingTask`."""


@cache
def schema() -> GraphQLSchema:
    """The union of LeadIQ's generations."""
    return build_schema((files("sources.leadiq") / "schema.graphql").read_text())


@cache
def with_variables(name: str, given: frozenset[str], points: frozenset[str] = DATA_POINTS) -> str:
    """A document with those arguments only that are given, and those data points only that are asked for.

    Args:
        name: see `FILES`.
        given: the variables that are sent; an older account may not know the others.
        points: of `DATA_POINTS`; the fragments of the others are left out, and so is whatever held nothing else.

    Raises:
        ValueError: a data point that there is not.
    """
    if unknown := sorted(points - DATA_POINTS):
        raise ValueError(f"LeadIQ has no data point {', '.join(unknown)}; it has {', '.join(sorted(DATA_POINTS))}")
    room = files("sources.leadiq")
    query = (room / "queries" / f"{FILES.get(name, name)}.graphql").read_text()
    document = parse(query + (room / "fragments.graphql").read_text())
    left_out = tuple(point.capitalize() for point in DATA_POINTS - points)

    class Given(Visitor):
        def enter_variable_definition(self, node: VariableDefinitionNode, *_: Any) -> Any:
            return None if node.variable.name.value in given else REMOVE

        def enter_argument(self, node: ArgumentNode, *_: Any) -> Any:
            value = node.value
            return REMOVE if isinstance(value, VariableNode) and value.name.value not in given else None

        def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> Any:
            return REMOVE if node.name.value.endswith(left_out) else None

    return print_ast(_tidied(visit(document, Given())))


@cache
def without_fields(query: str, parts: frozenset[str]) -> str | None:
    """The query without selected fields, each named `Type.field`; None when nothing would be left of it.

    A type that our schema does not have by that name matches wherever the field stands. Fragments are read like any
    other selection; one that has lost all its fields goes, and so do the arguments of fields that went.
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

    less = _tidied(visit(parse(query), TypeInfoVisitor(info, Less())))
    return print_ast(less) if _operation(less).selection_set.selections else None


def _operation(document: DocumentNode) -> OperationDefinitionNode:
    return next(one for one in document.definitions if isinstance(one, OperationDefinitionNode))


def _tidied(document: DocumentNode) -> DocumentNode:
    """The document without what has become empty or is no longer used: servers refuse both."""
    while True:
        use = _Use()
        visit(document, use)
        less: DocumentNode = visit(document, _Tidy(use))
        if less == document:
            return document
        document = less


class _Use(Visitor):
    """Which fragments and variables a document uses, and which fragments hold nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.fragments: set[str] = set()
        self.variables: set[str] = set()
        self.empty: set[str] = set()

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> None:
        self.fragments.add(node.name.value)

    def enter_argument(self, node: ArgumentNode, *_: Any) -> None:
        if isinstance(node.value, VariableNode):
            self.variables.add(node.value.name.value)

    def enter_fragment_definition(self, node: FragmentDefinitionNode, *_: Any) -> None:
        if not node.selection_set.selections:
            self.empty.add(node.name.value)


class _Tidy(Visitor):
    def __init__(self, use: _Use) -> None:
        super().__init__()
        self.use = use

    def enter_variable_definition(self, node: VariableDefinitionNode, *_: Any) -> Any:
        return None if node.variable.name.value in self.use.variables else REMOVE

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> Any:
        return REMOVE if node.name.value in self.use.empty else None

    def enter_fragment_definition(self, node: FragmentDefinitionNode, *_: Any) -> Any:
        name = node.name.value
        return REMOVE if name in self.use.empty or name not in self.use.fragments else None

    def leave_field(self, node: FieldNode, *_: Any) -> Any:
        emptied = node.selection_set is not None and not node.selection_set.selections
        return REMOVE if emptied else None
