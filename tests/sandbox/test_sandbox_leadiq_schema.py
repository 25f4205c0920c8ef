"""LeadIQ's schema is the documented one, of either generation, and nothing in it stays empty."""

from __future__ import annotations

import re
from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLSchema

from tests.reference import LEADIQ, REFERENCE, reference_is_there
from tests.sandbox.conftest import Sandbox, Start
from tests.sandbox.leadiq_schema import declared, everything, filled, schema_of, whole

# What the reference calls unused.
EMPTY = {("TrackContactsResponse", "contactsExceedingSubscriptionLimit")}
INPUTS: dict[str, Any] = {
    "SearchPeopleInput": {"fullName": "Nobody Nowhere"},
    "SearchCompanyInput": {"name": "Nowhere"},
    "RegeneratedTimeInput": {"personId": "nobody"},
    "RegenerateRecordInput": {"personId": "nobody"},
    "TrackContactsInput": {"importId": "4", "contacts": []},
    "AddTrackedCompaniesInput": {"companies": [{"name": "Nowhere", "domain": "nowhere.example"}]},
    "RemoveTrackedCompaniesInput": {"ids": ["4"]},
    "CancelCompanyTrackingTaskInput": {"id": "4"},
    "ApiPersonFeedback": {"value": "nobody@example.com"},
}
VARIABLES: dict[str, Any] = {
    "id": "4",
    "importId": "xyz789",
    "limit": 5,
    "detectedAfter": "2020-07-19",
    "uniqueOnly": True,
    "first": 5,
    "after": "4",
    "cursor": None,
}


def _examples(name: str) -> list[str]:
    """Every query and mutation of a reference document, as it stands there."""
    text = (REFERENCE / name).read_text()
    return re.findall(r"\nQuery\n((?:query|mutation) .*?\n\})\n(?=Variables|Response)", text, re.DOTALL)


def _with_fragments(query: str, schema: GraphQLSchema) -> str:
    """The query with the fragments that the document names and does not define."""
    parts, missing = [query], set(re.findall(r"\.\.\.(\w+)Fragment", query))
    parts += [f"fragment {name}Fragment on {name} {everything(schema.type_map[name])}" for name in sorted(missing)]
    return "\n".join(parts)


@pytest.mark.skipif(not reference_is_there(), reason="the reference documents are not beside the project")
@pytest.mark.parametrize("name", LEADIQ)
def test_every_example_query_of_the_references_is_executed_without_complaint(start: Start, name: str) -> None:
    own = "new" if "company" in name else "old"
    for generation in (own, "union"):
        box = start("--leadiq-generation", generation)
        schema = schema_of(box)
        examples = _examples(name)
        assert len(examples) > 7
        for query in examples:
            wanted = dict(re.findall(r"\$(\w+): (\w+)", query))
            given = {one: INPUTS.get(kind, {}) if one == "input" else VARIABLES[one] for one, kind in wanted.items()}
            answer = box.leadiq(_with_fragments(query, schema), **given)
            assert answer.status_code == 200, (query, answer.text)
            assert "errors" not in answer.json()


@pytest.mark.skipif(not reference_is_there(), reason="the reference documents are not beside the project")
@pytest.mark.parametrize(("name", "generation"), zip(LEADIQ, ("old", "new"), strict=True))
def test_a_generation_has_every_documented_field_as_documented(start: Start, name: str, generation: str) -> None:
    text = (REFERENCE / name).read_text()
    lines = [line.strip() for line in text[text.index("\nTypes\n") :].split("\n") if line.strip()]
    schema = schema_of(start("--leadiq-generation", generation))
    kind: Any = None
    arguments: dict[str, Any] = {}
    checked = 0
    for line, following in zip(lines, lines[1:], strict=False):
        if following in ("Fields", "Values", "Description") and line not in ("Fields", "Values", "Description"):
            kind, arguments = schema.type_map.get(line, kind), {}
            continue
        field = re.match(r"(\w+) - (\[?\w+!?\]?!?)(?: |$)", line)
        if field is None or kind is None:
            continue
        told = arguments.get(field[1]) or getattr(kind, "fields", {})[field[1]]
        assert str(told.type) == field[2], (kind, line)
        arguments = getattr(told, "args", None) or arguments
        checked += 1
    assert checked > 200
    for enum in (one for one in schema.type_map.values() if isinstance(one, GraphQLEnumType)):
        if not enum.name.startswith("__"):
            for value in enum.values:
                assert re.search(rf"^{value}$", text, re.MULTILINE), (enum, value)


