"""What LeadIQ's tracking knows: job changes of tracked contacts, and the list of tracked companies."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from graphql import GraphQLError

from sandbox import vocabulary as words
from sandbox import wording
from sandbox.books import Books
from sandbox.changes import Change, another_version, changed
from sandbox.leadiq.account import Account, ListedCompany, Task, TrackedRow
from sandbox.leadiq.knowledge import DETECTED, outermost
from sandbox.population import Company, JobChange, Population, Position
from sandbox.till import Till
from sandbox.views import View

PAGE_SIZE = 25
FIRST_TASK = "first-task"
MONTHS_OF_FIRST_TASK = 60


@dataclass(frozen=True, slots=True)
class TrackedEvent:
    """A job change, its place in the order of events, and the record LeadIQ gives of it."""

    change: JobChange
    import_id: str
    position: tuple[str, str]
    node: dict[str, Any]

    @property
    def cursor(self) -> str:
        """An opaque text for the place behind this event."""
        return cursor_of(self.position)


class Tracking:
    """LeadIQ's view of the population on any day."""

    def __init__(self, population: Population, books: Books, till: Till) -> None:
        self._population = population
        self._books = books
        self._till = till
        ordered = sorted(population.changes, key=_order)
        self._events = [
            TrackedEvent(change, change.person.import_id, _order(change), self._node(change)) for change in ordered
        ]
        self._companies = [
            listed for one in population.companies if one.tracked_from is not None for listed in self._listed(one)
        ]
        self.contacts_tracked = sum("leadiq" in person.seen_since for person in population.people)
        # A few days are asked for again and again; remember those and let the rest go.
        self._events_on = lru_cache(maxsize=16)(self._all_events_on)
        self._companies_on = lru_cache(maxsize=16)(self._all_companies_on)
        self._accounts: dict[int, Account] = {}

    def events_on(self, day: dt.date, account: Account) -> list[TrackedEvent]:
        """Every event visible on ``day``, in the order of detection: the world's own imports and the account's."""
        self._accounts = {account.version: account}
        return self._events_on(day, account.version)

    def companies_on(self, day: dt.date, account: Account) -> list[ListedCompany]:
        """Every company on the list on ``day``, in the order of ids."""
        self._accounts = {account.version: account}
        return self._companies_on(day, account.version)

    def _all_events_on(self, day: dt.date, version: int) -> list[TrackedEvent]:
        events = [event for event in self._events if event.change.visible_on <= day]
        added = [
            self._event_of(row, change)
            for row in self._accounts[version].rows
            if row.person is not None
            for change in row.person.changes
            if row.since < change.visible_on <= day
        ]
        return sorted(events + added, key=lambda event: event.position)

    def _event_of(self, row: TrackedRow, change: JobChange) -> TrackedEvent:
        """A change as told of a contact that was handed in: with an event id and the customer's keys of its own."""
        event_id = self._population.dice.hexadecimal(24, "event", row.import_id, row.n, change.event_id)
        # Nothing is detected before anybody looked for it.
        detected = max(change.reported_on, row.since).isoformat()
        node = {
            **self._node(change),
            "id": event_id,
            "jobChangeDetected": detected,
            "referenceId": row.given.get("referenceId"),
            "externalRecordId": row.given.get("externalRecordId"),
        }
        return TrackedEvent(change, row.import_id, (detected, event_id), node)

    def _all_companies_on(self, day: dt.date, version: int) -> list[ListedCompany]:
        told = self._accounts[version].companies
        listed = [one for one in self._companies if one.id not in told]
        return sorted((one for one in (*listed, *told.values()) if one.on(day)), key=lambda one: one.id)

    def first_task(self, today: dt.date, account: Account) -> Task:
        """A task that somebody started a month ago and that is done."""
        return Task(
            FIRST_TASK, today - dt.timedelta(days=30), MONTHS_OF_FIRST_TASK, tuple(self.companies_on(today, account))
        )

    @property
    def most_contacts(self) -> int:
        """How many contacts the account may track; a quota is what may come to those who are tracked from the start."""
        quota = self._till.quota("leadiq", "tracking")
        return max(5000, 2 * self.contacts_tracked) if quota is None else self.contacts_tracked + math.floor(quota)

    def contacts_used(self, day: dt.date, account: Account) -> int:
        """How many contacts are tracked on ``day``, other users' among them; one handed in twice counts twice."""
        others = math.ceil(self._books.charged_to_others("leadiq", "tracking", day))
        return self.contacts_tracked + sum(row.since <= day for row in account.rows) + others

    def contacts_in(self, import_id: str, day: dt.date, account: Account) -> int:
        """How many contacts an import holds on ``day``."""
        world = sum("leadiq" in one.seen_since and one.import_id == import_id for one in self._population.people)
        return world + len(account.imported(import_id, day))

    def contacts_page(
        self,
        day: dt.date,
        account: Account,
        limit: int,
        cursor: str | None,
        import_id: str | None,
        detected_after: dt.date | None,
        unique_only: bool,
        changes: Sequence[Change] = (),
    ) -> tuple[list[TrackedEvent], dict[str, Any]]:
        """One page of events in the order of detection, and its ``pageInfo``."""
        events = self.events_on(day, account)
        if import_id is not None:
            events = [event for event in events if event.import_id == import_id]
        if detected_after is not None:
            events = [event for event in events if event.position[0] >= detected_after.isoformat()]
        if unique_only:
            latest = {event.change.person.truth_id: event for event in events}
            events = [event for event in events if latest[event.change.person.truth_id] is event]
        events = _events_after(events, changes)
        # A cursor is a position in the order, not a count: an event that arrives late does not shift the pages.
        position = read_cursor(cursor) if cursor is not None else None
        rest = [event for event in events if position is None or event.position > position]
        page = rest[: page_size(limit)]
        return page, {
            "total": len(events),
            "startCursor": page[0].cursor if page else None,
            "endCursor": page[-1].cursor if page else None,
            "hasPreviousPage": len(rest) < len(events),
            "hasNextPage": len(page) < len(rest),
        }

    def companies_page(
        self, day: dt.date, account: Account, first: int | None, after: str | None, changes: Sequence[Change] = ()
    ) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """One page of edges in the order of ids, and its ``pageInfo``; a cursor survives the company it names."""
        companies = _companies_after(self.companies_on(day, account), changes)
        return edges_after([one.node for one in companies], first, after)

    def _listed(self, company: Company) -> list[ListedCompany]:
        """A company of the world on the list, as LeadIQ words it; one that is renamed, once for each name."""
        dice = self._population.dice
        key = ("leadiq company", company.truth_id)
        custom = {"crmAccount": f"acc-{dice.below(9000, 'crm', *key) + 1000}", "tier": dice.pick("ABC", "tier", *key)}
        assert company.tracked_from is not None, "only those are listed that are tracked some day"
        listed = ListedCompany(
            id=company.leadiq_id,
            name=wording.company_name(dice, company.name, company.seat.legal_form, *key),
            domain=wording.domain(dice, company.domain, *key),
            custom_data=custom if dice.chance(0.6, "custom", *key) else None,
            company=company,
            since=company.tracked_from,
            until=company.tracked_until,
        )
        views = company.views.get("leadiq", ())
        if not views:
            return [listed]
        ends = [*(view.since for view in views[1:]), company.tracked_until]
        return [
            replace(
                listed,
                name=view.name,
                domain=view.domain or listed.domain,
                since=max(view.since, company.tracked_from),
                until=end,
            )
            for view, end in zip(views, ends, strict=True)
        ]

    def job_changes(
        self, task: Task, unique_only: bool, first: int, after: str | None, changes: Sequence[Change] = ()
    ) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """One page of a finished task's job changes, in the order of ids, and its ``pageInfo``."""
        listed = {one.company.truth_id: one for one in task.companies if one.company is not None}
        found: dict[str, dict[str, Any]] = {}
        for event in self._events:
            change = event.change
            if change.after is None or change.after.company.truth_id not in listed:
                continue
            if change.visible_on <= task.done_on and change.effective_on >= task.from_day:
                key = change.person.truth_id if unique_only else change.event_id
                # In the order of detection, so the latest of a person's changes is the one that stays.
                found[key] = self._task_node(event, listed[change.after.company.truth_id])
        nodes = sorted(found.values(), key=lambda node: str(node["id"]))
        return edges_after(_job_changes_after(nodes, changes), first, after)

    def _task_node(self, event: TrackedEvent, listed: ListedCompany) -> dict[str, Any]:
        """A job change as a task tells it: no id of the person, the company as it was handed in."""
        dice, change, told = self._population.dice, event.change, event.node
        key = ("leadiq task", change.event_id)
        assert change.after is not None, "a departure is no job change of a task"
        again = [f"003{dice.hexadecimal(12, 'again', *key)}"] if dice.chance(0.3, "again", *key) else []
        return {
            "id": dice.hexadecimal(24, "task change", change.event_id),
            "person": {
                "firstName": told["firstName"],
                "lastName": told["lastName"],
                "email": told["email"],
                "emailStatus": told["emailStatus"],
                "personalPhones": told["phones"],
                "workPhones": told["workPhones"],
                "linkedinUrl": told["linkedIn"],
                "country": told["contactCountry"],
            },
            "currentCompany": {
                "id": listed.id,
                "inputName": listed.name,
                "inputDomain": listed.domain,
                "customData": listed.custom_data,
            },
            "currentPosition": {
                "title": told["title"],
                "function": change.after.department.leadiq_domain,
                "seniority": change.after.level.leadiq,
                "startDate": told["jobStartDate"],
            },
            "jobChangeType": DETECTED[change.kind],
            "matchedICPIds": [f"icp-{dice.below(4, 'icp', *key) + 1}"] if dice.chance(0.5, *key) else [],
            "duplicateRecordIds": told["duplicateRecordIds"] or again,
        }

    def _node(self, change: JobChange) -> dict[str, Any]:
        dice, person = self._population.dice, change.person
        key = ("leadiq event", change.event_id)
        owner = ("leadiq contact", person.truth_id)

        def sometimes(value: Any, share: float, what: str) -> Any:
            return value if dice.chance(share, what, *key) else None

        before = change.before
        node: dict[str, Any] = {
            "id": change.event_id,
            "contactCountry": sometimes(_country(person.country_code), 0.85, "country"),
            "firstName": person.first_name,
            "lastName": person.last_name,
            "lastKnownCompany": self._name(before.company),
            "lastKnownCompanyDomain": wording.domain(dice, before.company.domain, "last", *key),
            "lastKnownTitle": sometimes(self._title(before, change), 0.9, "last title"),
            "linkedIn": None,
            "company": None,
            "companyDomain": None,
            "companyCountry": None,
            "companyState": None,
            "title": None,
            "jobChangeDetected": change.reported_on.isoformat(),
            "jobStartDate": change.effective_on.isoformat() if change.start_known else None,
            "email": None,
            "emailStatus": None,
            "phones": [],
            "workPhones": [],
            "companySize": None,
            "companyIndustry": None,
            "companyLinkedIn": None,
            "titleLevel": None,
            "titleDomain": None,
            "referenceId": f"lead-{person.truth_id[1:]}" if dice.chance(0.5, "reference", *owner) else None,
            "externalRecordId": f"003{dice.hexadecimal(12, *owner)}" if dice.chance(0.6, "external", *owner) else None,
            "jobChangeType": change.kind,
            "duplicateRecordIds": [],
            "duplicateAccountIds": [],
        }
        if dice.chance(0.08, "duplicates", *owner):
            node["duplicateRecordIds"] = [f"003{dice.hexadecimal(12, 'duplicate', *owner)}"]
            node["duplicateAccountIds"] = [f"001{dice.hexadecimal(12, 'duplicate account', *owner)}"]
        if person.link != "leadiq_by_email":
            node["linkedIn"] = wording.person_url(dice, person.slug, person.country_code, *key)
        if person.phone is not None and dice.chance(0.6, "phone", *key):
            node["phones"] = [wording.phone(dice, person.phone, *key)]
        if change.after is not None:
            node.update(self._arrival(change.after, change, key))
        email = self._email(change, key)
        if email is not None:
            node["email"] = wording.email(dice, email, *key)
            node["emailStatus"] = dice.pick(("Verified", "VerifiedLikely", "Unverified", None), "status", *key)
        view = person.as_seen_by("leadiq", change.visible_on)
        if view is not None:
            node.update(self._as_viewed(view, change, key))
        return node

    def _as_viewed(self, view: View, change: JobChange, key: tuple[str, str]) -> dict[str, Any]:
        """The fields in which a trap's event is what the view says and not what is true."""
        dice, email = self._population.dice, view.email
        stated: dict[str, Any] = {
            "firstName": view.first_name,
            "lastName": view.last_name,
            "linkedIn": view.url,
            "email": None if email is None else wording.email(dice, email, *key),
            "emailStatus": None if email is None else dice.pick(("Verified", "VerifiedLikely"), "viewed", *key),
            "phones": [] if view.phone is None else [wording.phone(dice, view.phone, *key)],
        }
        if view.title is not None:
            stated["title"] = view.title
        if view.keys:
            stated["externalRecordId"] = f"003{dice.hexadecimal(12, 'leadiq contact', change.person.truth_id)}"
        else:
            none: list[str] = []
            stated |= {"referenceId": None, "externalRecordId": None}
            stated |= {"duplicateRecordIds": none, "duplicateAccountIds": none}
        return stated

    def _arrival(self, after: Position, change: JobChange, key: tuple[str, str]) -> dict[str, Any]:
        """What is known of the new job; LeadIQ's company LinkedIn URL stays empty where none is known at all."""
        dice, company = self._population.dice, after.company

        def sometimes(value: Any, share: float, what: str) -> Any:
            return value if dice.chance(share, what, *key) else None

        reachable = company.link != "domain_only" and dice.chance(0.8, "company url", *key)
        view = company.as_seen_by("leadiq", change.visible_on)
        stated = (
            {} if view is None else {"company": view.name, "companyDomain": view.domain, "companyLinkedIn": view.url}
        )
        return {
            "company": self._name(company),
            "companyDomain": wording.domain(dice, company.domain, *key),
            "companyCountry": sometimes(company.seat.country, 0.9, "company country"),
            "companyState": sometimes(company.seat.state or None, 0.8, "company state"),
            "title": self._title(after, change),
            "workPhones": [wording.head_office(dice, company.truth_id)] if dice.chance(0.4, "work phone", *key) else [],
            "companySize": sometimes(wording.size_band(company.employees, "-"), 0.85, "size"),
            "companyIndustry": sometimes(company.industry.leadiq, 0.9, "industry"),
            "companyLinkedIn": wording.company_url(dice, company.slug, *key) if reachable else None,
            "titleLevel": sometimes(after.level.leadiq, 0.9, "level"),
            "titleDomain": sometimes(after.department.leadiq_domain, 0.9, "domain"),
            **stated,
        }

    def _email(self, change: JobChange, key: tuple[str, str]) -> str | None:
        if change.person.link != "slug":
            return change.person.personal_email
        if change.after is None:
            return None
        shared = self._population.role_mailboxes.get(change.event_id)
        if shared is not None:
            return shared
        return change.after.email if self._population.dice.chance(0.75, "has email", *key) else None

    def _name(self, company: Company) -> str:
        dice = self._population.dice
        return wording.company_name(dice, company.name, company.seat.legal_form, "leadiq company", company.truth_id)

    def _title(self, position: Position, change: JobChange) -> str:
        dice = self._population.dice
        return wording.title(position.department, position.level, dice.below(3, "leadiq title", change.person.truth_id))


