"""Who is who: clusters of provider records that name one person or company, and ids that last.

Deterministic keys only: a LinkedIn slug, then an address or domain. A cluster may hold at most one value of a kind that is
exclusive (a person has one LinkedIn slug); the weaker keys that would break that are refused.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

RecordKey = tuple[str, str]
"""(provider, provider record id)"""


@dataclass(frozen=True, slots=True)
class Identifier:
    """A value that names whoever the record is about.

    Args:
        kind: which rule it belongs to, e.g. `linkedin_slug`.
    """

    record: RecordKey
    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Rules:
    """Which identifiers count for an entity.

    Args:
        kinds: strongest first.
        exclusive: kinds of which one real thing has one value.
    """

    entity: str
    kinds: tuple[str, ...]
    exclusive: frozenset[str] = frozenset()


PEOPLE = Rules("person", ("linkedin_slug", "email"), frozenset({"linkedin_slug"}))
COMPANIES = Rules("company", ("domain", "linkedin_slug"))


@dataclass(frozen=True, slots=True)
class Assignment:
    """A record's id and the strongest rule that ties it to its cluster (`alone` when nothing does).

    A record that is gone (erased, say) has no id any more, and the rule `gone`.
    """

    record: RecordKey
    id: str | None
    matched_by: str


@dataclass(frozen=True, slots=True)
class Event:
    """One event in the life of an id: `created`, `merged` (into another), `split` (from another), `retired`."""

    id: str
    change: str
    into_id: str | None


def resolve(
    rules: Rules,
    records: Sequence[RecordKey],
    identifiers: Iterable[Identifier],
    before: Mapping[RecordKey, Assignment],
    given: Collection[str] = (),
) -> tuple[list[Assignment], list[Event]]:
    """Clusters all records and gives each an id that lasts.

    Args:
        records: every record, the first seen first: a new cluster is named after its first record.
        before: the assignments of the last time.
        given: every id that was ever given; none is given a second time.

    Returns:
        (changed, events): assignments that are new or differ from `before`, and what happened to ids.
    """
    by_record: dict[RecordKey, list[Identifier]] = defaultdict(list)
    for identifier in identifiers:
        by_record[identifier.record].append(identifier)
    clusters = _clusters(rules, records, by_record)
    living = {record: one.id for record, one in before.items() if one.id is not None}
    ids, events = _name(rules, clusters, living, given)
    present = set(records)
    changed = [Assignment(record, None, "gone") for record in living if record not in present]
    for cluster, id in zip(clusters, ids, strict=True):
        shared = Counter((one.kind, one.value) for record in cluster for one in set(by_record[record]))
        for record in cluster:
            kinds = {one.kind for one in by_record[record] if shared[one.kind, one.value] > 1}
            matched_by = next((kind for kind in rules.kinds if kind in kinds), "alone")
            assignment = Assignment(record, id, matched_by)
            if before.get(record) != assignment:
                changed.append(assignment)
    return changed, events


def _clusters(
    rules: Rules, records: Sequence[RecordKey], by_record: Mapping[RecordKey, list[Identifier]]
) -> list[list[RecordKey]]:
    """Records connected by identifiers, in order of their first record; conflicts taken apart."""
    number = {record: n for n, record in enumerate(records)}
    values: dict[tuple[str, str], int] = {}
    left: list[int] = []
    right: list[int] = []
    for record, n in number.items():
        for one in by_record.get(record, ()):
            if one.kind in rules.kinds:
                left.append(n)
                right.append(len(records) + values.setdefault((one.kind, one.value), len(values)))
    size = len(records) + len(values)
    graph = coo_matrix((np.ones(len(left), dtype=np.int8), (left, right)), shape=(size, size))
    _, labels = connected_components(graph, directed=False)
    members: dict[int, list[RecordKey]] = defaultdict(list)
    for record, n in number.items():
        members[int(labels[n])].append(record)
    clusters = [part for cluster in members.values() for part in _without_conflict(rules, cluster, by_record)]
    return sorted(clusters, key=lambda cluster: number[cluster[0]])


def _without_conflict(
    rules: Rules, cluster: list[RecordKey], by_record: Mapping[RecordKey, list[Identifier]]
) -> list[list[RecordKey]]:
    """The cluster as it is, or, when it holds two values of an exclusive kind, joined again key by key without conflict."""
    exclusive = {
        (one.kind, one.value) for record in cluster for one in by_record.get(record, ()) if one.kind in rules.exclusive
    }
    if len(exclusive) <= len({kind for kind, _ in exclusive}):
        return [cluster]
    parent = {record: record for record in cluster}
    held: dict[RecordKey, set[tuple[str, str]]] = {
        record: {(one.kind, one.value) for one in by_record.get(record, ()) if one.kind in rules.exclusive}
        for record in cluster
    }

    def root(record: RecordKey) -> RecordKey:
        while parent[record] != record:
            parent[record] = parent[parent[record]]
            record = parent[record]
        return record

    for kind in rules.kinds:
        sharing: dict[str, list[RecordKey]] = defaultdict(list)
        for record in cluster:
            for one in by_record.get(record, ()):
                if one.kind == kind:
                    sharing[one.value].append(record)
        for value in sorted(sharing):
            roots = {root(record) for record in sharing[value]}
            together = set().union(*(held[one] for one in roots))
            if kind not in rules.exclusive and len(together) > len({name for name, _ in together}):
                # A value that two known different ones share ties neither of them, nor a third, to anybody.
                continue
            first, *others = sorted(roots)
            for other in others:
                parent[other] = first
            held[first] = together
    parts: dict[RecordKey, list[RecordKey]] = defaultdict(list)
    for record in cluster:
        parts[root(record)].append(record)
    return list(parts.values())


def _name(
    rules: Rules, clusters: list[list[RecordKey]], before: Mapping[RecordKey, str], given: Collection[str]
) -> tuple[list[str], list[Event]]:
    """An id for each cluster: inherited from the largest overlap (the oldest at a tie), or new."""
    present = {record for cluster in clusters for record in cluster}
    age = {id: n for n, id in reversed(list(enumerate(before.values())))}
    overlaps = [Counter(before[record] for record in cluster if record in before) for cluster in clusters]
    claims = sorted(
        ((count, age[id], id, n) for n, overlap in enumerate(overlaps) for id, count in overlap.items()),
        key=lambda claim: (-claim[0], claim[1], claim[3]),
    )
    ids: list[str | None] = [None] * len(clusters)
    holder: dict[str, int] = {}
    for _, _, id, n in claims:
        if ids[n] is None and id not in holder:
            ids[n] = id
            holder[id] = n
    events: list[Event] = []
    used = {*given, *before.values()}
    named: list[str] = []
    for n, cluster in enumerate(clusters):
        inherited = ids[n]
        if inherited is not None:
            id = inherited
        else:
            id = _new_id(rules.entity, cluster[0], used)
            used.add(id)
            origins = [origin for origin, _ in overlaps[n].most_common(1)]
            events.append(Event(id, "split", origins[0]) if origins else Event(id, "created", None))
        named.append(id)
        events.extend(Event(lost, "merged", id) for lost in sorted(overlaps[n]) if lost not in holder)
    gone = {id for record, id in before.items() if record not in present} - set(named)
    merged = {event.id for event in events if event.change == "merged"}
    events.extend(Event(id, "retired", None) for id in sorted(gone - merged))
    return named, events


def _new_id(entity: str, first: RecordKey, used: set[str]) -> str:
    """A hash of the cluster's first record; salted when that name has been given before."""
    for salt in range(len(used) + 1):
        text = "\x1f".join((entity, *first, *([str(salt)] if salt else [])))
        id = f"{entity[0]}_{hashlib.sha256(text.encode()).hexdigest()[:20]}"
        if id not in used:
            return id
    raise AssertionError("every salt is taken")
