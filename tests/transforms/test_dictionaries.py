"""A value is normalised to what it means, or to nothing; never to something else."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sources.landing import linkedin_page
from tests.house import PROJECT
from transforms.dictionaries import (
    KINDS,
    Dictionaries,
    WordList,
    company_name_key,
    country_code,
    e164,
    place,
    registrable_domain,
)


@cache
def dictionaries() -> Dictionaries:
    def seed(name: str) -> list[dict[str, str]]:
        with open(PROJECT / "dbt_project" / "seeds" / f"{name}.csv", encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return Dictionaries(
        WordList.read(seed("seniority_words")),
        WordList.read(seed("department_words")),
        frozenset(row["domain"] for row in seed("free_mail_domains")),
        linkedin_page,
    )


# -- phones ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "hint", "expected"),
    [
        (" +61.438347437", "", "+61438347437"),
        ("+61 438 347 437", "US", "+61438347437"),
        ("0438 347 437", "AU", "+61438347437"),
        ("0438 347 437", "Australia", "+61438347437"),
        ("(201) 555-0123", "United States", "+12015550123"),
        ("201.555.0123", "USA", "+12015550123"),
        ("020 7946 0958", "UK", "+442079460958"),
        ("tel:+1-201-555-0123", "", "+12015550123"),
        ("＋１ ２０１ ５５５ ０１２３", "", "+12015550123"),
        ("+1 201 555 0123 ext. 5", "", "+12015550123"),
        ("+1 (201) 555-0123 x12345", "", "+12015550123"),
        ("0061 438 347 437", "", "+61438347437"),
        ("0061 438 347 437", "AU", "+61438347437"),
        ("0438 347 437", "", None),
        ("0438 347 437", "Atlantis", None),
        ("hidden", "US", None),
        ("", "US", None),
        ("+1 23", "US", None),
        ("1234567890123456789", "US", None),
    ],
)
def test_a_phone_number_is_read_with_and_without_a_country(value: str, hint: str, expected: str | None) -> None:
    assert dictionaries().normalise("phone", value, hint) == {"value": value, "hint": hint, "e164": expected}


def test_a_number_without_its_area_code_is_no_number() -> None:
    assert e164("555-0123", "US") is None


@settings(max_examples=100, deadline=None, derandomize=True)
@example("000000000000000", "DE")
@given(
    st.text(max_size=20) | st.from_regex(r"[+0]?[\d ().-]{5,18}", fullmatch=True),
    st.sampled_from(["", "US", "AU", "DE"]),
)
def test_a_phone_number_is_e164_or_nothing(value: str, region: str) -> None:
    found = e164(value, region)
    assert found is None or re.fullmatch(r"\+[1-9]\d{6,14}", found)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.from_regex(r"\+61438[0-9]{6}", fullmatch=True), st.sampled_from(["", "US", "DE"]))
def test_a_number_in_e164_stays_as_it_is_whatever_the_country(value: str, region: str) -> None:
    assert e164(value, region) == value


# -- domains -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://www.a.example.co.uk/x", "example.co.uk"),
        ("example.com", "example.com"),
        (" EXAMPLE.com. ", "example.com"),
        ("http://mail.example.com:8080/a?b#c", "example.com"),
        ("Ada@Mail.Example.com", "example.com"),
        ("mailto:ada@example.com", "example.com"),
        ("https://user:word@www.example.com/", "example.com"),
        ("www.example.com?utm=1", "example.com"),
        ("bücher.example.com", "example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("co.uk", None),
        ("com", None),
        ("localhost", None),
        ("127.0.0.1", None),
        ("http://[::1]/", None),
        ("http://[", None),
        ("n/a", None),
        ("", None),
        ("two words.com", None),
        ("a..com", None),
        ("\ud800.com", None),
    ],
)
def test_a_host_url_or_address_has_its_registrable_domain(value: str, expected: str | None) -> None:
    assert registrable_domain(value) == expected


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.text(max_size=25) | st.from_regex(r"(https?://)?([a-z0-9@:/\[\]?#%._-]){0,20}", fullmatch=True))
def test_a_domain_stays_as_it_is_and_nothing_stops_reading(value: str) -> None:
    found = registrable_domain(value)
    if found is not None:
        assert registrable_domain(found) == found
        assert registrable_domain(f"https://www.{found}/about") == found


def test_a_free_mail_domain_is_no_company() -> None:
    assert dictionaries().normalise("host", "ada@gmail.com", "")["is_free_mail"] is True
    assert dictionaries().normalise("host", "www.example.co.uk", "")["is_free_mail"] is False
    assert dictionaries().normalise("host", "n/a", "")["is_free_mail"] is None


# -- LinkedIn ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "https://www.linkedin.com/in/ada-example",
        "http://linkedin.com/in/Ada-Example/",
        "linkedin.com/in/ada-example",
        " www.linkedin.com/in/ada-example ",
        "https://uk.linkedin.com/in/ada-example?trk=x",
        "https://www.linkedin.com/in/ada-example/de",
        "https://www.linkedin.com/in/ada-example#about",
        "HTTPS://WWW.LINKEDIN.COM/IN/ADA-EXAMPLE",
        "https://www.linkedin.com/in/ada%2Dexample",
        "//www.linkedin.com/in/ada-example",
    ],
)
def test_a_profile_has_one_slug_however_its_url_is_written(url: str) -> None:
    assert linkedin_page(url) == ("person", "ada-example")


def test_an_accent_is_one_character_however_it_is_encoded() -> None:
    forms = ["zoë", "zoe\u0308", "zo%C3%AB", "zoe%CC%88", "ZOË"]
    assert {linkedin_page(f"https://www.linkedin.com/in/{form}") for form in forms} == {("person", "zoë")}


def test_old_public_profiles_of_two_people_with_one_name_stay_two() -> None:
    first = linkedin_page("https://www.linkedin.com/pub/ada-example/1/2b/3c4")
    second = linkedin_page("https://www.linkedin.com/pub/ada-example/5/6d/7e8")
    assert first is not None
    assert second is not None
    assert first[0] == "person"
    assert first != second


@pytest.mark.parametrize("kind", ["company", "school", "showcase"])
def test_a_companys_page_is_no_persons(kind: str) -> None:
    assert linkedin_page(f"https://www.linkedin.com/{kind}/Example/about/") == ("company", "example")


@pytest.mark.parametrize(
    "url",
    [
        "https://www.linkedin.com/sales/people/ACwAA",
        "https://www.linkedin.com/in/",
        "https://www.linkedin.com/",
        "https://notlinkedin.com/in/ada",
        "https://linkedin.com.example.com/in/ada",
        "https://example.com/linkedin.com/in/ada",
        "ada-example",
        "http://[linkedin.com/in/ada",
        "",
    ],
)
def test_what_is_no_page_of_linkedin_is_none(url: str) -> None:
    assert linkedin_page(url) is None


# -- countries and places ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("United States", "US"), ("usa", "US"), (" US ", "US"), ("USA", "US"), ("United States of America", "US"),
        ("UK", "GB"), ("England", "GB"), ("United Kingdom", "GB"), ("Deutschland", "DE"), ("DEU", "DE"),
        ("Türkiye", "TR"), ("Turkey", "TR"), ("Côte d'Ivoire", "CI"), ("Ivory Coast", "CI"), ("South Korea", "KR"),
        ("Russia", "RU"), ("Vietnam", "VN"), ("Czechia", "CZ"), ("Czech Republic", "CZ"),
        ("Atlantis", None), ("", None), ("  ", None), ("London", None),
    ],
)  # fmt: skip
def test_a_country_has_one_code_by_all_its_names(value: str, expected: str | None) -> None:
    assert country_code(value) == expected


@pytest.mark.parametrize("value", ["The Netherlands", "Hong Kong SAR", "Macau"])
def test_names_that_linkedin_profiles_use_name_a_country(value: str) -> None:
    assert country_code(value) is not None


@pytest.mark.parametrize(
    ("value", "city", "state", "country"),
    [
        ("Sydney, New South Wales, Australia", "Sydney", "New South Wales", "AU"),
        ("San Francisco, US", "San Francisco", None, "US"),
        ("London, England", "London", None, "GB"),
        ("Austin, Texas", "Austin", "Texas", "US"),
        ("Portland, OR", "Portland", "Oregon", "US"),
        ("Singapore", None, None, "SG"),
        ("Greater London", "Greater London", None, None),
        ("", None, None, None),
        (" , ,", None, None, None),
        ("71 Harbour Road, Sydney, New South Wales, Australia", "Sydney", "New South Wales", "AU"),
        ("53 Harbour Road, Suite 100, Paris", "Paris", None, None),
        ("426 Lyda Unions, 551, Janniefort, New Hampshire, 56941-1470, Nicaragua", "Janniefort", "New Hampshire", "NI"),
        ("1 Market St, San Francisco, CA 94105", "San Francisco", "California", "US"),
        ("535 Kuhic Gardens Apt. 044", None, None, None),
    ],
)
def test_a_place_in_one_line_has_its_parts(
    value: str, city: str | None, state: str | None, country: str | None
) -> None:
    assert place(value) == {"city": city, "state": state, "country_code": country}


@pytest.mark.parametrize("value", ["San Francisco, CA", "Chicago, IL", "Atlanta, GA", "Atlanta, Georgia"])
def test_a_city_of_the_united_states_is_in_no_other_country(value: str) -> None:
    assert place(value)["country_code"] in ("US", None)


# -- names and titles --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "names",
    [
        ("Example", "EXAMPLE, Inc.", "Example Ltd", "example gmbh", "Example Pty Ltd", " Example  S.A. "),
        ("Example Co", "Example Co., Ltd."),
        ("Éxample & Söhne GmbH", "example and sohne", "EXAMPLE & SOHNE"),
        ("Example-Widgets", "Example Widgets LLC"),
    ],
)
def test_a_company_has_one_key_by_all_its_names(names: tuple[str, ...]) -> None:
    assert len({company_name_key(name) for name in names}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("Example Foods", "Example Tools"), ("Example 1", "Example 2"), ("日本", "中国")]
)
def test_two_names_have_two_keys(one: str, other: str) -> None:
    assert company_name_key(one) != company_name_key(other)


@pytest.mark.parametrize("name", ["", "  ", "...", "—"])
def test_a_name_of_nothing_has_no_key(name: str) -> None:
    assert company_name_key(name) is None


def test_a_name_that_is_a_legal_form_only_keeps_it() -> None:
    assert company_name_key("GmbH") == "gmbh"


@pytest.mark.parametrize(
    ("title", "seniority", "department"),
    [
        ("VP of Sales", "vp", "sales"),
        ("Senior Vice President, Marketing", "vp", "marketing"),
        ("Chief Technology Officer", "c_level", "engineering"),
        ("CEO", "c_level", "executive"),
        ("Co-Founder & CEO", "founder", "executive"),
        ("Executive Assistant to the CEO", "assistant", "executive"),
        ("Head of People Operations", "head", "human_resources"),
        ("Sr. Software Engineer", "senior", "engineering"),
        ("Engineering Manager", "manager", "engineering"),
        ("Director of Finance", "director", "finance"),
        ("Intern", "intern", None),
        ("SeniorIndividualContributor", "senior", None),
        ("Vice President", "vp", "executive"),
        ("Gardener", None, None),
        ("Internal Auditor", None, None),
        ("", None, None),
    ],
)
def test_a_title_says_its_seniority_and_department(title: str, seniority: str | None, department: str | None) -> None:
    found = dictionaries().normalise("title", title, "")
    assert (found["seniority"], found["department"]) == (seniority, department)


@pytest.mark.parametrize("title", ["Account Executive", "Sales Executive", "Product Owner", "HR Business Partner"])
def test_a_title_that_sounds_high_is_not_the_top_of_a_company(title: str) -> None:
    assert dictionaries().normalise("title", title, "")["seniority"] != "c_level"


def test_words_are_tried_in_their_order_and_as_whole_words() -> None:
    words = WordList.read([{"word": "vice president", "meaning": "vp"}, {"word": "president", "meaning": "top"}])
    found: Callable[[str], str | None] = words.meaning
    assert (found("Vice President"), found("President"), found("Presidential")) == ("vp", "top", None)


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize(
    "value", ["", "x", "+61 438 347 437", "https://www.linkedin.com/in/ada", "\x00", "\ud800", "[" * 30]
)
def test_every_kind_has_all_its_columns_whatever_the_value(kind: str, value: str) -> None:
    found = dictionaries().normalise(kind, value, "US")
    assert list(found) == ["value", "hint", *KINDS[kind]]
    assert (found["value"], found["hint"]) == (value, "US")
