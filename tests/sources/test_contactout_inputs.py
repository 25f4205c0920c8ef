"""What cannot be meant is refused before ContactOut is asked, and what may be meant otherwise is said."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from sources.contactout.inputs import CompanySearch, DecisionMakers, PeopleSearch
from tests.reference import REFERENCE, reference_is_there

EXPRESSIONS = ("job_title", "skills", "education", "industry", "keyword")


def refused(model: type[BaseModel], given: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as refusal:
        model.model_validate(given)
    return str(refusal.value.errors()[0]["msg"])


# -- boolean expressions -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Analyst",
        "Vice President",
        "(ReactJS AND Python) NOT Java",
        "((A OR B) AND (C OR D))",
        "A AND NOT B",
        "NOT Java",
        "(NOT Java)",
        "Manager (EMEA)",
        "R&D, and more",
        "Norman ANDERSON",
        '"Research AND Development"',
        '"(" OR ")"',
        'a 5" screen',
    ],
)
def test_a_well_formed_expression_is_sent_as_it_is_written(text: str) -> None:
    for name in EXPRESSIONS:
        assert PeopleSearch.model_validate({name: text}).body()[name] == (text if name == "keyword" else [text])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("(A AND B", "opens a parenthesis that it does not close"),
        ("A) OR B", "closes a parenthesis that it did not open"),
        (")(", "closes a parenthesis that it did not open"),
        ("A OR ()", "nothing between its parentheses"),
        ("AND A", "nothing before AND"),
        ("A (OR B)", "nothing before OR"),
        ("A AND", "nothing after AND"),
        ("A NOT", "nothing after NOT"),
        ("(A OR) B", "nothing between OR and the parenthesis"),
        ("A AND OR B", "nothing between AND and OR"),
        ("A NOT NOT B", "nothing between NOT and NOT"),
        ("A NOT AND B", "nothing between NOT and AND"),
        ("", "an empty text is no filter"),
        ("  ", "an empty text is no filter"),
    ],
)
def test_an_expression_that_is_broken_is_refused_and_said_where(text: str, words: str) -> None:
    for name in EXPRESSIONS:
        assert words in refused(PeopleSearch, {name: text if name == "keyword" else ["Analyst", text]})


def test_a_filter_that_takes_no_expressions_takes_any_text() -> None:
    assert PeopleSearch.model_validate({"company": "A) OR (B"}).remarks() == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A AND B OR C", "different operators"),
        ("(A OR B NOT C)", "different operators"),
        ("(ReactJS and Python)", "and is searched for as a word"),
        ("(ReactJS AND Python) NOT Java", None),
        ("(A OR B) AND NOT C", None),
        ("A OR B OR C", None),
        ("Research and Development", None),
    ],
)
def test_an_expression_that_may_be_meant_otherwise_is_said(text: str, words: str | None) -> None:
    remarks = PeopleSearch.model_validate({"skills": [text]}).remarks()
    assert len(remarks) == (words is not None)
    assert words is None or words in remarks[0]


# -- people ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given",
    [
        {"job_title": ["x"] * 51},
        {"skills": [7]},
        {"company": []},
        {"company": [" "]},
        {"name": ""},
        {"name": ["Ada"]},
        {"reveal_info": "perhaps"},
        {"data_types": ["fax"]},
        {"page": 2},
        {"company_size": {"min": 1}},
        {"refresh_days": 0},
    ],
)
def test_a_people_search_of_a_wrong_type_or_beyond_a_limit_is_refused(given: Any) -> None:
    refused(PeopleSearch, given)


def test_a_list_may_hold_as_many_values_as_are_documented_and_one_may_stand_alone() -> None:
    assert len(PeopleSearch(job_title=["x"] * 50).body()["job_title"]) == 50
    assert PeopleSearch.model_validate({"location": "Dover", "company_size": "1_10"}).body() == {
        "reveal_info": False,
        "location": ["Dover"],
        "company_size": ["1_10"],
    }


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"company_size": ["11_50", "50-100"]}, "company_size: '50-100' is no value"),
        ({"years_of_experience": ["7_9"]}, "years_of_experience: '7_9'"),
        ({"years_in_current_role": ["10+"]}, "years_in_current_role: '10+'"),
        ({"match_experience": "previous"}, "match_experience: 'previous'"),
        ({"company_filter": "former"}, "company_filter: 'former'"),
        ({"output_fields": ["title", "shoe_size"]}, "output_fields: 'shoe_size'"),
        ({"match_experience": "past", "company_filter": "both"}, "together with company_filter"),
    ],
)
def test_a_value_that_is_not_listed_is_sent_and_remarked_upon(given: Any, words: str) -> None:
    search = PeopleSearch.model_validate({"name": "Ada Example", **given})
    assert search.body().items() >= given.items()
    (remark,) = search.remarks()
    assert words in remark


@pytest.mark.parametrize(
    "given", [{}, {"reveal_info": True}, {"current_titles_only": True}, {"output_fields": ["title"]}]
)
def test_a_search_for_everybody_is_remarked_upon(given: Any) -> None:
    assert any("every profile" in remark for remark in PeopleSearch.model_validate(given).remarks())


@pytest.mark.skipif(not reference_is_there(), reason="the reference documents are not beside this checkout")
def test_every_documented_filter_can_be_set() -> None:
    text = (REFERENCE / "contactout-api-reference.txt").read_text()
    for section, model, documented in (
        ("People Search API", PeopleSearch, 26),
        ("Company Search API", CompanySearch, 10),
        ("Decision Makers API", DecisionMakers, 5),
    ):
        table = text[text.index(f"\n## {section}\n") :].split("\n| Parameter | Type |")[1]
        names = re.findall(r"^\| (\w+) \|", re.split(r"\n(?:\| Field|\n)", table)[0], re.MULTILINE)
        assert len(names) == documented, section
        # The page is the walk's to choose.
        assert set(names) - {"page"} <= set(model.model_fields), section


# -- companies ---------------------------------------------------------------------------------------------------------

THIS_YEAR = datetime.now(UTC).year


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "would buy every company"),
        ({"hq_only": True}, "would buy every company"),
        ({"name": ["x"] * 51}, "at most 50"),
        ({"name": "Example", "year_founded_from": 1984}, "1985"),
        ({"name": "Example", "year_founded_to": THIS_YEAR + 1}, "lies in the future"),
        ({"name": "Example", "year_founded_from": 2020, "year_founded_to": 2019}, "nothing can match"),
        ({"name": "Example", "min_revenue": 2, "max_revenue": 1}, "nothing can match"),
        ({"name": "Example", "min_revenue": 1.5}, "integer"),
        ({"name": "Example", "min_revenue": -1}, "greater than or equal"),
        ({"name": "Example", "industry": "Software"}, "Extra inputs"),
        ({"name": "Example", "industries_key": "sector"}, "industries"),
    ],
)
def test_a_company_search_that_cannot_be_meant_is_refused(given: Any, words: str) -> None:
    assert words in refused(CompanySearch, given)


def test_a_company_search_is_sent_with_its_page_under_the_names_that_the_account_takes() -> None:
    given = {"name": "Example", "industries": ["Software"], "hq_only": False, "year_founded_to": THIS_YEAR}
    search = CompanySearch.model_validate(given)
    sent = {"name": ["Example"], "hq_only": False, "year_founded_to": THIS_YEAR}
    assert search.body(2) == {**sent, "page": 2, "industries": ["Software"]}
    other = CompanySearch.model_validate({**given, "industries_key": "industry", "page_key": "page_number"})
    assert other.body(1) == {**sent, "page_number": 1, "industry": ["Software"]}
    assert CompanySearch(size=["1_10", "12"]).remarks()[0].startswith("size: '12'")


def test_decision_makers_are_asked_for_by_the_company_written_in_one_way() -> None:
    found = DecisionMakers.model_validate(
        {
            "linkedin_url": "http://uk.linkedin.com/company/Example/about",
            "domain": "https://www.Example.com/x",
            "name": "Ex",
        }
    )
    assert found.params(2) == (
        ("linkedin_url", "https://www.linkedin.com/company/example"),
        ("domain", "example.com"),
        ("name", "Ex"),
        ("reveal_info", "false"),
        ("page", "2"),
    )
    assert ("reveal_info", "true") in DecisionMakers(domain="example.com", reveal_info=True).params(1)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "nothing says which company"),
        ({"reveal_info": True}, "nothing says which company"),
        ({"linkedin_url": "https://www.linkedin.com/in/ada-example"}, "not the page of a company"),
        ({"linkedin_url": "https://www.linkedin.com/school/example"}, "not the page of a company"),
        ({"domain": "example"}, "no domain"),
        ({"name": " "}, "an empty text"),
    ],
)
def test_decision_makers_of_nobody_in_particular_are_refused(given: Any, words: str) -> None:
    assert words in refused(DecisionMakers, given)
