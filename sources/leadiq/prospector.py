"""LeadIQ's Prospector: lists of prospects, by REST, on a server of their own (API guide, Prospector REST API)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sources.metered import Answer, Problem, Question, StopKind, digest
from sources.paging import (
    A_LIST,
    Cannot,
    CannotGoOn,
    Cursor,
    Position,
    Walk,
    Window,
    once,
    reading,
    remark,
)
from sources.paging.lookups import Sent

from .asking import an_object, page, refusal
from .inputs import ProspectorLists

Ask = Callable[[Window, Sequence[Sent]], Question]
SERVER = "prospector"
"""Takes the decoded key as `X-API-Key`."""
LISTING, EXPORT = "listProspects", "exportList"
"""Our names; the guide has none."""
LARGEST_EXPORT = 100_000
"""Bounds what an export could cost where somebody gave it a price; no reference bounds a list."""
PATHS = ("/v1/lists", "/lists")
"""Seen in LeadIQ's samples, and its guide's; an account has one of them or both."""
HOLDERS = ("items", "prospects", "results", "data")
"""Where a page's prospects stand: `items` is seen, the others would be as plausible."""
CURSORS = ("nextCursor", "next_cursor", "nextPageCursor", "endCursor")
FLAGS = ("hasNextPage", "hasMore", "has_more")
A_PROSPECT: Cannot = {
    **A_LIST,
    "missing": "no reference says which fields every prospect has",
    "filled": "no reference shows a prospect's fields; more names of them are understood than were ever seen",
}
AN_EXPORT: Cannot = {
    **A_PROSPECT,
    "changes": "an export is one answer, which cannot change while it is read",
    "page_size": "an export is one file",
    "volume": "an export is one file, which is held in memory while it is read",
}


def walks(inputs: ProspectorLists) -> tuple[Walk, ...]:
    """The prospects of each list, and its export where that is wished for; all free."""
    lists = tuple(_listing(one, inputs.page_size) for one in inputs.lists)
    return (*lists, *(_export(one) for one in inputs.lists if inputs.export))


def _listing(list_id: str, page_size: int) -> Walk:
    def ask(window: Window, size: int) -> Question:
        chosen = (window["position"] or {}).get("cursor")
        params = (("limit", str(size)), *([("cursor", str(chosen))] if chosen else ()))
        question = _get(LISTING, f"prospects_{list_id}", window, list_id, "prospects")
        return replace(question, params=params, at_most={"record": size})

    return Walk(
        f"prospects_{list_id}",
        "prospects",
        digest(list_id),
        reading,
        lambda window: page(page_size, lambda size: ask(window, size)),
        _on_either_path(list_id, _listing_following),
        cannot=A_PROSPECT,
        page_size="prospector.page_size",
    )


def _export(list_id: str) -> Walk:
    def ask(window: Window) -> Question:
        question = _get(EXPORT, f"prospect_export_{list_id}", window, list_id, "export")
        return replace(question, reads="csv", at_most={"record": LARGEST_EXPORT})

    return Walk(
        f"prospect_export_{list_id}",
        "prospect_exports",
        digest(list_id),
        reading,
        ask,
        _on_either_path(list_id, once),
        cannot=AN_EXPORT,
    )


def _get(operation: str, resource: str, window: Window, list_id: str, what: str) -> Question:
    """Asks on the path that a walk has found to be there; the first question tries the first."""
    path = (window["position"] or {}).get("path", PATHS[0])
    return Question(
        operation=operation,
        resource=resource,
        window=window["id"],
        step=window["step"],
        method="GET",
        path=f"{path}/{list_id}/{what}",
        selection=f"{operation} {list_id}",
        server=SERVER,
        may_be_missing=True,
    )


def _on_either_path(
    list_id: str, following: Callable[[Window, Answer], Position | None]
) -> Callable[[Window, Answer], Position | None]:
    """Goes on as `following` says; what is not found on the first path is asked for on the other, and then given up.

    Raises:
        CannotGoOn: the list is on neither path, or was there and is gone.
    """

    def on_either_path(window: Window, answer: Answer) -> Position | None:
        position = window["position"]
        if answer.found:
            further = following(window, answer)
            return further and {**further, "path": (position or {}).get("path", PATHS[0])}
        if position is None:
            return {"path": PATHS[1]}
        raise CannotGoOn(
            f"LeadIQ's Prospector has no list {list_id}: correct its id in sources.leadiq.prospector.lists, or take "
            "it out where the list was deleted"
        )

    return on_either_path


def _listing_following(window: Window, answer: Answer) -> Position | None:
    if isinstance(answer.document, dict) and answer.document.get(HOLDERS[0], []) is None:
        remark(window, StopKind.PARTIAL, "LeadIQ sent null in place of a page of prospects; it is read again")
    return Cursor(_page_info, lambda document: prospects_of(document) or [])(window, answer)


def _page_info(document: Any) -> tuple[bool, str | None]:
    """Whether there is another page, and its cursor; a cursor alone says that there is."""
    pages = (an_object(document), an_object(an_object(document).get("data")))
    places = [*pages, *(an_object(one.get(name)) for one in pages for name in ("pageInfo", "meta", "pagination"))]
    cursor = next((str(one[name]) for one in places for name in CURSORS if one.get(name) not in (None, "")), None)
    says = next((one[name] for one in places for name in FLAGS if isinstance(one.get(name), bool)), None)
    return cursor is not None if says is None else says, cursor


def writes(operation: str, resource: str, body: Callable[[Sequence[Sent]], Mapping[str, Any]]) -> Ask:
    """A list is made, or a prospect put on one; on the path of the way that is tried."""

    def ask(window: Window, rows: Sequence[Sent]) -> Question:
        path = PATHS[(window["position"] or {}).get("way", 0)]
        sent = dict(body(rows))
        list_id = sent.pop("listId", None)
        return Question(
            operation=operation,
            resource=resource,
            window=window["id"],
            step=window["step"],
            method="POST",
            path=path if list_id is None else f"{path}/{list_id}/prospects",
            body=sent,
            selection=operation,
            server=SERVER,
            at_most={"record": len(rows)},
            may_be_missing=True,
        )

    return ask


def inspect(question: Question, status: int, document: Any) -> Problem | None:
    """Errors come with their HTTP status and their words in `message` or `error`."""
    if status >= 400:
        return Problem("status", status, refusal(document))
    if question.operation == LISTING and prospects_of(document) is None:
        return Problem("status", 502, refusal(document) or "the answer holds no list of prospects")
    return None


def counts(question: Question, document: Any) -> Mapping[str, int]:
    """`record`: the prospects of a page, the rows of an export; whatever else is answered is one."""
    if question.operation == LISTING:
        return {"record": len(prospects_of(document) or ())}
    return {"record": len(document["rows"]) if question.operation == EXPORT else 1}


def prospects_of(document: Any) -> list[Any] | None:
    """A page's prospects, none where null stands in their place; None when it holds no list of them."""
    if isinstance(document, list):
        return document
    page = an_object(document)
    for place in (page, an_object(page.get("data"))):
        found = next((place[name] for name in HOLDERS if isinstance(place.get(name), list)), None)
        if found is not None:
            return list(found)
    return [] if HOLDERS[0] in page else None
