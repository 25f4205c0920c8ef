"""The record model: what a provider may send, read tolerantly, written canonically.

A field that cannot be read becomes null and a line of drift; the rest of the record stays. Field names are ours, aliases
the providers'. A field's name, type and meaning stand here once: staging is generated from it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, get_args, get_origin

from pydantic import (
    AliasChoices,
    AliasGenerator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationInfo,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo

UNKNOWN_FIELDS = "unknown_fields"


class SqlType(StrEnum):
    """The types of staging; each warehouse maps them by one macro."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"


@dataclass(slots=True)
class Drift:
    """What was unexpected in one record.

    Attributes:
        found: (kind, field) pairs, kinds `unknown_field`, `unknown_value`, `wrong_type`, `missing_field`; a field within another is
            named by its path, `company.employee_count` or `positions[].started_at`.
        misread: (values of the object so far, field) of each value that could not be read; its path is not known yet.
    """

    found: list[tuple[str, str]] = field(default_factory=list)
    misread: list[tuple[dict[str, Any], str]] = field(default_factory=list)


_drift: ContextVar[Drift | None] = ContextVar("drift", default=None)


class Known:
    """An open enumeration: other values are kept, and counted as drift."""

    def __init__(self, *values: str) -> None:
        self.values = frozenset(values)


class Always:
    """Marks a field that every record of its kind has; one that comes without it is counted as drift.

    Nothing is said of objects within a record: what is left out there differs from record to record.
    """


ALWAYS = Always()


class Record(BaseModel):
    """A record, or an object within one. Fields are read by their own name or its camelCase form."""

    model_config = ConfigDict(
        extra="allow",
        populate_by_name=True,
        alias_generator=AliasGenerator(validation_alias=lambda name: AliasChoices(name, to_camel(name))),
    )

    @model_validator(mode="before")
    @classmethod
    def prefer_what_says_something(cls, value: Any) -> Any:
        """Of several names of one field, the first that is not empty counts; the empty ones are forgotten."""
        if not isinstance(value, dict):
            return value
        for names in _several_names(cls):
            present = [name for name in names if name in value]
            if len(present) > 1:
                filled = [name for name in present if value[name] not in EMPTY]
                keep = filled[:1] or present[:1]
                value = {key: one for key, one in value.items() if key in keep or key not in present or key in filled}
                if keep != present[:1]:
                    value = {names[0]: value[keep[0]], **{key: one for key, one in value.items() if key != keep[0]}}
        return value


EMPTY: tuple[Any, ...] = (None, "", [], {})


@cache
def _several_names(model: type[BaseModel]) -> tuple[tuple[str, ...], ...]:
    """The names of each field that has several."""
    aliases = (info.validation_alias for info in model.model_fields.values())
    choices = (tuple(str(one) for one in alias.choices) for alias in aliases if isinstance(alias, AliasChoices))
    return tuple(names for names in choices if len(set(names)) > 1)


class Unreadable(Exception):
    """The whole record cannot be read; the message says why."""


def read(model: type[Record], value: Any) -> tuple[dict[str, Any], Drift]:
    """The canonical form of a record, and what was unexpected in it.

    Returns:
        (canonical, drift): canonical has every declared field under our name, lists as lists, dates as ISO text,
        and what is not declared under `unknown_fields`.

    Raises:
        Unreadable: the value is not an object.
    """
    if not isinstance(value, dict):
        raise Unreadable(f"an object was expected, {_kind(value)} came")
    drift = Drift()
    token = _drift.set(drift)
    try:
        canonical = _canonical(model.model_validate(value), "", drift)
    finally:
        _drift.reset(token)
    # Whatever found no place in the record is named without one.
    drift.found.extend(("wrong_type", name) for _, name in drift.misread)
    drift.misread = []
    return canonical, drift


def _canonical(record: Record, path: str, drift: Drift) -> dict[str, Any]:
    canonical: dict[str, Any] = {}
    if drift.misread:
        _place_misread(record, path, drift)
    for name, known in _fields(type(record)):
        value = getattr(record, name)
        if isinstance(value, Record):
            canonical[name] = _canonical(value, f"{path}{name}.", drift)
        elif isinstance(value, list):
            canonical[name] = [
                _canonical(one, f"{path}{name}[].", drift) if isinstance(one, Record) else _plain(one) for one in value
            ]
        else:
            canonical[name] = _plain(value)
            if known is not None and isinstance(value, str) and value not in known.values:
                drift.found.append(("unknown_value", f"{path}{name}"))
    if not path:
        drift.found.extend(("missing_field", name) for name in _always(type(record)) - record.model_fields_set)
    if record.model_extra:
        drift.found.extend(("unknown_field", f"{path}{name}") for name in sorted(record.model_extra))
        canonical[UNKNOWN_FIELDS] = record.model_extra
    return canonical


