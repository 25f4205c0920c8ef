"""`leadhouse push`: what is written at a provider is written once, whatever breaks, and every row's result is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.house import DAYS, UNHURRIED, House, Run, Sandbox, running_sandbox

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def town() -> Iterator[Sandbox]:
    with running_sandbox("--people", "80", "--companies", "40", "--rate-scale", "1000") as one:
        yield one


@pytest.fixture
def own(tmp_path: Path, town: Sandbox) -> House:
    """An empty house; what was written at the sandbox goes on from one test to the next."""
    town.no_faults()
    return House(tmp_path, dict(UNHURRIED)).configure(town.info).prepare()


def contacts(count: int, name: str) -> list[dict[str, Any]]:
    return [
        {
            "reference": f"crm-{n}",
            "import_id": name,
            "first_name": f"Ada{n}",
            "last_name": "Example",
            "company_name": "Example Works",
            "email": f"ada{n}@example.com",
        }
        for n in range(1, count + 1)
    ]


def push(house: House, name: str, *arguments: str, day: str = DAYS[0]) -> Run:
    return house.run("push", f"leadiq.{name}", "--no-build", "--json", *arguments, day=day)


def tracked(town: Sandbox, name: str) -> Counter[str]:
    """How often each contact of an import is tracked, by e-mail address."""
    imports = {one["import_id"]: one["contacts"] for one in town.truth()["leadiq"]["imports"]}
    return Counter(str(row["input"].get("email")) for row in imports.get(name, []))


def each_once(town: Sandbox, name: str, count: int) -> bool:
    return tracked(town, name) == Counter(f"ada{n}@example.com" for n in range(1, count + 1))


def outcomes(house: House) -> dict[str, str]:
    """The latest outcome of each line, by its own key."""
    rows = house.query(
        "select reference, outcome from raw_leadhouse.pushes order by pushed_at, sync_id, _dlt_load_id", house.warehouse
    )
    return {str(reference): str(outcome) for reference, outcome in rows}


def test_each_contact_is_tracked_once_and_a_second_push_sends_nothing(own: House, town: Sandbox) -> None:
    theirs = {"linkedin_url": "personalLinkedInUrl", "first_name": "firstName", "import_id": "importId"}
    rows = [{theirs.get(name, name): value for name, value in row.items()} for row in contacts(150, "first")]
    file = own.csv([row | {"personalLinkedInUrl": f"linkedin.com/in/ada-{n}"} for n, row in enumerate(rows)])
    before = town.charged("leadiq").get("tracking", 0)
    done = push(own, "track_contacts", "--from", file).ok().json
    assert done["outcomes"] == {"done": 150}
    assert each_once(town, "first", 150)
    assert town.charged("leadiq")["tracking"] - before == 150
    ledger = own.query(
        "select sum(credits_estimated) from raw_leadhouse.request_credits where credit_type = 'tracking'", own.warehouse
    )
    assert ledger == [(150,)]
    assert outcomes(own)["crm-77"] == "done"
    assert own.query("select count(*) from raw_leadiq.contact_imports", own.warehouse) == [(2,)], "two requests"
    asked = town.asked("leadiq.trackContacts")
    again = push(own, "trackContacts", "--from", file).ok().json
    assert (again["input"]["sent"], again["input"]["done"], again["input"]["ignored_columns"]) == (0, 150, [])
    assert town.asked("leadiq.trackContacts") == asked
    assert push(own, "track_contacts", "--from", file, "--again").ok().json["outcomes"] == {"done": 150}
    assert set(tracked(town, "first").values()) == {2}, "who asks for it again, gets it again"


@pytest.mark.parametrize("arrives", [True, False], ids=["that had arrived", "that had not arrived"])
def test_contacts_whose_answer_was_lost_are_tracked_once(own: House, town: Sandbox, arrives: bool) -> None:
    name = f"lost-{arrives}"
    file = own.csv(contacts(230, name))
    town.fault(provider="leadiq", operation="trackContacts", kind="reset", skip=1, times=1, charge=arrives)
    done = push(own, "track_contacts", "--from", file).ok().json
    assert done["outcomes"] == {"done": 230}
    assert each_once(town, name, 230)


def test_a_balance_that_lags_behind_is_no_reason_to_track_contacts_again(own: House, town: Sandbox) -> None:
    file = own.csv(contacts(250, "lags"))
    balance = {"data": {"contactTrackingBalance": {"remaining": 900}}}
    rules = [
        {"provider": "leadiq", "operation": "contactTrackingBalance", "kind": "merge", "body": balance, "times": -1},
        {"provider": "leadiq", "operation": "trackContacts", "kind": "reset", "skip": 1, "times": 1},
    ]
    town.http.put("/sandbox/faults", json=rules).raise_for_status()
    found = push(own, "track_contacts", "--from", file)
    assert found.code == 4
    assert found.json["outcomes"] == {"done": 150, "unknown": 100}
    assert each_once(town, "lags", 250)


def test_an_answer_that_nobody_understands_is_no_reason_to_write_again(own: House, town: Sandbox) -> None:
    strange = {"data": {"trackContacts": {"errors": 7, "batchCount": "many", "importId": {}}}}
    town.fault(provider="leadiq", operation="trackContacts", kind="merge", body=strange, times=1)
    file = own.csv(contacts(150, "strange"))
    push(own, "track_contacts", "--from", file)
    town.no_faults()
    push(own, "track_contacts", "--from", file)
    assert each_once(town, "strange", 150)
    town.fault(
        provider="leadiq", operation="addTrackedCompanies", kind="body", body={"data": {"addTrackedCompanies": 7}}
    )
    odd = push(own, "add_tracked_companies", "--set", "name=Odd Example", "--set", "domain=odd.example")
    assert odd.code in (0, 4)
    assert Counter(outcomes(own).values())["done"] == 150


def test_contacts_that_never_arrive_are_said_and_sent_by_the_next_push(own: House, town: Sandbox) -> None:
    file = own.csv(contacts(3, "never"))
    town.fault(provider="leadiq", operation="trackContacts", kind="reset", times=-1, charge=False)
    failed = push(own, "track_contacts", "--from", file)
    assert failed.code == 4
    assert failed.json["outcomes"] == {"failed": 3}
    assert not tracked(town, "never")
    town.no_faults()
    assert push(own, "track_contacts", "--from", file).ok().json["outcomes"] == {"done": 3}
    assert each_once(town, "never", 3)


def test_what_cannot_be_found_out_is_unknown_and_not_sent_again_unless_that_is_asked_for(
    own: House, town: Sandbox
) -> None:
    file = own.csv([{"reference": "f1", "person_id": "p1", "value": "ada@example.com", "status": "Invalid"}])
    before = len(town.truth()["leadiq"]["feedback"])
    town.fault(provider="leadiq", operation="submitPersonFeedback", kind="reset", times=1)
    lost = push(own, "submit_person_feedback", "--from", file)
    assert lost.code == 4
    assert "cannot be found out" in str(lost.json["syncs"])
    told = "1 request(s) that buy or write were sent and their answer was lost"
    assert told in str(lost.json["syncs"]), "what is free to write is no paid request, and is told all the same"
    assert told in own.run("status").ok().out
    assert outcomes(own) == {"f1": "unknown"}
    assert push(own, "submit_person_feedback", "--from", file).ok().json["input"]["unknown"] == [1]
    assert len(town.truth()["leadiq"]["feedback"]) == before + 1
    assert push(own, "submit_person_feedback", "--from", file, "--repeat-unknown").ok().json["outcomes"] == {"done": 1}


@pytest.mark.soak
def test_a_push_that_was_killed_while_it_sent_is_finished_by_the_next_sync_and_nothing_is_sent_twice(
    own: House, town: Sandbox
) -> None:
    file = own.csv(contacts(250, "killed"))
    before = town.asked("leadiq.trackContacts")
    town.fault(provider="leadiq", operation="trackContacts", kind="stall", seconds=8, skip=1, times=1)
    assert own.kill_when(
        lambda: town.asked("leadiq.trackContacts") >= before + 2,
        "push", "leadiq.track_contacts", "--no-build", "--from", file,
        day=DAYS[0],
    )  # fmt: skip
    town.no_faults()
    own.run("sync", "leadiq", "--no-build", day=DAYS[0]).ok()
    assert each_once(town, "killed", 250)
    assert set(outcomes(own).values()) == {"done"}


@pytest.mark.soak
def test_a_push_that_was_killed_and_abandoned_leaves_what_was_in_flight_unknown(own: House, town: Sandbox) -> None:
    file = own.csv(contacts(120, "abandoned"))
    before = town.asked("leadiq.trackContacts")
    town.fault(provider="leadiq", operation="trackContacts", kind="stall", seconds=8, skip=0, times=1)
    assert own.kill_when(
        lambda: town.asked("leadiq.trackContacts") >= before + 1,
        "push", "leadiq.track_contacts", "--no-build", "--from", file,
        day=DAYS[0],
    )  # fmt: skip
    town.no_faults()
    own.run("sync", "--abandon", "--no-build", day=DAYS[0]).ok()
    assert Counter(outcomes(own).values()) == {"unknown": 100}
    rest = push(own, "track_contacts", "--from", file).ok().json
    assert (rest["input"]["sent"], len(rest["input"]["unknown"])) == (20, 100)


def test_a_budget_binds_a_push_and_the_same_command_goes_on(own: House, town: Sandbox) -> None:
    file = own.csv(contacts(150, "bounded"))
    stopped = push(own, "track_contacts", "--from", file, "--max-credits", "leadiq.tracking=120")
    assert stopped.code == 3
    assert tracked(town, "bounded").total() == 120
    push(own, "track_contacts", "--from", file).ok()
    assert each_once(town, "bounded", 150)


def test_an_answer_that_was_lost_to_a_smaller_batch_is_told_by_its_own_size(own: House, town: Sandbox) -> None:
    file = own.csv(contacts(90, "small"))
    town.fault(provider="leadiq", operation="trackContacts", kind="reset", times=1)
    stopped = push(own, "track_contacts", "--from", file, "--max-credits", "leadiq.tracking=70")
    assert stopped.code == 3
    assert Counter(outcomes(own).values()) == {"done": 70}
    push(own, "track_contacts", "--from", file).ok()
    assert each_once(town, "small", 90)


def test_a_row_that_cannot_be_sent_is_said_by_its_line_and_a_dry_run_sends_nothing(own: House, town: Sandbox) -> None:
    rows = [*contacts(2, "dry"), {"import_id": "dry", "first_name": "Ada"}, {"first_name": "", "email": "nobody"}]
    asked = town.asked("leadiq.trackContacts")
    said = own.run("push", "leadiq.track_contacts", "--from", own.csv(rows), "--dry-run").ok()
    assert "4 rows: 2 to send." in said.out
    assert "line 3: last_name and company_name must be given; not sent." in said.out
    assert "At most 2 tracking credits." in said.out
    assert 'line 1 would send {"importId": "dry", "firstName": "Ada1", "lastName": "Example"' in said.out
    assert "It would take 1 request(s) that write. Nothing was sent." in said.out
    assert town.asked("leadiq.trackContacts") == asked


def test_a_request_that_is_refused_as_a_whole_is_split_until_the_row_is_found(own: House, town: Sandbox) -> None:
    file = own.csv(contacts(5, "split"))
    body = {"errors": [{"message": "Contact is not acceptable.", "extensions": {"response": {"status": 400}}}]}
    town.fault(provider="leadiq", operation="trackContacts", kind="body", body=body, times=3, charge=False)
    found = push(own, "track_contacts", "--from", file).ok().json
    assert found["outcomes"] == {"done": 4, "refused": 1}
    assert found["told"] == [
        {"line": 1, "outcome": "refused", "result_id": None, "message": "Contact is not acceptable."}
    ]


def test_companies_come_and_go_with_every_rows_result(own: House, town: Sandbox) -> None:
    rows = [
        {"reference": "a", "name": "North Example", "domain": "north.example", "custom_data": '{"tier": 1}'},
        {"reference": "b", "name": "Bad", "domain": "nodomain"},
        {"reference": "c", "name": "South Example", "domain": "south.example"},
    ]
    file = own.csv(rows)
    found = push(own, "add_tracked_companies", "--from", file).ok().json
    assert found["outcomes"] == {"done": 2, "refused": 1}
    assert [(one["line"], one["outcome"]) for one in found["told"]] == [(2, "refused")]
    ids = dict(own.query("select reference, result_id from raw_leadhouse.pushes", own.warehouse))
    own.run("sync", "leadiq", "--only", "tracked_companies", "--no-build", day=DAYS[0]).ok()
    listed = own.query("select record_key from raw_leadiq.tracked_companies", own.warehouse)
    assert {ids["a"], ids["c"]} <= {key for (key,) in listed}
    gone = own.csv([{"id": ids["a"]}, {"id": "nowhere"}], "gone.csv")
    assert push(own, "remove_tracked_companies", "--from", gone).ok().json["outcomes"] == {"done": 1, "refused": 1}
    back = push(own, "add_tracked_companies", "--from", file).ok().json
    assert (back["input"]["sent"], back["input"]["done"]) == (2, 1), "what was taken back may be done again"
    assert back["outcomes"] == {"done": 1, "refused": 1}


def test_the_whole_list_is_emptied_only_when_the_word_is_typed(own: House, town: Sandbox) -> None:
    asked = town.asked("leadiq.removeAllTrackedCompanies")
    refused = push(own, "remove_all_tracked_companies")
    assert refused.code == 2
    assert "add --confirm 'remove all'" in refused.err
    assert push(own, "remove_all_tracked_companies", "--confirm", "yes").code == 2
    assert town.asked("leadiq.removeAllTrackedCompanies") == asked
    done = push(own, "remove_all_tracked_companies", "--confirm", "remove all").ok().json
    assert done["outcomes"] == {"done": 1}
    assert town.asked("leadiq.removeAllTrackedCompanies") == asked + 1


def test_a_task_that_was_started_is_read_by_later_syncs_until_it_is_done(own: House, town: Sandbox) -> None:
    push(own, "add_tracked_companies", "--set", "name=East Example", "--set", "domain=east.example").ok()
    started = push(own, "start_company_tracking_task", "--set", "months_back=6").ok().json
    task = started["told"][0]["result_id"]
    assert task
    synced = own.run("sync", "leadiq", "--no-build", "--json", day=DAYS[1]).ok().json
    assert f"company_tracking_task_{task}" in str(synced)
    own.run("sync", "leadiq", "--only", f"company_job_changes_{task}", "--no-build", day="2026-04-01").ok()
    stopped = push(own, "cancel_company_tracking_task", "--set", f"id={task}", "--set", "reason=test").ok().json
    assert stopped["outcomes"] in ({"refused": 1}, {"done": 1})


def test_people_are_looked_for_anew_once(own: House, town: Sandbox) -> None:
    person = town.truth()["leadiq"]["people"][0]["id"]
    file = own.csv([{"reference": "known", "person_id": person}, {"reference": "nobody", "person_id": "x" * 24}])
    found = push(own, "regenerate", "--from", file).ok().json
    assert outcomes(own) == {"known": "done", "nobody": "refused"}
    assert {one["message"] for one in found["told"]} == {"Started", "NotFound"}
    assert own.query("select count(*) from raw_leadiq.regenerations", own.warehouse) == [(2,)]


def test_a_prospector_list_is_made_filled_and_read_by_the_next_sync(own: House, town: Sandbox) -> None:
    made = push(own, "create_prospect_list", "--set", "name=Met in May").ok().json
    list_id = made["told"][0]["result_id"]
    assert push(own, "create_prospect_list", "--set", "name=Met in May").ok().json["input"]["done"] == 1
    again = push(own, "create_prospect_list", "--set", "name=Met in May", "--again").ok().json
    assert again["outcomes"] == {"refused": 1}
    assert "already exists" in again["told"][0]["message"]
    rows = [{"reference": f"r{n}", "first_name": "Ada", "last_name": f"Example {n}"} for n in range(3)]
    file = own.csv(rows)
    assert push(own, "add_prospects", "--from", file, "--set", f"list_id={list_id}").ok().json["outcomes"] == {
        "done": 3
    }
    nowhere = push(own, "add_prospects", "--from", file, "--set", "list_id=nowhere").ok().json
    assert nowhere["outcomes"] == {"refused": 3}
    own.run("sync", "leadiq", "--only", f"prospects_{list_id}", "--no-build", day=DAYS[0]).ok()
    assert own.query("select count(*) from raw_leadiq.prospects", own.warehouse) == [(3,)]


def test_what_an_account_does_not_offer_is_said_and_nothing_counts_as_done(tmp_path: Path) -> None:
    with running_sandbox("--people", "20", "--companies", "10", "--leadiq-generation", "old") as town:
        own = House(tmp_path).configure(town.info).prepare()
        failed = push(own, "start_company_tracking_task", "--set", "months_back=6")
        assert failed.code == 4
        assert "does not offer startCompanyTrackingTask" in str(failed.json["syncs"])
        assert own.query("select count(*) from raw_leadhouse.pushes", own.warehouse) == [(0,)]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("leadiq.nothing",), "There is no push 'leadiq.nothing'. The pushes are leadiq.add_prospects, "),
        (("leadiq.track_contacts", "--set", "import_id"), "--set takes COLUMN=VALUE"),
        (("leadiq.track_contacts", "--from", "none.csv"), "none.csv cannot be read"),
        (("leadiq.track_contacts", "--from", "a.csv", "--sql", "select 1"), "not from both"),
    ],
)
def test_a_push_that_cannot_be_says_so_in_a_sentence(own: House, arguments: tuple[str, ...], says: str) -> None:
    refused = own.run("push", *arguments)
    assert refused.code == 2
    assert says in " ".join(refused.err.split())
