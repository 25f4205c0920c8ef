"""`leadhouse lookup contactout.…`: the cheapest way, each answer paid for once, and jobs that are never started twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from leadhouse import routing
from leadhouse.__main__ import DLT
from leadhouse.orders import find_lookup
from leadhouse.routing import to_look_up
from leadhouse.settings import load_settings
from leadhouse.warehouse import open_warehouse
from tests.house import DAYS, UNHURRIED, House, Run, Sandbox, running_sandbox

pytestmark = pytest.mark.slow

QUICK = {**UNHURRIED, "SOURCES__CONTACTOUT__LOOKUPS__POLL_SECONDS": "0.05"}


@pytest.fixture(scope="module")
def town() -> Iterator[Sandbox]:
    options = ("--people", "200", "--companies", "60", "--rate-scale", "1000", "--contactout-polls", "2")
    with running_sandbox(*options) as one:
        yield one


@pytest.fixture
def own(tmp_path: Path, town: Sandbox) -> House:
    """An empty house; the sandbox's books go on from one test to the next."""
    town.no_faults()
    house = House(tmp_path).configure(town.info).prepare()
    house.environment.update(QUICK)
    return house


def known(town: Sandbox) -> list[dict[str, Any]]:
    """The people whom ContactOut knows."""
    people: list[dict[str, Any]] = town.truth()["contactout"]["people"]
    return people


def profiles(town: Sandbox, number: int, start: int = 0) -> list[dict[str, Any]]:
    people = known(town)[start : start + number]
    assert len(people) == number, "the sandbox knows enough people"
    return [{"reference": f"crm-{n}", "linkedin_url": one["id"]} for n, one in enumerate(people, 1)]


def look_up(house: House, what: str, *arguments: str, day: str = DAYS[0]) -> Run:
    return house.run("lookup", f"contactout.{what}", "--no-build", "--json", *arguments, day=day)


def data(*points: str) -> tuple[str, ...]:
    return tuple(word for point in points for word in ("--data", point))


def outcomes(house: House, lookup: str = "people") -> dict[str, str]:
    """The latest outcome of each row, by its own key."""
    rows = house.query(
        f"select reference, outcome from raw_leadhouse.lookups where lookup = '{lookup}' order by outcome <> 'pending', asked_at",
        house.warehouse,
    )
    return {str(reference): str(outcome) for reference, outcome in rows}


def ledger(house: House) -> dict[str, float]:
    rows = house.query(
        "select credit_type, sum(credits_estimated) from raw_leadhouse.request_credits group by 1", house.warehouse
    )
    return {str(kind): float(credits) for kind, credits in rows if credits}


class Spent:
    """What the sandbox has charged since this was made."""

    def __init__(self, town: Sandbox) -> None:
        self._town = town
        self._before = Counter(town.charged("contactout"))

    def __call__(self) -> dict[str, float]:
        now = Counter(self._town.charged("contactout"))
        now.subtract(self._before)
        return {kind: credits for kind, credits in now.items() if credits}


@pytest.mark.parametrize(
    ("points", "rows", "operations"),
    [
        (("profile",), 3, {"people_enrich": 3}),
        (("profile", "work_email", "personal_email", "phone"), 3, {"linkedin_enrich": 3}),
        (("work_email",), 3, {"people_linkedin": 3}),
        (("phone",), 2, {"people_linkedin": 2}),
        (("work_email", "personal_email"), 1, {"people_linkedin": 1}),
        (("work_email", "personal_email"), 70, {"people_linkedin_batch": 3}),
        (("work_email", "personal_email"), 120, {"people_linkedin_batch_v2": 1}),
        (("work_email", "personal_email", "phone"), 110, {"people_linkedin_batch_v2": 1}),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, tuple | dict) else str(value),
)
def test_rows_are_asked_in_the_way_that_fits_their_number_and_what_is_wanted(
    own: House, town: Sandbox, points: tuple[str, ...], rows: int, operations: dict[str, int]
) -> None:
    file = own.csv(profiles(town, rows))
    before, spent = Counter({name: town.asked(f"contactout.{name}") for name in operations}), Spent(town)
    planned = look_up(own, "people", "--from", file, *data(*points)).ok().json["input"]
    assert planned["requests"] == operations
    assert Counter({name: town.asked(f"contactout.{name}") for name in operations}) - before == Counter(operations)
    assert spent() == ledger(own)
    assert all(spent().get(kind, 0) <= most for kind, most in planned["at_most"].items())
    assert set(spent()) <= set(planned["at_most"])
    told = outcomes(own)
    assert len(told) == rows
    assert set(told.values()) <= {"found", "not_found"}
    assert planned["refused"] == []
    once = spent()
    again = look_up(own, "people", "--from", file, *data(*points)).ok().json["input"]
    assert (again["asked"], again["fresh"]) == (0, rows)
    assert spent() == once


