"""What a record model makes of records whose fields nobody documents: which path feeds which of our fields.

Found by trying: a path is taken out, the record is read again, and the fields that change are those it feeds. So it
holds whatever a model's aliases and validators do. Nothing here keeps a value: only paths, types and counts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any

from pydantic import AliasChoices

from .records import EMPTY, UNKNOWN_FIELDS, Record, Unreadable, columns, read
from .rows import Entity, as_read
from .split import Piece

RECORDS = 25
"""How many records of a page are looked at."""
PATHS = 200
"""How many paths of one record are followed; each costs a few readings of it."""

Steps = tuple[str, ...]
ITEM = "[]"
OTHER = "*"
"""Stands for the keys that look like data, not like names: e-mail addresses, numbers, ids."""
NAME = re.compile(r"(?!(?:.*\d){5})[A-Za-z_@$][A-Za-z0-9_$-]{0,59}")
GONE = object()


@dataclass(frozen=True, slots=True)
class Finding:
    """One path, or of a path what could not be read.

    Attributes:
        path: object keys joined by dots, `[]` for the items of a list, `*` for keys that look like data.
        types: `text`, `number`, `true/false`.
        records: how many of the records hold a value there.
        fields: our fields that it feeds, or would feed; nested ones as `company.name`.
        taken_from: for a path that is not used: the paths that feed those fields in its place.
    """

    path: str
    types: tuple[str, ...]
    records: int
    fields: tuple[str, ...] = ()
    taken_from: tuple[str, ...] = ()


@dataclass(slots=True)
class Understanding:
    """What became of each path of some records.

    Attributes:
        records: how many were looked at.
        unreadable: the reason, and how many records could not be read for it.
        understood: paths that feed a field.
        not_used: paths that would feed a field which another path feeds.
        misread: paths whose value could not be read as the field they name; may be understood in other records.
        not_understood: paths that feed nothing although they hold a value.
        always_empty: paths without a value in any record.
        not_seen: our fields that nothing feeds.
        left_out: paths that were not followed, see `PATHS`.
    """

    records: int = 0
    unreadable: dict[str, int] = field(default_factory=dict)
    understood: list[Finding] = field(default_factory=list)
    not_used: list[Finding] = field(default_factory=list)
    misread: list[Finding] = field(default_factory=list)
    not_understood: list[Finding] = field(default_factory=list)
    always_empty: list[str] = field(default_factory=list)
    not_seen: list[str] = field(default_factory=list)
    left_out: int = 0


@dataclass(slots=True)
class _Path:
    """What is known of one path so far."""

    types: set[str] = field(default_factory=set)
    records: int = 0
    fields: set[str] = field(default_factory=set)
    misread: Counter[str] = field(default_factory=Counter)
    misread_records: int = 0
    would_feed: set[str] = field(default_factory=set)
    hidden_by: set[str] = field(default_factory=set)


def understand(entity: Entity, pieces: Iterable[Piece]) -> Understanding:
    """Which paths of these records feed which fields of the entity's model, over the first `RECORDS` of them.

    Where records stand in a map whose key is read (`Entity.map_key`), that key is a path like any other.
    """
    found = Understanding()
    paths: dict[Steps, _Path] = {}
    reasons: Counter[str] = Counter()
    left_out: set[Steps] = set()
    for piece in islice(pieces, RECORDS):
        found.records += 1
        try:
            value = as_read(entity, piece)
            whole = _Read.of(entity.model, value)
        except (Unreadable, ValueError, RecursionError) as problem:
            reasons[
                str(problem) if isinstance(problem, Unreadable) else f"{entity.model.__name__} could not read it"
            ] += 1
            continue
        left_out |= _follow(entity.model, value, whole, paths)
    found.unreadable = dict(reasons.most_common())
    found.left_out = len(left_out)
    _sort(paths, found)
    known = {name for path in paths.values() for name in (*path.fields, *path.misread)}
    found.not_seen = [name for name in declared(entity.model) if name not in known]
    return found


def json_type(value: Any) -> str:
    """What a person calls the type of a JSON value."""
    if isinstance(value, bool):
        return "true/false"
    names = ((str, "text"), (int | float, "number"), (dict, "object"), (list, "list"))
    return next((name for kind, name in names if isinstance(value, kind)), "null")


def shown_key(key: str) -> str:
    """A key as it may be shown: those that look like data are `*`."""
    return key if NAME.fullmatch(key) else OTHER


def declared(model: type[Record]) -> Iterator[str]:
    """The names of a model's fields, `company.name` or `positions[].title` for nested ones."""
    for column in columns(model):
        name = ".".join(column.path)
        if column.children is None:
            yield name
        else:
            yield from (f"{name}[].{'.'.join(child.path)}" for child in column.children)


