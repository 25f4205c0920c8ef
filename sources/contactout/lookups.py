"""ContactOut: people, companies and addresses that are looked up, each in the way that takes the fewest credits.

What each way charges is from the reference, by endpoint; `nothing found` is charged by none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from sources.landing import linkedin_page
from sources.metered import Question
from sources.paging import Checks, Evidence, Job, Known, Lookup, Points, Route, Sent, Way, Window, key_of

from .asking import (
    CONTACTS,
    EVERYTHING,
    PERSONAL,
    PHONE,
    PROFILE,
    WORK,
    an_object,
    ask,
    covers,
    profiles_of,
    result_of,
    selected,
    shown,
    units,
)
from .identifiers import address, host, number
from .inputs import ContactOutInputs
from .rows import DomainRow, EmailRow, PersonRow, ProfileRow

MOST_PROFILES = 30
MOST_OF_A_JOB = 1_000
MOST_DOMAINS = 30
"""Rows in one request (reference, Contact Info API and Company information from domains)."""
EMAILS = frozenset({WORK, PERSONAL})
EMAIL_TYPES = {WORK: "work", PERSONAL: "personal"}
WORKING = frozenset({"QUEUED", "PENDING", "PROCESSING", "IN_PROGRESS", "RUNNING", "STARTED", "CREATED"})
FAILED = frozenset({"FAILED", "FAILURE", "ERROR", "CANCELLED", "CANCELED", "EXPIRED"})
"""The reference shows QUEUED, SENT and DONE; others are plausible."""
GROWTH = 1.5
LONGEST_PAUSE = 60.0


def lookups(inputs: ContactOutInputs) -> tuple[Lookup, ...]:
    """What can be looked up."""
    options = inputs.lookups
    pauses = tuple(_pauses(options.poll_seconds, options.wait_seconds))
    people = Lookup(
        "people",
        PersonRow,
        (PROFILE, *CONTACTS),
        (
            Way("people_enrich", "people", "people_enrich", _people_enrich, _one_person),
            Way("linkedin_enrich", "people", "linkedin_enrich", _linkedin_enrich, _one_person),
            Way("email_enrich", "people", "email_enrich", _email_enrich, _one_person),
            Way("people_linkedin", "people", "people_linkedin", _people_linkedin, _one_person),
            Way(
                "people_linkedin_batch",
                "people",
                "people_linkedin_batch",
                _batch,
                by_row=lambda document: _by_profile(an_object(an_object(document).get("profiles"))),
                most=MOST_PROFILES,
            ),
            Way(
                "people_linkedin_batch_v2",
                "people",
                "people_linkedin_batch_v2",
                _job,
                by_row=lambda document: _by_profile(result_of(document)),
                most=MOST_OF_A_JOB,
                job=_job_of("people_linkedin_batch_v2", "/v2/people/linkedin/batch", pauses),
            ),
        ),
        options.fresh_days,
        routes=lambda _, rows, known: _routes(rows, known, options.jobs_from),
        checks=Checks("availability", _helpful) if options.check_first else None,
        evidence=Evidence("people", covers, _answered, lambda sent: sent.get("linkedin_url")),
    )
    linkedin_urls = Way("people_person", "people", "people_person", _people_person, _one_person)
    return (
        people,
        Lookup(
            "linkedin_urls",
            EmailRow,
            (),
            (linkedin_urls,),
            options.fresh_days,
            # Whoever is known by an address is known with the profile, whatever was asked for.
            evidence=Evidence("people", lambda _: frozenset({"linkedin_url"}), _answered, lambda _: None),
        ),
        Lookup(
            "availability",
            ProfileRow,
            CONTACTS,
            tuple(
                Way(f"{kind}_status", "contact_checks", f"{kind}_status", _status(kind), _available)
                for kind in CONTACTS
            ),
            options.check_fresh_days,
            routes=_each_status,
            by_point=True,
        ),
        Lookup(
            "verify",
            EmailRow,
            (),
            (
                Way("email_verify", "email_verifications", "email_verify", _verify, _verdict),
                Way(
                    "email_verify_batch",
                    "email_verification_results",
                    "email_verify_batch",
                    _verify_batch,
                    by_row=_by_address,
                    most=options.verify_batch,
                    # A result may come under another address than was asked for; what is missing may have been charged.
                    missing="unknown",
                    job=_job_of("email_verify_batch", "/v1/email/verify/batch", pauses),
                ),
            ),
            options.verify_fresh_days,
            routes=lambda lookup, rows, _: [
                Route("email_verify" if len(rows) == 1 else "email_verify_batch", points) for _, points in rows
            ],
        ),
        Lookup(
            "companies",
            DomainRow,
            (),
            (
                Way(
                    "domain_enrich",
                    "companies",
                    "domain_enrich",
                    _domain_enrich,
                    by_row=_by_domain,
                    most=MOST_DOMAINS,
                ),
            ),
            inputs.companies.refresh_days,
        ),
    )


# -- which way --------------------------------------------------------------------------------------------------------


def _routes(rows: Sequence[tuple[Sent, Points]], known: Known, jobs_from: int) -> list[Route]:
    """The way of each person that takes the fewest credits, and of those the fewest requests."""
    shared = [points for sent, points in rows if "linkedin_url" in sent and PROFILE not in points]
    with_emails = sum(points == EMAILS for points in shared)
    with_all = sum(points == frozenset(CONTACTS) for points in shared)
    routes = []
    for sent, points in rows:
        if "linkedin_url" in sent and PROFILE not in points:
            routes.append(_contacts_route(points, with_emails, with_all, jobs_from))
        elif "linkedin_url" in sent:
            routes.append(_profile_route(sent, points, known))
        elif "email" in sent and points >= {PERSONAL, PHONE}:
            # Charges no search credit, but the phone credit in any case.
            routes.append(Route("email_enrich", points | {PROFILE}))
        else:
            routes.append(Route("people_enrich", points | {PROFILE}))
    return routes


def _contacts_route(points: Points, with_emails: int, with_all: int, jobs_from: int) -> Route:
    """Contact details without the profile: only what is found is charged, so fewer requests is all there is to win."""
    if points == EMAILS and with_emails > 1:
        return Route("people_linkedin_batch" if with_emails < jobs_from else "people_linkedin_batch_v2", points)
    if points == frozenset(CONTACTS) and with_all >= jobs_from:
        return Route("people_linkedin_batch_v2", points)
    # Batches show all addresses, and charge for them; by itself a profile's other details can be left out.
    return Route("people_linkedin", points)


def _profile_route(sent: Sent, points: Points, known: Known) -> Route:
    """The profile, and maybe contact details: the one endpoint charges 1 search beside what is found and wanted, the other
    none where it finds a contact detail, but for all that it finds."""
    wanted = points - {PROFILE}
    if not wanted:
        return Route("people_enrich", points)
    has = {kind: known(_profile(sent), kind) for kind in CONTACTS}
    emails = [has[kind] for kind in (WORK, PERSONAL)]
    phone_is_wanted = PHONE in wanted or has[PHONE] is False
    others = [kind for kind in (WORK, PERSONAL) if kind not in wanted]
    email_is_wanted = all(has[kind] is False for kind in others) or any(
        has[kind] is True for kind in (WORK, PERSONAL) if kind in wanted
    )
    likely = None
    if None not in has.values():
        has_email, has_phone = any(emails), bool(has[PHONE])
        likely = {
            "record": 1,
            "record_with_email": int(any(has[kind] for kind in EMAILS & wanted)),
            "record_with_phone": int(has_phone and PHONE in wanted),
        }
        if phone_is_wanted and email_is_wanted:
            likely = {
                "record_with_email": int(has_email),
                "record_with_phone": int(has_phone),
                "record_without_contact": int(not has_email and not has_phone),
            }
    if not (phone_is_wanted and email_is_wanted):
        return Route("people_enrich", points, likely)
    # Who wants everything needs no check to know that this is the cheaper way.
    was_shown = wanted != frozenset(CONTACTS) and any(has.values())
    saved = ("people_enrich", {"record": 1}) if was_shown else None
    return Route("linkedin_enrich", EVERYTHING, likely, saved)


def _helpful(sent: Sent, points: Points) -> Iterable[tuple[Sent, str]]:
    """The checks that tell whether a profile with some contact details can be had without a search credit."""
    wanted = points & {*CONTACTS}
    if "linkedin_url" in sent and PROFILE in points and wanted and wanted != frozenset(CONTACTS):
        yield from ((_profile(sent), kind) for kind in CONTACTS)


def _profile(sent: Sent) -> Sent:
    """A person's row as one of `availability`."""
    return {"profile": sent["linkedin_url"]}


