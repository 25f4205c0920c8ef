"""How a provider has a person or a company who is a trap for record linkage, where it is not the plain truth."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from sandbox.population import Position

AnyView = TypeVar("AnyView", "View", "CompanyView")


@dataclass(frozen=True, slots=True)
class Trap:
    """The label of whoever belongs to the ``case``-th trap, which is of this ``kind``."""

    kind: str
    case: int


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What one provider states of a person from a day on: exactly these contact values, whatever else it knows.

    ``url`` is how it writes the LinkedIn page of the profile ``slug`` (None: it states none). A ``title`` replaces the
    provider's wording; ``position`` is a job that it holds for the current one; ``updated_on`` the day on which it says
    that it looked last. ``keys`` says whether LeadIQ states the key under which the customer has the person, the same in
    all its records.
    """

    first_name: str
    last_name: str
    full_name: str
    slug: str | None = None
    url: str | None = None
    work_emails: tuple[str, ...] = ()
    personal_emails: tuple[str, ...] = ()
    phone: str | None = None
    title: str | None = None
    position: Position | None = None
    updated_on: dt.date | None = None
    keys: bool = True
    since: dt.date = dt.date.min

    @property
    def email(self) -> str | None:
        """The one address of a record that has room for one."""
        return next(iter((*self.work_emails, *self.personal_emails)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyView:
    """What one provider states of a company from a day on; None is not stated."""

    name: str
    domain: str | None = None
    website: str | None = None
    url: str | None = None
    since: dt.date = dt.date.min


def view_on(views: Sequence[AnyView], day: dt.date) -> AnyView | None:
    """The view that holds on ``day``, of views in the order of their days; None where nothing but the truth is told."""
    told = [view for view in views if view.since <= day]
    return told[-1] if told else None
