"""Faults as a person meets them: `leadhouse sync` as a process, its exit code, its words, and what is in the warehouse.

Run by `make faults`: each case is several processes.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from leadhouse.catalogue import SOURCES, Source
from leadhouse.failures import Exit
from leadhouse.sync import EXIT_OF
from sandbox.spoil import PAGE
from sources.metered import Action, StopKind
from sources.paging import Walk
from tests.desk import first_question, settings
from tests.faults.checks import SECRETS, Case, expected
from tests.faults.contents import NO_RECORD, Content, contents, counted, keys_of
from tests.faults.lines import lines, orders
from tests.house import House, Run, Sandbox, forms_of_keys, running_sandbox

pytestmark = pytest.mark.faults

Row = tuple[str, str]


@pytest.fixture(scope="module")
def town() -> Iterator[Sandbox]:
    with running_sandbox("--people", "160", "--companies", "90", "--rate-scale", "1000") as one:
        yield one


@pytest.fixture
def house(town: Sandbox, tmp_path: Path) -> Iterator[House]:
    """An empty house that is not patient."""
    town.no_faults()
    town.http.delete("/sandbox/books").raise_for_status()
    one = House(tmp_path).configure(town.info).prepare()
    one.environment |= {"LEADHOUSE__PATIENCE_SECONDS": "20"}
    yield one
    town.no_faults()


@pytest.fixture(scope="module")
def truth(town: Sandbox, folder: Callable[[str], Path]) -> dict[str, list[Row]]:
    """The records of each raw table after a sync that nobody disturbed."""
    town.no_faults()
    house = House(folder("undisturbed")).configure(town.info)
    house.run("sync", "--no-build").ok()
    return {f"{source.dataset}.{entity.name}": raw(house, source, entity.name) for source, entity in _entities()}


def _entities() -> Iterator[tuple[Source, Any]]:
    """The raw tables that a house fills which searches nothing but ContactOut's people."""
    unused = {
        "leadiq": ("searches", "company_tracking", "prospector"),
        "contactout": ("company_searches", "decision_makers"),
    }
    plain = settings("free", changes={f"sources.{name}.{key}": {} for name, keys in unused.items() for key in keys})
    for source in SOURCES.values():
        filled = {walk.entity for walk in source.walks(plain)}
        for entity in source.entities:
            if entity.name in filled:
                yield source, entity


def raw(house: House, source: Source, table: str) -> list[Row]:
    """(key, payload) of the records of a raw table, each once."""
    rows = house.query(f"select distinct record_key, payload from {source.dataset}.{table}", house.warehouse)
    return sorted((str(key), str(payload)) for key, payload in rows)


def spending(name: str) -> Walk:
    """The first resource of a source that is read in pages."""
    return next(walk for walk in SOURCES[name].walks(settings("paid")) if not walk.reads_meter)


def outcomes(house: House) -> list[str]:
    found = house.query("select outcome from raw_leadhouse.requests order by request_id", house.warehouse)
    return [str(row[0]) for row in found]


def time_passes(house: House) -> None:
    """Whatever a provider asked to wait for is over."""
    for path in (house.folder / "data").glob("pace.sqlite*"):
        path.unlink()


def check_told(run: Run) -> None:
    for secret in (*SECRETS, *forms_of_keys()):
        assert secret not in run.out + run.err
    assert "Traceback" not in run.err


# -- whatever is in a record ------------------------------------------------------------------------------------------

FIRST_DAY = date(2026, 3, 2)
APART = timedelta(days=41)
"""So far apart that everything is due again."""


