"""Results change while somebody reads them: what a reader by number and one by cursor meet, at every provider."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.sandbox.conftest import TRACKED_COMPANIES, TRACKED_CONTACTS, Sandbox

DAY = "2026-06-01"
"""A day on which every listing has several pages."""


@dataclass
class Page:
    """One page: its records by id, in order, the total it tells, and what leads on (None at the end)."""

    records: dict[str, dict[str, Any]]
    total: int
    following: Any


@dataclass(frozen=True)
class Listing:
    """How one operation's result is read page by page."""

    provider: str
    operation: str
    by_cursor: bool
    text: str
    page: Callable[[Sandbox, Any], Page]

    def __str__(self) -> str:
        return f"{self.provider}.{self.operation}"

    def order(self, box: Sandbox, **change: Any) -> None:
        box.order({"provider": self.provider, "operation": self.operation, "kind": "change", **change})

    def read(self, box: Sandbox) -> list[Page]:
        """All pages, however many there are by now."""
        pages = [self.page(box, None)]
        while pages[-1].following is not None:
            assert len(pages) < 100, "a result without end"
            pages.append(self.page(box, pages[-1].following))
        return pages


def _connection(field: str, query: str, argument: str) -> Listing:
    def page(box: Sandbox, cursor: str | None) -> Page:
        variables: dict[str, Any] = {argument: cursor}
        found = box.leadiq(query, **variables).json()["data"][field]
        info = found["pageInfo"]
        records = {edge["node"]["id"]: edge["node"] for edge in found["edges"]}
        assert len(records) == len(found["edges"])
        return Page(records, info["total"], info["endCursor"] if info["hasNextPage"] else None)

    return Listing("leadiq", field, True, {"trackedContacts": "lastKnownTitle"}.get(field, "name"), page)


def _search() -> Listing:
    def page(box: Sandbox, number: int | None) -> Page:
        found = box.search(page=number or 1).json()
        total = found["metadata"]["total_results"]
        return Page(dict(found["profiles"] or {}), total, (number or 1) + 1 if (number or 1) * 25 < total else None)

    return Listing("contactout", "people_search", False, "headline", page)


def _collection(name: str, text: str) -> Listing:
    def page(box: Sandbox, number: int | None) -> Page:
        found = box.letrics(name, {"page": number or 1}).json()
        records = {one["id"]: one for one in found["data"]}
        assert len(records) == len(found["data"])
        total = found["meta"]["total"]
        return Page(records, total, (number or 1) + 1 if (number or 1) * 25 < total else None)

    return Listing("letrics", name, False, text, page)


SEARCHED: dict[str, tuple[str, str, str]] = {
    "flatAdvancedSearch": ("FlatSearchInput", "people { id title }", "totalPeople"),
    "groupedAdvancedSearch": ("GroupedSearchInput", "companies { company { id description } }", "totalCompanies"),
    "searchPeople": ("SearchPeopleInput", "results { id name { fullName } }", "totalResults"),
}
# All who have worked in a country: a weak key, which means many.
MANY = {"country": "United States", "searchInPastCompanies": True}


def _skipping(field: str, text: str) -> Listing:
    kind, selection, total = SEARCHED[field]
    query = f"query ($i: {kind}!) {{ {field}(input: $i) {{ {total} {selection} }} }}"
    size = 25

    def page(box: Sandbox, number: int | None) -> Page:
        wanted: dict[str, Any] = {"skip": (number or 0) * size, "limit": size}
        if field == "searchPeople":
            wanted["company"] = MANY
        found = box.leadiq(query, i=wanted).json()["data"][field]
        listed: list[dict[str, Any]] = found[selection.partition(" ")[0]]
        records = {one["id"]: one for one in (one.get("company", one) for one in listed)}
        assert len(records) == len(listed)
        return Page(records, found[total], (number or 0) + 1 if ((number or 0) + 1) * size < found[total] else None)

    return Listing("leadiq", field, False, text, page)


