"""A sandbox charges what it was told to charge, to the last fraction, and says so when an account has no more."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.__main__ import read_settings
from sandbox.settings import OPERATIONS
from tests.sandbox.conftest import TRACKED_CONTACTS

OUT_OF_CREDITS = "You're out of credits, please email your sales manager"
ACCOUNT = "{ account { universalPlan { available used } } }"
USAGE = "{ usage { planUsage { creditType units cap } } }"


def _universal_plan(box: Any) -> dict[str, float]:
    plan: dict[str, float] = box.leadiq(ACCOUNT).json()["data"]["account"]["universalPlan"]
    return plan


def test_a_charge_is_made_for_each_record_and_leaves_no_dust(start: Any) -> None:
    box = start("--charge", "leadiq.trackedContacts.uc=0.1", "--charge", "letrics.contacts.record=0.7")
    records = len(box.events()) + len(box.events())
    contacts = len(box.collection("contacts")) + len(box.collection("contacts"))
    books = box.books()
    assert records > 50
    assert books["credits"] == {
        "leadiq": {"uc": round(records / 10, 6)},
        "contactout": {},
        "letrics": {"record": round(contacts * 0.7, 6)},
    }
    assert all(len(str(one["credits"].get("uc", 0)).partition(".")[2]) <= 6 for one in books["requests"])
    assert _universal_plan(box) == {"available": 10000, "used": round(records / 10, 6)}
    assert box.books()["credits"]["leadiq"]["uc"] == round(records / 10, 6), "a reading is no record of contacts"


def test_a_charge_in_addition_leaves_the_documented_one(start: Any) -> None:
    box = start("--charge", "contactout.people_search.bonus=0.25")
    box.search()
    assert box.books()["credits"]["contactout"] == {"search": 25, "bonus": 6.25}


def test_a_new_price_replaces_the_documented_one(start: Any) -> None:
    plain = start()
    plain.search(reveal_info=True)
    documented = plain.books()["credits"]["contactout"]
    box = start("--charge", "contactout.people_search.search=0.5", "--charge", "contactout.people_search.email=2")
    box.search(reveal_info=True)
    assert box.books()["credits"]["contactout"] == {
        "search": 12.5,
        "email": 2 * documented["email"],
        "phone": documented["phone"],
    }
    assert box.stats()["usage"]["search_count"] == 12.5
    free = start("--charge", "contactout.people_search.search=0")
    free.search()
    assert free.books()["credits"]["contactout"] == {}


def test_a_quota_of_search_credits_counts_the_new_price(start: Any) -> None:
    box = start("--charge", "contactout.people_search.search=0.1", "--quota", "contactout.search=5")
    assert [box.search(page=page).status_code for page in (1, 2, 3)] == [200, 200, 403]
    assert box.search().json() == {"status_code": 403, "message": OUT_OF_CREDITS}
    assert box.books()["credits"]["contactout"] == {"search": 5}
    assert box.stats()["usage"]["search_remaining"] == 0


@pytest.mark.parametrize(("form", "status"), [("http", 402), ("200", 200)])
def test_leadiq_says_in_its_form_that_credits_are_used_up(start: Any, form: str, status: int) -> None:
    options = ("--charge", "leadiq.trackedContacts.uc=0.1", "--quota", "leadiq.uc=5", "--leadiq-errors", form)
    box = start(*options)
    for _ in range(2):
        assert box.leadiq(TRACKED_CONTACTS).json()["data"]
    refused = box.leadiq(TRACKED_CONTACTS)
    assert refused.status_code == status
    assert refused.json()["data"] is None
    error = refused.json()["errors"][0]
    assert error["extensions"] == {"response": {"status": 402}}
    assert "out of credits" in error["message"]
    assert box.books()["requests"][-1]["operation"] == "trackedContacts"
    assert box.books()["credits"]["leadiq"] == {"uc": 5}
    assert _universal_plan(box) == {"available": 5, "used": 5}
    box.move_to("2026-04-01")
    assert box.leadiq(TRACKED_CONTACTS).json()["data"], "a quota renews with the month"


def test_letrics_says_in_its_form_that_credits_are_used_up(start: Any) -> None:
    box = start("--charge", "letrics.companies.record=1", "--quota", "letrics.record=30")
    assert box.letrics("companies").status_code == 200
    refused = box.letrics("companies", {"page": 2})
    assert refused.status_code == 402
    assert refused.json()["errors"][0]["code"] == 402
    assert set(refused.json()["errors"][0]) == {"id", "code", "details"}
    assert box.books()["credits"]["letrics"] == {"record": 25}
    assert box.letrics("contacts").status_code == 200, "what is free can still be had"


def test_usage_reads_whole_units_whatever_was_charged(start: Any) -> None:
    box = start("--charge", "leadiq.trackedCompanies.page=0.05", "--quota", "leadiq.page=40")
    box.leadiq("{ trackedCompanies(first: 25) { edges { cursor } } }")
    rows = {row["creditType"]: row for row in box.leadiq(USAGE).json()["data"]["usage"]["planUsage"]}
    assert (rows["Page"]["units"], rows["Page"]["cap"]) == (2, 40)
    assert (rows["ExactMatch"]["units"], rows["ExactMatch"]["cap"]) == (0, 5000)


@pytest.mark.parametrize(
    "options",
    [
        ("--charge", "leadiq.uc=0.1"),
        ("--charge", "leadiq.trackedPeople.uc=0.1"),
        ("--charge", "leadiq.trackedContacts.uc"),
        ("--charge", "leadiq.trackedContacts.uc=-1"),
        ("--charge", "leadiq.trackedContacts.uc=nan"),
        ("--charge", "nobody.contacts.uc=1"),
        ("--quota", "leadiq.trackedContacts.uc=1"),
        ("--quota", "leadiq.uc=lots"),
    ],
)
def test_an_unreadable_charge_or_quota_is_refused_before_serving(options: tuple[str, str], capsys: Any) -> None:
    with pytest.raises(SystemExit, match="2"):
        read_settings(options)
    complaint = capsys.readouterr().err
    assert options[1] in complaint or "leadiq has no operation trackedPeople" in complaint


PROSPECTOR = {"addProspect", "createList", "exportList", "listProspects"}


def test_every_operation_of_leadiqs_schema_can_be_charged(box: Any) -> None:
    asked = "{ __schema { queryType { fields { name } } mutationType { fields { name } } } }"
    schema = box.leadiq(asked).json()["data"]["__schema"]
    fields = [*schema["queryType"]["fields"], *schema["mutationType"]["fields"]]
    assert {field["name"] for field in fields} | PROSPECTOR == set(OPERATIONS["leadiq"])