# The longest comes first: its process would be the last one at work.
def test_whatever_records_hold_they_land_word_for_word_and_the_marts_are_built(house: House, town: Sandbox) -> None:
    house.environment["SOURCES__LEADIQ__TRACKED_CONTACTS__OVERLAP_DAYS"] = "3650"
    house.run("sync", "--no-build", day=str(FIRST_DAY)).ok()
    before = {source.dataset + entity.name: raw(house, source, entity.name) for source, entity in _entities()}
    trials: dict[str, list[Content]] = {}
    for source, entity in _entities():
        names = {key for _, payload in before[source.dataset + entity.name] for key in keys_of(json.loads(payload))}
        trials[source.dataset + entity.name] = contents(entity, names)
    for number in range(max(len(found) for found in trials.values())):
        texts = [
            trials[source.dataset + entity.name][number].order(source.name, entity.operation)
            for source, entity in _entities()
            if number < len(trials[source.dataset + entity.name])
        ]
        town.http.put("/sandbox/faults", content=f"[{', '.join(texts)}]").raise_for_status()
        ended = house.run("sync", "--no-build", day=str(FIRST_DAY + (number + 1) * APART))
        assert ended.code == 0, ended.out + ended.err
        check_told(ended)
    town.no_faults()

    for source, entity in _entities():
        whole = before[source.dataset + entity.name]
        came = {payload for _, payload in raw(house, source, entity.name)}
        drift = set(
            house.query(
                f"select kind, field from raw_leadhouse.drift where provider = '{source.name}' and entity = '{entity.name}'",
                house.warehouse,
            )
        )
        for content in trials[source.dataset + entity.name]:
            if entity.name not in ("account", "usage", "contact_tracking_balance", "stats"):
                possible = {content.laid_over(payload) for _, payload in whole}
                assert possible & came, f"{entity.name}: {content.name}"
            assert content.drift <= counted(drift), f"{entity.name}: {content.name}"
    quarantined = house.query("select entity, payload from raw_leadhouse.quarantine order by all", house.warehouse)
    assert quarantined == sorted((entity.name, f'"{NO_RECORD}"') for _, entity in _entities() if entity.where)

    built = house.run("build")
    assert built.code == 0, built.out + built.err
    assert house.query("select count(*) > 100 from marts.dim_people") == [(True,)]


# -- one line for each thing that may be done --------------------------------------------------------------------------


def _actions() -> Iterator[Any]:
    """Of each provider's table the first line for each action: whether it passes, and how the sync must end."""
    for name in SOURCES:
        walk, seen = spending(name), set()
        for line in lines(name):
            if line.rule.action in seen or line.rule.kind == "connect":
                continue
            seen.add(line.rule.action)
            passes = line.rule.action in (Action.ASK_FOR_LESS, Action.EXPIRED, Action.NOTHING_FOUND)
            skip = 0 if line.rule.action is Action.NOTHING_FOUND else 1
            case = Case(line, orders(line, first_question(walk))[0], skip, passes)
            yield pytest.param(name, walk, case, id=f"{name}-{line}")


@pytest.mark.parametrize(("name", "walk", "case"), _actions())
def test_a_sync_ends_with_the_lines_exit_code_and_the_next_one_completes_it(
    name: str, walk: Walk, case: Case, house: House, town: Sandbox, truth: dict[str, list[Row]]
) -> None:
    source = SOURCES[name]
    table, operation = walk.entity, first_question(walk).operation
    # A sandbox charges for nothing but what is documented, and a search is.
    paid = operation in source.provider(settings("free")).prices
    should = expected(case, paid, name, operation)
    headers = {"retry-after": "3600"} if case.rule.action is Action.WAIT else {}
    assert case.order.fault is not None
    fault: Mapping[str, Any] = case.order.fault
    town.fault(
        **{**fault, "provider": name, "operation": operation, "skip": case.skip, "headers": headers},
        times=1 if case.passes else -1,
    )

    ended = house.run("sync", name, "--no-build", "--json")

    assert ended.code == (EXIT_OF[should.stop] if should.stop else Exit.COMPLETE), ended.out + ended.err
    check_told(ended)
    stopped = {one["resource"]: one["stopped"] for one in ended.json["syncs"][0]["resources"] if one["stopped"]}
    assert bool(stopped) == (should.stop is not None)
    whole = truth[f"{source.dataset}.{table}"]
    if case.rule.action is Action.NOTHING_FOUND:
        assert raw(house, source, table) == []
    else:
        assert set(keys(raw(house, source, table))) <= set(keys(whole))
    for outcome in should.disturbed[-1:]:
        assert outcome in outcomes(house)
    town.no_faults()

    if case.rule.action is Action.WAIT:
        asked = len(town.books()["requests"])
        early = house.run("sync", name, "--no-build")
        assert early.code == Exit.PROVIDER_FAILED
        assert "run the sync again later" in " ".join(early.out.split())
        assert len([one for one in town.books()["requests"][asked:] if one["operation"] == operation]) == 0
        time_passes(house)
    if should.stop is StopKind.UNKNOWN:
        house.environment["LEADHOUSE__REPEAT_UNKNOWN_UP_TO"] = "1000"

    later = "2026-04-20" if case.rule.action is Action.NOTHING_FOUND else "2026-03-02"
    house.run("sync", name, "--no-build", day=later).ok()

    if case.rule.action is Action.ASK_FOR_LESS:
        assert keys(raw(house, source, table)) == keys(whole)
    else:
        assert raw(house, source, table) == whole
    spent = dict(
        house.query("select credit_type, sum(credits_estimated) from raw_leadhouse.request_credits group by 1", house.warehouse)
    )  # fmt: skip
    for credit_type, amount in town.charged(name).items():
        assert float(spent[credit_type]) >= amount


