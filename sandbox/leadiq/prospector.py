"""LeadIQ's Prospector: lists of prospects, by REST."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sandbox.changes import Change, another_version, changed
from sandbox.exchange import Answer, Asked, Operation
from sandbox.leadiq.account import Account, Prospect, ProspectList
from sandbox.leadiq.knowledge import Knowledge, KnownPerson, outermost, plain_domain, same_text, written
from sandbox.rates import SlidingWindow
from sandbox.settings import LEADIQ_KEY
from sandbox.world import World

# The decoded key: what the Basic header encodes, with or without its empty password.
KEYS = frozenset({LEADIQ_KEY, f"{LEADIQ_KEY}:"})
DEFAULT_PAGE, LARGEST_PAGE = 25, 100
# Guide, Error handling.
DOCUMENTED = {
    401: "Invalid or missing API key",
    402: "Insufficient credits",
    429: "Rate limit exceeded — back off and retry",
    500: "Server error — contact support if persistent",
}
# Seen in the provider's own samples; a prospect without a name is refused.
REQUIRED = ("firstName", "lastName")
GIVEN = (*REQUIRED, "title", "company", "workEmail", "mobilePhone")
COLUMNS = (
    "ID",
    "Full Name",
    "First Name",
    "Last Name",
    "Title",
    "Company",
    "Company Domain",
    "Industry",
    "Employees",
    "Work Email",
    "Email Status",
    "Mobile Phone",
    "City",
    "State",
    "Country",
    "Address",
    "Updated At",
)
FIRST_LIST = "Messe München – first contacts"
"""A list that was there before anybody asked: its people are LeadIQ's own."""


