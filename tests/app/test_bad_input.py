"""Bad input gets a sentence and exit code 2, and nothing is sent."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import duckdb
import pytest

from tests.house import SECRETS, House, Run, Sandbox


@pytest.fixture
def house(tmp_path: Path, sandbox: Sandbox) -> House:
    """A house in which nothing was ever done."""
    return House(tmp_path).configure(sandbox.info)


def _is_refused(house: House, sandbox: Sandbox, *arguments: str, says: str) -> Run:
    ended = house.run(*arguments)
    assert ended.code == 2, ended.out + ended.err
    assert says in " ".join(ended.err.split())
    assert "Traceback" not in ended.err
    assert sandbox.books()["requests"] == []
    return ended


def test_an_unknown_source_is_named_with_those_that_exist(house: House, sandbox: Sandbox) -> None:
    _is_refused(
        house,
        sandbox,
        "sync",
        "hubspot",
        says="There is no source 'hubspot'. The sources are contactout, leadiq, letrics.",
    )


def test_a_missing_key_is_an_error_when_the_source_was_named(house: House, sandbox: Sandbox) -> None:
    (house.folder / ".dlt" / "secrets.toml").write_text('[sources.leadiq]\napi_key = "sandbox-leadiq-key"\n')
    _is_refused(
        house, sandbox, "sync", "contactout", says="put api_token under [sources.contactout] in .dlt/secrets.toml"
    )


def test_a_missing_key_is_a_word_when_no_source_was_named(house: House, sandbox: Sandbox) -> None:
    (house.folder / ".dlt" / "secrets.toml").write_text('[sources.leadiq]\napi_key = "sandbox-leadiq-key"\n')
    ended = house.run("sync", "--no-build").ok()
    assert "contactout was skipped" in ended.out
    assert "letrics was skipped" in ended.out
    assert {request["provider"] for request in sandbox.books()["requests"]} == {"leadiq"}


def test_no_key_at_all_says_where_keys_go(house: House, sandbox: Sandbox) -> None:
    (house.folder / ".dlt" / "secrets.toml").unlink()
    _is_refused(house, sandbox, "sync", says="No source is connected.")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (
            '[sources.contactout.searches.x]\njob_titel = ["VP"]',
            "sources.contactout.searches.x.job_titel: there is no such key",
        ),
        ("[sources.contactout.searches.x]\nrefresh_days = 0", "sources.contactout.searches.x.refresh_days"),
        ('[sources.contactout.searches.x]\ndata_types = ["fax"]', "sources.contactout.searches.x.data_types"),
        ('[sources.letrics.contacts]\nexclude_tlds = ["a.example"]', "exclude_tlds is no documented filter"),
        ("[sources.letrics.contacts]\nis_decision_maker = false", "sources.letrics.contacts.is_decision_maker"),
        ('[[sources.letrics.companies.locations]]\ncity = "Paris"', "sources.letrics.companies.locations.0.country"),
        ("[sources.hubspot]\nx = 1", "sources.hubspot: there is no such key"),
        ("[budget.leadiq]\nuc = { per_week = 5 }", "budget.leadiq.uc.per_week: there is no such key"),
        ("[leadhose]\nx = 1", "leadhose: there is no such key"),
        ("[budget.contactout]\nserch = { per_sync = 5 }", "budget.contactout: there is no 'serch'"),
        (
            "[prices.contactout]\npeople_search = { search = { records = 1 } }",
            "there is no 'records'; known are record",
        ),
        (
            "[prices.contactout]\npeople_serch = { search = { record = 1 } }",
            "prices.contactout: there is no 'people_serch'",
        ),
        ("[rates.leadiq]\nfast = 5", "rates.leadiq: there is no 'fast'"),
        ("[prices.usd]\nleadiq = { us = 1 }", "prices.usd.leadiq: there is no 'us'"),
        ("[leadhouse\n", ".dlt/config.toml is not valid TOML"),
    ],
)
def test_a_malformed_setting_is_named_with_its_place(house: House, sandbox: Sandbox, wrong: str, says: str) -> None:
    path = house.folder / ".dlt" / "config.toml"
    path.write_text(path.read_text() + "\n" + wrong + "\n")
    _is_refused(house, sandbox, "sync", says=says)


def test_a_base_url_that_is_not_https_is_refused_unless_it_is_on_this_machine(house: House, sandbox: Sandbox) -> None:
    house.environment["SOURCES__LEADIQ__BASE_URL"] = "http://api.example.com/graphql"
    ended = _is_refused(
        house, sandbox, "sync", says="sources.leadiq.base_url: 'http://api.example.com/graphql' is not https"
    )
    assert not any(key in ended.err for key in ("sandbox-leadiq-key", "sandbox-contactout-token"))


def test_a_base_url_that_only_looks_like_this_machine_is_refused(house: House, sandbox: Sandbox) -> None:
    house.environment["SOURCES__CONTACTOUT__BASE_URL"] = "http://127.0.0.1.example.com"
    _is_refused(house, sandbox, "sync", says="is not https")


def test_a_warehouse_that_another_program_holds_is_said_so(house: House, sandbox: Sandbox) -> None:
    house.warehouse.parent.mkdir(parents=True)
    with duckdb.connect(str(house.warehouse)):
        _is_refused(house, sandbox, "sync", says="is in use by another program")


def test_a_warehouse_file_that_is_no_database_is_said_so_and_left_alone(house: House, sandbox: Sandbox) -> None:
    house.warehouse.parent.mkdir(parents=True)
    house.warehouse.write_text("a shopping list" * 1000)
    _is_refused(house, sandbox, "sync", says="is not a DuckDB database")
    assert house.warehouse.read_text() == "a shopping list" * 1000


def test_a_journal_that_is_no_journal_is_said_so(house: House, sandbox: Sandbox) -> None:
    house.journal.parent.mkdir(parents=True)
    house.journal.write_text("a shopping list" * 1000)
    _is_refused(house, sandbox, "sync", says="is not a Leadhouse journal")


def test_a_second_process_on_the_same_data_directory_is_refused(house: House, sandbox: Sandbox) -> None:
    import fcntl

    house.journal.parent.mkdir(parents=True)
    with open(house.folder / "data" / "lock", "a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _is_refused(house, sandbox, "sync", says="Another leadhouse process is using")


def test_a_second_data_directory_for_the_same_warehouse_is_refused(
    house: House, sandbox: Sandbox, tmp_path: Path
) -> None:
    house.run("sync", "letrics", "--no-build").ok()
    asked = len(sandbox.books()["requests"])
    house.environment["LEADHOUSE__DATA_DIR"] = "elsewhere"
    house.environment["DESTINATION__DUCKDB__CREDENTIALS"] = str(house.warehouse)
    ended = house.run("sync", "letrics", "--no-build")
    assert ended.code == 2
    assert "Another data directory is bound to letrics" in " ".join(ended.err.split())
    assert len(sandbox.books()["requests"]) == asked
    house.run("sync", "letrics", "--no-build", "--take-over").ok()


@pytest.mark.parametrize("wrong", ["contactout.search", "search=5", "contactout.search=many", "contactout.search=-1"])
def test_a_malformed_credit_limit_is_refused(house: House, sandbox: Sandbox, wrong: str) -> None:
    _is_refused(house, sandbox, "sync", "--max-credits", wrong, says="--max-credits takes PROVIDER.CREDIT_TYPE=NUMBER")


def test_a_credit_limit_on_credits_that_do_not_exist_is_refused(house: House, sandbox: Sandbox) -> None:
    says = "--max-credits names contactout.serch, but contactout has no such credits"
    _is_refused(house, sandbox, "sync", "--max-credits", "contactout.serch=0", says=says)


@pytest.mark.parametrize("key", ["cl\u00e9", "two\\nlines"])
def test_a_key_that_no_header_can_carry_is_refused_and_not_shown(house: House, sandbox: Sandbox, key: str) -> None:
    path = house.folder / ".dlt" / "secrets.toml"
    path.write_text(SECRETS.replace("sandbox-contactout-token", key))
    ended = _is_refused(house, sandbox, "sync", says="sources.contactout.api_token holds characters that no key has")
    assert "cl\u00e9" not in ended.err


def test_a_base_url_with_a_port_that_is_none_is_refused(house: House, sandbox: Sandbox) -> None:
    house.environment["SOURCES__CONTACTOUT__BASE_URL"] = "https://api.example.com:abc"
    _is_refused(house, sandbox, "sync", says="sources.contactout.base_url")


def test_an_unknown_resource_is_named_with_those_that_exist(house: House, sandbox: Sandbox) -> None:
    _is_refused(house, sandbox, "sync", "--only", "deals", says="There is no resource 'deals'")


def test_building_before_anything_was_loaded_says_what_to_do(house: House, sandbox: Sandbox) -> None:
    _is_refused(house, sandbox, "build", says="Run `leadhouse sync` first")


@pytest.mark.parametrize("command", [("credits",), ("explain", "ada@example.com"), ("dashboard",)])
def test_a_published_copy_that_cannot_be_read_is_named_and_what_makes_it_anew(
    house: House, sandbox: Sandbox, command: tuple[str, ...]
) -> None:
    copy = house.folder / "data" / "published" / "leadhouse.duckdb"
    if command != ("dashboard",):
        _is_refused(house, sandbox, *command, says="Nothing is published yet. Run `leadhouse sync` first")
    copy.parent.mkdir(parents=True)
    copy.write_bytes(b"half of a file")
    _is_refused(house, sandbox, *command, says="leadhouse.duckdb cannot be read")
    copy.unlink()
    # Published by an older Leadhouse, which knew no such marts; a dashboard is written with what there is.
    duckdb.connect(str(copy)).close()
    if command == ("dashboard",):
        assert "run `leadhouse build` to publish it anew" in " ".join(house.run(*command).ok().out.split())
    else:
        _is_refused(house, sandbox, *command, says="Run `leadhouse build` to publish it anew.")


def test_status_says_that_the_published_copy_cannot_be_read(house: House) -> None:
    house.run("sync", "letrics", "--no-build").ok()
    copy = house.folder / "data" / "published" / "leadhouse.duckdb"
    copy.parent.mkdir(parents=True)
    copy.write_bytes(b"half of a file")
    ended = house.run("status").ok()
    assert "leadhouse.duckdb cannot be read" in " ".join(ended.out.split())
    assert "Last sync" in ended.out
    assert "to publish it anew" in house.run("status", "--json").json["published_problem"]


def test_a_clock_that_is_no_time_is_refused(house: House, sandbox: Sandbox) -> None:
    process = house.run("sync", day="tomorrow")
    assert process.code == 2
    assert "LEADHOUSE_AS_OF" in process.err


def test_letrics_without_an_address_says_that_its_documentation_names_none(tmp_path: Path) -> None:
    house = House(tmp_path)
    (tmp_path / ".dlt").mkdir()
    (tmp_path / ".dlt" / "secrets.toml").write_text(SECRETS)
    ended = house.run("sync", "letrics")
    assert ended.code == 2
    assert "letrics has no base_url" in " ".join(ended.err.lower().split())


def test_a_wrong_key_is_told_by_check_in_a_sentence_and_costs_nothing(house: House, sandbox: Sandbox) -> None:
    (house.folder / ".dlt" / "secrets.toml").write_text(SECRETS.replace("sandbox-", "wrong-"))
    ended = house.run("check")
    assert ended.code == 4
    for words in (
        "LeadIQ does not accept the key",
        "ContactOut does not accept the token",
        "Letrics does not accept the key",
    ):
        assert words in ended.out
    assert sandbox.charged() == {}
    assert "wrong-leadiq-key" not in ended.out + ended.err


def test_check_tells_that_keys_work_and_what_is_left(house: House, sandbox: Sandbox) -> None:
    ended = house.run("check").ok()
    assert ended.out.count("the key works") == 3
    assert sandbox.charged() == {}


def test_a_check_leaves_no_answer_in_the_journal(house: House) -> None:
    house.run("check").ok()
    with sqlite3.connect(house.journal) as connection:
        assert connection.execute("select count(*) from answers where operation <> 'account'").fetchone()[0] == 0


def test_either_kind_of_leadiq_key_is_accepted(house: House, sandbox: Sandbox) -> None:
    import base64

    ready = base64.b64encode(b"sandbox-leadiq-key:").decode()
    (house.folder / ".dlt" / "secrets.toml").write_text(SECRETS.replace("sandbox-leadiq-key", ready))
    assert "leadiq: the key works" in house.run("check", "leadiq").ok().out
    with sqlite3.connect(house.journal) as connection:
        dump = "\n".join(connection.iterdump())
    assert ready not in dump
