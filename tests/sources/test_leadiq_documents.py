"""Every document the connector sends is valid, and its schema and records are those of the references."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import get_args

import pytest
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_schema,
    parse,
    validate,
    visit,
)

import sources.leadiq
from sources.landing import Known, Record
from sources.leadiq import documents, records, results
from sources.leadiq.documents import DATA_POINTS, FILES, with_variables, without_fields
from sources.leadiq.records import ENTITIES
from tests.house import PROJECT
from tests.reference import LEADIQ, REFERENCE, Table, leadiq_tables, reference_is_there

FOLDER = Path(sources.leadiq.__file__).parent
SCHEMA = build_schema((FOLDER / "schema.graphql").read_text())
QUERIES = sorted((FOLDER / "queries").glob("*.graphql"))
NAMES = {stem: name for name, stem in FILES.items()}
DOCUMENTS = [NAMES.get(path.stem, path.stem) for path in QUERIES]
SUBSETS = [frozenset(points) for size in range(5) for points in combinations(sorted(DATA_POINTS), size)]
SOLD = ["searchPeople", "searchCompany", "flatAdvancedSearch", "groupedAdvancedSearch"]
FREE = {"_id", "id", "source", "companyId"}
needs_references = pytest.mark.skipif(
    not reference_is_there(), reason="the reference documents are not beside this checkout"
)


def text_of(name: str) -> str:
    query = (FOLDER / "queries" / f"{FILES.get(name, name)}.graphql").read_text()
    return query + (FOLDER / "fragments.graphql").read_text()


def operation_of(text: str) -> OperationDefinitionNode:
    return next(one for one in parse(text).definitions if isinstance(one, OperationDefinitionNode))


def variables_of(name: str) -> frozenset[str]:
    return frozenset(one.variable.name.value for one in operation_of(text_of(name)).variable_definitions or ())


def document(name: str, points: frozenset[str] = DATA_POINTS) -> str:
    return with_variables(name, variables_of(name), points)


def selected(query: str, schema: GraphQLSchema = SCHEMA) -> set[tuple[str, str]]:
    """(type, field) of everything that a document selects."""
    info = TypeInfo(schema)
    found = set()

    class Fields(Visitor):
        def enter_field(self, node: FieldNode, *_: object) -> None:
            parent = info.get_parent_type()
            assert parent is not None, node.name.value
            found.add((parent.name, node.name.value))

    visit(parse(query), TypeInfoVisitor(info, Fields()))
    return found


# -- documents ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_valid_whichever_data_points_are_asked_for(name: str) -> None:
    for points in SUBSETS:
        assert validate(SCHEMA, parse(document(name, points))) == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_valid_for_the_sandboxs_schema_and_the_sandbox_answers_it(name: str) -> None:
    sandbox = build_schema((PROJECT / "sandbox" / "leadiq" / "schema.graphql").read_text())
    operation = operation_of(text_of(name))
    (asked,) = (one.name.value for one in operation.selection_set.selections if isinstance(one, FieldNode))
    root = sandbox.get_root_type(operation.operation)
    assert root is not None
    assert asked in root.fields
    assert validate(sandbox, parse(document(name))) == []


def test_every_operation_of_the_schema_has_a_document() -> None:
    asked = set()
    for name in DOCUMENTS:
        asked |= {path[0] for path in _paths(text_of(name))}
    assert SCHEMA.query_type is not None
    assert SCHEMA.mutation_type is not None
    assert asked == {*SCHEMA.query_type.fields, *SCHEMA.mutation_type.fields}


def test_every_entity_has_a_document_that_asks_for_its_records() -> None:
    asked = {
        ("data", *path)
        for name in DOCUMENTS
        for path in _paths(document(name))
    }  # fmt: skip
    for entity in ENTITIES:
        if entity.where.startswith("data/"):
            assert tuple(step for step in entity.where.split("/") if step != "*") in asked, entity.name


def _paths(query: str) -> Iterator[tuple[str, ...]]:
    def walk(node: FieldNode, above: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        here = (*above, node.name.value)
        yield here
        for one in node.selection_set.selections if node.selection_set else ():
            if isinstance(one, FieldNode):
                yield from walk(one, here)

    for one in operation_of(query).selection_set.selections:
        assert isinstance(one, FieldNode)
        yield from walk(one, ())


def test_every_field_that_a_record_reads_is_asked_for() -> None:
    asked = set().union(*(selected(document(name)) for name in DOCUMENTS))
    for kind in MODELS:
        type_ = SCHEMA.type_map[kind]
        assert isinstance(type_, GraphQLObjectType)
        assert {(kind, field) for field in type_.fields} <= asked


@pytest.mark.parametrize("name", SOLD)
def test_a_search_without_data_points_asks_for_what_is_free_alone(name: str) -> None:
    names = {("CompanyInfo", "name"), ("Company", "name")}
    paging = {"totalResults", "hasMore", "totalPeople", "totalCompanies", "totalContactsInCompany"}
    holders = {"results", "people", "companies", "company", "companyInfo", "currentPositions", "pastPositions", name}
    assert {one for one in selected(document(name, frozenset())) if one[1] not in FREE | paging | holders} <= names


PERSONAL = {
    "emails": {
        ("PersonRecord", "personalEmails"), ("PositionRecord", "emails"), ("Person", "workEmails"),
        ("Person", "verifiedWorkEmails"), ("Person", "verifiedLikelyWorkEmails"), ("Person", "personalEmails"),
    },
    "phones": {
        ("PersonRecord", "personalPhones"), ("PositionRecord", "phones"), ("Person", "workPhones"),
        ("Person", "personalPhones"),
    },
}  # fmt: skip


@pytest.mark.parametrize("name", ["searchPeople", "flatAdvancedSearch", "groupedAdvancedSearch"])
@pytest.mark.parametrize("points", SUBSETS, ids=lambda points: "+".join(sorted(points)) or "nothing")
def test_a_search_asks_for_no_data_point_but_those_that_were_chosen(name: str, points: frozenset[str]) -> None:
    free, query = selected(document(name, frozenset())), document(name, points)
    chosen = selected(query)
    for point, fields in PERSONAL.items():
        assert bool(chosen & fields) == (point in points)
    facts = {(kind, field) for kind, field in chosen - free if kind in ("CompanyInfo", "Company")}
    assert bool(facts) == ("company" in points)
    profile = {(kind, field) for kind, field in chosen - free if kind in ("PersonRecord", "PositionRecord", "Person")}
    assert bool(profile - PERSONAL["emails"] - PERSONAL["phones"] - {("Person", "company")}) == ("profile" in points)


@pytest.mark.parametrize("name", SOLD)
def test_what_is_sold_adds_up_to_the_whole_and_nothing_is_sold_twice(name: str) -> None:
    free, whole = selected(document(name, frozenset())), selected(document(name))
    parts = [selected(document(name, frozenset({point}))) - free for point in sorted(DATA_POINTS)]
    assert free.union(*parts) == whole
    leaves = [
        {one for one in part if one[0] in ("PersonRecord", "PositionRecord", "Person", "CompanyInfo")} for part in parts
    ]
    for one, other in combinations(leaves, 2):
        assert not one & other


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_fragment_is_named_after_its_data_point(name: str) -> None:
    endings = tuple(point.capitalize() for point in DATA_POINTS)
    for one in parse(text_of(name)).definitions:
        if isinstance(one, FragmentDefinitionNode):
            assert one.name.value.endswith(endings)


def test_a_data_point_that_there_is_not_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no data point shoes"):
        with_variables("searchPeople", frozenset({"input"}), frozenset({"shoes"}))


# -- what an account does not know -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SOLD)
def test_any_field_an_account_does_not_know_is_left_out_wherever_it_stands(name: str) -> None:
    query = document(name)
    for kind, field in sorted(selected(query)):
        less = without_fields(query, frozenset({f"{kind}.{field}"}))
        if kind in ("Query", "Mutation"):
            assert less is None
            continue
        assert less is not None
        assert (kind, field) not in selected(less)
        assert validate(SCHEMA, parse(less)) == []


def test_either_id_may_be_unknown() -> None:
    query = document("searchPeople", frozenset({"emails"}))
    for unknown, known in (("_id", "id"), ("id", "_id")):
        less = without_fields(query, frozenset({f"PersonRecord.{unknown}"}))
        assert less is not None
        found = selected(less)
        assert ("PersonRecord", unknown) not in found
        assert ("PersonRecord", known) in found
        assert ("CompanyInfo", "id") in found


def test_a_fragment_that_has_lost_its_fields_is_left_out_with_all_that_named_it() -> None:
    query = document("flatAdvancedSearch", frozenset({"phones", "emails"}))
    less = without_fields(query, frozenset({"Person.workPhones", "Person.personalPhones"}))
    assert less is not None
    assert "Phones" not in less
    assert "...PersonEmails" in less
    assert validate(SCHEMA, parse(less)) == []


def test_arguments_go_with_the_field_they_belonged_to() -> None:
    less = without_fields(document("companyJobChanges"), frozenset({"CompanyTrackingTask.jobChanges"}))
    assert less is not None
    assert "$first" not in less
    assert validate(SCHEMA, parse(less)) == []


# -- the references ----------------------------------------------------------------------------------------------------


MODELS: dict[str, type[Record]] = {
    "AddTrackedCompany": results.NamedCompany,
    "AddTrackedCompanyResult": results.CompanyAddition,
    "BalanceResponse": records.TrackingBalance,
    "CancelCompanyTrackingResponse": results.TrackingOrder,
    "Company": records.SearchCompany,
    "CompanyData": records.ChangedCompany,
    "CompanyInfo": records.CompanyInfo,
    "CompanyTrackingTask": records.TrackingTask,
    "CompanyWithPeople": records.CompanyWithPeople,
    "DateRange": records.Held,
    "EducationRecord": records.Education,
    "FundingInfo": records.Funding,
    "JobChange": records.CompanyJobChange,
    "LinkedinRecord": records.LinkedIn,
    "LocationInfo": records.Address,
    "LocationRecord": records.Place,
    "NAICSCode": records.IndustryCode,
    "NameInfo": records.PersonName,
    "Person": records.SearchPerson,
    "PersonData": records.ChangedPerson,
    "PersonJobChange": records.PersonJobChange,
    "PersonPosition": records.ChangePosition,
    "PersonRecord": records.PersonRecord,
    "PersonalEmailRecordType": records.Email,
    "PersonalPhoneRecordType": records.Phone,
    "PlanUsage": records.Meter,
    "Position": records.NewPosition,
    "PositionRecord": records.HeldPosition,
    "RegeneratedTimeResult": records.RegeneratedTime,
    "RemoveAllTrackedCompaniesResponse": results.CompanyRemoval,
    "RemoveTrackedCompaniesResponse": results.CompanyRemoval,
    "RemoveTrackedCompanyResult": records.TrackedCompany,
    "RevenueRange": records.Span,
    "SICCode": records.IndustryCode,
    "SocialProfile": records.Profile,
    "StartCompanyTrackingResponse": results.TrackingOrder,
    "SubscriptionInfo": records.Subscription,
    "TechnologyInfo": records.Technology,
    "TrackContactsResponse": results.ContactImport,
    "TrackedCompany": records.TrackedCompany,
    "TrackedContact": records.TrackedContact,
    "TrialUsage": records.Meter,
    "UsageMetaType": records.Usage,
    "WorkEmailRecordType": records.Email,
    "WorkPhoneRecordType": records.Phone,
}
"""Who reads which of LeadIQ's output types."""

