"""Clusters of records: rule by rule, the strongest first, a value ties its holders unless something speaks against it.

Most values tie records that nothing tells apart; those are joined for all records at once, in arrays. Values whose holders
have different names or hold what keeps them apart are looked at one by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from ..names import spelled_out
from .rules import BY_HAND, Agreement, Rule, Rules

Numbers: TypeAlias = npt.NDArray[np.int64]

NAMES_DIFFER = "names_differ"
NAME_MISSING = "name_missing"
AMBIGUOUS = "ambiguous"
SHARED_BY_MANY = "shared_by_many"
# With the kind that keeps them apart: `other_linkedin_slug`.
OTHER = "other_"

CROWDED = 12
"""Holders under more different spellings than this are several people in any case."""


@dataclass(frozen=True, slots=True)
class Held:
    """Values of one kind: `records[n]` holds `values[n]` (numbers of their texts), each pair once, by value and record."""

    records: Numbers
    values: Numbers

    @classmethod
    def of(cls, records: Numbers, values: Numbers) -> Held:
        values, records = distinct_rows(values, records)
        return cls(records, values)


@dataclass(frozen=True, slots=True)
class Apart:
    """What keeps clusters apart, of one kind: within a scope, different values are of different things."""

    records: Numbers
    scopes: Numbers
    values: Numbers


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known of `size` records, as numbers.

    Args:
        names: the number of each record's name in `spellings`, -1 without one.
        is_full: of each spelling, whether it is the same as itself: an initial is not.
        held: by kind of rule.
        apart: by kind that keeps apart.
        texts: of the values in `held`, so that what is decided one by one is decided in the order of their texts.
    """

    size: int
    names: Numbers
    spellings: Sequence[str]
    is_full: npt.NDArray[np.bool_]
    held: dict[str, Held]
    apart: dict[str, Apart]
    texts: Sequence[str]


@dataclass
class Clusters:
    """Which records are one.

    Attributes:
        labels: the number of the first record of each record's cluster.
        accepted: (value, a record) of each part of a doubtful value that it ties.
        refused: (value, a record) of each part that it does not tie to the others, and why.
        parted: why the parts of a value are several.
    """

    labels: Numbers
    accepted: set[tuple[int, int]] = field(default_factory=set)
    refused: dict[tuple[int, int], str] = field(default_factory=dict)
    parted: dict[int, str] = field(default_factory=dict)


def cluster(rules: Rules, evidence: Evidence) -> Clusters:
    """Joins records by each rule in turn."""
    found = Clusters(np.arange(evidence.size, dtype=np.int64))
    for rule in rules.rules:
        held = evidence.held.get(rule.kind)
        if held is not None and len(held.records):
            _Tier(rules, rule, evidence, held, found).join()
    return found


@dataclass(frozen=True, slots=True)
class _Group:
    """Clusters, by the labels they had before the tier, that a value may tie."""

    value: int
    labels: tuple[int, ...]


@dataclass
class _Cluster:
    """A cluster as it grows while its component is looked at one value at a time."""

    names: set[int]
    apart: dict[tuple[str, int], set[int]]