def test_results_stand_beside_their_rows_although_their_keys_are_written_otherwise(own: House, town: Sandbox) -> None:
    people = known(town)[:40]
    spellings = [
        "{}",
        "{}/",
        "http://uk.linkedin.com/in/{slug}?trk=x",
        "linkedin.com/in/{slug}",
        "https://LinkedIn.com/in/{slug}/",
    ]
    rows = [
        {"reference": one["id"], "linkedin_url": spellings[n % 5].format(one["id"], slug=one["id"].rsplit("/", 1)[-1])}
        for n, one in enumerate(people)
    ]
    rows.append({"reference": "nobody", "linkedin_url": "https://www.linkedin.com/in/nobody-at-all-000"})
    own.environment["SOURCES__CONTACTOUT__LOOKUPS__JOBS_FROM"] = "20"
    look_up(own, "people", "--from", own.csv(rows), *data("work_email", "personal_email", "phone")).ok()
    told = outcomes(own)
    assert told.pop("nobody") == "not_found"
    assert len(told) == 40
    # An address that is guessed in real time may turn out to be none.
    guessed = {one["id"] for one in people if one["found_emails"] and not (one["emails"] or one["phones"])}
    reachable = {one["id"]: bool(one["emails"] or one["phones"]) for one in people if one["id"] not in guessed}
    assert {key: outcome == "found" for key, outcome in told.items() if key not in guessed} == reachable


def test_a_free_check_saves_a_search_credit_and_the_plan_says_how_many(own: House, town: Sandbox) -> None:
    file = own.csv(profiles(town, 60))
    wanted = data("profile", "work_email", "phone")
    first = look_up(own, "people", "--from", file, *wanted, "--dry-run").ok().json["input"]
    assert first["checks"] == 180
    assert first["at_most"] == {"search": 60, "email": 60, "phone": 60}
    spent = Spent(town)
    done = look_up(own, "people", "--from", file, *wanted).ok().json
    told = done["input"]
    assert told["likely"] == spent() == ledger(own)
    assert told["saved"]["search"] > 0
    assert set(told["ways"]) == {"people_enrich", "linkedin_enrich"}

    other = House(own.folder / "other")
    other.folder.mkdir()
    other.configure(town.info)
    other.environment.update(QUICK, SOURCES__CONTACTOUT__LOOKUPS__CHECK_FIRST="false")
    dearer = Spent(town)
    look_up(other, "people", "--from", file, *wanted).ok()
    assert dearer()["search"] - spent_of(told["likely"], "search") == told["saved"]["search"]
    for kind in ("email", "phone"):
        assert dearer().get(kind) == told["likely"].get(kind), "nobody gets less"


def spent_of(credits: dict[str, float], kind: str) -> float:
    return credits.get(kind, 0)


def test_an_account_without_the_checks_is_served_all_the_same(own: House) -> None:
    options = ("--people", "60", "--companies", "30", "--rate-scale", "1000")
    denied = [
        word
        for kind in ("work_email", "personal_email", "phone")
        for word in ("--contactout-no-access", f"{kind}_status")
    ]
    with running_sandbox(*options, *denied) as town:
        own.configure(town.info)
        file = own.csv(profiles(town, 5))
        done = look_up(own, "people", "--from", file, *data("profile", "work_email")).ok().json
    assert done["input"]["ways"] == {"people_enrich": 5}
    assert set(outcomes(own).values()) == {"found"}


