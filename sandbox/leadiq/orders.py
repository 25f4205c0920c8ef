"""LeadIQ's mutations: each works on a copy of the account, which counts once the request takes effect."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from graphql import GraphQLError, GraphQLResolveInfo

from sandbox.exchange import Asked
from sandbox.leadiq.account import Account, ListedCompany, Task, TrackedRow
from sandbox.leadiq.knowledge import Knowledge, KnownPerson, plain_domain, slug_of, written
from sandbox.leadiq.prospector import matched
from sandbox.leadiq.tracking import Tracking
from sandbox.world import World

MONTHS_BACK = 3
ONE_OF = "Exactly one of personId and linkedinUrl has to be provided."


class OutOfCredits(Exception):
    """More than the account may still have."""


@dataclass(slots=True)
class Heard:
    """A request while it is executed: the account it works on, and what it turned out to carry and to take."""

    asked: Asked
    account: Account
    cursors: list[str] = field(default_factory=list)
    records: int | None = None
    """How many records the answer shows, where only the resolver knows."""
    tracked: int = 0

    def count(self, records: int) -> None:
        """Note records that the answer shows."""
        self.records = (self.records or 0) + records


class Orders:
    """What a customer may order, over one world."""

    def __init__(self, world: World, tracking: Tracking, knowledge: Knowledge) -> None:
        self._world = world
        self._tracking = tracking
        self._knowledge = knowledge
        self.resolvers: Mapping[str, Callable[..., Any]] = {
            "addTrackedCompanies": self._add_tracked_companies,
            "cancelCompanyTrackingTask": self._cancel_company_tracking_task,
            "regenerate": self._regenerate,
            "removeAllTrackedCompanies": self._remove_all_tracked_companies,
            "removeTrackedCompanies": self._remove_tracked_companies,
            "startCompanyTrackingTask": self._start_company_tracking_task,
            "submitPersonFeedback": self._submit_person_feedback,
            "trackContacts": self._track_contacts,
        }

    @property
    def _today(self) -> dt.date:
        return self._world.calendar.today

    def _id(self, *key: object) -> str:
        return self._world.population.dice.hexadecimal(24, *key)

    def _track_contacts(self, info: GraphQLResolveInfo[Heard], input: dict[str, Any]) -> dict[str, Any]:
        """Take every contact with its names; one handed in again is taken again."""
        heard, account = info.context, info.context.account
        import_id = input["importId"] or f"import-{self._id('import', len(account.rows))[:12]}"
        errors: list[str] = []
        warnings: list[str] = []
        accepted = 0
        for place, given in enumerate(input["contacts"], start=1):
            missing = [name for name in ("companyName", "firstName", "lastName") if not given[name].strip()]
            if missing:
                errors.append(f"Contact {place}: {', '.join(missing)} must not be empty.")
                continue
            accepted += 1
            row = TrackedRow(import_id, len(account.rows) + 1, self._today, given, self._meant(given))
            if row.person is None:
                warnings.append(f"Contact {place}: no profile is known yet.")
            account.rows.append(row)
        used, most = self._tracking.contacts_used(self._today, account), self._tracking.most_contacts
        if used > most:
            raise OutOfCredits("You have run out of credits. Please contact LeadIQ support team.")
        heard.tracked += accepted
        heard.count(accepted)
        return {
            "importId": import_id,
            "totalCount": self._tracking.contacts_in(import_id, self._today, account),
            "batchCount": accepted,
            "errors": errors,
            "warnings": warnings,
            "contactsExceedingSubscriptionLimit": [],
            "totalSubscriptionContactsUsed": used,
            "totalSubscriptionContactsRemaining": most - used,
        }

    def _meant(self, given: Mapping[str, Any]) -> Any:
        url = given.get("personalLinkedInUrl")

        def has_url(known: KnownPerson) -> bool:
            # By the person's own name at LinkedIn: tracking may know it where a search does not show it.
            return url is not None and slug_of(url) == known.person.slug.lower()

        return matched(
            self._knowledge.people_on(self._today),
            url=has_url if url else None,
            email=given.get("email"),
            name=(given["firstName"], given["lastName"]),
            company=given["companyName"],
            domain=given.get("companyDomain"),
        )

    def _add_tracked_companies(self, info: GraphQLResolveInfo[Heard], input: dict[str, Any]) -> dict[str, Any]:
        account = info.context.account
        world = {company.domain: company for company in self._world.population.companies}
        results = []
        for given in input["companies"]:
            domain = plain_domain(given["domain"])
            listed = self._tracking.companies_on(self._today, account)
            known = next((one for one in listed if plain_domain(one.domain) == domain), None)
            errors = []
            if not given["name"].strip():
                errors.append("The name must not be empty.")
            if "." not in domain:
                errors.append(f"{given['domain']!r} is not a domain.")
            if known is not None:
                errors.append(f"{domain} is already tracked.")
            if not errors:
                identity = self._id("added company", domain, len(account.companies))
                known = ListedCompany(
                    identity, given["name"], given["domain"], given.get("customData"), world.get(domain), self._today
                )
                account.list_company(known)
            results.append(
                {
                    "input": {"customData": None, **given},
                    "company": known.node if known is not None and not errors else None,
                    "success": not errors,
                    "errors": errors,
                }
            )
        info.context.count(len(results))
        return {"companies": results, "total": sum(one["success"] for one in results)}

    def _remove_tracked_companies(self, info: GraphQLResolveInfo[Heard], input: dict[str, Any]) -> dict[str, Any]:
        account = info.context.account
        listed = {one.id: one for one in self._tracking.companies_on(self._today, account)}
        wanted = list(dict.fromkeys(input["ids"]))
        removed = [listed[one] for one in wanted if one in listed]
        for one in removed:
            account.remove(one, self._today)
        info.context.count(len(removed))
        return {
            "companies": [{"id": one.id, "name": one.name, "domain": one.domain} for one in removed],
            "notFound": [one for one in wanted if one not in listed],
            "totalRemaining": len(listed) - len(removed),
        }

    def _remove_all_tracked_companies(self, info: GraphQLResolveInfo[Heard]) -> dict[str, Any]:
        account = info.context.account
        for one in self._tracking.companies_on(self._today, account):
            account.remove(one, self._today)
        return {"success": True, "totalRemaining": 0}

    def _start_company_tracking_task(self, info: GraphQLResolveInfo[Heard], input: dict[str, Any]) -> dict[str, Any]:
        account, months = info.context.account, input.get("monthsBack")
        months = MONTHS_BACK if months is None else months
        companies = tuple(self._tracking.companies_on(self._today, account))
        errors = []
        if not companies:
            errors.append("There are no tracked companies. Add companies before starting a task.")
        if not 1 <= months <= 120:
            errors.append("monthsBack must be from 1 to 120.")
        if errors:
            return {"success": False, "errors": errors, "task": None}
        task = Task(self._id("task", len(account.tasks), self._today), self._today, months, companies)
        account.tasks[task.id] = task
        return {"success": True, "errors": [], "task": task_node(self._tracking, task, self._today)}

    def _cancel_company_tracking_task(self, info: GraphQLResolveInfo[Heard], input: dict[str, Any]) -> dict[str, Any]:
        account = info.context.account
        task = account.tasks.get(input["id"])
        if task is None or task.created_on > self._today:
            return {"success": False, "error": "There is no such task.", "task": None}
        error = None
        if task.status(self._today) == "Processing":
            task = account.tasks[task.id] = replace(task, cancelled_on=self._today, reason=input.get("reason"))
        else:
            error = "The task has ended already."
        return {"success": error is None, "error": error, "task": task_node(self._tracking, task, self._today)}

    def _regenerate(self, info: GraphQLResolveInfo[Heard], input: dict[str, Any]) -> str:
        known = named_person(self._knowledge.people_on(self._today), input)
        if known is None:
            return "NotFound"
        days = info.context.account.regenerated.setdefault(known.record["id"], [])
        if self._today in days:
            return "InProgress"
        days.append(self._today)
        return "Started"

    def _submit_person_feedback(self, info: GraphQLResolveInfo[Heard], input: dict[str, Any]) -> str:
        account = info.context.account
        identity = self._id("feedback", len(account.feedback))
        given = {name: written(value) if isinstance(value, dt.datetime) else value for name, value in input.items()}
        account.feedback.append({"id": identity, "on": self._today.isoformat(), "input": given})
        return identity


def named_person(people: Iterable[KnownPerson], wanted: Mapping[str, Any]) -> KnownPerson | None:
    """The person named by the one of two inputs that must be given."""
    person_id, url = wanted.get("personId"), wanted.get("linkedinUrl")
    if (person_id is None) == (url is None):
        raise GraphQLError(ONE_OF)
    for known in people:
        linkedin = known.record["linkedin"]
        if known.record["id"] == person_id or (
            url is not None and linkedin is not None and slug_of(linkedin["linkedinUrl"]) == slug_of(url)
        ):
            return known
    return None


def task_node(tracking: Tracking, task: Task, day: dt.date, unique_only: bool = False) -> dict[str, Any]:
    """A task as LeadIQ gives it; without job changes until it is done."""
    status = task.status(day)

    def job_changes(info: GraphQLResolveInfo[Heard], first: int, after: str | None = None) -> dict[str, Any]:
        if after is not None:
            info.context.cursors.append(after)
        shown = task if status == "Successful" else replace(task, companies=())
        changes = info.context.asked.changes("companyTrackingTask")
        edges, page_info = tracking.job_changes(shown, unique_only, first, after, changes)
        info.context.count(len(edges))
        return {"edges": edges, "pageInfo": page_info}

    cancelled = task.is_cancelled(day)
    return {
        "id": task.id,
        "jobChanges": job_changes,
        "status": status,
        "createdAt": written(task.created_on),
        "monthsBack": task.months_back,
        "jobStartDateFrom": task.from_day.isoformat(),
        "error": f"Cancelled: {task.reason or 'no reason was given'}" if cancelled else None,
        "isCancelled": cancelled,
    }
