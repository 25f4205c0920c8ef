"""What really is: which person or company each visible record is about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from sandbox.contactout import ContactOut
from sandbox.leadiq import LeadIQ
from sandbox.leadiq.knowledge import plain_domain, slug_of
from sandbox.letrics import Letrics
from sandbox.population import Company, JobChange, Person, Population
from sandbox.views import Trap
from sandbox.wording import title


class Truth:
    """The answer key to a day of the sandbox."""

    def __init__(self, population: Population, leadiq: LeadIQ, contactout: ContactOut, letrics: Letrics) -> None:
        self._population = population
        self._leadiq = leadiq
        self._contactout = contactout
        self._letrics = letrics
        everybody: tuple[Person | Company, ...] = (*population.people, *population.companies)
        self._traps = {one.truth_id: one.trap for one in everybody if one.trap is not None}
        self._told = lru_cache(maxsize=4)(self._on)

    def on(self, day: dt.date) -> dict[str, Any]:
        """The answer key of a day, with what LeadIQ and ContactOut were told by then."""
        return self._told(day, (self._leadiq.account.version, self._contactout.jobs.version))

    def _on(self, day: dt.date, _versions: tuple[int, int]) -> dict[str, Any]:
        records = self._records(day)
        if self._traps:
            records += self._employers(day)
        seen = {record["truth_id"] for record in records}
        # A change may be told of several imports; it happened once.
        events = self._leadiq.tracking.events_on(day, self._leadiq.account)
        changes = {event.change.event_id: _job_change(event.change) for event in events}
        truth: dict[str, Any] = {
            "date": day.isoformat(),
            "people": [
                {"truth_id": person.truth_id, "full_name": person.full_name, "linkedin_slug": person.slug}
                for person in self._population.people
                if person.truth_id in seen
            ],
            # A company without a record of its own may still stand in a person's: whoever was there on the first
            # day existed before, even on days when Letrics had yet to hear of it.
            "companies": [
                {"truth_id": company.truth_id, "name": company.name, "domain": company.domain}
                for company in self._population.companies
                if company.created_at.date() <= max(day, self._population.start) or company.truth_id in seen
            ],
            "records": records,
            "job_changes": list(changes.values()),
            "leadiq": {
                "people": [
                    {"id": known.record["id"], "truth_id": known.person.truth_id}
                    for known in self._leadiq.knowledge.people_on(day)
                ],
                "companies": [
                    {"id": known.info["id"], "truth_id": known.company.truth_id}
                    for known in self._leadiq.knowledge.companies_on(day)
                ],
                **self._leadiq.account.as_truth(day),
            },
            "contactout": self._contactout.as_truth(day),
        }
        return self._labelled(truth) if self._traps else truth

    def _labelled(self, truth: dict[str, Any]) -> dict[str, Any]:
        """The answer key with the label of its trap on every entry about somebody who belongs to one."""

        def labelled(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
            return [entry | self._label(entry["truth_id"]) for entry in entries]

        def told_by(provider: str, *names: str) -> dict[str, Any]:
            return {**truth[provider], **{name: labelled(truth[provider][name]) for name in names}}

        people, companies = _by_trap(self._population.people), _by_trap(self._population.companies)
        return truth | {
            **{name: labelled(truth[name]) for name in ("people", "companies", "records")},
            "leadiq": told_by("leadiq", "people", "companies"),
            "contactout": told_by("contactout", "people", "records"),
            "traps": [
                {
                    "trap": trap.kind,
                    "trap_case": trap.case,
                    "people": people.get(trap, []),
                    "companies": companies.get(trap, []),
                }
                for trap in sorted(set(self._traps.values()), key=lambda trap: trap.case)
            ],
        }

    def _label(self, truth_id: str) -> dict[str, Any]:
        trap = self._traps.get(truth_id)
        return {} if trap is None else {"trap": trap.kind, "trap_case": trap.case}

    def _employers(self, day: dt.date) -> list[dict[str, str]]:
        """Companies as they stand in the records of people, where a company has no id but its page or its domain."""
        found = [
            *self._employers_of_events(day),
            *(
                ("contactout", "people_search", profile.fields["company"], profile.companies[0])
                for profile in self._contactout.profiles.on(day)
                if profile.employed
            ),
        ]
        told = {
            (
                provider,
                resource,
                page_of_company(stated["url"]) or plain_domain(stated["domain"]),
                company.truth_id,
            ): None
            for provider, resource, stated, company in found
            if stated["url"] or stated["domain"]
        }
        return [
            _record(provider, resource, record_id, "company", truth_id)
            for provider, resource, record_id, truth_id in told
        ]

    def _employers_of_events(self, day: dt.date) -> Iterator[tuple[str, str, dict[str, Any], Company]]:
        for event in self._leadiq.tracking.events_on(day, self._leadiq.account):
            node, before, after = event.node, event.change.before, event.change.after
            left = {"url": None, "domain": node["lastKnownCompanyDomain"]}
            yield "leadiq", "trackedContacts", left, before.company
            if after is not None:
                joined = {"url": node["companyLinkedIn"], "domain": node["companyDomain"]}
                yield "leadiq", "trackedContacts", joined, after.company

    def _records(self, day: dt.date) -> list[dict[str, str]]:
        tracking, account, directory = self._leadiq.tracking, self._leadiq.account, self._letrics.directory
        return [
            *(
                _record("leadiq", "trackedContacts", event.node["id"], "person", event.change.person.truth_id)
                for event in tracking.events_on(day, account)
            ),
            *(
                _record("leadiq", "trackedCompanies", listed.id, "company", listed.company.truth_id)
                for listed in tracking.companies_on(day, account)
                # What was handed in and is no company of the world has no truth.
                if listed.company is not None
            ),
            *(
                _record(
                    "contactout",
                    "people_search",
                    f"https://www.linkedin.com/in/{profile.slug}",
                    "person",
                    profile.person.truth_id,
                )
                for profile in self._contactout.profiles.on(day)
            ),
            *(
                _record("letrics", "contacts", contact.record["id"], "person", contact.person.truth_id)
                for contact in directory.contacts_on(day)
            ),
            *(
                _record("letrics", "companies", company.letrics_id, "company", company.truth_id)
                for company in directory.companies_on(day)
            ),
        ]


def _by_trap(everybody: Sequence[Person] | Sequence[Company]) -> dict[Trap, list[str]]:
    found: dict[Trap, list[str]] = {}
    for one in everybody:
        if one.trap is not None:
            found.setdefault(one.trap, []).append(one.truth_id)
    return found


def page_of_company(url: str | None) -> str | None:
    """The plainest form of a company's page."""
    return None if url is None else f"https://www.linkedin.com/company/{slug_of(url)}"


def _record(provider: str, resource: str, record_id: str, entity: str, truth_id: str) -> dict[str, str]:
    return {
        "provider": provider,
        "resource": resource,
        "provider_record_id": record_id,
        "entity": entity,
        "truth_id": truth_id,
    }


def _job_change(change: JobChange) -> dict[str, Any]:
    """A change as it happened; titles in their plainest wording, since each provider has its own."""
    before, after = change.before, change.after
    return {
        "event_id": change.event_id,
        "person_truth_id": change.person.truth_id,
        "type": change.kind,
        "from_company_truth_id": before.company.truth_id,
        "to_company_truth_id": after.company.truth_id if after else None,
        "from_title": title(before.department, before.level, 0),
        "to_title": title(after.department, after.level, 0) if after else None,
        "effective_on": change.effective_on.isoformat(),
        "reported_on": change.reported_on.isoformat(),
        "visible_on": change.visible_on.isoformat(),
    }
