"""What a customer has told LeadIQ: contacts and companies to track, tasks, feedback, lists of prospects."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sandbox.population import Company, Person

DAYS_OF_A_TASK = 2
_versions = itertools.count(1)


@dataclass(frozen=True, slots=True, eq=False)
class TrackedRow:
    """One contact as it was handed in, the ``n``-th of its import, and whom it is about, if that is known."""

    import_id: str
    n: int
    since: dt.date
    given: Mapping[str, Any]
    person: Person | None


@dataclass(frozen=True, slots=True, eq=False)
class ListedCompany:
    """A company on the list of tracked companies from ``since`` up to, not including, ``until``."""

    id: str
    name: str
    domain: str
    custom_data: Any
    company: Company | None
    since: dt.date
    until: dt.date | None = None

    def on(self, day: dt.date) -> bool:
        """Whether it is on the list on ``day``."""
        return self.since <= day and (self.until is None or day < self.until)

    @property
    def node(self) -> dict[str, Any]:
        """The company as LeadIQ gives it."""
        return {"id": self.id, "name": self.name, "domain": self.domain, "customData": self.custom_data}


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """A company-tracking task over the companies that were tracked when it was started."""

    id: str
    created_on: dt.date
    months_back: int
    companies: tuple[ListedCompany, ...]
    cancelled_on: dt.date | None = None
    reason: str | None = None

    @property
    def done_on(self) -> dt.date:
        """The day on which it has its result."""
        return self.created_on + dt.timedelta(days=DAYS_OF_A_TASK)

    @property
    def from_day(self) -> dt.date:
        """The first day on which a job may have begun to be told."""
        months = self.created_on.year * 12 + self.created_on.month - 1 - self.months_back
        # Every month has a 28th: the day is cut, as calendars do it.
        return dt.date(months // 12, months % 12 + 1, min(self.created_on.day, 28))

    def is_cancelled(self, day: dt.date) -> bool:
        """Whether it was cancelled by ``day``."""
        return self.cancelled_on is not None and self.cancelled_on <= day

    def status(self, day: dt.date) -> str:
        """``Processing``, ``Successful`` from the second day on, or ``Failed`` once cancelled."""
        if self.is_cancelled(day):
            return "Failed"
        return "Successful" if day >= self.done_on else "Processing"


@dataclass(frozen=True, slots=True, eq=False)
class Prospect:
    """Somebody on a list: what was handed in, and the person it is about, if that is known."""

    id: str
    n: int
    since: dt.date
    given: Mapping[str, Any]
    person: Person | None


@dataclass(frozen=True, slots=True, eq=False)
class ProspectList:
    """A list of prospects in the order in which they came."""

    id: str
    name: str
    description: str | None
    since: dt.date
    prospects: tuple[Prospect, ...] = ()

    def on(self, day: dt.date) -> list[Prospect]:
        """Who is on the list on ``day``."""
        return [one for one in self.prospects if one.since <= day]


@dataclass(slots=True)
class Account:
    """All of it. A request works on a copy, which replaces the original when the request takes effect."""

    rows: list[TrackedRow] = field(default_factory=list)
    companies: dict[str, ListedCompany] = field(default_factory=dict)
    """Companies added, and the world's own once they were removed, by id."""
    tasks: dict[str, Task] = field(default_factory=dict)
    feedback: list[dict[str, Any]] = field(default_factory=list)
    regenerated: dict[str, list[dt.date]] = field(default_factory=dict)
    """The days on which a person's record was ordered anew, by the person's id."""
    lists: dict[str, ProspectList] = field(default_factory=dict)
    version: int = 0

    def copy(self) -> Account:
        """A copy with a version of its own; what it holds never changes, so it is shared."""
        return Account(
            list(self.rows),
            dict(self.companies),
            dict(self.tasks),
            list(self.feedback),
            {name: list(days) for name, days in self.regenerated.items()},
            dict(self.lists),
            next(_versions),
        )

    def imported(self, import_id: str, day: dt.date) -> list[TrackedRow]:
        """What an import holds on ``day``."""
        return [row for row in self.rows if row.import_id == import_id and row.since <= day]

    def is_processing(self, import_id: str | None, day: dt.date) -> bool:
        """Whether an import, or any without a name, is in its first day."""
        began: dict[str, dt.date] = {}
        for row in self.rows:
            began.setdefault(row.import_id, row.since)
        return day in began.values() if import_id is None else began.get(import_id) == day

    def list_company(self, company: ListedCompany) -> None:
        """Put a company on the list, in place of itself as it was."""
        self.companies[company.id] = company
        self.version = next(_versions)

    def remove(self, company: ListedCompany, day: dt.date) -> None:
        """Take a company off the list from ``day`` on."""
        self.list_company(replace(company, until=day))

    def as_truth(self, day: dt.date) -> dict[str, Any]:
        """What the provider was told by ``day``, for the answer key."""
        imports: dict[str, list[TrackedRow]] = {}
        for row in self.rows:
            if row.since <= day:
                imports.setdefault(row.import_id, []).append(row)
        return {
            "imports": [
                {
                    "import_id": name,
                    "contacts": [
                        {"on": row.since.isoformat(), "truth_id": _truth_id(row.person), "input": dict(row.given)}
                        for row in rows
                    ],
                }
                for name, rows in imports.items()
            ],
            "tracked_companies": [
                {
                    **one.node,
                    "truth_id": _truth_id(one.company),
                    "since": one.since.isoformat(),
                    "until": one.until.isoformat() if one.until and one.until <= day else None,
                }
                for one in self.companies.values()
                if one.since <= day
            ],
            "tasks": [
                {
                    "id": task.id,
                    "created_on": task.created_on.isoformat(),
                    "months_back": task.months_back,
                    "status": task.status(day),
                    "companies": [one.id for one in task.companies],
                }
                for task in self.tasks.values()
                if task.created_on <= day
            ],
            "regenerated": {
                name: [one.isoformat() for one in days if one <= day] for name, days in self.regenerated.items()
            },
            "feedback": [one for one in self.feedback if one["on"] <= day.isoformat()],
            "lists": [
                {
                    "id": one.id,
                    "name": one.name,
                    "prospects": [
                        {"id": prospect.id, "truth_id": _truth_id(prospect.person), "input": dict(prospect.given)}
                        for prospect in one.on(day)
                    ],
                }
                for one in self.lists.values()
                if one.since <= day
            ],
        }


def _truth_id(one: Person | Company | None) -> str | None:
    return None if one is None else one.truth_id
