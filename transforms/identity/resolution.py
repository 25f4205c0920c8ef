"""Resolution: tables of records and what they hold in, their lasting ids and the evidence for them out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from .clusters import Apart, Clusters, Evidence, Held, Numbers, cluster, run_starts
from .ids import Event, name_clusters
from .rules import GONE, MATCHED_ALONE, Rules

RECORDS = pa.schema([("provider", pa.string()), ("provider_record_id", pa.string()), ("name", pa.string())])
VALUES = pa.schema(
    [("provider", pa.string()), ("provider_record_id", pa.string()), ("kind", pa.string()), ("value", pa.string())]
)
ASSIGNMENTS = pa.schema(
    [("provider", pa.string()), ("provider_record_id", pa.string()), ("id", pa.string()), ("matched_by", pa.string())]
)
EVIDENCE = pa.schema(
    [
        ("provider", pa.string()), ("provider_record_id", pa.string()), ("other_provider", pa.string()),
        ("other_provider_record_id", pa.string()), ("rule", pa.string()), ("evidence", pa.string()), ("is_used", pa.bool_()),
        ("refused_because", pa.string()),
    ]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Resolution:
    """Who is who.

    Attributes:
        ids: of each record, in the order of `records` (text).
        changed: assignments that are new or differ from those before (`ASSIGNMENTS`); a record that is gone has no id.
        events: what happened to ids, in order.
        evidence: one row per pair of records and value that ties them or was refused (`EVIDENCE`).
        components: of each record, a text that all share that any value could tie to it, used or refused.
    """

    ids: pa.Array
    changed: pa.Table
    events: list[Event]
    evidence: pa.Table
    components: pa.Array


def resolve(
    rules: Rules,
    records: pa.Table,
    values: pa.Table,
    before: pa.Table | None = None,
    given: Collection[str] = (),
) -> Resolution:
    """Clusters all records and gives each an id that lasts.

    Args:
        records: `RECORDS`, each once, the first seen first: a new cluster is named after its first record. `name` is in the
            normal form of the entity's rules, or null.
        values: `VALUES`; those of unknown records and of kinds that are no rule's count for nothing.
        before: `ASSIGNMENTS`, the last assignment of each record, the oldest id first.
        given: every id that was ever given to one of the records; none is given a second time.
    """
    keys = _keys(records)
    before = before if before is not None else ASSIGNMENTS.empty_table()
    evidence, texts = _read(rules, records, keys, values)
    clusters = cluster(rules, evidence)
    last = before.filter(pc.is_valid(before["id"]))
    known = pc.unique(last["id"]).to_pylist()
    places = _numbers(pc.index_in(keys, value_set=_keys(last)))
    of = _numbers(pc.index_in(last["id"], value_set=pa.array(known, pa.string())))
    inherited = np.where(places >= 0, of[places] if len(of) else -1, -1)
    named, events = name_clusters(rules.entity, clusters.labels, _Texts(keys), inherited, known, given)
    labels = clusters.labels
    distinct = np.unique(labels)
    names = pa.array([named[label] for label in distinct.tolist()], pa.string())
    ids = names.take(pa.array(np.searchsorted(distinct, labels)))
    ties = _Ties.of(rules, evidence, clusters)
    matched_by = _matched_by(rules, ties, len(keys))
    return Resolution(
        ids,
        _changed(records, keys, ids, matched_by, before),
        events,
        _evidence(rules, records, texts, ties),
        _components(keys, evidence),
    )


def _keys(table: pa.Table) -> pa.Array:
    keys = pc.binary_join_element_wise(table["provider"], table["provider_record_id"], "\x1f")
    return keys.combine_chunks() if isinstance(keys, pa.ChunkedArray) else keys


def _numbers(array: Any) -> Numbers:
    """Integers, -1 where there is none."""
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    numbers: Numbers = np.asarray(pc.fill_null(array, -1).to_numpy(zero_copy_only=False)).astype(np.int64)
    return numbers


def _read(rules: Rules, records: pa.Table, keys: pa.Array, values: pa.Table) -> tuple[Evidence, pa.Array]:
    """All texts as numbers, and the texts of values."""
    names = pc.dictionary_encode(records["name"].combine_chunks() if len(records) else pa.array([], pa.string()))
    owners = _numbers(pc.index_in(_keys(values), value_set=keys))
    kinds = list(rules.kinds)
    kind = _numbers(pc.index_in(values["kind"], value_set=pa.array(kinds, pa.string())))
    counts = (owners >= 0) & (kind >= 0)
    owners, kind = owners[counts], kind[counts]
    encoded = pc.dictionary_encode(values["value"].filter(pa.array(counts)))
    encoded = encoded.combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded
    value = _numbers(encoded.indices)
    texts = encoded.dictionary
    held: dict[str, Held] = {}
    apart: dict[str, Apart] = {}
    ties = {rule.kind for rule in rules.rules}
    scope = _scopes(texts)
    of: list[Numbers] = [np.zeros(0, np.int64)]
    for n, name in enumerate(kinds):
        mine = kind == n
        if not mine.any():
            continue
        if name in ties:
            # A text of two kinds is two values, and numbers are dense: arrays are as long as there are values.
            distinct, dense = np.unique(value[mine], return_inverse=True)
            held[name] = Held.of(owners[mine], dense + sum(map(len, of)))
            of.append(distinct)
        scopes = scope[value[mine]] if name in rules.scoped else np.zeros(int(mine.sum()), np.int64)
        apart[name] = Apart(owners[mine], scopes, value[mine])
    spellings = names.dictionary.to_pylist()
    full = np.array([rules.is_same_name(one, one) for one in spellings] or [False])
    words = texts.take(pa.array(np.concatenate(of)))
    return Evidence(len(keys), _numbers(names.indices), spellings, full, held, apart, _Texts(words)), words


def _scopes(texts: pa.Array) -> Numbers:
    """The number of each text's part before the first `|`."""
    if not len(texts):
        return np.zeros(0, np.int64)
    first = pc.list_element(pc.split_pattern(texts, "|", max_splits=1), 0)
    return _numbers(pc.dictionary_encode(first).indices)


