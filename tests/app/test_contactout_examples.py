"""What ContactOut's endpoints answer goes from HTTP to staging, in either naming style and every documented shape."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from leadhouse.catalogue import SOURCES
from sources.landing import put_together
from tests.app.test_documented_examples import check_staging
from tests.house import UNHURRIED, House, running_sandbox
from tests.reference import contactout_examples, reference_is_there
from tests.sources.test_contactout_records import COMPANY, OWN, URL, WHOLE, WORK, in_camel_case

pytestmark = pytest.mark.slow

EVERYTHING = ("profile", "work_email", "personal_email", "phone")
OF_LOOKUPS = {"url", "email", "work_email", "personal_email", "work_email_status", "phone", "alt_matches"}
SEARCHED = {name: value for name, value in WHOLE.items() if name not in OF_LOOKUPS}
INFO = {
    "emails": [WORK, OWN],
    "personal_emails": [OWN],
    "work_emails": [WORK],
    "work_email_status": {WORK: "Verified"},
    "phones": [" +61.438347437"],
}
SENTENCES = {"experience": ["Analyst at Example in 2014 - Present"], "education": ["Example College in 2008 - 2011"]}
PAGE = {"page": 1, "page_size": 25, "total_results": 1}
QUEUED = {"status": "QUEUED", "job_id": "96d1c156-0000-4000-a000-000000000000"}
OTHER = "https://www.linkedin.com/in/bob-example"


@dataclass(frozen=True)
class Example:
    """A body, and how an answer is brought about that is this body."""

    operation: str
    body: str
    name: str
    start: str | None = None

    def __str__(self) -> str:
        return f"{self.operation}-{self.name}"


def ours() -> Iterator[Example]:
    """Invented answers of every endpoint, in every shape."""

    def example(operation: str, body: Any, name: str, start: Any = None) -> Example:
        return Example(operation, json.dumps(body), name, json.dumps(start) if start else None)

    for operation in ("linkedin_enrich", "people_enrich", "email_enrich", "people_linkedin"):
        yield example(operation, {"status_code": 200, "profile": WHOLE}, "snake_case")
        yield example(operation, {"status_code": 200, "profile": in_camel_case(WHOLE)}, "camelCase")
        yield example(operation, {"status_code": 200, "profile": []}, "empty list")
    one_text = {
        "linkedinUrl": URL,
        "email": OWN,
        "workEmail": WORK,
        "phone": " +61.438347437",
        "twitter": "",
        "github": "",
    }
    yield example("email_enrich", {"status_code": 200, "profile": one_text}, "texts for lists")
    yield example("people_person", {"status_code": 200, "profile": {"email": OWN, "linkedin": URL}}, "found")
    yield example("people_person", {"status_code": 404, "message": "Not Found"}, "not found")
    for operation in ("people_search", "decision_makers"):
        profile = {**SEARCHED, **SENTENCES, "li_vanity": "adaexample", "contact_info": INFO}
        yield example(operation, {"metadata": PAGE, "profiles": {URL: profile}}, "sentences")
        objects = {**SEARCHED, "li_vanity": "ada-example", "contact_info": {**INFO, "work_email_status": []}}
        yield example(
            operation, {"metadata": PAGE, "profiles": {"https://linkedin.com/in/ada-example": objects}}, "objects"
        )
        yield example(operation, {"metadata": {**PAGE, "total_results": 0}, "profiles": []}, "empty list")
    yield example("people_linkedin_batch", {"status_code": 200, "profiles": {URL: [WORK, OWN], OTHER: []}}, "lists")
    yield example("people_linkedin_batch", {"status_code": 200, "profiles": []}, "empty list")
    found = {URL: {"emails": [WORK], "personal_emails": [], "work_emails": [WORK], "phones": ["+15550100"]}, OTHER: []}
    yield example(
        "people_linkedin_batch_v2", {"data": {"uuid": "u", "status": "SENT", "result": found}}, "sent", QUEUED
    )
    yield example("people_linkedin_batch_v2", {"data": {"uuid": "u", "status": "DONE", "result": []}}, "empty", QUEUED)
    company = {**COMPANY, "url": "https://linkedin.com/company/example", "overview": "Sells."}
    yield example("company_search", {"metadata": PAGE, "companies": [company]}, "snake_case")
    yield example("company_search", {"metadata": PAGE, "companies": [in_camel_case(company)]}, "camelCase")
    yield example("company_search", {"metadata": {**PAGE, "total_results": 0}, "companies": []}, "empty list")
    by_domain = {**COMPANY, "li_vanity": "https://www.linkedin.com/company/example", "revenue": "$5.4M"}
    yield example("domain_enrich", {"status_code": 200, "companies": [{"example.com": by_domain}]}, "a list of maps")
    objects = {**by_domain, "locations": [{"city": "Dover", "country": "US", "isPrimary": True}]}
    yield example("domain_enrich", {"status_code": 200, "companies": {"example.com": objects}}, "a map")
    yield example("domain_enrich", {"status_code": 200, "companies": []}, "empty list")
    yield example("work_email_status", {"profile": {"email": True, "email_status": "Verified | Unverified"}}, "there")
    yield example("personal_email_status", {"status_code": 200, "profile": {"email": False}}, "not there")
    yield example("phone_status", {"status_code": 200, "profile": {"phone": True}}, "there")
    yield example("email_verify", {"status_code": 200, "data": {"status": "accept_all"}}, "alone")
    verdicts = {WORK: "valid", "neighbour@example.com": "invalid"}
    yield example("email_verify_batch", {"data": {"uuid": "u", "status": "DONE", "result": verdicts}}, "batch", QUEUED)
    period = {"start": "2023-04-01", "end": "2023-04-31"}
    usage = {"count": 1, "quota": 200, "phone_count": 5, "phone_quota": 10, "search_count": 1, "search_quota": 20}
    yield example("stats", {"status_code": 200, "period": period, "usage": usage}, "prepaid")
    postpaid = usage | {
        f"{kind}{name}": 1 for kind in ("", "phone_", "search_") for name in ("remaining", "over_quota")
    }
    yield example("stats", {"status_code": 200, "period": period, "usage": postpaid}, "postpaid")


SECTIONS = {
    "from LinkedIn URL": "linkedin_enrich",
    "from email address": "email_enrich",
    "People Enrich API": "people_enrich",
    "from LinkedIn Profile": "people_linkedin",
    "V1 Bulk ContactInfo": "people_linkedin_batch",
    "V2 Bulk ContactInfo": "people_linkedin_batch_v2",
    "Company information from domains": "domain_enrich",
    "People Search API": "people_search",
    "Decision Makers API": "decision_makers",
    "Company Search API": "company_search",
    "Email to LinkedIn API": "people_person",
    "Personal Email Checker": "personal_email_status",
    "Work Email Checker": "work_email_status",
    "Phone Number Checker": "phone_status",
    "Single": "email_verify",
    "Bulk": "email_verify_batch",
    "Postpaid": "stats",
    "Prepaid": "stats",
}


def of_the_reference() -> Iterator[Example]:
    """The examples of the reference, as they stand there, where it is at hand."""
    for section, operation in SECTIONS.items() if reference_is_there() else ():
        bodies = contactout_examples(section)
        start = bodies.pop(0) if operation in ("people_linkedin_batch_v2", "email_verify_batch") else None
        for number, body in enumerate(bodies, 1):
            yield Example(operation, body, f"reference {section} {number}", start)


EXAMPLES = (*ours(), *of_the_reference())


PEOPLE = ("people", "linkedin_url")
LOOKUPS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "linkedin_enrich": (*PEOPLE, EVERYTHING),
    "people_enrich": (*PEOPLE, ("profile",)),
    "email_enrich": ("people", "email", EVERYTHING),
    "people_linkedin": (*PEOPLE, ("phone",)),
    "people_person": ("linkedin_urls", "email", ()),
    "work_email_status": ("availability", "linkedin_url", ("work_email",)),
    "personal_email_status": ("availability", "linkedin_url", ("personal_email",)),
    "phone_status": ("availability", "linkedin_url", ("phone",)),
    "email_verify": ("verify", "email", ()),
}
"""Operations that are asked about one row: (lookup, kind of row, data points)."""
BATCHES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "people_linkedin_batch": (*PEOPLE, ("work_email", "personal_email")),
    "people_linkedin_batch_v2": (*PEOPLE, ("work_email", "personal_email")),
    "email_verify_batch": ("verify", "email", ()),
    "domain_enrich": ("companies", "domain", ()),
}
"""Operations that are asked about several rows at once."""
SAVED: dict[str, tuple[str, dict[str, Any]]] = {
    "people_search": ("SEARCHES", {"name": "Somebody"}),
    "company_search": ("COMPANY_SEARCHES", {"name": ["Somebody"]}),
    "decision_makers": ("DECISION_MAKERS", {"name": "Somebody"}),
}
"""Operations that saved searches ask: (their key in the configuration, a search)."""


@dataclass
class Fed:
    """A warehouse that was fed with every example."""

    house: House
    folder: Path
    number: int = 0

    def feed(self, examples: list[Example]) -> None:
        """One command that asks one operation so that each example is an answer; no row is asked for twice."""
        for path in self.folder.glob("*.json"):
            path.unlink()
        operation, job = examples[0].operation, examples[0].start is not None
        for place, example in enumerate(examples):
            (self.folder / f"contactout.{operation}{'_result' * job}.{place}.json").write_text(example.body)
            if example.start:
                (self.folder / f"contactout.{operation}.{place}.json").write_text(example.start)
        self.number += 1
        command = self._command(operation, len(examples))
        run = self.house.run(*command, "--no-build", day=f"2026-03-{1 + self.number % 28:02d}")
        assert run.code == 0, f"{operation}: {run.out}{run.err}"

    def _command(self, operation: str, count: int) -> tuple[str, ...]:
        """Asks an operation for so many answers."""
        if operation == "stats":
            return ("sync", "contactout", "--only", "stats")
        if operation in SAVED:
            key, search = SAVED[operation]
            names = [f"n{self.number}_{place}" for place in range(count)]
            self.house.environment[f"SOURCES__CONTACTOUT__{key}"] = json.dumps(dict.fromkeys(names, search))
            return ("sync", "contactout", *(word for name in names for word in ("--only", f"{operation}_{name}")))
        lookup, kind, points = LOOKUPS.get(operation) or BATCHES[operation]
        value = {
            "linkedin_url": "https://www.linkedin.com/in/somebody-{}-{}",
            "email": "somebody-{}-{}@example.com",
            "domain": "example-{}-{}.example",
        }[kind]
        rows = range(2 if operation in BATCHES else count)
        sql = " union all ".join(f"select '{value.format(self.number, row)}' as {kind}" for row in rows)
        jobs_from = "2" if operation.endswith("_v2") else "100"
        self.house.environment["SOURCES__CONTACTOUT__LOOKUPS__JOBS_FROM"] = jobs_from
        return (
            "lookup",
            f"contactout.{lookup}",
            "--sql",
            sql,
            *(word for point in points for word in ("--data", point)),
        )


def batches() -> Iterator[list[Example]]:
    """The examples, those together that one command can be answered with."""
    # Of several addresses the batch would be asked.
    together = (LOOKUPS.keys() | SAVED.keys()) - {"email_verify"}
    for operation in dict.fromkeys(example.operation for example in EXAMPLES):
        these = [example for example in EXAMPLES if example.operation == operation]
        yield from [these] if operation in together else ([one] for one in these)


@pytest.fixture(scope="module")
def fed(folder: Callable[[str], Path]) -> Fed:
    place = folder("contactout-examples")
    bodies = place / "bodies"
    bodies.mkdir()
    house = House(place / "house")
    house.folder.mkdir()
    with running_sandbox("--examples-dir", str(bodies)) as sandbox:
        (house.folder / ".dlt").mkdir()
        settings = f'[sources.contactout]\nbase_url = "{sandbox.info["examples"]["contactout"]}"\n'
        (house.folder / ".dlt" / "config.toml").write_text(settings)
        (house.folder / ".dlt" / "secrets.toml").write_text(
            '[sources.contactout]\napi_token = "sandbox-contactout-token"\n'
        )
        house.environment["SOURCES__CONTACTOUT__LOOKUPS__POLL_SECONDS"] = "0.05"
        house.environment.update(UNHURRIED)
        one = Fed(house, bodies)
        for examples in batches():
            one.feed(examples)
    house.run("build", day="2026-04-01").ok()
    return one


@pytest.fixture(scope="module")
def rebuilt(fed: Fed) -> dict[str, list[Any]]:
    """Each answer, put together from its ledger row's envelope and its records' payloads, by operation."""
    answers: dict[str, list[Any]] = {}
    with duckdb.connect(str(fed.house.warehouse), read_only=True) as connection:
        payloads: dict[str, dict[str, str]] = {}
        for entity in SOURCES["contactout"].entities:
            for request_id, path, payload in connection.execute(
                f"select _request_id, _path, payload from raw_contactout.{entity.name}"
            ).fetchall():
                payloads.setdefault(request_id, {})[path] = payload
        for request_id, operation, envelope in connection.execute(
            "select request_id, operation, envelope from raw_leadhouse.requests where envelope is not null"
        ).fetchall():
            answers.setdefault(operation, []).append(put_together(envelope, payloads.get(request_id, {})))
    return answers


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_an_answer_is_put_together_again_from_raw(example: Example, rebuilt: dict[str, list[Any]]) -> None:
    assert json.loads(example.body) in rebuilt[example.operation]


def test_no_field_is_unknown_and_nothing_is_unreadable(fed: Fed) -> None:
    assert fed.house.query("select * from raw_leadhouse.quarantine", fed.house.warehouse) == []
    drift = fed.house.query("select entity, kind, field from raw_leadhouse.drift", fed.house.warehouse)
    assert [one for one in drift if one[1] != "unknown_value"] == []


def test_every_field_of_every_record_is_found_in_staging(fed: Fed) -> None:
    with duckdb.connect(str(fed.house.warehouse), read_only=True) as connection:
        compared = {
            entity.name: check_staging(connection, "contactout", entity) for entity in SOURCES["contactout"].entities
        }
    assert all(compared.values()), compared
    assert compared["people"] > 300


def test_a_last_day_that_a_month_does_not_have_is_read_as_its_last(fed: Fed) -> None:
    ends = fed.house.query("select distinct period_end from staging.stg_contactout__stats", fed.house.warehouse)
    assert [str(end) for (end,) in ends] == ["2023-04-30"]


def test_one_person_of_so_many_answers_is_one_person(fed: Fed) -> None:
    rows = fed.house.query(
        "select count(distinct person_id) from marts.map_person_records where provider_record_id = ?".replace(
            "?", f"'{URL}'"
        )
    )
    assert rows == [(1,)]
