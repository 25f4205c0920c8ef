"""ContactOut: people, companies and addresses that are looked up, each in the way that takes the fewest credits.

What each way charges is from the reference, by endpoint; `nothing found` is charged by none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

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
    companies_of,
    covers,
    profiles_of,
    result_of,
    selected,
    shown,
    units,
)
from .identifiers import address, host, number, profile
from .inputs import ContactOutInputs
from .rows import DomainRow, EmailRow, PersonRow, ProfileRow

BATCH, JOB = "people_linkedin_batch", "people_linkedin_batch_v2"
VERIFY, VERIFY_JOB = "email_verify", "email_verify_batch"
PEOPLE_JOBS, VERIFY_JOBS = "/v2/people/linkedin/batch", "/v1/email/verify/batch"
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
            _way("people_enrich", "people", _people_enrich, _one_person),
            _way("linkedin_enrich", "people", _linkedin_enrich, _one_person),
            _way("email_enrich", "people", _email_enrich, _one_person),
            _way("people_linkedin", "people", _people_linkedin, _one_person),
            replace(
                _way(BATCH, "people", _batch),
                by_row=lambda document: _by_profile(an_object(an_object(document).get("profiles"))),
                most=MOST_PROFILES,
            ),
            replace(
                _way(JOB, "people", _job),
                by_row=lambda document: _by_profile(result_of(document)),
                most=MOST_OF_A_JOB,
                job=_job_of(JOB, PEOPLE_JOBS, pauses),
            ),
        ),
        options.fresh_days,
        routes=lambda _, rows, known: _routes(rows, known, options.jobs_from),
        checks=Checks("availability", _helpful) if options.check_first else None,
        evidence=Evidence("people", covers, _answered, lambda sent: sent.get("linkedin_url")),
    )
    return (
        people,
        Lookup(
            "linkedin_urls",
            EmailRow,
            (),
            (_way("people_person", "people", _people_person, _one_person),),
            options.fresh_days,
            # Whoever is known by an address is known with the profile, whatever was asked for.
            evidence=Evidence("people", lambda _: frozenset({"linkedin_url"}), _answered, lambda _: None),
        ),
        Lookup(
            "availability",
            ProfileRow,
            CONTACTS,
            tuple(_way(f"{kind}_status", "contact_checks", _status(kind), _available) for kind in CONTACTS),
            options.check_fresh_days,
            routes=_each_status,
            by_point=True,
        ),
        Lookup(
            "verify",
            EmailRow,
            (),
            (
                _way(VERIFY, "email_verifications", _verify, _verdict),
                replace(
                    _way(VERIFY_JOB, "email_verification_results", _verify_batch),
                    by_row=_by_address,
                    most=options.verify_batch,
                    # A result may come under another address than was asked for; what is missing may have been charged.
                    missing="unknown",
                    job=_job_of(VERIFY_JOB, VERIFY_JOBS, pauses),
                ),
            ),
            options.verify_fresh_days,
            routes=lambda lookup, rows, _: [
                Route(VERIFY if len(rows) == 1 else VERIFY_JOB, points) for _, points in rows
            ],
        ),
        Lookup(
            "companies",
            DomainRow,
            (),
            (replace(_way("domain_enrich", "companies", _domain_enrich), by_row=_by_domain, most=MOST_DOMAINS),),
            inputs.companies.refresh_days,
        ),
    )


def _way(
    operation: str,
    entity: str,
    question: Callable[[Window, Sequence[Sent], Points], Question],
    count: Callable[[Any], int] = lambda _: 0,
) -> Way:
    """A way that is called as its operation is."""
    return Way(operation, entity, operation, question, count)


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
        return Route(BATCH if with_emails < jobs_from else JOB, points)
    if points == frozenset(CONTACTS) and with_all >= jobs_from:
        return Route(JOB, points)
    # Batches show all addresses, and charge for them; by itself a profile's other details can be left out.
    return Route("people_linkedin", points)


def _profile_route(sent: Sent, points: Points, known: Known) -> Route:
    """The profile, and maybe contact details: the one endpoint charges 1 search beside what is found and wanted, the other
    none where it finds a contact detail, but for all that it finds."""
    wanted = points - {PROFILE}
    if not wanted:
        return Route("people_enrich", points)
    has = {kind: known(_profile(sent), kind) for kind in CONTACTS}
    is_told = None not in has.values()
    if not _is_all_wanted(wanted, has):
        likely = {
            "record": 1,
            "record_with_email": int(any(has[kind] for kind in EMAILS & wanted)),
            "record_with_phone": int(PHONE in wanted and bool(has[PHONE])),
        }
        return Route("people_enrich", points, likely if is_told else None)
    likely = {
        "record_with_email": int(any(has[kind] for kind in EMAILS)),
        "record_with_phone": int(bool(has[PHONE])),
        "record_without_contact": int(not any(has.values())),
    }
    # Who wants everything needs no check to know that this is the cheaper way.
    was_shown = wanted != frozenset(CONTACTS) and any(has.values())
    saved = ("people_enrich", {"record": 1}) if was_shown else None
    return Route("linkedin_enrich", EVERYTHING, likely if is_told else None, saved)


def _is_all_wanted(wanted: Points, has: Mapping[str, bool | None]) -> bool:
    """Whether an answer with all there is charges no more than one with what is wanted: addresses are one charge, however
    many there are, and what a check did not find costs nothing."""
    phone = PHONE in wanted or has[PHONE] is False
    emails = all(has[kind] is False for kind in EMAILS - wanted) or any(has[kind] for kind in EMAILS & wanted)
    return phone and emails


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


def _ask_points(
    operation: str,
    window: Window,
    path: str,
    points: Points,
    *,
    params: Iterable[tuple[str, str]] = (),
    body: Mapping[str, Any] | None = None,
    rows: int = 1,
    beside: Mapping[str, int] | None = None,
) -> Question:
    """A question for these data points of so many rows; one with a body is posted.

    Args:
        beside: units that it can be charged for beside those of its data points.
    """
    method = "GET" if body is None else "POST"
    at_most = {**units(rows, points), **(beside or {})}
    return ask(operation, window, method, path, params=params, body=body, selection=selected(points), at_most=at_most)


def _people_enrich(window: Window, rows: Sequence[Sent], points: Points) -> Question:
    include = [kind for kind in CONTACTS if kind in points]
    body = {**rows[0], **({"include": include} if include else {})}
    return _ask_points("people_enrich", window, "/v1/people/enrich", points, body=body)


def _linkedin_enrich(window: Window, rows: Sequence[Sent], points: Points) -> Question:
    params = [("profile", rows[0]["linkedin_url"])]
    nothing = {"record_without_contact": 1}
    return _ask_points("linkedin_enrich", window, "/v1/linkedin/enrich", points, params=params, beside=nothing)


def _email_enrich(window: Window, rows: Sequence[Sent], points: Points) -> Question:
    params = [("email", rows[0]["email"])]
    if WORK in points:
        params.append(("include", "work_email"))
    return _ask_points("email_enrich", window, "/v1/email/enrich", points, params=params)


def _people_linkedin(window: Window, rows: Sequence[Sent], points: Points) -> Question:
    kinds = [EMAIL_TYPES[kind] for kind in (PERSONAL, WORK) if kind in points]
    params = [("profile", rows[0]["linkedin_url"]), ("email_type", ",".join(kinds) or "none")]
    if PHONE in points:
        params.append(("include_phone", "true"))
    return _ask_points("people_linkedin", window, "/v1/people/linkedin", points, params=params)


def _batch(window: Window, rows: Sequence[Sent], points: Points) -> Question:
    body = {"profiles": [row["linkedin_url"] for row in rows]}
    return _ask_points(BATCH, window, "/v1/people/linkedin/batch", points, body=body, rows=len(rows))


def _job(window: Window, rows: Sequence[Sent], points: Points) -> Question:
    body = {"profiles": [row["linkedin_url"] for row in rows], "include_phone": PHONE in points}
    return _ask_points(JOB, window, PEOPLE_JOBS, points, body=body, rows=len(rows))


def _people_person(window: Window, rows: Sequence[Sent], points: Points) -> Question:
    params = (("email", rows[0]["email"]),)
    return ask("people_person", window, "GET", "/v1/people/person", params=params, selection="linkedin_url")


def _status(kind: str) -> Callable[[Window, Sequence[Sent], Points], Question]:
    """The free check of a kind of contact detail; its answer does not name the profile, so the selection does."""

    def asks(window: Window, rows: Sequence[Sent], points: Points) -> Question:
        page = rows[0]["profile"]
        return ask(
            f"{kind}_status",
            window,
            "GET",
            f"/v1/people/linkedin/{kind}_status",
            params=(("profile", page),),
            selection=page,
            rate_class="contact_checker",
        )

    return asks


def _verify(window: Window, rows: Sequence[Sent], points: Points) -> Question:
    email = rows[0]["email"]
    # Its answer does not name the address.
    at_most = {"record": 1, "record_verified": 1}
    return ask(VERIFY, window, "GET", "/v1/email/verify", params=(("email", email),), selection=email, at_most=at_most)


def _verify_batch(window: Window, rows: Sequence[Sent], points: Points) -> Question:
    body = {"emails": [row["email"] for row in rows]}
    at_most = {"record": len(rows), "record_verified": len(rows)}
    return ask(VERIFY_JOB, window, "POST", VERIFY_JOBS, body=body, at_most=at_most)


def _domain_enrich(window: Window, rows: Sequence[Sent], points: Points) -> Question:
    body = {"domains": [row["domain"] for row in rows]}
    return ask("domain_enrich", window, "POST", "/v1/domain/enrich", body=body, at_most={"record": len(rows)})


def _job_of(operation: str, path: str, pauses: tuple[float, ...]) -> Job:
    def result(window: Window, job_id: str, points: Points) -> Question:
        asked = ask(operation, window, "GET", f"{path}/{job_id}", selection=selected(points))
        return replace(asked, at_most={})

    return Job(_started, result, job_state, pauses)


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


def job_state(document: Any) -> Literal["working", "done", "failed"]:
    """Whether a job's answer is its result, or not yet, or the provider gave the job up."""
    found = an_object(document)
    said = str(an_object(found.get("data")).get("status") or found.get("status") or "").upper().replace(" ", "_")
    if said in FAILED:
        return "failed"
    if said in WORKING or not (said or result_of(document)):
        return "working"
    return "done"


def _one_person(document: Any) -> int:
    return len(profiles_of(document))


def _available(document: Any) -> int:
    told = an_object(an_object(document).get("profile"))
    return int(any(str(told.get(name)).lower() == "true" for name in ("email", "phone")))


def _verdict(document: Any) -> int:
    return int(bool(an_object(an_object(document).get("data")).get("status")))


def _by_profile(found: Mapping[str, Any]) -> dict[str, int]:
    """By profile, in whatever spelling it stands: whether a contact detail is shown."""
    by_row = {}
    for url, one in found.items():
        if page := _read(profile, url):
            by_row[key_of({"linkedin_url": page})] = int(not shown([one])["record_without_contact"])
    return by_row


def _by_address(document: Any) -> dict[str, int]:
    return {key_of({"email": email.strip().lower()}): 1 for email in result_of(document)}


def _by_domain(document: Any) -> dict[str, int]:
    return {
        key_of({"domain": _read(host, domain) or domain}): int(bool(company))
        for domain, company in companies_of(document)
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
