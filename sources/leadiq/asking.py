"""How a question is put to LeadIQ, and how its connections are paged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sources.landing import whole_number
from sources.metered import Answer, Question, StopKind
from sources.paging import CannotGoOn, Cursor, Forecast, Position, Window, remark

from . import documents

SEEN_PAGE_SIZE = 25
"""LeadIQ's own samples ask for so many; more may be clamped silently."""

Path = tuple[str, ...]


def graphql(
    operation: str,
    resource: str,
    window: Window,
    variables: Mapping[str, Any],
    document: str | None = None,
    points: frozenset[str] = frozenset(),
    at_most: Mapping[str, int] | None = None,
) -> Question:
    """A query or mutation.

    Args:
        operation: the field of the answer's `data`.
        variables: those that are None are not sent, nor are they named in the document.
        document: the file it is read from; by default the operation's.
        points: the data points asked for, of those that LeadIQ prices apart.
        at_most: see `Question`; by default one record.
    """
    given = {name: value for name, value in variables.items() if value is not None}
    return Question(
        operation=operation,
        resource=resource,
        window=window["id"],
        step=window["step"],
        method="POST",
        path="",
        body={"query": documents.with_variables(document or operation, frozenset(given), points), "variables": given},
        selection=" ".join([operation, *sorted(points)]),
        at_most=at_most or {"record": 1},
    )


def page(size: int, ask: Callable[[int], Question]) -> Question:
    """A page of `size` records, or of fewer where a budget allows no more."""
    return replace(ask(size), page_size=size, smaller=lambda fewer: page(fewer, ask))


def cursor(window: Window, name: str) -> dict[str, Any]:
    """The variable of where to go on, if there is one."""
    return {name: window["position"]["cursor"]} if window["position"] else {}


def total_of(connection: Path, ask: Callable[[Window, int], Question], page_size: int) -> Forecast:
    """A connection's `pageInfo.total`, asked with the smallest page from its beginning."""

    def total(document: Any) -> int | None:
        return whole_number(an_object(_at(document, connection).get("pageInfo")).get("total"))

    return Forecast(
        question=lambda window: ask(window | {"position": None}, 1),
        total=total,
        page_size=page_size if page_size <= SEEN_PAGE_SIZE else None,
    )


def following(connection: Path, window: Window, answer: Answer) -> Position | None:
    """The next page of a connection.

    Raises:
        CannotGoOn: it does not say whether there is one.
    """
    name = connection[-1]
    found = _at(answer.document, connection)
    if found.get("edges") is None:
        # Null, and no word why: nobody has left a list that was not shown.
        remark(
            window, StopKind.PARTIAL, f"LeadIQ sent null for {name}, which its schema does not allow; it is read again"
        )
    info = found.get("pageInfo", {"hasNextPage": False})
    if not (isinstance(info, dict) and isinstance(info.get("hasNextPage"), bool)):
        raise CannotGoOn(f"LeadIQ does not say whether {name} has another page; it is read again")
    return Cursor(_page_info(connection), _edges(connection))(window, answer)


def _page_info(connection: Path) -> Callable[[Any], tuple[bool, str | None]]:
    def read(document: Any) -> tuple[bool, str | None]:
        found = _at(document, connection)
        info = found.get("pageInfo") or {}
        cursor = info.get("endCursor")
        if cursor is None:
            last = next((edge for edge in reversed(found.get("edges") or []) if isinstance(edge, dict)), {})
            cursor = last.get("cursor")
        return bool(info.get("hasNextPage")), None if cursor is None else str(cursor)

    return read


def _edges(connection: Path) -> Callable[[Any], list[Any]]:
    def edges(document: Any) -> list[Any]:
        found = _at(document, connection).get("edges") or []
        return [edge.get("node") if isinstance(edge, dict) else edge for edge in found]

    return edges


def _at(document: Any, path: Path) -> dict[str, Any]:
    """The object below `data`; an empty one where it is null or missing."""
    found = document["data"]
    for step in path:
        found = an_object(found).get(step)
    return an_object(found)


def an_object(value: Any) -> dict[str, Any]:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; nothing of what is no list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def said(errors: Any) -> str | None:
    """Errors, in whatever form they come, as one text; None where there are none."""
    listed = errors if isinstance(errors, list) else [errors]
    texts = [str(one.get("message", one)) if isinstance(one, dict) else str(one) for one in listed if one]
    return "; ".join(texts) or None


def refusal(document: Any) -> str:
    """The words of an answer that refuses; empty where it has none."""
    found = an_object(document)
    return next((words for name in ("errors", "message", "error") if (words := said(found.get(name)))), "")