def _each_status(_: Lookup, rows: Sequence[tuple[Sent, Points]], __: Known) -> list[Route]:
    """One request for each data point."""
    return [Route(f"{min(points)}_status", frozenset({min(points)})) for _, points in rows]


# -- the questions ----------------------------------------------------------------------------------------------------


def _people_enrich(window: Window, rows: Sequence[Sent], points: Points) -> Question:
    include = [kind for kind in CONTACTS if kind in points]
    body = {**rows[0], **({"include": include} if include else {})}
    return ask(
        "people_enrich",
        window,
        "POST",
        "/v1/people/enrich",
        body=body,
        selection=selected(points),
        at_most=units(1, points),
    )


def _linkedin_enrich(window: Window, rows: Sequence[Sent], points: Points) -> Question:
    return ask(
        "linkedin_enrich",
        window,
        "GET",
        "/v1/linkedin/enrich",
        params=(("profile", rows[0]["linkedin_url"]),),
        selection=selected(points),
        at_most={**units(1, points), "record_without_contact": 1},
    )


def _email_enrich(window: Window, rows: Sequence[Sent], points: Points) -> Question:
    include = (("include", "work_email"),) if WORK in points else ()
    return ask(
        "email_enrich",
        window,
        "GET",
        "/v1/email/enrich",
        params=(("email", rows[0]["email"]), *include),
        selection=selected(points),
        at_most=units(1, points),
    )


