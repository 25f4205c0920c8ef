"""Every document the connector sends is valid, and its schema and records are those of the references."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from graphql import GraphQLObjectType, build_schema, parse, validate

import sources.leadiq
from sources.landing import Record
from sources.leadiq.records import ENTITIES, TrackedCompany, TrackedContact
from tests.house import PROJECT
from tests.reference import LEADIQ, REFERENCE, reference_is_there

FOLDER = Path(sources.leadiq.__file__).parent
SCHEMA = build_schema((FOLDER / "schema.graphql").read_text())
QUERIES = sorted((FOLDER / "queries").glob("*.graphql"))


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_a_document_is_valid_for_our_schema_and_for_the_sandboxs(path: Path) -> None:
    sandbox = build_schema((PROJECT / "sandbox" / "leadiq" / "schema.graphql").read_text())
    for schema in (SCHEMA, sandbox):
        assert validate(schema, parse(path.read_text())) == []


@pytest.mark.parametrize(("name", "model"), [("TrackedContact", TrackedContact), ("TrackedCompany", TrackedCompany)])
def test_a_record_reads_every_field_of_its_type(name: str, model: type[Record]) -> None:
    kind = SCHEMA.type_map[name]
    assert isinstance(kind, GraphQLObjectType)
    known = {
        choice for field in model.model_fields.values() for choice in getattr(field.validation_alias, "choices", ())
    }
    assert set(kind.fields) <= known


def test_every_entity_has_a_document() -> None:
    assert {path.stem for path in QUERIES} == {entity.name for entity in ENTITIES}


@pytest.mark.skipif(not reference_is_there(), reason="the reference documents are not beside this checkout")
@pytest.mark.parametrize("name", ["TrackedContact", "TrackedCompany", "PageInfo", "TrackedContactsConnection"])
def test_our_schema_has_the_fields_and_types_of_the_reference(name: str) -> None:
    text = "".join((REFERENCE / document).read_text() for document in LEADIQ)
    table = re.search(rf"\n{name}\n\nFields\nField Name Description\n(.*?)\nExample\n", text, re.DOTALL)
    assert table is not None
    documented = dict(re.findall(r"^(\w+) - (\S+)", table[1], re.MULTILINE))
    kind = SCHEMA.type_map[name]
    assert isinstance(kind, GraphQLObjectType)
    assert {field: str(kind.fields[field].type) for field in kind.fields} == documented
