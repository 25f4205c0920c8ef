"""How LeadIQ's searches choose people and companies."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError

from sandbox.leadiq.knowledge import (
    DETECTED,
    HIDDEN,
    SENIORITY_RANK,
    KnownCompany,
    KnownPerson,
    digits_of,
    milliseconds,
    plain_domain,
    same_text,
    slug_of,
)
from sandbox.population import fold

PAGE_SIZE = 25
NO_CRITERION = "At least one of the fields that identify somebody is needed."

Input = Mapping[str, Any]


def page_of(found: Sequence[Any], wanted: Input) -> Sequence[Any]:
    """The page that ``skip`` and ``limit`` ask for; more than 25 are never given, without a word about it."""
    skip, limit = wanted.get("skip") or 0, wanted.get("limit")
    limit = PAGE_SIZE if limit is None else limit
    if skip < 0 or limit < 1:
        raise GraphQLError(f"A page of {limit} from {skip} cannot be given.")
    return found[skip : skip + min(limit, PAGE_SIZE)]


def people_matching(people: Iterable[KnownPerson], wanted: Input) -> list[KnownPerson]:
    """Everyone a ``SearchPeopleInput`` is about."""
    given = {name: value for name, value in wanted.items() if value is not None}
    if not any(name in PERSON_CRITERIA for name in given):
        raise GraphQLError(NO_CRITERION)
    return [known for known in people if _is_meant(known, given) and _has_what_is_asked(known, given)]


def shown(known: KnownPerson, wanted: Input) -> dict[str, Any]:
    """A person's record with the e-mails that the search lets through."""
    statuses = set(wanted.get("workEmailStatusIn") or ())
    record = known.record

    def kept(emails: Sequence[dict[str, Any]], only: set[str]) -> list[dict[str, Any]]:
        return [
            one
            for one in emails
            if (not only or one["status"] in only) and (wanted.get("includeInvalid") or one["status"] != "Invalid")
        ]

    def positions(name: str) -> list[dict[str, Any]]:
        return [{**one, "emails": kept(one["emails"], statuses)} for one in record[name]]

    return {
        **record,
        "currentPositions": positions("currentPositions"),
        "pastPositions": positions("pastPositions"),
        "personalEmails": kept(record["personalEmails"], set()),
    }


def _is_meant(known: KnownPerson, given: Input) -> bool:
    return all(test(known, given[name]) for name, test in PERSON_CRITERIA.items() if name in given)


def _linkedin(known: KnownPerson, name: str) -> str | None:
    value: str | None = (known.record["linkedin"] or {}).get(name)
    return value


def _has_url(known: KnownPerson, url: str) -> bool:
    own = _linkedin(known, "linkedinUrl")
    return own is not None and slug_of(own) == slug_of(url)


def _positions(known: KnownPerson) -> list[dict[str, Any]]:
    return [*known.record["currentPositions"], *known.record["pastPositions"]]


def _emails(known: KnownPerson) -> set[str]:
    records = [*known.record["personalEmails"], *(one for job in _positions(known) for one in job["emails"])]
    return {one["value"].lower() for one in records if one["value"] != HIDDEN}


def _has_hash(known: KnownPerson, digest: str) -> bool:
    return digest.lower() in {hashlib.sha256(one.encode()).hexdigest() for one in _emails(known)}


def _has_phone(known: KnownPerson, phone: str) -> bool:
    records = [*known.record["personalPhones"], *(one for job in _positions(known) for one in job["phones"])]
    wanted = digits_of(phone)
    return bool(wanted) and wanted in {digits_of(one["value"]) for one in records if one["value"] != HIDDEN}


def _works_at(known: KnownPerson, details: Input) -> bool:
    jobs = _positions(known) if details.get("searchInPastCompanies") else known.record["currentPositions"]
    return any(is_company(job["companyInfo"], details) for job in jobs)


PERSON_CRITERIA: Mapping[str, Callable[[KnownPerson, Any], bool]] = {
    "id": lambda known, value: known.record["id"] == value,
    "linkedinId": lambda known, value: _linkedin(known, "linkedinId") == value,
    "linkedinUrl": _has_url,
    "email": lambda known, value: value.strip().lower() in _emails(known),
    "hashedEmail": _has_hash,
    "phone": _has_phone,
    "firstName": lambda known, value: same_text(known.record["name"]["first"], value),
    "middleName": lambda known, value: same_text(known.record["name"]["middle"], value),
    "lastName": lambda known, value: same_text(known.record["name"]["last"], value),
    "fullName": lambda known, value: same_text(known.record["name"]["fullName"], value),
    "company": _works_at,
}


