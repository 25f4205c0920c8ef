"""ContactOut's REST API."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any

from sandbox.books import rounded
from sandbox.contactout.bulk import Bulk
from sandbox.contactout.companies import Companies
from sandbox.contactout.contacts import KINDS, Writing
from sandbox.contactout.directory import Directory, known_addresses
from sandbox.contactout.endpoints import Endpoint
from sandbox.contactout.inputs import line_of
from sandbox.contactout.jobs import Jobs
from sandbox.contactout.lookups import Lookups
from sandbox.contactout.profiles import Profile, Profiles
from sandbox.contactout.refusals import NO_ACCESS, BadInput, is_authorised, refusal, worded_refusal
from sandbox.contactout.searches import PAGE_SIZE, Searches, decides
from sandbox.contactout.verification import Verification
from sandbox.exchange import Answer, Asked, Operation
from sandbox.world import World

__all__ = ["PAGE_SIZE", "ContactOut"]

RATES = {"people_search": 60, "contact_checker": 150, "other": 1000}


class ContactOut:
    """The ``/contactout`` endpoints over one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._windows = {name: world.rates.window("contactout", name, rate) for name, rate in RATES.items()}
        companies = Companies(world.population.dice)
        self.profiles = Profiles(world.population, companies)
        self.jobs = Jobs(world, world.settings.contactout_polls)
        self._directory = Directory(world.population, self.profiles, companies)
        searches = Searches(world, self.profiles, companies, self._directory)
        verification = Verification(world, self.jobs, self._directory)
        self._writing = Writing(world.population.dice, companies)
        self._lookups = Lookups(world, self._directory, self._writing, verification.verdict)
        rooms = searches, self._lookups, Bulk(world, self.jobs, self._lookups), verification
        self._endpoints = [
            Endpoint("stats", "GET", "v1/stats", "other", self._stats),
            *(endpoint for room in rooms for endpoint in room.endpoints()),
        ]

    def operations(self) -> list[Operation]:
        """This provider's table of routes."""
        return [
            Operation(
                "contactout",
                endpoint.name,
                endpoint.method,
                f"/contactout/{endpoint.path}",
                self._guarded(endpoint),
                worded_refusal,
            )
            for endpoint in self._endpoints
        ]

    def _guarded(self, endpoint: Endpoint) -> Callable[[Asked], Answer]:
        """Check the token, the rate and the account before an endpoint answers, and word what it refuses."""

        def guarded(asked: Asked) -> Answer:
            if not is_authorised(asked):
                return refusal(400, "Bad credentials")
            wait = self._windows[endpoint.rate_class].refused_for()
            if wait:
                late = refusal(429, "Too many requests; retry-after says when to come back.")
                return Answer(429, late.body, headers={"retry-after": str(wait)}, violation=True)
            if endpoint.name in self._world.settings.contactout_closed:
                return refusal(403, NO_ACCESS)
            try:
                return endpoint.answer(asked)
            except BadInput as problem:
                return refusal(401, str(problem))

        return guarded

    def _stats(self, asked: Asked) -> Answer:
        period = dict(asked.params).get("period") or self._world.calendar.month
        if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", period):
            raise BadInput("The period must be YYYY-MM.")
        books = self._world.books
        usage: dict[str, float] = {}
        for credit, prefix in (("email", ""), ("phone", "phone_"), ("search", "search_")):
            quota = self._world.till.quotas[f"contactout.{credit}"]
            by_request = self._world.settings.contactout_counts == "requests"
            count = (books.requests_charged if by_request else books.charged)("contactout", credit, period)
            usage[f"{prefix}count"] = count
            if self._world.settings.contactout_plan == "prepaid":
                usage[f"{prefix}quota"] = rounded(quota - books.charged("contactout", credit))
            else:
                usage[f"{prefix}quota"] = quota
                usage[f"{prefix}remaining"] = rounded(quota - count)
                usage[f"{prefix}over_quota"] = max(0, rounded(count - quota))
        # Every month ends on a 31st here, as in the reference's example for April.
        body = {"status_code": 200, "period": {"start": f"{period}-01", "end": f"{period}-31"}, "usage": usage}
        return Answer(200, body, records=1, first_record=())

    def as_truth(self, day: dt.date) -> dict[str, Any]:
        """Whose every record is, by endpoint, and the contact points by which somebody is known.

        ``emails`` are those that a search reveals, in lower case, ``found_emails`` those that are found in real time if
        they are still in use, ``known_by`` all that lead to the person; ``phones`` are last ten digits.
        """
        people = self.profiles.on(day)
        return {
            "people": [
                {
                    "id": page_of(profile),
                    "truth_id": profile.person.truth_id,
                    "emails": [one.lower() for one in (*profile.personal_emails, *profile.work_emails)],
                    "found_emails": [one.lower() for one in profile.found_emails],
                    "known_by": [one.lower() for one in known_addresses(profile)],
                    "phones": [line_of(one) for one in profile.phones],
                }
                for profile in people
            ],
            "records": list(self._records(day)),
            "jobs": self.jobs.as_truth(day),
        }

    def _records(self, day: dt.date) -> Iterator[dict[str, str]]:
        """What each endpoint but the people search answers with when asked for all it has.

        A company's id is its page or, without one, its domain.
        """
        for profile in self.profiles.on(day):
            has_contacts = self._lookups.in_real_time(profile, KINDS).any
            for endpoint, is_there in (
                ("linkedin_enrich", True),
                ("people_enrich", True),
                ("email_enrich", bool(known_addresses(profile))),
                ("people_person", bool(known_addresses(profile))),
                ("people_linkedin", has_contacts or self._writing.is_told_empty(profile)),
                ("people_linkedin_batch", bool(profile.personal_emails or profile.work_emails)),
                ("decision_makers", decides(profile)),
            ):
                if is_there:
                    yield _record(endpoint, page_of(profile), "person", profile.person.truth_id)
        for company in self._directory.companies_on(day):
            page = None if company.link == "domain_only" else f"https://www.linkedin.com/company/{company.slug}"
            yield _record("company_search", page or company.domain, "company", company.truth_id)
            # Of companies that share a domain, one is what it leads to.
            if company.link != "contactout_by_slug" and self._directory.company(day, domain=company.domain) is company:
                yield _record("domain_enrich", company.domain, "company", company.truth_id)


def page_of(profile: Profile) -> str:
    """The plainest form of somebody's profile URL."""
    return f"https://www.linkedin.com/in/{profile.slug}"


def _record(endpoint: str, record_id: str, entity: str, truth_id: str) -> dict[str, str]:
    return {"resource": endpoint, "provider_record_id": record_id, "entity": entity, "truth_id": truth_id}
