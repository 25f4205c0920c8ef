"""Ids that last: a cluster keeps the id of most of its records, a new one is named after its first record."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from .clusters import Numbers, distinct_rows


@dataclass(frozen=True, slots=True)
class Event:
    """One event in the life of an id: `created`, `merged` (into another), `split` (from another), `retired`."""

    id: str
    change: str
    into_id: str | None


def name_clusters(
    entity: str,
    labels: Numbers,
    keys: Sequence[str],
    before: Numbers,
    known: Sequence[str],
    given: Collection[str],
) -> tuple[dict[int, str], list[Event]]:
    """An id for each cluster: inherited from the largest overlap, the oldest at a tie, or new.

    Args:
        labels: of each record, the number of the first record of its cluster.
        keys: of each record, what an id is made of when the record is the first of a new cluster.
        before: of each record, the place of its last id in `known`, -1 without one.
        known: ids that were in use, the oldest first, those of records that are gone included.
        given: ids that must not be given again.

    Returns:
        (id by label, what happened)
    """
    overlapping = before >= 0
    claims, counts = _counted(labels[overlapping], before[overlapping])
    clusters, ids = claims
    # Largest overlap, then the oldest id, then the first cluster.
    order = np.lexsort((clusters, ids, -counts))
    inherited: dict[int, int] = {}
    holder: dict[int, int] = {}
    for n in order.tolist():
        one, id = int(clusters[n]), int(ids[n])
        if one not in inherited and id not in holder:
            inherited[one] = id
            holder[id] = one
    named = {one: known[id] for one, id in inherited.items()}
    events: list[Event] = []
    origins: dict[int, tuple[int, int]] = {}
    lost: dict[int, list[int]] = defaultdict(list)
    for one, id, count in zip(clusters.tolist(), ids.tolist(), counts.tolist(), strict=True):
        if one not in inherited and (one not in origins or (-count, id) < origins[one]):
            origins[one] = (-count, id)
        if id not in holder:
            lost[id].append(one)
    used = {*given, *known}
    for one in np.unique(labels).tolist():
        if one in named:
            continue
        new = _new_id(entity, keys[one], used)
        used.add(new)
        named[one] = new
        events.append(Event(new, "split", known[origins[one][1]]) if one in origins else Event(new, "created", None))
    events += [Event(known[id], "merged", named[one]) for id, into in sorted(lost.items()) for one in into]
    living = {*holder, *lost}
    events += [Event(id, "retired", None) for n, id in enumerate(known) if n not in living]
    return named, events


def _counted(labels: Numbers, ids: Numbers) -> tuple[Numbers, Numbers]:
    """The different pairs of cluster and id, and how many records are of each."""
    pairs = distinct_rows(labels, ids)
    size = int(ids.max(initial=0)) + 1
    places = np.searchsorted(pairs[0] * size + pairs[1], labels * size + ids)
    return pairs, np.bincount(places, minlength=pairs.shape[1])


def _new_id(entity: str, first: str, used: set[str]) -> str:
    """A hash of the cluster's first record; salted when that name has been given before."""
    for salt in range(len(used) + 1):
        text = f"{entity}\x1f{first}" if salt == 0 else f"{entity}\x1f{first}\x1f{salt}"
        id = f"{entity[0]}_{hashlib.sha256(text.encode()).hexdigest()[:20]}"
        if id not in used:
            return id
    raise AssertionError("every salt is taken")