def _has_what_is_asked(known: KnownPerson, given: Input) -> bool:
    record = shown(known, given)
    current = record["currentPositions"]
    emails = [one for job in current for one in job["emails"]]
    phones = [one for job in current for one in job["phones"]]
    if given.get("workEmailStatusIn") and not emails:
        return False
    if given.get("containsWorkContactInfo") and not emails and not phones:
        return False
    has = {
        "HasVerifiedWorkPhone": any(one["status"] == "Verified" for one in phones),
        "HasPersonalPhone": bool(record["personalPhones"]),
        "HasWorkPhone": bool(phones),
        "HasPersonalEmail": bool(record["personalEmails"]),
        "HasVerifiedWorkEmail": any(one["status"] == "Verified" for one in emails),
        "HasWorkEmail": bool(emails),
    }
    return all(has[name] for name in given.get("profileFilter") or ())


def is_company(info: Input, details: Input) -> bool:
    """Whether a company is the one described: by every detail when ``strict``, else by one that identifies it."""
    tests: Mapping[str, Callable[[Any], bool]] = {
        "companyId": lambda value: info["source"] == value,
        "source": lambda value: info["source"] == value,
        "domain": lambda value: plain_domain(info["domain"]) == plain_domain(value),
        "emailDomain": lambda value: plain_domain(value) in (info["emailDomains"] or ()),
        "linkedinId": lambda value: info["linkedinId"] == value,
        "linkedinUrl": lambda value: info["linkedinUrl"] is not None and slug_of(info["linkedinUrl"]) == slug_of(value),
        "name": lambda value: _is_called(info, value),
        "country": lambda value: same_text(info["country"], value),
    }
    told = {name: tests[name](value) for name, value in details.items() if name in tests and value is not None}
    if not told:
        raise GraphQLError(NO_CRITERION)
    if details.get("strict"):
        return all(told.values())
    # A country tells companies of one name apart; it is no company's name.
    identifying = {name: hit for name, hit in told.items() if name != "country"}
    return any(identifying.values()) if identifying else told["country"]


def _is_called(info: Input, name: str) -> bool:
    return any(same_text(one, name) for one in (info["name"], *(info["alternativeNames"] or ())))


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """A company of a grouped search and everyone there who was found."""

    company: KnownCompany
    people: list[KnownPerson]


def advanced(people: Iterable[KnownPerson], wanted: Input) -> list[KnownPerson]:
    """Everyone employed who fits the filters of an advanced search, in the order asked for."""
    found = [
        known
        for known in people
        if known.flat is not None
        and _fits_company(known.employer, wanted.get("companyFilter"), default=True)
        and not _fits_company(known.employer, wanted.get("companyExcludedFilter"), default=False)
        and _fits_contact(known, wanted.get("contactFilter") or {})
        and _fits_job_change(known, wanted.get("jobChangeFilter"))
    ]
    for option in reversed(wanted.get("sortContactsBy") or ()):
        found = _sorted(found, option, PEOPLE_ORDER)
    return found


def grouped(found: Iterable[KnownPerson], wanted: Input) -> list[Group]:
    """The people found, by company, the companies in the order asked for."""
    groups: dict[str, Group] = {}
    for known in found:
        assert known.employer is not None, "only the employed are found"
        groups.setdefault(known.employer.company.truth_id, Group(known.employer, [])).people.append(known)
    result = list(groups.values())
    for option in reversed(wanted.get("sortCompaniesBy") or ()):
        result = _sorted(result, option, COMPANIES_ORDER)
    return result


def _fits_company(known: KnownCompany | None, wanted: Input | None, *, default: bool) -> bool:
    given = {name: values for name, values in (wanted or {}).items() if values}
    if not given or known is None:
        return default
    return all(any(COMPANY_TESTS[name](known, value) for value in values) for name, values in given.items())


def _says(text: str | None, part: str) -> bool:
    return text is not None and fold(part).strip() in fold(text)


def _within(number: float | None, low: float | None, high: float | None) -> bool:
    return number is not None and (low is None or low <= number) and (high is None or number <= high)


def _moment_within(text: str | None, wanted: Input | None) -> bool:
    if wanted is None:
        return True
    return text is not None and _within(
        milliseconds(dt.datetime.fromisoformat(text)), wanted.get("start"), wanted.get("end")
    )


def _funded(known: KnownCompany, wanted: Input) -> bool:
    funding = known.info["fundingInfo"]
    amount = wanted.get("lastFundingRange")
    return (
        funding is not None
        and _moment_within(funding["lastFundingOn"], wanted.get("lastFundingDateRange"))
        and (amount is None or _within(funding["lastFundingUsd"], amount.get("start"), amount.get("end")))
    )


def _classified(known: KnownCompany, wanted: Input) -> bool:
    naics = known.info["naicsCode"]
    code, description = wanted.get("code"), wanted.get("description")
    return (
        naics is not None
        and (code is None or naics["code"].startswith(code))
        and (description is None or _says(naics["description"], description))
    )


