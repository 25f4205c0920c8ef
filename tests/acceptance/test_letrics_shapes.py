"""Letrics as one account may have it and another may not: shapes, orders, methods; read without configuration."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sources.metered import StopKind
from tests.acceptance import promises
from tests.acceptance.promises import Bench, records
from tests.desk import Resource, sandbox_options
from tests.house import Sandbox, running_sandbox
from tests.towns import NewDesk

SHAPES = ("nested", "flat", "bare")
ORDERS = ("oldest", "newest")
COLLECTIONS = ("contacts", "companies")


@pytest.fixture(scope="module", params=[(shape, order) for shape in SHAPES for order in ORDERS], ids="-".join)
def town(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    shape, order = request.param
    with running_sandbox(*sandbox_options("free"), "--letrics-shape", shape, "--letrics-order", order) as one:
        yield one


@pytest.fixture(scope="module")
def plain() -> Iterator[Sandbox]:
    with running_sandbox(*sandbox_options("free")) as one:
        yield one


@pytest.mark.parametrize("name", COLLECTIONS)
def test_every_shape_and_order_keeps_the_promises_of_reading(name: str, town: Sandbox, desks: NewDesk) -> None:
    bench = Bench(Resource("letrics", name, "free"), desks, more={"town": town})
    promises.check_full_read(bench)
    promises.check_states(bench)
    promises.check_lossless(bench)
    promises.check_backfill(bench)
    promises.check_changes(bench)


@pytest.mark.parametrize("name", COLLECTIONS)
def test_every_shape_and_order_is_read_as_the_same_records(
    name: str, town: Sandbox, plain: Sandbox, desks: NewDesk
) -> None:
    found = desks(Resource("letrics", name, "free"), town=town).sync()
    expected = desks(Resource("letrics", name, "free"), town=plain).sync()
    by_id = {one["id"]: one for one in records(expected.kept)}
    assert {one["id"]: one for one in records(found.kept)} == by_id
    assert len(by_id) > 30


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("list_keys", ["repeated", "brackets"])
def test_every_way_of_asking_finds_the_same(method: str, list_keys: str, plain: Sandbox, desks: NewDesk) -> None:
    resource = Resource("letrics", "contacts", "free")
    filters = {"departments": ["Marketing", "Sales"], "has_linkedin_profile": True}
    expected = {one["id"] for one in records(desks(resource, town=plain).sync().kept)
                if one["department"] in filters["departments"] and one["linkedin_url"]}  # type: ignore[operator]  # fmt: skip
    asking = {"method": method, "list_keys": list_keys, "contacts": filters}
    changes = {f"sources.letrics.{key}": value for key, value in asking.items()}
    found = desks(resource, town=plain, changes=changes).sync()
    assert {one["id"] for one in records(found.kept)} == expected
    assert len(expected) > 3


@pytest.fixture(scope="module")
def shuffled() -> Iterator[Sandbox]:
    with running_sandbox(*sandbox_options("free"), "--letrics-order", "shuffled") as one:
        yield one


def test_a_provider_without_any_order_is_found_out_and_never_taken_for_complete(
    shuffled: Sandbox, desks: NewDesk
) -> None:
    visit = desks(Resource("letrics", "contacts", "free"), town=shuffled).sync()
    stop = visit.stop()
    assert stop is not None
    assert stop.kind is StopKind.SHIFTED
    assert not visit.proven
