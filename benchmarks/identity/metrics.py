"""How far a partition of records is from the true one, counted over contingency tables and never over all pairs."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix

Labels = npt.NDArray[np.int64]
"""shape (records,): the number of the cluster that each record is in"""

Record = TypeVar("Record", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Score:
    """Precision and recall between 0 and 1; each is 1 where there is nothing that could be wrong."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of records: in one true entity, in one found cluster, and in both."""

    true: int
    found: int
    both: int

    @property
    def score(self) -> Score:
        return Score(
            self.both / self.found if self.found else 1.0,
            self.both / self.true if self.true else 1.0,
        )

    def without(self, other: Pairs) -> Pairs:
        """The pairs that are not among the other's, which are all among these."""
        return Pairs(self.true - other.true, self.found - other.found, self.both - other.both)

    def __add__(self, other: Pairs) -> Pairs:
        return Pairs(self.true + other.true, self.found + other.found, self.both + other.both)


@dataclass(frozen=True, slots=True)
class Measured:
    """One partition beside the truth.

    Attributes:
        pairs: all pairs.
        strong: those pairs that share a strong identifier.
        b_cubed: precision and recall by record.
        exact: the share of true entities that are a cluster, no record more or less.
        largest: records in the largest cluster.
    """

    records: int
    entities: int
    clusters: int
    pairs: Pairs
    strong: Pairs
    b_cubed: Score
    exact: float
    largest: int

    @property
    def weak(self) -> Pairs:
        """The pairs that share no strong identifier."""
        return self.pairs.without(self.strong)


@dataclass(frozen=True, slots=True)
class Trapped:
    """Cases of one kind of trap: all of which there is a record, those where one of its records stands in a cluster with
    somebody else's, and those where one of its entities is in several clusters."""

    cases: int
    merged: int
    split: int

    def __add__(self, other: Trapped) -> Trapped:
        return Trapped(self.cases + other.cases, self.merged + other.merged, self.split + other.split)


def measure(true: Labels, found: Labels, holders: Labels | None = None, values: Labels | None = None) -> Measured:
    """A found partition beside the true one.

    Args:
        true, found: for the same records in the same order; numbered from 0 as by `numbered`.
        holders, values: the strong identifiers, a record's number and a value's number each; none by default.
    """
    if holders is None or values is None:
        holders = values = np.empty(0, dtype=np.int64)
    return Measured(
        len(true),
        _clusters(true),
        _clusters(found),
        pairwise(true, found),
        sharing(true, found, holders, values),
        b_cubed(true, found),
        exact_clusters(true, found),
        int(np.bincount(found).max(initial=0)),
    )


def numbered(names: Iterable[Hashable]) -> Labels:
    """Names as numbers, from 0 in the order in which they are first met."""
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int64)


def pairwise(true: Labels, found: Labels) -> Pairs:
    cells, _, _ = _contingency(true, found)
    return Pairs(_pairs(np.bincount(true)), _pairs(np.bincount(found)), _pairs(cells))


def sharing(true: Labels, found: Labels, holders: Labels, values: Labels) -> Pairs:
    """Of the pairs in one entity or cluster, those whose records share at least one of the values.

    Args:
        holders, values: a record's number and the number of a value that it holds, each.
    """
    cell = _joint(true, found)
    return Pairs(
        _sharing_within(true, holders, values),
        _sharing_within(found, holders, values),
        _sharing_within(cell, holders, values),
    )


def b_cubed(true: Labels, found: Labels) -> Score:
    """Bagga and Baldwin's: of each record, how much of its cluster is right, and how much of its entity is there."""
    if not len(true):
        return Score(1.0, 1.0)
    cells, of_true, of_found = _contingency(true, found)
    squares = cells.astype(np.float64) ** 2
    precision = (squares / np.bincount(found)[of_found]).sum() / len(true)
    recall = (squares / np.bincount(true)[of_true]).sum() / len(true)
    return Score(float(precision), float(recall))


def exact_clusters(true: Labels, found: Labels) -> float:
    cells, of_true, of_found = _contingency(true, found)
    same = (cells == np.bincount(true)[of_true]) & (cells == np.bincount(found)[of_found])
    return float(same.sum() / _clusters(true)) if len(true) else 1.0