def test_what_another_endpoint_has_told_is_not_bought_again(own: House, town: Sandbox) -> None:
    people = [one for one in known(town) if len(one["emails"]) == 2 and one["phones"]][:6]
    by_profile = own.csv([{"linkedin_url": one["id"]} for one in people], "profiles.csv")
    look_up(own, "people", "--from", by_profile, *data("profile", "work_email", "personal_email", "phone")).ok()
    spent = Spent(town)
    by_email = own.csv([{"email": email.upper()} for one in people for email in one["emails"]], "emails.csv")
    told = look_up(own, "people", "--from", by_email, *data("profile", "phone")).ok().json["input"]
    assert (told["asked"], told["fresh"]) == (0, 12)
    told = look_up(own, "people", "--from", by_profile, *data("work_email", "personal_email")).ok().json["input"]
    assert (told["asked"], told["fresh"]) == (0, 6)
    told = look_up(own, "linkedin_urls", "--from", by_email).ok().json["input"]
    assert (told["asked"], told["fresh"]) == (0, 12)
    assert spent() == {}


def test_without_the_evidence_of_other_answers_people_are_bought_again(
    own: House, town: Sandbox, monkeypatch: pytest.MonkeyPatch, inside: Callable[[Path], None]
) -> None:
    people = [one for one in known(town) if one["emails"]][:4]
    file = own.csv([{"linkedin_url": one["id"]} for one in people])
    look_up(own, "people", "--from", file, *data("profile", "work_email", "personal_email", "phone")).ok()
    rows = [{"email": one["emails"][0]} for one in people]
    for name, value in (DLT | own.environment_on(DAYS[0])).items():
        monkeypatch.setenv(name, value)
    inside(own.folder)
    settings = load_settings()
    source, lookup = find_lookup("contactout.people", settings)
    asked = {}
    with open_warehouse(settings) as warehouse:
        for name, one in (("with", lookup), ("piece by piece", lookup), ("without", replace(lookup, evidence=None))):
            monkeypatch.setattr(routing, "RECORDS_AT_ONCE", 20_000 if name == "with" else 1)
            result = to_look_up(source, one, ("profile",), rows, warehouse, settings, datetime(2026, 3, 2, 7))
            asked[name] = len(result.asked)
    assert asked == {"with": 0, "piece by piece": 0, "without": 4}


@pytest.mark.parametrize("wait", ["5", "0"], ids=["by a job", "by a job that a later sync read"])
def test_what_a_job_has_told_is_not_bought_again(own: House, town: Sandbox, wait: str) -> None:
    own.environment["SOURCES__CONTACTOUT__LOOKUPS__JOBS_FROM"] = "20"
    own.environment["SOURCES__CONTACTOUT__LOOKUPS__WAIT_SECONDS"] = wait
    people = [one for one in known(town) if one["emails"]][:30]
    file = own.csv([{"linkedin_url": one["id"]} for one in people])
    look_up(own, "people", "--from", file, *data("work_email", "personal_email")).ok()
    own.environment["SOURCES__CONTACTOUT__LOOKUPS__WAIT_SECONDS"] = "5"
    own.run("sync", "contactout", "--no-build", "--only", "stats").ok()
    spent = Spent(town)
    by_email = own.csv([{"email": email} for one in people for email in one["emails"]], "emails.csv")
    told = look_up(own, "people", "--from", by_email, *data("work_email")).ok().json["input"]
    assert told["asked"] == 0
    assert spent() == {}


def test_only_the_data_points_that_are_missing_are_bought(own: House, town: Sandbox) -> None:
    file = own.csv(profiles(town, 12))
    look_up(own, "people", "--from", file, *data("profile")).ok()
    spent = Spent(town)
    told = look_up(own, "people", "--from", file, *data("profile", "phone")).ok().json["input"]
    assert told["ways"] == {"people_linkedin": 12}
    assert set(spent()) <= {"phone"}


