"""What really is: which person or company each visible record is about."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

from sandbox.contactout import ContactOut
from sandbox.leadiq import LeadIQ
from sandbox.letrics import Letrics
from sandbox.population import JobChange, Population
from sandbox.wording import title


class Truth:
    """The answer key to a day of the sandbox."""

    def __init__(self, population: Population, leadiq: LeadIQ, contactout: ContactOut, letrics: Letrics) -> None:
        self._population = population
        self._leadiq = leadiq
        self._contactout = contactout
        self._letrics = letrics
        self.on = lru_cache(maxsize=4)(self._on)

    def _on(self, day: dt.date) -> dict[str, Any]:
        records = self._records(day)
        seen = {record["truth_id"] for record in records}
        return {
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
            "job_changes": [_job_change(event.change) for event in self._leadiq.tracking.events_on(day)],
        }

    def _records(self, day: dt.date) -> list[dict[str, str]]:
        tracking, directory = self._leadiq.tracking, self._letrics.directory
        return [
            *(
                _record("leadiq", "trackedContacts", event.change.event_id, "person", event.change.person.truth_id)
                for event in tracking.events_on(day)
            ),
            *(
                _record("leadiq", "trackedCompanies", company.leadiq_id, "company", company.truth_id)
                for company in tracking.companies_on(day)
            ),
            *(
                _record(
                    "contactout",
                    "people_search",
                    f"https://www.linkedin.com/in/{profile.person.slug}",
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