class _Texts(Sequence[str]):
    """An Arrow array whose texts are taken out one by one."""

    def __init__(self, texts: pa.Array) -> None:
        self.texts = texts

    def __len__(self) -> int:
        return len(self.texts)

    def __getitem__(self, number: Any) -> Any:
        return self.texts[number].as_py()


@dataclass(frozen=True, slots=True)
class _Ties:
    """Pairs of records (`left` the one seen first) that hold one value, by rule, and why not where it does not tie them."""

    rule: Numbers
    value: Numbers
    left: Numbers
    right: Numbers
    refused: list[str | None]

    @classmethod
    def of(cls, rules: Rules, evidence: Evidence, clusters: Clusters) -> _Ties:
        parts: list[tuple[Numbers, Numbers, Numbers, Numbers]] = []
        labels = clusters.labels
        refused: list[str | None] = []
        why = {(value, int(labels[one])): reason for (value, one), reason in clusters.refused.items()}
        accepted = {(value, int(labels[one])) for value, one in clusters.accepted}
        doubtful = np.fromiter(sorted(clusters.parted), np.int64)
        for n, rule in enumerate(rules.rules):
            held = evidence.held.get(rule.kind)
            if held is None or len(held.records) < 2:
                continue
            # Within a value, cluster by cluster, each by its first record.
            order = np.lexsort((held.records, labels[held.records], held.values))
            values, records = held.values[order], held.records[order]
            part = labels[records]
            begins_value = np.r_[True, values[1:] != values[:-1]]
            begins_part = begins_value | np.r_[True, part[1:] != part[:-1]]
            first_of_part = records[run_starts(begins_part)]
            first_of_value = records[run_starts(begins_value)]
            within = ~begins_part
            doubted = within & np.isin(values, doubtful)
            for place in np.flatnonzero(doubted).tolist():
                pair = int(values[place]), int(part[place])
                if pair in why and pair not in accepted:
                    within[place] = False
            parts.append((np.full(int(within.sum()), n), values[within], first_of_part[within], records[within]))
            refused += [None] * int(within.sum())
            between = begins_part & ~begins_value & np.isin(values, doubtful)
            parts.append((np.full(int(between.sum()), n), values[between], first_of_value[between], records[between]))
            for place in np.flatnonzero(between).tolist():
                value, one = int(values[place]), int(part[place])
                first = int(labels[first_of_value[place]])
                refused.append(why.get((value, one)) or why.get((value, first)) or clusters.parted[value])
        if not parts:
            nothing = np.zeros(0, np.int64)
            return cls(nothing, nothing, nothing, nothing, [])
        rule_of, value_of, left, right = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        return cls(rule_of, value_of, left, right, refused)