def names_read(model: type[Record]) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """(field, names it is read under, description) of a model's own fields; the first name that holds something counts."""
    for name, info in model.model_fields.items():
        alias = info.validation_alias
        choices = [str(one) for one in alias.choices] if isinstance(alias, AliasChoices) else []
        yield name, tuple(dict.fromkeys((*choices, name))), info.description or ""


# -- one record --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Read:
    """A reading: our fields that hold something, and those whose value could not be read."""

    fields: dict[str, list[Any]]
    misread: frozenset[str]

    @classmethod
    def of(cls, model: type[Record], value: Any) -> _Read:
        canonical, drift = read(model, value)
        fields: dict[str, list[Any]] = {}
        for name, one in _filled(canonical):
            fields.setdefault(name, []).append(one)
        return cls(fields, frozenset(name for kind, name in drift.found if kind == "wrong_type"))

    def differs_from(self, other: _Read) -> set[str]:
        names = {*self.fields, *other.fields}
        return {name for name in names if self.fields.get(name) != other.fields.get(name)}


def _filled(canonical: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, one in canonical.items():
        name = f"{prefix}{key}"
        if key == UNKNOWN_FIELDS or one in EMPTY:
            continue
        if isinstance(one, dict):
            yield from _filled(one, f"{name}.")
        elif isinstance(one, list) and isinstance(one[0], dict):
            for element in one:
                yield from _filled(element, f"{name}[].")
        else:
            yield name, one


def _follow(model: type[Record], value: Any, whole: _Read, paths: dict[Steps, _Path]) -> set[Steps]:
    """Notes what each path of one record feeds; returns the paths that were too many."""
    leaves: dict[Steps, list[Any]] = {}
    for steps, leaf in _leaves(value):
        leaves.setdefault(steps, []).append(leaf)
    followed = dict(islice(leaves.items(), PATHS))
    if len(followed) < len(leaves):
        value = _rebuilt(value, lambda at, leaf: leaf if at in followed else GONE)
        whole = _read_or_nothing(model, value)
    feeds: dict[Steps, set[str]] = {}
    would: dict[Steps, set[str]] = {}
    for steps, held in followed.items():
        path = paths.setdefault(steps, _Path())
        filled = [one for one in held if not _is_empty(one)]
        if not filled:
            continue
        path.records += 1
        path.types.update(json_type(one) for one in filled)
        alone = _read_or_nothing(model, _only(value, steps))
        misread = alone.misread & whole.misread
        if misread:
            path.misread.update(misread)
            path.misread_records += 1
        rest = _read_or_nothing(model, _without(value, steps))
        feeds[steps] = whole.differs_from(rest)
        # Beside what it feeds, a path may stand behind another one; then taking it out changes nothing there.
        silent = set(alone.fields) & set(whole.fields) - feeds[steps]
        if silent:
            matters = _matters(model, value, steps, alone, whole, silent)
            feeds[steps] |= matters
            would[steps] = silent - matters
        path.fields |= feeds[steps]
    for steps, names in would.items():
        paths[steps].would_feed |= names
        paths[steps].hidden_by.update(_shown(other) for other, fed in feeds.items() if fed & names)
    return set(leaves) - set(followed)


def _read_or_nothing(model: type[Record], value: Any) -> _Read:
    try:
        return _Read.of(model, value)
    except (Unreadable, ValueError, RecursionError):
        return _Read({}, frozenset())


def _matters(model: type[Record], value: Any, steps: Steps, alone: _Read, whole: _Read, names: set[str]) -> set[str]:
    """Of fields that stay when a path is taken out, those that change when its value does.

    Two paths may say the same; taking out either changes nothing, and only one of them is read.
    """
    for other in OTHERS:
        changed = _rebuilt(value, partial(_replaced, steps, other))
        told = _read_or_nothing(model, _only(changed, steps))
        if told.misread or not names <= (set(told.fields) & told.differs_from(alone)):
            continue
        return whole.differs_from(_read_or_nothing(model, changed)) & names
    return names  # It cannot be told apart; better named once too often than missing.


def _replaced(steps: Steps, other: Callable[[Any], Any], at: Steps, leaf: Any) -> Any:
    return other(leaf) if at == steps else leaf


def _longer(leaf: Any) -> Any:
    if isinstance(leaf, bool):
        return not leaf
    return leaf + 1 if isinstance(leaf, int | float) else f"{leaf}x" if isinstance(leaf, str) else leaf


def _next_digit(leaf: Any) -> Any:
    if not isinstance(leaf, str):
        return _longer(leaf)
    return re.sub(r"\d(?=\D*$)", lambda digit: str((int(digit[0]) + 1) % 10), leaf)


OTHERS: tuple[Callable[[Any], Any], ...] = (_longer, _next_digit)
"""Other values of the same kind: a longer text, another number or date."""


def _leaves(value: Any, steps: Steps = ()) -> Iterator[tuple[Steps, Any]]:
    """(path, value) of whatever holds nothing below it; an empty object or list is a value."""
    if isinstance(value, dict) and value:
        for key, one in value.items():
            yield from _leaves(one, (*steps, shown_key(key)))
    elif isinstance(value, list) and value:
        for one in value:
            yield from _leaves(one, (*steps, ITEM))
    else:
        yield steps, value


def _rebuilt(value: Any, at: Callable[[Steps, Any], Any], steps: Steps = ()) -> Any:
    """A copy with `at(path, leaf)` in place of each leaf; what is `GONE`, or holds nothing else, is left out."""
    if isinstance(value, dict) and value:
        members = {key: _rebuilt(one, at, (*steps, shown_key(key))) for key, one in value.items()}
        return {key: one for key, one in members.items() if one is not GONE} or (GONE if steps else {})
    if isinstance(value, list) and value:
        elements = (_rebuilt(one, at, (*steps, ITEM)) for one in value)
        return [one for one in elements if one is not GONE] or GONE
    return at(steps, value)


def _without(value: Any, steps: Steps) -> Any:
    return _rebuilt(value, lambda at, leaf: GONE if at == steps else leaf)


def _only(value: Any, steps: Steps) -> Any:
    return _rebuilt(value, lambda at, leaf: leaf if at == steps else GONE)


def _is_empty(leaf: Any) -> bool:
    return leaf in EMPTY or (isinstance(leaf, str) and not leaf.strip())


# -- all records -------------------------------------------------------------------------------------------------------


def _sort(paths: dict[Steps, _Path], found: Understanding) -> None:
    holding = [steps for steps, path in paths.items() if path.records]
    for steps, path in paths.items():
        shown, types = _shown(steps), tuple(sorted(path.types))
        if not path.records:
            # An object or list that is empty here may be filled there.
            if not any(other[: len(steps)] == steps for other in holding):
                found.always_empty.append(shown)
            continue
        if path.misread:
            found.misread.append(Finding(shown, types, path.misread_records, tuple(sorted(path.misread))))
        if path.fields:
            found.understood.append(Finding(shown, types, path.records, tuple(sorted(path.fields))))
        elif path.would_feed:
            hidden_by = tuple(sorted(path.hidden_by))
            found.not_used.append(Finding(shown, types, path.records, tuple(sorted(path.would_feed)), hidden_by))
        elif not path.misread:
            found.not_understood.append(Finding(shown, types, path.records))


def _shown(steps: Steps) -> str:
    return ".".join(steps).replace(f".{ITEM}", ITEM)