def trapped(true: Mapping[Record, str], found: Mapping[Record, str], cases: Iterable[Collection[str]]) -> Trapped:
    """What became of the entities of each case; records that are not in both mappings count nothing.

    Args:
        true, found: the entity and the cluster of each record.
        cases: the entities of each.
    """
    records: dict[str, set[Record]] = {}
    members: dict[str, set[str]] = {}
    for record, entity in true.items():
        if record in found:
            records.setdefault(entity, set()).add(record)
            members.setdefault(found[record], set()).add(entity)
    all_cases = merged = split = 0
    for case in cases:
        clusters = [{found[record] for record in records[entity]} for entity in case if entity in records]
        all_cases += bool(clusters)
        split += any(len(of_one) > 1 for of_one in clusters)
        merged += any(len(members[cluster]) > 1 for of_one in clusters for cluster in of_one)
    return Trapped(all_cases, merged, split)


def kept_ids(before: Mapping[Record, str], after: Mapping[Record, str]) -> tuple[int, int]:
    """Clusters that are as they were, or grew by new records only, and kept their id.

    Args:
        before, after: the id of each record.

    Returns:
        (kept, unchanged)
    """
    was, now = _members(before), _members(after)
    kept = unchanged = 0
    for id, records in was.items():
        places = {after.get(record) for record in records}
        if len(places) > 1 or None in places:
            continue
        (place,) = places
        known = {record for record in now[str(place)] if record in before}
        if known == records:
            unchanged += 1
            kept += place == id
    return kept, unchanged


def _members(ids: Mapping[Record, str]) -> dict[str, set[Record]]:
    members: dict[str, set[Record]] = {}
    for record, id in ids.items():
        members.setdefault(id, set()).add(record)
    return members


def _clusters(labels: Labels) -> int:
    return len(np.unique(labels))


def _pairs(sizes: Labels) -> int:
    return int((sizes.astype(np.int64) * (sizes.astype(np.int64) - 1) // 2).sum())


def _joint(true: Labels, found: Labels) -> Labels:
    """The cell of the contingency table that each record is in, as its number."""
    width = int(found.max(initial=0)) + 1
    cell: Labels = np.unique(true * width + found, return_inverse=True)[1].astype(np.int64)
    return cell


def _contingency(true: Labels, found: Labels) -> tuple[Labels, Labels, Labels]:
    """The cells that are not empty: (records, true entity, found cluster) of each."""
    width = int(found.max(initial=0)) + 1
    cells, counts = np.unique(true * width + found, return_counts=True)
    return counts, cells // width, cells % width


def _sharing_within(labels: Labels, holders: Labels, values: Labels) -> int:
    """Pairs of records with one label and a value in common, each counted once however much they share.

    The product of a sparse matrix with its transpose holds such pairs only: a value counts anew in each cluster.
    """
    if not len(holders):
        return 0
    width = int(values.max()) + 1
    _, columns = np.unique(labels[holders] * width + values, return_inverse=True)
    held = coo_matrix(
        (np.ones(len(holders), dtype=np.int32), (holders, columns)), shape=(len(labels), int(columns.max()) + 1)
    ).tocsr()
    together = (held @ held.T).tocoo()
    return int((together.row < together.col).sum())


def totals(measured: Sequence[Measured]) -> Measured:
    """Several populations as one, whose entities and clusters are each of one population."""
    records = sum(one.records for one in measured)
    entities = sum(one.entities for one in measured)
    nothing = Pairs(0, 0, 0)
    return Measured(
        records,
        entities,
        sum(one.clusters for one in measured),
        sum((one.pairs for one in measured), nothing),
        sum((one.strong for one in measured), nothing),
        Score(
            sum(one.b_cubed.precision * one.records for one in measured) / max(records, 1),
            sum(one.b_cubed.recall * one.records for one in measured) / max(records, 1),
        ),
        sum(one.exact * one.entities for one in measured) / max(entities, 1),
        max((one.largest for one in measured), default=0),
    )
