"""The documented examples go from HTTP to marts, and nothing is lost on the way."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sources.contactout.records import ENTITIES as CONTACTOUT
from sources.landing import Column, Entity, columns, put_together
from sources.leadiq.records import ENTITIES as LEADIQ
from sources.letrics.records import ENTITIES as LETRICS
from tests.house import CONFIGURATION, PROJECT, SECRETS, House, running_sandbox
from tests.reference import contactout_examples, leadiq_example, reference_is_there

pytestmark = pytest.mark.slow

ENTITIES = {"leadiq": LEADIQ, "contactout": CONTACTOUT, "letrics": LETRICS}
OWN = PROJECT / "sandbox" / "examples"
FIRST = date(2026, 3, 2)
SEARCH = '\n[sources.contactout.searches.leaders]\nname = "Somebody"\nreveal_info = true\n'


@dataclass
class Examples:
    """A warehouse that was fed with examples, and the bodies it was fed with, by operation."""

    house: House
    served: dict[str, list[str]] = field(default_factory=dict)


def _feed(folder: Path, sets: list[dict[str, str]]) -> Examples:
    """One sync per set of bodies, 40 days apart, so that saved searches are bought again; then one build."""
    fed = Examples(House(folder))
    day = FIRST.isoformat()
    for number, bodies in enumerate(sets):
        directory = folder / f"examples-{number}"
        directory.mkdir()
        for operation, body in bodies.items():
            (directory / f"{operation}.json").write_text(body)
            fed.served.setdefault(operation, []).append(body)
        with running_sandbox("--examples-dir", str(directory)) as sandbox:
            info = sandbox.info
            settings = CONFIGURATION.format(prospector=info["leadiq"]["prospector_base_url"], **info["examples"])
            before, after = settings.split("[sources.contactout.searches.leaders]")
            settings = before + "[sources.letrics]" + after.split("[sources.letrics]")[1] + SEARCH
            (folder / ".dlt").mkdir(exist_ok=True)
            (folder / ".dlt" / "config.toml").write_text(settings)
            (folder / ".dlt" / "secrets.toml").write_text(SECRETS)
            day = (FIRST + timedelta(days=40 * number)).isoformat()
            fed.house.run("sync", "--no-build", day=day).ok()
    fed.house.run("build", day=day).ok()
    return fed


# Where the reference is at hand, its examples are as many and as odd as ours.
OURS = pytest.param("own", marks=[pytest.mark.soak] if reference_is_there() else [])


@pytest.fixture(scope="module", params=[OURS, "reference"])
def examples(request: pytest.FixtureRequest, folder: Callable[[str], Path]) -> Iterator[Examples]:
    own = {path.stem: path.read_text() for path in OWN.glob("*.json")}
    if request.param == "own":
        yield _feed(folder("own"), [own])
        return
    if not reference_is_there():
        pytest.skip("the reference documents are not beside this checkout")
    searches = contactout_examples("People Search API")
    stats = contactout_examples("Postpaid") + contactout_examples("Prepaid")
    contacts, companies = leadiq_example("trackedContacts"), leadiq_example("trackedCompanies")
    assert [len(searches), len(stats), len(contacts), len(companies)] == [4, 2, 1, 1]
    named = {
        "contactout.people_search": searches,
        "contactout.stats": stats,
        "leadiq.trackedContacts": contacts,
        "leadiq.trackedCompanies": companies,
    }
    sets = [
        {operation: body for operation, body in zip(named, bodies, strict=True) if body is not None}
        for bodies in zip_longest(*named.values())
    ]
    yield _feed(folder("reference"), sets)


def test_every_answer_is_put_together_again_from_raw(examples: Examples) -> None:
    rebuilt = _rebuilt(examples.house)
    for operation, bodies in examples.served.items():
        provider, name = operation.split(".")
        if name in ("usage", "contactTrackingBalance"):
            continue
        for body in bodies:
            assert json.loads(body) in rebuilt[provider, name], operation


def test_every_payload_is_the_record_character_for_character(examples: Examples) -> None:
    payloads: set[str] = set()
    with duckdb.connect(str(examples.house.warehouse), read_only=True) as connection:
        for provider, entities in ENTITIES.items():
            for entity in entities:
                payloads |= {
                    row[0] for row in connection.execute(f"select payload from raw_{provider}.{entity.name}").fetchall()
                }
    text = "\n".join(body for bodies in examples.served.values() for body in bodies)
    own = "\n".join(path.read_text() for path in OWN.glob("*.json"))
    assert payloads
    assert all(payload in text or payload in own for payload in payloads)


def test_no_field_of_the_examples_is_unknown_and_none_is_unreadable(examples: Examples) -> None:
    with duckdb.connect(str(examples.house.warehouse), read_only=True) as connection:
        drift = connection.execute("select provider, entity, kind, field from raw_leadhouse.drift").fetchall()
        quarantined = connection.execute("select * from raw_leadhouse.quarantine").fetchall()
    assert quarantined == []
    assert [one for one in drift if one[2] != "unknown_value"] == []


def test_every_field_of_every_record_is_found_in_staging(examples: Examples) -> None:
    seen = 0
    with duckdb.connect(str(examples.house.warehouse), read_only=True) as connection:
        for provider, entities in ENTITIES.items():
            for entity in entities:
                seen += check_staging(connection, provider, entity)
    assert seen > 80


def test_the_examples_reach_the_marts(examples: Examples) -> None:
    people = examples.house.query("select full_name, title, company_name from marts.dim_people")
    assert len(people) >= 2
    assert (
        examples.house.query("select count(*) from marts.fct_credit_balances where provider = 'contactout'")[0][0] >= 3
    )
    assert examples.house.query("select count(*) from marts.fct_job_changes")[0][0] == 1


def _rebuilt(house: House) -> dict[tuple[str, str], list[Any]]:
    """Each answer from its ledger row's envelope and its records' payloads."""
    answers: dict[tuple[str, str], list[Any]] = {}
    with duckdb.connect(str(house.warehouse), read_only=True) as connection:
        payloads: dict[str, dict[str, str]] = {}
        for provider, entities in ENTITIES.items():
            for entity in entities:
                rows = connection.execute(
                    f"select _request_id, _path, payload from raw_{provider}.{entity.name}"
                ).fetchall()
                for request_id, path, payload in rows:
                    payloads.setdefault(request_id, {})[path] = payload
        for request_id, provider, operation, envelope in connection.execute(
            "select request_id, provider, operation, envelope from raw_leadhouse.requests where envelope is not null"
        ).fetchall():
            document = put_together(envelope, payloads.get(request_id, {}))
            answers.setdefault((provider, operation), []).append(document)
    return answers


def check_staging(connection: duckdb.DuckDBPyConnection, provider: str, entity: Entity) -> int:
    """Every value of every canonical record stands in its staging column; returns how many were compared."""
    stem = f"staging.stg_{provider}__{entity.name}"
    compared = 0
    for row_id, text in connection.execute(f"select _row_id, record from raw_{provider}.{entity.name}").fetchall():
        record = json.loads(text)
        for column in columns(entity.model):
            value = _at(record, column.path)
            if value is None or value == []:
                continue
            if not column.is_list:
                (staged,) = connection.execute(
                    f'select "{column.name}" from {stem} where _row_id = ?', [row_id]
                ).fetchall()[0]
                assert _same(staged, value), (entity.name, column.name, staged, value)
                compared += 1
                continue
            rows = connection.execute(
                f"select * from {stem}__{column.name} where _row_id = ? order by position", [row_id]
            )
            names = [one[0] for one in rows.description or ()]
            found = [dict(zip(names, one, strict=True)) for one in rows.fetchall()]
            assert len(found) == len(value)
            for staged_row, element in zip(found, value, strict=True):
                compared += _check_element(staged_row, element, column)
    return compared


def _check_element(staged: dict[str, Any], element: Any, column: Column) -> int:
    if column.children is None:
        assert _same(staged["value"], element)
        return 1
    compared = 0
    for child in column.children:
        value = _at(element, child.path)
        if value is None or value == []:
            continue
        if child.is_list:
            assert json.loads(staged[child.name]) == value
        else:
            assert _same(staged[child.name], value), (column.name, child.name)
        compared += 1
    return compared


def _at(record: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        record = record.get(step) if isinstance(record, dict) else None
    return record


def _same(staged: Any, value: Any) -> bool:
    """The staged value says what the canonical one says."""
    if hasattr(staged, "isoformat"):
        return str(value).startswith(str(staged.isoformat()))
    return bool(staged == value)
