"""Deliberately broken copies of one source, each with the promise that it breaks."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any

from leadhouse.catalogue import SOURCES, Source
from sources.landing import Entity, Findings, read_answer
from sources.letrics.records import Contact
from sources.metered import Action, Answer, ErrorRule, Provider, Question
from sources.paging import PageNumbers, Position, Walk, Window

WHOLE = SOURCES["letrics"]


@dataclass(frozen=True)
class Copy:
    """A broken copy of Letrics.

    Attributes:
        breaks: the promise whose check must fail.
        account: where it is seen.
        more: how the desks differ.
        options: how the sandbox must be started.
    """

    source: Source
    breaks: str
    account: str = "free"
    more: Mapping[str, Any] = field(default_factory=dict)
    options: tuple[str, ...] = ()


def _walking(change: Callable[[Walk], Walk]) -> Source:
    return dataclasses.replace(WHOLE, walks=lambda settings: tuple(change(walk) for walk in WHOLE.walks(settings)))


def _wrong_stop(walk: Walk) -> Walk:
    """Ends where the next page would be the last: "less than a page is left" taken for "nothing is left"."""

    def following(window: Window, answer: Answer) -> Position | None:
        position = walk.following(window, answer)
        size = answer.question.page_size or 1
        return None if position and 0 < position["total"] - position["seen"] < size else position

    return replace(walk, following=following)


def _exclusive(walk: Walk) -> Walk:
    """Asks for what is later than the beginning of its window, and not for what lies on it."""

    def question(window: Window) -> Question:
        begins = window["from"]
        later = (datetime.fromisoformat(begins) + timedelta(seconds=1)).isoformat() if begins else None
        return walk.question(window | {"from": later})

    return replace(walk, question=question)


def _unsorted(walk: Walk) -> Walk:
    """Counts pages of a result that has no order, and does not look at what comes again."""
    pages = walk.following
    assert isinstance(pages, PageNumbers)
    return replace(walk, following=replace(pages, keys=None))


def _other_sizes(walk: Walk) -> Walk:
    """Asks for another number of records each time, and takes the page's number for its place all the same."""
    sizes = cycle((30, 20, 25))

    def question(window: Window) -> Question:
        asked = walk.question(window)
        assert asked.body is not None
        return replace(asked, body={**asked.body, "per_page": next(sizes)})

    return replace(walk, question=question)


def _retrying(provider: Provider) -> Provider:
    """Takes a broken connection for a request that nobody answered, and so charged nothing."""
    again = ErrorRule(Action.RETRY, "the connection broke ({message}): run the sync again", kind="reset")
    return replace(provider, errors=(again, *provider.errors))


class ContactWithoutDepartment(Contact):
    """A contact whose department nobody reads."""


del ContactWithoutDepartment.__pydantic_fields__["department"]
ContactWithoutDepartment.model_rebuild(force=True)


def _without_department(entity: Entity) -> Entity:
    return replace(entity, model=ContactWithoutDepartment) if entity.name == "contacts" else entity


def _without_envelope(*arguments: Any, **options: Any) -> tuple[list[dict[str, Any]], Findings]:
    rows, findings = read_answer(*arguments, **options)
    findings.envelope = "null"
    return rows, findings


COPIES: dict[str, Copy] = {
    "wrong stop condition": Copy(_walking(_wrong_stop), "pages"),
    "exclusive boundary": Copy(_walking(_exclusive), "backfill"),
    "paid retry": Copy(
        dataclasses.replace(WHOLE, provider=lambda settings: _retrying(WHOLE.provider(settings))), "money", "paid"
    ),
    "dropped field": Copy(
        dataclasses.replace(WHOLE, entities=tuple(_without_department(one) for one in WHOLE.entities)), "schema"
    ),
    "unsorted paging": Copy(_walking(_unsorted), "full read", options=("--letrics-order", "shuffled")),
    "page sizes that change": Copy(_walking(_other_sizes), "full read"),
    "lost envelope": Copy(WHOLE, "lossless", more={"read": _without_envelope}),
}