def _task_changes() -> Listing:
    begin = "mutation { startCompanyTrackingTask(input: {monthsBack: 12}) { task { id } } }"
    query = """
    query ($id: ID!, $after: ID) { companyTrackingTask(id: $id) { jobChanges(first: 25, after: $after) {
      edges { cursor node { id currentPosition { title } } } pageInfo { total endCursor hasNextPage }
    } } }
    """
    tasks: dict[str, str] = {}

    def page(box: Sandbox, cursor: str | None) -> Page:
        if box.info["base_url"] not in tasks:
            box.move_to("2026-05-20")
            started = box.leadiq(begin).json()["data"]["startCompanyTrackingTask"]
            tasks[box.info["base_url"]] = started["task"]["id"]
            box.move_to(DAY)
        answer = box.leadiq(query, id=tasks[box.info["base_url"]], after=cursor).json()
        found = answer["data"]["companyTrackingTask"]["jobChanges"]
        info = found["pageInfo"]
        records = {edge["node"]["id"]: edge["node"] for edge in found["edges"]}
        return Page(records, info["total"], info["endCursor"] if info["hasNextPage"] else None)

    return Listing("leadiq", "companyTrackingTask", True, "currentPosition", page)


LISTINGS = (
    _connection("trackedContacts", TRACKED_CONTACTS, "cursor"),
    _connection("trackedCompanies", TRACKED_COMPANIES, "after"),
    *(_skipping(*one) for one in zip(SEARCHED, ("title", "description", "name"), strict=True)),
    _task_changes(),
    _search(),
    _collection("contacts", "city"),
    _collection("companies", "description"),
)
every_listing = pytest.mark.parametrize("listing", LISTINGS, ids=str)
CHANGES = ("insert_front", "insert_back", "update", "remove")


@pytest.fixture(autouse=True)
def on_a_day_with_several_pages(box: Sandbox) -> None:
    box.move_to(DAY)


def _ids(pages: list[Page]) -> list[str]:
    return [one for page in pages for one in page.records]


def _before(listing: Listing, box: Sandbox) -> tuple[list[Page], list[str]]:
    pages = listing.read(box)
    assert len(pages) > 2
    return pages, _ids(pages)


@every_listing
@pytest.mark.parametrize("by", [1, 3, 30])
def test_who_comes_in_front_moves_pages_by_number_and_is_invisible_behind_a_cursor(
    box: Sandbox, listing: Listing, by: int
) -> None:
    before, everyone = _before(listing, box)
    listing.order(box, what="insert_front", by=by, skip=1)
    pages = listing.read(box)
    assert pages[0] == before[0]
    assert {page.total for page in pages[1:]} == {len(everyone) + by}
    now = _ids(listing.read(box))
    assert now[by:] == everyone, "who reads from the beginning meets everybody once"
    assert len(set(now)) == len(everyone) + by
    # By number, the second page begins with what the first one ended with.
    assert _ids(pages[1:]) == (everyone[25:] if listing.by_cursor else now[25:])


@every_listing
@pytest.mark.parametrize("by", [1, 3, 30])
def test_who_comes_behind_is_met_by_every_reader(box: Sandbox, listing: Listing, by: int) -> None:
    before, everyone = _before(listing, box)
    listing.order(box, what="insert_back", by=by, skip=1)
    pages = listing.read(box)
    assert pages[0] == before[0]
    assert _ids(pages)[: len(everyone)] == everyone
    newcomers = _ids(pages)[len(everyone) :]
    assert len(set(newcomers)) == by
    assert not set(newcomers) & set(everyone)
    assert pages[-1].total == len(everyone) + by


@every_listing
@pytest.mark.parametrize("by", [1, 3, 30])
def test_who_is_removed_takes_others_along_from_pages_by_number_but_not_from_cursors(
    box: Sandbox, listing: Listing, by: int
) -> None:
    """From 25 on the record that the cursor names is gone itself; reading goes on behind its place."""
    before, everyone = _before(listing, box)
    listing.order(box, what="remove", by=by, skip=1)
    pages = listing.read(box)
    assert pages[0] == before[0]
    if listing.by_cursor:
        assert _ids(pages[1:]) == everyone[max(25, by) :]
    else:
        assert _ids(pages[1:]) == everyone[25 + by :], "as many as went are never met"
    assert pages[-1].total == len(everyone) - by
    assert _ids(listing.read(box)) == everyone[by:]


@every_listing
def test_reading_goes_on_where_the_removed_record_of_a_cursor_stood(box: Sandbox, listing: Listing) -> None:
    before, everyone = _before(listing, box)
    listing.order(box, what="remove", by=25, skip=1)
    first = listing.page(box, None)
    assert first == before[0]
    second = listing.page(box, first.following)
    assert list(second.records) == (everyone[25:50] if listing.by_cursor else everyone[50:75])


