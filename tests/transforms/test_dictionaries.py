"""A value is normalised to what it means, or to nothing; never to something else."""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sources.landing import linkedin_page
from tests.house import PROJECT
from transforms.dictionaries import (
    KINDS,
    MADE_OF,
    Dictionaries,
    WordList,
    company_name_key,
    country_code,
    e164,
    place,
    registrable_domain,
    state_code,
)
from transforms.subdivisions import NamesInUse


def _seed(name: str) -> list[dict[str, str]]:
    with open(PROJECT / "dbt_project" / "seeds" / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def dictionaries() -> Dictionaries:
    return Dictionaries.read(_seed, linkedin_page)


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
        ("(303) 555-0192", "Brazil", None),
        ("303.555.0192", "Germany", None),
        ("(30) 3555-0192", "Brazil", "+553035550192"),
        ("(303) 555-0192", "United Kingdom", None),
        ("203-555-0192", "United Kingdom", None),
        ("(121) 234-5678", "United Kingdom", "+441212345678"),
        ("(416) 555-0192", "Canada", "+14165550192"),
        ("(664) 123-4567", "Mexico", "+526641234567"),
        ("310 234 5678", "Colombia", "+573102345678"),
        ("310-234-5678", "Colombia", None),
        ("987-654-3210", "India", "+919876543210"),
        ("532 123 4567", "Turkey", "+905321234567"),
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


def kind_of(value: str) -> tuple[str | None, str]:
    """The domain of a host, and what it is instead of a company's."""
    found = dictionaries().normalise("host", value, "")
    flags = [name for name in ("free_mail", "hosted", "shared") if found[f"is_{name}"]]
    return found["domain"], "".join(flags) or "a company's"


@pytest.mark.parametrize(
    ("value", "domain", "kind"),
    [
        ("www.example.co.uk", "example.co.uk", "a company's"),
        ("ada@gmail.com", "gmail.com", "free_mail"),
        ("mail.yahoo.co.uk", "yahoo.co.uk", "free_mail"),
        ("https://www.facebook.com/example", "facebook.com", "shared"),
        ("linktr.ee/example", "linktr.ee", "shared"),
        # Its own domain by the Public Suffix List, and a page that somebody has there all the same.
        ("example.github.io", "example.github.io", "hosted"),
        ("https://example.wixsite.com/site", "example.wixsite.com", "hosted"),
        ("www.example.blogspot.com", "example.blogspot.com", "hosted"),
        ("example.pages.dev", "example.pages.dev", "hosted"),
        ("example.wordpress.com", "wordpress.com", "hosted"),
        ("https://sites.google.com/view/example", "google.com", "hosted"),
        ("www.google.com", "google.com", "a company's"),
        # Below some private suffixes domains are registered like any other.
        ("www.example.uk.com", "example.uk.com", "a company's"),
    ],
)
def test_what_many_share_is_no_companys(value: str, domain: str, kind: str) -> None:
    assert kind_of(value) == (domain, kind)


@pytest.mark.parametrize("value", ["n/a", "github.io", "co.uk", ""])
def test_what_has_no_domain_is_of_no_kind(value: str) -> None:
    found = dictionaries().normalise("host", value, "")
    assert [found[name] for name in ("domain", "is_free_mail", "is_hosted", "is_shared")] == [None] * 4


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
        "https://www.linkedin.com/in/ada-example/?locale=de_DE",
        "https://www.linkedin.com/in/ada-example/en-us",
        "https://www.linkedin.com/mwlite/in/ada-example",
        "https://www.linkedin.com/comm/in/ada-example?midToken=x",
        "https://touch.www.linkedin.com./in/ada-example",
        "https://www.linkedin.com/in/ada-example\u200b",
        "https://www.linkedin.com/pub/ada-example",
        "https://uk.linkedin.com/pub/ada-example/de",
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


def test_an_old_public_profile_is_the_one_that_it_leads_to_today() -> None:
    today = linkedin_page("https://www.linkedin.com/in/ada-example-3c2b1a")
    for old in ("/pub/ada-example/1a/2b/3c", "/pub/Ada-Example/1A/2B/3C/", "/pub/ada-example/1a/2b/3c/de?trk=x"):
        assert linkedin_page(f"http://de.linkedin.com{old}") == today == ("person", "ada-example-3c2b1a")


def test_a_companys_number_is_one_page_however_it_is_written() -> None:
    for url in ("/company/12345", "/company/12345/about/", "/company-beta/12345/", "/mwlite/company/12345"):
        assert linkedin_page(f"https://www.linkedin.com{url}") == ("company", "12345")


@pytest.mark.parametrize("kind", ["company", "school", "showcase"])
def test_a_companys_page_is_no_persons(kind: str) -> None:
    assert linkedin_page(f"https://www.linkedin.com/{kind}/Example/about/") == ("company", "example")


@pytest.mark.parametrize(
    "url",
    [
        "https://www.linkedin.com/sales/people/ACwAA",
        "https://www.linkedin.com/sales/lead/ACwAA,NAME_SEARCH,abc",
        "https://www.linkedin.com/talent/profile/ACwAA",
        "https://www.linkedin.com/recruiter/profile/1,2,3",
        "https://www.linkedin.com/profile/view?id=12345",
        "https://www.linkedin.com/pub/dir/Ada/Example",
        "https://www.linkedin.com/pub/ada-example/1a/2b",
        "https://www.linkedin.com/in/me/",
        "https://www.linkedin.com/in/unavailable",
        "https://www.linkedin.com/company/unavailable/",
        "https://www.linkedin.com/mwlite/",
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


IN_USE = NamesInUse({})


@pytest.mark.parametrize(
    ("value", "city", "state", "subdivision", "country"),
    [
        ("Sydney, New South Wales, Australia", "Sydney", "New South Wales", "AU-NSW", "AU"),
        ("San Francisco, US", "San Francisco", None, None, "US"),
        ("London, England", "London", None, "GB-ENG", "GB"),
        ("London, England, United Kingdom", "London", "England", "GB-ENG", "GB"),
        ("Austin, Texas", "Austin", "Texas", "US-TX", "US"),
        ("Portland, OR", "Portland", "Oregon", "US-OR", "US"),
        ("München, Bayern, Germany", "München", "Bayern", "DE-BY", "DE"),
        ("Munich, Bavaria, Germany", "Munich", "Bavaria", "DE-BY", "DE"),
        ("Sydney, New South Wales", "Sydney", "New South Wales", "AU-NSW", None),
        ("Buenos Aires, Argentina", "Buenos Aires", None, None, "AR"),
        ("Singapore", None, None, None, "SG"),
        ("Greater London", "Greater London", None, None, None),
        ("", None, None, None, None),
        (" , ,", None, None, None, None),
        ("71 Harbour Road, Sydney, New South Wales, Australia", "Sydney", "New South Wales", "AU-NSW", "AU"),
        ("53 Harbour Road, Suite 100, Paris", "Paris", None, None, None),
        # No state of the country that is named.
        (
            "426 Lyda Unions, 551, Janniefort, New Hampshire, 56941-1470, Nicaragua",
            *("Janniefort", "New Hampshire", None, "NI"),
        ),
        ("1 Market St, San Francisco, CA 94105", "San Francisco", "California", "US-CA", "US"),
        ("535 Kuhic Gardens Apt. 044", None, None, None, None),
    ],
)
def test_a_place_in_one_line_has_its_parts(
    value: str, city: str | None, state: str | None, subdivision: str | None, country: str | None
) -> None:
    assert place(value, IN_USE) == {
        "city": city,
        "state": state,
        "subdivision_code": subdivision,
        "country_code": country,
    }


@pytest.mark.parametrize("value", ["San Francisco, CA", "Chicago, IL", "Atlanta, GA", "Atlanta, Georgia"])
def test_a_city_of_the_united_states_is_in_no_other_country(value: str) -> None:
    found = place(value, IN_USE)
    assert found["country_code"] in ("US", None)
    assert (found["subdivision_code"] or "US-").startswith("US-")


def test_a_state_that_is_a_country_too_is_neither_for_certain() -> None:
    assert place("Atlanta, Georgia", IN_USE)["subdivision_code"] is None
    assert state_code("Georgia", "", IN_USE) is None


@pytest.mark.parametrize(
    ("code", "country", "names"),
    [
        ("US-CA", "United States", ("California", "CA", "ca", " CALIFORNIA ", "State of California", "US-CA")),
        ("US-NY", "usa", ("New York", "NY", "New York State")),
        ("US-GA", "US", ("Georgia", "GA")),
        ("US-DC", "US", ("District of Columbia", "DC", "Washington, D.C.", "Washington DC")),
        ("DE-BY", "Germany", ("Bayern", "Bavaria", "BY", "Bavière")),
        ("DE-NW", "Deutschland", ("Nordrhein-Westfalen", "North Rhine-Westphalia", "NRW", "NW")),
        ("AU-NSW", "Australia", ("New South Wales", "NSW")),
        ("FR-IDF", "France", ("Île-de-France", "Ile de France", "IDF", "Greater Paris")),
        ("SE-AB", "Sweden", ("Stockholm County", "Stockholms län", "Stockholm")),
        ("GB-ENG", "United Kingdom", ("England", "ENG")),
        ("GB-SCT", "UK", ("Scotland",)),
        ("BR-SP", "Brasil", ("São Paulo", "Sao Paulo", "SP", "Estado de São Paulo")),
        ("ES-CT", "España", ("Catalunya", "Cataluña", "Catalonia")),
        ("IT-52", "Italy", ("Toscana", "Tuscany")),
        ("CN-GD", "China", ("Guangdong", "Guangdong Province", "Guangdong Sheng")),
        ("MX-CMX", "Mexico", ("Ciudad de México", "Mexico City", "CDMX")),
    ],
)
def test_a_state_has_one_code_by_all_its_names(code: str, country: str, names: tuple[str, ...]) -> None:
    found = {name: dictionaries().normalise("subdivision", name, country)["subdivision_code"] for name in names}
    assert found == dict.fromkeys(names, code)


@pytest.mark.parametrize(
    ("name", "country"),
    [
        ("CA", ""),  # Of many countries.
        ("Florida", ""),  # Of Uruguay, too.
        ("US-CA", "Germany"),
        ("California", "Germany"),
        ("California", "Atlantis"),
        ("Mexico", "Mexico"),
        ("Luxembourg", "Luxembourg"),
        ("San Francisco Bay Area", "US"),
        ("Kansas City", "US"),
        ("13", "Japan"),
        ("", "US"),
        ("...", "US"),
    ],
)
def test_a_state_that_is_not_certain_has_no_code(name: str, country: str) -> None:
    assert dictionaries().normalise("subdivision", name, country)["subdivision_code"] is None


@pytest.mark.parametrize(
    ("name", "code"), [("California", "US-CA"), ("New South Wales", "AU-NSW"), ("Bayern", "DE-BY")]
)
def test_a_name_that_one_country_has_needs_no_country(name: str, code: str) -> None:
    assert state_code(name, "", IN_USE) == code


def test_every_name_in_the_seed_names_what_exists_and_is_needed() -> None:
    import pycountry

    subdivisions: Any = pycountry.subdivisions
    rows = _seed("subdivision_names")
    assert len(rows) > 40
    for row in rows:
        code = row["subdivision_code"]
        assert subdivisions.get(code=code) is not None, row
        assert state_code(row["name"], code[:2], IN_USE) != code or code == "US-DC", f"{row} is known without the seed"
        assert dictionaries().normalise("subdivision", row["name"], code[:2])["subdivision_code"] == code, row


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.text(max_size=25), st.sampled_from(["", "US", "DE", "GB", "Atlantis"]))
def test_a_code_is_of_the_country_that_is_named(name: str, country: str) -> None:
    found = dictionaries().normalise("subdivision", name, country)["subdivision_code"]
    assert found is None or country in ("", found[:2])


# -- ranges ------------------------------------------------------------------------------------------------------------


def spanned(kind: str, value: str) -> tuple[float | None, float | None, str | None]:
    found = dictionaries().normalise(kind, value, "")
    return found["low"], found["high"], found["label"]


@pytest.mark.parametrize(
    "value",
    [
        "1001-5000", "1,001-5,000 employees", "1.001–5.000", "1001 - 5000", "1001 to 5000", "between 1001 and 5000",
        "1001_5000", "1 001 - 5 000 Employees", "1K-5K", "1000-5000", "1001-5000 staff",
    ],
)  # fmt: skip
def test_a_number_of_employees_has_one_name_by_all_its_spellings(value: str) -> None:
    low, high, label = spanned("employee_range", value)
    assert (low in (1000, 1001), high, label) == (True, 5000, "1001-5000")


@pytest.mark.parametrize(
    ("value", "low", "high", "label"),
    [
        ("11-50", 11, 50, "11-50"),
        ("2-10", 2, 10, "1-10"),
        ("0-10", 0, 10, "1-10"),
        ("self-employed", 1, 1, "1-10"),
        ("Self Employed", 1, 1, "1-10"),
        ("10,001+", 10001, None, "10001+"),
        ("10,000+ employees", 10000, None, "10001+"),
        ("more than 10,000", 10001, None, "10001+"),
        ("120", 120, 120, "51-200"),
        ("<10", 1, 9, "1-10"),
        ("up to 10", 1, 10, "1-10"),
        # Said, but in no range of ours.
        ("1-50", 1, 50, None),
        ("5000+", 5000, None, None),
    ],
)
def test_a_number_of_employees_in_words_spans_what_it_says(
    value: str, low: float, high: float | None, label: str | None
) -> None:
    assert spanned("employee_range", value) == (low, high, label)


@pytest.mark.parametrize(
    ("value", "low", "high", "label"),
    [
        ("$10M - $50M", 1e7, 5e7, "$10M-$50M"),
        ("10M to 50M USD", 1e7, 5e7, "$10M-$50M"),
        ("$10-50M", 1e7, 5e7, "$10M-$50M"),
        ("US$10 million – US$50 million in annual revenue", 1e7, 5e7, "$10M-$50M"),
        ("10000000-20000000", 1e7, 2e7, "$10M-$50M"),
        ("$500K-$1M", 5e5, 1e6, "<$1M"),
        ("$1B+", 1e9, None, "$1B+"),
        ("Over $1 billion", 1e9, None, "$1B+"),
        ("Under $1M", 0, 1e6, "<$1M"),
        ("$10M", 1e7, 1e7, "$10M-$50M"),
        ("$1.5M", 1.5e6, 1.5e6, "$1M-$10M"),
        ("$5M - $20M", 5e6, 2e7, None),
    ],
)
def test_a_revenue_in_words_spans_what_it_says(value: str, low: float, high: float | None, label: str | None) -> None:
    assert spanned("revenue_range", value) == (low, high, label)


@pytest.mark.parametrize("value", ["€10M - €50M", "10-50M EUR", "A$10M", "R$ 10M", "£1M+", "¥100M"])
def test_other_money_is_no_revenue_in_dollars(value: str) -> None:
    assert spanned("revenue_range", value) == (None, None, None)


@pytest.mark.parametrize("kind", ["employee_range", "revenue_range"])
@pytest.mark.parametrize("value", ["", "many", "n/a", "50-11", "-", "1-2-3", "+", "12 monkeys", "1e5"])
def test_what_is_no_range_spans_nothing(kind: str, value: str) -> None:
    assert spanned(kind, value) == (None, None, None)


@pytest.mark.parametrize("name", ["employee_bands", "revenue_bands"])
def test_a_range_of_ours_is_read_as_itself_and_they_leave_no_gap(name: str) -> None:
    rows = _seed(name)
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        assert spanned(name.replace("bands", "range"), row["label"])[2] == row["label"]
        assert row["below"] == (following["low"] if following else "")


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.text(max_size=20) | st.from_regex(r"[$<>]?[0-9.,]{1,8} ?[KMB+]? ?(-|to)? ?[0-9.,]{0,8}[KMB+]?", fullmatch=True)
)
def test_nothing_stops_reading_a_range_and_none_ends_before_it_begins(value: str) -> None:
    for kind in ("employee_range", "revenue_range"):
        low, high, _ = spanned(kind, value)
        assert low is None or (low >= 0 and (high is None or high >= low))


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


def test_who_stands_higher_has_the_higher_rank() -> None:
    titles = (
        "Intern", "Junior Developer", "Software Engineer", "Senior Software Engineer", "Engineering Manager",
        "Senior Manager", "Director of Engineering", "Head of Engineering", "VP Engineering",
        "Senior Vice President Engineering", "Chief Technology Officer", "Founder",
    )  # fmt: skip
    ranks = [dictionaries().normalise("title", title, "")["rank"] for title in titles]
    assert ranks == sorted(set(ranks))
    assert (
        dictionaries().normalise("title", "VP", "")["rank"]
        == dictionaries().normalise("title", "Vice President", "")["rank"]
    )
    assert dictionaries().normalise("title", "Gardener", "")["rank"] is None


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


# -- rules -------------------------------------------------------------------------------------------------------------


def test_a_word_more_changes_the_rules_of_its_kind_and_of_no_other() -> None:
    now = dictionaries()
    words = WordList.read([{"word": "gardener", "meaning": "individual_contributor", "rank": "30"}])
    then = replace(now, seniorities=WordList((*now.seniorities.entries, *words.entries)))
    assert {kind for kind in KINDS if now.rules(kind) != then.rules(kind)} == {"title"}
    assert {kind for kind in KINDS if now.rules(kind) != replace(now, sites={}).rules(kind)} == {"host"}


def test_the_rules_of_a_kind_are_the_same_every_time() -> None:
    seeds = [dictionaries(), Dictionaries.read(_seed, linkedin_page)]
    assert all(len({one.rules(kind) for one in seeds}) == 1 for kind in KINDS)
    assert set(MADE_OF) <= set(KINDS)


def test_every_library_that_normalises_is_named() -> None:
    import transforms.dictionaries as room

    found = set()
    for name in room._modules():
        text = Path(str(sys.modules[name].__file__)).read_text()
        found |= set(re.findall(r"^\s*(?:from|import) (\w+)", text, re.MULTILINE)) - set(sys.stdlib_module_names)
    assert found == set(room.LIBRARIES)
