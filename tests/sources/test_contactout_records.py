"""One person is one record, whichever ContactOut endpoint sends them; companies, checks and verifications are read, too."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from pydantic.alias_generators import to_camel

from sources.contactout.records import ENTITIES
from sources.contactout.results import ENTITIES as RESULTS
from sources.landing import Entity, Findings, columns, put_together, read_again, read_answer, split, understand
from tests.reference import contactout_examples, reference_is_there

NOW = datetime(2026, 3, 2, 6)
BY_NAME = {entity.name: entity for entity in (*ENTITIES, *RESULTS)}
URL = "https://www.linkedin.com/in/ada-example"
PAGE = "https://www.linkedin.com/company/example"
WORK, OWN = "ada@example.com", "ada@mail.example"


def land(name: str, document: Any) -> tuple[list[dict[str, Any]], Findings]:
    """Rows and findings of an answer that can be put together again from them, and whose rows read the same again."""
    body = json.dumps(document)
    rows, findings = read_answer(BY_NAME[name], "q", "r", "s", NOW, body.encode())
    assert put_together(findings.envelope, {row["_path"]: row["payload"] for row in rows}) == document
    for row in rows:
        assert read_again(BY_NAME[name], row["_path"], row["payload"]).record == row["record"]
    return rows, findings


def one(name: str, document: Any) -> tuple[dict[str, Any], str]:
    """(record, key) of the one record of an answer in which nothing surprises."""
    (row,), findings = land(name, document)
    assert (findings.quarantined, findings.drift) == ([], {})
    return json.loads(row["record"]), row["record_key"]


def in_camel_case(value: Any) -> Any:
    """The same with the names of its fields in camelCase; keys that are data stay."""
    if isinstance(value, dict):
        return {
            key if {"@", "/", "."} & set(key) else to_camel(key): in_camel_case(held) for key, held in value.items()
        }
    return [in_camel_case(held) for held in value] if isinstance(value, list) else value


def nothing_but(**found: list[Any]) -> dict[str, Any]:
    names = ("emails", "personal_emails", "work_emails", "work_email_status", "phones")
    return {name: found.get(name, []) for name in names}


# -- one person through every endpoint ---------------------------------------------------------------------------------

WHOLE: dict[str, Any] = {
    "url": URL, "full_name": "Ada Example", "headline": "Analyst at Example", "industry": "Software", "location": "Dover",
    "country": "United States", "summary": "Counts.", "followers": 1000, "job_function": "Design", "seniority": "Manager",
    "work_status": "open_to_work", "profile_picture_url": "https://images.example.com/1",
    "updated_at": "2024-01-01 00:00:00", "github": ["ada-example"], "twitter": ["ada_example"], "skills": ["Counting"],
    "confidence_level": "high", "alt_matches": [{"url": "https://www.linkedin.com/in/other-example"}],
    "email": [WORK, OWN], "work_email": [WORK], "personal_email": [OWN], "phone": ["+15550100"],
    "work_email_status": {WORK: "Verified"},
    "languages": [{"name": "English", "proficiency": "Native"}],
    "company": {
        "name": "Example", "url": PAGE, "linkedin_company_id": 1234, "domain": "example.com", "email_domain": "example.com",
        "overview": "Sells.", "type": "Public Company", "size": 50, "country": "United States", "revenue": 6101000,
        "founded_at": 2007, "industry": "Software", "headquarter": "Dover", "website": "http://www.example.com",
        "logo_url": "https://images.example.com/2", "specialties": ["Counting"], "locations": ["Dover"],
    },
    "experience": [
        {"title": "Analyst", "company_name": "Example", "linkedin_url": PAGE, "logo_url": "https://images.example.com/2",
         "summary": "Counted.", "locality": "Dover", "start_date": "20204", "end_date": "202112", "start_date_year": 2020,
         "start_date_month": 4, "end_date_year": 2021, "end_date_month": 12, "is_current": False},
    ],
    "education": [
        {"field_of_study": "Numbers", "description": None, "start_date_year": "2002", "end_date_year": "2004",
         "degree": "Doctorate", "school_name": "Example College", "url": "https://www.linkedin.com/school/example"},
    ],
    "certifications": [{"name": "PMP", "authority": "Example", "license": "1", "start_date_year": 2018}],
    "publications": [{"url": "https://example.com/1", "title": "On counting", "authors": ["Ada"], "published_on_year": 2022}],
    "projects": [{"title": "Counting", "description": "All of it.", "start_date_year": 2019, "start_date_month": 6}],
}  # fmt: skip


@pytest.mark.parametrize("cased", [lambda record: record, in_camel_case], ids=["snake_case", "camelCase"])
def test_a_whole_profile_is_read_in_either_naming_style(cased: Any) -> None:
    record, key = one("people", {"status_code": 200, "profile": cased(WHOLE)})
    assert key == URL
    assert record["contact_info"] == {
        "emails": [WORK, OWN],
        "work_emails": [WORK],
        "personal_emails": [OWN],
        "phones": ["+15550100"],
        "work_email_status": [{"email": WORK, "status": "Verified"}],
    }
    assert (record["full_name"], record["github"], record["twitter"]) == (
        "Ada Example",
        ["ada-example"],
        ["ada_example"],
    )
    assert (record["job_function"], record["updated_at"]) == ("Design", "2024-01-01T00:00:00.000000Z")
    assert (record["company"]["founded_year"], record["company"]["linkedin_company_id"]) == (2007, 1234)
    assert json.loads(record["alternative_matches"]) == [{"url": "https://www.linkedin.com/in/other-example"}]
    assert record["experience"][0]["end_date_month"] == 12


def test_no_value_of_a_whole_profile_is_lost() -> None:
    for document in ({"profile": WHOLE}, {"profile": in_camel_case(WHOLE)}):
        entity = BY_NAME["people"]
        found = understand(entity, split(json.dumps(document), entity.where)[0])
        assert (found.not_understood, found.misread, found.not_used, found.left_out) == ([], [], [], 0)
        names = {"education[].description"}  # null here
        assert {path.path for path in found.understood} >= set(_filled_leaves(document["profile"])) - names


def test_a_search_and_a_lookup_say_the_same_of_one_person() -> None:
    details = ("email", "work_email", "personal_email", "phone", "work_email_status")
    rest = {name: value for name, value in WHOLE.items() if name not in (*details, "url")}
    names = ("emails", "work_emails", "personal_emails", "phones", "work_email_status")
    info = dict(zip(names, (WHOLE[name] for name in details), strict=True))
    searched = one("people", {"metadata": {"page": 1}, "profiles": {URL: {**rest, "contact_info": info}}})
    assert searched == one("people", {"profile": WHOLE})


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        # linkedin/enrich, profile_only
        ({"profile": {"url": URL, "full_name": "Ada Example"}}, None),
        # email/enrich and people/enrich, as the tables of the reference describe them
        (
            {"profile": {"email": OWN, "workEmail": WORK, "workEmailStatus": "Verified | Unverified",
                         "linkedinUrl": URL, "phone": " +61.438347437", "twitter": "", "github": "", "altMatches": []}},
            nothing_but(emails=[OWN], work_emails=[WORK], phones=[" +61.438347437"],
                        work_email_status=[{"email": WORK, "status": "Verified | Unverified"}]),
        ),
        ({"profile": {"linkedinUrl": URL, "workEmailStatus": "Verified"}},
         nothing_but(work_email_status=[{"email": None, "status": "Verified"}])),
        ({"profile": {"linkedinUrl": URL, "workEmail": "", "workEmailStatus": "", "email": "", "phone": None}},
         nothing_but()),
        # people/linkedin
        (
            {"profile": {"url": URL, "email": [WORK, OWN], "work_email": WORK, "work_email_status": [],
                         "personal_email": OWN, "phone": [], "github": ["ada-example"]}},
            nothing_but(emails=[WORK, OWN], work_emails=[WORK], personal_emails=[OWN]),
        ),
        # people/person
        ({"profile": {"email": OWN, "linkedin": URL}}, nothing_but(emails=[OWN])),
        # v1 batch, with and without the list
        ({"profiles": {"https://linkedin.com/in/ada-example": [WORK, OWN]}}, nothing_but(emails=[WORK, OWN])),
        ({"profiles": {"https://linkedin.com/in/Ada-Example/": WORK}}, nothing_but(emails=[WORK])),
        # v2 batch
        (
            {"data": {"uuid": "u", "status": "SENT", "result": {
                URL: {"emails": [WORK], "personal_emails": [], "work_emails": [WORK], "phones": ["+15550100"]}}}},
            nothing_but(emails=[WORK], work_emails=[WORK], phones=["+15550100"]),
        ),
        ({"data": {"result": {URL: {"emails": WORK, "personalEmails": OWN, "workEmails": [], "phones": []}}}},
         nothing_but(emails=[WORK], personal_emails=[OWN])),
        # decision makers
        ({"profiles": {"https://www.linkedin.com/in/ada-example": {"contact_info": {"emails": [WORK]}}}},
         nothing_but(emails=[WORK])),
        ({"profiles": {URL: {"contact_info": []}}}, None),
    ],
)  # fmt: skip
def test_every_endpoint_about_people_gives_one_person_with_the_same_columns(document: Any, expected: Any) -> None:
    record, key = one("people", document)
    assert (key, record["contact_info"]) == (URL, expected)
    assert {column.path[0] for column in columns(BY_NAME["people"].model)} == set(record)


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("people", {"status_code": 200, "profile": []}),
        ("people", {"status_code": 404, "message": "Not Found"}),
        ("people", {"status_code": 200, "profiles": []}),
        ("people", {"status_code": 200, "profiles": {URL: [], "https://linkedin.com/in/bob-example": None}}),
        ("people", {"status": "QUEUED", "job_id": "96d1c156"}),
        ("people", {"data": {"uuid": "u", "status": "QUEUED", "result": []}}),
        ("people", {"data": {"uuid": "u", "status": "SENT", "result": {URL: []}}}),
        ("companies", {"status_code": 200, "companies": []}),
        ("companies", {"status_code": 200, "companies": [{"example.com": []}]}),
        ("companies", {"status_code": 200, "companies": {"example.com": None}}),
        ("contact_checks", {"status_code": 404, "message": "Not Found"}),
        ("contact_checks", {"status_code": 200, "profile": []}),
        ("email_verifications", {"status_code": 200, "data": []}),
        ("email_verification_results", {"data": {"uuid": "u", "status": "QUEUED"}}),
        ("email_verification_results", {"data": {"uuid": "u", "status": "QUEUED", "result": None}}),
        ("email_verification_results", {"data": {"uuid": "u", "status": "DONE", "result": {WORK: None}}}),
    ],
)
def test_nothing_found_is_no_record_and_nothing_to_clear_up(name: str, document: Any) -> None:
    rows, findings = land(name, document)
    assert (rows, findings.quarantined, findings.drift) == ([], [], {})


@pytest.mark.parametrize("value", ["this is no record", 7, [7], ["a", {}], [[WORK]]])
def test_what_is_neither_a_profile_nor_its_addresses_is_set_aside_with_its_payload(value: Any) -> None:
    (row,), findings = land("people", {"profiles": {URL: value}})
    assert (row["record"], json.loads(row["payload"])) == (None, value)
    assert [path for path, _, _ in findings.quarantined] == [row["_path"]]


def test_details_in_both_places_are_both_kept() -> None:
    given = {"url": URL, "email": OWN, "work_email": WORK, "contact_info": {"emails": [WORK]}}
    (row,), findings = land("people", {"profile": given})
    record = json.loads(row["record"])
    assert (record["contact_info"]["emails"], record["contact_info"]["work_emails"]) == ([WORK], [WORK])
    assert record["unknown_fields"] == {"email": OWN}
    assert findings.drift == {("unknown_field", "email"): 1}


def test_a_detail_that_cannot_be_read_costs_that_detail_alone() -> None:
    given = {"url": URL, "phone": [{"a": 1}, "+15550100"], "github": {"not": "text"}, "company": 7}
    (row,), findings = land("people", {"profile": given})
    record = json.loads(row["record"])
    assert (record["contact_info"]["phones"], record["company"]) == (["+15550100"], None)
    assert set(findings.drift) == {
        ("wrong_type", "contact_info.phones"),
        ("wrong_type", "github"),
        ("wrong_type", "company"),
    }


def test_names_alone_stand_for_their_objects() -> None:
    given = {
        "url": URL,
        "company": "Example",
        "languages": ["English"],
        "certifications": "PMP",
        "projects": ["Counting"],
    }
    record, _ = one("people", {"profile": given})
    assert (record["company"]["name"], record["languages"][0]["name"]) == ("Example", "English")
    assert (record["certifications"][0]["name"], record["projects"][0]["title"]) == ("PMP", "Counting")


# -- dates -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("date", "year", "month"),
    [
        ("20204", 2020, 4),
        (20204, 2020, 4),
        ("202004", 2020, 4),
        ("202111", 2021, None),  # November, or the first of January
        ("2021-11", 2021, 11),
        ("20211130", 2021, 11),
        ("2021-11-30", 2021, 11),
        ("2021-11-30 00:00:00", 2021, 11),
        ("2021", 2021, None),
        ("1899", None, None),
        ("soon", None, None),
        ("202113", None, None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_a_date_in_one_word_gives_the_year_and_only_a_month_that_is_sure(
    date: Any, year: int | None, month: int | None
) -> None:
    for names in (("start_date", "end_date"), ("startDate", "endDate")):
        record, _ = one("people", {"profile": {"url": URL, "experience": [dict.fromkeys(names, date)]}})
        (position,) = record["experience"]
        assert (position["start_date_year"], position["start_date_month"]) == (year, month)
        assert (position["end_date_year"], position["end_date_month"]) == (year, month)


def test_a_stated_year_and_month_count_before_the_date_in_one_word() -> None:
    given = {"start_date": "202111", "start_date_year": 2021, "start_date_month": 11, "endDate": "Present"}
    (position,) = one("people", {"profile": {"url": URL, "experience": [given]}})[0]["experience"]
    assert (position["start_date_year"], position["start_date_month"], position["is_current"]) == (2021, 11, True)


# -- companies ---------------------------------------------------------------------------------------------------------

COMPANY: dict[str, Any] = {
    "name": "Example", "domain": "example.com", "email_domain": "mail.example.com", "type": "Privately Held", "size": 96,
    "country": "United States", "revenue": 10000000, "founded_at": 2015, "industry": "Software", "headquarter": "Dover",
    "website": "http://example.com", "location": "Dover US", "logo_url": "https://images.example.com/2",
    "specialties": ["Counting"], "locations": ["Dover, US"],
}  # fmt: skip


@pytest.mark.parametrize("cased", [lambda record: record, in_camel_case], ids=["snake_case", "camelCase"])
def test_a_company_of_a_search_is_read_in_either_naming_style(cased: Any) -> None:
    given = {**COMPANY, "url": "https://linkedin.com/company/Example/", "overview": "Sells."}
    record, key = one("companies", {"metadata": {"total_results": 1}, "companies": [cased(given)]})
    assert (key, record["asked_domain"]) == (PAGE, None)
    assert (record["location"], record["overview"], record["revenue_usd"]) == ("Dover US", "Sells.", 10_000_000)
    assert (record["email_domain"], record["founded_year"], record["locations"][0]["text"]) == (
        "mail.example.com",
        2015,
        "Dover, US",
    )


@pytest.mark.parametrize("shaped", [lambda found: [found], lambda found: found], ids=["list of maps", "map"])
def test_a_company_by_its_domain_keeps_the_domain_that_was_asked_for(shaped: Any) -> None:
    given = {**COMPANY, "li_vanity": PAGE, "description": "Sells.", "revenue": "$5.4M",
             "locations": [{"city": "Dover", "country": "US", "isPrimary": True}]}  # fmt: skip
    record, key = one("companies", {"status_code": 200, "companies": shaped({"www.example.com": given})})
    assert (key, record["asked_domain"], record["domain"]) == (PAGE, "www.example.com", "example.com")
    assert (record["revenue_usd"], record["overview"], record["linkedin_url"]) == (5_400_000, "Sells.", PAGE)
    assert (record["locations"][0]["city"], record["locations"][0]["is_primary"]) == ("Dover", True)


def test_several_domains_come_in_one_map_or_in_one_map_each() -> None:
    one_map = [{"a.example": {"name": "A"}, "b.example": {"name": "B"}, "c.example": []}]
    one_each = [{"a.example": {"name": "A"}}, {"b.example": {"name": "B"}}, {"c.example": []}]
    for companies in (one_map, one_each, one_map[0]):
        rows, findings = land("companies", {"companies": companies})
        assert (findings.quarantined, findings.drift) == ([], {})
        assert [(row["record_key"], json.loads(row["record"])["name"]) for row in rows] == [
            ("a.example", "A"),
            ("b.example", "B"),
        ]


# -- checks and verifications ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        ({"email": True}, (True, None, None)),
        ({"email": False, "email_status": None}, (False, None, None)),
        ({"email": True, "email_status": "Verified | Unverified | null"}, (True, "Verified | Unverified | null", None)),
        ({"email": "true", "emailStatus": "Verified"}, (True, "Verified", None)),
        ({"phone": 0}, (None, None, False)),
    ],
)
def test_a_check_says_what_there_is(profile: Any, expected: Any) -> None:
    record, _ = one("contact_checks", {"status_code": 200, "profile": profile})
    assert (record["email"], record["email_status"], record["phone"]) == expected


def test_an_address_is_verified_alone_or_among_others() -> None:
    assert one("email_verifications", {"status_code": 200, "data": {"status": "valid"}})[0]["status"] == "valid"
    verdicts = {WORK: "valid", OWN: "accept_all", "x@example.com": "disposable", "Y@example.com": {"status": "unknown"}}
    rows, findings = land("email_verification_results", {"data": {"uuid": "u", "status": "DONE", "result": verdicts}})
    assert (findings.quarantined, findings.drift) == ([], {})
    assert {row["record_key"]: json.loads(row["record"])["status"] for row in rows} == {
        WORK: "valid",
        OWN: "accept_all",
        "x@example.com": "disposable",
        "y@example.com": "unknown",
    }


def test_a_new_verdict_is_kept_and_noted_and_what_is_none_is_set_aside() -> None:
    rows, findings = land(
        "email_verification_results", {"data": {"result": {WORK: "greylisted", OWN: "no verdict at all"}}}
    )
    assert (rows[0]["record_key"], json.loads(rows[0]["record"])["status"]) == (WORK, "greylisted")
    assert findings.drift == {("unknown_value", "status"): 1}
    assert (rows[1]["record"], [payload for *_, payload in findings.quarantined]) == (None, ['"no verdict at all"'])


# -- the reference -----------------------------------------------------------------------------------------------------

DOCUMENTED = [
    # section of the reference, the table its answers go to, the records of each of its examples
    ("from LinkedIn URL", "people", [1, 0]),
    ("from email address", "people", [1, 0]),
    ("People Enrich API", "people", [1, 0]),
    ("from LinkedIn Profile", "people", [1, 0]),
    ("V1 Bulk ContactInfo", "people", [3, 0]),
    ("V2 Bulk ContactInfo", "people", [0, 3]),
    ("Company information from domains", "companies", [1, 0]),
    ("People Search API", "people", [1, 1, 0, 1]),
    ("Decision Makers API", "people", [1]),
    ("Company Search API", "companies", [1, 0]),
    ("Email to LinkedIn API", "people", [1, 0]),
    ("Personal Email Checker", "contact_checks", [1]),
    ("Work Email Checker", "contact_checks", [1]),
    ("Phone Number Checker", "contact_checks", [1]),
    ("Single", "email_verifications", [1]),
    ("Bulk", "email_verification_results", [0, 3]),
    ("Postpaid", "stats", [1]),
    ("Prepaid", "stats", [1]),
]


@pytest.mark.skipif(not reference_is_there(), reason="the reference documents are not beside this checkout")
@pytest.mark.parametrize(("section", "name", "records"), DOCUMENTED, ids=[section for section, *_ in DOCUMENTED])
def test_every_documented_answer_is_read_whole(section: str, name: str, records: list[int]) -> None:
    examples = contactout_examples(section)
    assert [_lands_whole(BY_NAME[name], example) for example in examples] == records


def _lands_whole(entity: Entity, example: str) -> int:
    """How many records it holds; no value of theirs is lost."""
    rows, findings = land(entity.name, json.loads(example))
    assert (findings.quarantined, findings.drift) == ([], {})
    assert not any("unknown_fields" in row["record"] for row in rows)
    pieces, _ = split(example, entity.where)
    found = understand(entity, pieces)
    assert (found.not_understood, found.misread, found.not_used, found.left_out) == ([], [], [], 0)
    leaves = {path for piece in pieces for path in _filled_leaves(piece.value)}
    keys = {"*", entity.map_key}  # a map's key is read as a field; a bare value has no path of its own
    assert {path.path for path in found.understood} >= {path for path in leaves if not keys & set(path.split("."))}
    return len(rows)


def _filled_leaves(value: Any, path: str = "") -> list[str]:
    """The path of each value that says something, as `understand` names it."""
    if isinstance(value, dict):
        within = [(f"{path}.{key}" if path else key, held) for key, held in value.items()]
        return (
            [leaf for name, held in within for leaf in _filled_leaves(held, name)] if not _is_by_address(value) else []
        )
    if isinstance(value, list):
        return [leaf for held in value for leaf in _filled_leaves(held, f"{path}[]")] if path else []
    return [path] if path and value is not None and str(value).strip() else []


def _is_by_address(value: dict[str, Any]) -> bool:
    return any("@" in key for key in value)