def _events_after(events: list[TrackedEvent], changes: Sequence[Change]) -> list[TrackedEvent]:
    """The events after ``changes``: a newcomer is detected on the first or the last day, before or after all others."""

    def newcomer(event: TrackedEvent, n: int, in_front: bool) -> TrackedEvent:
        day = events[0 if in_front else -1].position[0]
        event_id = outermost(n, in_front)
        node = {**event.node, "id": event_id, "jobChangeDetected": day}
        return TrackedEvent(event.change, event.import_id, (day, event_id), node)

    def updated(event: TrackedEvent) -> TrackedEvent:
        node = {**event.node, "lastKnownTitle": another_version(event.node["lastKnownTitle"])}
        return replace(event, node=node)

    return changed(events, changes, newcomer, updated)


def _companies_after(companies: list[ListedCompany], changes: Sequence[Change]) -> list[ListedCompany]:
    def newcomer(company: ListedCompany, n: int, in_front: bool) -> ListedCompany:
        return replace(company, id=outermost(n, in_front))

    def updated(company: ListedCompany) -> ListedCompany:
        return replace(company, name=another_version(company.name))

    return changed(companies, changes, newcomer, updated)


def _job_changes_after(nodes: list[dict[str, Any]], changes: Sequence[Change]) -> list[dict[str, Any]]:
    def newcomer(node: dict[str, Any], n: int, in_front: bool) -> dict[str, Any]:
        return {**node, "id": outermost(n, in_front)}

    def updated(node: dict[str, Any]) -> dict[str, Any]:
        position = {**node["currentPosition"], "title": another_version(node["currentPosition"]["title"])}
        return {**node, "currentPosition": position}

    return changed(nodes, changes, newcomer, updated)


