"""What a provider may put into a record one day: every declared field with a wrong type, null, and what nobody declared."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import AliasChoices
from pydantic.fields import FieldInfo

from sandbox import exact
from sandbox.spoil import merged
from sources.landing import ALWAYS, Entity, Known, Record, SqlType
from sources.landing.records import read_json

EXACT_NUMBER = "1.70"
BIG_NUMBER = 12345678901234567890123
HALF_A_PAIR = "\ud800"
BIG = 5_000_000
NO_RECORD = "this is no record"
WRONG: dict[SqlType, Any] = {
    SqlType.TEXT: {"not": "a text"},
    SqlType.INTEGER: "not a whole number",
    SqlType.NUMBER: "not a number",
    SqlType.BOOLEAN: "perhaps",
    SqlType.DATE: "not a day",
    SqlType.TIMESTAMP: "not a time",
}
"""For each declared type a value that cannot be read as one."""


@dataclass(frozen=True)
class Content:
    """One thing that may be in a record.

    Attributes:
        body: laid over a true record, or in its place when it is no object.
        drift: (kind, field) that must be counted.
    """

    name: str
    body: Any
    drift: frozenset[tuple[str, str]] = frozenset()
    pad_bytes: int = 0
    without: tuple[str, ...] = ()

    def text(self) -> str:
        """The body as JSON, each number with its digits."""
        return json.dumps(self.body).replace(f'"{EXACT_NUMBER}"', EXACT_NUMBER)

    def order(self, provider: str, operation: str) -> str:
        """The fault that puts it into the first record of an answer, as JSON."""
        who = f'"provider": "{provider}", "operation": "{operation}", "kind": "record"'
        return f'{{{who}, "pad_bytes": {self.pad_bytes}, "without": {json.dumps(self.without)}, "body": {self.text()}}}'

    def laid_over(self, payload: str) -> str:
        """What becomes of a true record, character for character."""
        record = merged(json.loads(payload), exact.read(self.text().encode()))
        if self.pad_bytes:
            record = {**record, "padding": "x" * self.pad_bytes}
        if isinstance(record, dict):
            record = {name: value for name, value in record.items() if name not in self.without}
        return exact.write(record).decode()


def contents(entity: Entity, keys: Set[str]) -> list[Content]:
    """What to try on an entity's records.

    Args:
        keys: the keys its records really have, at any depth: a field is spoilt under the name it comes under.
    """
    surplus = {
        "surplus": EXACT_NUMBER,
        "long_number": BIG_NUMBER,
        "half": HALF_A_PAIR,
        "deep": {"er": [1, {"x": None}]},
    }
    enums = {alias: "NeverHeardOf" for _, alias, info in _fields(entity, keys) if _is_enum(info)}
    names = [name for name, _, info in _fields(entity, keys) if _is_enum(info)]
    found = [
        Content(
            "strange",
            {**surplus, **enums},
            frozenset({("unknown_field", name) for name in surplus} | {("unknown_value", name) for name in names}),
        ),
        Content("nulls", {alias: None for _, alias, _ in _fields(entity, keys)}),
        Content("five megabytes", {"big": True}, frozenset({("unknown_field", "padding")}), pad_bytes=BIG),
    ]
    found += [
        _wrong("wrong types", entity, keys, inside=False),
        _wrong("wrong types inside", entity, keys, inside=True),
    ]
    always = [(name, alias) for name, alias, info in _fields(entity, keys) if ALWAYS in info.metadata]
    if always:
        missing = frozenset(("missing_field", name) for name, _ in always)
        found.append(Content("missing", {}, missing, without=tuple(alias for _, alias in always)))
    if entity.where:
        found.append(Content("no object", NO_RECORD))
    return found


def _wrong(name: str, entity: Entity, keys: Set[str], inside: bool) -> Content:
    body: dict[str, Any] = {}
    drift: set[tuple[str, str]] = set()
    for field, alias, info in _fields(entity, keys):
        model = _nested(info)
        if model is None or not inside:
            if not inside and not _takes_anything(info):
                body[alias] = _wrong_value(info) if model is None else [[7]] if _is_list(info) else 7
                drift.add(("wrong_type", field))
            continue
        below, surprises = _wrong_below(model, keys)
        body[alias] = [below] if _is_list(info) else below
        drift |= surprises
    return Content(name, body or {"nothing": "inside"}, frozenset(drift))


def _wrong_below(model: type[Record], keys: Set[str]) -> tuple[dict[str, Any], set[tuple[str, str]]]:
    body: dict[str, Any] = {}
    drift: set[tuple[str, str]] = set()
    for name, info in model.model_fields.items():
        if not _takes_anything(info):
            body[_alias(name, info, keys)] = 7 if _nested(info) is not None else _wrong_value(info)
            drift.add(("wrong_type", name))
    return body, drift


def _fields(entity: Entity, keys: Set[str]) -> Iterator[tuple[str, str, FieldInfo]]:
    """(field, key under which it comes, declaration); the key of a map is not part of its record."""
    for name, info in entity.model.model_fields.items():
        if name != entity.map_key:
            yield name, _alias(name, info, keys), info


def _alias(name: str, info: FieldInfo, keys: Set[str]) -> str:
    alias = info.validation_alias
    choices = [str(one) for one in alias.choices] if isinstance(alias, AliasChoices) else [name]
    return next((one for one in choices if one in keys), choices[0])


def _nested(info: FieldInfo) -> type[Record] | None:
    for choice in get_args(info.annotation):
        if isinstance(choice, type) and issubclass(choice, Record):
            return choice
    return None


def _is_list(info: FieldInfo) -> bool:
    return getattr(info.annotation, "__origin__", None) is list


def _is_enum(info: FieldInfo) -> bool:
    return any(isinstance(one, Known) for one in info.metadata)


def _takes_anything(info: FieldInfo) -> bool:
    """Whether any JSON is right."""
    return any(getattr(one, "func", None) is not None and _reads_json(one.func) for one in info.metadata)


def _reads_json(function: Any) -> bool:
    closure = getattr(function, "__closure__", None) or ()
    return any(cell.cell_contents is read_json for cell in closure)


def _wrong_value(info: FieldInfo) -> Any:
    return WRONG[next(one for one in info.metadata if isinstance(one, SqlType))]


def counted(drift: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """(kind, field) of counted drift; of a field inside a field its own name, however its way is written."""
    return {(kind, re.findall(r"[^.\[\]]+", field)[-1]) for kind, field in drift}


def keys_of(value: Any) -> set[str]:
    """All keys in a JSON value, at any depth."""
    if isinstance(value, dict):
        return set(value) | {key for one in value.values() for key in keys_of(one)}
    if isinstance(value, list):
        return {key for one in value for key in keys_of(one)}
    return set()
