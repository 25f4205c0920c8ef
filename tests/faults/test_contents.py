"""Whatever a record holds lands word for word, and what was unexpected is counted: no content stops a sync."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from leadhouse.catalogue import SOURCES
from sources.landing import read_answer
from sources.metered import StopKind
from tests.desk import NOW, Desk, Resource, Undisturbed, resources, settings
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
            continue  # Its cells are text, whatever they hold: see below.
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


def _files() -> Iterator[Any]:
    for resource in resources():
        source = SOURCES[resource.source]
        entity = source.entity_of(source.walks(settings(resource.account)), resource.name)
        if entity is not None and entity.reads == "csv":
            yield pytest.param(resource, id=str(resource))


@pytest.mark.promise("drift")
@pytest.mark.parametrize("resource", _files())
def test_a_line_of_a_file_lands_cell_for_cell_whatever_it_holds(
    resource: Resource, desks: Callable[[Resource], Desk], whole: Callable[[Resource], Undisturbed]
) -> None:
    document, entity = whole(resource).documents[0], desks(resource).entity
    columns = [*document["columns"], "Mood"]
    moments = [name for name in document["columns"] if name.endswith(" At")]
    assert moments
    wrong = [*document["rows"][0].values(), 'a; "b"\n\x00😀']
    wrong[columns.index(moments[0])] = "not a time"
    lines = [wrong, [*document["rows"][1].values(), "x", "surplus", ""], list(document["rows"][2].values())[:2]]
    body = io.StringIO(newline="")
    csv.writer(body).writerows([columns, *lines])
    rows, findings = read_answer(entity, "q", "r", "s", NOW, body.getvalue().encode())
    for row, line in zip(rows, lines, strict=True):
        payload = json.loads(row["payload"])
        assert [*payload.values()][: len(columns)] == line[: len(columns)]
        assert payload.get("_surplus", []) == line[len(columns) :]
        assert row["record"] is not None
    assert findings.drift == {("unknown_field", "Mood"): 2, ("wrong_type", "updated_at"): 1}
    assert findings.quarantined == []


@pytest.mark.parametrize("resource", resources(), ids=str)
def test_every_resource_notices_what_is_missing_or_says_why_it_cannot(resource: Resource) -> None:
    of_account = settings(resource.account)
    source = SOURCES[resource.source]
    walk = next(walk for walk in source.walks(of_account) if walk.resource == resource.name)
    entity = source.entity_of([walk], resource.name)
    assert entity is not None
    notices = any(one.name == "missing" for one in contents(entity, frozenset()))
    assert notices != ("missing" in walk.cannot)