def _place_misread(record: Record, path: str, drift: Drift) -> None:
    """Names the values of this object that could not be read by their path."""
    # A validator sees the very dict that becomes the object's; that tells which object of many it was.
    own = record.__dict__
    drift.found.extend(("wrong_type", f"{path}{name}") for values, name in drift.misread if values is own)
    drift.misread = [one for one in drift.misread if one[0] is not own]


@cache
def _always(model: type[Record]) -> frozenset[str]:
    return frozenset(name for name, info in model.model_fields.items() if ALWAYS in info.metadata)


@cache
def _fields(model: type[Record]) -> tuple[tuple[str, Known | None], ...]:
    """The declared fields, and the known values of those that are open enumerations."""
    return tuple(
        (name, next((one for one in info.metadata if isinstance(one, Known)), None))
        for name, info in model.model_fields.items()
    )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds") + "Z"
    return value.isoformat() if isinstance(value, date) else value


# -- tolerant types ---------------------------------------------------------------------------------------------------


def _tolerant(read_one: Callable[[Any], Any]) -> BeforeValidator:
    """Reads with `read_one`; what it cannot read becomes null and a line of drift."""

    def validate(value: Any, info: ValidationInfo) -> Any:
        if value is None:
            return None
        try:
            return read_one(value)
        except (ValueError, TypeError, ArithmeticError, OSError):
            note_wrong_type(info)
            return None

    return BeforeValidator(validate)


def note_wrong_type(info: ValidationInfo) -> None:
    """Counts a value that could not be read as drift of the record that is being read."""
    drift = _drift.get()
    if drift is not None:
        drift.misread.append((info.data, str(info.field_name)))


def read_text(value: Any) -> str | None:
    """Text; numbers and booleans are taken as text, a list of such joined. Empty text is no value."""
    if isinstance(value, list) and not any(isinstance(one, list) for one in value):
        return ", ".join(text for one in value if one is not None and (text := read_text(one)) is not None) or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if not isinstance(value, str):
        raise ValueError(value)
    return value if value.strip() else None


def read_integer(value: Any) -> int | None:
    """A whole number of 64 bits; `"1,200"` and `12.0` are read, 12.5 is not."""
    if isinstance(value, str):
        text = value.strip().replace(",", "")
        if not text:
            return None
        value = int(text) if re.fullmatch(r"[+-]?\d+", text) else float(text)
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise ValueError(value)
    number = int(value)
    if not -(2**63) <= number < 2**63:
        raise ValueError(value)
    return number


def whole_number(value: Any) -> int | None:
    """A count or status as an envelope states it, as a number or in digits; None for anything else."""
    if isinstance(value, str) and value.strip().isdigit():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def stated_number(value: Any) -> float | None:
    """A number as an envelope states it, written in whatever way; None for anything else."""
    try:
        return read_number(value)
    except ValueError:
        return None


AMOUNT = re.compile(
    r"^[^\d+-]*(?P<number>[+-]?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?)\s*"
    r"(?P<magnitude>k|m|mm|b|bn|t|thousand|million|billion|trillion)?\s*(?:usd|us\$|\$|dollars)?\s*\+?$",
    re.IGNORECASE,
)
MAGNITUDES = {
    "k": 1e3,
    "thousand": 1e3,
    "m": 1e6,
    "mm": 1e6,
    "million": 1e6,
    "b": 1e9,
    "bn": 1e9,
    "billion": 1e9,
    "t": 1e12,
    "trillion": 1e12,
}


def read_number(value: Any) -> float | None:
    """A number; `"$5.4M"` is 5400000. A range or other words are not one."""
    if isinstance(value, str):
        if not value.strip():
            return None
        match = AMOUNT.match(value.strip())
        if not match:
            raise ValueError(value)
        value = float(match["number"].replace(",", "")) * MAGNITUDES.get((match["magnitude"] or "").lower(), 1)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(value)
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(value)
    return number


def read_flag(value: Any) -> bool | None:
    """A boolean; `"true"`, `"false"`, 1 and 0 are read."""
    if isinstance(value, str):
        text = value.strip().lower()
        if not text:
            return None
        if text in ("true", "yes", "1", "false", "no", "0"):
            return text in ("true", "yes", "1")
        raise ValueError(value)
    if value in (0, 1):
        return bool(value)
    raise ValueError(value)


def read_moment(value: Any) -> datetime | None:
    """UTC without a zone, from ISO text (a missing zone is UTC) or Unix seconds or milliseconds."""
    if isinstance(value, str):
        text = value.strip()
        if not text:
            return None
        if re.fullmatch(r"\d{9,}", text):
            value = int(text)
        else:
            # Python's reader takes at most six digits of a second.
            moment = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))
            return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(value)
    seconds = value / 1000 if abs(value) >= 1e11 else value
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)