def keys(rows: list[Row]) -> list[str]:
    return [key for key, _ in rows]


# -- what one case each must show -------------------------------------------------------------------------------------


def test_a_page_of_html_in_place_of_a_paid_answer_is_kept_whole_and_counts_as_spent(
    house: House, town: Sandbox, truth: dict[str, list[Row]]
) -> None:
    town.fault(provider="contactout", operation="people_search", kind="html", skip=1)
    house.run("sync", "contactout", "--no-build").ok()
    kept = house.query("select entity, path, payload, request_id from raw_leadhouse.quarantine", house.warehouse)
    assert [row[:3] for row in kept] == [("", "", PAGE.decode())]
    lost = house.query(
        "select request_id, credit_type, credits_estimated from raw_leadhouse.requests "
        "inner join raw_leadhouse.request_credits using (request_id) where outcome = 'unknown' order by all",
        house.warehouse,
    )
    assert lost == [(kept[0][3], kind, 25.0) for kind in ("email", "phone", "search")]
    assert raw(house, SOURCES["contactout"], "people") == truth["raw_contactout.people"]


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    """Another host, and what reached it."""
    seen: list[str] = []

    class Target(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(str(self.headers))
            self.send_response(200)
            self.end_headers()

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            return None

    server = HTTPServer(("127.0.0.1", 0), Target)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/v1", seen
    server.shutdown()
    server.server_close()


def test_no_key_ever_follows_a_redirect_to_another_host(
    house: House, town: Sandbox, elsewhere: tuple[str, list[str]], truth: dict[str, list[Row]]
) -> None:
    address, seen = elsewhere
    faults = [
        {"provider": name, "kind": "redirect", "status": 307, "location": address, "times": -1} for name in SOURCES
    ]
    town.http.put("/sandbox/faults", json=faults).raise_for_status()
    ended = house.run("sync", "--no-build", "--json")
    assert ended.code == Exit.PROVIDER_FAILED
    assert seen == []
    check_told(ended)
    stopped = [one["stopped"] for one in ended.json["syncs"][0]["resources"]]
    assert all("redirects are not followed" in sentence for sentence in stopped)
    assert town.charged() == {}
    town.no_faults()
    house.run("sync", "--no-build").ok()
    for source, entity in _entities():
        if entity.name not in ("account", "usage", "contact_tracking_balance", "stats"):
            assert raw(house, source, entity.name) == truth[f"{source.dataset}.{entity.name}"]


def test_data_that_comes_with_errors_is_kept_and_the_next_sync_completes(
    house: House, town: Sandbox, truth: dict[str, list[Row]]
) -> None:
    town.fault(
        provider="leadiq",
        operation="trackedCompanies",
        kind="merge",
        body={"errors": [{"message": "some companies could not be read by jane.roe@example.com"}]},
    )
    ended = house.run("sync", "leadiq", "--no-build", "--json")
    assert ended.code == Exit.PROVIDER_FAILED
    check_told(ended)
    leadiq = SOURCES["leadiq"]
    assert raw(house, leadiq, "tracked_companies") == truth["raw_leadiq.tracked_companies"]
    partial = "select is_partial from raw_leadhouse.windows where resource = 'tracked_companies' order by window_id"
    assert house.query(partial, house.warehouse) == [(True,)]
    house.run("sync", "leadiq", "--no-build").ok()
    assert house.query(partial, house.warehouse) == [(True,), (False,)]


def test_an_answer_that_does_not_come_in_time_is_asked_for_again(
    house: House, town: Sandbox, truth: dict[str, list[Row]]
) -> None:
    house.environment["LEADHOUSE__TIMEOUT_SECONDS"] = "3"
    town.fault(provider="letrics", operation="contacts", kind="stall", seconds=8, skip=1)
    house.run("sync", "letrics", "--no-build").ok()
    assert "retried" in outcomes(house)
    assert raw(house, SOURCES["letrics"], "contacts") == truth["raw_letrics.contacts"]
