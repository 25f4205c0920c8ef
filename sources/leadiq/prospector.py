"""LeadIQ's Prospector: lists of prospects, by REST, on a server of their own (API guide, Prospector REST API)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sources.metered import Problem, Question

from .asking import an_object

SERVER = "prospector"
"""Takes the decoded key as `X-API-Key`."""
LISTING, EXPORT = "listProspects", "exportList"
"""Our names; the guide has none."""
HOLDERS = ("items", "prospects", "results", "data")
"""Where a page's prospects stand: `items` is seen, the others would be as plausible."""


def inspect(question: Question, status: int, document: Any) -> Problem | None:
    """Errors come with their HTTP status and their words in `message` or `error`."""
    if status >= 400:
        return Problem("status", status, _words(document))
    if question.operation == LISTING and prospects_of(document) is None:
        return Problem("status", 502, _words(document) or "the answer holds no list of prospects")
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


def _words(document: Any) -> str:
    found = an_object(document)
    said = found.get("message") or found.get("error") or found.get("errors")
    if isinstance(said, dict):
        said = said.get("message") or said
    if isinstance(said, list):
        return "; ".join(_words(one) if isinstance(one, dict) else str(one) for one in said)
    return str(said or "")