class Problem(Exception):
    """A request that Prospector refuses."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Prospector:
    """The ``/prospector`` endpoints over one world and one account."""

    def __init__(
        self,
        world: World,
        knowledge: Knowledge,
        window: SlidingWindow,
        account: Callable[[], Account],
        becomes: Callable[[Account], None],
    ) -> None:
        self._world = world
        self._knowledge = knowledge
        self._window = window
        self._account = account
        self._becomes = becomes

    def operations(self) -> list[Operation]:
        """This interface's table of routes; paths without a version are the guide's."""
        return [
            Operation("leadiq", name, method, f"/prospector{version}{path}", self._guarded(answer), refusal)
            for version in ("/v1", "")
            for name, method, path, answer in (
                ("createList", "POST", "/lists", self._create),
                ("addProspect", "POST", "/lists/{id}/prospects", self._add),
                ("listProspects", "GET", "/lists/{id}/prospects", self._list),
                ("exportList", "GET", "/lists/{id}/export", self._export),
            )
        ]

    def first_list(self) -> ProspectList:
        """The list that the world begins with."""
        start, dice = self._world.population.start, self._world.population.dice
        people = [known for known in self._knowledge.people_on(start) if known.flat is not None]
        people = sorted(people, key=lambda known: str(known.record["id"]))[:130]
        return ProspectList(
            dice.hexadecimal(24, "prospect list", 0),
            FIRST_LIST,
            "Whom we met",
            start,
            tuple(
                Prospect(dice.hexadecimal(24, "prospect", 0, n), n, start, _given(known), known.person)
                for n, known in enumerate(people, start=1)
            ),
        )

    def _guarded(self, answer: Callable[[Asked], Answer]) -> Callable[[Asked], Answer]:
        def guarded(asked: Asked) -> Answer:
            if asked.headers.get("x-api-key") not in KEYS:
                return refused(401, DOCUMENTED[401])
            self._window.refused_for()
            try:
                return answer(asked)
            except Problem as problem:
                return refused(problem.status, str(problem))

        return guarded

    def _create(self, asked: Asked) -> Answer:
        given = _body(asked)
        name, description = given.get("name"), given.get("description")
        if not isinstance(name, str) or not name.strip() or not isinstance(description, str | None):
            raise Problem(400, "A list needs a name, and a description only as text.")
        account = self._account().copy()
        if any(one.name == name for one in account.lists.values()):
            raise Problem(409, f"A list named {name!r} already exists.")
        today = self._world.calendar.today
        identity = self._world.population.dice.hexadecimal(24, "prospect list", len(account.lists), name)
        account.lists[identity] = ProspectList(identity, name, description, today)
        body = {"id": identity, "name": name, "description": description, "createdAt": written(today)}
        return self._taking_effect(account, Answer(201, body, records=1, first_record=()))

    def _add(self, asked: Asked) -> Answer:
        account = self._account().copy()
        one, given = self._named(asked, account), _body(asked)
        unknown = sorted(set(given) - set(GIVEN))
        if unknown:
            raise Problem(400, f"A prospect has no {', '.join(unknown)}.")
        if not all(isinstance(value, str | None) for value in given.values()):
            raise Problem(400, "A prospect's fields are text.")
        missing = [name for name in REQUIRED if not (given.get(name) or "").strip()]
        if missing:
            raise Problem(400, f"A prospect needs {' and '.join(missing)}.")
        n = len(one.prospects) + 1
        identity = self._world.population.dice.hexadecimal(24, "prospect", one.id, n)
        prospect = Prospect(identity, n, self._world.calendar.today, given, self._known(given))
        account.lists[one.id] = replace(one, prospects=(*one.prospects, prospect))
        return self._taking_effect(account, Answer(201, self._item(prospect), records=1, first_record=()))

    def _list(self, asked: Asked) -> Answer:
        one = self._named(asked, self._account())
        params = dict(asked.params)
        try:
            limit = int(params.get("limit", DEFAULT_PAGE))
            behind = _position(params["cursor"]) if params.get("cursor") else None
        except (ValueError, binascii.Error) as error:
            raise Problem(400, "The limit is a whole number, the cursor one that was given.") from error
        if limit < 1:
            raise Problem(400, "The limit starts at 1.")
        prospects = _after(one.on(self._world.calendar.today), asked.changes("listProspects"))
        rest = [prospect for prospect in prospects if behind is None or prospect.n > behind]
        page = rest[: min(limit, LARGEST_PAGE)]
        body = {
            "items": [self._item(prospect) for prospect in page],
            "nextCursor": _cursor(page[-1].n) if len(page) < len(rest) else None,
        }
        first = ("items", 0) if page else None
        return Answer(200, body, records=len(page), first_record=first, after_cursor=behind is not None)

    def _export(self, asked: Asked) -> Answer:
        prospects = self._named(asked, self._account()).on(self._world.calendar.today)
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow(COLUMNS)
        writer.writerows(self._row(prospect) for prospect in prospects)
        body = text.getvalue().encode("utf-8-sig")
        return Answer(200, body, records=len(prospects), media_type="text/csv; charset=utf-8")

    def _named(self, asked: Asked, account: Account) -> ProspectList:
        """The list that a path names: ``…/lists/{id}/…``."""
        one = account.lists.get(asked.path.split("/lists/", 1)[1].partition("/")[0])
        if one is None or one.since > self._world.calendar.today:
            raise Problem(404, "There is no such list.")
        return one

    def _taking_effect(self, account: Account, answer: Answer) -> Answer:
        return replace(answer, takes_effect=lambda: self._becomes(account))

    def _known(self, given: Mapping[str, Any]) -> Any:
        return matched(
            self._knowledge.people_on(self._world.calendar.today),
            email=given.get("workEmail"),
            name=(given["firstName"], given["lastName"]),
            company=given.get("company"),
        )

    def _item(self, prospect: Prospect) -> dict[str, Any]:
        """A prospect as seen in the provider's samples: what was handed in, and the company as LeadIQ knows it."""
        given, person = prospect.given, prospect.person
        company: dict[str, Any] = {"name": given.get("company"), "domain": None, "industry": None, "employees": None}
        place: dict[str, Any] | None = None
        status: str | None = None
        if person is not None:
            known = next(one for one in self._knowledge.people_on(self._world.calendar.today) if one.person is person)
            status = next((one["status"] for job in known.record["currentPositions"] for one in job["emails"]), None)
            where = known.record["location"]
            place = where and {"city": where["city"], "state": where["areaLevel1"], "country": where["country"]}
            if known.employer is not None:
                flat = known.employer.flat
                company = {
                    "name": given.get("company") or flat["name"],
                    "domain": flat["domain"],
                    "industry": flat["industry"],
                    "employees": flat["employeeCount"],
                }
        return {
            "id": prospect.id,
            "name": f"{given['firstName']} {given['lastName']}",
            "firstName": given["firstName"],
            "lastName": given["lastName"],
            "title": given.get("title"),
            "workEmail": given.get("workEmail"),
            "emailStatus": status if given.get("workEmail") else None,
            "mobilePhone": given.get("mobilePhone"),
            "location": place,
            "company": company,
            "updatedAt": written(prospect.since),
        }

    def _row(self, prospect: Prospect) -> list[Any]:
        item = self._item(prospect)
        place, company = item["location"] or {}, item["company"]
        # An address has its lines: what a reader line by line would fall over.
        lines = [company["name"], place.get("city"), place.get("country")]
        return [
            item["id"],
            item["name"],
            item["firstName"],
            item["lastName"],
            item["title"],
            company["name"],
            company["domain"],
            company["industry"],
            company["employees"],
            item["workEmail"],
            item["emailStatus"],
            item["mobilePhone"],
            place.get("city"),
            place.get("state"),
            place.get("country"),
            "\n".join(line for line in lines if line),
            item["updatedAt"],
        ]


