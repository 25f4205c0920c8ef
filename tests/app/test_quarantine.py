"""What could not be read is listed, shown and settled, and nothing of it is ever deleted."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.house import DAYS, House, Run, running_sandbox

pytestmark = pytest.mark.slow

CONTACTS: list[Any] = ["a secret word", 7, {"id": "c1", "full_name": "Ada Example"}, None]
COMPANIES: list[Any] = [["Example"], {"id": "x1", "name": "Example"}]


@pytest.fixture(scope="module")
def loaded(folder: Callable[[str], Path]) -> House:
    """A house whose letrics sent records that are none."""
    with running_sandbox() as sandbox:
        house = House(folder("loaded")).configure(sandbox.info).prepare()
        rules = [
            {"provider": "letrics", "operation": name, "kind": "body", "body": {"data": records}}
            for name, records in (("contacts", CONTACTS), ("companies", COMPANIES))
        ]
        sandbox.http.put("/sandbox/faults", json=rules).raise_for_status()
        house.run("sync", "letrics", "--no-build").ok()
    return house


@pytest.fixture
def house(loaded: House, tmp_path: Path) -> House:
    """A copy of it; nobody answers any more."""
    shutil.copytree(loaded.folder, tmp_path / "house")
    return House(tmp_path / "house")


def change(house: House, *statements: str) -> None:
    with duckdb.connect(str(house.warehouse)) as connection:
        for statement in statements:
            connection.execute(statement)


def lines(house: House, *options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = house.run("quarantine", "list", "--json", *options).ok().json["lines"]
    return found


def refused(ended: Run, says: str) -> None:
    assert (ended.code, ended.out) == (2, "")
    assert says in " ".join(ended.err.split())
    assert "Traceback" not in ended.err


def fits(out: str) -> bool:
    return all(len(line) <= 80 for line in out.splitlines())


def whole_answer(house: House, payload: str) -> None:
    """A line as an answer leaves it that was no JSON at all."""
    with duckdb.connect(str(house.warehouse)) as connection:
        connection.execute(
            "insert into raw_leadhouse.quarantine (row_id, request_id, provider, entity, path, reason, payload, seen_at, "
            "_dlt_load_id) values ('eeee0000', 'r1', 'contactout', '', null, 'the answer is not JSON', ?, "
            "timestamp '2026-03-02 07:00:00', '1')",
            [payload],
        )


def test_what_is_open_is_listed_by_raw_table_with_its_reasons_counted_and_never_its_payload(house: House) -> None:
    ended = house.run("quarantine", "list").ok()
    assert fits(ended.out)
    assert "letrics.contacts: 3 open" in ended.out
    assert "letrics.companies: 1 open" in ended.out
    assert "1 x an object was expected, null came" in ended.out
    assert "secret" not in ended.out
    assert "2026-03-02 06:00" in ended.out


def test_the_list_for_machines_has_every_line_and_no_payload(house: House) -> None:
    ended = house.run("quarantine", "list", "--json").ok()
    assert "secret" not in ended.out
    found = ended.json["lines"]
    assert sorted((one["entity"], one["characters"], one["settlement"]) for one in found) == [
        ("companies", len('["Example"]'), None),
        ("contacts", 1, None),
        ("contacts", 4, None),
        ("contacts", len('"a secret word"'), None),
    ]
    assert sum(one["count"] for one in ended.json["reasons"]) == 4
    assert ended.json["exit_code"] == 0


def test_the_newest_is_listed_first_and_a_source_can_be_chosen(house: House) -> None:
    whole_answer(house, "<html>")
    assert lines(house)[0]["id"] == "eeee0000"
    assert {one["provider"] for one in lines(house, "letrics")} == {"letrics"}
    assert lines(house, "leadiq") == []
    assert house.run("quarantine", "list", "leadiq").ok().out.strip() == "Nothing is open in quarantine."
    refused(house.run("quarantine", "list", "hubspot"), "There is no source 'hubspot'.")


def test_one_is_shown_with_its_payload_and_what_to_do_next(house: House) -> None:
    one = next(line for line in lines(house) if line["entity"] == "companies")
    ended = house.run("quarantine", "show", one["id"][:8].upper()).ok()
    assert '[\n  "Example"\n]' in ended.out
    words = " ".join(ended.out.split())
    assert "leadhouse reparse letrics --only companies" in words
    assert f"leadhouse quarantine discard {one['id'][:8]}" in words
    assert one["request_id"] in words
    assert fits(ended.out)
    shown = house.run("quarantine", "show", one["id"], "--json").ok().json
    assert (shown["payload"], shown["path"]) == ('["Example"]', "/data/0")


def test_one_is_discarded_and_raw_and_quarantine_keep_it(house: House) -> None:
    before = house.query(
        "select payload, (select count(*) from raw_letrics.contacts) from raw_leadhouse.quarantine", house.warehouse
    )
    chosen, *others = lines(house, "letrics")
    ended = house.run("quarantine", "discard", chosen["id"][:8]).ok()
    assert ended.out.strip() == "Discarded 1; raw keeps what they hold."
    assert [one["id"] for one in lines(house)] == [one["id"] for one in others]
    settled = next(one for one in lines(house, "--all") if one["id"] == chosen["id"])
    assert (settled["settlement"], settled["settled_at"]) == ("discarded", "2026-03-02T06:00:00")
    out = house.run("quarantine", "list", "--all").ok().out
    assert "discarded 2026-03-02" in out
    assert fits(out)
    after = house.query(
        "select payload, (select count(*) from raw_letrics.contacts) from raw_leadhouse.quarantine", house.warehouse
    )
    assert after == before
    refused(house.run("quarantine", "discard", chosen["id"]), "is settled already (discarded 2026-03-02 06:00).")


def test_all_with_one_reason_are_discarded_and_then_everything(house: House) -> None:
    ended = house.run("quarantine", "discard", "--reason", "A NUMBER came", "--json").ok()
    assert ended.json["discarded"] == 1
    assert len(lines(house)) == 3
    refused(house.run("quarantine", "discard", "--reason", "a number"), "No open reason holds 'a number'")
    assert house.run("quarantine", "discard", "--everything", "--json").ok().json["discarded"] == 3
    refused(house.run("quarantine", "discard", "--everything"), "Nothing is open in quarantine")
    assert house.run("quarantine", "list").ok().out.strip() == "Nothing is open in quarantine."


def test_a_discard_counts_although_the_clock_stands_before_the_record_was_seen(house: House) -> None:
    house.run("quarantine", "discard", "--everything", day="2026-01-01").ok()
    assert lines(house) == []


@pytest.mark.parametrize(
    "arguments",
    [(), ("--reason", "a", "--everything"), ("0123", "--everything"), ("0123", "--reason", "a")],
)
def test_what_to_discard_is_said_in_one_way(house: House, arguments: tuple[str, ...]) -> None:
    refused(house.run("quarantine", "discard", *arguments), "Say what to discard in one way")


@pytest.mark.parametrize("command", ["show", "discard"])
def test_an_id_that_does_not_exist_or_begins_several_is_refused(house: House, command: str) -> None:
    change(house, *(
        "insert into raw_leadhouse.quarantine (row_id, provider, entity, reason, payload, seen_at, _dlt_load_id) "
        f"values ('aaaabbbbcccc{n}', 'letrics', 'contacts', 'r', '1', timestamp '2026-03-01', '1')" for n in (1, 2)
    ))  # fmt: skip
    refused(house.run("quarantine", command, "zzzz"), "There is no 'zzzz' in quarantine.")
    refused(house.run("quarantine", command, ""), "There is no '' in quarantine.")
    refused(
        house.run("quarantine", command, "aaaa"),
        "'aaaa' is the beginning of 2 ids in quarantine (aaaabbbbcccc1, aaaabbbbcccc2…).",
    )
    assert lines(house, "--all") == lines(house)
    # Ids that look alike are listed as long as it takes to tell them apart.
    assert "aaaabbbbcccc1 " in house.run("quarantine", "list").ok().out


def test_a_whole_answer_that_could_not_be_read_is_listed_shown_and_discarded_too(house: House) -> None:
    whole_answer(house, "<html>\x1b[31mOut of order</html>")
    assert "contactout, a whole answer: 1 open" in house.run("quarantine", "list").ok().out
    shown = house.run("quarantine", "show", "eeee0000").ok().out
    assert "Out of order</html>" in shown
    assert "\x1b" not in shown, "what a provider sent must not steer the terminal"
    assert "`leadhouse reparse` cannot read it" in " ".join(shown.split())
    reparsed = house.run("reparse").ok().out
    assert "1 whole answer(s) in quarantine are in no raw table and cannot be read again" in " ".join(reparsed.split())
    assert fits(reparsed)
    house.run("quarantine", "discard", "eeee0000").ok()
    assert all(one["entity"] for one in lines(house))


def test_a_payload_that_is_half_a_character_can_be_shown(house: House) -> None:
    whole_answer(house, json.dumps({"name": "Ada \ud83d"}))
    assert "Ada \ufffd" in house.run("quarantine", "show", "eeee0000").ok().out


@pytest.mark.parametrize("arguments", [("quarantine", "list"), ("quarantine", "discard", "--everything"), ("reparse",)])
def test_before_anything_was_loaded_that_is_said_and_nothing_is_created(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    refused(House(tmp_path).run(*arguments), "Nothing has been loaded here yet. Run `leadhouse sync` first")
    assert list(tmp_path.iterdir()) == []


def test_a_warehouse_from_before_settlements_gets_its_table_when_it_is_needed(house: House) -> None:
    change(
        house,
        "drop table raw_leadhouse.quarantine_settlements",
        "delete from raw_leadhouse._dlt_version where schema_name = 'leadhouse'",
    )
    shutil.rmtree(house.folder / "data" / "pipelines" / "leadhouse_books")
    assert len(lines(house)) == 4
    house.run("quarantine", "discard", "--everything").ok()
    assert lines(house) == []


def test_what_was_discarded_stays_discarded_although_it_still_cannot_be_read(house: House) -> None:
    house.run("quarantine", "discard", "--everything").ok()
    house.run("reparse", day=DAYS[1]).ok()
    assert lines(house) == []
    assert len(lines(house, "--all")) == 4


def test_a_running_leadhouse_is_waited_for(house: House) -> None:
    import fcntl

    with open(house.folder / "data" / "lock", "a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        refused(house.run("quarantine", "list"), "Another leadhouse process is using")
        refused(house.run("reparse"), "Another leadhouse process is using")