def test_people_are_found_by_address_number_and_name(own: House, town: Sandbox) -> None:
    one = next(one for one in known(town) if one["emails"] and one["phones"])
    rows = [
        {"reference": "email", "email": one["emails"][0]},
        {"reference": "phone", "phone": f"+1{one['phones'][0]}"},
        {"reference": "stranger", "full_name": "Nobody Example", "company": "No Such Company"},
    ]
    look_up(own, "people", "--from", own.csv(rows), *data("profile")).ok()
    assert outcomes(own) == {"email": "found", "phone": "found", "stranger": "not_found"}
    keys = own.query("select distinct record_key from raw_contactout.people", own.warehouse)
    assert keys == [(one["id"],)]


def test_the_profile_of_an_address_costs_an_email_credit_once(own: House, town: Sandbox) -> None:
    people = [one for one in known(town) if one["emails"]][:4]
    file = own.csv([{"email": one["emails"][0]} for one in people])
    spent = Spent(town)
    look_up(own, "linkedin_urls", "--from", file).ok()
    look_up(own, "linkedin_urls", "--from", file).ok()
    assert spent() == {"email": 4} == ledger(own)


# -- jobs -------------------------------------------------------------------------------------------------------------


def test_a_job_that_is_not_done_is_read_by_a_later_sync_and_never_started_twice(own: House, town: Sandbox) -> None:
    own.environment["SOURCES__CONTACTOUT__LOOKUPS__JOBS_FROM"] = "20"
    own.environment["SOURCES__CONTACTOUT__LOOKUPS__WAIT_SECONDS"] = "0"
    file = own.csv(profiles(town, 50))
    points = data("work_email", "personal_email")
    started, spent = town.asked("contactout.people_linkedin_batch_v2"), Spent(town)
    run = look_up(own, "people", "--from", file, *points).ok()
    assert set(outcomes(own).values()) == {"pending"}
    remark = next(one["remark"] for sync in run.json["syncs"] for one in sync["resources"] if one["remark"])
    assert "is not done yet" in remark
    again = look_up(own, "people", "--from", file, *points).ok().json["input"]
    assert (again["asked"], len(again["pending"])) == (0, 50)
    assert set(outcomes(own).values()) == {"pending"}
    assert ledger(own) == {}, "nothing is known of its price before it is done"
    own.environment["SOURCES__CONTACTOUT__LOOKUPS__WAIT_SECONDS"] = "5"
    own.run("sync", "contactout", "--no-build", "--only", "stats", day=DAYS[1]).ok()
    assert set(outcomes(own).values()) <= {"found", "not_found"}
    assert town.asked("contactout.people_linkedin_batch_v2") == started + 1
    assert ledger(own) == spent()
    assert own.query("select count(*) from raw_contactout.people", own.warehouse)[0][0] == 50
    third = look_up(own, "people", "--from", file, *points, day=DAYS[1]).ok().json["input"]
    assert (third["asked"], third["fresh"]) == (0, 50)


@pytest.mark.soak
def test_the_same_lookup_reads_the_job_and_after_two_weeks_it_is_given_up(own: House) -> None:
    options = ("--people", "120", "--companies", "40", "--rate-scale", "1000", "--contactout-polls", "3")
    own.environment["SOURCES__CONTACTOUT__LOOKUPS__JOBS_FROM"] = "20"
    own.environment["SOURCES__CONTACTOUT__LOOKUPS__WAIT_SECONDS"] = "0"
    points = data("work_email", "personal_email")
    with running_sandbox(*options) as town:
        own.configure(town.info)
        file = own.csv(profiles(town, 30))
        for _ in range(3):
            look_up(own, "people", "--from", file, *points).ok()
            assert set(outcomes(own).values()) == {"pending"}
        late = look_up(own, "people", "--from", file, *points, "--dry-run", day="2026-03-20").ok().json["input"]
        assert (len(late["pending"]), len(late["unknown"])) == (0, 30)
        look_up(own, "people", "--from", file, *points).ok()
        assert set(outcomes(own).values()) <= {"found", "not_found"}


def test_each_data_point_of_a_profile_is_checked_for_by_itself(own: House, town: Sandbox) -> None:
    file = own.csv(profiles(town, 4))
    spent = Spent(town)
    told = look_up(own, "availability", "--from", file, *data("phone", "work_email")).ok().json["input"]
    assert told["requests"] == {"phone_status": 4, "work_email_status": 4}
    assert spent() == {}
    again = look_up(own, "availability", "--from", file, *data("phone", "work_email")).ok().json["input"]
    assert again["asked"] == 0