def _people_linkedin(window: Window, rows: Sequence[Sent], points: Points) -> Question:
    kinds = [EMAIL_TYPES[kind] for kind in (PERSONAL, WORK) if kind in points]
    params = [("profile", rows[0]["linkedin_url"]), ("email_type", ",".join(kinds) or "none")]
    if PHONE in points:
        params.append(("include_phone", "true"))
    return ask(
        "people_linkedin",
        window,
        "GET",
        "/v1/people/linkedin",
        params=params,
        selection=selected(points),
        at_most=units(1, points),
    )


def _batch(window: Window, rows: Sequence[Sent], points: Points) -> Question:
    return ask(
        "people_linkedin_batch",
        window,
        "POST",
        "/v1/people/linkedin/batch",
        body={"profiles": [row["linkedin_url"] for row in rows]},
        selection=selected(points),
        at_most=units(len(rows), points),
    )


def _job(window: Window, rows: Sequence[Sent], points: Points) -> Question:
    return ask(
        "people_linkedin_batch_v2",
        window,
        "POST",
        "/v2/people/linkedin/batch",
        body={"profiles": [row["linkedin_url"] for row in rows], "include_phone": PHONE in points},
        selection=selected(points),
        at_most=units(len(rows), points),
    )


def _people_person(window: Window, rows: Sequence[Sent], points: Points) -> Question:
    params = (("email", rows[0]["email"]),)
    return ask("people_person", window, "GET", "/v1/people/person", params=params, selection="linkedin_url")


def _status(kind: str) -> Callable[[Window, Sequence[Sent], Points], Question]:
    """The free check of a kind of contact detail; its answer does not name the profile, so the selection does."""

    def asks(window: Window, rows: Sequence[Sent], points: Points) -> Question:
        profile = rows[0]["profile"]
        return ask(
            f"{kind}_status",
            window,
            "GET",
            f"/v1/people/linkedin/{kind}_status",
            params=(("profile", profile),),
            selection=profile,
            rate_class="contact_checker",
        )

    return asks


def _verify(window: Window, rows: Sequence[Sent], points: Points) -> Question:
    email = rows[0]["email"]
    # Its answer does not name the address.
    return ask(
        "email_verify",
        window,
        "GET",
        "/v1/email/verify",
        params=(("email", email),),
        selection=email,
        at_most={"record": 1, "record_verified": 1},
    )