def test_a_generation_refuses_what_only_the_other_has(start: Start) -> None:
    old, new = start("--leadiq-generation", "old"), start("--leadiq-generation", "new")
    companies = "{ trackedCompanies { pageInfo { total } } }"
    contacts = "{ trackedContacts(limit: 1) { pageInfo { total } } }"
    filtered = "query ($i: FlatSearchInput!) { flatAdvancedSearch(input: $i) { totalPeople } }"
    refused = old.leadiq(companies)
    assert refused.status_code == 400
    assert "Cannot query field 'trackedCompanies'" in refused.json()["errors"][0]["message"]
    assert new.leadiq(companies).status_code == 200
    assert (old.leadiq(contacts).status_code, new.leadiq(contacts).status_code) == (200, 400)
    by_contact = {"contactFilter": {"updatedAt": {"start": 0}}}
    assert (old.leadiq(filtered, i=by_contact).status_code, new.leadiq(filtered, i=by_contact).status_code) == (
        200,
        400,
    )
    seen: dict[str, Any] = {"jobChangeFilter": {"jobChangeTypes": []}}
    assert {box.leadiq(filtered, i=seen).status_code for box in (old, new)} == {400}
    for box in (old, new):
        assert box.leadiq("{ account { universalPlan { used } } }").status_code == 200, "the guide is of no generation"


def test_the_union_has_what_is_only_seen_in_samples(box: Sandbox) -> None:
    types = schema_of(box).type_map
    assert "SeniorIndividualContributor" in types["Seniority"].values  # type: ignore[attr-defined]
    assert "JobChangeStartedAtDesc" in types["ContactSortingOption"].values  # type: ignore[attr-defined]
    filters = types["ContactFilter"]
    assert isinstance(filters, GraphQLInputObjectType)
    assert "locations" in filters.fields


def test_no_field_of_the_schema_stays_empty_in_all_answers(start: Start) -> None:
    box = start("--people", "600", "--companies", "120", "--rate-scale", "1000")
    schema = schema_of(box)
    said: set[tuple[str, str]] = set()

    def ask(operation: str, arguments: str = "") -> Any:
        answer = box.leadiq(whole(schema, operation, arguments))
        assert answer.status_code == 200, (operation, answer.text)
        root = schema.query_type if operation in schema.query_type.fields else schema.mutation_type  # type: ignore[union-attr]
        value = answer.json()["data"][operation]
        said.update(filled(root.fields[operation].type, value))  # type: ignore[union-attr]
        return value

    for operation in ("account", "usage", "contactTrackingBalance", "trackedCompanies"):
        ask(operation)
    ask("trackedContacts", "(limit: 25)")
    box.move_to("2026-05-01")
    ask("trackedContacts", "(limit: 25)")
    for skip in range(0, 250, 25):
        ask("flatAdvancedSearch", f"(input: {{skip: {skip}}})")
        ask("groupedAdvancedSearch", f"(input: {{skip: {skip}, limitPerCompany: 2}})")
    truth = box.truth()["leadiq"]
    for one in truth["people"][:120]:
        ask("searchPeople", f'(input: {{id: "{one["id"]}", includeInvalid: true}})')
        ask("regeneratedTime", f'(input: {{personId: "{one["id"]}"}})')
    for one in truth["companies"][:80]:
        ask("searchCompany", f'(input: {{source: "{one["id"]}"}})')
    contact = '{firstName: "A", lastName: "B", companyName: "C"}'
    ask("trackContacts", f'(input: {{importId: "i", contacts: [{contact}, {contact.replace("A", "")}]}})')
    company = '{name: "Nowhere", domain: "nowhere.example", customData: {crm: 1}}'
    added = ask("addTrackedCompanies", f"(input: {{companies: [{company}, {company}]}})")
    identity = added["companies"][0]["company"]["id"]
    task = ask("startCompanyTrackingTask", "(input: {monthsBack: 12})")["task"]["id"]
    other = ask("startCompanyTrackingTask", "(input: {})")["task"]["id"]
    ask("cancelCompanyTrackingTask", f'(input: {{id: "{other}", reason: "enough"}})')
    ask("cancelCompanyTrackingTask", f'(input: {{id: "{other}"}})')
    box.move_to("2026-05-03")
    ask("companyTrackingTask", f'(id: "{task}")')
    ask("companyTrackingTask", f'(id: "{other}")')
    ask("removeTrackedCompanies", f'(input: {{ids: ["{identity}", "4"]}})')
    ask("removeAllTrackedCompanies")
    ask("startCompanyTrackingTask", "(input: {})")
    assert declared(schema) - said == EMPTY