ENVELOPES = {
    "AddTrackedCompaniesResponse", "CompanySearchResponse", "CompanySearchResult", "JobChangeConnection", "JobChangeEdge", "PageInfo",
    "PersonSearchResponse", "SearchResult", "TrackedCompaniesConnection", "TrackedCompanyEdge", "TrackedContactEdge",
    "TrackedContactsConnection",
}  # fmt: skip
"""Types that stand around records: totals and cursors."""

ELSEWHERE = {("CompanyTrackingTask", "jobChanges")}
"""Fields that hold records of another entity."""

SEEN = {"PersonJobChange", "PersonPosition"}
"""Types that only LeadIQ's samples show."""

TABLES = [(name, leadiq_tables(name)) for name in LEADIQ] if reference_is_there() else []


def tables(*kinds: str) -> list[tuple[str, Table]]:
    return [(name, table) for _, found in TABLES for name, table in found.items() if table.kind in kinds]


def enums() -> dict[str, Table]:
    return dict(tables("enum"))


def names_read(model: type[Record]) -> dict[str, str]:
    """Our field by each name it is read under."""
    return {
        str(choice): name
        for name, field in model.model_fields.items()
        for choice in getattr(field.validation_alias, "choices", ())
    }


@pytest.mark.parametrize("kind", sorted(MODELS))
def test_a_record_reads_every_field_of_its_type(kind: str) -> None:
    type_ = SCHEMA.type_map[kind]
    assert isinstance(type_, GraphQLObjectType)
    for field in type_.fields:
        assert field in names_read(MODELS[kind]) or (kind, field) in ELSEWHERE


