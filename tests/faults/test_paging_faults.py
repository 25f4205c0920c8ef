"""Pages that shift, come again, lose their cursor, dribble in or lack what leads on: noticed, said, and healed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from leadhouse.catalogue import SOURCES
from leadhouse.failures import Exit
from leadhouse.sync import EXIT_OF
from sandbox.faults import PAGED_BY_NUMBER
from sources.metered import StopKind, client
from tests.desk import Desk, Resource, Undisturbed, Visit, first_question, resources, settings
from tests.faults.checks import ANOTHER_SEASON, HOUR, check_complete, check_money, check_said

NewDesk = Callable[[Resource], Desk]
Whole = Callable[[Resource], Undisturbed]


def _operation(resource: Resource) -> str:
    walks = SOURCES[resource.source].walks(settings(resource.account))
    return next(first_question(walk).operation for walk in walks if walk.resource == resource.name)


def _is_one_answer(resource: Resource) -> bool:
    walk = next(
        one for one in SOURCES[resource.source].walks(settings(resource.account)) if one.resource == resource.name
    )
    return walk.forecast.requests is not None or "volume" in walk.cannot


PAGED = [one for one in resources() if not _is_one_answer(one)]
NUMBERED = [one for one in PAGED if _operation(one) in PAGED_BY_NUMBER.get(one.source, ())]
CHAINED = [one for one in PAGED if one not in NUMBERED]


HEALED_SOON = [one for one in NUMBERED if "search" not in one.name and one.source != "contactout"]
"""A bought search whose result shifted is healed by its next refresh: reading it again at once would buy it twice."""


def test_each_way_of_paging_is_put_to_the_test() -> None:
    assert {one.source for one in NUMBERED} | {one.source for one in CHAINED} == set(SOURCES)
    assert CHAINED


# -- shifted ----------------------------------------------------------------------------------------------------------


def check_shift(desk: Desk, by: int, whole: Undisturbed) -> Visit:
    """A result that changes between two pages is read to its end, proves nothing, and a person is told."""
    desk.order({"kind": "shift", "by": by, "skip": 1})
    visit = desk.sync()
    stop = visit.stop()
    check_said(stop, {StopKind.SHIFTED})
    assert visit.exit_code is Exit.COMPLETE
    assert not visit.proven
    assert sum(visit.pages) >= sum(whole.pages[:1])
    desk.no_faults()
    return visit


@pytest.mark.parametrize("by", [3, -3])
@pytest.mark.parametrize("resource", NUMBERED, ids=str)
def test_a_result_that_shifts_between_two_pages_is_noticed_and_the_next_reading_heals(
    resource: Resource, by: int, desks: NewDesk, whole: Whole
) -> None:
    undisturbed, desk = whole(resource), desks(resource)
    check_shift(desk, by, undisturbed)
    final = desk.sync(after=ANOTHER_SEASON)
    assert final.stops == {}
    check_complete(final.kept, undisturbed)
    check_money(desk, undisturbed, bought_again=_twice(undisturbed))


@pytest.mark.parametrize("resource", HEALED_SOON, ids=str)
def test_a_result_that_shifted_is_read_again_by_the_next_sync(resource: Resource, desks: NewDesk, whole: Whole) -> None:
    undisturbed, desk = whole(resource), desks(resource)
    check_shift(desk, -3, undisturbed)
    check_complete(desk.sync(after=HOUR).kept, undisturbed)


def _twice(whole: Undisturbed) -> Mapping[str, float]:
    return {name: 2 * amount for name, amount in whole.charged.items()}


# -- the same again ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("times", [1, -1], ids=["once", "for ever"])
@pytest.mark.parametrize("resource", PAGED, ids=str)
def test_a_page_that_comes_again_ends_the_walk_with_a_sentence(
    resource: Resource, times: int, desks: NewDesk, whole: Whole
) -> None:
    undisturbed, desk = whole(resource), desks(resource)
    desk.order({"kind": "repeat", "skip": 1, "times": times})
    visit = desk.sync()
    check_said(visit.stop(), {StopKind.FAILED})
    assert visit.exit_code is Exit.PROVIDER_FAILED
    assert not visit.proven
    assert visit.kept == undisturbed.kept[: undisturbed.pages[0]] * 2
    assert desk.sent() == 2
    desk.no_faults()
    final = desk.sync(after=ANOTHER_SEASON)
    assert final.stops == {}
    check_complete([*visit.kept, *final.kept], undisturbed)
    check_money(desk, undisturbed, bought_again=_twice(undisturbed))


@pytest.mark.parametrize("resource", PAGED, ids=str)
def test_what_a_repeated_page_hid_is_read_by_the_next_sync(resource: Resource, desks: NewDesk, whole: Whole) -> None:
    desk = desks(resource)
    desk.order({"kind": "repeat", "skip": 1})
    visit = desk.sync()
    desk.no_faults()
    final = desk.sync(after=HOUR)
    assert final.stops == {}
    check_complete([*visit.kept, *final.kept], whole(resource))


def _leading_back(desk: Desk, first: Any) -> Any:
    """What makes every page promise the second one."""
    if desk.operation in ENDS:
        return {ENDS[desk.operation]: first[ENDS[desk.operation]]}
    path = desk.entity.where.split("/edges/")[0].split("/")
    connection = first
    for step in path:
        connection = connection[step]
    body: Any = {"pageInfo": {"hasNextPage": True, "endCursor": connection["pageInfo"]["endCursor"]}}
    for step in reversed(path):
        body = {step: body}
    return body


@pytest.mark.parametrize("resource", CHAINED, ids=str)
def test_a_cursor_that_leads_back_ends_the_walk_and_the_next_sync_completes_it(
    resource: Resource, desks: NewDesk, whole: Whole
) -> None:
    undisturbed, desk = whole(resource), desks(resource)
    desk.order({"kind": "merge", "body": _leading_back(desk, undisturbed.documents[0]), "times": -1})
    visit = desk.sync()
    check_said(visit.stop(), {StopKind.FAILED})
    assert (visit.exit_code, visit.proven) == (Exit.PROVIDER_FAILED, False)
    assert desk.sent() <= 4
    desk.no_faults()
    final = desk.sync()
    assert final.stops == {}
    check_complete([*visit.kept, *final.kept], undisturbed)
    check_money(desk, undisturbed, bought_again=_twice(undisturbed))


# -- cursors that expire ----------------------------------------------------------------------------------------------


def check_expired(desk: Desk, whole: Undisturbed, times: int) -> Visit:
    """A forgotten cursor: free, the window is read again from its beginning, a few times; paid, it ends in a sentence."""
    desk.order({"kind": "expire", "skip": 1, "times": times})
    visit = desk.sync()
    if times == 1 and not desk.paid:
        assert (visit.stops, visit.proven) == ({}, True)
        check_complete(visit.kept, whole)
    else:
        check_said(visit.stop(), {StopKind.FAILED})
        assert (visit.exit_code, visit.proven) == (Exit.PROVIDER_FAILED, False)
    desk.no_faults()
    final = desk.sync()
    assert final.stops == {}
    check_complete([*visit.kept, *final.kept], whole)
    check_money(desk, whole, bought_again=whole.charged)
    return visit


@pytest.mark.parametrize("times", [1, -1], ids=["once", "for ever"])
@pytest.mark.parametrize("resource", CHAINED, ids=str)
def test_a_cursor_that_expires_begins_again_where_that_is_free_and_never_for_ever(
    resource: Resource, times: int, desks: NewDesk, whole: Whole
) -> None:
    undisturbed, desk = whole(resource), desks(resource)
    visit = check_expired(desk, undisturbed, times)
    # What a forgotten cursor costs is bounded: at most three beginnings more.
    assert len(visit.rows) <= 5 * len(undisturbed.pages)
    if desk.paid:
        assert [row.outcome for row in visit.rows] == ["ok", "ok", "retried"], "nothing is bought again by itself"


# -- slowly -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("resource", resources(), ids=str)
def test_an_answer_that_dribbles_in_is_waited_for(resource: Resource, desks: NewDesk, whole: Whole) -> None:
    undisturbed, desk = whole(resource), desks(resource)
    desk.order({"kind": "slow", "seconds": 0.5})
    visit = desk.sync()
    assert (visit.stops, visit.kept, visit.disturbed()) == ({}, undisturbed.kept, [])


@pytest.mark.parametrize("resource", resources(), ids=str)
def test_an_answer_that_never_ends_to_dribble_in_is_left_and_asked_for_again(
    resource: Resource, desks: NewDesk, whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    undisturbed, desk = whole(resource), desks(resource)
    monkeypatch.setattr(client, "LONGEST_ANSWER", 1)
    desk.order({"kind": "slow", "seconds": 4})
    visit = desk.sync(timeout_seconds=1.0)
    assert (visit.stops, visit.kept) == ({}, undisturbed.kept)
    assert visit.disturbed() == ["unknown" if desk.paid else "retried"]
    assert visit.rows[0].duration_ms is not None
    assert visit.rows[0].duration_ms < 3000
    if desk.paid:
        (partial,) = visit.unreadable
        assert 10 < len(partial.body) < len(json.dumps(undisturbed.documents[0])), "what came of it is kept"
    check_money(desk, undisturbed)


# -- null where something leads on -------------------------------------------------------------------------------------

SILENT: Mapping[str, tuple[str, ...]] = {
    "leadiq": ("edges", "pageInfo", "hasNextPage"),
    "leadiq.search_people": ("people",),
    "leadiq.search_accounts": ("companies",),
    "contactout": ("profiles",),
    "contactout.company_search_some": ("companies",),
    "letrics": ("data",),
}
"""Where null is known to pass for the end or for an empty page, although more was promised."""
ENDS: Mapping[str, str] = {"listProspects": "nextCursor"}
"""Where null, and nothing else, is the provider's word for the end."""