def test_a_budget_holds_what_a_job_can_cost_until_its_result_is_read(own: House, town: Sandbox) -> None:
    own.environment["SOURCES__CONTACTOUT__LOOKUPS__JOBS_FROM"] = "20"
    own.environment["SOURCES__CONTACTOUT__LOOKUPS__WAIT_SECONDS"] = "0"
    own.environment["BUDGET__CONTACTOUT__EMAIL"] = '{"per_day": 60}'
    points = data("work_email", "personal_email")
    look_up(own, "people", "--from", own.csv(profiles(town, 50), "a.csv"), *points).ok()
    spent = Spent(town)
    second = look_up(own, "people", "--from", own.csv(profiles(town, 40, 60), "b.csv"), *points)
    assert second.code == 3, second.out
    assert 0 < spent()["email"] <= 10, "the first may still cost all of its 50, so a smaller job is all that fits"


def test_a_job_whose_start_was_lost_is_unknown_and_not_started_again(own: House, town: Sandbox) -> None:
    own.environment["SOURCES__CONTACTOUT__LOOKUPS__JOBS_FROM"] = "10"
    own.environment["LEADHOUSE__REPEAT_UNKNOWN_UP_TO"] = "1000"
    file = own.csv(profiles(town, 20))
    points = data("work_email", "personal_email")
    started = town.asked("contactout.people_linkedin_batch_v2")
    town.fault(provider="contactout", operation="people_linkedin_batch_v2", kind="reset", times=1)
    lost = look_up(own, "people", "--from", file, *points)
    assert lost.code == 4
    town.no_faults()
    assert set(outcomes(own).values()) == {"unknown"}
    again = look_up(own, "people", "--from", file, *points).ok().json["input"]
    assert (again["asked"], len(again["unknown"])) == (0, 20)
    assert town.asked("contactout.people_linkedin_batch_v2") == started + 1
    assert ledger(own) == {"email": 20}, "what may have been charged counts as spent"


@pytest.mark.soak
def test_a_job_survives_a_kill_and_is_not_started_again(own: House, town: Sandbox) -> None:
    own.environment["SOURCES__CONTACTOUT__LOOKUPS__JOBS_FROM"] = "10"
    own.environment["SOURCES__CONTACTOUT__LOOKUPS__POLL_SECONDS"] = "2"
    file = own.csv(profiles(town, 60))
    started, spent = town.asked("contactout.people_linkedin_batch_v2"), Spent(town)
    arguments = ("lookup", "contactout.people", "--from", file, "--no-build", *data("work_email", "personal_email"))
    assert own.kill_when(lambda: town.asked("contactout.people_linkedin_batch_v2") > started, *arguments, after=0.7)
    own.environment.update(QUICK)
    own.run("sync", "contactout", "--no-build", "--only", "stats").ok()
    assert town.asked("contactout.people_linkedin_batch_v2") == started + 1
    assert len(outcomes(own)) == 60
    assert set(outcomes(own).values()) <= {"found", "not_found"}
    assert ledger(own) == spent()


# -- verification -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 30], ids=["one", "a batch"])
def test_an_address_is_verified_once_and_what_is_not_told_is_not_bought_again(
    own: House, town: Sandbox, number: int
) -> None:
    addresses = [email for one in known(town) for email in one["emails"]][:number]
    file = own.csv([{"reference": email, "email": email} for email in addresses])
    spent = Spent(town)
    look_up(own, "verify", "--from", file).ok()
    once = spent()
    assert once == ledger(own)
    assert once.get("verifier", 0) <= number
    told = outcomes(own, "verify")
    assert set(told) == set(addresses)
    assert set(told.values()) <= {"found", "unknown"}
    again = look_up(own, "verify", "--from", file).ok().json["input"]
    assert again["asked"] == 0
    assert again["fresh"] + len(again["unknown"]) == number
    assert spent() == once
    later = look_up(own, "verify", "--from", file, day="2026-09-01").ok().json["input"]
    assert later["asked"] == again["fresh"], "what is no longer fresh is asked again"


