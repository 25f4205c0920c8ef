"""ContactOut's REST API: people search, its count, and the month's statistics."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from sandbox.books import rounded
from sandbox.changes import changed
from sandbox.contactout.companies import Companies
from sandbox.contactout.profiles import Profile, Profiles
from sandbox.contactout.refusals import NO_ACCESS, BadInput, is_authorised, refusal, worded_refusal
from sandbox.contactout.search import NOT_COUNTED, PRESENTATION, matches, newcomer, read_search, shape, updated
from sandbox.exchange import Answer, Asked, Operation
from sandbox.world import World

PAGE_SIZE = 25
RATES = {"people_search": 60, "contact_checker": 150, "other": 1000}


class ContactOut:
    """The ``/contactout`` endpoints over one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._windows = {name: world.rates.window("contactout", name, rate) for name, rate in RATES.items()}
        self.profiles = Profiles(world.population, Companies(world.population.dice))
        # The pages of one search ask the same question again and again.
        self._found = lru_cache(maxsize=16)(self._find)

    def operations(self) -> list[Operation]:
        """This provider's table of routes."""
        return [
            Operation(
                "contactout",
                name,
                method,
                f"/contactout/v1/{path}",
                self._guarded(rate_class, answer),
                worded_refusal,
            )
            for name, method, path, rate_class, answer in (
                ("stats", "GET", "stats", "other", self._stats),
                ("people_search", "POST", "people/search", "people_search", self._people_search),
                ("people_count", "POST", "people/count", "other", self._people_count),
            )
        ]

    def _guarded(self, rate_class: str, answer: Callable[[Asked], Answer]) -> Callable[[Asked], Answer]:
        """Check the token and the rate before ``answer``, and word what it refuses."""

        def guarded(asked: Asked) -> Answer:
            if not is_authorised(asked):
                return refusal(400, "Bad credentials")
            wait = self._windows[rate_class].refused_for()
            if wait:
                late = refusal(429, "Too many requests; retry-after says when to come back.")
                return Answer(429, late.body, headers={"retry-after": str(wait)}, violation=True)
            try:
                return answer(asked)
            except BadInput as problem:
                return refusal(401, str(problem))

        return guarded

    def _stats(self, asked: Asked) -> Answer:
        period = dict(asked.params).get("period") or self._world.calendar.month
        if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", period):
            raise BadInput("The period must be YYYY-MM.")
        books, quota = self._world.books, self._world.settings.contactout_quota
        usage: dict[str, float] = {}
        for credit, prefix in (("email", ""), ("phone", "phone_"), ("search", "search_")):
            count = books.charged("contactout", credit, period)
            usage[f"{prefix}count"] = count
            if self._world.settings.contactout_plan == "prepaid":
                usage[f"{prefix}quota"] = rounded(quota[credit] - books.charged("contactout", credit))
            else:
                usage[f"{prefix}quota"] = quota[credit]
                usage[f"{prefix}remaining"] = rounded(quota[credit] - count)
                usage[f"{prefix}over_quota"] = max(0, rounded(count - quota[credit]))
        # Every month ends on a 31st here, as in the reference's example for April.
        body = {"status_code": 200, "period": {"start": f"{period}-01", "end": f"{period}-31"}, "usage": usage}
        return Answer(200, body, records=1, first_record=())

    def _people_search(self, asked: Asked) -> Answer:
        wanted = read_search(asked)
        found = changed(self._matching(wanted), asked.changes("people_search"), newcomer, updated)
        page = wanted.get("page", 1)
        shown = found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
        reveal = wanted.get("reveal_info", False)
        credits = {
            "search": len(shown),
            "email": sum(bool(profile.personal_emails or profile.work_emails) for profile in shown) if reveal else 0,
            "phone": sum(bool(profile.phones) for profile in shown) if reveal else 0,
        }
        body = {
            "status_code": 200,
            "metadata": {"page": page, "page_size": PAGE_SIZE, "total_results": len(found)},
            # An empty map is written as an empty list, as in the reference.
            "profiles": {profile.url: shape(profile, wanted) for profile in shown} or [],
        }
        first = ("profiles", shown[0].url) if shown else None
        return Answer(200, body, records=len(shown), credits=credits, first_record=first)

    def _people_count(self, asked: Asked) -> Answer:
        if not self._world.settings.contactout_count:
            return refusal(403, NO_ACCESS)
        wanted = read_search(asked)
        refused = sorted(NOT_COUNTED & set(wanted))
        if refused:
            raise BadInput(f"A count does not take {', '.join(refused)}.")
        body = {"status_code": 200, "total_results": len(self._matching(wanted))}
        return Answer(200, body, records=1, first_record=())

    def _matching(self, wanted: Mapping[str, Any]) -> list[Profile]:
        """Every profile that satisfies the filters today, in the order of a search."""
        filters = {name: value for name, value in wanted.items() if name not in PRESENTATION}
        return self._found(self._world.calendar.today, json.dumps(filters, sort_keys=True))

    def _find(self, day: dt.date, filters: str) -> list[Profile]:
        wanted = json.loads(filters)
        return [profile for profile in self.profiles.on(day) if matches(profile, wanted, day)]
