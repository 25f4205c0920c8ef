"""What a query costs: each data point that was selected and found, once for each person or company."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graphql import GraphQLResolveInfo, default_field_resolver, get_named_type, is_leaf_type
from graphql.pyutils import Path

from sandbox.books import rounded
from sandbox.leadiq.knowledge import HIDDEN

# Guide, Credits.
PRICES = {"emails": 1, "phones": 10, "company": 3, "profile": 0.1}
FREE = frozenset({"_id", "id", "companyId"})
FREE_OF_COMPANIES = frozenset({"id", "source", "name"})
PEOPLE = frozenset({"PersonRecord", "Person"})
COMPANIES = frozenset({"CompanyInfo", "Company"})
EMAILS = frozenset({"WorkEmailRecordType", "PersonalEmailRecordType"})
PHONES = frozenset({"WorkPhoneRecordType", "PersonalPhoneRecordType"})
POINTS_OF_FLAT = {
    **dict.fromkeys(("workEmails", "verifiedWorkEmails", "verifiedLikelyWorkEmails", "personalEmails"), "emails"),
    **dict.fromkeys(("workPhones", "personalPhones"), "phones"),
}


class Counter:
    """Resolves fields, and notes which data points of which person or company had a value."""

    def __init__(self) -> None:
        self._found: dict[tuple[str | int, ...], set[str]] = {}

    def resolve(self, source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        """GraphQL's own way to read a field, with an ear for what is sold."""
        value = default_field_resolver(source, info, **arguments)
        if is_leaf_type(get_named_type(info.return_type)) and _is_value(value) and not _is_hidden(source):
            self._note(info)
        return value

    @property
    def credits(self) -> float:
        """The price of everything found, in universal credits."""
        return rounded(sum(PRICES[point] for points in self._found.values() for point in points))

    def _note(self, info: GraphQLResolveInfo[Any]) -> None:
        steps = list(_steps(info.path))
        owner = _owner(steps)
        if owner is None:
            return
        point = _point(steps, info)
        if point is not None:
            self._found.setdefault(owner, set()).add(point)


def _steps(path: Path | None) -> Iterator[Path]:
    """The steps of a path from the inside out."""
    while path is not None:
        yield path
        path = path.prev


def _owner(steps: list[Path]) -> tuple[str | int, ...] | None:
    """Where the person stands that a field belongs to or, if it is nobody's, the company."""
    for kinds in (PEOPLE, COMPANIES):
        held = [step for step in steps if step.typename in kinds]
        if held:
            return tuple(step.key for step in _steps(held[-1].prev))
    return None


def _point(steps: list[Path], info: GraphQLResolveInfo[Any]) -> str | None:
    """The data point a field is part of; None if it is free."""
    kinds = {step.typename for step in steps}
    parent, name = info.parent_type.name, info.field_name
    if kinds & COMPANIES:
        return None if parent in COMPANIES and name in FREE_OF_COMPANIES else "company"
    if parent in EMAILS:
        return "emails"
    if parent in PHONES:
        return "phones"
    if parent == "Person" and name in POINTS_OF_FLAT:
        return POINTS_OF_FLAT[name]
    return None if name in FREE else "profile"


def _is_value(value: Any) -> bool:
    if isinstance(value, list):
        return any(_is_value(one) for one in value)
    return value is not None and value not in ("", HIDDEN)


def _is_hidden(source: Any) -> bool:
    """Whether a field describes a value that is not shown."""
    return isinstance(source, dict) and source.get("value") == HIDDEN