@dataclass
class _Tier:
    """One rule over all records."""

    rules: Rules
    rule: Rule
    evidence: Evidence
    held: Held
    found: Clusters
    _known: dict[int, _Cluster] = field(default_factory=dict)
    _spelled: list[str] = field(default_factory=list)
    """Names that a value spells out; their numbers come behind those of the names that records bear."""

    def join(self) -> None:
        open_values, records, labels = self._open()
        if not len(open_values):
            return
        doubtful = self._is_doubtful(open_values, records, labels)
        easy = ~doubtful[open_values]
        # Each value ties its first cluster to every other; a pair of numbers per tie.
        left, right, of = _stars(open_values[easy], labels[easy])
        groups = self._look_at(open_values[~easy], records[~easy], labels[~easy])
        ties = [(group.labels[0], other, group.value) for group in groups for other in group.labels[1:]]
        more = np.array(ties, np.int64).reshape(-1, 3)
        self._merge(np.r_[left, more[:, 0]], np.r_[right, more[:, 1]], np.r_[of, more[:, 2]])

    def _open(self) -> tuple[Numbers, Numbers, Numbers]:
        """Of the values that more than one cluster holds: value, record and label of each holder."""
        labels = self.found.labels[self.held.records]
        is_open = _several(self.held.values, labels, int(self.held.values.max()) + 1)[self.held.values]
        return self.held.values[is_open], self.held.records[is_open], labels[is_open]

    def _is_doubtful(self, values: Numbers, records: Numbers, labels: Numbers) -> npt.NDArray[np.bool_]:
        """Per number of a value: whether its holders must be looked at one by one."""
        size = int(values.max()) + 1
        doubtful = np.zeros(size, bool)
        if self.rule.names != "any":
            names = self.evidence.names[records]
            if self.rule.names in ("same", "same_given"):
                doubtful[values[(names < 0) | ~self.evidence.is_full[names]]] = True
            doubtful |= _several(values, names, size, but=-1)
        for groups in self._in_conflict(values, labels):
            doubtful[groups] = True
        return doubtful

    def _in_conflict(self, groups: Numbers, labels: Numbers) -> Iterable[Numbers]:
        """Groups of clusters that together hold two values in one scope, of each kind that the rule tells apart by."""
        pairs = distinct_rows(labels, groups)
        for kind in self.rule.told_apart_by:
            apart = self.evidence.apart.get(kind)
            if apart is None or not len(apart.records):
                continue
            of = self.found.labels[apart.records]
            order = np.argsort(of, kind="stable")
            begins = np.searchsorted(of[order], pairs[0], "left")
            counts = np.searchsorted(of[order], pairs[0], "right") - begins
            rows = order[np.repeat(begins - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())]
            if not len(rows):
                continue
            distinct = distinct_rows(np.repeat(pairs[1], counts), apart.scopes[rows], apart.values[rows])
            again = (distinct[0, 1:] == distinct[0, :-1]) & (distinct[1, 1:] == distinct[1, :-1])
            yield np.unique(distinct[0, 1:][again])

    # -- values one by one ---------------------------------------------------------------------------------------------

    def _look_at(self, values: Numbers, records: Numbers, labels: Numbers) -> list[_Group]:
        """What each doubtful value ties."""
        if not len(values):
            return []
        crowded = _count_distinct(values, self.evidence.names[records]) > CROWDED
        self._learn(labels[~crowded[values]])
        bounds = np.flatnonzero(np.r_[True, values[1:] != values[:-1], True])
        groups: list[_Group] = []
        for begin, end in zip(bounds[:-1], bounds[1:], strict=True):
            value = int(values[begin])
            holders: dict[int, set[int]] = defaultdict(set)
            for record, label in zip(records[begin:end].tolist(), labels[begin:end].tolist(), strict=True):
                holders[label].add(self._spelled_out(int(self.evidence.names[record]), value))
            if self.rule.names != "any" and crowded[value]:
                self._refuse(value, holders, SHARED_BY_MANY)
            else:
                groups.extend(self._parts(value, holders))
        return groups

    def _parts(self, value: int, holders: dict[int, set[int]]) -> Iterable[_Group]:
        by_name = self._by_name(value, holders) if self.rule.names != "any" else [sorted(holders)]
        for labels in by_name:
            kind = self._kept_apart(labels, self.rule.keeps)
            if len(labels) == 1:
                # Nothing to join, but one more thing that its records have in common.
                self.found.accepted.add((value, labels[0]))
            elif kind == BY_HAND:
                yield from self._parted_by_hand(value, labels)
            elif kind is not None:
                self._refuse(value, labels, OTHER + kind)
            elif (kind := self._doubt_of(labels)) is not None:
                yield from self._of_one_name(value, labels, OTHER + kind)
            else:
                yield self._accept(value, labels)

    def _parted_by_hand(self, value: int, labels: Sequence[int]) -> Iterable[_Group]:
        """Who was parted by hand leaves the others; each is with the first from whom nothing keeps them."""
        self._refuse(value, labels, OTHER + BY_HAND)
        parts: list[list[int]] = []
        for label in labels:
            with_them = next((part for part in parts if self._kept_apart([*part, label], (BY_HAND,)) is None), None)
            if with_them is None:
                parts.append([label])
            else:
                with_them.append(label)
        for part in parts:
            if len(part) > 1 and self._kept_apart(part, self.rule.keeps) is None and self._doubt_of(part) is None:
                yield self._accept(value, part)

    def _by_name(self, value: int, holders: dict[int, set[int]]) -> list[list[int]]:
        """The holders parted by their names."""
        nameless = [label for label, names in holders.items() if names == {-1}]
        named = sorted(set(holders) - set(nameless))
        agree = self._agree(self.rule.names)
        parts = _linked(named, lambda a, b: agree(holders[a], holders[b]))
        if any(not agree(holders[a], holders[b]) for part in parts for a in part for b in part if a < b):
            # Between two that differ stands one that could be either; what is the same stays together.
            self._refuse(value, holders, AMBIGUOUS)
            same = self._agree("same")
            parts = _linked(named, lambda a, b: same(holders[a], holders[b]))
        if len(parts) > self.rule.crowd:
            self._refuse(value, holders, SHARED_BY_MANY)
            return []
        if len(parts) > 1:
            self._refuse(value, named, NAMES_DIFFER)
        if nameless and self.rule.names != "compatible":
            self._refuse(value, nameless, NAME_MISSING)
        elif nameless and len(parts) > 1:
            self._refuse(value, nameless, AMBIGUOUS)
        elif nameless:
            return [sorted([*nameless, *named])]
        return parts

    def _of_one_name(self, value: int, labels: Sequence[int], why: str) -> Iterable[_Group]:
        """What is left of a value whose holders are told apart unless they have the same name."""
        same = self._agree("same")
        names = {label: self._known[label].names for label in labels}
        unnamed = {label for label in labels if names[label] <= {-1}}
        if len(unnamed) == len(labels):
            yield self._accept(value, labels)
            return
        self._refuse(value, labels, why)
        for part in _linked([one for one in labels if one not in unnamed], lambda a, b: same(names[a], names[b])):
            if len(part) > 1:
                yield self._accept(value, part)

    def _agree(self, how: Agreement) -> Callable[[set[int], set[int]], bool]:
        compare, spelling = self.rules.comparison(how), self._spelling

        def agree(some: set[int], others: set[int]) -> bool:
            return any(compare(spelling(a), spelling(b)) for a in some for b in others if a >= 0 and b >= 0)

        return agree

    def _spelled_out(self, name: int, value: int) -> int:
        """The name as the value makes it known."""
        if not self.rule.spells_out or name < 0 or self.evidence.is_full[name]:
            return name
        spelled = spelled_out(self.evidence.spellings[name], self.evidence.texts[value])
        if spelled == self.evidence.spellings[name]:
            return name
        self._spelled.append(spelled)
        return len(self.evidence.spellings) + len(self._spelled) - 1

    def _spelling(self, name: int) -> str:
        borne = self.evidence.spellings
        return borne[name] if name < len(borne) else self._spelled[name - len(borne)]

    def _kept_apart(self, labels: Iterable[int], kinds: Iterable[str]) -> str | None:
        """The kind of which two of the clusters hold nothing in common within a scope."""
        return _kept_apart([self._known[label] for label in labels], kinds)

    def _doubt_of(self, labels: Iterable[int]) -> str | None:
        return self._doubt([self._known[label] for label in labels])

    def _accept(self, value: int, labels: Sequence[int]) -> _Group:
        for label in labels:
            self.found.refused.pop((value, label), None)
        self.found.accepted.add((value, labels[0]))
        return _Group(value, tuple(labels))

    def _refuse(self, value: int, labels: Iterable[int], why: str) -> None:
        self.found.parted.setdefault(value, why)
        for label in labels:
            self.found.refused[value, label] = why

    def _learn(self, labels: Numbers) -> None:
        """Reads the names of clusters and what keeps them apart."""
        new = np.setdiff1d(labels, np.fromiter(self._known, np.int64, len(self._known)))
        if not len(new):
            return
        self._known.update({label: _Cluster(set(), {}) for label in new.tolist()})
        chosen = np.zeros(self.evidence.size, bool)
        chosen[new] = True
        members = np.flatnonzero(chosen[self.found.labels])
        for label, name in zip(self.found.labels[members].tolist(), self.evidence.names[members].tolist(), strict=True):
            self._known[label].names.add(name)
        other = (self.rule.doubted_by,) if self.rule.doubted_by else ()
        for kind in dict.fromkeys((*self.rule.told_apart_by, *other)):
            apart = self.evidence.apart.get(kind)
            if apart is None:
                continue
            of = self.found.labels[apart.records]
            rows = np.flatnonzero(chosen[of])
            for label, scope, value in zip(
                of[rows].tolist(), apart.scopes[rows].tolist(), apart.values[rows].tolist(), strict=True
            ):
                self._known[label].apart.setdefault((kind, scope), set()).add(value)

    # -- what several values tie together ------------------------------------------------------------------------------

    def _merge(self, left: Numbers, right: Numbers, of: Numbers) -> None:
        """Joins all ties at once, but for components in which they lead from one to another that is kept apart."""
        size = self.evidence.size
        graph = coo_matrix((np.ones(len(left), np.int8), (left, right)), shape=(size, size))
        _, component = connected_components(graph, directed=False)
        component = component.astype(np.int64)[self.found.labels]
        doubtful = np.zeros(int(component.max(initial=0)) + 1, bool)
        tied = np.unique(np.r_[left, right])
        for components in self._in_conflict(component[tied], tied):
            doubtful[components] = True
        if self.rule.names == "any":
            # One value alone was looked at already, but for the other names of the clusters that it ties.
            doubtful &= _several(component[left], of, len(doubtful))
        else:
            inside = np.zeros(size, bool)
            inside[tied] = True
            members = np.flatnonzero(inside[self.found.labels])
            doubtful |= _several(component[members], self.evidence.names[members], len(doubtful), but=-1)
        doubted = doubtful[component[left]]
        parents = np.arange(size, dtype=np.int64)
        for one, other in self._one_by_one(left[doubted], right[doubted], of[doubted], component):
            parents[other] = one
        joined = coo_matrix(
            (
                np.ones(int((~doubted).sum()) + size, np.int8),
                (np.r_[left[~doubted], parents], np.r_[right[~doubted], np.arange(size)]),
            ),
            shape=(size, size),
        )
        count, number = connected_components(joined, directed=False)
        number = number.astype(np.int64)[self.found.labels]
        first = np.full(count, size, np.int64)
        np.minimum.at(first, number, np.arange(size))
        self.found.labels = first[number]

    def _one_by_one(self, left: Numbers, right: Numbers, of: Numbers, component: Numbers) -> Iterable[tuple[int, int]]:
        """(into, label) of every cluster that is joined to another in a doubtful component."""
        if not len(left):
            return
        self._learn(np.r_[left, right])
        tied: dict[tuple[int, int, int], set[int]] = defaultdict(set)
        # A value may tie several parts of its holders, each around the first of them.
        for a, b, value in zip(left.tolist(), right.tolist(), of.tolist(), strict=True):
            tied[int(component[a]), value, a].update((a, b))
        root: dict[int, int] = {}

        def find(label: int) -> int:
            while root.setdefault(label, label) != label:
                root[label] = root[root[label]]
                label = root[label]
            return label

        grown: dict[int, _Cluster] = {}
        texts = self.evidence.texts
        for (_, value, a), labels in sorted(tied.items(), key=lambda one: (one[0][0], texts[one[0][1]], one[0][2])):
            roots = sorted({find(label) for label in labels})
            clusters = [grown.get(one) or self._known[one] for one in roots]
            why = self._against(clusters)
            if why is not None:
                self.found.accepted.discard((value, a))
                self._refuse(value, labels, why)
                # What records of one cluster have in common they have in common all the same.
                self.found.accepted.update((value, label) for label in labels)
                continue
            for other in roots[1:]:
                root[other] = roots[0]
            grown[roots[0]] = _together(clusters)
        for label in list(root):
            if find(label) != label:
                yield find(label), label

    def _against(self, clusters: Sequence[_Cluster]) -> str | None:
        """Why the clusters cannot be one."""
        kind = _kept_apart(clusters, self.rule.keeps)
        if kind is not None:
            return OTHER + kind
        doubt = self._doubt(clusters)
        same = self._agree("same")
        names = [one.names - {-1} for one in clusters]
        pairs = [(a, b) for n, a in enumerate(names) for b in names[:n] if a and b]
        if doubt is not None and not all(same(a, b) for a, b in pairs):
            return OTHER + doubt
        if self.rule.names != "any" and any(self._contradict(a, b) for a, b in pairs):
            return NAMES_DIFFER
        return None

    def _doubt(self, clusters: Sequence[_Cluster]) -> str | None:
        """The kind that speaks against clusters whose names are not the same."""
        other = self.rule.doubted_by
        if other is not None and all(len(one.apart.get((other, 0), ())) < 2 for one in clusters):
            return None
        return _kept_apart(clusters, self.rule.doubts)

    def _contradict(self, some: set[int], others: set[int]) -> bool:
        """Whether a name of one cluster cannot be of the other; clusters that hold such names themselves are no judges."""
        spellings, compare = self.evidence.spellings, self.rules.can_be_one

        def differ(a: Iterable[int], b: Iterable[int]) -> bool:
            return any(not compare(spellings[x], spellings[y]) for x in a for y in b)

        return differ(some, others) and not differ(some, some) and not differ(others, others)


