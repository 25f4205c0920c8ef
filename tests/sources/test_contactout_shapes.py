"""Every shape ContactOut sends is read: maps and empty lists, sentences and objects, either naming style."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from sources.contactout.records import ENTITIES
from sources.landing import Findings, read_answer

NOW = datetime(2026, 3, 2, 6)
STATS, PEOPLE = ENTITIES


def land(document: Any, entity: Any = PEOPLE) -> tuple[list[dict[str, Any]], Findings]:
    return read_answer(entity, "q", "r", "s", NOW, json.dumps(document).encode())


def person(record: Any, key: str = "https://linkedin.com/in/example-1") -> tuple[dict[str, Any], dict[Any, int]]:
    rows, findings = land({"profiles": {key: record}})
    assert findings.quarantined == []
    found: dict[str, Any] = json.loads(rows[0]["record"])
    return found, findings.drift


def stats(record: Any) -> tuple[dict[str, Any], str]:
    rows, findings = land(record, STATS)
    assert (findings.quarantined, findings.drift) == ([], {})
    return json.loads(rows[0]["record"]), rows[0]["record_key"]


def key_of(url: str) -> str:
    rows, _ = land({"profiles": {url: {}}})
    return str(rows[0]["record_key"])


# -- keys --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "https://linkedin.com/in/Ada-Example",
        "https://www.linkedin.com/in/ada-example",
        "https://www.linkedin.com/in/ada-example/",
        "http://uk.linkedin.com/in/ada-example?trk=x#about",
        "https://www.linkedin.com/in/ada%2Dexample",
        "linkedin.com/in/ada-example",
        "www.linkedin.com/in/ada-example",
    ],
)
def test_a_profile_has_one_key_however_its_url_is_written(url: str) -> None:
    assert key_of(url) == "https://www.linkedin.com/in/ada-example"


def test_two_people_with_one_name_in_old_public_urls_stay_two() -> None:
    assert key_of("https://www.linkedin.com/pub/ada-example/1/2b/3c4") != key_of(
        "https://www.linkedin.com/pub/ada-example/5/6d/7e8"
    )


def test_the_url_under_which_a_profile_stood_is_kept_beside_its_vanity_name() -> None:
    record, _ = person({"li_vanity": "robliu"}, "https://www.linkedin.com/in/rob-liu")
    assert (record["profile_url"], record["li_vanity"]) == ("https://www.linkedin.com/in/rob-liu", "robliu")


def test_profiles_in_a_list_do_not_all_take_their_number_for_their_key() -> None:
    first, second = (land({"profiles": [{"li_vanity": name}]})[0][0]["record_key"] for name in ("ada", "bob"))
    assert first != second


@pytest.mark.parametrize("empty", [[], {}, None])
def test_no_profiles_are_no_rows(empty: Any) -> None:
    assert land({"status_code": 200, "profiles": empty})[0] == []


def test_a_month_of_meters_is_known_by_its_month() -> None:
    record, key = stats({"status_code": 200, "period": {"start": "2023-04-01", "end": "2023-04-31"}, "usage": {}})
    assert record["period"] == {"start": "2023-04-01", "end": "2023-04-30"}
    assert key == "2023-04"


def test_postpaid_and_prepaid_meters_are_told_apart_by_what_is_absent() -> None:
    postpaid, _ = stats({"period": {}, "usage": {"count": 100, "quota": 200, "remaining": 100, "over_quota": 0}})
    prepaid, _ = stats({"period": {}, "usage": {"count": "100", "quota": 200}})
    assert (postpaid["usage"]["remaining"], postpaid["usage"]["over_quota"]) == (100, 0)
    assert (prepaid["usage"]["count"], prepaid["usage"]["remaining"]) == (100, None)


# -- shapes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ([], []),
        ({}, []),
        (None, []),
        ({"a@example.com": "Verified"}, [{"email": "a@example.com", "status": "Verified"}]),
        (
            {"a@example.com": "Verified | Unverified", "b@example.com": None},
            [
                {"email": "a@example.com", "status": "Verified | Unverified"},
                {"email": "b@example.com", "status": None},
            ],
        ),
    ],
)
def test_the_status_of_work_addresses_is_a_map_or_an_empty_list(status: Any, expected: Any) -> None:
    record, drift = person({"contact_info": {"work_email_status": status}})
    assert (record["contact_info"]["work_email_status"], drift) == (expected, {})


@pytest.mark.parametrize("info", [[], {}, None, ""])
def test_contact_details_that_are_not_there_are_none(info: Any) -> None:
    record, drift = person({"contact_info": info, "contact_availability": info, "company": info})
    assert (record["contact_info"] or None, record["company"] or None, drift) == (None, None, {})


def test_one_address_or_number_may_stand_without_its_list() -> None:
    record, drift = person({"contact_info": {"emails": "a@example.com", "phones": " +61.438347437"}})
    assert record["contact_info"]["emails"] == ["a@example.com"]
    assert record["contact_info"]["phones"] == [" +61.438347437"]
    assert drift == {}


def test_names_in_camel_case_are_the_same_names() -> None:
    snake = {
        "full_name": "Ada Example",
        "job_function": "Design",
        "work_status": "open_to_work",
        "updated_at": "2024-01-01 00:00:00",
        "contact_info": {"work_emails": ["a@example.com"], "work_email_status": {"a@example.com": "Verified"}},
        "profile_picture_url": "https://images.example.com/1",
    }
    camel = {
        "fullName": "Ada Example",
        "jobFunction": "Design",
        "workStatus": "open_to_work",
        "updatedAt": "2024-01-01 00:00:00",
        "contactInfo": {"workEmails": ["a@example.com"], "workEmailStatus": {"a@example.com": "Verified"}},
        "profilePictureUrl": "https://images.example.com/1",
    }
    assert person(snake) == person(camel)
    assert person(snake)[0]["updated_at"] == "2024-01-01T00:00:00.000000Z"


@pytest.mark.parametrize(
    ("sentence", "title", "company", "start", "end", "current"),
    [
        ("Analyst at Example in 2014 - Present", "Analyst", "Example", 2014, None, True),
        ("CEO / Founder at Example in 2015 - 2018", "CEO / Founder", "Example", 2015, 2018, False),
        (
            "Head of R&D at Example, Sons and Co in 2014 - present",
            "Head of R&D",
            "Example, Sons and Co",
            2014,
            None,
            True,
        ),
        ("Analyst at Example", "Analyst", "Example", None, None, None),
        ("Advisor at Built in Example in 2014 - 2015", "Advisor", "Built in Example", 2014, 2015, False),
    ],
)
def test_a_position_in_a_sentence_is_read(
    sentence: str, title: str, company: str, start: int | None, end: int | None, current: bool | None
) -> None:
    ((position,), drift) = (person({"experience": [sentence]})[0]["experience"], person({"experience": [sentence]})[1])
    assert (position["text"], position["title"], position["company_name"]) == (sentence, title, company)
    assert (position["start_date_year"], position["end_date_year"], position["is_current"]) == (start, end, current)
    assert drift == {}


def test_a_position_as_an_object_is_read() -> None:
    given = {
        "title": "Analyst", "company_name": "Example", "start_date": "20204", "start_date_year": 2020,
        "start_date_month": "4", "end_date_year": None, "is_current": True,
    }  # fmt: skip
    (position,) = person({"experience": [given]})[0]["experience"]
    assert (position["start_date"], position["start_date_year"], position["start_date_month"]) == ("20204", 2020, 4)
    assert (position["end_date_year"], position["is_current"], position["text"]) == (None, True, None)


def test_sentences_and_objects_may_stand_together_and_one_without_a_list() -> None:
    titles = [one["title"] for one in person({"experience": ["A at B", {"title": "C"}, None]})[0]["experience"]]
    assert titles == ["A", "C"]
    assert person({"experience": "A at B"})[0]["experience"][0]["title"] == "A"


@pytest.mark.parametrize(
    ("sentence", "degree", "school", "start", "end"),
    [
        ("Doctorate Degree at Example University in 2017 - 2021", "Doctorate Degree", "Example University", 2017, 2021),
        ("Example University in 2008 - Present", None, "Example University", 2008, None),
        ("Example University", None, "Example University", None, None),
    ],
)
def test_a_study_in_a_sentence_is_read(
    sentence: str, degree: str | None, school: str, start: int | None, end: int | None
) -> None:
    (study,) = person({"education": [sentence]})[0]["education"]
    assert (study["degree"], study["school_name"], study["start_date_year"], study["end_date_year"]) == (
        degree,
        school,
        start,
        end,
    )


def test_a_study_as_an_object_has_its_years_in_text() -> None:
    (study,) = person({"education": [{"school_name": "Example", "start_date_year": "2017"}]})[0]["education"]
    assert (study["school_name"], study["start_date_year"]) == ("Example", 2017)


@pytest.mark.parametrize(("revenue", "expected"), [(6101000, 6101000), ("$5.4M", 5_400_000), ("", None), (None, None)])
def test_revenue_is_a_number_or_words(revenue: Any, expected: float | None) -> None:
    record, drift = person({"company": {"revenue": revenue}})
    assert (record["company"]["revenue_usd"], drift) == (expected, {})


def test_the_locations_of_a_company_are_lines_or_objects() -> None:
    given = ["1 Example Street, Exampleton", {"city": "Miami", "postalCode": 33101, "is_primary": "true"}]
    line, place = person({"company": {"locations": given}})[0]["company"]["locations"]
    assert (line["text"], line["city"]) == ("1 Example Street, Exampleton", None)
    assert (place["text"], place["city"], place["postal_code"], place["is_primary"]) == (None, "Miami", "33101", True)


@pytest.mark.parametrize("name", ["name", "title"])
def test_a_certificate_has_a_name_or_a_title(name: str) -> None:
    assert person({"certifications": [{name: "PMP"}]})[0]["certifications"][0]["name"] == "PMP"


@pytest.mark.parametrize("name", ["url", "linkedin_url", "linkedinUrl", "li_vanity"])
def test_a_companys_page_has_several_names(name: str) -> None:
    url = "https://www.linkedin.com/company/example"
    assert person({"company": {name: url}})[0]["company"]["linkedin_url"] == url


def test_a_new_field_is_kept_and_noted_where_it_stands() -> None:
    record, drift = person({"shoe_size": 4, "company": {"mascot": "owl"}, "experience": [{"boss": "Eve"}]})
    assert record["unknown_fields"] == {"shoe_size": 4}
    assert record["company"]["unknown_fields"] == {"mascot": "owl"}
    assert set(drift) == {
        ("unknown_field", "shoe_size"),
        ("unknown_field", "company.mascot"),
        ("unknown_field", "experience[].boss"),
    }