def read_day(value: Any) -> date | None:
    """A date; a day that its month does not have (`2023-04-31`) is the month's last."""
    if isinstance(value, str) and (match := re.fullmatch(r"\s*(\d{4})-(\d{1,2})-(\d{1,2})\s*", value)):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
        if not 1 <= day <= 31:
            raise ValueError(value)
        for last in range(day, 27, -1):
            try:
                return date(year, month, last)
            except ValueError:
                continue
        return date(year, month, day)
    moment = read_moment(value)
    return moment.date() if moment else None


def read_json(value: Any) -> str | None:
    """Any JSON value as canonical text, for what has no fixed shape."""
    import json

    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def as_list(value: Any) -> list[Any]:
    """Lists as they are, one value as a list of it, nothing as the empty list."""
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


VALUE_NAMES = ("value", "email", "address", "number", "phone", "phone_number", "name", "url")
"""Where the value stands when an object comes in place of a text."""


def _texts(value: Any, info: ValidationInfo) -> list[str]:
    """The texts of a list; what is no text is left out and counted as drift, the others stay."""
    texts = []
    for one in as_list(value):
        if isinstance(one, dict):
            one = next((one[key] for key in VALUE_NAMES if isinstance(one.get(key), str)), one)
        try:
            if isinstance(one, list):
                raise ValueError(one)
            text = None if one is None else read_text(one)
        except ValueError:
            note_wrong_type(info)
            continue
        if text is not None:
            texts.append(text)
    return texts


def or_nothing(value: Any) -> Any:
    """`[]`, `{}` and `""` where an object is expected mean that there is none."""
    if value in ([], {}, ""):
        return None
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, dict):
        raise ValueError(value)
    return value


Text = Annotated[str | None, _tolerant(read_text), SqlType.TEXT]
Integer = Annotated[int | None, _tolerant(read_integer), SqlType.INTEGER]
Number = Annotated[float | None, _tolerant(read_number), SqlType.NUMBER]
Flag = Annotated[bool | None, _tolerant(read_flag), SqlType.BOOLEAN]
Moment = Annotated[datetime | None, _tolerant(read_moment), SqlType.TIMESTAMP]
Day = Annotated[date | None, _tolerant(read_day), SqlType.DATE]
Json = Annotated[str | None, _tolerant(read_json), SqlType.TEXT]
NULL_AS_EMPTY = BeforeValidator(lambda value: [] if value is None else value)
Texts = Annotated[list[str], NULL_AS_EMPTY, BeforeValidator(_texts), SqlType.TEXT]
AN_OBJECT = _tolerant(or_nothing)
"""For a nested record: `Annotated[Company | None, AN_OBJECT]`."""


def many(read_one: Callable[[Any], Any] = lambda value: value) -> Any:
    """For a list of nested records; `read_one` turns another form (a sentence, a bare value) into an object."""

    def validate(value: Any, info: ValidationInfo) -> list[Any]:
        objects = [read_one(one) for one in as_list(value) if one is not None]
        for one in objects:
            if not isinstance(one, dict):
                note_wrong_type(info)
        return [one for one in objects if isinstance(one, dict)]

    return BeforeValidator(validate)


# -- what a model declares ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Column:
    """One declared field: its path in the canonical record, and how staging shows it.

    Attributes:
        path: names from the record down, e.g. `("company", "name")`.
        type: for a list, its elements' type.
        children: for a list of objects, its fields; None for a plain field or a list of values.
    """

    name: str
    path: tuple[str, ...]
    type: SqlType
    description: str
    is_list: bool = False
    children: tuple[Column, ...] | None = None


def columns(model: type[Record], prefix: tuple[str, ...] = ()) -> Iterator[Column]:
    """The declared fields of a model, nested objects flattened (`company` + `name` is `company_name`)."""
    for name, info in model.model_fields.items():
        path = (*prefix, name)
        inner, is_list = _inner(info)
        flat = "_".join(path)
        if inner is not None and is_list:
            yield Column(flat, path, SqlType.TEXT, info.description or "", True, tuple(columns(inner)))
        elif inner is not None:
            yield from columns(inner, path)
        else:
            yield Column(flat, path, _sql_type(info), info.description or "", is_list)


def _inner(info: FieldInfo) -> tuple[type[Record] | None, bool]:
    """(nested model, is a list) of a field."""
    annotation = info.annotation
    if get_origin(annotation) is list:
        element = get_args(annotation)[0]
        return (element, True) if isinstance(element, type) and issubclass(element, Record) else (None, True)
    for choice in get_args(annotation):
        if isinstance(choice, type) and issubclass(choice, Record):
            return choice, False
    return None, False


def _sql_type(info: FieldInfo) -> SqlType:
    return next(one for one in info.metadata if isinstance(one, SqlType))


def _kind(value: Any) -> str:
    return {list: "a list", str: "text", int: "a number", float: "a number", bool: "a boolean"}.get(type(value), "null")