def matched(
    people: Sequence[KnownPerson],
    *,
    url: Callable[[KnownPerson], bool] | None = None,
    email: str | None = None,
    name: tuple[str, str],
    company: str | None = None,
    domain: str | None = None,
) -> Any:
    """The person that a handed-in contact is about, None if nobody or more than one could be meant.

    A LinkedIn profile (``url``) goes before an e-mail address, and that before name and company together.
    """
    if url is not None:
        found = [one for one in people if url(one)]
        if found:
            return found[0].person
    if email:
        wanted = email.strip().lower()
        found = [
            one
            for one in people
            if any(
                mail["value"].lower() == wanted
                for mail in (
                    *one.record["personalEmails"],
                    *(mail for job in one.record["currentPositions"] for mail in job["emails"]),
                )
            )
        ]
        if len(found) == 1:
            return found[0].person
    found = [
        one
        for one in people
        if one.employer is not None
        and same_text(one.record["name"]["first"], name[0])
        and same_text(one.record["name"]["last"], name[1])
        and (
            (domain and plain_domain(domain) == plain_domain(one.employer.info["domain"]))
            or same_text(one.employer.info["name"], company)
            or same_text(one.employer.company.name, company)
        )
    ]
    return found[0].person if len(found) == 1 else None


def refused(status: int, message: str) -> Answer:
    """An error in Prospector's form."""
    return Answer(status, {"message": message})


def refusal(status: int, message: str | None) -> Answer | None:
    """The refusal with this message, or the one the guide documents for the status."""
    message = message or DOCUMENTED.get(status)
    return None if message is None else refused(status, message)


def _given(known: KnownPerson) -> dict[str, Any]:
    """What somebody who had looked a person up would have handed in."""
    flat = known.flat
    assert flat is not None, "only the employed are on the first list"
    quoted = flat["title"].replace(" of ", ' "of" ')
    return {
        "firstName": flat["firstName"],
        "lastName": flat["lastName"],
        "title": quoted,
        "company": flat["company"]["name"],
        "workEmail": next(iter(flat["workEmails"]), None),
        "mobilePhone": next(iter(flat["personalPhones"]), None),
    }


def _body(asked: Asked) -> dict[str, Any]:
    try:
        body = json.loads(asked.body)
    except ValueError as error:
        raise Problem(400, "The body is not JSON.") from error
    if not isinstance(body, dict):
        raise Problem(400, "The body is an object.")
    return body


def _after(prospects: list[Prospect], changes: Sequence[Change]) -> list[Prospect]:
    def newcomer(prospect: Prospect, n: int, in_front: bool) -> Prospect:
        place = -n if in_front else 10**9 + n
        return replace(prospect, id=outermost(n, in_front), n=place, person=None)

    def updated(prospect: Prospect) -> Prospect:
        return replace(prospect, given={**prospect.given, "title": another_version(prospect.given.get("title"))})

    return changed(prospects, changes, newcomer, updated)


def _cursor(n: int) -> str:
    return base64.urlsafe_b64encode(f"prospect|{n}".encode()).decode()


def _position(cursor: str) -> int:
    kind, _, n = base64.urlsafe_b64decode(cursor.encode()).decode().partition("|")
    if kind != "prospect":
        raise ValueError(cursor)
    return int(n)