@needs_references
def test_the_references_are_read_whole() -> None:
    assert [len(found) for _, found in TABLES] == [70, 91]
    assert sum(len(table.fields) for _, table in tables("type")) > 400


@needs_references
def test_every_output_type_of_the_references_has_a_record() -> None:
    assert {name for name, _ in tables("type")} - ENVELOPES == MODELS.keys() - SEEN


@needs_references
@pytest.mark.parametrize(("name", "table"), tables("type"), ids=lambda one: one if isinstance(one, str) else "")
def test_our_schema_has_the_fields_and_types_of_the_references(name: str, table: Table) -> None:
    ours = SCHEMA.type_map[name]
    assert isinstance(ours, GraphQLObjectType)
    for field, kind in table.fields.items():
        wanted = re.sub(r"\w+", lambda word: "String" if word[0] in enums() else word[0], kind)
        assert (field, str(ours.fields[field].type)) == (field, wanted)
    for field, arguments in table.arguments.items():
        for argument, kind in arguments.items():
            assert str(ours.fields[field].args[argument].type) == kind


@needs_references
@pytest.mark.parametrize(("name", "table"), tables("input"), ids=lambda one: one if isinstance(one, str) else "")
def test_our_schema_takes_every_input_of_the_references(name: str, table: Table) -> None:
    ours = SCHEMA.type_map[name]
    assert isinstance(ours, GraphQLInputObjectType)
    assert {field: str(ours.fields[field].type) for field in table.fields} == table.fields


