"""`leadhouse sync --from … --to …`: what lies in the period, once, whatever breaks it off."""

from __future__ import annotations

import pytest

from tests.house import DAYS, House, Sandbox

pytestmark = pytest.mark.slow

PERIOD = ("--from", "2015-01-01", "--to", "2025-07-01")
WHOLE = "select count(*), count(distinct record_key) from raw_letrics.contacts where _path != ''"
CREATED = "json_extract_string(record, '$.company.created_at')"


def windows(house: House) -> list[tuple[str, str]]:
    return [
        (str(kind), str(resource))
        for kind, resource in house.query(
            "select distinct kind, resource from raw_leadhouse.windows order by all", house.warehouse
        )
    ]


def in_period(house: House) -> int:
    """Contacts that a full reading holds of companies that were created in the period."""
    full = House(house.folder / "full", dict(house.environment))
    full.folder.mkdir()
    (full.folder / ".dlt").symlink_to(house.folder / ".dlt")
    full.run("sync", "letrics", "--only", "contacts", "--no-build").ok()
    sql = f"select count(*) from raw_letrics.contacts where {CREATED} between '2015-01-01' and '2025-07-01'"
    ((found,),) = full.query(sql, full.warehouse)
    return int(found)


def test_a_backfill_loads_the_records_of_its_period_and_no_others_as_its_plan_said(
    house: House, sandbox: Sandbox
) -> None:
    expected = in_period(house)
    planned = house.run("plan", "letrics", "--only", "contacts", *PERIOD, "--json").ok().json
    (line,) = planned["syncs"][0]["sources"][0]["resources"]
    before = sandbox.asked("letrics.contacts")
    house.run("sync", "letrics", "--only", "contacts", *PERIOD, "--no-build").ok()
    assert house.query(WHOLE, house.warehouse) == [(expected, expected)]
    requests, records = line["requests"], line["records"]
    assert requests["expected"] == sandbox.asked("letrics.contacts") - before > 1
    assert records["expected"] == expected


def test_a_backfill_that_a_provider_broke_off_goes_on_with_the_same_command(house: House, sandbox: Sandbox) -> None:
    expected = in_period(house)
    command = ("sync", "letrics", "--only", "contacts", *PERIOD, "--no-build")
    sandbox.fault(provider="letrics", operation="contacts", kind="status", status=500, skip=1, times=-1)
    broken = house.run(*command)
    assert broken.code == 4
    assert "the same --from and --to go on from here" in " ".join(broken.out.split())
    sandbox.no_faults()
    house.run("sync", "letrics", "--only", "companies", "--no-build").ok()
    before = sandbox.asked("letrics.contacts")
    house.run(*command, day=DAYS[1]).ok()
    assert house.query(WHOLE, house.warehouse) == [(expected, expected)], "each record once, the first page included"
    assert sandbox.asked("letrics.contacts") - before == -(-expected // 50) - 1
    assert windows(house) == [("backfill", "contacts"), ("full", "companies")]


@pytest.mark.soak
def test_a_backfill_that_was_killed_is_finished_by_the_next_sync_before_anything_else(
    house: House, sandbox: Sandbox
) -> None:
    expected = in_period(house)
    asked = sandbox.asked("letrics.contacts")
    sandbox.fault(provider="letrics", operation="contacts", kind="stall", seconds=20, skip=1)
    killed = house.kill_when(
        lambda: sandbox.asked("letrics.contacts") >= asked + 1,
        *("sync", "letrics", "--only", "contacts", *PERIOD, "--no-build"),
        after=0.5,
    )
    assert killed
    sandbox.no_faults()
    ended = house.run("sync", "letrics", "--only", "contacts", "--no-build").ok()
    assert "Finished the sync of 2026-03-02" in ended.out
    assert windows(house) == [("backfill", "contacts"), ("full", "contacts")], "then what is new, which nobody had read"
    sql = "select count(*) from raw_letrics.contacts join raw_leadhouse.requests r on r.request_id = _request_id where r.window_id like 'b%'"
    assert house.query(sql, house.warehouse) == [(expected,)]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("letrics", "--from", "2025-13-01"), "--from takes a day or a moment"),
        (("letrics", "--to", "last week"), "--to takes a day or a moment"),
        (("letrics", "--from", "2025-07-01", "--to", "2025-01-01"), "does not lie before --to 2025-01-01"),
        (("letrics", "--from", "2027-01-01"), "does not lie before now"),
        (("contactout", "--from", "2025-01-01"), "a search knows no date"),
        (("leadiq", "--from", "2025-01-01"), "sources.leadiq.tracked_contacts.start"),
        (("--from", "2025-01-01", "--abandon"), "--abandon closes the sync"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else "",
)
def test_a_period_that_cannot_be_read_is_refused_before_anything_is_asked(
    house: House, sandbox: Sandbox, arguments: tuple[str, ...], says: str
) -> None:
    refused = house.run("sync", *arguments)
    assert refused.code == 2
    assert says in " ".join(refused.err.split())
    assert sandbox.books()["requests"] == []
