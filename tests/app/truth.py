"""What the sandbox says really happened, held against the marts."""

from __future__ import annotations

from collections import Counter

from sandbox.vocabulary import DEPARTMENTS, LEVELS
from sandbox.wording import title
from tests.house import House, Sandbox


def same_job_changes(house: House, sandbox: Sandbox) -> int:
    """Every job change that LeadIQ reported is there once, with type, companies and days.

    Returns:
        how many there are.
    """
    people = truth_of(
        house, sandbox, "person", "select provider, provider_record_id, person_id from marts.map_person_records"
    )
    domains = dict(house.query("select company_id, domain from marts.dim_companies"))
    truth_of_domain = {company["domain"]: company["truth_id"] for company in sandbox.truth()["companies"]}
    types = {"JobChange": "new_company", "Promotion": "promotion", "Departure": "departure"}
    expected = sorted(
        (
            change["person_truth_id"],
            types[change["type"]],
            change["from_company_truth_id"],
            change["to_company_truth_id"],
            change["from_title"],
            change["to_title"],
            change["effective_on"],
            change["reported_on"],
        )
        for change in sandbox.truth()["job_changes"]
    )
    rows = house.query(
        "select person_id, change_type, from_company_id, to_company_id, from_title, to_title, "
        # A month that a history adds is not the day.
        "case when effective_precision = 'day' then effective_on end, reported_on from marts.fct_job_changes"
    )
    found = [
        (
            people[row[0]],
            row[1],
            truth_of_domain.get(domains.get(row[2], "")),
            truth_of_domain.get(domains.get(row[3], "")),
            row[4],
            row[5],
            row[6].isoformat() if row[6] else None,
            row[7].isoformat(),
        )
        for row in rows
    ]
    ours, theirs = (Counter((row[0], row[1], row[7]) for row in rows) for rows in (found, expected))
    assert ours == theirs, f"missing {list(theirs - ours)[:5]}, too many {list(ours - theirs)[:5]}"
    for said in (row[4] for row in found), (row[6] for row in found):
        assert sum(one is not None for one in said) > len(found) * 0.8
    wordings = {
        title(department, level, 0): {title(department, level, wording).lower() for wording in range(3)}
        for department in DEPARTMENTS
        for level in LEVELS
    }
    by_event = {(row[0], row[1], row[7]): row for row in found}
    for change in expected:
        row = by_event[change[0], change[1], change[7]]
        # LeadIQ does not always say when a position began; it never says it wrongly.
        assert row[6] in (change[6], None)
        assert row[3] == (change[3] if change[1] != "departure" else None)
        # In one of the wordings of the title, where LeadIQ says it at all.
        assert row[4] is None or row[4].lower() in wordings[change[4]]
        assert row[5] is None or row[5].lower() in wordings[change[5]]
        assert row[2] == change[2]
    return len(found)


def truth_of(house: House, sandbox: Sandbox, entity: str, sql: str) -> dict[str, str]:
    """Our ids to the true ones."""
    truth = {
        (record["provider"], record["provider_record_id"]): record["truth_id"]
        for record in sandbox.truth()["records"]
        if record["entity"] == entity
    }
    rows = house.query(sql)
    return {row[2]: truth[row[0], row[1]] for row in rows if (row[0], row[1]) in truth}
