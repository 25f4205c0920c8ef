"""A row is looked up at ContactOut by one identifier, the same for each spelling; what identifies nobody is refused."""

from __future__ import annotations

from typing import Any

import pytest

from sources.contactout.rows import DomainRow, EmailRow, PersonRow, ProfileRow

ADA = "https://www.linkedin.com/in/ada-example"
OTHER_PRODUCTS = [
    "https://www.linkedin.com/sales/lead/ACwAAA,NAME_SEARCH",
    "https://www.linkedin.com/sales/people/ACwAAA",
    "https://linkedin.com/talent/profile/AEMAAA",
    "https://www.linkedin.com/recruiter/profile/1,a,CAP",
]


def refused(row: Any) -> str:
    with pytest.raises(ValueError, match=".") as refusal:
        row.sent()
    return str(refusal.value)


@pytest.mark.parametrize(
    "url",
    [
        ADA,
        "http://linkedin.com/in/Ada-Example/",
        "https://uk.linkedin.com/in/ada-example?trk=x#about",
        "www.linkedin.com/in/ada%2Dexample",
        "  https://www.linkedin.com/in/ada-example/en  ",
    ],
)
def test_a_profile_is_sent_in_one_spelling(url: str) -> None:
    assert ProfileRow(linkedin_url=url).sent() == {"profile": ADA}
    assert PersonRow(linkedin_url=url, email="x", full_name="x").sent() == {"linkedin_url": ADA}


def test_an_old_public_profile_is_a_profile() -> None:
    assert (
        ProfileRow(linkedin_url="https://www.linkedin.com/pub/ada-example/1/2b/3c4")
        .sent()["profile"]
        .endswith("/in/ada-example-3c42b1")
    )


@pytest.mark.parametrize("url", OTHER_PRODUCTS)
def test_pages_of_sales_navigator_and_recruiter_are_refused_with_what_to_give_instead(url: str) -> None:
    for row in (ProfileRow(linkedin_url=url), PersonRow(linkedin_url=url)):
        words = refused(row)
        assert "Sales Navigator or Recruiter" in words
        assert "/in/" in words


@pytest.mark.parametrize(
    "url",
    [
        "https://www.linkedin.com/company/example",
        "https://www.linkedin.com/in/",
        "https://example.com/in/ada-example",
        "https://linkedin.com.example.com/in/ada",
        "ada-example",
        "http://[linkedin.com/in/ada",
        "https://www.linkedin.com/",
    ],
)
def test_what_is_no_persons_page_is_refused(url: str) -> None:
    assert "not the page of a person" in refused(ProfileRow(linkedin_url=url))


@pytest.mark.parametrize("row", [ProfileRow(), ProfileRow(linkedin_url=" "), EmailRow(email=""), DomainRow()])
def test_a_row_without_its_column_is_refused_by_name(row: Any) -> None:
    assert refused(row).split()[0] in ("linkedin_url", "email", "domain")


def test_an_address_is_sent_in_lower_case() -> None:
    assert EmailRow(email=" Ada@Example.com ").sent() == {"email": "ada@example.com"}
    assert PersonRow(email="Ada@Example.com", phone="x").sent() == {"email": "ada@example.com"}


@pytest.mark.parametrize("text", ["ada", "ada@example", "a@b@example.com", "Ada <ada@example.com>", "a@x.com,b@x.com"])
def test_what_is_no_address_is_refused(text: str) -> None:
    assert refused(EmailRow(email=text)) == "email is no e-mail address"


@pytest.mark.parametrize("text", ["+1 (415) 555-0100", "+14155550100", "001 415.555.0100", " +1-415-555-0100"])
def test_a_phone_number_is_sent_with_its_country_code_in_one_spelling(text: str) -> None:
    assert PersonRow(phone=text).sent() == {"phone": "+14155550100"}


@pytest.mark.parametrize("text", ["4155550100", "0171 5550100", "+12", "call me", "+99999999999999999"])
def test_a_phone_number_that_may_be_somebody_elses_is_refused(text: str) -> None:
    words = refused(PersonRow(phone=text))
    assert "country code" in words
    assert text not in words


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"full_name": "Ada Example", "company": "Example"}, {"full_name": "Ada Example", "company": ["Example"]}),
        (
            {"first_name": "Ada", "last_name": "Example", "location": "Dover", "job_title": "Analyst"},
            {"first_name": "Ada", "last_name": "Example", "location": "Dover", "job_title": "Analyst"},
        ),
        (
            {"full_name": "Ada Example", "first_name": "Ada", "education": "B College; A College;"},
            {"full_name": "Ada Example", "education": ["A College", "B College"]},
        ),
        (
            {
                "full_name": "Ada Example",
                "company": '["Example", "Other"]',
                "company_domain": "https://www.Example.com",
            },
            {"full_name": "Ada Example", "company": ["Example", "Other"], "company_domain": ["example.com"]},
        ),
        (
            {"full_name": "Ada Example", "company_domain": "www.example.com;example.com"},
            {"full_name": "Ada Example", "company_domain": ["example.com"]},
        ),
    ],
)
def test_a_name_is_sent_with_what_tells_its_bearers_apart(given: Any, expected: Any) -> None:
    assert PersonRow(**given).sent() == expected


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "nothing identifies a person"),
        ({"company": "Example", "location": "Dover"}, "nothing identifies a person"),
        ({"full_name": "Ada Example"}, "a name alone"),
        ({"full_name": "Ada Example", "job_title": "Analyst"}, "a name alone"),
        ({"first_name": "Ada", "company": "Example"}, "first_name and last_name"),
        ({"last_name": "Example", "company": "Example"}, "first_name and last_name"),
        ({"full_name": "Ada Example", "company": ";".join(f"c{n}" for n in range(11))}, "company has 11 values"),
        ({"full_name": "Ada Example", "company_domain": "no domain"}, "domain is no domain"),
    ],
)
def test_a_name_that_identifies_nobody_is_refused(given: Any, words: str) -> None:
    assert words in refused(PersonRow(**given))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("example.com", "example.com"),
        ("https://www.Example.com/about?x=1", "example.com"),
        ("WWW.example.co.uk.", "example.co.uk"),
        ("example.com:8080", "example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("www.com", "www.com"),
    ],
)
def test_a_domain_is_sent_in_one_spelling(text: str, expected: str) -> None:
    assert DomainRow(domain=text).sent() == {"domain": expected}


@pytest.mark.parametrize("text", ["example", "ada@example.com", "10.0.0.1", "exa mple.com", "-a.com", "http://[x", "."])
def test_what_is_no_domain_is_refused(text: str) -> None:
    assert "no domain" in refused(DomainRow(domain=text))
