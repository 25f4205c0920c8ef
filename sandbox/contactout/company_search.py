"""Company search: what may be asked, and which companies match."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sandbox.changes import another_version
from sandbox.contactout.companies import Companies, one_line, plain_domain
from sandbox.contactout.inputs import BOOLEAN, LIST_OF_TEXT, WHOLE_NUMBER, Parameters, read_body
from sandbox.contactout.refusals import BadInput
from sandbox.contactout.search import any_contains, equal, in_band
from sandbox.exchange import Asked
from sandbox.population import Company

# The reference's table has `industries`, its example `industry` and `page`; both are taken.
PARAMETERS: Parameters = {
    "name": LIST_OF_TEXT,
    "domain": LIST_OF_TEXT,
    "size": LIST_OF_TEXT,
    "hq_only": BOOLEAN,
    "location": LIST_OF_TEXT,
    "industries": LIST_OF_TEXT,
    "industry": LIST_OF_TEXT,
    "min_revenue": WHOLE_NUMBER,
    "max_revenue": WHOLE_NUMBER,
    "year_founded_from": WHOLE_NUMBER,
    "year_founded_to": WHOLE_NUMBER,
    "page": WHOLE_NUMBER,
}
FIRST_YEAR = 1985
Record = dict[str, Any]


def read_company_search(asked: Asked, today: dt.date) -> dict[str, Any]:
    """The parameters of a request; raises :class:`BadInput` for what ContactOut would not take."""
    wanted = read_body(asked, PARAMETERS)
    if wanted.get("page", 1) < 1:
        raise BadInput("The parameter page starts at 1.")
    if wanted.get("year_founded_from", FIRST_YEAR) < FIRST_YEAR:
        raise BadInput(f"The parameter year_founded_from starts at {FIRST_YEAR}.")
    if wanted.get("year_founded_to", today.year) > today.year:
        raise BadInput("The parameter year_founded_to ends with this year.")
    for band in wanted.get("size", ()):
        in_band(0, band)
    return wanted


def company_matches(company: Company, wanted: Mapping[str, Any], companies: Companies) -> bool:
    """Whether a company satisfies every filter; the values within one filter are alternatives."""
    branch = companies.branch(company)
    places = [one_line(company.seat), *([one_line(branch)] if branch and not wanted.get("hq_only") else [])]
    names = [company.name, companies.name(company)]
    has_domain = company.link != "contactout_by_slug"
    tests = (
        ("name", lambda value: any_contains(names, value)),
        ("domain", lambda value: has_domain and plain_domain(value) == company.domain),
        ("size", lambda value: in_band(company.employees, value)),
        ("location", lambda value: any_contains(places, value)),
        ("industries", lambda value: equal(company.industry.contactout, value)),
        ("industry", lambda value: equal(company.industry.contactout, value)),
    )
    if any(wanted.get(name) and not any(map(test, wanted[name])) for name, test in tests):
        return False
    revenue, year = company.revenue, company.founded_year
    earns_so_much: bool = wanted.get("min_revenue", 0) <= revenue <= wanted.get("max_revenue", revenue)
    is_of_that_age: bool = wanted.get("year_founded_from", 0) <= year <= wanted.get("year_founded_to", year)
    return earns_so_much and is_of_that_age


def new_company(record: Record, n: int, _in_front: bool) -> Record:
    """A company like ``record`` of which nobody knows yet."""
    domain = f"newcomer-{n}.example"
    told = {name: record[name] and f"{record[name]}-newcomer-{n}" for name in ("url", "name")}
    return {
        **record,
        **told,
        "linkedin_company_id": None,
        "domain": domain,
        "email_domain": domain,
        "website": f"http://www.{domain}",
    }


def updated_company(record: Record) -> Record:
    """The company with another description."""
    return {**record, "overview": another_version(record["overview"])}