def edges_after(
    nodes: Sequence[dict[str, Any]], first: int | None, after: str | None
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """One page of nodes that stand in the order of their ids, each its own cursor, and the page's ``pageInfo``."""
    rest = [node for node in nodes if after is None or node["id"] > after]
    page = rest[: page_size(PAGE_SIZE if first is None else first)]
    return [{"cursor": node["id"], "node": node} for node in page], {
        "total": len(nodes),
        "startCursor": page[0]["id"] if page else None,
        "endCursor": page[-1]["id"] if page else None,
        "hasPreviousPage": len(rest) < len(nodes),
        "hasNextPage": len(page) < len(rest),
    }


def page_size(asked: int) -> int:
    """LeadIQ gives at most 25, without saying so when more are asked for."""
    if asked < 1:
        raise GraphQLError(f"A page of {asked} cannot be given.")
    return min(asked, PAGE_SIZE)


def cursor_of(position: tuple[str, str]) -> str:
    """An opaque cursor for a position in the order of events."""
    return base64.urlsafe_b64encode("|".join(position).encode()).decode()


def read_cursor(cursor: str) -> tuple[str, str]:
    """The position a cursor stands for."""
    try:
        day, _, event_id = base64.urlsafe_b64decode(cursor.encode()).decode().partition("|")
        dt.date.fromisoformat(day)
    except (binascii.Error, ValueError) as error:
        raise GraphQLError(f"The cursor {cursor!r} is not one of this connection's.") from error
    return day, event_id


def _order(change: JobChange) -> tuple[str, str]:
    return change.reported_on.isoformat(), change.event_id


def _country(code: str) -> str:
    return next(city.country for city in words.CITIES if city.country_code == code)
