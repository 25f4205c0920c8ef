"""What LeadIQ's tracking knows: job changes of tracked contacts, and the list of tracked companies."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from graphql import GraphQLError

from sandbox import vocabulary as words
from sandbox import wording
from sandbox.changes import Change, another_version, changed
from sandbox.population import Company, JobChange, Population, Position

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class TrackedEvent:
    """A job change, its place in the order of events, and the record LeadIQ gives of it."""

    change: JobChange
    position: tuple[str, str]
    node: dict[str, Any]

    @property
    def cursor(self) -> str:
        """An opaque text for the place behind this event."""
        return cursor_of(self.position)


class Tracking:
    """LeadIQ's view of the population on any day."""

    def __init__(self, population: Population) -> None:
        self._population = population
        ordered = sorted(population.changes, key=_order)
        self._events = [TrackedEvent(change, _order(change), self._node(change)) for change in ordered]
        self._companies = sorted(population.companies, key=lambda company: company.leadiq_id)
        self.contacts_tracked = sum("leadiq" in person.seen_since for person in population.people)
        # A few days are asked for again and again; remember those and let the rest go.
        self.events_on = lru_cache(maxsize=16)(self._events_on)
        self.companies_on = lru_cache(maxsize=16)(self._companies_on)

    def _events_on(self, day: dt.date) -> list[TrackedEvent]:
        return [event for event in self._events if event.change.visible_on <= day]

    def _companies_on(self, day: dt.date) -> list[Company]:
        return [company for company in self._companies if company.tracked_on(day)]

    def contacts_page(
        self,
        day: dt.date,
        limit: int,
        cursor: str | None,
        import_id: str | None,
        detected_after: dt.date | None,
        unique_only: bool,
        changes: Sequence[Change] = (),
    ) -> tuple[list[TrackedEvent], dict[str, Any]]:
        """One page of events in the order of detection, and its ``pageInfo``."""
        events = self.events_on(day)
        if import_id is not None:
            events = [event for event in events if event.change.person.import_id == import_id]
        if detected_after is not None:
            events = [event for event in events if event.change.reported_on >= detected_after]
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
        self, day: dt.date, first: int | None, after: str | None, changes: Sequence[Change] = ()
    ) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """One page of edges in the order of ids, and its ``pageInfo``; a cursor survives the company it names."""
        companies = _companies_after(self.companies_on(day), changes)
        rest = [company for company in companies if after is None or company.leadiq_id > after]
        page = rest[: page_size(PAGE_SIZE if first is None else first)]
        edges = [{"cursor": company.leadiq_id, "node": self.company_node(company)} for company in page]
        return edges, {
            "total": len(companies),
            "startCursor": page[0].leadiq_id if page else None,
            "endCursor": page[-1].leadiq_id if page else None,
            "hasPreviousPage": len(rest) < len(companies),
            "hasNextPage": len(page) < len(rest),
        }

    def company_node(self, company: Company) -> dict[str, Any]:
        """A tracked company as LeadIQ gives it."""
        dice = self._population.dice
        key = ("leadiq company", company.truth_id)
        custom = {"crmAccount": f"acc-{dice.below(9000, 'crm', *key) + 1000}", "tier": dice.pick("ABC", "tier", *key)}
        return {
            "id": company.leadiq_id,
            "name": wording.company_name(dice, company.name, company.seat.legal_form, *key),
            "domain": wording.domain(dice, company.domain, *key),
            "customData": custom if dice.chance(0.6, "custom", *key) else None,
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
        return node

    def _arrival(self, after: Position, change: JobChange, key: tuple[str, str]) -> dict[str, Any]:
        """What is known of the new job; LeadIQ's company LinkedIn URL stays empty where none is known at all."""
        dice, company = self._population.dice, after.company

        def sometimes(value: Any, share: float, what: str) -> Any:
            return value if dice.chance(share, what, *key) else None

        reachable = company.link != "domain_only" and dice.chance(0.8, "company url", *key)
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
        event_id = _outermost(n, in_front)
        node = {**event.node, "id": event_id, "jobChangeDetected": day}
        return TrackedEvent(event.change, (day, event_id), node)

    def updated(event: TrackedEvent) -> TrackedEvent:
        node = {**event.node, "lastKnownTitle": another_version(event.node["lastKnownTitle"])}
        return replace(event, node=node)

    return changed(events, changes, newcomer, updated)


def _companies_after(companies: list[Company], changes: Sequence[Change]) -> list[Company]:
    def newcomer(company: Company, n: int, in_front: bool) -> Company:
        return replace(company, leadiq_id=_outermost(n, in_front))

    def updated(company: Company) -> Company:
        return replace(company, name=another_version(company.name))

    return changed(companies, changes, newcomer, updated)


def _outermost(n: int, in_front: bool) -> str:
    """An id of 24 digits before or after all that were invented, and before or after the newcomers until then."""
    return f"{0:016d}{99_999_999 - n:08d}" if in_front else f"{'f' * 16}{n:08d}"


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