def _kept_apart(clusters: Sequence[_Cluster], kinds: Iterable[str]) -> str | None:
    for kind in kinds:
        scopes: dict[int, list[set[int]]] = defaultdict(list)
        for one in clusters:
            for (of, scope), values in one.apart.items():
                if of == kind:
                    scopes[scope].append(values)
        for held in scopes.values():
            if len(held) > 1 and any(not (a & b) for n, a in enumerate(held) for b in held[:n]):
                return kind
    return None


def _together(clusters: Sequence[_Cluster]) -> _Cluster:
    whole = _Cluster(set(), {})
    for one in clusters:
        whole.names |= one.names
        for key, values in one.apart.items():
            whole.apart.setdefault(key, set()).update(values)
    return whole


def _linked(labels: Sequence[int], agree: Callable[[int, int], bool]) -> list[list[int]]:
    """Labels parted so that between two parts nobody agrees."""
    parts: list[list[int]] = []
    for label in labels:
        near = [part for part in parts if any(agree(label, other) for other in part)]
        far = [part for part in parts if part not in near]
        parts = [*far, sorted([label, *(one for part in near for one in part)])]
    return sorted(parts)


def _stars(groups: Numbers, labels: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Of labels sorted by group: the first label of each, every other, and the group."""
    if not len(groups):
        return groups, labels, groups
    first = labels[run_starts(np.r_[True, groups[1:] != groups[:-1]])]
    other = labels != first
    return first[other], labels[other], groups[other]


def _several(groups: Numbers, values: Numbers, size: int, but: int | None = None) -> npt.NDArray[np.bool_]:
    """Per group: whether it has two different values (`but` one that does not count)."""
    counts = groups, values
    if but is not None:
        counts = groups[values != but], values[values != but]
    low = np.full(size, np.iinfo(np.int64).max)
    high = np.full(size, np.iinfo(np.int64).min)
    np.minimum.at(low, *counts)
    np.maximum.at(high, *counts)
    several: npt.NDArray[np.bool_] = low < high
    return several


def run_starts(begins: npt.NDArray[np.bool_]) -> Numbers:
    """Per row, the number of the row that began its run; `begins` says of each row whether it begins one."""
    starts: Numbers = np.maximum.accumulate(np.where(begins, np.arange(len(begins)), 0))
    return starts


def distinct_rows(*columns: Numbers) -> Numbers:
    """The different rows, sorted by the first column, then the next: an array (columns, rows)."""
    order = np.lexsort(columns[::-1])
    rows = np.stack([column[order] for column in columns])
    new = np.ones(rows.shape[1], bool)
    new[1:] = (rows[:, 1:] != rows[:, :-1]).any(axis=0)
    return rows[:, new]


def _count_distinct(groups: Numbers, values: Numbers) -> Numbers:
    """How many different values each group has, by its number."""
    pairs = distinct_rows(groups, values)
    return np.bincount(pairs[0], minlength=int(groups.max()) + 1)