def _matched_by(rules: Rules, ties: _Ties, size: int) -> pa.Array:
    """The strongest rule that ties each record to another."""
    strongest = np.full(size, len(rules.rules), np.int64)
    used = np.array([reason is None for reason in ties.refused], bool)
    for ends in (ties.left, ties.right):
        np.minimum.at(strongest, ends[used], ties.rule[used])
    names = pa.array([*(rule.kind for rule in rules.rules), MATCHED_ALONE])
    return names.take(pa.array(strongest))


def _changed(records: pa.Table, keys: pa.Array, ids: pa.Array, matched_by: pa.Array, before: pa.Table) -> pa.Table:
    """Assignments that are not what they were, and those of records that are gone."""
    places = pc.index_in(keys, value_set=_keys(before))
    same = pc.and_(
        pc.fill_null(pc.equal(before["id"].take(places), ids), False),
        pc.fill_null(pc.equal(before["matched_by"].take(places), matched_by), False),
    )
    now = pa.table([records["provider"], records["provider_record_id"], ids, matched_by], schema=ASSIGNMENTS).filter(
        pc.invert(same)
    )
    gone = before.filter(pc.and_(pc.is_valid(before["id"]), pc.is_null(pc.index_in(_keys(before), value_set=keys))))
    left = pa.table(
        [
            gone["provider"],
            gone["provider_record_id"],
            pa.nulls(len(gone), pa.string()),
            pa.array([GONE] * len(gone), pa.string()),
        ],
        schema=ASSIGNMENTS,
    )
    return pa.concat_tables([left, now]).combine_chunks()


def _evidence(rules: Rules, records: pa.Table, texts: pa.Array, ties: _Ties) -> pa.Table:
    kinds = pa.array([rule.kind for rule in rules.rules], pa.string())
    words = texts.take(pa.array(ties.value))
    left, right = pa.array(ties.left), pa.array(ties.right)
    return pa.table(
        [
            records["provider"].take(left), records["provider_record_id"].take(left), records["provider"].take(right),
            records["provider_record_id"].take(right), kinds.take(pa.array(ties.rule)), words,
            pa.array([reason is None for reason in ties.refused], pa.bool_()), pa.array(ties.refused, pa.string()),
        ],
        schema=EVIDENCE,
    )  # fmt: skip


def _components(keys: pa.Array, evidence: Evidence) -> pa.Array:
    """The key of the first record of everything that hangs together by any value."""
    size = evidence.size
    ends: list[tuple[Numbers, Numbers]] = []
    for held in evidence.held.values():
        begins = np.r_[True, held.values[1:] != held.values[:-1]]
        first = held.records[run_starts(begins)]
        ends.append((first[~begins], held.records[~begins]))
    left, right = (np.concatenate(columns) for columns in zip(*ends, strict=True)) if ends else (np.zeros(0, int),) * 2
    graph = coo_matrix((np.ones(len(left), np.int8), (left, right)), shape=(size, size))
    count, number = connected_components(graph, directed=False)
    lowest = np.full(count, size, np.int64)
    np.minimum.at(lowest, number, np.arange(size))
    return keys.take(pa.array(lowest[number]))
