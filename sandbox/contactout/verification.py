"""Whether mail to an address would arrive, asked of the world as it is and not of what ContactOut stored."""

from __future__ import annotations

import datetime as dt
from functools import cached_property

from sandbox.contactout.directory import Directory
from sandbox.contactout.endpoints import Endpoint
from sandbox.contactout.inputs import LIST_OF_TEXT, TEXT, address, read_body, read_query, required
from sandbox.contactout.jobs import Jobs
from sandbox.contactout.prices import price
from sandbox.exchange import Answer, Asked
from sandbox.population import Person
from sandbox.world import World

DISPOSABLE = frozenset({"throwaway.example", "ten-minutes.example"})
CHARGED = frozenset({"valid", "invalid", "accept_all"})
BATCH = "email_verify_batch"


class Verification:
    """The endpoints below ``v1/email/verify``."""

    def __init__(self, world: World, jobs: Jobs, directory: Directory) -> None:
        self._world = world
        self._jobs = jobs
        self._directory = directory

    def endpoints(self) -> list[Endpoint]:
        """Their table."""
        path = "v1/email/verify"
        return [
            Endpoint("email_verify", "GET", path, "other", self._verify),
            Endpoint(BATCH, "POST", f"{path}/batch", "other", self._start),
            Endpoint(
                f"{BATCH}_result",
                "GET",
                f"{path}/batch/{{job_id}}",
                "other",
                lambda asked: self._jobs.read(BATCH, asked),
            ),
        ]

    def verdict(self, email: str, day: dt.date) -> str:
        """``valid``, ``invalid``, ``accept_all``, ``disposable`` or ``unknown``."""
        dice, host = self._world.population.dice, email.partition("@")[2]
        if host in DISPOSABLE:
            return "disposable"
        if dice.chance(0.05, "no answer", email):
            return "unknown"
        if host in self._hosts and dice.chance(0.15, "accepts all", host):
            return "accept_all"
        person = self._owners.get(email)
        if person is None:
            is_mailbox = email in self._role_mailboxes or host not in self._hosts and dice.chance(0.5, "mailbox", email)
            return "valid" if is_mailbox else "invalid"
        if email == person.personal_email:
            return "valid"
        known = sum(change.effective_on <= day for change in person.changes)
        last, ended = person.history(known)[-1]
        if ended is not None or last.email != email:
            return "invalid"
        # What ContactOut calls unverified it could not verify, or not yet.
        profile = self._directory.people_on(day).by_email.get(email)
        told = profile.work_email_status if profile else {}
        unverified = any(one.lower() == email and status == "Unverified" for one, status in told.items())
        return "unknown" if unverified and dice.chance(0.5, "unverified", email) else "valid"

    def _verify(self, asked: Asked) -> Answer:
        email = address(required(read_query(asked, {"email": TEXT}), "email"))
        status = self.verdict(email, self._world.calendar.today)
        credits = price("email_verify", verdict=int(status in CHARGED))
        body = {"status_code": 200, "data": {"status": status}}
        return Answer(200, body, records=1, credits=credits, first_record=("data",))

    def _start(self, asked: Asked) -> Answer:
        most = self._world.settings.contactout_verify_batch
        wanted = read_body(asked, {"callback_url": TEXT, "emails": LIST_OF_TEXT}, {"emails": most})
        emails: list[str] = required(wanted, "emails")
        dice, today = self._world.population.dice, self._world.calendar.today
        verdicts = {email: self.verdict(address(email), today) for email in emails}
        charged = sum(status in CHARGED for status in verdicts.values())
        # As in the reference's example, a result may stand under an address that nobody asked for.
        result = {
            (_neighbour(email) if dice.chance(0.04, "under another address", email) else email): status
            for email, status in verdicts.items()
        }
        return self._jobs.start(BATCH, emails, result, price(BATCH, verdict=charged), ("DONE", "DONE", "SENT"))

    @cached_property
    def _owners(self) -> dict[str, Person]:
        owners: dict[str, Person] = {}
        for person in self._world.population.people:
            jobs = [job for job, _ in person.history(len(person.changes))]
            for email in (person.personal_email, *(job.email for job in jobs)):
                owners[email.lower()] = person
        return owners

    @cached_property
    def _hosts(self) -> frozenset[str]:
        return frozenset(company.domain for company in self._world.population.companies)

    @cached_property
    def _role_mailboxes(self) -> frozenset[str]:
        population = self._world.population
        given = {person.role_mailbox for person in population.people if person.role_mailbox}
        return frozenset(given) | frozenset(population.role_mailboxes.values())


def _neighbour(email: str) -> str:
    """The same name at another host."""
    return f"{email.partition('@')[0]}@elsewhere.example"