def _silent_places(resource: Resource) -> tuple[str, ...]:
    if _operation(resource) in ENDS:
        return ("items",)
    return SILENT.get(f"{resource.source}.{resource.name}") or SILENT[resource.source]


def check_envelope(desk: Desk, place: tuple[str, ...], page: int, whole: Undisturbed) -> None:
    """Null in place of something outside the records: all is read, or somebody is told, and later all is read."""
    body: Any = None
    for step in reversed(place):
        body = {step: body}
    desk.order({"kind": "merge", "body": body, "skip": page})
    visit = desk.sync()
    desk.no_faults()
    assert visit.exit_code in {EXIT_OF[stop.kind] for stop in visit.stops.values()} | {Exit.COMPLETE}
    told = visit.stops or not visit.proven
    assert told or set(visit.kept) == set(whole.kept), f"{visit.pages} of {whole.pages}, and not a word"
    final = desk.sync(after=ANOTHER_SEASON)
    assert final.stops == {}
    check_complete([*visit.kept, *final.kept], whole)


def _places(document: Any, records: list[str], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every place of an answer outside its records."""
    yield path
    if isinstance(document, dict) and list(path) != records:
        for name, value in document.items():
            yield from _places(value, records, (*path, name))


def _places_of(desk: Desk, document: Any) -> list[tuple[str, ...]]:
    return list(_places(document, re.split(r"/?\*", desk.entity.where)[0].split("/")))


@pytest.mark.parametrize("page", [0, 1], ids=["first", "later"])
@pytest.mark.parametrize("resource", PAGED, ids=str)
def test_null_in_an_envelope_is_noticed_or_does_no_harm(
    resource: Resource, page: int, desks: NewDesk, whole: Whole
) -> None:
    undisturbed = whole(resource)
    places = [
        place
        for place in _places_of(desks(resource), undisturbed.documents[page])
        if place[-1:] not in [(name,) for name in (*_silent_places(resource), ENDS.get(_operation(resource)))]
    ]
    assert len(places) > 2 or _operation(resource) in ENDS
    for place in places:
        check_envelope(desks(resource), place, page, undisturbed)


def _silent() -> Iterator[Any]:
    for resource in PAGED:
        if resource.account == "paid":
            for name in _silent_places(resource):
                yield pytest.param(resource, name, id=f"{resource}-{name}")


@pytest.mark.parametrize(("resource", "name"), _silent())
def test_null_where_more_was_promised_never_passes_for_the_end(
    resource: Resource, name: str, desks: NewDesk, whole: Whole
) -> None:
    undisturbed, desk = whole(resource), desks(resource)
    place = next(one for one in _places_of(desk, undisturbed.documents[1]) if one[-1:] == (name,))
    check_envelope(desk, place, 1, undisturbed)
