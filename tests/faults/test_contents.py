"""Whatever a record holds lands word for word, and what was unexpected is counted: no content stops a sync."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from leadhouse.catalogue import SOURCES
from sources.metered import StopKind
from tests.desk import Desk, Resource, Undisturbed, resources, settings
from tests.faults.contents import BIG_NUMBER, NO_RECORD, contents, counted, keys_of

NAMES = ("strange", "nulls", "five megabytes", "wrong types", "wrong types inside", "missing", "no object")


def _cases() -> Iterator[Any]:
    charged = {one.name for one in resources() if one.account == "paid"}
    for resource in resources():
        if resource.account == "free" and resource.name in charged:
            continue
        source = SOURCES[resource.source]
        entity = source.entity_of(source.walks(settings(resource.account)), resource.name)
        assert entity is not None
        if entity.reads == "csv":
            # A cell is text, whatever it holds; see tests/metered/test_csv_answers.py.
            continue
        known = [one.name for one in contents(entity, frozenset())]
        assert set(known) <= set(NAMES)
        for name in known:
            yield pytest.param(resource, name, id=f"{resource}-{name.replace(' ', '_')}")


@pytest.mark.promise("drift")
@pytest.mark.parametrize(("resource", "name"), _cases())
def test_a_record_lands_word_for_word_whatever_it_holds(
    resource: Resource,
    name: str,
    desks: Callable[[Resource], Desk],
    whole: Callable[[Resource], Undisturbed],
) -> None:
    undisturbed, desk = whole(resource), desks(resource)
    keys = {key for one in undisturbed.kept for key in keys_of(json.loads(one.payload))}
    content = next(one for one in contents(desk.entity, keys) if one.name == name)
    text = f"[{content.order(resource.source, desk.operation)}]"
    desk.town.http.put("/sandbox/faults", content=text).raise_for_status()
    visit = desk.sync()
    if desk.entity.name == "company_tracking_tasks":
        # Whose state cannot be read is not known to be done.
        assert {stop.kind for stop in visit.stops.values()} <= {StopKind.PENDING}
    else:
        assert (visit.stops, visit.proven) == ({}, True)
    assert visit.disturbed() == []
    assert [one.payload for one in visit.kept[1:]] == [one.payload for one in undisturbed.kept[1:]]
    assert visit.kept[0].payload == content.laid_over(undisturbed.kept[0].payload)
    found = {one for findings in visit.findings for one in findings.drift}
    assert content.drift <= counted(found)
    quarantined = [one for findings in visit.findings for one in findings.quarantined]
    assert [payload for _, _, payload in quarantined] == ([json.dumps(NO_RECORD)] if name == "no object" else [])
    if name == "strange":
        for written in ('"surplus":1.70', str(BIG_NUMBER), '"half":"\\ud800"'):
            assert written in visit.kept[0].payload
    if name == "wrong types":
        assert len(content.drift) > 2
    if name == "nulls":
        assert all(kind != "wrong_type" for kind, _ in found)


@pytest.mark.parametrize("resource", resources(), ids=str)
def test_every_resource_notices_what_is_missing_or_says_why_it_cannot(resource: Resource) -> None:
    of_account = settings(resource.account)
    source = SOURCES[resource.source]
    walk = next(walk for walk in source.walks(of_account) if walk.resource == resource.name)
    entity = source.entity_of([walk], resource.name)
    assert entity is not None
    notices = any(one.name == "missing" for one in contents(entity, frozenset()))
    assert notices != ("missing" in walk.cannot)