def _verify_batch(window: Window, rows: Sequence[Sent], points: Points) -> Question:
    return ask(
        "email_verify_batch",
        window,
        "POST",
        "/v1/email/verify/batch",
        body={"emails": [row["email"] for row in rows]},
        at_most={"record": len(rows), "record_verified": len(rows)},
    )


def _domain_enrich(window: Window, rows: Sequence[Sent], points: Points) -> Question:
    return ask(
        "domain_enrich",
        window,
        "POST",
        "/v1/domain/enrich",
        body={"domains": [row["domain"] for row in rows]},
        at_most={"record": len(rows)},
    )


def _job_of(operation: str, path: str, pauses: tuple[float, ...]) -> Job:
    def result(window: Window, job_id: str, points: Points) -> Question:
        asked = ask(operation, window, "GET", f"{path}/{job_id}", selection=selected(points))
        return replace(asked, at_most={})

    return Job(_started, result, _state, pauses)


def _pauses(first: float, in_all: float) -> Iterable[float]:
    """Longer and longer, and not beyond what they come to in all; at least one."""
    pause, waited = first, 0.0
    while True:
        yield pause
        waited += pause
        pause = min(pause * GROWTH, LONGEST_PAUSE)
        if waited + pause > in_all:
            return


# -- what the answers say ---------------------------------------------------------------------------------------------


def _started(document: Any) -> str | None:
    """The id of a job: the reference's text calls it `job_uuid`, its example `job_id`."""
    found = an_object(document)
    places = (found, an_object(found.get("data")))
    name = next(
        (place[key] for place in places for key in ("job_id", "job_uuid", "uuid", "id") if place.get(key)), None
    )
    return None if name is None else str(name)


def _state(document: Any) -> Literal["working", "done", "failed"]:
    found = an_object(document)
    said = str(an_object(found.get("data")).get("status") or found.get("status") or "").upper().replace(" ", "_")
    if said in FAILED:
        return "failed"
    if said in WORKING or not (said or result_of(document)):
        return "working"
    return "done"


def is_working(document: Any) -> bool:
    """Whether a job's answer is not its result yet."""
    return _state(document) == "working"


def has_failed(document: Any) -> bool:
    """Whether the provider gave a job up."""
    return _state(document) == "failed"


def _one_person(document: Any) -> int:
    return len(profiles_of(document))


def _available(document: Any) -> int:
    profile = an_object(an_object(document).get("profile"))
    return int(any(str(profile.get(name)).lower() == "true" for name in ("email", "phone")))


def _verdict(document: Any) -> int:
    return int(bool(an_object(an_object(document).get("data")).get("status")))


def _by_profile(found: Mapping[str, Any]) -> dict[str, int]:
    """By profile, in whatever spelling it stands: whether a contact detail is shown."""
    by_row = {}
    for url, one in found.items():
        page = linkedin_page(url)
        if page is not None and page[0] == "person":
            key = key_of({"linkedin_url": f"https://www.linkedin.com/in/{page[1]}"})
            by_row[key] = int(not shown([one])["record_without_contact"])
    return by_row


def _by_address(document: Any) -> dict[str, int]:
    return {key_of({"email": email.strip().lower()}): 1 for email in result_of(document)}


def _by_domain(document: Any) -> dict[str, int]:
    companies = an_object(document).get("companies") or []
    listed = companies if isinstance(companies, list) else [companies]
    return {
        key_of({"domain": _read(host, domain) or domain}): int(bool(company))
        for one in listed
        for domain, company in an_object(one).items()
    }


def _answered(record_key: str, record: Mapping[str, Any]) -> Iterable[Sent]:
    """The rows that a person in raw answers: by profile, by each address and number; none where the profile is not known."""
    if not record_key.startswith("http"):
        return
    yield {"linkedin_url": record_key}
    contacts = an_object(record.get("contact_info"))
    for name in ("emails", "personal_emails", "work_emails"):
        yield from ({"email": email} for one in contacts.get(name) or () if (email := _read(address, str(one))))
    for one in contacts.get("phones") or ():
        if phone := _read(number, str(one)):
            yield {"phone": phone}


def _read(read: Callable[[str], str], text: str) -> str | None:
    try:
        return read(text)
    except ValueError:
        return None
