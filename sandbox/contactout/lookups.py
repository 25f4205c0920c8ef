"""Looking up people one by one, or thirty at a time: by profile, address, or what else is known of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from typing import Any

from sandbox.contactout.companies import plain_domain
from sandbox.contactout.contacts import KINDS, Contacts, Writing, contacts
from sandbox.contactout.directory import Directory
from sandbox.contactout.endpoints import Endpoint
from sandbox.contactout.inputs import (
    BOOLEAN,
    LIST_OF_TEXT,
    TEXT,
    TEXT_OR_LIST,
    address,
    line_of,
    profile_slug,
    read_body,
    read_query,
    required,
)
from sandbox.contactout.prices import price
from sandbox.contactout.profiles import Profile
from sandbox.contactout.refusals import NOT_FOUND, BadInput, refusal
from sandbox.contactout.search import any_contains
from sandbox.exchange import Answer, Asked
from sandbox.world import World

MOST_PROFILES = 30
MOST_ALTERNATIVES = 10
EMAIL_TYPES: Mapping[str, tuple[str, ...]] = {
    "personal": ("personal_email",),
    "work": ("work_email",),
    "personal,work": ("personal_email", "work_email"),
    "none": (),
}
PERSON: Mapping[str, str] = {
    **dict.fromkeys(("linkedin_url", "email", "phone", "full_name", "first_name", "last_name"), TEXT),
    **dict.fromkeys(("company", "education", "include"), LIST_OF_TEXT),
    # The reference's table says list, its example has one text.
    "company_domain": TEXT_OR_LIST,
    **dict.fromkeys(("location", "job_title"), TEXT),
}
PRIMARY = ("linkedin_url", "email", "phone")
SECONDARY = ("company", "company_domain", "education", "location")


class Lookups:
    """The endpoints that answer about people who are named."""

    def __init__(
        self, world: World, directory: Directory, writing: Writing, verdict: Callable[[str, dt.date], str]
    ) -> None:
        self._world = world
        self._directory = directory
        self._writing = writing
        self._verdict = verdict

    def endpoints(self) -> list[Endpoint]:
        """Their table."""
        return [
            Endpoint("linkedin_enrich", "GET", "v1/linkedin/enrich", "other", self._linkedin_enrich),
            Endpoint("email_enrich", "GET", "v1/email/enrich", "other", self._email_enrich),
            Endpoint("people_enrich", "POST", "v1/people/enrich", "other", self._people_enrich),
            Endpoint("people_linkedin", "GET", "v1/people/linkedin", "other", self._people_linkedin),
            Endpoint("people_linkedin_batch", "POST", "v1/people/linkedin/batch", "other", self._batch),
            Endpoint("people_person", "GET", "v1/people/person", "other", self._people_person),
            *(
                Endpoint(f"{kind}_status", "GET", f"v1/people/linkedin/{kind}_status", "contact_checker", check)
                for kind, check in (
                    ("personal_email", self._has_personal_email),
                    ("work_email", self._has_work_email),
                    ("phone", self._has_phone),
                )
            ),
        ]

    def by_url(self, url: str) -> Profile | None:
        """Whom a profile URL names, if ContactOut knows them today."""
        return self._directory.people_on(self._today).by_slug.get(profile_slug(url))

    def in_real_time(self, profile: Profile, kinds: Collection[str]) -> Contacts:
        """Contact points of these kinds, with a work address that is found only now."""
        return contacts(
            profile, kinds, delivers=lambda email: self._verdict(email, self._today) in ("valid", "accept_all")
        )

    @property
    def _today(self) -> dt.date:
        return self._world.calendar.today

    def _linkedin_enrich(self, asked: Asked) -> Answer:
        wanted = read_query(asked, {"profile": TEXT, "profile_only": BOOLEAN})
        profile = self.by_url(required(wanted, "profile"))
        if profile is None:
            # Other endpoints answer 404; the reference shows an empty list here.
            return Answer(200, {"status_code": 200, "profile": []})
        only = wanted.get("profile_only", False)
        shown = contacts(profile, () if only else KINDS)
        record = self._writing.snake_case(profile, None if only else shown)
        return _found(record, shown.price("linkedin_enrich"))

    def _email_enrich(self, asked: Asked) -> Answer:
        wanted = read_query(asked, {"email": TEXT, "include": TEXT})
        include = wanted.get("include", "")
        if include not in ("", "work_email"):
            raise BadInput("The parameter include takes work_email.")
        profile = self._by_email(required(wanted, "email"))
        if profile is None:
            return refusal(404, NOT_FOUND)
        shown = self.in_real_time(profile, ("personal_email", "phone", include))
        return _found(self._writing.camel_case(profile, shown), shown.price("email_enrich"))

    def _people_enrich(self, asked: Asked) -> Answer:
        lists = ("company", "company_domain", "education")
        wanted = read_body(asked, PERSON, dict.fromkeys(lists, MOST_ALTERNATIVES))
        include = wanted.get("include", [])
        if not set(include) <= set(KINDS):
            raise BadInput(f"The parameter include takes {', '.join(KINDS)}.")
        people = self._meant(wanted)
        if not people:
            return refusal(404, NOT_FOUND)
        profile, others = people[0], people[1:]
        shown = contacts(profile, include)
        credits = shown.price("people_enrich")
        # Only one of the two styles has room for whom else a name may mean.
        if others or self._writing.is_camel_case(profile):
            return _found(self._writing.camel_case(profile, shown, others), credits)
        return _found(self._writing.snake_case(profile, shown if include else None), credits)

    def _people_linkedin(self, asked: Asked) -> Answer:
        wanted = read_query(asked, {"profile": TEXT, "include_phone": BOOLEAN, "email_type": TEXT})
        email_type = wanted.get("email_type", "personal,work").replace(" ", "")
        if email_type not in EMAIL_TYPES:
            raise BadInput(f"The parameter email_type takes {' or '.join(EMAIL_TYPES)}.")
        profile = self.by_url(required(wanted, "profile"))
        if profile is None:
            return refusal(404, NOT_FOUND)
        with_phone = wanted.get("include_phone", False)
        kinds = (*EMAIL_TYPES[email_type], *(("phone",) if with_phone else ()))
        # Only who asks for work addresses by name has them looked for.
        look = self.in_real_time if "work" in wanted.get("email_type", "") else contacts
        shown = look(profile, kinds)
        if not shown.any and not self._writing.is_told_empty(profile):
            return refusal(404, NOT_FOUND)
        record = {
            "url": profile.url,
            "email": shown.emails,
            "work_email": shown.work,
            # An empty status is a list, as in a search.
            "work_email_status": {one: self._writing.status(profile, one) for one in shown.work} or [],
            "personal_email": shown.personal,
            **({"phone": shown.phones} if with_phone else {}),
            "github": profile.github,
        }
        return _found(record, shown.price("people_linkedin"))

    def _batch(self, asked: Asked) -> Answer:
        wanted = read_body(asked, {"profiles": LIST_OF_TEXT}, {"profiles": MOST_PROFILES})
        urls = required(wanted, "profiles")
        found = {url: self.by_url(url) for url in urls}
        given = {url: contacts(one, KINDS).emails if one else [] for url, one in found.items()}
        credits = price("people_linkedin_batch", profile_with_email=sum(map(bool, given.values())))
        body = {"status_code": 200, "profiles": given}
        return Answer(200, body, records=len(given), credits=credits, first_record=("profiles", urls[0]))

    def _people_person(self, asked: Asked) -> Answer:
        email = required(read_query(asked, {"email": TEXT}), "email")
        profile = self._by_email(email)
        if profile is None:
            return refusal(404, NOT_FOUND)
        return _found({"email": email, "linkedin": profile.url}, price("people_person", profile=1))

    def _has_personal_email(self, asked: Asked) -> Answer:
        return self._checked(asked, lambda profile: {"email": bool(profile and profile.personal_emails)})

    def _has_work_email(self, asked: Asked) -> Answer:
        def status(profile: Profile | None) -> dict[str, Any]:
            work = profile.work_emails if profile else []
            told = self._writing.status(profile, work[0]) if profile and work else None
            return {"email": bool(work), "email_status": told}

        return self._checked(asked, status)

    def _has_phone(self, asked: Asked) -> Answer:
        return self._checked(asked, lambda profile: {"phone": bool(profile and profile.phones)})

    def _checked(self, asked: Asked, says: Callable[[Profile | None], dict[str, Any]]) -> Answer:
        url = required(read_query(asked, {"profile": TEXT}), "profile")
        profile = self.by_url(url)
        # What a checker says of a stranger is not documented: nothing there, or nobody there.
        if profile is None and self._world.population.dice.chance(0.5, "stranger", profile_slug(url)):
            return refusal(404, NOT_FOUND)
        return _found(says(profile), {})

    def _by_email(self, email: str) -> Profile | None:
        return self._directory.people_on(self._today).by_email.get(address(email))

    def _meant(self, wanted: Mapping[str, Any]) -> list[Profile]:
        """The person meant, and after them whoever else fits the name and the rest."""
        people = self._directory.people_on(self._today)
        first, last = wanted.get("first_name"), wanted.get("last_name")
        if bool(first) != bool(last):
            raise BadInput("The parameters first_name and last_name are given together.")
        names = [name for name in (wanted.get("full_name"), f"{first} {last}" if first else None) if name]
        primary = [name for name in PRIMARY if wanted.get(name)]
        if not primary and not (names and any(wanted.get(name) for name in SECONDARY)):
            raise BadInput(
                f"One of {', '.join(PRIMARY)} is needed, or a name and one of {', '.join(SECONDARY)} with it."
            )
        if primary:
            found: Mapping[str, Callable[[str], Profile | None]] = {
                "linkedin_url": lambda url: people.by_slug.get(profile_slug(url)),
                "email": lambda email: people.by_email.get(address(email)),
                "phone": lambda phone: people.by_phone.get(line_of(phone)),
            }
            meant = [found[name](wanted[name]) for name in primary]
            return [profile for profile in meant if profile is not None][:1]
        same_name = people.by_name.get(names[0].strip().casefold(), [])
        if any(name.strip().casefold() != names[0].strip().casefold() for name in names):
            return []
        return [profile for profile in same_name if _fits(profile, wanted)]


def _found(record: dict[str, Any], credits: Mapping[str, float]) -> Answer:
    """One profile, or what there is to say of it."""
    body = {"status_code": 200, "profile": record}
    return Answer(200, body, records=1, credits=credits, first_record=("profile",))


def _fits(profile: Profile, wanted: Mapping[str, Any]) -> bool:
    """Whether everything said besides the name is true of somebody; a title may have changed and is not asked."""
    names = [f"{company.name} {company.slug}" for company in profile.companies]
    domains = wanted.get("company_domain") or []
    domains = [domains] if isinstance(domains, str) else domains
    schools = [study["school_name"] for study in profile.detailed_education]
    tests = (
        (wanted.get("company") or [], lambda value: any_contains(names, value)),
        (domains, lambda value: plain_domain(value) in {company.domain for company in profile.companies}),
        (wanted.get("education") or [], lambda value: any_contains(schools, value)),
        # Of "San Francisco, CA" the city is what everybody writes alike.
        (_given(wanted.get("location")), lambda value: any_contains([profile.fields["location"]], value.split(",")[0])),
    )
    return all(not values or any(map(test, values)) for values, test in tests)


def _given(value: str | None) -> list[str]:
    return [value] if value else []