@needs_references
@pytest.mark.parametrize(("name", "table"), tables("enum"), ids=lambda one: one if isinstance(one, str) else "")
def test_every_value_of_an_enumeration_is_taken_in_and_known_where_it_comes_out(name: str, table: Table) -> None:
    assert table.values
    read = False
    for kind, found in tables("type"):
        for field, type_ in found.fields.items():
            if re.sub(r"\W", "", type_) == name and kind in MODELS:
                known = _known(MODELS[kind], field)
                assert set(table.values) <= known, (kind, field)
                read = True
    if (ours := SCHEMA.type_map.get(name)) is not None:
        assert isinstance(ours, GraphQLEnumType)
        assert set(table.values) <= set(ours.values)
        read = True
    assert read or name == "RegenerateResponse"


def _known(model: type[Record], field: str) -> frozenset[str]:
    info = model.model_fields[names_read(model)[field]]
    metadata = [*info.metadata, *(one for argument in get_args(info.annotation) for one in get_args(argument))]
    return next(one.values for one in metadata if isinstance(one, Known))


@needs_references
@pytest.mark.parametrize("name", LEADIQ)
def test_our_schema_takes_the_arguments_of_the_references(name: str) -> None:
    text = (REFERENCE / name).read_text()
    asked = 0
    for kind, operation in (("query", SCHEMA.query_type), ("mutation", SCHEMA.mutation_type)):
        assert operation is not None
        for given, field in re.findall(rf"\n{kind} \w+(?:\(([^)]*)\))? \{{\n  (\w+)", text):
            ours = {argument: str(one.type) for argument, one in operation.fields[field].args.items()}
            assert dict(re.findall(r"\$(\w+): ([\w!\[\]]+)", given)) == ours
            asked += 1
    assert asked >= 9


def test_the_schema_that_is_sent_by_is_the_one_that_is_tested() -> None:
    assert documents.schema().type_map.keys() == SCHEMA.type_map.keys()
