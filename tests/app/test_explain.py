"""Why records are one, told to whoever asks; and a correction by hand, which wins."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from leadhouse.failures import Exit
from tests.edited import Edited

pytestmark = pytest.mark.slow

PAGE = "https://www.linkedin.com/in/ada-example"
TIE = "person,{},leadiq,p-ada,letrics,ct-1,told by their office"


@pytest.fixture(scope="module")
def edited(folder: Callable[[str], Path]) -> Edited:
    """Ada by two providers with one page, and Bob with her number."""
    one = Edited(folder("explained"))
    ada = {
        "_id": "p-ada", "name": {"first": "Ada", "last": "Example", "fullName": "Ada Example"},
        "linkedin": {"linkedinUrl": PAGE}, "personalPhones": [{"value": "+1 212 555 0101"}],
        "updatedAt": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    one.raw.land("people", {"data": {"searchPeople": {"results": [ada]}}})
    contacts = [
        {"id": "ct-1", "full_name": "Ada Example", "linkedin_url": PAGE, "phone": "+12125550101", "updated_at": "2026-02-20T10:00:00Z"},
        {"id": "ct-2", "full_name": "Bob Other", "phone": "+12125550101", "updated_at": "2026-02-20T10:00:00Z"},
    ]  # fmt: skip
    one.raw.land("contacts", {"data": contacts}, at=datetime(2026, 3, 2, 7), provider="letrics")
    one.built()
    return one


def said(edited: Edited, who: str) -> str:
    return edited.raw.house.run("explain", who).ok().out


def test_a_person_is_explained_by_whatever_names_them(edited: Edited) -> None:
    ((id,),) = edited.raw.query(f"select person_id from marts.dim_people where linkedin_url = '{PAGE}'")
    told = said(edited, id)
    for who in (PAGE, "http://de.linkedin.com/in/Ada-Example/", "ct-1", "p-ada", "ada example"):
        assert said(edited, who) == told
    assert "A = B   linkedin_slug   ada-example" in told
    assert "A = B   phone           +12125550101" in told
    assert "with Bob Other" in told
    assert "the names differ" in told
    assert max(map(len, told.splitlines())) <= 110


def test_whoever_is_nobody_is_told_what_to_give(edited: Edited) -> None:
    ended = edited.raw.house.run("explain", "nobody@example.com")
    assert ended.code == Exit.USAGE
    assert "'nobody@example.com' is nobody here. Give a person_id" in ended.out + ended.err


def test_a_correction_by_hand_wins_and_can_be_taken_back(edited: Edited) -> None:
    ((before,),) = edited.raw.query(f"select person_id from marts.dim_people where linkedin_url = '{PAGE}'")
    seed = edited.project / "seeds" / "identity_corrections.csv"
    header = seed.read_text()
    seed.write_text(header + TIE.format("must_not_link") + "\n")
    edited.built()
    ids = dict(edited.raw.query("select provider_record_id, person_id from marts.map_person_records"))
    assert ids["p-ada"] != ids["ct-1"]
    assert before in (ids["p-ada"], ids["ct-1"])
    assert "they were parted by hand" in said(edited, before)
    seed.write_text(header)
    edited.built()
    assert edited.raw.query("select count(distinct person_id) from marts.map_person_records") == [(2,)]
    # The id that was given up leads to the one that stayed.
    (other,) = {ids["p-ada"], ids["ct-1"]} - {before}
    assert said(edited, other).startswith(before)


@pytest.mark.soak
def test_two_that_no_evidence_ties_can_be_linked_by_hand(edited: Edited) -> None:
    seed = edited.project / "seeds" / "identity_corrections.csv"
    header = seed.read_text()
    seed.write_text(header + "person,must_link,letrics,ct-1,letrics,ct-2,one after all\n")
    edited.built()
    seed.write_text(header)
    found = edited.raw.query("select provider_record_id, matched_by from marts.map_person_records order by 1")
    assert found == [("ct-1", "must_link"), ("ct-2", "must_link"), ("p-ada", "linkedin_slug")]
    assert edited.raw.query("select count(*) from marts.dim_people") == [(1,)]
    edited.built()


def test_corrections_that_cannot_be_followed_are_refused_with_a_sentence(edited: Edited) -> None:
    before = edited.raw.house.published.read_bytes()
    seed = edited.project / "seeds" / "identity_corrections.csv"
    header = seed.read_text()
    lines = [
        TIE.format("must_link"),
        TIE.format("must_not_link"),
        TIE.format("perhaps"),
        "person,must_link,letrics,,letrics,ct-1,",
    ]
    seed.write_text("\n".join([header.strip(), *lines]) + "\n")
    ended = edited.build()
    seed.write_text(header)
    assert ended.code == Exit.BUILD_FAILED
    told = ended.out + ended.err
    for sentence in (
        "Line 3 of identity_corrections.csv: must_not_link, but line 2 says must_link of the same two; keep one.",
        "Line 4 of identity_corrections.csv: correction is 'perhaps'; write must_link or must_not_link.",
        "Line 5 of identity_corrections.csv: provider_record_id is missing; name both records as map_person_records does.",
    ):
        assert sentence in told
    assert edited.raw.house.published.read_bytes() == before