COMPANY_TESTS: Mapping[str, Callable[[KnownCompany, Any], bool]] = {
    "ids": lambda known, value: known.info["id"] == value,
    "names": lambda known, value: _is_called(known.info, value),
    "domains": lambda known, value: plain_domain(known.info["domain"]) == plain_domain(value),
    "linkedinIds": lambda known, value: known.info["linkedinId"] == value,
    "industries": lambda known, value: same_text(known.info["industry"], value),
    "sizes": lambda known, value: _within(known.info["numberOfEmployees"], value.get("min"), value.get("max")),
    "cities": lambda known, value: same_text(known.flat["city"], value),
    "states": lambda known, value: same_text(known.flat["state"], value),
    "postalCodes": lambda known, value: known.flat["postalCode"] == value,
    "countries": lambda known, value: same_text(known.flat["country"], value),
    "descriptions": lambda known, value: _says(known.flat["description"], value),
    "technologies": lambda known, value: any(same_text(one, value) for one in known.flat["companyTechnologies"] or ()),
    "technologyCategories": lambda known, value: any(
        same_text(one, value) for one in known.flat["companyTechnologyCategories"] or ()
    ),
    "revenueRanges": lambda known, value: _within(known.info["revenue"], value.get("start"), value.get("end")),
    "fundingInfoFilters": _funded,
    "naicsCodeFilters": _classified,
}


def _fits_contact(known: KnownPerson, wanted: Input) -> bool:
    flat = known.flat
    assert flat is not None, "only the employed are looked at"
    for name, test in CONTACT_TESTS.items():
        values = wanted.get(name)
        if values and not any(test(flat, value) for value in values):
            return False
    updated = wanted.get("updatedAt")
    if updated is not None and not _within(milliseconds(known.updated_at), updated.get("start"), updated.get("end")):
        return False
    return all(
        wanted.get(name) is None or _arrived_since(known, kind, wanted[name])
        for name, kind in (("newHireFrom", "JobChange"), ("newPromotionFrom", "Promotion"))
    )


def _arrived_since(known: KnownPerson, kind: str, moment: int) -> bool:
    change = known.change
    return change is not None and change.kind == kind and milliseconds(change.effective_on) >= moment


def _has_verified(flat: Input, status: str) -> bool:
    return bool(flat["verifiedWorkEmails" if status == "Verified" else "verifiedLikelyWorkEmails"])


def _lives_in(flat: Input, place: Input) -> bool:
    state, country = place.get("areaLevel1"), place.get("country")
    return (state is None or same_text(flat["state"], state)) and (
        country is None or same_text(flat["country"], country)
    )


CONTACT_TESTS: Mapping[str, Callable[[Input, Any], bool]] = {
    "ids": lambda flat, value: flat["id"] == value,
    "names": lambda flat, value: _says(flat["name"], value),
    "titles": lambda flat, value: _says(flat["title"], value),
    "linkedinIds": lambda flat, value: flat["linkedinId"] == value,
    "linkedinUrls": lambda flat, value: (
        flat["linkedinUrl"] is not None and slug_of(flat["linkedinUrl"]) == slug_of(value)
    ),
    "seniorities": lambda flat, value: flat["seniority"] == value,
    "roles": lambda flat, value: same_text(flat["role"], value),
    "states": lambda flat, value: same_text(flat["state"], value),
    "countries": lambda flat, value: same_text(flat["country"], value),
    "containsWorkEmails": _has_verified,
    "locations": _lives_in,
}


def _fits_job_change(known: KnownPerson, wanted: Input | None) -> bool:
    if wanted is None:
        return True
    change = known.change
    if change is None or change.after is None:
        return False
    # No type at all stands for either.
    kinds = wanted["jobChangeTypes"] or DETECTED.values()
    started_after = wanted.get("startedAfter")
    return DETECTED[change.kind] in kinds and (
        started_after is None or milliseconds(change.effective_on) > started_after
    )


def _of_flat(name: str) -> Callable[[KnownPerson], Any]:
    return lambda known: fold((known.flat or {})[name] or "")


PEOPLE_ORDER: Mapping[str, Callable[[KnownPerson], Any]] = {
    "Id": _of_flat("id"),
    "Name": _of_flat("name"),
    "Role": _of_flat("role"),
    "Title": _of_flat("title"),
    "Seniority": lambda known: SENIORITY_RANK[(known.flat or {})["seniority"]],
    "JobChangeStartedAt": lambda known: milliseconds(known.change.effective_on) if known.change else 0,
}
COMPANIES_ORDER: Mapping[str, Callable[[Group], Any]] = {
    "Id": lambda group: group.company.flat["id"],
    "Name": lambda group: fold(group.company.flat["name"]),
    "Industry": lambda group: group.company.flat["industry"] or "",
    "Size": lambda group: group.company.flat["employeeCount"] or 0,
}


def _sorted(found: list[Any], option: str, orders: Mapping[str, Callable[[Any], Any]]) -> list[Any]:
    """Sorted by one option, ``NameAsc`` or ``NameDesc``; equals stay in the order they were in."""
    descending = option.endswith("Desc")
    key = orders[option.removesuffix("Desc").removesuffix("Asc")]
    return sorted(found, key=key, reverse=descending)


def companies_matching(companies: Iterable[KnownCompany], wanted: Input) -> list[KnownCompany]:
    """Every company a ``SearchCompanyInput`` is about."""
    return [known for known in companies if is_company(known.info, wanted)]