@every_listing
def test_what_is_updated_lies_behind_and_differs_in_one_text_alone(box: Sandbox, listing: Listing) -> None:
    before, everyone = _before(listing, box)
    whole = {name: one for page in before for name, one in page.records.items()}
    listing.order(box, what="update", by=2, skip=1)
    pages = listing.read(box)
    assert [page.total for page in pages] == [page.total for page in before]
    assert _ids(pages) == everyone
    now = {name: one for page in pages for name, one in page.records.items()}
    assert [name for name in everyone if now[name] != whole[name]] == everyone[-2:]
    for name in everyone[-2:]:
        assert {**now[name], listing.text: whole[name][listing.text]} == whole[name]
        assert now[name][listing.text] != whole[name][listing.text]


@every_listing
@pytest.mark.parametrize("what", CHANGES)
def test_a_change_stays_until_the_order_is_withdrawn(box: Sandbox, listing: Listing, what: str) -> None:
    whole, _ = _before(listing, box)
    box.http.delete("/sandbox/books")
    listing.order(box, what=what)
    after = listing.read(box)
    assert after != whole
    assert listing.read(box) == after, "it happens once and is not undone"
    assert {one["fault"] for one in box.books()["requests"]} == {"change"}
    box.http.delete("/sandbox/faults")
    assert listing.read(box) == whole


@every_listing
def test_a_change_can_happen_again_and_again(box: Sandbox, listing: Listing) -> None:
    total = listing.page(box, None).total
    listing.order(box, what="insert_front", by=2, times=3)
    assert [listing.page(box, None).total - total for _ in range(5)] == [2, 4, 6, 6, 6]
    listing.order(box, what="remove", by=2, times=-1)
    assert [listing.page(box, None).total - total for _ in range(3)] == [-2, -4, -6]


@every_listing
def test_several_changes_happen_in_the_order_of_their_requests(box: Sandbox, listing: Listing) -> None:
    _, everyone = _before(listing, box)
    who = {"provider": listing.provider, "kind": "change"}
    box.order({**who, "what": "insert_back", "skip": 1}, {**who, "what": "insert_front"}, {**who, "what": "remove"})
    listing.page(box, None)
    ids = _ids(listing.read(box))
    assert ids[:-1] == everyone, "the newcomer in front was the first to go"
    assert ids[-1] not in everyone


@every_listing
def test_another_operation_does_not_notice_a_change(box: Sandbox, listing: Listing) -> None:
    others = {one: one.read(box) for one in LISTINGS if one is not listing}
    listing.order(box, what="remove", by=5)
    listing.read(box)
    assert {one: one.read(box) for one in others} == others


@pytest.mark.parametrize("listing", [one for one in LISTINGS if one.by_cursor], ids=str)
def test_a_newcomer_behind_leads_on_by_its_own_cursor(box: Sandbox, listing: Listing) -> None:
    _, everyone = _before(listing, box)
    listing.order(box, what="insert_back", by=60)
    assert len(set(_ids(listing.read(box)))) == len(everyone) + 60
    listing.order(box, what="insert_front", by=60)
    assert len(set(_ids(listing.read(box)))) == len(everyone) + 60


def test_a_newcomer_among_the_events_is_detected_in_their_order(box: Sandbox) -> None:
    for what in ("insert_front", "insert_back"):
        box.order({"provider": "leadiq", "operation": "trackedContacts", "kind": "change", "what": what, "by": 30})
        days = [event["jobChangeDetected"] for event in box.events()]
        assert days == sorted(days)


def test_nothing_can_come_into_an_empty_result(box: Sandbox) -> None:
    box.order({"provider": "contactout", "kind": "change", "what": "insert_back", "by": 3})
    assert box.search(name="nobody is called this").json()["profiles"] == []


def test_who_came_is_charged_and_who_went_is_not(box: Sandbox) -> None:
    total = box.search(job_title=["vp"]).json()["metadata"]["total_results"]
    assert total < 23
    for what, expected in (("insert_back", total + 2), ("remove", total - 2), ("update", total)):
        box.http.delete("/sandbox/books")
        box.order({"provider": "contactout", "operation": "people_search", "kind": "change", "what": what, "by": 2})
        assert len(box.search(job_title=["vp"]).json()["profiles"]) == expected
        assert box.books()["credits"]["contactout"] == {"search": expected}
