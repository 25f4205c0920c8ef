"""LeadIQ's API has two generations, and an account may have either: what it knows is read, and what it lacks is said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house import DAYS, House, running_sandbox

pytestmark = pytest.mark.slow

SEARCHES = """
[sources.leadiq.company_tracking]
tasks = ["first-task"]
[sources.leadiq.searches.everybody]
data = ["profile", "emails"]
company = { sizes = [{ min = 1 }] }
[sources.leadiq.searches.accounts]
grouped = true
company = { sizes = [{ min = 1 }] }
[sources.leadiq.searches.leaders]
contact = { seniorities = ["VP", "Director", "Executive"] }
"""
BOTH = {"account", "usage", "tracked_companies", "search_everybody", "search_accounts"}
OF_THE_OLD = {"contact_tracking_balance", "tracked_contacts", "search_leaders"}
OF_THE_NEW = {"company_tracking_task_first-task", "company_job_changes_first-task"}


@pytest.mark.parametrize(
    ("generation", "knows", "lacks"),
    [("union", BOTH | OF_THE_OLD | OF_THE_NEW, set()), ("new", BOTH | OF_THE_NEW, OF_THE_OLD), ("old", None, None)],
)
def test_whatever_generation_an_account_has_what_it_knows_is_read_and_the_rest_is_named(
    tmp_path: Path, generation: str, knows: set[str] | None, lacks: set[str] | None
) -> None:
    if knows is None or lacks is None:
        knows, lacks = (BOTH | OF_THE_OLD) - {"tracked_companies"}, OF_THE_NEW | {"tracked_companies"}
    with running_sandbox("--people", "60", "--companies", "30", "--leadiq-generation", generation) as town:
        house = House(tmp_path).configure(town.info, SEARCHES).prepare()
        run = house.run("sync", "leadiq", "--no-build", "--json", day=DAYS[0])
        lines = {
            one["resource"]: one for one in run.json["syncs"][-1]["resources"] if one["resource"] != "authentication"
        }
        assert set(lines) == BOTH | OF_THE_OLD | OF_THE_NEW
        read = {name for name, line in lines.items() if line["stopped"] is None}
        assert read == knows, {name: line["stopped"] for name, line in lines.items()}
        assert all(lines[name]["records"] for name in read)
        for name in lacks:
            assert re.match("this (LeadIQ )?account does not (offer|take)", lines[name]["stopped"])
        assert run.code in (0, 4)
        # Whatever was refused was refused for nothing, and what was bought is what was charged.
        assert town.charged("leadiq").get("uc", 0) == pytest.approx(
            house.query(
                "select coalesce(sum(credits_estimated), 0) from raw_leadhouse.request_credits", house.warehouse
            )[0][0]
        )
        said = house.run("check", "leadiq", "--json", day=DAYS[0]).ok().json["sources"][0]
        if generation != "union":
            assert said["unknown_fields"], "what the account does not know was learned"
            assert said["unknown_fields"][0] in said["says"]
        # Learned once: nothing is refused a second time that was left out the first time.
        refused = house.query(
            "select operation, count(*) from raw_leadhouse.requests where outcome = 'retried' group by all order by all",
            house.warehouse,
        )
        again = house.run("sync", "leadiq", "--no-build", "--json", day=DAYS[1])
        assert again.code == run.code
        assert refused == house.query(
            "select operation, count(*) from raw_leadhouse.requests where outcome = 'retried' group by all order by all",
            house.warehouse,
        )
