"""Contact points of up to a thousand people in one job."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from sandbox.contactout.contacts import KINDS
from sandbox.contactout.endpoints import Endpoint
from sandbox.contactout.inputs import BOOLEAN, LIST_OF_TEXT, TEXT, profile_slug, read_body, required
from sandbox.contactout.jobs import Jobs
from sandbox.contactout.lookups import Lookups
from sandbox.contactout.prices import price
from sandbox.exchange import Answer, Asked
from sandbox.world import World

NAME = "people_linkedin_batch_v2"
MOST_PROFILES = 1000
TAKES = {"callback_url": TEXT, "profiles": LIST_OF_TEXT, "include_phone": BOOLEAN}


class Bulk:
    """The two endpoints of ``v2/people/linkedin/batch``; nobody is called back."""

    def __init__(self, world: World, jobs: Jobs, lookups: Lookups) -> None:
        self._dice = world.population.dice
        self._jobs = jobs
        self._lookups = lookups

    def endpoints(self) -> list[Endpoint]:
        """Their table."""
        path = "v2/people/linkedin/batch"
        return [
            Endpoint(NAME, "POST", path, "other", self._start),
            Endpoint(
                f"{NAME}_result", "GET", f"{path}/{{job_id}}", "other", lambda asked: self._jobs.read(NAME, asked)
            ),
        ]

    def _start(self, asked: Asked) -> Answer:
        wanted = read_body(asked, TAKES, {"profiles": MOST_PROFILES})
        urls: list[str] = required(wanted, "profiles")
        kinds = KINDS if wanted.get("include_phone") else tuple(kind for kind in KINDS if kind != "phone")
        result: dict[str, Any] = {}
        with_email = with_phone = 0
        for url in urls:
            slug = profile_slug(url)
            # Results stand under the profile's plain URL, however it was asked for.
            key = f"https://www.linkedin.com/in/{quote(slug)}"
            profile = self._lookups.by_url(url)
            if key in result or (profile is None and self._dice.chance(0.5, "left out of a batch", slug)):
                continue
            shown = self._lookups.in_real_time(profile, kinds) if profile else None
            emails, phones = (shown.emails, shown.phones) if shown else ([], [])
            result[key] = {
                "emails": emails,
                "personal_emails": shown.personal if shown else [],
                "work_emails": shown.work if shown else [],
                "phones": phones,
            }
            with_email += bool(emails)
            with_phone += bool(phones)
        credits = price(NAME, profile_with_email=with_email, profile_with_phone=with_phone)
        return self._jobs.start(NAME, urls, result, credits, ("SENT", "SENT", "DONE"))