# -- companies --------------------------------------------------------------------------------------------------------


def test_companies_are_looked_up_thirty_domains_at_a_time_and_free(own: House, town: Sandbox) -> None:
    domains = [email.partition("@")[2] for one in known(town) for email in one["emails"] if email.endswith(".example")]
    domains = list(dict.fromkeys(domains))[:40]
    asked, spent = town.asked("contactout.domain_enrich"), Spent(town)
    file = own.csv([{"reference": one, "domain": f"https://www.{one}/about"} for one in domains])
    look_up(own, "companies", "--from", file).ok()
    assert town.asked("contactout.domain_enrich") == asked + 2
    assert set(outcomes(own, "companies")) == set(domains)
    assert spent() == {}
    found = own.query("select count(distinct record_key) from raw_contactout.companies", own.warehouse)[0][0]
    assert found == sum(outcome == "found" for outcome in outcomes(own, "companies").values())


def test_a_sync_keeps_the_companies_filled_of_which_the_warehouse_knows_a_domain(own: House, town: Sandbox) -> None:
    search = '{"leaders": {"seniority": ["VP", "Director", "Manager"]}}'
    own.environment["SOURCES__CONTACTOUT__SEARCHES"] = search
    own.run("sync", "contactout").ok()
    asked = town.asked("contactout.domain_enrich")
    own.run("sync", "contactout", day=DAYS[1]).ok()
    assert town.asked("contactout.domain_enrich") > asked
    known_domains = own.query(
        "select count(distinct value) from intermediate.int_company_values where kind = 'domain'", own.warehouse
    )
    told = own.query(
        "select count(distinct key_hash) from raw_leadhouse.lookups where lookup = 'companies'", own.warehouse
    )
    assert told[0][0] > 0
    assert told[0][0] <= known_domains[0][0]
    own.run("sync", "contactout", day=DAYS[2]).ok()
    later = town.asked("contactout.domain_enrich")
    own.run("sync", "contactout", "--no-build", day="2026-03-05").ok()
    assert town.asked("contactout.domain_enrich") == later, "nothing is asked again within its interval"


# -- said before anything is asked ------------------------------------------------------------------------------------


def test_what_a_search_may_have_been_meant_otherwise_is_said_by_check_and_plan(own: House) -> None:
    searches = (
        '{"odd": {"seniority": ["VP"], "company_size": ["tiny"], "job_title": ["(Sales AND Growth) or Marketing"]}}'
    )
    own.environment["SOURCES__CONTACTOUT__SEARCHES"] = searches
    said = own.run("check", "contactout", "--json").ok().json["sources"][0]["remarks"]
    assert any("'tiny'" in one for one in said)
    assert any("or is searched for as a word" in one for one in said)
    assert "people_search_odd" in own.run("check", "contactout").ok().out
    planned = own.run("plan", "contactout").ok().out
    assert "tiny" in planned


def test_a_search_that_cannot_be_meant_is_refused_before_anything_is_asked(own: House, town: Sandbox) -> None:
    before = town.books()
    for key, value, words in (
        ("SEARCHES", '{"odd": {"job_title": ["(Sales AND"]}}', "parenthesis"),
        ("SEARCHES", '{"odd": {"seniority": ["a", 7]}}', "seniority"),
        ("COMPANY_SEARCHES", '{"all": {}}', "without a filter"),
        ("COMPANY_SEARCHES", '{"new": {"year_founded_from": 1900}}', "year_founded_from"),
        ("DECISION_MAKERS", '{"one": {}}', "linkedin_url, domain or name"),
        ("DECISION_MAKERS", '{"one": {"linkedin_url": "https://www.linkedin.com/sales/company/1"}}', "company"),
    ):
        run = House(own.folder, {**own.environment, f"SOURCES__CONTACTOUT__{key}": value}).run("sync", "contactout")
        assert run.code == 2, run.out + run.err
        assert words in run.err
        assert "Traceback" not in run.err
    assert town.books() == before
